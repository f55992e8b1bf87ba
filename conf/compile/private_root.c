/* SPDX-License-Identifier: MIT */
/*
 * private_root.c -- the private root as a sorted list: skeleton, places, symlinks, /dev, /proc, /tmp and home.
 */
#include "conf/compile/private_root.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <linux/mount.h>

#include "conf/base/cleanup.h"
#include "conf/compile/allowed_calls.h"
#include "conf/compile/base_grants.h"
#include "conf/compile/path_walk.h"
#include "conf/compile/private_files.h"
#include "shim/lookup.h"
#include "shim/path_text.h"
#include "shim/paths.h"

#define ROOT_PAGE 4096 /* a file of a tmpfs takes whole pages */
#define DEV_SIZE (64u << 10)
#define DEV_INODES 64u
#define DATA_ATTR (MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC)

static struct sbx_mount_draft *append_mount(struct sbx_build *build, enum sbx_mount_type type, const char *dst,
					    const char *src, uint32_t mode)
{
	struct sbx_mount_draft *draft = SBX_APPEND(build->pool, &build->mounts);

	draft->dst = dst;
	draft->src = src;
	draft->mount.type = type;
	draft->mount.mode = mode;
	return draft;
}

static struct sbx_mount_draft *add_tmpfs(struct sbx_build *build, const char *dst, uint32_t mode, uint64_t size)
{
	struct sbx_mount_draft *draft = append_mount(build, SBX_MOUNT_TMPFS, dst, "", mode);

	draft->mount.attr = DATA_ATTR;
	draft->mount.size = size;
	draft->mount.inodes = build->policy->values[SBX_KEY_LIMITS_TMP_INODES].number;
	return draft;
}

/* Whoever can start sbx-wrap inside gets the policy that holds outside: nothing that is writable there counts for it.
 */
static void add_texts(struct sbx_build *build)
{
	if (!build->texts->count || !sbx_allowed_calls_have_exec(build))
		return;
	append_mount(build, SBX_MOUNT_DIR, SBX_INNER_CONF, "", 0555);
	for (size_t i = 0; i < build->texts->count; i++) {
		append_mount(build, SBX_MOUNT_FILE, sbx_pool_printf(build->pool, SBX_INNER_CONF "/%04zu.conf", i),
			     build->texts->items[i].text, 0444);
		build->texts_len += strlen(build->texts->items[i].text) + ROOT_PAGE;
	}
}

static void add_skeleton(struct sbx_build *build)
{
	append_mount(build, SBX_MOUNT_DIR, "/etc", "", 0755);
	append_mount(build, SBX_MOUNT_DIR, "/run", "", 0755);
	append_mount(build, SBX_MOUNT_DIR, SBX_INNER_DIR, "", 0555);
	append_mount(build, SBX_MOUNT_DIR, SBX_INNER_EMPTY_DIR, "", 0);
	append_mount(build, SBX_MOUNT_FILE, SBX_INNER_EMPTY_FILE, "", 0);
	append_mount(build, SBX_MOUNT_FILE, SBX_INNER_MARK, "", 0444);
	if (build->children_len) {
		append_mount(build, SBX_MOUNT_FILE, SBX_INNER_CHILDREN, "", 0444);
		append_mount(build, SBX_MOUNT_FIFO, SBX_INNER_CHILD_REPORTS, "", 0200);
	}
	add_texts(build);
	append_mount(build, SBX_MOUNT_DIR, "/var", "", 0755);
	add_tmpfs(build, "/var/tmp", 01777, build->policy->values[SBX_KEY_LIMITS_TMP].number);
	add_tmpfs(build, "/tmp", 01777, build->policy->values[SBX_KEY_LIMITS_TMP].number);
}

static void add_dev(struct sbx_build *build)
{
	static const char *const links[][2] = { { "/dev/fd", "/proc/self/fd" },
						{ "/dev/stdin", "/proc/self/fd/0" },
						{ "/dev/stdout", "/proc/self/fd/1" },
						{ "/dev/stderr", "/proc/self/fd/2" } };
	struct sbx_mount_draft *draft = append_mount(build, SBX_MOUNT_TMPFS, "/dev", "", 0755);

	draft->mount.attr = DATA_ATTR | MOUNT_ATTR_RDONLY;
	draft->mount.size = DEV_SIZE;
	draft->mount.inodes = DEV_INODES;
	for (size_t i = 0; i < sizeof(links) / sizeof(links[0]); i++)
		append_mount(build, SBX_MOUNT_SYMLINK, links[i][0], links[i][1], 0777);
	for (int i = 0; sbx_base_devices[i].word; i++) {
		const struct sbx_base_device *device = &sbx_base_devices[i];

		if (!sbx_policy_has(build->policy, SBX_KEY_DEV, device->word))
			continue;
		draft = append_mount(build, SBX_MOUNT_BIND, device->path, device->path, 0);
		draft->mount.attr = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
		draft->mount.flags =
			SBX_MOUNT_IS_FILE | SBX_MOUNT_SYSTEM | (strcmp(device->word, "null") ? SBX_MOUNT_OPTIONAL : 0);
		if (!strcmp(device->word, "tty"))
			draft->mount.flags |= SBX_MOUNT_TERMINAL;
	}
	if (sbx_policy_has(build->policy, SBX_KEY_DEV, "ptmx")) {
		append_mount(build, SBX_MOUNT_DEVPTS, "/dev/pts", "", 0755)->mount.attr =
			MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC;
		append_mount(build, SBX_MOUNT_SYMLINK, "/dev/ptmx", "pts/ptmx", 0777);
	}
	if (sbx_policy_has(build->policy, SBX_KEY_DEV, "shm"))
		add_tmpfs(build, "/dev/shm", 01777, build->policy->values[SBX_KEY_LIMITS_SHM].number);
}

static void add_mask(struct sbx_build *build, const char *path, bool is_file)
{
	append_mount(build, SBX_MOUNT_MASK, path, "", 0)->mount.flags =
		SBX_MOUNT_OPTIONAL | (is_file ? SBX_MOUNT_IS_FILE : 0);
}

/*
 * What only root can open needs no mask where nobody is root. Bits of the group count: the caller's further groups are
 * in force inside, though unmapped.
 */
static bool is_reachable(const struct sbx_build *build, const char *path)
{
	struct stat st;

	if (lstat(path, &st) == 0)
		return build->user.uid == 0 || (st.st_mode & 0077);
	if (!sbx_lookup_absent(errno))
		sbx_errs_lookup(build->errs, path);
	return false;
}

static void add_proc(struct sbx_build *build)
{
	const char *word = build->policy->values[SBX_KEY_PROC].text;
	struct sbx_mount_draft *draft;

	if (!strcmp(word, "none"))
		return;
	draft = append_mount(build, SBX_MOUNT_PROC, "/proc", strcmp(word, "pids") ? "" : "subset=pid", 0555);
	draft->mount.attr = DATA_ATTR | MOUNT_ATTR_RDONLY;
	if (!strcmp(word, "named") && !sbx_policy_bool(build->policy, SBX_KEY_CHILDREN)) /* they need it to latch */
		draft->mount.flags = SBX_MOUNT_WANTED;
	for (int i = 0; sbx_base_proc[i].path; i++)
		if (is_reachable(build, sbx_base_proc[i].path))
			add_mask(build, sbx_base_proc[i].path, sbx_base_proc[i].is_file);
}

/* Every directory on the way belongs to root, and nobody else can write it: no link can be put in its place. What it is
 * that can't be replaced may be for others to write. */
static bool only_root_replaces(const char *path)
{
	char prefix[PATH_MAX];
	struct stat st;

	for (size_t i = 1; path[i - 1]; i++) {
		if ((path[i] && path[i] != '/') || i >= sizeof(prefix))
			continue;
		memcpy(prefix, path, i);
		prefix[i] = 0;
		if (lstat(prefix, &st) < 0 || st.st_uid != 0 || (path[i] && (st.st_mode & 0022)))
			return false;
	}
	return true;
}

static void add_place_mounts(struct sbx_build *build)
{
	for (size_t i = 0; i < build->places.count; i++) {
		const struct sbx_place *place = &build->places.items[i];
		struct sbx_mount_draft *draft = append_mount(build, SBX_MOUNT_BIND, place->at, place->path, 0);

		draft->use = place->use & (SBX_PLACE_WRITE | SBX_PLACE_EXEC | SBX_PLACE_LINK);
		draft->mount.attr = MOUNT_ATTR_NOSUID;
		if (!(place->use & SBX_PLACE_WRITE))
			draft->mount.attr |= MOUNT_ATTR_RDONLY;
		if (!(place->use & (SBX_PLACE_EXEC | SBX_PLACE_LINK)))
			draft->mount.attr |= MOUNT_ATTR_NOEXEC;
		if (!place->device)
			draft->mount.attr |= MOUNT_ATTR_NODEV;
		draft->mount.flags = place->is_file ? SBX_MOUNT_IS_FILE : 0;
		if (!place->required)
			draft->mount.flags |= SBX_MOUNT_OPTIONAL;
		if (only_root_replaces(place->path))
			draft->mount.flags |= SBX_MOUNT_SYSTEM;
		if (sbx_base_is_system(place->path))
			draft->mount.flags |= SBX_MOUNT_OS;
	}
	for (size_t i = 0; i < build->symlinks.count; i++)
		append_mount(build, SBX_MOUNT_SYMLINK, build->symlinks.items[i].path, build->symlinks.items[i].text,
			     0777)
			->mount.flags = SBX_MOUNT_VERIFY;
}

static void add_late_tmpfs(struct sbx_build *build, const char *path)
{
	struct sbx_late_draft *draft = SBX_APPEND(build->pool, &build->late);

	draft->late = (struct sbx_late){ .grant = SBX_GRANT_TMPFS,
					 .size = build->policy->values[SBX_KEY_LIMITS_TMP].number,
					 .inodes = build->policy->values[SBX_KEY_LIMITS_TMP_INODES].number };
	draft->path = path;
}

static int add_hide(struct sbx_build *build, const char *path)
{
	struct stat st = { .st_mode = S_IFDIR };

	if (lstat(path, &st) < 0 && !sbx_lookup_absent(errno))
		return sbx_errs_lookup(build->errs, path);
	add_mask(build, path, !S_ISDIR(st.st_mode));
	return 0;
}

/* fs.hide and fs.tmpfs name places inside; what a list needs of them is the path they have there. */
static int add_inner(struct sbx_build *build, enum sbx_key_id id)
{
	const struct sbx_list *list = sbx_policy_list(build->policy, id);
	int rc = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct sbx_item *item = &list->items[i];
		const char *why, *real = NULL;
		struct sbx_where where;

		why = sbx_path_expand(build->pool, &build->user, item->text, &where);
		if (!why && where.late && !where.arg && id == SBX_KEY_FS_TMPFS) {
			add_late_tmpfs(build, where.path);
			continue;
		}
		if (!why && where.late)
			why = where.arg ? "$ARG(n) can't be used here" : "$PWD can't be used here";
		if (!why)
			real = sbx_path_walk(build->pool, &build->symlinks, where.path, true);
		if (!why && (!real || !strcmp(real, "/")))
			why = real ? "not /" : strerror(errno);
		if (why)
			rc = sbx_errs_add(build->errs, item->origin, "fs.%s: \"%s\": %s", sbx_keys[id].name, item->text,
					  why);
		else if (id == SBX_KEY_FS_TMPFS)
			add_tmpfs(build, real, 0755, build->policy->values[SBX_KEY_LIMITS_TMP].number)->mount.flags =
				SBX_MOUNT_NAMED;
		else
			rc |= add_hide(build, real);
	}
	return rc;
}

/* Which of two at one path stands: what the policy names before what is there anyway. */
static int mount_rank(const struct sbx_mount_draft *draft)
{
	static const int ranks[] = { [SBX_MOUNT_BIND] = 0,   [SBX_MOUNT_TMPFS] = 1,   [SBX_MOUNT_PROC] = 1,
				     [SBX_MOUNT_DEVPTS] = 1, [SBX_MOUNT_SYMLINK] = 2, [SBX_MOUNT_FILE] = 3,
				     [SBX_MOUNT_FIFO] = 3,   [SBX_MOUNT_DIR] = 4,     [SBX_MOUNT_MASK] = 5 };

	return draft->mount.flags & SBX_MOUNT_NAMED ? -1 : ranks[draft->mount.type];
}

static int compare_mounts(const void *a, const void *b)
{
	const struct sbx_mount_draft *left = a, *right = b;
	int order = strcmp(left->dst, right->dst);

	return order ? order : mount_rank(left) - mount_rank(right);
}

/* Is `draft`, with `above` the nearest mount or symlink it lies under, there already or out of reach? */
static bool is_superfluous(const struct sbx_mount_draft *draft, const struct sbx_mount_draft *above)
{
	uint32_t type = draft->mount.type;

	if (!above || type == SBX_MOUNT_MASK)
		return false;
	if (!strcmp(above->dst, draft->dst))
		return true;
	if (above->mount.type == SBX_MOUNT_SYMLINK)
		return true;
	if (above->mount.type != SBX_MOUNT_BIND)
		return false;
	if (type == SBX_MOUNT_SYMLINK || type == SBX_MOUNT_DIR || type == SBX_MOUNT_FILE || type == SBX_MOUNT_FIFO)
		return true;
	return type == SBX_MOUNT_BIND && !strcmp(draft->src, draft->dst) && !strcmp(above->src, above->dst) &&
	       !(draft->use & ~above->use & (SBX_PLACE_WRITE | SBX_PLACE_EXEC)) &&
	       (!(draft->use & SBX_PLACE_LINK) || (above->use & (SBX_PLACE_EXEC | SBX_PLACE_LINK)));
}

static const struct sbx_mount_draft *mount_above(const struct sbx_mount_drafts *kept, const char *dst)
{
	for (size_t i = kept->count; i-- > 0;)
		if (sbx_path_within(dst, kept->items[i].dst) && kept->items[i].mount.type != SBX_MOUNT_MASK &&
		    (kept->items[i].mount.type != SBX_MOUNT_DIR || !strcmp(kept->items[i].dst, dst)))
			return &kept->items[i];
	return NULL;
}

/* Sorted, one entry for each path, and none for what a bind shows anyway. */
static void tidy_mounts(struct sbx_build *build)
{
	struct sbx_mount_drafts all = build->mounts, kept = { NULL, 0 };

	qsort(all.items, all.count, sizeof(*all.items), compare_mounts);
	for (size_t i = 0; i < all.count; i++)
		if (!is_superfluous(&all.items[i], mount_above(&kept, all.items[i].dst)))
			*SBX_APPEND(build->pool, &kept) = all.items[i];
	build->mounts = kept;
}

/*
 * fonts.conf(5): without a system-wide cache that is up to date fontconfig keeps its own here. It makes the directory
 * with chmod(2): whoever may not call that finds it made.
 */
static void add_home(struct sbx_build *build)
{
	add_tmpfs(build, build->home, 0700, build->policy->values[SBX_KEY_LIMITS_HOME].number);
	if (sbx_allowed_calls_have(build, "chmod") ||
	    sbx_allowed_calls_have(build, "fchmodat")) /* which is all there is on aarch64 */
		return;
	append_mount(build, SBX_MOUNT_DIR, sbx_pool_printf(build->pool, "%s/.cache", build->home), "", 0700);
	append_mount(build, SBX_MOUNT_DIR, sbx_pool_printf(build->pool, "%s/.cache/fontconfig", build->home), "", 0755);
}

int sbx_private_root_build(struct sbx_build *build)
{
	int rc;

	if (!build->rooted)
		return 0;
	add_skeleton(build);
	sbx_private_files_build(build);
	add_dev(build);
	add_proc(build);
	if (build->home)
		add_home(build);
	rc = add_inner(build, SBX_KEY_FS_TMPFS);
	rc |= add_inner(build, SBX_KEY_FS_HIDE);
	add_place_mounts(build);
	tidy_mounts(build);
	return rc;
}
