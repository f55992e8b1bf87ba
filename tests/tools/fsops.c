/* SPDX-License-Identifier: MIT */
/*
 * fsops.c -- every way to change a directory tree, tried once each; prints `operation errno`.
 *
 *   fsops DIR    DIR holds: file (some text), a/moved, b/ and an entry "target" of every kind is made in it
 *   fsops --meta PATH   only what changes the metadata of PATH
 *
 * The order matters: what an operation needs was there before or was made by the one in front of it.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "tests/tools/errname.h"

static void show(const char *operation, long result)
{
	printf("%s %s\n", operation, errname(result < 0 ? errno : 0));
	fflush(stdout);
}

static long open_close(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC, 0644);

	if (fd < 0)
		return -1;
	return close(fd);
}

static long write_file(const char *path)
{
	int fd = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
	long result;

	if (fd < 0)
		return -1;
	result = write(fd, "x", 1);
	close(fd);
	return result;
}

static void try_meta(const char *path)
{
	static const struct timespec times[2] = { { 1000000000, 0 }, { 1000000000, 0 } };
	/* struct file_attr of <linux/fs.h>, which old headers lack: two u64 and u32 fields, all 0 */
	unsigned long file_attr[3] = { 0 };

	show("chmod", chmod(path, 0600));
	show("fchmodat2", syscall(452, AT_FDCWD, path, 0600, AT_SYMLINK_NOFOLLOW));
	show("chown", chown(path, getuid(), getgid()));
	show("lchown", lchown(path, getuid(), getgid()));
	show("utimensat", utimensat(AT_FDCWD, path, times, 0));
	show("utime_now", utimensat(AT_FDCWD, path, NULL, 0));
	show("setxattr", setxattr(path, "user.sbx", "1", 1, 0));
	show("removexattr", removexattr(path, "user.sbx"));
	show("file_setattr", syscall(469, AT_FDCWD, path, file_attr, sizeof(file_attr), 0));
}

int main(int argc, char **argv)
{
	if (argc == 3 && strcmp(argv[1], "--meta") == 0) {
		try_meta(argv[2]);
		return 0;
	}
	if (argc != 2 || chdir(argv[1]) != 0) {
		fprintf(stderr, "fsops: %s: %s\n", argc == 2 ? argv[1] : "usage: fsops DIR", errname(errno));
		return 2;
	}
	show("read", open_close("file", O_RDONLY));
	show("write", write_file("file"));
	show("truncate", truncate("file", 1));
	show("open_trunc", open_close("file", O_WRONLY | O_TRUNC));
	show("create", open_close("new-file", O_WRONLY | O_CREAT | O_EXCL));
	show("mkdir", mkdir("new-dir", 0755));
	show("symlink", symlink("file", "new-symlink"));
	show("mkfifo", mkfifo("new-fifo", 0644));
	show("mksock", mknod("new-sock", S_IFSOCK | 0644, 0));
	show("link", link("file", "new-link"));
	show("link_across", link("file", "b/new-link"));
	show("rename_across", rename("a/moved", "b/moved"));
	show("rename_dir_across", rename("a/dir", "b/dir"));
	show("rename_exchange", syscall(SYS_renameat2, AT_FDCWD, "file", AT_FDCWD, "other", RENAME_EXCHANGE));
	show("tmpfile", open_close(".", O_WRONLY | O_TMPFILE));
	show("unlink", unlink("other"));
	show("rmdir", rmdir("empty"));
	try_meta("file");
	return 0;
}
