/*
 * protect.c -- applies the policy's table of protected paths to what is granted.
 *
 * A path that is granted by its own name stays; what is protected below a granted directory is masked. Names that come
 * into being during the run can't be masked: so a home is never granted writable as a whole, and a protected path that
 * is absent below a writable grant refuses the grant (sbx's own two are made instead).
 */
#include "loader/protect.h"

#include <dirent.h>
#include <errno.h>
#include <string.h>

#include <linux/mount.h>

#include "shim/err.h"

struct entry {
	enum sbx_protect_kind kind;
	const char *text;
};

static size_t entry_count(const struct sbx_policy_blob *policy)
{
	return policy->protect.len / sizeof(struct sbx_protect);
}

static struct entry entry_at(const struct sbx_policy_blob *policy, size_t i)
{
	const struct sbx_protect *protect = (const struct sbx_protect *)sbx_at(policy, policy->protect) + i;

	return (struct entry){ (enum sbx_protect_kind)protect->kind, sbx_str(policy, policy->strings, protect->text) };
}

static bool is_dot_of(const char *path, const char *home)
{
	return sbx_path_within(path, home) && strlen(path) > strlen(home) && path[strlen(home) + 1] == '.';
}

static const char *reason_for(struct entry entry, const char *path)
{
	switch (entry.kind) {
	case SBX_PROTECT_HOME:
		if (sbx_path_within(entry.text, path))
			return "a whole home directory";
		return is_dot_of(path, entry.text) ? "a dot file of a home directory" : NULL;
	case SBX_PROTECT_NAME:
		return sbx_glob(entry.text, sbx_basename(path)) ? "a key, by its name" : NULL;
	default:
		return sbx_path_within(path, entry.text) ? "a protected path" : NULL;
	}
}

static const char *reason_of(const struct sbx_policy_blob *policy, const char *path)
{
	for (size_t i = 0; i < entry_count(policy); i++) {
		const char *reason = reason_for(entry_at(policy, i), path);

		if (reason)
			return reason;
	}
	return NULL;
}

const char *sbx_protect_reason(const struct sbx_policy_blob *policy, const struct sbx_resolved *resolved)
{
	const char *reason;

	if (!resolved->path[1])
		return "the root directory";
	if (resolved->exists && S_ISDIR(resolved->st.st_mode) && !strchr(resolved->path + 1, '/'))
		return "a top-level directory";
	reason = reason_of(policy, resolved->path);
	for (size_t i = 0; !reason && i < resolved->links.count; i++) {
		const struct sbx_link *link = sbx_vec_at(&resolved->links, i);

		reason = reason_of(policy, link->at) ? "reached through a protected path" : NULL;
	}
	return reason;
}

/* Something other than the covering directory's own content is at `path` already. */
static bool replaced(const struct sbx_plan *plan, const char *cover, const char *path)
{
	const struct sbx_plan_mount *there = NULL;

	for (size_t i = 0; i < plan->mounts.count; i++) {
		const struct sbx_plan_mount *mount = sbx_vec_at(&plan->mounts, i);

		if (mount->type != SBX_MOUNT_DIR && sbx_path_within(path, mount->dst) &&
		    (!there || strlen(mount->dst) >= strlen(there->dst)))
			there = mount;
	}
	return there && strcmp(there->dst, cover) != 0;
}

/* Something granted lies below `path`: the mask must leave room for it. */
static bool granted_below(const struct sbx_plan *plan, const char *path)
{
	for (size_t i = 0; i < plan->mounts.count; i++) {
		const struct sbx_plan_mount *mount = sbx_vec_at(&plan->mounts, i);

		if (mount->type != SBX_MOUNT_MASK && sbx_path_within(mount->dst, path) && strcmp(mount->dst, path) != 0)
			return true;
	}
	return false;
}

struct cover { /* a granted directory, copied: the plan's array moves while it grows */
	const char *src, *dst;
	uint32_t attr;
};

/* Bind each directory between the grant and `below` onto itself. */
static void pin(struct sbx_plan *plan, const struct cover *cover, const char *below)
{
	const size_t skip = strlen(cover->dst);

	for (const char *slash = strchr(below + skip + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		char *dst = sbx_strndup(below, (size_t)(slash - below));
		struct sbx_plan_mount *mount;

		if (replaced(plan, cover->dst, dst))
			continue;
		mount = sbx_plan_add(plan, SBX_MOUNT_BIND, dst);
		mount->src = sbx_format("%s%s", cover->src, dst + skip);
		mount->attr = cover->attr;
	}
}

/* Hide the host's `path`, which lies below cover->src. A directory with grants below it becomes an empty skeleton. */
static void mask(struct sbx_plan *plan, const struct cover *cover, const char *path, bool is_file)
{
	char *dst = sbx_format("%s%s", cover->dst[1] ? cover->dst : "", path + (cover->src[1] ? strlen(cover->src) : 0));
	struct sbx_plan_mount *mount;

	if (replaced(plan, cover->dst, dst))
		return;
	if (!(cover->attr & MOUNT_ATTR_RDONLY))
		pin(plan, cover, dst);
	mount = sbx_plan_add(plan, granted_below(plan, dst) ? SBX_MOUNT_TMPFS : SBX_MOUNT_MASK, dst);
	mount->flags = is_file ? SBX_MOUNT_IS_FILE : 0;
	if (mount->type == SBX_MOUNT_TMPFS) {
		mount->attr = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
		mount->mode = 0555;
		mount->size = plan->policy->root_size;
		mount->inodes = plan->policy->root_inodes;
	}
}

static int refuse(struct sbx_err *err, const char *grant, const char *why, const char *path)
{
	char *text = sbx_format("%s: %s %s", grant, why, path);

	sbx_err_set(err, SBX_STEP_GRANT, 0, text);
	return -1;
}

/* sbx's own directories are made where they are missing, so that they can be masked. */
static bool make_self(const char *path)
{
	char *parent = sbx_dirname(path);
	bool made = (mkdir(parent, 0700) == 0 || errno == EEXIST) && (mkdir(path, 0700) == 0 || errno == EEXIST);

	return made;
}

static int hide_path(struct sbx_plan *plan, const struct cover *cover, struct entry entry, struct sbx_err *err)
{
	const bool writable = !(cover->attr & MOUNT_ATTR_RDONLY);
	struct stat st;

	if (!sbx_path_within(entry.text, cover->src) || strcmp(entry.text, cover->src) == 0)
		return 0;
	if (lstat(entry.text, &st) < 0) {
		if (!writable)
			return 0;
		if (entry.kind != SBX_PROTECT_SELF || !make_self(entry.text) || lstat(entry.text, &st) < 0)
			return refuse(err, cover->src, "granted writable, could make the protected", entry.text);
	}
	if (S_ISLNK(st.st_mode)) /* leads nowhere that isn't granted by itself */
		return writable ? refuse(err, cover->src, "granted writable, could replace the protected", entry.text) : 0;
	if (!plan->rooted)
		return refuse(err, cover->src, "without a mount namespace nothing hides the protected", entry.text);
	mask(plan, cover, entry.text, !S_ISDIR(st.st_mode));
	return 0;
}

static int hide_home(struct sbx_plan *plan, const struct cover *cover, const char *home, struct sbx_err *err)
{
	struct dirent *entry;
	DIR *dir;

	if (!sbx_path_within(home, cover->src))
		return 0;
	if (!(cover->attr & MOUNT_ATTR_RDONLY))
		return refuse(err, cover->src, "a home is not granted writable as a whole; name directories in", home);
	dir = opendir(home);
	if (!dir)
		return errno == ENOENT || errno == EACCES ? 0 : sbx_err_set(err, SBX_STEP_GRANT, errno, home);
	while ((entry = readdir(dir))) {
		char *path;

		if (entry->d_name[0] != '.' || strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
			continue;
		if (!plan->rooted) {
			closedir(dir);
			return refuse(err, cover->src, "without a mount namespace nothing hides the dot files of", home);
		}
		path = sbx_format("%s/%s", home, entry->d_name);
		if (entry->d_type != DT_LNK) /* a link leads nowhere that isn't granted by itself */
			mask(plan, cover, path, entry->d_type != DT_DIR);
	}
	closedir(dir);
	return 0;
}

static int hide_below(struct sbx_plan *plan, const struct cover *cover, struct sbx_err *err)
{
	for (size_t i = 0; i < entry_count(plan->policy); i++) {
		const struct entry entry = entry_at(plan->policy, i);
		int ret = 0;

		if (entry.kind == SBX_PROTECT_HOME)
			ret = hide_home(plan, cover, entry.text, err);
		else if (entry.kind != SBX_PROTECT_NAME)
			ret = hide_path(plan, cover, entry, err);
		if (ret < 0)
			return ret;
	}
	return 0;
}

int sbx_protect_hide(struct sbx_plan *plan, struct sbx_err *err)
{
	const size_t granted = plan->mounts.count;

	for (size_t i = 0; i < granted; i++) {
		const struct sbx_plan_mount *mount = sbx_vec_at(&plan->mounts, i);
		const struct cover cover = { mount->src, mount->dst, mount->attr };

		if (mount->type == SBX_MOUNT_BIND && !(mount->flags & SBX_MOUNT_IS_FILE) &&
		    hide_below(plan, &cover, err) < 0)
			return -1;
	}
	return 0;
}
