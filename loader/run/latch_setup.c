/* SPDX-License-Identifier: MIT */
/*
 * latch_setup.c -- the latch before exec: where the shim stands, and what it reads, which nobody can change between
 * here and it.
 */
#include "loader/run/latch_setup.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <linux/mount.h>

#include "loader/base/fds.h"
#include "loader/base/memory.h"
#include "loader/cli/error_messages.h"
#include "loader/seccomp/seccomp_notify.h"
#include "shim/children.h"
#include "shim/err.h"
#include "shim/landlock_rights.h"
#include "shim/lookup.h"
#include "shim/paths.h"
#include "shim/seccomp.h"

const struct sbx_children *sbx_latch_children(const struct sbx_policy_blob *policy)
{
	return policy->children.len ? sbx_at(policy, policy->children) : NULL;
}

/* Where the shim is inside; without a private root LD_PRELOAD splits at spaces and colons. */
static int place_shim(struct sbx_latch *latch, struct sbx_plan *plan, char *host, struct sbx_err *err)
{
	struct sbx_resolved *file = sbx_alloc(sizeof(*file));
	const int found = sbx_resolve("/", host, file);

	latch->shim = plan->rooted ? sbx_strdup(SBX_INNER_SHIM) : host;
	if (found < 0 || !file->exists)
		return sbx_err_set(err, SBX_STEP_SHIM, found < 0 ? errno : ENOENT, host);
	if (!plan->rooted && strpbrk(host, " :"))
		return sbx_err_set(err, SBX_STEP_SHIM, 0, "its path holds a space or a colon, which LD_PRELOAD splits");
	sbx_plan_grant(plan, SBX_GRANT_SHIM, file, plan->rooted ? latch->shim : NULL);
	return 0;
}

static bool has_libraries(const struct sbx_policy_blob *policy)
{
	const struct sbx_preload *preload = sbx_at(policy, policy->preload);
	bool any = false;

	for (size_t i = 0; i < policy->preload.len / sizeof(*preload); i++)
		any |= preload[i].kind == SBX_PRELOAD_LIBRARY;
	return any;
}

/* The floor says all that the latch would say, and nothing is to be mapped before: the shim would be loaded for
 * nothing. */
static bool is_needless(const struct sbx_policy_blob *policy)
{
	const struct sbx_layer *latch = sbx_at(policy, policy->latch);

	return policy->latch_mode == SBX_LATCH_AUTO && !sbx_latch_children(policy) && !policy->ask_latch.len &&
	       !has_libraries(policy) && !latch->filter.len && !latch->handled_access_fs &&
	       !latch->handled_access_net && !latch->scoped;
}

/* Does the file lie below a rule that lets it be written, or have another name that could? Mounts hold its own. */
static bool can_write(const struct sbx_plan *plan, const struct sbx_resolved *file)
{
	bool below = !plan->rooted && sbx_plan_given(plan, plan->policy->floor, file->path, SBX_FS_WRITE_FILE);
	bool any = below;

	for (size_t i = 0; plan->rooted && i < plan->mounts.count; i++) {
		const struct sbx_plan_mount *mount = sbx_vec_at(&plan->mounts, i);

		any |= mount->type == SBX_MOUNT_BIND && !(mount->attr & MOUNT_ATTR_RDONLY);
	}
	for (size_t i = 0; !plan->rooted && i < plan->floor.count; i++) {
		const struct sbx_plan_rule *rule = sbx_vec_at(&plan->floor, i);
		const bool writes = rule->path && (rule->access & SBX_FS_WRITE_FILE);

		any |= writes;
		below |= writes && sbx_path_within(file->path, rule->path);
	}
	return below || (any && file->st.st_nlink > 1);
}

/* By its mode, or the one that its owner could give it. */
static bool may_write(const struct sbx_resolved *file)
{
	return faccessat(AT_FDCWD, file->path, W_OK, AT_EACCESS) == 0 ||
	       (errno != EROFS && file->st.st_uid == geteuid());
}

/*
 * A static command's latch can be there before its first instruction: execve(2) is left, and Landlock leaves for it
 * what the command itself is made of. What it could change it could execute anew as something else: then there is none.
 */
static bool latches_at_exec(struct sbx_latch *latch, const struct sbx_target *target, const struct sbx_plan *plan)
{
	const struct sbx_layer *layer = sbx_at(plan->policy, plan->policy->latch);
	const struct sbx_layer *floor = sbx_at(plan->policy, plan->policy->floor);

	if (!target->is_static || !((layer->handled_access_fs | floor->handled_access_fs) & SBX_FS_EXECUTE))
		return false;
	for (size_t i = 0; i < target->chain_count; i++) {
		if (may_write(target->files[i]) && can_write(plan, target->files[i])) {
			latch->unlatchable =
				"statically linked, and writable inside by this name or another: copy it elsewhere";
			return false;
		}
	}
	return true;
}

int sbx_latch_plan(struct sbx_latch *latch, const struct sbx_target *target, struct sbx_plan *plan, char *host_shim,
		   struct sbx_err *err)
{
	const enum sbx_latch_mode mode = (enum sbx_latch_mode)plan->policy->latch_mode;
	const bool children = sbx_latch_children(plan->policy) != NULL;

	latch->plan = SBX_PLAN_NONE;
	latch->unlatchable = target->unlatchable;
	if (mode == SBX_LATCH_OFF)
		return 0;
	latch->needless = is_needless(plan->policy);
	if (latch->needless)
		return 0;
	if (latches_at_exec(latch, target, plan)) {
		latch->plan = SBX_PLAN_STATIC;
		latch->unlatchable = NULL;
		return children ? place_shim(latch, plan, host_shim, err) : 0;
	}
	if (latch->unlatchable && mode == SBX_LATCH_REQUIRED)
		return sbx_err_set(
			err, SBX_STEP_LATCH, 0,
			sbx_format("%s: %s, and this profile requires the latch", target->name, latch->unlatchable));
	if (latch->unlatchable) /* what it starts may be able to */
		return children ? place_shim(latch, plan, host_shim, err) : 0;
	if (place_shim(latch, plan, host_shim, err) < 0) {
		if (mode == SBX_LATCH_REQUIRED || children || (err->errnum && !sbx_lookup_unreachable(err->errnum)))
			return -1;
		sbx_report_error(err);
		latch->unlatchable = "the shim is missing";
		return 0;
	}
	latch->plan = SBX_PLAN_EXPECTED;
	return 0;
}

int sbx_latch_layer(struct sbx_latch *latch, const struct sbx_plan *plan, struct sbx_err *err)
{
	if (sbx_latch_children(plan->policy) &&
	    (!sbx_plan_has(plan, SBX_MOUNT_FILE, SBX_INNER_CHILDREN) || sbx_plan_has(plan, SBX_MOUNT_TMPFS, "/run") ||
	     sbx_plan_has(plan, SBX_MOUNT_TMPFS, SBX_INNER_DIR)))
		return sbx_err_set(err, SBX_STEP_ROOT, 0,
				   SBX_INNER_CHILDREN ": something else is asked for at " SBX_INNER_DIR ", or at /run");
	if (latch->plan == SBX_PLAN_NONE)
		return 0;
	if (sbx_plan_latch_fits(plan, err) < 0)
		return -1;
	latch->layer = sbx_plan_latch(plan);
	return 0;
}

int sbx_latch_seal(struct sbx_latch *latch, struct sbx_err *err)
{
	const size_t size = latch->layer->head.size;
	ssize_t wrote = -1;

	latch->fd = sbx_fds_high(memfd_create("sbx-latch", MFD_CLOEXEC | MFD_ALLOW_SEALING));
	if (latch->fd >= 0)
		wrote = write(latch->fd, latch->layer, size);
	if (wrote >= 0 && (size_t)wrote < size)
		errno = EFBIG; /* cut by a limit: write(2) */
	if (wrote != (ssize_t)size ||
	    fcntl(latch->fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0)
		return sbx_err_set(err, SBX_STEP_LATCH, errno, "a sealed memfd");
	return 0;
}

int sbx_latch_at_exec(const struct sbx_policy_blob *policy, struct sbx_err *err)
{
	return sbx_notify_asked(policy) ? 0 : sbx_seccomp_apply(policy, policy->static_latch, err);
}

const char *sbx_latch_claim(const char *command, const struct sbx_err *said)
{
	if (said->step != SBX_STEP_LATCH && said->step != SBX_STEP_LANDLOCK && said->step != SBX_STEP_SECCOMP)
		return NULL;
	return sbx_format("%s: its shim says, which is no proof: %s: %.*s%s%s", command, sbx_step_name(said->step),
			  (int)strnlen(said->subject, sizeof(said->subject)), said->subject, said->errnum ? ": " : "",
			  said->errnum ? strerror(said->errnum) : "");
}
