/* SPDX-License-Identifier: MIT */
/*
 * cgroup.c -- the caller's cgroup is found in /proc/self/cgroup; the leaf is its sibling, for a cgroup that holds
 * processes can't have controllers for its children (the rule against internal processes), and the caller's does.
 *
 * Named after the process that made it: a leaf whose maker is gone and which is empty is swept by the next run.
 */
#include "loader/limits/cgroup.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <time.h>
#include <unistd.h>

#include <linux/magic.h>

#include "loader/base/cleanup.h"
#include "loader/base/clock.h"
#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "loader/base/read_text.h"
#include "loader/limits/cgroup_leave.h"
#include "shim/lookup.h"

#define LEAF_NAME sizeof(((struct sbx_cgroup *)0)->name)
#define TEXT_MAX_ 4096
#define REMOVE_TRIES 200 /* a process that was killed leaves its cgroup a moment later */

static const char *const mounts[] = { "/sys/fs/cgroup", "/sys/fs/cgroup/unified" };
static const char *const controller_names[SBX_CONTROLLER__COUNT] = {
#define X(id, name) [SBX_CONTROLLER_##id] = (name),
	SBX_CONTROLLERS(X)
#undef X
};

static struct sbx_err unknown; /* the first look-up that told nothing */

void sbx_cgroup_expect(int errnum, const char *what)
{
	const bool answer = sbx_lookup_unreachable(errnum) || errnum == EPERM || errnum == EROFS || errnum == EBUSY ||
			    errnum == ENODEV || errnum == EOPNOTSUPP;

	if (!answer && !unknown.errnum)
		sbx_err_set(&unknown, SBX_STEP_LIMITS, errnum, what);
}

int sbx_cgroup_check(struct sbx_err *err)
{
	if (unknown.errnum)
		*err = unknown;
	return unknown.errnum ? -1 : 0;
}

/* False when it can't be read. */
static bool read_text(int dir, const char *file, char text[TEXT_MAX_])
{
	return sbx_read_text(dir, file, text, TEXT_MAX_) >= 0;
}

/* While a limit is planned by what it says. */
static bool expect_text(int dir, const char *file, char text[TEXT_MAX_])
{
	const bool readable = read_text(dir, file, text);

	if (!readable)
		sbx_cgroup_expect(errno, file);
	return readable;
}

static int write_text(int dir, const char *file, const char *text)
{
	cleanup_fd int fd = openat(dir, file, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text) ? 0 : -1;
}

const char *sbx_cgroup_mount(void)
{
	struct statfs fs;

	for (size_t i = 0; i < sizeof(mounts) / sizeof(mounts[0]); i++)
		if (statfs(mounts[i], &fs) < 0)
			sbx_cgroup_expect(errno, mounts[i]);
		else if (fs.f_type == CGROUP2_SUPER_MAGIC)
			return mounts[i];
	return NULL;
}

char *sbx_cgroup_own_path(void)
{
	return sbx_cgroup_path(getpid());
}

/* UNTRUSTED in part: the path was chosen by whoever made the cgroup. NULL outside of this cgroup namespace, or without
 * v2. */
char *sbx_cgroup_path(pid_t pid)
{
	char text[TEXT_MAX_];
	const char *at;

	if (!expect_text(AT_FDCWD, sbx_format("/proc/%d/cgroup", (int)pid), text))
		return NULL;
	at = strncmp(text, "0::", 3) == 0 ? text : strstr(text, "\n0::");
	if (!at)
		return NULL;
	at += 3 + (*at == '\n');
	return at[0] == '/' && strncmp(at, "/..", 3) != 0 ? sbx_strndup(at, strcspn(at, "\n")) : NULL;
}

static int open_below(const char *mount, const char *path)
{
	const char *dir = sbx_join(mount, path);
	const int fd = openat(AT_FDCWD, dir, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0)
		sbx_cgroup_expect(errno, dir);
	return fd;
}

int sbx_cgroup_open(const char *path)
{
	const char *mount = sbx_cgroup_mount();

	if (!mount) {
		errno = ENOENT;
		return -1;
	}
	return open_below(mount, path);
}

static bool has_word(const char *text, const char *word)
{
	const size_t len = strlen(word);

	for (const char *at = strstr(text, word); at; at = strstr(at + len, word))
		if ((at == text || at[-1] == ' ') && (at[len] == ' ' || at[len] == '\n' || !at[len]))
			return true;
	return false;
}

/* Which of the controllers a child of the cgroup could have whose cgroup.controllers this is. */
static uint32_t available_controllers(int dir, const char *file, uint32_t wanted)
{
	char here[TEXT_MAX_];
	uint32_t has = 0;

	if (!expect_text(dir, file, here))
		return 0;
	for (int id = 0; id < SBX_CONTROLLER__COUNT; id++)
		has |= (wanted & (1u << id)) && has_word(here, controller_names[id]) ? 1u << id : 0;
	return has;
}

/* Those of `has` that are or can be switched on for its children. */
static uint32_t enable_controllers(int dir, uint32_t has)
{
	char below[TEXT_MAX_];

	if (!expect_text(dir, "cgroup.subtree_control", below))
		return 0;
	for (int id = 0; id < SBX_CONTROLLER__COUNT; id++) {
		if (!(has & (1u << id)) || has_word(below, controller_names[id]) ||
		    write_text(dir, "cgroup.subtree_control", sbx_format("+%s", controller_names[id])) == 0)
			continue;
		if (errno != EINVAL) /* of cpu: there are processes with real-time priorities */
			sbx_cgroup_expect(errno, "cgroup.subtree_control");
		has &= ~(1u << id);
	}
	return has;
}

static void leaf_name(char name[LEAF_NAME], pid_t maker, uint32_t random)
{
	snprintf(name, LEAF_NAME, "sbx-%d-%08x", (int)maker, random);
}

/* The maker's pid in the name of a leaf, or 0: what is called otherwise is somebody else's. */
static pid_t leaf_maker(const char *name)
{
	char same[LEAF_NAME];
	unsigned int random;
	int pid;

	if (sscanf(name, "sbx-%d-%8x", &pid, &random) != 2 || pid <= 0)
		return 0;
	leaf_name(same, pid, random);
	return strcmp(name, same) == 0 ? pid : 0;
}

/* rmdir(2) takes only what is empty. Somebody else's pid may mean nothing here: whoever loses an empty leaf makes it
 * anew. */
static void sweep_leaves(int parent)
{
	const int fd = openat(parent, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		const pid_t pid = leaf_maker(entry->d_name);

		if (pid && pid != getpid() && kill(pid, 0) < 0 && errno == ESRCH)
			unlinkat(parent, entry->d_name, AT_REMOVEDIR);
	}
	if (dir)
		closedir(dir);
	else if (fd >= 0)
		close(fd);
}

static int make_leaf(struct sbx_cgroup *cgroup)
{
	uint32_t random = 0;

	/* another pid namespace may have the same pid */
	if (getrandom(&random, sizeof(random), GRND_NONBLOCK) < 0)
		random = (uint32_t)sbx_clock_now();
	leaf_name(cgroup->name, getpid(), random);
	if (mkdirat(cgroup->parent, cgroup->name, 0755) < 0) {
		if (errno != EAGAIN) /* cgroup.max.descendants */
			sbx_cgroup_expect(errno, cgroup->name);
		return -1;
	}
	cgroup->dir = openat(cgroup->parent, cgroup->name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (cgroup->dir < 0)
		sbx_cgroup_expect(errno, cgroup->name);
	return cgroup->dir < 0 ? -1 : 0;
}

/* Where v2 stands beside v1 the controllers are v1's: no need to look where we are, which is a first look into /proc.
 */
static bool has_no_controller(const char *mount, uint32_t wanted)
{
	return mount == mounts[1] && !available_controllers(AT_FDCWD, sbx_join(mount, "/cgroup.controllers"), wanted);
}

int sbx_cgroup_make(struct sbx_cgroup *cgroup, uint32_t wanted, const char **why)
{
	const char *mount = sbx_cgroup_mount();
	char *path;

	cgroup->dir = cgroup->parent = -1;
	*why = "no controller for it is to be had in this machine's cgroup v2";
	if (mount && has_no_controller(mount, wanted))
		return -1;
	path = sbx_cgroup_own_path();
	*why = !mount ? "no cgroup v2 is mounted at /sys/fs/cgroup" : "this cgroup can't be seen in /sys/fs/cgroup";
	if (!mount || !path)
		return -1;
	cgroup->parent = open_below(mount, path[1] ? sbx_dirname(path) : path);
	*why = "the cgroup above this one is not the caller's to write";
	if (cgroup->parent < 0)
		goto fail;
	if (faccessat(cgroup->parent, "cgroup.procs", W_OK, AT_EACCESS) < 0) {
		sbx_cgroup_expect(errno, "cgroup.procs");
		goto fail;
	}
	*why = "no controller for it is to be had in the cgroup above this one";
	cgroup->has = available_controllers(cgroup->parent, "cgroup.controllers", wanted);
	if (!cgroup->has || !sbx_cgroup_is_ours(mount, path, why) || !sbx_cgroup_leave_for_leaf(mount, path, why))
		goto fail;
	*why = "no controller for it is to be had in the cgroup above this one";
	cgroup->has = enable_controllers(cgroup->parent, cgroup->has);
	if (!cgroup->has)
		goto fail;
	sweep_leaves(cgroup->parent);
	*why = "no cgroup can be made beside this one";
	/* the topmost one's is below it */
	if (make_leaf(cgroup) == 0 && (!path[1] || sbx_cgroup_take_shares(mount, path, cgroup->dir, why)))
		return 0;
fail:
	sbx_cgroup_remove(cgroup);
	return -1;
}

int sbx_cgroup_set(const struct sbx_cgroup *cgroup, const char *file, const char *text)
{
	return write_text(cgroup->dir, file, text);
}

/* The number at `at`. */
static uint64_t number_at(const char *at)
{
	return strncmp(at, "max", 3) == 0 ? UINT64_MAX : strtoull(at, NULL, 10);
}

__attribute__((noinline)) static bool read_number(int dir, const char *file, const char *key, uint64_t *value)
{
	char text[TEXT_MAX_];
	const size_t len = key ? strlen(key) : 0;
	bool found = !key;

	if (!read_text(dir, file, text) || !*text)
		return false;
	*value = key ? 0 : number_at(text);
	for (const char *at = key ? strstr(text, key) : NULL; at; at = strstr(at + len, key)) {
		if (at != text && at[-1] != '\n' && at[-1] != ' ')
			continue;
		if (key[len - 1] != '=' && at[len] != ' ')
			continue;
		*value += number_at(at + len + (key[len - 1] != '='));
		found = true;
	}
	return found;
}

bool sbx_cgroup_get(const struct sbx_cgroup *cgroup, const char *file, const char *key, uint64_t *value)
{
	return cgroup->dir >= 0 &&
	       read_number(cgroup->dir, file, key, value); /* a page of the stack more only where there is one */
}

bool sbx_cgroup_own(const char *file, uint64_t *value)
{
	char *path = sbx_cgroup_own_path();
	cleanup_fd int dir = path ? sbx_cgroup_open(path) : -1;
	char text[TEXT_MAX_];

	return dir >= 0 && expect_text(dir, file, text) && *text && (*value = number_at(text), true);
}

void sbx_cgroup_remove(struct sbx_cgroup *cgroup)
{
	const struct timespec moment = { 0, 1000000 };

	if (cgroup->dir >= 0 && cgroup->parent >= 0) {
		write_text(cgroup->dir, "cgroup.kill", "1");
		for (int i = 0;
		     unlinkat(cgroup->parent, cgroup->name, AT_REMOVEDIR) < 0 && errno == EBUSY && i < REMOVE_TRIES;
		     i++)
			nanosleep(&moment, NULL);
	}
	if (cgroup->dir >= 0)
		close(cgroup->dir);
	if (cgroup->parent >= 0)
		close(cgroup->parent);
	cgroup->dir = cgroup->parent = -1;
}
