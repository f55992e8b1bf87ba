/* SPDX-License-Identifier: MIT */
/*
 * output_move.c -- renameat2(2) of a file or a whole directory, by descriptors. The target has ended: nobody of its own
 * changes what is looked at here.
 */
#include "loader/output/output_move.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/fs.h>

#include "loader/base/cleanup.h"
#include "loader/base/directory.h"
#include "loader/base/interrupt.h"
#include "loader/output/output_meet.h"
#include "loader/output/stage_entries.h"
#include "shim/path_text.h"

#define TREE_DEPTH_MAX 200
#define TREE_ENTRIES_MAX 1000000u

static const char not_regular[] = "no regular file: it is not moved into place";
/* Its other link may be the host's: the mode that is taken from one is taken from both. */
static const char linked_setuid[] = "setuid, and a link to another file: it is not moved into place";

/* chmod(2) of what is open with O_PATH. */
static int chmod_path(int fd, mode_t mode)
{
	char by_fd[40];

	snprintf(by_fd, sizeof(by_fd), "/proc/self/fd/%d", fd);
	return chmod(by_fd, mode & 07777);
}

/*
 * Give the entry its name in the directory, where nothing has it. Where the file system can't be asked for that,
 * link(2) fails as well when something has come, and a directory replaces one that is made for it, if it is still
 * empty: renameat2(2), RENAME_NOREPLACE.
 */
static int rename_new(const struct sbx_stage_dir *dir, const char *name, bool is_dir)
{
	if (syscall(SYS_renameat2, dir->stage_fd, name, dir->dir_fd, name, RENAME_NOREPLACE) == 0)
		return 0;
	if (errno != EINVAL && errno != ENOSYS)
		return -1;
	if (is_dir)
		return mkdirat(dir->dir_fd, name, 0700) < 0 ? -1 : renameat(dir->stage_fd, name, dir->dir_fd, name);
	if (linkat(dir->stage_fd, name, dir->dir_fd, name, 0) < 0)
		return -1;
	return unlinkat(dir->stage_fd, name, 0);
}

/* A directory that nobody may write can't be moved to another one: rename(2), EACCES. */
static int rename_tree(const struct sbx_stage_dir *dir, const char *name, const struct stat *st)
{
	cleanup_fd int fd = -1;
	int renamed, errnum;

	if (st->st_mode & S_IWUSR)
		return rename_new(dir, name, true);
	fd = openat(dir->stage_fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || chmod_path(fd, st->st_mode | S_IWUSR) < 0)
		return -1;
	renamed = rename_new(dir, name, true);
	errnum = errno;
	if (chmod_path(fd, st->st_mode) < 0)
		return -1;
	errno = errnum;
	return renamed;
}

/* What a tree may hold: directories, regular files, symlinks. */
static const char *check_entry(int parent, const char *name, const struct stat *st)
{
	cleanup_fd int fd = -1;

	if (S_ISLNK(st->st_mode))
		return NULL;
	if (!S_ISREG(st->st_mode))
		return "a fifo, a socket or a device is in it: it is not moved into place";
	if (!(st->st_mode & (S_ISUID | S_ISGID)))
		return NULL;
	if (st->st_nlink > 1)
		return linked_setuid;
	fd = openat(parent, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	return fd >= 0 && chmod_path(fd, st->st_mode & 01777) == 0 ? NULL : "setuid: it is not moved into place";
}

/* Opened for reading, also where its mode forbids that: it has to get it back. */
static int open_tree_dir(int parent, const char *name, const struct stat *st)
{
	cleanup_fd int found = openat(parent, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (found < 0 || ((st->st_mode & 0500) != 0500 && chmod_path(found, st->st_mode | 0500) < 0))
		return -1;
	return openat(found, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

static const char *check_tree(int parent, const char *name, const struct stat *st, unsigned depth, unsigned *left)
{
	const int fd = depth ? open_tree_dir(parent, name, st) : -1;
	DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	const char *reason = NULL;
	struct dirent *entry;

	if (!dir)
		return depth ? sbx_stage_failure("looking into it", errno) :
			       "directories in it are too deep: it is not moved into place";
	for (errno = 0; !reason && !sbx_interrupted() && (entry = readdir(dir)); errno = 0) {
		struct stat below;

		if (sbx_is_dot_entry(entry->d_name))
			continue;
		if (!(*left)--)
			reason = "too many files are in it: it is not moved into place";
		else if (fstatat(fd, entry->d_name, &below, AT_SYMLINK_NOFOLLOW) < 0)
			reason = sbx_stage_failure("looking into it", errno);
		else if (S_ISDIR(below.st_mode))
			reason = check_tree(fd, entry->d_name, &below, depth - 1, left);
		else
			reason = check_entry(fd, entry->d_name, &below);
	}
	if (!reason && sbx_interrupted())
		reason = sbx_interrupt_reason();
	else if (!reason && errno)
		reason = sbx_stage_failure("looking into it", errno);
	if ((st->st_mode & 0500) != 0500 && fchmod(fd, st->st_mode & 07777) < 0 && !reason)
		reason = sbx_stage_failure("giving it its mode", errno);
	closedir(dir);
	return reason;
}

/* What someone named has the mode that the command gave it, a compiler's output too; what only fits a pattern is data.
 */
#define MODE_OF_NAMED 01777u
#define MODE_OF_FITTING 0666u

static const char *prepare_file(const struct sbx_stage_dir *dir, const char *name, const struct stat *st, mode_t mode)
{
	cleanup_fd int fd = openat(dir->stage_fd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);

	if ((st->st_mode & (S_ISUID | S_ISGID)) && st->st_nlink > 1)
		return linked_setuid;
	return (st->st_mode & 07777 & ~mode) && (fd < 0 || fchmod(fd, st->st_mode & mode) < 0) ?
		       "setuid, or executable: it is not moved into place" :
		       NULL;
}

const char *sbx_output_rename(const struct sbx_stage_dir *dir, const struct sbx_stage_file *from, const char *name,
			      bool existed)
{
	struct stat st;

	if (fstatat(dir->dir_fd, from->name, &st, AT_SYMLINK_NOFOLLOW) < 0 || !sbx_same_file(&st, &from->seen))
		return "somebody else has moved or replaced it meanwhile: it is not moved";
	if (existed ? renameat(dir->dir_fd, from->name, dir->dir_fd, name) < 0 :
		      syscall(SYS_renameat2, dir->dir_fd, from->name, dir->dir_fd, name, RENAME_NOREPLACE) < 0)
		return sbx_stage_failure("moving it", errno);
	return unlinkat(dir->stage_fd, name, 0) < 0 && errno != ENOENT && errno != EISDIR ?
		       sbx_stage_failure("moving it", errno) :
		       NULL;
}

const char *sbx_output_move(struct sbx_stage_dir *dir, const struct sbx_stage_file *file, const char *name,
			    const struct stat *st)
{
	const uint32_t may_be = file ? file->may_be : 0;
	const bool existed = file && file->existed, is_tree = S_ISDIR(st->st_mode) && (may_be & SBX_ARG_TREE);
	const bool is_link = S_ISLNK(st->st_mode) && (may_be & SBX_ARG_LINK);
	unsigned left = TREE_ENTRIES_MAX;
	const char *reason;
	int errnum;
	bool met;

	if (!S_ISREG(st->st_mode) && !is_tree && !is_link)
		return not_regular;
	reason = is_tree ? check_tree(dir->stage_fd, name, st, TREE_DEPTH_MAX, &left) :
		 is_link ? NULL :
			   prepare_file(dir, name, st, file ? MODE_OF_NAMED : MODE_OF_FITTING);
	if (reason)
		return reason;
	if ((is_tree ? rename_tree(dir, name, st) :
	     existed ? renameat(dir->stage_fd, name, dir->dir_fd, name) :
		       rename_new(dir, name, false)) == 0)
		return NULL;
	errnum = errno;
	met = !existed && (errnum == EEXIST || errnum == ENOTEMPTY);
	if (met && sbx_output_meet(dir->stage_fd, dir->dir_fd, name, st, may_be & SBX_ARG_CHAIN))
		return NULL;
	dir->kept = true;
	return met ? "somebody else has made one meanwhile: it is not replaced" :
		     sbx_stage_failure("moving it into place", errnum);
}
