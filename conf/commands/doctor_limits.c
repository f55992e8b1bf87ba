/*
 * doctor_limits.c -- where limits would be held for this caller: the loader's own order, in cgroups(7), without making
 * one.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/utsname.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <linux/magic.h>

#include "conf/base/cleanup.h"
#include "conf/commands/doctor.h"
#include "shim/paths.h"

#define LINE_MAX_ 4096

static const char remedy[] =
	"run in a login session of systemd's, or in a cgroup of your own in a subtree of cgroup v2 that is delegated";

static const char *mount_point(void)
{
	static const char *const places[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };
	struct statfs fs;

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
		if (statfs(places[i], &fs) == 0 && fs.f_type == CGROUP2_SUPER_MAGIC)
			return places[i];
	return NULL;
}

/* The caller's own cgroup, by its directory; NULL without one in sight. */
static const char *own(struct sbx_pool *pool, const char *mount)
{
	SBX_CLEANUP_FILE FILE *file = fopen("/proc/self/cgroup", "re");
	char line[LINE_MAX_];

	while (file && fgets(line, sizeof(line), file)) {
		if (strncmp(line, "0::/", 4) != 0 || !strncmp(line, "0::/..", 6))
			continue;
		line[strcspn(line, "\n")] = 0;
		return sbx_pool_printf(pool, "%s%s", mount, strcmp(line, "0::/") ? line + 3 : "");
	}
	return NULL;
}

/* The one above it, or itself where it is the topmost. */
static const char *above(struct sbx_pool *pool, const char *mount, const char *dir)
{
	const char *slash = strrchr(dir, '/');

	return !strcmp(dir, mount) ? dir : sbx_pool_dup(pool, dir, (size_t)(slash - dir));
}

static bool is_ours(struct sbx_pool *pool, const char *dir)
{
	SBX_CLEANUP_FILE FILE *file = fopen(sbx_pool_printf(pool, "%s/cgroup.procs", dir), "re");
	long pid;

	while (file && fscanf(file, "%ld", &pid) == 1)
		if (pid == getpid())
			return true;
	return false;
}

/* Under systemd: whether what is above belongs to nobody but who was given it. */
static bool is_given(struct sbx_pool *pool, const char *mount, const char *dir)
{
	char value[4];

	if (access("/run/systemd/system", F_OK) < 0)
		return true;
	for (; strcmp(dir, mount) != 0; dir = above(pool, mount, dir))
		if (getxattr(dir, "user.delegate", value, sizeof(value)) == 1 ||
		    getxattr(dir, "trusted.delegate", value, sizeof(value)) == 1)
			return strncmp(strrchr(dir, '/'), "/user@", 6) != 0;
	return false;
}

static bool has_controller(struct sbx_pool *pool, const char *dir, const char *name)
{
	SBX_CLEANUP_FILE FILE *file = fopen(sbx_pool_printf(pool, "%s/cgroup.controllers", dir), "re");
	char word[32];

	while (file && fscanf(file, "%31s", word) == 1)
		if (!strcmp(word, name))
			return true;
	return false;
}

/* Where the manager's own controllers can be seen, or NULL: the user's, or the system's for root. */
static const char *manager(struct sbx_pool *pool, const char *mount)
{
	const unsigned int uid = geteuid();
	const char *socket = uid ? sbx_pool_printf(pool, "/run/user/%u/systemd/private", uid) : "/run/systemd/private";
	struct stat st;

	if (stat(socket, &st) < 0 || !S_ISSOCK(st.st_mode))
		return NULL;
	return uid ? sbx_pool_printf(pool, "%s/user.slice/user-%u.slice/user@%u.service", mount, uid, uid) : mount;
}

/* Counted for the namespace alone since Linux 5.14, and never for root. */
static bool nproc_holds(void)
{
	struct utsname name;
	unsigned int version = 0, patch = 0;

	return geteuid() != 0 && uname(&name) == 0 && sscanf(name.release, "%u.%u", &version, &patch) == 2 &&
	       (version > 5 || (version == 5 && patch >= 14));
}

void sbx_doctor_limits(struct sbx_pool *pool)
{
	static const char *const names[] = { "memory", "pids", "cpu", "io" };
	const char *mount = mount_point(), *self = mount ? own(pool, mount) : NULL,
		   *parent = self ? above(pool, mount, self) : NULL;
	const char *session = mount ? manager(pool, mount) : NULL;
	const bool writable =
		parent && faccessat(AT_FDCWD, sbx_pool_printf(pool, "%s/cgroup.procs", parent), W_OK, AT_EACCESS) == 0;
	const bool beside = writable && is_ours(pool, self) && is_given(pool, mount, parent);
	const bool helper = sbx_doctor_find(pool, SBX_SCOPE_NAME) != NULL;
	bool all = true;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		const char *held =
			beside && has_controller(pool, parent, names[i]) ? "a cgroup beside this one" :
			session && helper && strcmp(names[i], "io") != 0 && has_controller(pool, session, names[i]) ?
									   "a scope of systemd's, where it is named" :
			!strcmp(names[i], "pids") && nproc_holds() ? "RLIMIT_NPROC in the user namespace" :
								     NULL;

		all &= held != NULL;
		printf("%-10s %-4s limits.%s: %s\n", i ? "" : "limits", held ? "ok" : "--", names[i],
		       held               ? sbx_pool_printf(pool, "held by %s", held) :
		       !mount             ? "can't be held: no cgroup v2 here" :
		       session && !helper ? "can't be held: sbx-scope isn't installed, which asks systemd" :
		       beside             ? "can't be held: the cgroup above this one has no such controller" :
		       writable           ? "can't be held: the cgroup above this one is another's to change" :
					    "can't be held: the cgroup above this one is not the caller's to write");
	}
	if (!all)
		printf("%-10s      -> %s\n", "", remedy);
}
