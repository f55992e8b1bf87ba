/* SPDX-License-Identifier: MIT */
/*
 * path_grants.c -- from the paths that the policy and the base grants name to the places they are. What the host lacks
 * is an error, unless the policy says that it may be absent.
 */
#include "conf/compile/path_grants.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <linux/major.h>

#include "conf/base/cleanup.h"
#include "conf/compile/base_grants.h"
#include "conf/compile/base_config.h"
#include "conf/compile/path_walk.h"
#include "conf/compile/preload.h"
#include "conf/compile/protected_paths.h"
#include "shim/lookup.h"
#include "shim/path_text.h"
#include "shim/paths.h"

static struct sbx_place *place_at(struct sbx_build *build, const char *path, const char *at)
{
	struct sbx_place *place;

	for (size_t i = 0; i < build->places.count; i++)
		if (!strcmp(build->places.items[i].at, at) && !strcmp(build->places.items[i].path, path))
			return &build->places.items[i];
	place = SBX_APPEND(build->pool, &build->places);
	place->path = path;
	place->at = at;
	return place;
}

const char *sbx_path_grants_add(struct sbx_build *build, const char *path, unsigned int use, bool required)
{
	size_t noted = build->symlinks.count;
	struct sbx_place *place;
	const char *real;
	struct stat st;

	build->symlinks.planted = false;
	real = sbx_path_walk(build->pool, &build->symlinks, path, false);
	if (real && lstat(real, &st) < 0)
		real = NULL;
	if (!real && sbx_lookup_absent(errno))
		sbx_preload_watch(build, path);
	if (real && (use & SBX_PLACE_WRITE))
		build->symlinks.planted |= !sbx_path_may_create(build->pool, real, &st);
	if (real && build->symlinks.planted) { /* as open(2) would say */
		errno = EACCES;
		real = NULL;
	}
	if (!real) {
		build->symlinks.count = noted;
		return NULL;
	}
	place = place_at(build, real, real);
	place->use |= use;
	place->required |= required;
	place->is_file = !S_ISDIR(st.st_mode);
	place->device = sbx_path_within(real, "/dev");
	return real;
}

/* What two lists grant of one late path adds up. */
static uint32_t both_grants(uint32_t a, uint32_t b)
{
	bool write = a == SBX_GRANT_RW || b == SBX_GRANT_RW || a == SBX_GRANT_RWX || b == SBX_GRANT_RWX;
	bool exec = a == SBX_GRANT_ROX || b == SBX_GRANT_ROX || a == SBX_GRANT_RWX || b == SBX_GRANT_RWX;

	return write ? (exec ? SBX_GRANT_RWX : SBX_GRANT_RW) : (exec ? SBX_GRANT_ROX : SBX_GRANT_RO);
}

static void add_late(struct sbx_build *build, enum sbx_grant grant, const struct sbx_where *where, bool may_miss)
{
	struct sbx_late_draft *draft;

	for (size_t i = 0; i < build->late.count; i++) {
		draft = &build->late.items[i];
		if (!strcmp(draft->path, where->path) && draft->late.arg == where->arg) {
			draft->late.grant = both_grants(draft->late.grant, grant);
			return;
		}
	}
	draft = SBX_APPEND(build->pool, &build->late);
	draft->late = (struct sbx_late){ .grant = grant, .arg = where->arg, .flags = may_miss ? SBX_LATE_OPTIONAL : 0 };
	draft->path = where->path;
}

static bool may_be_absent(const struct sbx_build *build, const char *text)
{
	for (int i = 0; sbx_base_linker[i]; i++)
		if (!strcmp(sbx_base_linker[i], text))
			return true;
	return sbx_policy_has(build->policy, SBX_KEY_FS_OPTIONAL, text);
}

/* /proc and /dev are made, not granted: their own keys say what is in them. */
static const char *made_by_sandbox(const struct sbx_build *build, const char *path)
{
	if (sbx_path_within(path, "/proc"))
		return "/proc is the sandbox's own; see the key proc";
	if (build->rooted && !strcmp(path, "/run"))
		return "/run holds the sandbox's own; name what is in it";
	if (!strcmp(path, "/dev") || sbx_path_within(path, "/dev/pts") || sbx_path_within(path, "/dev/shm"))
		return "/dev is the sandbox's own; see the key dev";
	if (build->rooted && sbx_path_within(path, "/run/sbx"))
		return "/run/sbx is the sandbox's own";
	return NULL;
}

static const char *remedy(const struct sbx_build *build)
{
	if (sbx_lookup_absent(errno))
		return "list it in fs.optional too if it may be absent, or take it out";
	if (build->symlinks.planted)
		return "somebody else's symlink or file in a shared directory "
		       "(fs.protected_symlinks, protected_regular); take it out";
	return "take it out, or make it reachable for this user";
}

static int add_place(struct sbx_build *build, const struct sbx_item *item, const char *key, const char *path,
		     unsigned int use)
{
	bool may_miss = may_be_absent(build, item->text);

	if (sbx_path_grants_add(build, path, use, !may_miss) || (sbx_lookup_absent(errno) && may_miss))
		return 0;
	return sbx_errs_add(build->errs, item->origin, "%s: \"%s\": %s; %s", key, item->text, strerror(errno),
			    remedy(build));
}

static int add_item(struct sbx_build *build, const struct sbx_item *item, const char *key, unsigned int use,
		    enum sbx_grant grant)
{
	struct sbx_where where;
	const char *reason, *why = sbx_path_expand(build->pool, &build->user, item->text, &where);

	if (!why && !where.late)
		why = made_by_sandbox(build, where.path);
	if (why)
		return sbx_errs_add(build->errs, item->origin, "%s: \"%s\": %s", key, item->text, why);
	if (where.late) {
		/* Without grants from arguments there are none here either. */
		if (!where.arg || sbx_policy_bool(build->policy, SBX_KEY_ARGS_GRANTS))
			add_late(build, grant, &where, may_be_absent(build, item->text));
		return 0;
	}
	reason = where.variable ? sbx_protected_paths_reason(build->errs, &build->protects, where.path) : NULL;
	if (reason)
		return sbx_errs_add(build->errs, item->origin,
				    "%s: \"%s\": %s, which no variable may grant; write the path out", key, item->text,
				    reason);
	return add_place(build, item, key, where.path, use);
}

static int add_list(struct sbx_build *build, enum sbx_key_id id, unsigned int use, enum sbx_grant grant)
{
	const struct sbx_list *list = sbx_policy_list(build->policy, id);
	char key[SBX_KEY_PATH_MAX];
	int rc = 0;

	for (size_t i = 0; i < list->count; i++)
		rc |= add_item(build, &list->items[i], sbx_key_path(id, key), use, grant);
	return rc;
}

/* The resolver's configuration stands at its own path, wherever the link to it leads. */
static void add_resolv_conf(struct sbx_build *build)
{
	SBX_CLEANUP_FREE char *real = NULL;
	struct sbx_place *place;

	sbx_preload_watch(build, "/etc/resolv.conf"); /* no link of it is reproduced, which would be verified */
	real = realpath("/etc/resolv.conf", NULL);
	if (!real) {
		if (!sbx_lookup_unreachable(errno))
			sbx_errs_lookup(build->errs, "/etc/resolv.conf");
		return;
	}
	place = place_at(build, sbx_pool_dup(build->pool, real, strlen(real)),
			 build->rooted ? "/etc/resolv.conf" : sbx_pool_dup(build->pool, real, strlen(real)));
	place->use |= SBX_PLACE_READ;
	place->is_file = true;
}

/* Is anything mounted below: something that the outer sandbox granted, which a rule for `path` would grant as well?
 * proc(5). */
static bool holds_mounts(const struct sbx_build *build, const char *path)
{
	SBX_CLEANUP_FILE FILE *file = fopen("/proc/self/mountinfo", "re");
	char line[PATH_MAX + 256], point[PATH_MAX];
	bool holds = !file; /* who can't see it */

	while (file && !holds && fgets(line, sizeof(line), file))
		holds = sscanf(line, "%*s %*s %*s %*s %4095s", point) != 1 ||
			(sbx_path_within(point, path) && strcmp(point, path) != 0);
	if (file ? ferror(file) : !sbx_lookup_unreachable(errno))
		sbx_errs_lookup(build->errs, "/proc/self/mountinfo");
	return holds;
}

/* What every sandbox has, where the host has it. */
static void grant_base(struct sbx_build *build, const char *path, unsigned int use)
{
	if (!sbx_path_grants_add(build, path, use, false) && !sbx_lookup_unreachable(errno))
		sbx_errs_lookup(build->errs, path);
}

static bool is_base(const struct sbx_build *build, unsigned int when)
{
	const bool is[] = { [SBX_BASE_ALWAYS] = true,
			    [SBX_BASE_NET_HOST] = build->network.host_files,
			    [SBX_BASE_NET_SERVERS] = build->network.server_files,
			    [SBX_BASE_NOT_NAMED] = build->network.mode != SBX_NET_HOSTS,
			    [SBX_BASE_IN_PLACE] = !build->rooted };

	return is[when];
}

static void add_base(struct sbx_build *build)
{
	for (int i = 0; sbx_base_grants[i].path; i++)
		if (is_base(build, sbx_base_grants[i].when))
			grant_base(build, sbx_base_grants[i].path, SBX_PLACE_READ);
	sbx_preload_watch(build, "/etc");
	for (int i = 0; sbx_base_config[i]; i++)
		sbx_base_config_grant(build, sbx_base_config[i]);
	for (int i = 0; sbx_base_linker[i]; i++)
		grant_base(build, sbx_base_linker[i], SBX_PLACE_LINK);
	if (build->network.host_files)
		add_resolv_conf(build);
	if (build->nested) /* the mark, for who starts sbx-wrap again */
		grant_base(build, SBX_INNER_DIR, SBX_PLACE_READ);
	for (int i = 0; build->nested && sbx_base_private[i]; i++)
		if (!holds_mounts(build, sbx_base_private[i]))
			grant_base(build, sbx_base_private[i], SBX_PLACE_READ | SBX_PLACE_WRITE);
}

/* The machine's memory and ports, and whole disks: no policy gives these. */
static const char *no_device(const struct stat *st)
{
	if (S_ISDIR(st->st_mode))
		return NULL;
	if (!S_ISCHR(st->st_mode))
		return S_ISBLK(st->st_mode) ? "a disk; only character devices can be granted" : "no device";
	return major(st->st_rdev) == MEM_MAJOR && (minor(st->st_rdev) <= 2 || minor(st->st_rdev) == 4) ?
		       "the machine's memory or ports, which no policy gives" :
		       NULL;
}

static int add_device(struct sbx_build *build, const struct sbx_item *item)
{
	const char *why = NULL, *real;
	struct stat st;

	for (int i = 0; sbx_base_devices[i].word; i++)
		if (!strcmp(sbx_base_devices[i].path, item->text))
			why = "named by a word of this key, its last part";
	if (!strcmp(item->text, "/dev/ptmx") || sbx_path_within(item->text, "/dev/pts") ||
	    sbx_path_within(item->text, "/dev/shm"))
		why = "the sandbox's own; \"ptmx\" and \"shm\" are words of this key";
	if (!why && stat(item->text, &st) < 0)
		why = strerror(errno);
	else if (!why)
		why = no_device(&st);
	real = why ? NULL : sbx_path_grants_add(build, item->text, SBX_PLACE_DEVICE, true);
	if (!why && !real)
		why = strerror(errno);
	else if (real && !sbx_path_within(real, "/dev"))
		why = "a link out of /dev";
	return why ? sbx_errs_add(build->errs, item->origin, "dev: \"%s\": %s", item->text, why) : 0;
}

/* dev's paths; its words are private_root.c's. */
static int add_devices(struct sbx_build *build)
{
	const struct sbx_list *list = sbx_policy_list(build->policy, SBX_KEY_DEV);
	int rc = 0;

	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].text[0] == '/')
			rc |= add_device(build, &list->items[i]);
	return rc;
}

int sbx_path_grants_build(struct sbx_build *build)
{
	unsigned int rw = SBX_PLACE_READ | SBX_PLACE_WRITE;
	int rc;

	if (sbx_policy_bool(build->policy, SBX_KEY_UNIX_SOCKETS))
		rw |= SBX_PLACE_UNIX;
	rc = add_list(build, SBX_KEY_FS_READ, SBX_PLACE_READ, SBX_GRANT_RO);
	rc |= add_list(build, SBX_KEY_FS_WRITE, rw, SBX_GRANT_RW);
	rc |= add_list(build, SBX_KEY_FS_EXEC, SBX_PLACE_READ | SBX_PLACE_EXEC, SBX_GRANT_ROX);
	rc |= add_devices(build);
	add_base(build);
	return rc;
}
