/*
 * build.h -- what the parts of the compiler share: the policy in kernel terms, and the lists that become the blob.
 */
#ifndef SBX_CONF_COMPILE_BUILD_H
#define SBX_CONF_COMPILE_BUILD_H

#include "conf/bpf/bpf.h"
#include "conf/compile/path_walk.h"
#include "conf/config/policy.h"
#include "conf/config/user_paths.h"
#include "shim/blob.h"

/* What a place may be used for. LINK: executed and mapped by exec and the dynamic linker, so only before the latch. */
enum { SBX_PLACE_READ = 1, SBX_PLACE_WRITE = 2, SBX_PLACE_EXEC = 4, SBX_PLACE_LINK = 8, SBX_PLACE_UNIX = 16 };

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
};
struct sbx_rule_drafts {
	struct sbx_rule_draft *items;
	size_t count;
};
struct sbx_port_drafts {
	struct sbx_port *items;
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
	enum sbx_net net;
	bool ports;                   /* with the host's network: lists of ports narrow it */
	bool udp_ports;               /* Landlock knows UDP's ports too; else lists leave no UDP at all */
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
	struct sbx_filter reaper;
	const void *children;                   /* a struct sbx_children blob */
	size_t children_len;                    /* 0: only the command itself latches */
	struct sbx_filter ask, ask_latch, open; /* where the waiting loader decides of calls */
};

/* path_grants.c: what the policy and the base grants name, resolved on this host. Return -1 with errors added. */
int sbx_build_places(struct sbx_build *build);

/*
 * Grant what exists at `path`, for SBX_PLACE_*. Returns its canonical path, or NULL with errno; then nothing has been
 * noted.
 */
const char *sbx_build_grant(struct sbx_build *build, const char *path, unsigned int use, bool required);

/* preload.c: the libraries that are mapped before the latch, each granted. Returns -1 with errors added. */
int sbx_build_preload(struct sbx_build *build);

/* child_latches.c: the table of children, where the policy asks for it and the command can execute anything. Comes
 * first. */
int sbx_build_children(struct sbx_build *build, const struct sbx_config *config);

/* protected_paths.c: the table of what is protected, with `files`, the config files. Returns -1 with errors added. */
int sbx_build_protects(struct sbx_build *build, const struct sbx_list *files);

/* Why an argument that named `path` would get nothing, as the loader (protected_paths.c there) has it; NULL when it
 * would. */
const char *sbx_build_protected(const struct sbx_build *build, const char *path);

/* private_root.c: the private root. */
int sbx_build_mounts(struct sbx_build *build);

/* landlock_rules.c: handled sets, rules, and the masks of late grants. */
int sbx_build_layers(struct sbx_build *build);

/* Whether lists of ports narrow build->net, by its policy and ABI. Before the rest. */
void sbx_build_ports(struct sbx_build *build);

/* What of the latch's ruleset a program stacks that the command starts: it keeps the files. Into build->latch. */
void sbx_build_child_layer(struct sbx_build *build);
void sbx_build_masks(struct sbx_build *build);

/* Where the latch's rules, of `masks` too, say what the floor's say, once is enough. */
void sbx_build_drop_latch_rules(struct sbx_build *build);

/* allowed_calls.c: the calls that the policy leaves to what has latched. */
struct sbx_syscalls;
void sbx_build_allowed(const struct sbx_build *build, struct sbx_syscalls *set);

/* Take out of `set` what no policy can allow, and what none can under these circumstances. */
void sbx_build_harden(const struct sbx_build *build, struct sbx_syscalls *set);

/* May what has latched make the system call `name`? Execute a program? */
bool sbx_build_may_call(const struct sbx_build *build, const char *name);
bool sbx_build_may_exec(const struct sbx_build *build);

/* layer_filters.c: the three seccomp filters. */
int sbx_build_filters(struct sbx_build *build);

/* The latch's filter of a program that the command starts, by its profile and where the command runs. */
struct sbx_filter_spec;
void sbx_build_child_spec(const struct sbx_build *build, struct sbx_filter_spec *spec);

/* notify_filters.c: the filters with which the waiting loader decides, made from the floor's and the latch's; and calls
 * by name. */
struct sbx_bytes;
struct sbx_strings;
bool sbx_build_notifies(const struct sbx_build *build); /* is it asked of any? */
int sbx_build_notify(struct sbx_build *build, const struct sbx_filter_spec *latch, const char **why);
struct sbx_span sbx_build_calls(const struct sbx_build *build, struct sbx_bytes *out, struct sbx_strings *strings);

/* base_grants.c: the tables of what every sandbox has. */
enum { SBX_BASE_ALWAYS, SBX_BASE_NET_HOST, SBX_BASE_IN_PLACE };
struct sbx_base_grant {
	const char *path;
	unsigned int when; /* SBX_BASE_* */
};
extern const struct sbx_base_grant sbx_base_grants[]; /* ends with path NULL */
extern const char *const sbx_base_linker[];           /* the dynamic linker's directories; ends with NULL */
extern const char *const sbx_base_private[];          /* where a sandbox's own temporary files are; ends with NULL */
extern const char *const sbx_base_read[];             /* readable behind the latch in a private root */

struct sbx_base_device {
	const char *word; /* of the key dev */
	const char *path;
	uint64_t access; /* Landlock rights */
};
extern const struct sbx_base_device sbx_base_devices[]; /* ends with word NULL */

extern const struct sbx_base_text sbx_base_protect[]; /* ends with text NULL */

struct sbx_base_mask {
	const char *path;
	bool is_file;
};
extern const struct sbx_base_mask sbx_base_proc[]; /* what /proc doesn't show; ends with path NULL */

#endif
