/* SPDX-License-Identifier: MIT */
/*
 * plan_print.c -- the plan for people: --dry-run, --verbose, and what was named and not granted.
 */
#include "loader/plan/plan_print.h"

#include <stdio.h>
#include <string.h>

#include "loader/base/memory.h"
#include "loader/base/mounts.h"
#include "loader/base/say.h"
#include "shim/err.h"

static const char *const type_names[SBX_MOUNT__COUNT] = {
	[SBX_MOUNT_BIND] = "bind",     [SBX_MOUNT_SYMLINK] = "symlink", [SBX_MOUNT_DIR] = "dir",
	[SBX_MOUNT_FILE] = "file",     [SBX_MOUNT_TMPFS] = "tmpfs",     [SBX_MOUNT_PROC] = "proc",
	[SBX_MOUNT_DEVPTS] = "devpts", [SBX_MOUNT_MASK] = "hidden",     [SBX_MOUNT_FIFO] = "fifo",
};

static void print_mount(const struct sbx_plan_mount *mount)
{
	const char *from = "", *access = "";

	if (mount->type == SBX_MOUNT_SYMLINK || (mount->type == SBX_MOUNT_BIND && strcmp(mount->src, mount->dst) != 0))
		from = sbx_join(mount->type == SBX_MOUNT_SYMLINK ? " -> " : " <- ", mount->src);
	if (mount->type == SBX_MOUNT_BIND || mount->type == SBX_MOUNT_TMPFS)
		access = sbx_join(mount->attr & MOUNT_ATTR_RDONLY ? " (ro" : " (rw",
				  mount->attr & MOUNT_ATTR_NOEXEC ? ")" : ", exec)");
	sbx_say(stdout, "  %-8s %s%s%s", type_names[mount->type], mount->dst, from, access);
}

void sbx_plan_print(const struct sbx_plan *plan)
{
	sbx_say(stdout, "root: %s",
		plan->rooted ? "private, holding only" : "the host's, in place; Landlock alone holds");
	for (size_t i = 0; plan->rooted && i < plan->mounts.count; i++)
		print_mount(sbx_vec_at(&plan->mounts, i));
}

void sbx_plan_print_late(const struct sbx_plan *plan)
{
	for (size_t i = 0; i < plan->mounts.count; i++) {
		const struct sbx_plan_mount *mount = sbx_vec_at(&plan->mounts, i);

		if (mount->late)
			sbx_say(stderr, "sbx-wrap: %s %s", type_names[mount->type], mount->dst);
	}
}

void sbx_plan_print_notes(const struct sbx_plan *plan)
{
	for (size_t i = 0; i < plan->notes.count; i++) {
		const struct sbx_note *note = sbx_vec_at(&plan->notes, i);

		sbx_say(stderr, "sbx-wrap: %s: %s: %s, not granted", sbx_step_name(SBX_STEP_GRANT), note->path,
			note->reason);
		if (note->remedy)
			sbx_say(stderr, "hint: %s", note->remedy);
	}
}
