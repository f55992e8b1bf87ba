/* SPDX-License-Identifier: MIT */
/*
 * alone.c -- reads a layer from a file and stacks it: the latch where no loader is.
 *
 * UNTRUSTED: the file, until its path and owner say that root or the caller wrote it (path_resolution(7): nobody else
 * can put another in its place) and sbx_layer_check() has passed. Read, not mapped: what is checked can't change
 * afterwards.
 */
#include "shim/alone.h"

#include <asm/errno.h>
#include <asm/stat.h>
#include <linux/fcntl.h>
#include <linux/mman.h>
#include <linux/prctl.h>
#include <linux/stat.h>

#include "shim/environ.h"
#include "shim/err.h"
#include "shim/landlock.h"
#include "shim/paths.h"
#include "shim/seccomp.h"
#include "shim/sys.h"
#include "shim/trust.h"

#define PATH_MAX_ 4096

static int refuse(struct sbx_err *err, long errnum, const char *why)
{
	return sbx_err_set(err, SBX_STEP_LATCH, errnum, why);
}

static bool is_trusted(const struct stat *st)
{
	return sbx_trust_mode(st->st_uid, st->st_mode, (uint32_t)sbx_sys(__NR_geteuid, 0, 0, 0, 0));
}

/* Every directory above the file, reached through no symlink. */
static int check_way(const char *path, struct sbx_err *err)
{
	char prefix[PATH_MAX_];
	struct stat st;
	size_t at = 0;

	if (path[0] != '/' || sbx_strlen(path) >= sizeof(prefix))
		return refuse(err, 0, SBX_POLICY_ENV ": give an absolute path");
	for (; path[at]; at++) {
		prefix[at] = path[at];
		prefix[at + 1] = 0;
		if (path[at] != '/')
			continue;
		prefix[at ? at : 1] = 0;
		if (sbx_sys(__NR_newfstatat, AT_FDCWD, prefix, &st, AT_SYMLINK_NOFOLLOW) < 0 || !S_ISDIR(st.st_mode) ||
		    !is_trusted(&st))
			return refuse(err, 0,
				      SBX_POLICY_ENV
				      ": a directory on the way is a symlink, missing, or writable by others");
		prefix[at] = '/';
	}
	return 0;
}

static long open_file(const char *path, size_t *size, struct sbx_err *err)
{
	const long fd = sbx_sys_open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct stat st;

	if (fd < 0)
		return refuse(err, fd, fd == -ELOOP ? SBX_POLICY_ENV ": names a symlink" : path);
	if (sbx_sys(__NR_fstat, fd, &st, 0, 0) < 0 || !S_ISREG(st.st_mode) || !is_trusted(&st))
		return refuse(err, 0,
			      SBX_POLICY_ENV ": no regular file of root's or the caller's that nobody else can write");
	if (st.st_size <= 0 || st.st_size > (long)SBX_BLOB_MAX)
		return refuse(err, 0, SBX_POLICY_ENV ": the policy is damaged");
	*size = (size_t)st.st_size;
	return fd;
}

static const struct sbx_layer *read_layer(int fd, size_t size, struct sbx_err *err)
{
	const long at =
		sbx_syscall6(__NR_mmap, 0, (long)size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	size_t done = 0;

	if (at < 0) {
		refuse(err, at, "memory for the policy");
		return NULL;
	}
	while (done < size) {
		const long got = sbx_sys_read(fd, (char *)at + done, size - done);

		if (got <= 0)
			break;
		done += (size_t)got;
	}
	if (done < size || sbx_layer_check((const void *)at, size) < 0) {
		refuse(err, 0,
		       SBX_POLICY_ENV ": the policy is damaged, or not from sbx-policy compile -o of this build");
		return NULL;
	}
	return (const struct sbx_layer *)at;
}

static int stack(const struct sbx_layer *layer, struct sbx_err *err)
{
	const long ret = sbx_sys(__NR_prctl, PR_SET_NO_NEW_PRIVS, 1, 0, 0);

	if (ret < 0)
		return sbx_err_set(err, SBX_STEP_NNP, ret, "PR_SET_NO_NEW_PRIVS");
	return sbx_landlock_apply(layer, err) < 0 ? -1 : sbx_seccomp_apply(layer, layer->filter, err);
}

int sbx_alone_latch(char **envp, int keep_shim, struct sbx_err *err)
{
	const char *path = sbx_environ_get(envp, SBX_POLICY_ENV "=");
	const struct sbx_layer *layer;
	size_t size = 0;
	long fd;

	if (!path)
		return 0;
	if (check_way(path, err) < 0)
		return -1;
	fd = open_file(path, &size, err);
	if (fd < 0)
		return -1;
	layer = read_layer((int)fd, size, err);
	sbx_sys_close((int)fd);
	if (!layer || stack(layer, err) < 0)
		return -1;
	sbx_sys(__NR_munmap, layer, size, 0, 0);
	sbx_environ_forget(envp, keep_shim);
	return 1;
}
