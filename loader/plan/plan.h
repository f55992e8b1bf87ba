/* SPDX-License-Identifier: MIT */
/*
 * plan.h -- everything one run will mount and allow: the compiled policy, and the late grants of options and arguments.
 *
 * Used by: output, grants, root, run, main.c.
 * Touches: the host's files, looked at only.
 * Includes: loader/base shim
 */
#ifndef SBX_LOADER_PLAN_PLAN_H
#define SBX_LOADER_PLAN_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "loader/base/path.h"
#include "loader/base/path_index.h"
#include "loader/base/path_resolve.h"
#include "loader/base/vec.h"
#include "shim/blob.h"
#include "shim/steps.h"

/* Whose word a mount is; the stronger, the later here. precedence.h */
enum sbx_rank { SBX_RANK_BASE, SBX_RANK_ARGUMENT, SBX_RANK_POLICY, SBX_RANK_OPTION };

struct sbx_plan_mount {
	enum sbx_mount_type type;
	enum sbx_rank rank;
	const char *option;         /* as it was given; NULL below SBX_RANK_OPTION */
	uint32_t attr, mode, flags; /* as in struct sbx_mount */
	const char *src, *dst;
	size_t dst_len;    /* of dst */
	const void *bytes; /* FILE: its contents, where they are no text */
	size_t len;
	uint64_t size, inodes;
	bool late;   /* not the compiled policy's own */
	bool staged; /* a staging directory of ours: mount points may be made in it */
	bool pinned; /* dev and ino must be what is mounted, not just what is at the path through no symlink */
	dev_t dev;
	ino_t ino;
	const struct sbx_plan_mount *above; /* after sbx_plan_sort: the nearest entry that dst is below, or NULL */
};

struct sbx_plan_rule {
	uint64_t access, access_file;
	const char *path; /* NULL: fd */
	size_t path_len;
	int fd;
	uint32_t flags; /* SBX_RULE_* */
};

/* Something that was named and not granted, and the option that would grant it. */
struct sbx_note {
	char *path, *reason, *remedy;
};

struct sbx_plan {
	const struct sbx_policy_blob *policy;
	uint64_t root_inodes;         /* of a skeleton: the policy's, and room for what many arguments need */
	bool terminal;                /* one of 0 to 2 is one */
	bool rooted;                  /* has a private root; otherwise the rules alone hold */
	enum sbx_rank rank;           /* of what is added now */
	const char *option;           /* that adds it; NULL: none */
	struct sbx_vec mounts;        /* struct sbx_plan_mount */
	struct sbx_path_index places; /* the mounts, by dst; what is new is added when somebody asks: places.c */
	struct sbx_path_index above;  /* the directories that they are in, likewise */
	struct sbx_vec floor;         /* struct sbx_plan_rule */
	struct sbx_vec latch;         /* struct sbx_plan_rule */
	struct sbx_path_index floor_paths, latch_paths; /* of both */
	struct sbx_vec notes;                           /* struct sbx_note */
	struct sbx_vec hidden;                          /* char *: host paths, canonical, of --hide */
	struct sbx_path_index hidden_places;            /* the same, as places */
	struct sbx_vec dropped;         /* char *: places of the policy's that are overruled or hidden */
	struct sbx_vec shut;            /* char *: places inside that are hidden below something of the host's */
	struct sbx_vec narrowed;        /* char *: the directories above them, which the floor lists only */
	struct sbx_vec watched;         /* replaced.c */
	struct sbx_vec programs;        /* char *: where sbx's own programs are */
	struct sbx_vec protected_paths; /* the policy's protected paths as they are on this host: protected_paths.c */
	bool by_mounts;                 /* these, and programs, have their other names: protected_paths.c */
	size_t hidden_by_mounts;        /* so many of hidden have */
	struct sbx_err failed;          /* the first look-up that was no answer (shim/lookup.h); errnum 0: none */

	const struct sbx_policy_blob *grammar; /* whose args read the arguments at hand */
};

/*
 * A look-up of `path` failed with errnum. Unless that means that nothing is there for us, nothing will run, as
 * sbx_plan_sort() says: what is planned without it might grant more.
 */
void sbx_plan_expect(struct sbx_plan *plan, int errnum, const char *path);

/* `argv`: the command's, ends in NULL; `interp`: its ELF interpreter, or itself. What depends on them and on the
 * standard streams is left out here. */
void sbx_plan_init(struct sbx_plan *plan, const struct sbx_policy_blob *policy, char *const *argv, const char *interp);

/* Add one grant: `from` exists on the host; it appears at `dst` (canonical), or where it is when dst is NULL. */
void sbx_plan_grant(struct sbx_plan *plan, enum sbx_grant grant, const struct sbx_resolved *from, const char *dst);

/* The same where it is; where more is granted already, it stays: the lists of a policy add up. */
void sbx_plan_grant_more(struct sbx_plan *plan, enum sbx_grant grant, const struct sbx_resolved *from);

/* Reproduce the symlinks that led to a granted path. */
void sbx_plan_links(struct sbx_plan *plan, const struct sbx_resolved *from);

/* An entry without a source on the host: DIR, TMPFS, MASK, SYMLINK. The strings must live as long as the plan. */
struct sbx_plan_mount *sbx_plan_add(struct sbx_plan *plan, enum sbx_mount_type type, const char *dst);

/* Give the entry, which is the plan's, another place. */
void sbx_plan_move(struct sbx_plan *plan, struct sbx_plan_mount *mount, const char *dst);

/* Is `path`, of length `len`, at the entry's place or below it? */
static inline bool sbx_plan_holds(const struct sbx_plan_mount *mount, const char *path, size_t len)
{
	return sbx_path_within_len(path, len, mount->dst, mount->dst_len);
}

/*
 * A directory that is there only because the command starts in it or below: what it holds on the host isn't granted. It
 * is passed through and can't be listed, for an empty list would be a wrong one. Who copies its mode, and may read the
 * copy, has the usual one: rsync -R.
 */
#define SBX_MODE_WAY 0355

/* An empty directory of our own at `dst`, read-only but for the mount points in it. */
void sbx_plan_add_empty(struct sbx_plan *plan, const char *dst, uint32_t mode);

/* The Landlock rules of `grant` for `path`. */
void sbx_plan_rules(struct sbx_plan *plan, enum sbx_grant grant, const char *path, bool is_dir);

/* Do the policy's own rules of a layer, policy->floor or policy->latch, give all of `access` at `path`? */
bool sbx_plan_given(const struct sbx_plan *plan, struct sbx_span layer, const char *path, uint64_t access);

/* Rules for files on descriptors 0 to 2 and `keep` (int), as they were opened: /dev/stdout must work. */
void sbx_plan_fd_rules(struct sbx_plan *plan, const struct sbx_vec *keep);

/* Is there an entry of that type at `dst` itself? */
bool sbx_plan_has(const struct sbx_plan *plan, enum sbx_mount_type type, const char *dst);

/* Is there any entry at `dst` itself? */
bool sbx_plan_has_any(const struct sbx_plan *plan, const char *dst);

/* The deepest mount at or above `dst`, or NULL; of several at one place the last. */
const struct sbx_plan_mount *sbx_plan_find(const struct sbx_plan *plan, const char *dst);

/* The same of those for which `fits` says yes. `len`: as much of `dst` as counts. */
typedef bool sbx_plan_fits(const struct sbx_plan_mount *mount, const void *context);
const struct sbx_plan_mount *sbx_plan_find_fitting(const struct sbx_plan *plan, const char *dst, size_t len,
						   sbx_plan_fits *fits, const void *context);

/* Is there a mount to come, and not only an entry of the skeleton? And the deepest at or above `path`; strictly above
 * it when `strict`. */
bool sbx_plan_is_mounted(const struct sbx_plan_mount *mount);
const struct sbx_plan_mount *sbx_plan_mounted(const struct sbx_plan *plan, const char *path, bool strict);

/* Is there any entry below `path`, not at it? Masks count with `masks`. */
bool sbx_plan_has_below(const struct sbx_plan *plan, const char *path, bool masks);

/* What is hidden, the host's `path` or the nearest above it; or NULL. */
const char *sbx_plan_hides(const struct sbx_plan *plan, const char *path);

/* Call this after any change to the array of mounts but an addition. */
void sbx_plan_changed(struct sbx_plan *plan);

/* `dst` with the plan's own symlinks followed, as fresh memory: where a mount named by its place inside ends up. */
char *sbx_plan_inside(const struct sbx_plan *plan, const char *dst);

void sbx_plan_note(struct sbx_plan *plan, const char *path, const char *reason, const char *remedy);

/*
 * Sort the mounts so that parents stand first; of two at one place the later remains. Nothing is added afterwards. -1
 * with err when a look-up has failed, and when a place lies behind a symlink of the plan: a path to it would lead
 * elsewhere.
 */
int sbx_plan_sort(struct sbx_plan *plan, struct sbx_err *err);

/* The latch with its late rules is what the shim takes. -1 with err when they are too many. */
int sbx_plan_latch_fits(const struct sbx_plan *plan, struct sbx_err *err);

/*
 * The layer of the policy with the plan's rules added, as a checked layer blob in fresh memory of head.size bytes. The
 * floor's filter stays where it stands in the policy; what the shim gets has its filter with it, or the one that asks.
 */
struct sbx_layer *sbx_plan_floor(const struct sbx_plan *plan);
struct sbx_layer *sbx_plan_latch(const struct sbx_plan *plan);

#endif
