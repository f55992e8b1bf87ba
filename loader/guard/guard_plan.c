/* SPDX-License-Identifier: MIT */
/*
 * guard_plan.c -- before the run: what is there of guarded names is bound onto itself, read-only; the directories above
 * are pinned as those above protected paths are (pin_protected.c). What git's configuration names is guarded with it.
 */
#include "loader/guard/guard.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include <linux/mount.h>

#include "loader/base/cleanup.h"
#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "loader/guard/git_repository.h"
#include "loader/guard/guard_look.h"
#include "shim/err.h"
#include "shim/landlock_rights.h"

#define PINNED_MOST 512 /* mounts: what is beyond is looked at after the run */

/* What the look before the run works on: a writable mount, copied, for the plan's array moves. */
struct before {
	struct sbx_plan *plan;
	const char *dst;
	uint32_t attr;
	const char *unguarded; /* in place: the first that nothing makes read-only */
};

static void push_item(struct sbx_guard *guard, const struct sbx_guard_item *item)
{
	sbx_path_index_add(&guard->index, item->path, strlen(item->path), guard->items.count);
	sbx_vec_push(&guard->items, sizeof(*item), item);
}

/* Does something read-only lie there, or above and below the root? */
static bool is_covered(const struct sbx_look *look, const char *path)
{
	const size_t i = sbx_path_index_above(&look->guard->index, path, strlen(path), NULL, NULL);

	return i != SBX_PATH_INDEX_NONE;
}

static void pin(struct sbx_look *look, const char *path, const struct stat *st)
{
	const struct before *before = look->context;
	const char *root = look->root->path;
	char *dst = sbx_join(before->dst[1] ? before->dst : "", path + (root[1] ? strlen(root) : 0));
	const struct sbx_plan_mount *there = sbx_plan_mounted(before->plan, dst, false);
	struct sbx_plan_mount *mount;

	if (there && strcmp(there->dst, before->dst) != 0)
		return; /* something else is there: hidden, read-only, or granted by its own name */
	mount = sbx_plan_add(before->plan, SBX_MOUNT_BIND, dst);
	mount->src = path;
	mount->attr = before->attr | MOUNT_ATTR_RDONLY;
	mount->flags = S_ISDIR(st->st_mode) ? 0 : SBX_MOUNT_IS_FILE;
	look->guard->pinned++;
}

static void guard_path(struct sbx_look *look, const char *path, bool loose);

/* What a link of a guarded name leads to, or a .git that is a file. */
static void guard_target(struct sbx_look *look, const char *path)
{
	struct sbx_resolved real;

	if (sbx_resolve("/", path, &real) == 0 && real.exists && real.path[1] &&
	    sbx_path_within(real.path, look->root->path) && strcmp(real.path, look->root->path) != 0)
		guard_path(look, real.path, false);
}

static void read_config(struct sbx_look *look, const char *gitdir);

static void guard_path(struct sbx_look *look, const char *path, bool loose)
{
	struct before *before = look->context;
	struct sbx_guard *guard = look->guard;
	struct sbx_guard_item item = { .path = sbx_strdup(path), .loose = loose };
	const char *gitdir;

	if (is_covered(look, path) || lstat(path, &item.st) < 0)
		return;
	item.loose |= guard->pinned >= PINNED_MOST || !before->plan->rooted;
	if (S_ISLNK(item.st.st_mode))
		item.text = sbx_readlink(path);
	push_item(guard, &item);
	if (S_ISLNK(item.st.st_mode)) {
		guard_target(look, path);
		return;
	}
	if (!before->plan->rooted && !before->unguarded)
		before->unguarded = item.path;
	if (!item.loose && (S_ISREG(item.st.st_mode) || S_ISDIR(item.st.st_mode)))
		pin(look, item.path, &item.st);
	if (S_ISDIR(item.st.st_mode) && sbx_guard_git(guard, ""))
		read_config(look, item.path);
	gitdir = S_ISREG(item.st.st_mode) ? sbx_git_link(sbx_dirname(path), sbx_basename(path), "gitdir: ") : NULL;
	if (gitdir) {
		const char *common = sbx_git_link(gitdir, "commondir", "");

		guard_target(look, gitdir);
		if (common)
			guard_target(look, common);
	}
}

/* A word of a setting that executes: a path of the work tree's, perhaps one that isn't there. */
static void guard_word(struct sbx_look *look, const char *base, const char *word, bool is_path)
{
	const char *path = word[0] == '/' ? word : sbx_join(base, "/", word);
	struct sbx_resolved real;
	const char *missing;

	if (!*word || word[0] == '~' || word[0] == '-' || (!is_path && !strchr(word, '/')) ||
	    sbx_resolve("/", path, &real) < 0 || !sbx_path_within(real.path, look->root->path) ||
	    strcmp(real.path, look->root->path) == 0 || is_covered(look, real.path))
		return;
	missing = real.path;
	if (real.exists)
		guard_path(look, real.path, false);
	else
		sbx_vec_push(&look->guard->absent, sizeof(missing), &missing);
}

/* What the repository's configuration has git execute or read. */
static void read_config(struct sbx_look *look, const char *gitdir)
{
	cleanup_fd int fd = sbx_look_open(gitdir, false);
	struct sbx_git_config config;

	if (fd < 0 || sbx_git_config_read(fd, "config", &config) < 0)
		return;
	for (size_t i = 0; i < config.settings.count; i++) {
		const struct sbx_git_setting *setting = sbx_vec_at(&config.settings, i);
		const bool includes = strncmp(setting->section, "include", 7) == 0;
		const bool is_path = includes || strcmp(setting->key, "hookspath") == 0;
		char *rest = sbx_strdup(setting->value + (setting->value[0] == '!'));

		if (!sbx_git_config_executes(setting) || strcmp(setting->key, "worktree") == 0)
			continue;
		for (char *word; is_path ? (word = rest, rest = NULL, word) : (word = strsep(&rest, " \t;&|\"'()"));)
			guard_word(look, includes ? gitdir : sbx_dirname(gitdir), word, is_path);
	}
}

static void remember_settings(const char *gitdir, void *context)
{
	struct sbx_look *look = context;
	cleanup_fd int fd = sbx_look_open(gitdir, false);
	struct sbx_git_config config;

	if (sbx_guard_git(look->guard, "hooks"))
		guard_path(look, sbx_join(gitdir, "/hooks"), false);
	if (fd < 0 || !sbx_guard_git(look->guard, "config") || sbx_git_config_read(fd, "config", &config) < 0)
		return;
	for (size_t i = 0; i < config.settings.count; i++) {
		const struct sbx_git_setting *setting = sbx_vec_at(&config.settings, i);
		const char *text = sbx_join(gitdir, "/config ", sbx_git_config_text(setting));

		if (sbx_git_config_executes(setting))
			sbx_vec_push(&look->guard->settings, sizeof(text), &text);
	}
}

/* Git's own profile writes it, but for hooks; what its configuration executes is the same afterwards. */
static void see_repository(struct sbx_look *look, const char *path)
{
	sbx_git_each(path, remember_settings, look);
}

/* The grant itself stays writable. */
static void see_bare_root(struct sbx_look *look)
{
	if (!sbx_guard_git(look->guard, "")) {
		see_repository(look, look->root->path);
		return;
	}
	guard_path(look, sbx_join(look->root->path, "/HEAD"), false);
	guard_path(look, sbx_join(look->root->path, "/config"), false);
	guard_path(look, sbx_join(look->root->path, "/hooks"), false);
}

static int look_below(struct sbx_guard *guard, struct sbx_plan *plan, const struct sbx_plan_mount *mount,
		      struct sbx_err *err)
{
	struct before before = { .plan = plan, .dst = mount->dst, .attr = mount->attr };
	struct sbx_guard_root root = { .path = mount->src };
	struct sbx_look look = { .guard = guard,
				 .root = &root,
				 .context = &before,
				 .found = guard_path,
				 .repository = see_repository,
				 .bare_root = see_bare_root };

	if (lstat(root.path, &root.st) < 0 || !S_ISDIR(root.st.st_mode))
		return 0;
	sbx_look_at(&look);
	root.more = look.more;
	sbx_vec_push(&guard->roots, sizeof(root), &root);
	if (!before.unguarded || (plan->policy->flags & SBX_POLICY_NESTED))
		return 0;
	return sbx_err_set(err, SBX_STEP_GRANT, 0,
			   sbx_format("%s: not written in place, where nothing guards its %s (--no-guard %s)",
				      root.path, before.unguarded + strlen(root.path) + 1,
				      sbx_basename(before.unguarded)));
}

static void load_patterns(struct sbx_guard *guard, const struct sbx_policy_blob *policy)
{
	const struct sbx_protect *protect = sbx_at(policy, policy->protect);
	const size_t count = policy->protect.len / sizeof(*protect);

	for (size_t i = 0; i < count; i++) {
		const char *pattern = sbx_str(policy, policy->strings, protect[i].text);

		if (protect[i].kind == SBX_PROTECT_GUARD)
			sbx_vec_push(&guard->patterns, sizeof(pattern), &pattern);
	}
}

/* A directory of the host's that may be written, and that no option named as what is guarded. */
static bool is_writable(const struct sbx_guard *guard, const struct sbx_plan_mount *mount)
{
	return mount->type == SBX_MOUNT_BIND && !mount->staged &&
	       !(mount->flags & (SBX_MOUNT_IS_FILE | SBX_MOUNT_OS)) && !(mount->attr & MOUNT_ATTR_RDONLY) &&
	       !sbx_path_within(mount->src, "/dev") && !(mount->option && sbx_guard_says(guard, mount->src));
}

/* Is it what is seen at its place? A later option may have put something else there. */
static bool is_seen(struct sbx_plan *plan, const struct sbx_plan_mount *mount)
{
	const struct sbx_plan_mount *there = sbx_plan_mounted(plan, mount->dst, false);

	return !there || (there->type == mount->type && strcmp(there->dst, mount->dst) == 0 &&
			  strcmp(there->src, mount->src) == 0);
}

/* In place the policy's own grants are nothing but rules. */
static int look_below_rules(struct sbx_guard *guard, struct sbx_plan *plan, struct sbx_err *err)
{
	const struct sbx_layer *floor = sbx_at(plan->policy, plan->policy->floor);
	const struct sbx_rule *rule = sbx_at(floor, floor->rules);
	const size_t count = plan->rooted ? 0 : floor->rules.len / sizeof(*rule);

	for (size_t i = 0; i < count; i++) {
		const char *path = sbx_str(floor, floor->strings, rule[i].path);
		const struct sbx_plan_mount mount = { .src = path, .dst = path };

		if (rule[i].fd < 0 && path[1] && (rule[i].access & SBX_FS_WRITE_FILE) &&
		    !sbx_path_within(path, "/dev") && look_below(guard, plan, &mount, err) < 0)
			return -1;
	}
	return 0;
}

bool sbx_guard_writes(const struct sbx_plan *plan)
{
	const struct sbx_guard none = { .left = 0 };

	for (size_t i = 0; i < plan->mounts.count; i++)
		if (is_writable(&none, sbx_vec_at(&plan->mounts, i)))
			return true;
	return false;
}

int sbx_guard_plan(struct sbx_guard *guard, struct sbx_plan *plan, struct sbx_err *err)
{
	const size_t granted = plan->mounts.count;

	guard->policy = plan->policy;
	guard->left = SBX_GUARD_LEFT_MOST;
	load_patterns(guard, plan->policy);
	clock_gettime(CLOCK_REALTIME_COARSE, &guard->began);
	if (!guard->patterns.count)
		return 0;
	for (size_t i = 0; i < granted; i++) {
		const struct sbx_plan_mount mount = *(struct sbx_plan_mount *)sbx_vec_at(&plan->mounts, i);

		if (is_writable(guard, &mount) && is_seen(plan, &mount) && look_below(guard, plan, &mount, err) < 0)
			return -1;
	}
	return look_below_rules(guard, plan, err);
}
