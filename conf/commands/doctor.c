/* SPDX-License-Identifier: MIT */
/*
 * doctor.c -- layer by layer: what this kernel, this machine and this user get, and what to do about the rest.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "conf/base/cleanup.h"
#include "conf/base/say.h"
#include "conf/commands/commands.h"
#include "conf/commands/doctor.h"
#include "conf/commands/dry_run.h"
#include "conf/commands/kernel_probe.h"
#include "conf/config/user_paths.h"
#include "shim/landlock.h"
#include "shim/landlock_rights.h"
#include "shim/paths.h"
#include "shim/trust.h"

enum verdict { GOOD, NOTE, BAD };

struct report {
	struct sbx_pool *pool;
	const struct sbx_policy *policy; /* NULL when the configuration is broken */
	bool lacking;
};

static void say(const char *layer, enum verdict verdict, const char *text, const char *remedy)
{
	static const char *const words[] = { "ok", "--", "FAIL" };

	sbx_say(stdout, "%-10s %-4s %s", layer, words[verdict], text);
	if (verdict != GOOD && remedy && *remedy)
		sbx_say(stdout, "%-10s      -> %s", "", remedy);
}

static bool best_effort(const struct report *report, const char *layer)
{
	return report->policy && sbx_policy_has(report->policy, SBX_KEY_BEST_EFFORT, layer);
}

static const struct {
	int errnum;
	const char *remedy;
} userns_remedies[] = {
	{ ENOSPC, "sysctl user.max_user_namespaces is 0 or used up: raise it" },
	{ EPERM,
	  "allow unprivileged user namespaces: sysctl kernel.unprivileged_userns_clone=1, load the AppArmor profile "
	  "that comes with sbx (share/sbx/sbx-wrap.apparmor); in a container, its seccomp profile forbids them" },
	{ EACCES, "a security module forbids user namespaces: load the AppArmor profile that comes with sbx "
		  "(share/sbx/sbx-wrap.apparmor), or sysctl kernel.apparmor_restrict_unprivileged_userns=0" },
	{ EINVAL, "this kernel is built without that namespace" },
	{ ENOSYS, "this kernel is built without namespaces" },
};

static void namespaces(struct report *report)
{
	static const struct {
		const char *layer;
		uint32_t flag;
	} probes[] = {
#define X(id, name, clone) { .layer = (name), .flag = (clone) },
		SBX_NAMESPACES(X)
#undef X
	};

	for (size_t i = 0; i < sizeof(probes) / sizeof(probes[0]); i++) {
		int errnum = sbx_kernel_probe_namespaces(probes[i].flag);
		bool wanted = !report->policy || sbx_policy_has(report->policy, SBX_KEY_NAMESPACES, probes[i].layer);
		const char *remedy = "";

		for (size_t j = 0; j < sizeof(userns_remedies) / sizeof(userns_remedies[0]); j++)
			if (userns_remedies[j].errnum == errnum)
				remedy = userns_remedies[j].remedy;
		if (!errnum) {
			say(probes[i].layer, GOOD, "a namespace can be made", NULL);
			continue;
		}
		wanted = wanted && !best_effort(report, probes[i].layer);
		report->lacking |= wanted;
		say(probes[i].layer, wanted ? BAD : NOTE, strerror(errnum), remedy);
	}
}

static void simple(struct report *report, const char *layer, int errnum, const char *good, const char *remedy)
{
	bool bad = errnum && !best_effort(report, layer);

	report->lacking |= bad;
	say(layer, errnum ? (bad ? BAD : NOTE) : GOOD, errnum ? strerror(errnum) : good, remedy);
}

/* What is made in new namespaces: without those there is nothing to tell. */
static void inside(struct report *report)
{
	int nesting;

	if (sbx_kernel_probe_namespaces(0) != 0)
		return;
	simple(report, "proc", sbx_kernel_probe_proc(), "a fresh /proc can be mounted",
	       "parts of this /proc are covered, as containers do: list \"proc\" in best_effort, or start the "
	       "container with an unmasked /proc");
	nesting = sbx_kernel_probe_nesting();
	simple(report, "nesting", nesting, "user namespaces inside can be switched off",
	       nesting == EACCES ?
		       "AppArmor gives user namespaces no capabilities: load the profile that comes with sbx "
		       "(share/sbx/sbx-wrap.apparmor), or sysctl kernel.apparmor_restrict_unprivileged_userns=0" :
		       "/proc/sys is read-only here; list \"nesting\" in best_effort");
}

static void kernel(struct report *report)
{
	struct utsname name;

	uname(&name);
	say("kernel", GOOD, sbx_pool_printf(report->pool, "%s %s %s", name.sysname, name.release, name.machine), NULL);
}

static void landlock(struct report *report)
{
	static const struct {
		unsigned int abi;
		const char *release, *lacks;
	} steps[] = {
		{ SBX_FS_REFER_ABI, "5.19", "rename across directories is always refused" },
		{ SBX_FS_TRUNCATE_ABI, "6.2", "in place can't be had" },
		{ SBX_SCOPE_SIGNAL_ABI, "6.12", "the sandbox gets a process group of its own" },
		{ SBX_FS_RESOLVE_UNIX_ABI, "7.1", "Unix sockets need unix_sockets = true" },
	};
	unsigned int abi = sbx_landlock_abi();
	int errnum = sbx_landlock_missing();

	simple(report, "landlock", errnum, sbx_pool_printf(report->pool, "ABI %u", abi),
	       errnum == EOPNOTSUPP ?
		       "it is switched off: boot with landlock in lsm=, before what /sys/kernel/security/lsm lists" :
		       "use Linux 5.13 or newer, built with CONFIG_SECURITY_LANDLOCK");
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
		if (abi && abi < steps[i].abi)
			sbx_say(stdout, "%-10s      %s before ABI %u (Linux %s)", "", steps[i].lacks, steps[i].abi,
				steps[i].release);
}

/* The installed file `name`, found as sbx-wrap finds it; NULL when there is none. */
static const char *find(struct sbx_pool *pool, const char *name)
{
	static const char *const places[] = { "", SBX_LIB_DIR };
	SBX_CLEANUP_FREE char *self = realpath("/proc/self/exe", NULL);
	const char *slash = self ? strrchr(self, '/') : NULL;

	for (size_t i = 0; slash && i < sizeof(places) / sizeof(places[0]); i++) {
		const char *path = sbx_pool_printf(pool, "%.*s/%s%s", (int)(slash - self), self, places[i], name);
		struct stat st;

		if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
			return path;
	}
	return NULL;
}

static void shim(struct report *report)
{
	const char *path = find(report->pool, SBX_SHIM_NAME);

	report->lacking |= !path;
	say("shim", path ? GOOD : BAD, path ? path : SBX_SHIM_NAME " is neither beside sbx-policy nor in " SBX_LIB_DIR,
	    "make install");
}

static void say_answers(const struct sbx_dry_run *dry)
{
	static const char *const values[] = {
		[SBX_TYPE_MEMORY] = "64M", [SBX_TYPE_AMOUNT] = "64M",  [SBX_TYPE_SPACE] = "64M",
		[SBX_TYPE_NUMBER] = "64",  [SBX_TYPE_PERCENT] = "50%", [SBX_TYPE_DURATION] = "60s",
	};
	const char *remedy = NULL, *layer = "limits";

	for (int id = 0; id < SBX_LIMIT__COUNT; id++) {
		const struct sbx_key *key = &sbx_keys[sbx_key_of_limit((enum sbx_limit_id)id)];
		struct sbx_dry_run_answer answer;

		if (sbx_limit_by[id] != SBX_LIMIT_BY_CGROUP)
			continue;
		answer = sbx_dry_run_limit(dry, key->name, values[key->type]);
		sbx_say(stdout, "%-10s %-4s limits.%s: %s %s", layer, answer.held ? "ok" : "--", key->name,
			answer.held ? "held" : "can't be held:", answer.text);
		layer = "";
		remedy = answer.remedy ? answer.remedy : remedy;
	}
	if (remedy)
		sbx_say(stdout, "%-10s      -> %s", "", remedy);
}

/* What would hold each limit that needs a cgroup, where it is named. No limit is a failure. */
static void limits(struct report *report)
{
	const char *program = find(report->pool, SBX_LOADER_NAME);
	struct sbx_dry_run dry;

	if (!program) {
		report->lacking = true;
		say("limits", BAD, SBX_LOADER_NAME ", which could tell, is not beside sbx-policy", "make install");
		return;
	}
	if (sbx_dry_run_open(&dry, report->pool, program) < 0) {
		say("limits", NOTE, sbx_pool_printf(report->pool, "%s: %s", dry.config, strerror(errno)),
		    "make /tmp a directory in which you can make files");
		return;
	}
	say_answers(&dry);
	sbx_dry_run_close(&dry);
}

static const char *cache_fault(struct report *report, const char *path)
{
	size_t len = 0;

	do {
		const char *dir = sbx_pool_dup(report->pool, path, len += 1 + strcspn(path + len + 1, "/"));
		struct stat st;

		if (stat(dir, &st) < 0)
			return errno == ENOENT ? NULL : sbx_pool_printf(report->pool, "%s: %s", dir, strerror(errno));
		if (!S_ISDIR(st.st_mode))
			return sbx_pool_printf(report->pool, "%s is not a directory", dir);
		if (st.st_uid != getuid() && st.st_uid != 0)
			return sbx_pool_printf(report->pool, "%s belongs to uid %u", dir, st.st_uid);
		if (sbx_trust_open_to_others(st.st_uid, st.st_mode))
			return sbx_pool_printf(report->pool, "others can write %s; chmod go-w %s", dir,
					       sbx_quote(report->pool, dir));
	} while (path[len]);
	return NULL;
}

static void cache(struct report *report)
{
	struct sbx_errs errs = { .pool = report->pool };
	struct sbx_user user;
	const char *path, *why;

	if (sbx_user_get(&errs, &user) < 0) {
		say("cache", NOTE,
		    sbx_pool_printf(report->pool, "%s: %s", errs.items[0].origin.file, errs.items[0].text), "");
		return;
	}
	if (!*user.home && user.uid != 0) {
		say("cache", NOTE,
		    sbx_pool_printf(
			    report->pool,
			    "the user database has no home for uid %u: ~ means nothing, no configuration of its "
			    "own is read, and HOME protects but grants nothing",
			    user.uid),
		    "without a cache every run compiles its policy: slower, not weaker");
		return;
	}
	path = user.uid == 0 ? SBX_ROOT_CACHE : sbx_pool_printf(report->pool, "%s/%s", user.home, SBX_USER_CACHE);
	why = cache_fault(report, path);
	say("cache", why ? NOTE : GOOD, why ? sbx_pool_printf(report->pool, "%s isn't used: %s", path, why) : path,
	    "without it every run compiles its policy: slower, not weaker");
}

static const char *files_read(struct sbx_pool *pool, const struct sbx_config *config)
{
	const char *text = config->read.items[0].text;

	for (size_t i = 1; i < config->read.count; i++)
		text = sbx_pool_printf(pool, "%s, %s", text, config->read.items[i].text);
	return text;
}

static void configuration(struct report *report, const struct sbx_command *command, struct sbx_config *config,
			  struct sbx_policy *policy)
{
	if (sbx_command_load(command, config) < 0 || sbx_policy_resolve(config, SBX_DEFAULT_PROFILE, policy) < 0) {
		report->lacking = true;
		say("config", BAD, "the configuration is refused, as said below", "sbx-policy check");
		return;
	}
	report->policy = policy;
	say("config", GOOD,
	    config->read.count ? files_read(report->pool, config) : "built-in; there is no " SBX_CONF_FILE, NULL);
	sbx_doctor_copy(report->pool, command->errs, config);
}

/* The proof of it all: the default policy compiles for this kernel. */
static void compiles(struct report *report, const struct sbx_config *config)
{
	struct sbx_compile args = { .config = config, .profile = SBX_DEFAULT_PROFILE, .abi = sbx_landlock_abi() };
	struct sbx_bytes blob;

	if (!report->policy)
		return;
	if (sbx_compile_policy(&args, &blob) < 0) {
		report->lacking = true;
		say("policy", BAD, "the default policy doesn't compile, as said below", NULL);
		return;
	}
	say("policy", GOOD, sbx_pool_printf(report->pool, "the default policy compiles to %zu bytes", blob.len), NULL);
}

int sbx_command_doctor(const struct sbx_command *command)
{
	struct report report = { .pool = command->pool };
	struct sbx_config config;
	struct sbx_policy policy;

	fflush(stdout);
	kernel(&report);
	configuration(&report, command, &config, &policy);
	landlock(&report);
	simple(&report, "seccomp", sbx_kernel_probe_seccomp(), "filters can be installed",
	       "use a kernel with CONFIG_SECCOMP_FILTER");
	fflush(stdout);
	namespaces(&report);
	inside(&report);
	simple(&report, "mounts", sbx_kernel_probe_mount_api(), "open_tree, mount_setattr", "use Linux 5.12 or newer");
	simple(&report, "keyring", sbx_kernel_probe_keyring(), "a session keyring can be made",
	       "use a kernel with CONFIG_KEYS; in a container, its seccomp profile forbids keyctl");
	limits(&report);
	shim(&report);
	cache(&report);
	compiles(&report, &config);
	return report.lacking ? 1 : 0;
}
