/* SPDX-License-Identifier: MIT */
/*
 * policy_conflicts.c -- conflicts between keys, as a table of conditions. sbx.conf(5) explains each.
 */
#include "conf/compile/policy_conflicts.h"

#include <string.h>

#include "conf/compile/key_needs.h"
#include "conf/compile/network.h"
#include "conf/config/argument_forms.h"
#include "shim/blob.h"

struct facts {
	const struct sbx_policy *policy;
	enum sbx_compile_for target;
	bool any, user, mount, pid;
};

static bool key_is(const struct facts *facts, enum sbx_key_id id, const char *word)
{
	return !strcmp(facts->policy->values[id].text, word);
}
static bool key_is_on(const struct facts *facts, enum sbx_key_id id)
{
	return sbx_policy_bool(facts->policy, id);
}
static bool key_has_items(const struct facts *facts, enum sbx_key_id id)
{
	return sbx_policy_list(facts->policy, id)->count > 0;
}

static bool no_user(const struct facts *f)
{
	return f->any && !f->user;
}
static bool mount_or_pid_alone(const struct facts *f)
{
	return f->mount != f->pid;
}
static bool unlatched_alone(const struct facts *f)
{
	return key_is(f, SBX_KEY_LATCH, "off") && f->target == SBX_FOR_ALONE;
}
static bool hide_in_place(const struct facts *f)
{
	return key_has_items(f, SBX_KEY_FS_HIDE) && !f->mount;
}
static bool tmpfs_in_place(const struct facts *f)
{
	return key_has_items(f, SBX_KEY_FS_TMPFS) && !f->mount;
}
static bool map_root_without_user(const struct facts *f)
{
	return key_is_on(f, SBX_KEY_MAP_ROOT) && !f->user;
}
static bool pid_1_without_pid(const struct facts *f)
{
	return key_is_on(f, SBX_KEY_AS_PID_1) && !f->pid;
}
static bool grace_without_end(const struct facts *f)
{
	return f->policy->values[SBX_KEY_LIMITS_GRACE].number == SBX_UNLIMITED;
}
static bool log_unwatched(const struct facts *f)
{
	return key_is(f, SBX_KEY_SECCOMP_ACTION, "log") && !f->pid && f->target != SBX_FOR_RUN;
}
static bool named_unwatched(const struct facts *f)
{
	return key_has_items(f, SBX_KEY_SECCOMP_LOG) && !f->pid && f->target != SBX_FOR_RUN;
}
static bool children_unlatched(const struct facts *f)
{
	return key_is_on(f, SBX_KEY_CHILDREN) && key_is(f, SBX_KEY_LATCH, "off");
}
static bool children_in_place(const struct facts *f)
{
	return key_is_on(f, SBX_KEY_CHILDREN) && !(f->pid && f->mount);
}
static bool children_without_proc(const struct facts *f)
{
	return key_is_on(f, SBX_KEY_CHILDREN) && key_is(f, SBX_KEY_PROC, "none");
}
static bool indispensable_best_effort(const struct facts *f)
{
	return sbx_policy_has(f->policy, SBX_KEY_BEST_EFFORT, "user") ||
	       sbx_policy_has(f->policy, SBX_KEY_BEST_EFFORT, "mount") ||
	       sbx_policy_has(f->policy, SBX_KEY_BEST_EFFORT, "pid") ||
	       sbx_policy_has(f->policy, SBX_KEY_BEST_EFFORT, "seccomp");
}

static bool output_form(const struct facts *f, bool (*is_such)(const struct sbx_form *))
{
	const struct sbx_list *outputs = sbx_policy_list(f->policy, SBX_KEY_ARGS_OUTPUTS);
	SBX_CLEANUP_POOL struct sbx_pool pool = { 0 };
	struct sbx_form form = { .n = 0 };

	for (size_t i = 0; i < outputs->count; i++)
		if (sbx_form_parse(&pool, SBX_ARG_OUTPUT, outputs->items[i].text, &form) == 0 && is_such(&form))
			return true;
	return false;
}
static bool is_cwd(const struct sbx_form *form)
{
	return form->where == SBX_WHERE_CWD;
}
static bool cwd_without_directory(const struct facts *f)
{
	return output_form(f, is_cwd) && !key_is(f, SBX_KEY_ARGS_OUT, "directory") &&
	       !key_is(f, SBX_KEY_ARGS_OUT, "stage");
}
static bool pattern_as_file(const struct facts *f)
{
	return output_form(f, sbx_form_is_pattern) && key_is(f, SBX_KEY_ARGS_OUT, "file");
}

static const struct {
	enum sbx_key_id key; /* whose origin the error names */
	bool (*conflict)(const struct facts *);
	const char *text;
} conflicts[] = {
	{ SBX_KEY_NAMESPACES, no_user, "namespaces: every other namespace needs \"user\" too" },
	{ SBX_KEY_NAMESPACES, mount_or_pid_alone, "namespaces: \"mount\" and \"pid\" only go together" },
	{ SBX_KEY_NET_MODE, NULL, NULL }, /* here come those of the network: sbx_network_check */
	{ SBX_KEY_SECCOMP_ACTION, log_unwatched,
	  "seccomp.action: \"log\" needs a process that watches, and inside a sandbox there is none" },
	{ SBX_KEY_SECCOMP_LOG, named_unwatched,
	  "seccomp.log needs a process that watches, and inside a sandbox there is none" },
	{ SBX_KEY_CHILDREN, children_unlatched, "children: what the command starts can't latch with latch = \"off\"" },
	{ SBX_KEY_CHILDREN, children_in_place,
	  "children: their latches stand in the private root, which needs \"mount\" and \"pid\" in namespaces" },
	{ SBX_KEY_CHILDREN, children_without_proc,
	  "children: what program a process is stands in /proc, which proc = \"none\" takes away" },
	{ SBX_KEY_LATCH, unlatched_alone, "latch: with \"off\" the shim alone has nothing to apply" },
	{ SBX_KEY_FS_HIDE, hide_in_place, "fs.hide needs \"mount\" in namespaces" },
	{ SBX_KEY_FS_TMPFS, tmpfs_in_place, "fs.tmpfs needs \"mount\" in namespaces" },
	{ SBX_KEY_MAP_ROOT, map_root_without_user, "map_root needs \"user\" in namespaces" },
	{ SBX_KEY_AS_PID_1, pid_1_without_pid, "as_pid_1 needs \"pid\" in namespaces" },
	{ SBX_KEY_LIMITS_GRACE, grace_without_end,
	  "limits.grace: \"unlimited\" would leave limits.wall without an end; give a duration" },
	{ SBX_KEY_ARGS_OUTPUTS, cwd_without_directory,
	  "args.outputs: \".\" needs args.out = \"directory\" or \"stage\"" },
	{ SBX_KEY_ARGS_OUTPUTS, pattern_as_file,
	  "args.outputs: files that are known by a pattern can't be made beforehand, as args.out = \"file\" would" },
	{ SBX_KEY_BEST_EFFORT, indispensable_best_effort,
	  "best_effort: user, mount, pid and seccomp can't just be missing; `namespaces = [ ]` is the policy that does "
	  "without" },
};

static int check_complete(const struct sbx_policy *policy, struct sbx_errs *errs)
{
	char buf[SBX_KEY_PATH_MAX];
	int rc = 0;

	for (int id = 0; id < SBX_KEY__COUNT; id++)
		if (!policy->values[id].set)
			rc = sbx_errs_add(errs, (struct sbx_origin){ NULL, 0 }, "the policy has no value for %s",
					  sbx_key_path((enum sbx_key_id)id, buf));
	return rc;
}

/* Somebody or something named it, and it is a cgroup's, or the waiting loader's, to hold. */
static bool limit_waits(const struct sbx_policy *policy, enum sbx_limit_id id)
{
	const struct sbx_value *value = &policy->values[sbx_key_of_limit(id)];
	const bool waits = sbx_limit_by[id] == SBX_LIMIT_BY_CGROUP || sbx_limit_by[id] == SBX_LIMIT_BY_LOADER;

	return waits && strcmp(value->text, "unlimited") != 0 && !sbx_origin_builtin(&value->origin);
}

/*
 * Inside a sandbox the outer one's hold for all in it, so that only what was asked for by an option is missing; the
 * shim alone has no say in the matter.
 */
static void check_limits(const struct facts *facts, struct sbx_errs *errs)
{
	char buf[SBX_KEY_PATH_MAX];

	if (facts->target != SBX_FOR_NESTED || sbx_policy_has(facts->policy, SBX_KEY_BEST_EFFORT, "limits"))
		return;
	for (int id = 0; id < SBX_LIMIT__COUNT; id++) {
		const enum sbx_key_id key = sbx_key_of_limit((enum sbx_limit_id)id);
		const struct sbx_value *value = &facts->policy->values[key];

		if (limit_waits(facts->policy, (enum sbx_limit_id)id) && !value->origin.line)
			sbx_errs_add(errs, value->origin,
				     "%s: inside a sandbox nobody watches and no cgroup is made; the outer one can "
				     "hold it",
				     sbx_key_path(key, buf));
	}
}

bool sbx_policy_waits(const struct sbx_policy *policy)
{
	bool waits = policy->values[SBX_KEY_LATCH].number == SBX_LATCH_REQUIRED ||
		     policy->values[SBX_KEY_SECCOMP_ACTION].number != SBX_ACTION_ERRNO ||
		     sbx_policy_list(policy, SBX_KEY_SECCOMP_LOG)->count ||
		     sbx_policy_has(policy, SBX_KEY_NAMESPACES, "pid");

	for (int id = 0; id < SBX_LIMIT__COUNT && !waits; id++)
		waits = limit_waits(policy, (enum sbx_limit_id)id);
	return waits;
}

int sbx_check_policy(const struct sbx_policy *policy, enum sbx_compile_for target, struct sbx_errs *errs)
{
	struct facts facts = { .policy = policy,
			       .target = target,
			       .any = sbx_policy_list(policy, SBX_KEY_NAMESPACES)->count > 0,
			       .user = sbx_policy_has(policy, SBX_KEY_NAMESPACES, "user"),
			       .mount = sbx_policy_has(policy, SBX_KEY_NAMESPACES, "mount"),
			       .pid = sbx_policy_has(policy, SBX_KEY_NAMESPACES, "pid") };
	int rc = check_complete(policy, errs);

	for (size_t i = 0; rc == 0 && i < sizeof(conflicts) / sizeof(conflicts[0]); i++)
		if (!conflicts[i].conflict)
			sbx_network_check(policy, errs);
		else if (conflicts[i].conflict(&facts))
			sbx_errs_add(errs, policy->values[conflicts[i].key].origin, "%s", conflicts[i].text);
	if (rc == 0) {
		sbx_key_needs_check(policy, errs);
		check_limits(&facts, errs);
	}
	return errs->count ? -1 : rc;
}
