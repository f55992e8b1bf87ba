/* SPDX-License-Identifier: MIT */
/*
 * rules_around.c -- the floor's rules around what is hidden, so that the kernel's renames don't uncover it.
 *
 * A mount lies on a name. rename(2) over that name in another mount namespace, as editors, git and mv do on the host,
 * detaches the mount, and the new file would be seen. Landlock rules lie on inodes: where each entry beside the hidden
 * one has its own, and the directories above may be listed and no more, nothing gives access to what comes later.
 *
 * Only where no directory above can be written, be it a private one: what the command makes there would have no rule,
 * and rules can't be taken back further down. Linux >= 5.13, landlock(7).
 */
#include "loader/plan/rules_around.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>

#include <linux/mount.h>

#include "loader/base/cleanup.h"
#include "loader/base/directory.h"
#include "loader/base/memory.h"
#include "shim/landlock_rights.h"
#include "shim/lookup.h"
#include "shim/path_text.h"

/* What a larger directory costs isn't worth it: sbx-wrap(1) says so. Its owner opens nothing elsewhere by that. */
#define ENTRIES_MAX 512
#define SHUT_MAX 4096 /* hidden paths */
#define TRIES_MAX 16  /* directories that are too large */

#define LISTING ((uint64_t)(SBX_FS_READ_DIR | SBX_FS_REFER)) /* what the directories above keep */
#define WRITES                                                                                                       \
	((uint64_t)(SBX_FS_WRITE_FILE | SBX_FS_TRUNCATE | SBX_FS_REMOVE_DIR | SBX_FS_REMOVE_FILE | SBX_FS_MAKE_DIR | \
		    SBX_FS_MAKE_REG | SBX_FS_MAKE_SYM))
#define X(name, bit, abi, on_file) | ((uint64_t)(on_file) << (bit))
#define ON_FILES (UINT64_C(0) SBX_FS_RIGHTS(X))

static const struct sbx_layer *policy_floor(const struct sbx_plan *plan)
{
	return sbx_at(plan->policy, plan->policy->floor);
}

struct late {
	const struct sbx_vec *rules;
	uint64_t access;
};

static bool add_access(void *context, size_t i)
{
	struct late *late = context;

	late->access |= ((const struct sbx_plan_rule *)sbx_vec_at(late->rules, i))->access;
	return false;
}

/* All that the floor's rules at `dir` and above it give. */
static uint64_t access_at(const struct sbx_plan *plan, const char *dir)
{
	const struct sbx_layer *floor = policy_floor(plan);
	const struct sbx_rule *rule = sbx_at(floor, floor->rules);
	const struct sbx_rule *end = rule + floor->rules.len / sizeof(*rule);
	struct late late = { &plan->floor, 0 };
	uint64_t access = 0;

	for (; rule < end; rule++)
		if (rule->fd < 0 && sbx_path_within(dir, sbx_str(floor, floor->strings, rule->path)))
			access |= rule->access;
	sbx_path_index_above(&plan->floor_paths, dir, strlen(dir), add_access, &late);
	return (access | late.access) & floor->handled_access_fs;
}

static bool holds_path(const struct sbx_vec *paths, const char *path)
{
	for (size_t i = 0; i < paths->count; i++)
		if (strcmp(*(char **)sbx_vec_at(paths, i), path) == 0)
			return true;
	return false;
}

static void push_path(struct sbx_vec *paths, const char *path)
{
	if (!holds_path(paths, path))
		sbx_vec_push(paths, sizeof(path), &path);
}

/* May the command make files in a directory above `path`? */
static bool is_below_writable(const struct sbx_plan *plan, const char *path)
{
	while (path[1]) {
		const struct sbx_plan_mount *mount;

		path = sbx_dirname(path);
		mount = sbx_plan_find(plan, path);
		if ((access_at(plan, path) & WRITES) && !(mount && (mount->attr & MOUNT_ATTR_RDONLY)))
			return true;
	}
	return false;
}

static void push_above(struct sbx_vec *dirs, const char *path)
{
	while (path[1]) {
		path = sbx_dirname(path);
		push_path(dirs, path);
	}
}

/* The rules that are to come, and the entries they are for. */
struct around {
	struct sbx_plan *plan;
	struct sbx_vec rules; /* struct sbx_plan_rule */
	struct sbx_vec shown; /* char *: in the skeleton, where several mounts lie below one entry */
	size_t most;          /* rules, with those of the directory at hand */
};

static void add_entry(struct around *around, const char *path, uint64_t access)
{
	const struct sbx_plan *plan = around->plan;
	const struct sbx_plan_rule rule = { .access = access,
					    .access_file = access & ON_FILES,
					    .path = path,
					    .path_len = strlen(path),
					    .fd = -1,
					    .flags = SBX_RULE_OPTIONAL | SBX_RULE_PLAIN };

	if (!holds_path(&plan->narrowed, path) && !holds_path(&plan->shut, path))
		sbx_vec_push(&around->rules, sizeof(rule), &rule);
}

/* A dot entry of a home, by whatever name, that isn't granted by itself: hide_protected.c. */
static bool is_shut_dot(const struct sbx_plan *plan, const char *dir, const char *name)
{
	const char *path = sbx_join(dir, "/", name);
	const struct sbx_plan_mount *mount = sbx_plan_find(plan, path);

	return holds_path(&plan->shut, sbx_join(dir, "/.")) && !(mount && strcmp(mount->dst, path) == 0);
}

/* In a directory of the host's, which may be one that is yet to come. False when it can't be read: what is in it can't
 * be named. */
static bool add_host_entries(struct around *around, const char *host, const char *dir, uint64_t access)
{
	cleanup_fd int fd = open(host, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct sbx_entries entries = { .fd = fd, .errnum = fd < 0 ? errno : 0 };
	const struct sbx_entry *entry;
	struct stat st;

	while (fd >= 0 && around->rules.count <= around->most && (entry = sbx_entries_next(&entries))) {
		if (sbx_is_dot_entry(entry->name) || entry->type == DT_LNK ||
		    (entry->name[0] == '.' && is_shut_dot(around->plan, dir, entry->name)))
			continue;
		if (entry->type == DT_UNKNOWN &&
		    (fstatat(fd, entry->name, &st, AT_SYMLINK_NOFOLLOW) < 0 || S_ISLNK(st.st_mode)))
			continue;
		add_entry(around, sbx_join(dir[1] ? dir : "", "/", entry->name),
			  entry->type == DT_REG ? access & ON_FILES : access);
	}
	if (entries.errnum)
		sbx_plan_expect(around->plan, entries.errnum, host);
	return !entries.errnum || sbx_lookup_absent(entries.errnum);
}

/* In a directory of our own: what leads to the mounts below it. */
static void add_own_entries(struct around *around, const char *dir, uint64_t access)
{
	const struct sbx_vec *mounts = &around->plan->mounts;
	const size_t len = dir[1] ? strlen(dir) : 0;

	for (size_t i = 0; i < mounts->count; i++) {
		const struct sbx_plan_mount *mount = sbx_vec_at(mounts, i);
		const char *path;

		if (!sbx_path_within(mount->dst, dir) || mount->dst_len <= len + 1)
			continue;
		path = sbx_strndup(mount->dst, len + 1 + strcspn(mount->dst + len + 1, "/"));
		if (holds_path(&around->shown, path) ||
		    (mount->type == SBX_MOUNT_SYMLINK && strcmp(mount->dst, path) == 0))
			continue;
		push_path(&around->shown, path);
		add_entry(around, path, access);
	}
}

static bool add_entries(struct around *around, const char *dir)
{
	const struct sbx_plan_mount *mount = sbx_plan_find(around->plan, dir);
	const uint64_t access = access_at(around->plan, dir);

	if (!(access & ~LISTING))
		return true;
	if (mount && mount->type == SBX_MOUNT_BIND)
		return add_host_entries(
			around, sbx_join(mount->src[1] ? mount->src : "", dir + (mount->dst[1] ? mount->dst_len : 0)),
			dir, access);
	add_own_entries(around, dir, access);
	return true;
}

/* What can be kept shut: below no directory that can be written, nor below one whose entries can't all have a rule. */
static void choose_shut(struct sbx_plan *plan, const struct sbx_vec *all, const struct sbx_vec *wide)
{
	plan->shut.count = plan->narrowed.count = 0;
	for (size_t i = 0; i < all->count; i++) {
		const char *path = *(char **)sbx_vec_at(all, i);
		bool chosen = !is_below_writable(plan, path);

		for (size_t j = 0; j < wide->count && chosen; j++)
			chosen = !sbx_path_within(path, *(char **)sbx_vec_at(wide, j));
		if (!chosen)
			continue;
		sbx_vec_push(&plan->shut, sizeof(path), &path);
		push_above(&plan->narrowed, path);
		if (sbx_plan_has_below(plan, path, true)) /* it is hidden: then a directory of our own is there */
			push_path(&plan->narrowed, path);
	}
}

/* The rules for what is chosen; or NULL with the directory that has none. */
static const struct sbx_vec *make_rules(struct around *around, const char **wide)
{
	const struct sbx_vec *dirs = &around->plan->narrowed;

	around->rules.count = around->shown.count = 0;
	for (size_t i = 0; i < dirs->count; i++) {
		*wide = *(char **)sbx_vec_at(dirs, i);
		around->most = around->rules.count + ENTRIES_MAX;
		if (!add_entries(around, *wide) || around->rules.count > around->most)
			return NULL;
	}
	return &around->rules;
}

void sbx_plan_rules_around(struct sbx_plan *plan)
{
	struct around around = { .plan = plan };
	const struct sbx_vec all = plan->shut, *rules = NULL;
	struct sbx_vec wide = { 0 };
	const char *dir;

	plan->shut = (struct sbx_vec){ 0 };
	if (!plan->rooted || !policy_floor(plan)->handled_access_fs || all.count > SHUT_MAX)
		return;
	while (!rules && wide.count < TRIES_MAX) {
		choose_shut(plan, &all, &wide);
		rules = make_rules(&around, &dir);
		if (!rules)
			push_path(&wide, dir);
	}
	if (!rules)
		plan->narrowed.count = 0;
	for (size_t i = 0; rules && i < rules->count; i++)
		sbx_vec_push(&plan->floor, sizeof(struct sbx_plan_rule), sbx_vec_at(rules, i));
}

void sbx_plan_rules_narrow(const struct sbx_plan *plan, struct sbx_layer *layer)
{
	struct sbx_rule *rule = (struct sbx_rule *)(uintptr_t)sbx_at(layer, layer->rules), *kept = rule;
	const struct sbx_rule *end = rule + layer->rules.len / sizeof(*rule);

	if (!plan->narrowed.count)
		return;
	for (; rule < end; rule++) {
		*kept = *rule;
		if (rule->fd < 0 && holds_path(&plan->narrowed, sbx_str(layer, layer->strings, rule->path))) {
			kept->access &= LISTING;
			kept->access_file &= LISTING;
		}
		kept += kept->access || kept->access_file;
	}
	layer->rules.len = (uint32_t)((const char *)kept - (const char *)sbx_at(layer, layer->rules));
}
