/* SPDX-License-Identifier: MIT */
/*
 * cgroup_leave.c -- looks at the caller's cgroup: its own limits, but for those that the new one takes over (pids.max,
 * and weights); programs that are attached to it, as systemd's IPAddressDeny; whether systemd rules the tree, which
 * would take back what we change; and whether somebody else could. Linux documentation, admin-guide/cgroup-v2.rst;
 * bpf(2), BPF_PROG_QUERY; systemd's CGROUP_DELEGATION.
 */
#include "loader/limits/cgroup_leave.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "loader/base/cleanup.h"
#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "loader/base/read_text.h"
#include "loader/limits/cgroup.h"

#define BPF_PROG_QUERY_ 16
#define TEXT_MAX_ 4096
#define UNMAPPED 65534u
#define SYSTEMD_RUNS "/run/systemd/system" /* sd_booted(3) */

/* What a file holds where nothing is limited, NULL for a list of which each line ends in "max"; a file that isn't there
 * limits nothing. */
static const struct {
	const char *file, *unlimited;
} limits[] = {
	{ "cpu.max", "max" },
	{ "memory.max", "max" }, /* one for all that is there: a leaf would have as much once more */
	{ "memory.high", "max" },
	{ "memory.swap.max", "max" },
	{ "memory.swap.high", "max" },
	{ "memory.zswap.max", "max" },
	{ "io.max", "" },
	{ "cpuset.cpus", "" },
	{ "cpuset.mems", "" },
	{ "cpu.uclamp.max", "max" },
	{ "hugetlb.2MB.max", "max" },
	{ "hugetlb.2MB.rsvd.max", "max" },
	{ "hugetlb.1GB.max", "max" },
	{ "hugetlb.1GB.rsvd.max", "max" },
	{ "misc.max", NULL },
	{ "dmem.max", NULL },
	{ "rdma.max", NULL },
};

/* How the caller's cgroup shares with those beside it; what is a file's by default changes nothing. */
static const struct {
	const char *file, *usual;
} shares[] = {
	{ "cpu.weight", "100\n" },          { "cpu.idle", "0\n" },
	{ "io.weight", "default 100\n" },   { "io.bfq.weight", "default 100\n" },
	{ "io.prio.class", "no-change\n" },
};
#define SHARES (sizeof(shares) / sizeof(shares[0]))

/* Nothing but "NAME max" or "NAME KEY=max KEY=max" in each line. */
static bool all_max(const char *text)
{
	bool first = true; /* word of its line */

	for (size_t len; *text; text += len) {
		text += strspn(text, " ");
		len = strcspn(text, " \n");
		if (!first && len &&
		    (len < 3 || strncmp(text + len - 3, "max", 3) != 0 || (len > 3 && text[len - 4] != '=')))
			return false;
		first = text[len] == '\n';
		len += first;
	}
	return true;
}

static bool is_unlimited(const char *text, const char *unlimited)
{
	const size_t len = unlimited ? strlen(unlimited) : 0;

	if (!unlimited)
		return all_max(text);
	return strncmp(text, unlimited, len) == 0 && strchr(" \n", text[len]); /* the end of the text counts as well */
}

static bool has_limit(const char *dir, const char **why)
{
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		char text[256];
		const ssize_t got =
			sbx_read_text(AT_FDCWD, sbx_format("%s/%s", dir, limits[i].file), text, sizeof(text));

		if (got < 0 && errno == ENOENT)
			continue;
		if (got >= 0 && is_unlimited(text, limits[i].unlimited))
			continue;
		if (got < 0)
			sbx_cgroup_expect(errno, limits[i].file);
		*why = sbx_format("outside of this cgroup its %s wouldn't hold", limits[i].file);
		return true;
	}
	return false;
}

/* The directory is this process's own cgroup, and not another one at that path: cgroup_namespaces(7). */
static bool is_own_cgroup(const char *dir)
{
	FILE *file = fopen(sbx_format("%s/cgroup.procs", dir), "re");
	char line[32];
	bool found = false;

	if (!file)
		sbx_cgroup_expect(errno, "cgroup.procs");
	while (file && !found && fgets(line, sizeof(line), file))
		found = strtol(line, NULL, 10) == getpid();
	if (file && ferror(file))
		sbx_cgroup_expect(errno, "cgroup.procs");
	if (file)
		fclose(file);
	return found;
}

/* Who isn't root may not ask; what root has attached is on root's cgroups. */
static bool has_bpf_program(const char *dir)
{
	/* enum bpf_attach_type, BPF_CGROUP_* */
	static const uint32_t types[] = { 0,  1,  2,  3,  6,  8,  9,  10, 11, 12, 13, 14, 15, 18, 19, 20,
					  21, 22, 29, 30, 31, 32, 34, 43, 49, 50, 51, 52, 53, 54, 55 };
	cleanup_fd int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0) {
		sbx_cgroup_expect(errno, dir);
		return true;
	}
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		struct {
			uint32_t target_fd, attach_type, query_flags, attach_flags;
			uint64_t prog_ids;
			uint32_t prog_cnt, pad;
			uint64_t more[3];
		} query = { .target_fd = (uint32_t)fd, .attach_type = types[i] };

		if (syscall(SYS_bpf, BPF_PROG_QUERY_, &query, sizeof(query)) == 0) {
			if (query.prog_cnt == 0)
				continue;
		} else if (errno != EPERM) {
			if (errno != EINVAL && errno != ENOSYS) /* no such type here, as ENODEV says, too */
				sbx_cgroup_expect(errno, "programs (BPF) that are attached");
			continue;
		}
		return geteuid() == 0 || st.st_uid != geteuid();
	}
	return false;
}

static bool is_delegated(const char *dir)
{
	static const char *const names[] = { "user.delegate", "trusted.delegate" };
	char value[4];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const ssize_t len = getxattr(dir, names[i], value, sizeof(value));

		if (len < 0 && errno != ENODATA)
			sbx_cgroup_expect(errno, dir);
		if (len == 1 && value[0] == '1')
			return true;
	}
	return false;
}

/* From the cgroup above the caller's up: the first that systemd has given away is not one that it gave to a user's
 * manager. */
static bool ruled_by_systemd(const char *mount, const char *path)
{
	char *above = sbx_strdup(path);

	if (access(SYSTEMD_RUNS, F_OK) < 0) {
		sbx_cgroup_expect(errno, SYSTEMD_RUNS);
		return false;
	}
	for (char *slash; (slash = strrchr(above, '/')) && slash != above;) {
		*slash = 0;
		if (is_delegated(sbx_format("%s%s", mount, above)))
			return strncmp(sbx_basename(above), "user@", 5) == 0;
	}
	return true;
}

/* False when it is as usual, or isn't there. */
static bool has_share(const char *dir, size_t i, char *text, size_t size)
{
	const ssize_t got = sbx_read_text(AT_FDCWD, sbx_format("%s/%s", dir, shares[i].file), text, size);

	if (got < 0)
		sbx_cgroup_expect(errno, shares[i].file);
	return got > 0 && strcmp(text, shares[i].usual) != 0;
}

/* io.weight has a line for each disk, and takes one at a time. */
static bool write_lines(int dir, const char *file, char *text)
{
	cleanup_fd int fd = openat(dir, file, O_WRONLY | O_CLOEXEC);
	char *rest;

	for (char *line = strtok_r(text, "\n", &rest); line && fd >= 0; line = strtok_r(NULL, "\n", &rest))
		if (write(fd, line, strlen(line)) < 0)
			return false;
	return fd >= 0;
}

bool sbx_cgroup_take_shares(const char *mount, const char *path, int leaf, const char **why)
{
	const char *dir = sbx_format("%s%s", mount, path);
	char text[TEXT_MAX_];

	for (size_t i = 0; i < SHARES; i++) {
		if (!has_share(dir, i, text, sizeof(text)) ||
		    strcmp(text, "0\n") == 0) /* cpu.weight, where it is idle */
			continue;
		if (write_lines(leaf, shares[i].file, text))
			continue;
		sbx_cgroup_expect(errno, shares[i].file);
		*why = sbx_format("outside of this cgroup its %s wouldn't hold", shares[i].file);
		return false;
	}
	return true;
}

/* Who can write what moves processes and controllers, besides root and the caller. The group of what isn't mapped into
 * this user namespace is its maker's. */
static bool others_write(const char *file)
{
	struct stat st;
	bool group;

	if (stat(file, &st) < 0 && errno == ENOENT) /* the topmost one has fewer */
		return false;
	if (stat(file, &st) < 0) {
		sbx_cgroup_expect(errno, file);
		return true;
	}
	group = (st.st_mode & S_IWGRP) && st.st_gid != 0 && st.st_gid != getegid() && st.st_gid != UNMAPPED;
	return (st.st_uid != 0 && st.st_uid != geteuid()) || group || (st.st_mode & S_IWOTH);
}

bool sbx_cgroup_is_ours(const char *mount, const char *path, const char **why)
{
	static const char *const files[] = { "", "/cgroup.procs", "/cgroup.threads", "/cgroup.subtree_control" };
	char *above = sbx_strdup(path);

	*why = "somebody else owns a cgroup above this one, and could lift it";
	for (bool top = false; !top;) {
		char *slash = strrchr(above, '/');

		top = slash == above || !slash;
		if (slash)
			*slash = 0;
		for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
			if (others_write(sbx_format("%s%s%s", mount, above, files[i])))
				return false;
	}
	return true;
}

static bool may_leave(const char *dir, const char **why)
{
	if (!is_own_cgroup(dir))
		*why = "what is mounted at /sys/fs/cgroup shows another part of the tree";
	else if (!has_limit(dir, why))
		return true;
	return false;
}

bool sbx_cgroup_leave_for_leaf(const char *mount, const char *path, const char **why)
{
	const char *dir = sbx_format("%s%s", mount, path);

	if (!may_leave(dir, why))
		return false;
	*why = "the cgroup above this one is systemd's to change";
	if (ruled_by_systemd(mount, path))
		return false;
	*why = "outside of this cgroup the programs (BPF) that are attached to it wouldn't hold";
	return !has_bpf_program(dir);
}

/* A login's own cgroup, or one that the user's manager has made: no system service with what holds for it. */
static bool is_users_cgroup(const char *path)
{
	const char *session = sbx_format("/user.slice/user-%u.slice/session-", (unsigned int)geteuid());
	const char *manager = sbx_format("/user@%u.service/", (unsigned int)geteuid());

	return strncmp(path, session, strlen(session)) == 0 || strstr(path, manager);
}

bool sbx_cgroup_leave_for_scope(const char *mount, const char *path, const char **why)
{
	const char *dir = sbx_format("%s%s", mount, path), *above = sbx_dirname(sbx_strdup(path));
	const size_t len = strlen(above);

	if (!may_leave(dir, why))
		return false;
	for (size_t i = 0; i < SHARES; i++) {
		char text[TEXT_MAX_];

		*why = sbx_format("outside of this cgroup its %s wouldn't hold", shares[i].file);
		if (has_share(dir, i, text, sizeof(text)))
			return false;
	}
	*why = "this cgroup is part of a unit of systemd's, and what holds for that wouldn't outside";
	if (len < 6 || strcmp(above + len - 6, ".slice") != 0)
		return false;
	*why = "this cgroup is a system service's, and what holds for that wouldn't outside";
	if (geteuid() != 0)
		return is_users_cgroup(path);
	*why = "outside of this cgroup the programs (BPF) that are attached to it wouldn't hold";
	return !has_bpf_program(dir);
}
