/* SPDX-License-Identifier: MIT */
/*
 * private_leftovers.c -- the trees of tmpfs(5) that nobody else sees and that end with the sandbox.
 *
 * UNTRUSTED: the trees. Nothing in them is opened but directories, through no link and no mount, and no more than
 * LOOKS_MAX entries are looked at; where there are more, fstatfs(2) says how many. Linux >= 5.6 (openat2).
 */
#include "loader/output/private_leftovers.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/mount.h>
#include <linux/openat2.h>

#include "loader/base/cleanup.h"
#include "loader/base/directory.h"
#include "loader/base/memory.h"
#include "loader/output/stage_entries.h"
#include "shim/path_text.h"

#define LOOKS_MAX 2000u
#define DEPTH_MAX 64u

/* One look into one of the directories. */
struct look {
	struct sbx_private *left;
	struct sbx_private_one *one;
	const struct sbx_plan *plan;
	size_t top; /* length of the directory's path */
	dev_t dev;
	bool is_home;
	unsigned looks;
	uint64_t passed; /* what isn't left there, of what was looked at: ours, and directories that exist outside */
};

/*
 * What programs keep in a home for themselves comes anew with each run, and nobody misses it: what has a dot, and these
 * few. Among that is what a caller has asked for.
 */
static const char *const kept_by_programs[] = { "go", "snap", NULL };
/* clang-format off */
static const char *const asked_for[] = {
	".bash_aliases", ".bash_login", ".bash_logout", ".bash_profile", ".bashrc", ".cargo/bin",
	".config/autostart", ".config/environment.d", ".config/git", ".config/sbx", ".config/systemd", ".emacs",
	".gitconfig", ".gnupg/openpgp-revocs.d", ".gnupg/private-keys-v1.d", ".inputrc", ".local/bin", ".local/lib",
	".local/share/applications", ".local/share/fonts", ".profile", ".screenrc", ".ssh/authorized_keys",
	".ssh/config", ".ssh/id_", ".tmux.conf", ".vimrc", ".zshrc", "go/bin", "go/src", NULL
};
/* clang-format on */

static const char *home_inside(const struct sbx_plan *plan)
{
	return sbx_plan_inside(plan, sbx_str(plan->policy, plan->policy->strings, plan->policy->home));
}

static const struct sbx_plan_mount *private_mount(const struct sbx_plan *plan, const char *path)
{
	const struct sbx_plan_mount *mount = plan->rooted && *path ? sbx_plan_find(plan, path) : NULL;

	return mount && mount->type == SBX_MOUNT_TMPFS && strcmp(mount->dst, path) == 0 &&
			       !(mount->attr & MOUNT_ATTR_RDONLY) ?
		       mount :
		       NULL;
}

void sbx_private_plan(struct sbx_private *left, const struct sbx_plan *plan, bool whole, bool noted)
{
	const char *const paths[SBX_PRIVATE__COUNT] = {
		[SBX_PRIVATE_HOME] = home_inside(plan),
		[SBX_PRIVATE_TMP] = "/tmp",
		[SBX_PRIVATE_VAR_TMP] = "/var/tmp",
	};

	left->whole = whole;
	for (int i = 0; i < SBX_PRIVATE__COUNT; i++) {
		const struct sbx_plan_mount *mount = private_mount(plan, paths[i]);

		left->dirs[i].fd = -1;
		if (i == SBX_PRIVATE_HOME)
			left->noted =
				noted && mount && mount->rank < SBX_RANK_OPTION && !(mount->flags & SBX_MOUNT_NAMED);
		if (mount && (whole || (i == SBX_PRIVATE_HOME && left->noted)))
			left->dirs[i].path = paths[i];
	}
}

static uint64_t inodes_used(const struct statfs *fs)
{
	return fs->f_files > fs->f_ffree ? fs->f_files - fs->f_ffree : 0;
}

void sbx_private_take(struct sbx_private *left, const char *path, int fd)
{
	for (int i = 0; i < SBX_PRIVATE__COUNT; i++)
		if (left->dirs[i].path && strcmp(left->dirs[i].path, path) == 0)
			left->dirs[i].fd = fd;
}

/* Through no link, and into nothing that is mounted; what isn't O_DIRECTORY has nothing mounted by autofs(5). */
static int open_plain(int parent, const char *name, int flags)
{
	const struct open_how how = {
		.flags = (unsigned)flags | O_NOFOLLOW | O_CLOEXEC,
		.resolve = RESOLVE_NO_XDEV | RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH,
	};

	return (int)syscall(SYS_openat2, parent, name, &how, sizeof(how));
}

/* The host's own directory, as a place; -1 where it is something else. */
static int open_outside(int parent, const char *name)
{
	const int fd = parent < 0 ? -1 : open_plain(parent, name, O_PATH);
	struct stat st;

	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISDIR(st.st_mode))
		return fd;
	if (fd >= 0)
		close(fd);
	return -1;
}

bool sbx_private_exists(const struct sbx_private *left, const char *path)
{
	const char *home = left->dirs[SBX_PRIVATE_HOME].path;
	cleanup_fd int top = open(home, O_PATH | O_DIRECTORY | O_CLOEXEC);
	cleanup_fd int fd = open_plain(top, path + strlen(home) + 1, O_PATH);

	return fd >= 0 || errno != ENOENT;
}

static bool begins_path(const char *path, const char *start)
{
	const size_t len = strlen(start);

	return strncmp(path, start, len) == 0 && (!path[len] || path[len] == '/');
}

/* Is `path`, relative to the home, among what the caller has asked for? `above`: or does it lead there? */
static bool is_asked_for(const char *path, bool above)
{
	const size_t len = strlen(path);

	for (size_t i = 0; asked_for[i]; i++) {
		const char *entry = asked_for[i];
		const size_t entry_len = strlen(entry);

		if (above ? strncmp(entry, path, len) == 0 && entry[len] == '/' :
			    begins_path(path, entry) ||
				    (entry[entry_len - 1] == '_' && !strncmp(path, entry, entry_len)))
			return true;
	}
	return false;
}

static bool is_programs_own(const char *path)
{
	for (size_t i = 0; kept_by_programs[i]; i++)
		if (begins_path(path, kept_by_programs[i]))
			return true;
	return path[0] == '.';
}

static const char *in_home(const struct look *look, const char *path)
{
	return path + look->top + 1;
}

/* Files that a caller has named; where programs keep their own, a directory alone says nothing. */
static bool is_missed(const struct look *look, const struct sbx_private_found *found, const struct stat *st)
{
	const char *path = in_home(look, found->path);

	if (!look->is_home || !look->left->noted ||
	    !(S_ISREG(st->st_mode) || S_ISDIR(st->st_mode) || S_ISLNK(st->st_mode)))
		return false;
	return is_programs_own(path) ? is_asked_for(path, false) && found->files : true;
}

/* Nobody asks, and nothing in it would be told. */
static bool is_passed_over(const struct look *look, const char *path)
{
	const char *relative = in_home(look, path);

	return !look->left->whole && is_programs_own(relative) && !is_asked_for(relative, false) &&
	       !is_asked_for(relative, true);
}

/* What has a dot comes last: programs leave thousands of files there, and no more than some are looked at. */
static int by_name(const void *a, const void *b)
{
	const char *one = *(char *const *)a, *two = *(char *const *)b;
	const bool dot = one[0] == '.';

	return dot != (two[0] == '.') ? (dot ? 1 : -1) : strcmp(one, two);
}

static struct sbx_vec names_in(struct look *look, int fd)
{
	struct sbx_entries entries = { .fd = fd };
	const struct sbx_entry *entry;
	struct sbx_vec names = { 0 };

	while ((entry = sbx_entries_next(&entries))) {
		char *name;

		if (sbx_is_dot_entry(entry->name))
			continue;
		if (!look->looks)
			break;
		look->looks--;
		name = sbx_strdup(entry->name);
		sbx_vec_push(&names, sizeof(name), &name);
	}
	look->one->more |= entry || entries.errnum;
	if (names.count)
		qsort(names.items, names.count, names.size, by_name);
	return names;
}

static void look_into(struct look *look, int fd, int outside, const char *path, struct sbx_private_found *in,
		      unsigned depth);

static void look_below(struct look *look, int parent, const char *name, int outside, const char *path,
		       struct sbx_private_found *in, unsigned depth)
{
	cleanup_fd int fd = depth ? open_plain(parent, name, O_RDONLY | O_DIRECTORY) : -1;

	if (fd >= 0)
		look_into(look, fd, outside, path, in, depth - 1);
	else
		look->one->more = true;
}

/* Something new: with what is in it where that is to be told, or decides. */
static void add_left(struct look *look, int parent, const char *name, const struct stat *st, const char *path,
		     unsigned depth)
{
	struct sbx_private_found found = { .path = path,
					   .is_dir = S_ISDIR(st->st_mode),
					   .files = S_ISREG(st->st_mode) };

	if (found.is_dir && (look->left->whole || (look->is_home && is_programs_own(in_home(look, path)))))
		look_below(look, parent, name, -1, NULL, &found, depth);
	found.missed = is_missed(look, &found, st);
	if (found.missed || look->left->whole)
		sbx_vec_push(&look->one->found, sizeof(found), &found);
}

static void count(struct look *look, struct sbx_private_found *in, const struct stat *st)
{
	look->one->entries++;
	look->one->bytes +=
		S_ISREG(st->st_mode) ? (uint64_t)st->st_blocks * 512 / (st->st_nlink ? st->st_nlink : 1) : 0;
	if (in) {
		in->entries++;
		in->files += S_ISREG(st->st_mode);
	}
}

/* What is in something new is only counted. */
static void look_inside(struct look *look, int parent, const char *name, const struct stat *st,
			struct sbx_private_found *in, unsigned depth)
{
	count(look, in, st);
	if (S_ISDIR(st->st_mode))
		look_below(look, parent, name, -1, NULL, in, depth);
}

static void look_at(struct look *look, int parent, const char *name, int outside, const char *dir,
		    const struct stat *st, unsigned depth)
{
	const char *path = sbx_stage_path(dir, name);
	const enum sbx_stage_owner owner = sbx_stage_owner(look->plan, path, st);
	cleanup_fd int there = -1;

	look->passed += owner == SBX_OWNER_OURS;
	if (owner == SBX_OWNER_OURS || (look->is_home && is_passed_over(look, path)))
		return;
	if (S_ISDIR(st->st_mode))
		there = open_outside(outside, name);
	if (there >= 0 || owner == SBX_OWNER_PARTLY_OURS ||
	    (look->is_home && S_ISDIR(st->st_mode) && is_asked_for(in_home(look, path), true))) {
		look->passed++;
		look_below(look, parent, name, there, path, NULL, depth);
	} else {
		count(look, NULL, st);
		add_left(look, parent, name, st, path, depth);
	}
}

/* `outside`: the same directory as the host has it, or -1. `in`: what is told in the stead of all that is here. */
static void look_into(struct look *look, int fd, int outside, const char *path, struct sbx_private_found *in,
		      unsigned depth)
{
	const struct sbx_vec names = names_in(look, fd);
	struct stat st;

	for (size_t i = 0; i < names.count; i++) {
		const char *name = *(char **)sbx_vec_at(&names, i);

		if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT) < 0 || st.st_dev != look->dev)
			continue;
		if (in)
			look_inside(look, fd, name, &st, in, depth);
		else
			look_at(look, fd, name, outside, path, &st, depth);
	}
}

/* What is there is counted, or where that is too much, what the file system says is taken. */
static void look_at_dir(struct sbx_private *left, struct sbx_private_one *one, const struct sbx_plan *plan)
{
	const bool is_home = one == &left->dirs[SBX_PRIVATE_HOME];
	struct look look = { .left = left, .one = one, .plan = plan, .is_home = is_home, .looks = LOOKS_MAX };
	cleanup_fd int outside = -1, fd = -1;
	struct statfs fs;
	struct stat st;

	if (fstatfs(one->fd, &fs) < 0)
		return;
	one->known = true;
	if (fs.f_files && inodes_used(&fs) <= 1 && fs.f_bfree >= fs.f_blocks)
		return;
	if (is_home)
		outside = open(one->path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	left->noted &= !is_home || outside >= 0;
	fd = openat(one->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0 && fstat(fd, &st) == 0) {
		look.top = strlen(one->path);
		look.dev = st.st_dev;
		look_into(&look, fd, outside, one->path, NULL, DEPTH_MAX);
	} else {
		one->more = true;
	}
	if (!one->more)
		return;
	one->known = fs.f_files && fs.f_blocks;
	one->entries = inodes_used(&fs) > 1 + look.passed ? inodes_used(&fs) - 1 - look.passed : 0;
	one->bytes = (uint64_t)(fs.f_blocks - fs.f_bfree) * (uint64_t)fs.f_bsize;
}

void sbx_private_look(struct sbx_private *left, const struct sbx_plan *plan)
{
	for (int i = 0; i < SBX_PRIVATE__COUNT; i++)
		if (left->dirs[i].fd >= 0)
			look_at_dir(left, &left->dirs[i], plan);
}
