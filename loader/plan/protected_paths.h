/* SPDX-License-Identifier: MIT */
/*
 * protected_paths.h -- the policy's protected paths as they are on this host now: as written, where they lead, and by
 * which links.
 */
#ifndef SBX_LOADER_PLAN_PROTECTED_PATHS_H
#define SBX_LOADER_PLAN_PROTECTED_PATHS_H

#include <stdbool.h>

#include "loader/base/vec.h"
#include "loader/plan/plan.h"

struct sbx_protected_path {
	enum sbx_protect_kind kind;
	const char *path; /* absolute; a pattern for SBX_PROTECT_NAME */
	bool is_link;     /* a symlink on the way to a protected path: whoever replaces it decides where that is */
	bool by_variable; /* HOME says so */
	bool is_shared; /* a home in a directory that isn't just one: / or /tmp. What has a dot is protected, no more */
};

/* The plan's protected (struct sbx_protected_path), resolved on first use. */
const struct sbx_vec *sbx_protected_paths(struct sbx_plan *plan);

/*
 * The same, and the names that mounts give them besides: of a bind mount, a subvolume that is mounted twice. From then
 * on, what --hide names and sbx's own programs have theirs, too. Only for what isn't the system's own: that reads the
 * table of mounts, and a plan fails without it.
 */
const struct sbx_vec *sbx_protected_paths_everywhere(struct sbx_plan *plan);

/* Does the canonical path lie in a directory of the system's, where no argument names an output? */
bool sbx_protected_paths_system(struct sbx_plan *plan, const char *path);

#define SBX_REASON_HIDDEN "hidden by --hide"

/*
 * Is that the name of a secret, fs.secrets? An argument gets none that exists, but may name one to be made; the name
 * tells nothing of what it is a hard link to.
 */
bool sbx_protected_paths_secret(const struct sbx_plan *plan, const char *path, bool is_dir);

/* Why the resolved path must not be granted because somebody named it; NULL when it may be. The text is static. A
 * secret that doesn't exist may be. */
const char *sbx_protected_paths_reason(struct sbx_plan *plan, const struct sbx_resolved *resolved);

/* Is the canonical path hidden below any granted directory: a name alone hides nothing there. */
bool sbx_protected_paths_hidden(struct sbx_plan *plan, const char *path);

#endif
