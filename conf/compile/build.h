/* SPDX-License-Identifier: MIT */
/*
 * build.h -- the policy in kernel terms, and the lists that become the blob; each file of this room fills some.
 */
#ifndef SBX_CONF_COMPILE_BUILD_H
#define SBX_CONF_COMPILE_BUILD_H

#include "conf/bpf/bpf.h"
#include "conf/compile/network.h"
#include "conf/compile/path_walk.h"
#include "conf/config/policy.h"
#include "conf/config/user_paths.h"
#include "shim/blob.h"

/* What a place may be used for. LINK: executed and mapped by exec and the dynamic linker, so only before the latch. */
enum {
	SBX_PLACE_READ = 1,
	SBX_PLACE_WRITE = 2,
	SBX_PLACE_EXEC = 4,
	SBX_PLACE_LINK = 8,
	SBX_PLACE_UNIX = 16,
	SBX_PLACE_DEVICE = 32
};

/* A path of the host that is granted. */
struct sbx_place {
	const char *path; /* canonical */
	const char *at;   /* where it stands inside; mostly the same */
	unsigned int use; /* SBX_PLACE_* */
	bool is_file;
	bool device;
	bool required; /* named by the policy, and not as optional */
};
struct sbx_places {
	struct sbx_place *items;
	size_t count;
};

/* A mount with its strings still as pointers. */
struct sbx_mount_draft {
	const char *src, *dst;
	struct sbx_mount mount;
	unsigned int use; /* of a BIND */
};
struct sbx_mount_drafts {
	struct sbx_mount_draft *items;
	size_t count;
};

struct sbx_rule_draft {
	const char *path;
	uint64_t access;
	bool required;
	bool terminal; /* SBX_RULE_TERMINAL */
};
struct sbx_rule_drafts {
	struct sbx_rule_draft *items;
	size_t count;
};
struct sbx_layer_draft {
	uint64_t handled_access_fs, handled_access_net, scoped;
	uint32_t restrict_flags;
	struct sbx_rule_drafts rules;
	struct sbx_port_drafts ports;
	struct sbx_filter filter;
};

struct sbx_late_draft {
	struct sbx_late late;
	const char *path;
};
struct sbx_late_drafts {
	struct sbx_late_draft *items;
	size_t count;
};

struct sbx_preload_draft {
	enum sbx_preload_kind kind;
	const char *path;
	uint64_t mtime; /* in ns, 0 when nothing is there */
};
struct sbx_preload_drafts {
	struct sbx_preload_draft *items;
	size_t count;
};

/* What arguments and variables never grant. */
struct sbx_base_text {
	uint32_t kind; /* enum sbx_protect_kind */
	const char *text;
};
struct sbx_protects {
	struct sbx_base_text *items;
	size_t count;
};

struct sbx_build {
	struct sbx_pool *pool;
	struct sbx_errs *errs;
	const struct sbx_policy *policy;
	const char *profile;
	struct sbx_user user;
	unsigned int abi;    /* Landlock's, 0 when it is left out */
	uint32_t namespaces; /* CLONE_NEW* */
	struct sbx_network network;
	bool watched;                 /* by a loader that waits */
	bool nested;                  /* in a sandbox of sbx, whose private directories are there */
	const struct sbx_list *texts; /* of the configuration's files: what sbx-wrap inside goes by */
	size_t texts_len;             /* what they take of the private root */
	bool no_children;             /* children = true was asked for where there is no private root */
	bool alone;                   /* without the loader: there is no floor */
	bool open_files;              /* standalone_latch.c: file access is left as the process has it */
	bool rooted;                  /* a private root; else the host's tree, fenced by Landlock alone */
	const char *home;             /* where the private home stands, canonical; NULL when there is none */
	struct sbx_places places;
	struct sbx_symlinks symlinks;
	struct sbx_mount_drafts mounts;
	struct sbx_late_drafts late;
	struct sbx_preload_drafts preload;
	struct sbx_protects protects;
	struct sbx_layer_draft floor, latch;
	struct sbx_mask masks[SBX_GRANT__COUNT]; /* what a late grant adds to them */
	struct sbx_filter reaper, static_latch;
	const void *children;                   /* a struct sbx_children blob */
	size_t children_len;                    /* 0: only the command itself latches */
	struct sbx_filter ask, ask_latch, open; /* where the waiting loader decides of calls */
};

#endif
