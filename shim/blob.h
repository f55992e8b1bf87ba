/* SPDX-License-Identifier: MIT */
/*
 * blob.h -- the compiled policy: the one contract between conf (which decides), loader and shim (which obey).
 *
 * No pointers, little-endian native integers, exact sizes. Three kinds of blob share a head: a *policy* (what the cache
 * holds and the loader reads), a *layer* (one Landlock ruleset and one seccomp filter; the policy embeds two, floor
 * and latch; the loader hands the latch to the shim as a layer of its own in a sealed memfd) and a *table of children*
 * (which layer each program that the command starts stacks on itself; a file of the private root). All are UNTRUSTED
 * until sbx_policy_check(), sbx_layer_check() or sbx_children_check() has accepted them; after that every span lies
 * inside the blob, every string offset names a NUL-terminated string and every enum is in range.
 *
 * Rights and flags carry the kernel's own bits: landlock(7), mount_setattr(2), clone(2), <linux/filter.h>.
 */
#ifndef SBX_SHIM_BLOB_H
#define SBX_SHIM_BLOB_H

#include <stddef.h>
#include <stdint.h>

#include "shim/arguments.h"
#include "shim/host_entry.h"
#include "shim/limits.h"

#define SBX_MAGIC_POLICY 0x50786273u   /* "sbxP" */
#define SBX_MAGIC_LAYER 0x4c786273u    /* "sbxL" */
#define SBX_MAGIC_CHILDREN 0x43786273u /* "sbxC" */
#define SBX_BLOB_VERSION 5u
#define SBX_BLOB_MAX (1u << 20)
#define SBX_FILTER_MAX 4096u /* BPF_MAXINSNS: seccomp(2) takes no more */

struct sbx_head {
	uint32_t magic;
	uint32_t version;
	uint32_t size;     /* of the whole blob, in bytes; a multiple of 8 */
	uint32_t arch;     /* AUDIT_ARCH_* of <linux/audit.h> */
	uint64_t checksum; /* sbx_checksum() over all bytes behind this field: finds damage, not malice */
};

/* Bytes inside the enclosing blob. A table's len is a multiple of its entry's size, its off a multiple of 8. */
struct sbx_span {
	uint32_t off;
	uint32_t len;
};

/* One Landlock path_beneath rule. */
struct sbx_rule {
	uint64_t access;      /* allowed_access */
	uint64_t access_file; /* what to allow when `access` is refused because the path is no directory */
	uint32_t path;        /* string offset; not used when fd >= 0 */
	int32_t fd;           /* -1, or an inherited descriptor that is the rule's parent */
	uint32_t flags;       /* SBX_RULE_* */
	uint32_t pad;
};
#define SBX_RULE_OPTIONAL 1u /* no such path: skip it */
#define SBX_RULE_PLAIN 2u    /* the path was resolved: refuse it when a symlink has come to stand on it */
#define SBX_RULE_TERMINAL 4u /* only where a standard stream is a terminal: the loader takes it out elsewhere */
#define SBX_RULE_FLAGS 7u

/* One Landlock net_port rule. */
struct sbx_port {
	uint64_t access;
	uint64_t port;
};

/* A Landlock ruleset (none when the three handled sets are 0) and a seccomp filter (none when empty). */
struct sbx_layer {
	struct sbx_head head;
	uint64_t handled_access_fs;
	uint64_t handled_access_net;
	uint64_t scoped;
	uint32_t restrict_flags; /* landlock_restrict_self(2) */
	uint32_t pad;
	struct sbx_span rules;   /* struct sbx_rule[] */
	struct sbx_span ports;   /* struct sbx_port[] */
	struct sbx_span filter;  /* struct sock_filter[] */
	struct sbx_span strings; /* NUL-terminated strings; the last byte is 0 */
};

/*
 * The table of children. Its head covers the index alone: this struct, the entries, the layers' spans and the strings.
 * The layers stand behind it, each with a head of its own, so that a program reads the index and the one layer that is
 * its own.
 */
struct sbx_children {
	struct sbx_head head; /* size: the index's */
	uint32_t size;        /* of index and layers; a multiple of 8 */
	uint32_t pad;
	struct sbx_span entries; /* struct sbx_child[], the first that matches counts */
	struct sbx_span
		layers; /* struct sbx_span[], at most SBX_CHILDREN_MAX: struct sbx_layer blobs behind the index */
	struct sbx_span strings; /* NUL-terminated strings; the last byte is 0 */
};
struct sbx_child {
	uint32_t pattern; /* string offset: of a base name, glob(7) with * only */
	uint32_t profile; /* string offset: its name */
	uint32_t layer;   /* which, or SBX_CHILD_NO_LAYER: the profile's latch is off */
	uint32_t pad;
};
#define SBX_CHILDREN_MAX 256u
#define SBX_CHILD_NO_LAYER UINT32_MAX

/* What the private root is made of, sorted so that a parent stands before what is below it. */
enum sbx_mount_type {
	SBX_MOUNT_BIND,    /* the host's src, recursively, at dst */
	SBX_MOUNT_SYMLINK, /* a symlink dst whose text is src */
	SBX_MOUNT_DIR,     /* an empty directory of the skeleton */
	SBX_MOUNT_FILE,    /* a regular file of the skeleton with the text src; at SBX_INNER_CHILDREN, the table of
			      children */
	SBX_MOUNT_FIFO,    /* a fifo of the skeleton */
	SBX_MOUNT_TMPFS,   /* size and inodes in force */
	SBX_MOUNT_PROC,    /* a fresh proc(5) */
	SBX_MOUNT_DEVPTS,  /* a devpts instance of its own */
	SBX_MOUNT_MASK,    /* something that exists at dst becomes empty and unreadable */
	SBX_MOUNT__COUNT
};
struct sbx_mount {
	uint32_t type;
	uint32_t attr;  /* MOUNT_ATTR_* of mount_setattr(2) */
	uint32_t src;   /* string offset */
	uint32_t dst;   /* string offset: absolute, canonical, without symlinks */
	uint32_t mode;  /* permission bits of what is created */
	uint32_t flags; /* SBX_MOUNT_* below */
	uint64_t size;  /* bytes, or SBX_SIZE_*, TMPFS */
	uint64_t inodes;
};
/* In place of bytes: with so many SBX_WHOLEths of the machine's memory; with none, as sbx_plan_sizes() sees fit. */
#define SBX_SIZE_SHARE (1ull << 63)
#define SBX_SIZE_AUTO SBX_SIZE_SHARE
#define SBX_MOUNT_OPTIONAL 1u  /* no such src (or dst, for MASK): leave it out */
#define SBX_MOUNT_IS_FILE 2u   /* the mount point is a regular file, not a directory */
#define SBX_MOUNT_SYSTEM 8u    /* BIND: nobody but root can change what src leads to */
#define SBX_MOUNT_OS 16u       /* BIND: the operating system's, where nobody mounts what is protected */
#define SBX_MOUNT_NAMED 32u    /* TMPFS: the policy names it; what is there anyway lacks this */
#define SBX_MOUNT_VERIFY 4u    /* SYMLINK: stale if the link at dst has another text on the host */
#define SBX_MOUNT_TERMINAL 64u /* only where a standard stream is a terminal */
#define SBX_MOUNT_WANTED 128u  /* PROC: only where an argument names something that /proc tells */
#define SBX_MOUNT_FLAGS 255u

/* How each kind of late grant (made by the loader from argv, options and the caller's directory) is applied. */
enum sbx_grant {
	SBX_GRANT_RO,         /* --ro, --ro-bind */
	SBX_GRANT_RW,         /* --rw, --bind, fs.write */
	SBX_GRANT_ROX,        /* --rox, fs.exec */
	SBX_GRANT_RWX,        /* --rwx, a path in both fs.write and fs.exec */
	SBX_GRANT_INPUT,      /* an argument that names something that exists */
	SBX_GRANT_OUTPUT,     /* a named output, or the directory in which it is staged */
	SBX_GRANT_TARGET,     /* the command's own file, its #! interpreter, its ELF interpreter */
	SBX_GRANT_STATIC,     /* the same where it is static, and latched before exec */
	SBX_GRANT_TMPFS,      /* --tmpfs */
	SBX_GRANT_TMPFS_EXEC, /* --tmpfs-exec */
	SBX_GRANT_SHIM,       /* libsbx-shim.so */
	SBX_GRANT__COUNT
};
struct sbx_mask {
	uint32_t attr; /* MOUNT_ATTR_* */
	uint32_t pad;
	uint64_t floor, floor_file; /* Landlock rights in the floor: on a directory, on a file; 0: no rule is needed */
	uint64_t latch, latch_file;
};

/* A path of the policy that only the loader can place. */
struct sbx_late {
	uint32_t grant; /* enum sbx_grant */
	uint32_t path;  /* string offset: what stands behind the variable; "", or begins with a / or is a suffix */
	uint32_t arg;   /* the variable: the n-th argument of the command (from 1), or 0: the working directory */
	uint32_t flags; /* SBX_LATE_* */
	uint64_t size;  /* bytes, or SBX_SIZE_*, TMPFS */
	uint64_t inodes;
};
#define SBX_LATE_OPTIONAL 1u /* that there is no such path, or no such argument, is no news */
#define SBX_LATE_ARG_MAX 999u

/* Never granted because an argument names it, hidden below what is granted. */
enum sbx_protect_kind {
	SBX_PROTECT_PATH,   /* this path and what is below it */
	SBX_PROTECT_HOME,   /* a home directory: never granted whole, its dot entries protected */
	SBX_PROTECT_NAME,   /* a base name with glob(7) * */
	SBX_PROTECT_SYSTEM, /* this path and what is below it is no output */
	SBX_PROTECT_SELF,   /* a PATH of sbx itself (config, cache): nothing that holds it is granted writable */
	SBX_PROTECT_SECRET, /* a pattern of fs.secrets: secrets.h. The last that matches counts */
	SBX_PROTECT_GUARD,  /* a pattern of fs.guard: guard.h. The last that matches counts */
	SBX_PROTECT__COUNT
};
struct sbx_protect {
	uint32_t kind;
	uint32_t text; /* string offset */
};

/*
 * Environment: KEEP wins over DROP; SET holds NAME=VALUE; ADD too, a word that is appended to what NAME is already.
 * Patterns are glob(7) with * only, matched on the name.
 */
enum sbx_env_op { SBX_ENV_KEEP, SBX_ENV_DROP, SBX_ENV_SET, SBX_ENV_ADD, SBX_ENV__COUNT };
struct sbx_envrule {
	uint32_t op;
	uint32_t text; /* string offset */
};

/* What is mapped before the latch, in order; and what decided it. */
enum sbx_preload_kind {
	SBX_PRELOAD_LIBRARY, /* put into LD_PRELOAD behind the shim; a cache entry is stale when it is gone */
	SBX_PRELOAD_WATCHED, /* where something was looked up; stale when it has changed */
	SBX_PRELOAD__COUNT
};
struct sbx_preload {
	uint32_t kind;
	uint32_t path;  /* string offset; without what LD_PRELOAD splits at or expands */
	uint64_t mtime; /* WATCHED: as it was, in ns; 0: nothing was there */
};

/* What happens to a call that isn't allowed: it fails; the command is killed; it is let through, for trying out. */
#define SBX_ACTIONS(X) X(ERRNO, "errno") X(KILL, "kill") X(LOG, "log")
enum sbx_action {
#define X(id, name) SBX_ACTION_##id,
	SBX_ACTIONS(X)
#undef X
		SBX_ACTION__COUNT
};

/* A system call by name, for the loader that decides: it doesn't know them itself. */
struct sbx_callname {
	uint32_t nr;
	uint32_t name;  /* string offset */
	uint32_t flags; /* SBX_CALL_* */
	uint32_t pad;
};
#define SBX_CALL_NAMED 1u    /* is to be named when it is made, allowed or not */
#define SBX_CALL_MAP_EXEC 2u /* the key map_exec decides of it, not seccomp.allow */
#define SBX_CALL_FLAGS 3u
#define SBX_CALLS_MAX 1024u /* numbers are below */

#define SBX_LATCH_MODES(X) X(AUTO, "auto") X(REQUIRED, "required") X(OFF, "off")
enum sbx_latch_mode {
#define X(id, name) SBX_LATCH_##id,
	SBX_LATCH_MODES(X)
#undef X
		SBX_LATCH__COUNT
};
#define SBX_OUT_MODES(X) X(STAGE, "stage") X(FILE, "file") X(DIRECTORY, "directory") X(COPY, "copy")
enum sbx_out_mode {
#define X(id, name) SBX_OUT_##id,
	SBX_OUT_MODES(X)
#undef X
		SBX_OUT__COUNT
};

#define SBX_POLICY_AS_PID_1 1u    /* the target is PID 1, no reaper */
#define SBX_POLICY_MAP_ROOT 2u    /* uid and gid 0 inside */
#define SBX_POLICY_OWN_PGRP 4u    /* a process group of its own: Landlock can't scope signals here */
#define SBX_POLICY_LO_UP 8u       /* bring loopback up in the network namespace */
#define SBX_POLICY_ARG_GRANTS 16u /* arguments that name existing files are granted */
#define SBX_POLICY_PORTS 32u      /* lists of ports narrow the host's network */
#define SBX_POLICY_NESTED 64u     /* in a sandbox of sbx: the keyring is its own already */
#define SBX_POLICY_HOST_NET 128u  /* the host's network, and every port of it */
#define SBX_POLICY_WIDENS 256u    /* allows what the default doesn't: no name alone chooses it */
#define SBX_POLICY_EXECUTES 512u  /* programs can be executed, and linked, behind the latch */
#define SBX_POLICY_WATCHED 1024u  /* the loader waits for the command, in place too; else it becomes the target */
#define SBX_POLICY_FLAGS 2047u

/* What a run may use up: limits.h. */
struct sbx_limit {
	uint64_t value; /* or SBX_UNLIMITED */
	uint32_t named; /* 1: a file or an option named it, and it is held or nothing runs; 0: a built-in default */
	uint32_t share; /* not 0: that many SBX_WHOLEths of the machine's memory, or of a file system, in place of value
			 */
};
#define SBX_WHOLE 100000u
static inline int sbx_limit_is_shared(enum sbx_limit_id id)
{
	return id == SBX_LIMIT_MEMORY || id == SBX_LIMIT_OUTPUT;
}

/* Another profile, for when the command's first arguments are these: the loader asks again for it. */
struct sbx_choice {
	uint32_t profile; /* string offset */
	uint32_t words;   /* string offset: patterns, glob(7) with * only, with single spaces between */
};

struct sbx_policy_blob {
	struct sbx_head head;
	uint32_t flags;       /* SBX_POLICY_* */
	uint32_t namespaces;  /* CLONE_NEW* of clone(2); without CLONE_NEWNS in place */
	uint32_t latch_mode;  /* enum sbx_latch_mode */
	uint32_t out_mode;    /* enum sbx_out_mode */
	uint32_t best_effort; /* bits 1 << enum sbx_kernel_layer */
	uint32_t profile;     /* string offset: its name */
	uint32_t home;        /* string offset: the caller's home by the passwd database; "" when there is none */
	uint32_t pad;
	uint64_t root_size, root_inodes; /* the skeleton's own tmpfs */
	struct sbx_limit limits[SBX_LIMIT__COUNT];
	struct sbx_mask masks[SBX_GRANT__COUNT];
	struct sbx_span floor;        /* a struct sbx_layer blob */
	struct sbx_span latch;        /* a struct sbx_layer blob; empty with SBX_LATCH_OFF */
	struct sbx_span children;     /* a struct sbx_children blob; empty: only the command itself latches */
	struct sbx_span reaper;       /* struct sock_filter[]: the filter of PID 1 */
	struct sbx_span static_latch; /* struct sock_filter[]: the latch's for a static command, which execs below it */
	struct sbx_span mounts;       /* struct sbx_mount[] */
	struct sbx_span late;         /* struct sbx_late[] */
	struct sbx_span protect;      /* struct sbx_protect[] */
	struct sbx_span env;          /* struct sbx_envrule[] */
	struct sbx_span args;         /* struct sbx_arg[] */
	struct sbx_span preload;      /* struct sbx_preload[] */
	struct sbx_span alternatives; /* struct sbx_choice[], in the order in which they are tried */
	struct sbx_span hosts;        /* struct sbx_host_entry[]: whom the relay reaches; empty without one */
	struct sbx_span key;          /* the cache key, byte for byte */
	struct sbx_span strings;      /* NUL-terminated strings; the last byte is 0 */
	/*
	 * Where the waiting loader decides of calls, seccomp_unotify(2): filters, struct sock_filter[], all empty
	 * otherwise. It asks the layers' own filters, which are not installed then.
	 */
	struct sbx_span ask;       /* the floor's: what the latch lacks waits for the loader */
	struct sbx_span ask_latch; /* the latch's: denies what needs no asking, leaves the rest to the floor's */
	struct sbx_span open;      /* never installed: what SBX_ACTION_LOG may let through */
	struct sbx_span calls;     /* struct sbx_callname[] */
	uint32_t action;           /* enum sbx_action */
	uint32_t pad2;
};

/*
 * The layers that best_effort may name, and doctor reports on. X(id, name, flag): for a namespace, what the key
 * `namespaces` calls it and its CLONE_* of <sched.h>; else 0.
 */
/* clang-format off */
#define SBX_NAMESPACES(X) \
	X(USER, "user", CLONE_NEWUSER) \
	X(MOUNT, "mount", CLONE_NEWNS) \
	X(PID, "pid", CLONE_NEWPID) \
	X(NET, "net", CLONE_NEWNET) \
	X(UTS, "uts", CLONE_NEWUTS) \
	X(IPC, "ipc", CLONE_NEWIPC) \
	X(CGROUP, "cgroup", CLONE_NEWCGROUP)
#define SBX_KERNEL_LAYERS(X) \
	SBX_NAMESPACES(X) \
	X(PROC, "proc", 0) \
	X(LANDLOCK, "landlock", 0) \
	X(SECCOMP, "seccomp", 0) \
	X(KEYRING, "keyring", 0) \
	X(NESTING, "nesting", 0) \
	X(LIMITS, "limits", 0)
/* clang-format on */
enum sbx_kernel_layer {
#define X(id, name, flag) SBX_LAYER_##id,
	SBX_KERNEL_LAYERS(X)
#undef X
		SBX_LAYER__COUNT
};

/* A 64-bit sum in the manner of FNV-1a, a word at a time: `size` is a multiple of 8, `bytes` 8-aligned. */
uint64_t sbx_checksum(const void *bytes, size_t size);

/*
 * Check a blob of `size` bytes at an 8-aligned address. Returns 0, or -1 when any byte of it could mislead a reader.
 * Neither allocates nor calls the kernel.
 */
int sbx_policy_check(const void *blob, size_t size);
int sbx_layer_check(const void *blob, size_t size);

/* The index alone: each layer is checked by itself. */
int sbx_children_check(const void *blob, size_t size);

/* The span as a pointer; `blob` is the start of the (checked) blob that the span belongs to. */
static inline const void *sbx_at(const void *blob, struct sbx_span span)
{
	return (const char *)blob + span.off;
}

/* The string at offset `text` of the (checked) strings span. */
static inline const char *sbx_str(const void *blob, struct sbx_span strings, uint32_t text)
{
	return (const char *)blob + strings.off + text;
}

#endif
