/* SPDX-License-Identifier: MIT */
/*
 * output_place.c -- whether an output may be where it was named, and its directory's stage. UNTRUSTED: names, and what
 * lies in the directories: whoever owns one can put something else in its place at any time, so everything is done by
 * descriptor and looked at again.
 */
#include "loader/output/output_place.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include <linux/mount.h>

#include "loader/base/directory.h"
#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "loader/base/say.h"
#include "loader/base/vec.h"
#include "loader/plan/precedence.h"
#include "loader/plan/protected_paths.h"
#include "shim/err.h"

/* Why nothing may be written there because somebody named it; NULL when it may. */
const char *sbx_output_refusal(struct sbx_plan *plan, const struct sbx_resolved *path)
{
	const char *reason = sbx_protected_paths_reason(plan, path);

	return !reason && sbx_protected_paths_system(plan, path->path) ? "a directory of the system" : reason;
}

bool sbx_output_decided(struct sbx_plan *plan, const char *path)
{
	const struct sbx_plan_mount *over = sbx_precedence_over(plan, path);
	const char *read_only = sbx_precedence_read_only(plan, path);

	if (over && over->type == SBX_MOUNT_TMPFS)
		sbx_plan_note(plan, path, sbx_format("below the private directory %s, gone afterwards", over->dst),
			      NULL);
	else if (read_only)
		sbx_plan_note(plan, path, sbx_format("read-only by %s", read_only),
			      sbx_format("--rw %s", sbx_quote(path)));
	return over || read_only;
}

static bool is_private(const struct sbx_plan *plan, const char *path)
{
	const struct sbx_plan_mount *over = sbx_plan_find(plan, path);

	return over && over->type == SBX_MOUNT_TMPFS && !(over->attr & MOUNT_ATTR_RDONLY);
}

int sbx_output_lost(const struct sbx_plan *plan, const struct sbx_resolved *path, const char *reason,
		    struct sbx_err *err)
{
	bool lost = !path->exists && is_private(plan, path->path);

	for (size_t i = 0; i < path->links.count && !lost; i++) /* of which none is there inside */
		lost = is_private(plan, ((struct sbx_link *)sbx_vec_at(&path->links, i))->at);
	if (!lost)
		return 0;
	return sbx_err_set(err, SBX_STEP_STAGE, 0,
			   sbx_format("%s: %s, not granted: what is written there would be lost", path->path, reason));
}

struct sbx_resolved *sbx_output_parent(struct sbx_plan *plan, const struct sbx_resolved *path)
{
	struct sbx_resolved *parent = sbx_alloc(sizeof(*parent));
	char *dir = sbx_dirname(path->path);

	if (sbx_resolve("/", dir, parent) < 0) {
		sbx_plan_expect(plan, errno, dir);
		return NULL;
	}
	return parent->exists && S_ISDIR(parent->st.st_mode) ? parent : NULL;
}

/* --dry-run: what would stand there, without making it. */
void sbx_output_plan_dry(struct sbx_plan *plan, const char *dst, const char *what)
{
	struct sbx_plan_mount *mount = sbx_plan_add(plan, SBX_MOUNT_BIND, dst);

	mount->src = what;
	mount->attr = plan->policy->masks[SBX_GRANT_OUTPUT].attr;
}

/* The directory that was opened is the one that was looked at. */
int sbx_output_same_inode(int fd, const struct sbx_resolved *seen)
{
	struct stat st;

	return fstat(fd, &st) == 0 && sbx_same_file(&st, &seen->st) ? 0 : -1;
}

/* The staging directory takes the place of the output's own; what is granted in there is mounted over it. */
struct sbx_stage_dir *sbx_output_stage(const struct sbx_outputs *outputs, const struct sbx_resolved *path,
				       const struct sbx_resolved *parent, struct sbx_err *err)
{
	struct sbx_stage_dir *dir = sbx_stage_at(outputs->stage, parent->path);
	struct sbx_plan *plan = outputs->plan;
	const struct sbx_plan_mount *before = sbx_plan_find(plan, parent->path);
	struct sbx_plan_mount *mount;
	struct sbx_resolved *staged;

	if (dir->path)
		return dir;
	dir->private = before && before->type == SBX_MOUNT_TMPFS && strcmp(before->dst, parent->path) == 0 &&
		       !(before->attr & MOUNT_ATTR_RDONLY);
	if (outputs->stage->dry) {
		dir->path = sbx_format("a staging directory in %s", parent->path);
		sbx_output_plan_dry(plan, parent->path, dir->path);
		return dir;
	}
	if (sbx_stage_make(dir, err) < 0)
		return NULL;
	/* By its descriptor: whoever owns the output's directory can put something else in its place. */
	staged = sbx_alloc(sizeof(*staged));
	staged->path = dir->path;
	if (fstat(dir->stage_fd, &staged->st) < 0 || sbx_output_same_inode(dir->dir_fd, parent) < 0) {
		sbx_err_set(err, SBX_STEP_STAGE, ESTALE, parent->path);
		return NULL;
	}
	sbx_plan_links(plan, path);
	sbx_plan_grant(plan, SBX_GRANT_OUTPUT, staged, parent->path);
	mount = sbx_vec_at(&plan->mounts, plan->mounts.count - 1);
	mount->staged = mount->pinned = true;
	return dir;
}

bool sbx_output_in_bind(const struct sbx_plan *plan, const char *dir)
{
	const struct sbx_plan_mount *mount = sbx_plan_find(plan, dir);

	return mount && mount->type == SBX_MOUNT_BIND && !(mount->attr & MOUNT_ATTR_RDONLY) && !mount->staged;
}

bool sbx_output_dir_writable(struct sbx_plan *plan, const struct sbx_resolved *dir)
{
	const int ret = dir->path[1] ? access(dir->path, W_OK) : 0;

	if (ret < 0 && errno != EROFS && errno != EPERM) /* EPERM: chattr(1) +i */
		sbx_plan_expect(plan, errno, dir->path);
	return dir->path[1] && ret == 0;
}

bool sbx_output_staged(const struct sbx_plan *plan)
{
	return plan->grammar->out_mode == SBX_OUT_STAGE || plan->grammar->out_mode == SBX_OUT_COPY;
}

/* `dir` is where the entry belongs that isn't there yet. */
int sbx_output_stage_new(const struct sbx_outputs *outputs, const struct sbx_resolved *path,
			 const struct sbx_resolved *parent, uint32_t flags, struct sbx_err *err)
{
	struct sbx_stage_dir *dir = sbx_output_stage(outputs, path, parent, err);

	if (dir)
		sbx_stage_name(dir, sbx_basename(path->path), flags);
	return dir ? 0 : -1;
}
