/* SPDX-License-Identifier: MIT */
/*
 * notify_filters.c -- a policy that wants calls named, or the command killed for one, has the waiting loader asked:
 * seccomp_unotify(2).
 *
 * A kill doesn't tell its call, and SECCOMP_RET_LOG reaches only the kernel's log. So the floor's filter is replaced by
 * one that sends the loader whatever the latch lacks, and the latch's by one that leaves these calls to the floor's;
 * what needs no asking (foreign arch, unknown numbers, the denials on arguments) is decided by both on their own. The
 * loader runs the floor's and the latch's real filters over a call, and with the action log this third one: all that a
 * policy could allow.
 */
#include "conf/compile/notify_filters.h"

#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

#include <linux/seccomp.h>

#include "conf/compile/allowed_calls.h"
#include "conf/compile/blob_emit.h"
#include "conf/seccomp/filter_compile.h"

bool sbx_notify_filters_wanted(const struct sbx_build *build)
{
	return build->watched && (build->policy->values[SBX_KEY_SECCOMP_ACTION].number != SBX_ACTION_ERRNO ||
				  sbx_policy_list(build->policy, SBX_KEY_SECCOMP_LOG)->count);
}

static void named_calls(const struct sbx_build *build, struct sbx_syscalls *set)
{
	const struct sbx_list *log = sbx_policy_list(build->policy, SBX_KEY_SECCOMP_LOG);

	*set = (struct sbx_syscalls){ { 0 } };
	for (size_t i = 0; i < log->count; i++)
		sbx_syscalls_add(set, log->items[i].text);
}

int sbx_notify_filters_build(struct sbx_build *build, const struct sbx_filter_spec *latch, const char **why)
{
	struct sbx_filter_spec ask = *latch, ask_latch = *latch,
			       open = { .when = latch->when & ~(unsigned int)SBX_WHEN_NO_MAP_EXEC };
	struct sbx_syscalls named;

	if (!sbx_notify_filters_wanted(build))
		return 0;
	named_calls(build, &named);
	for (int nr = 0; nr < SBX_SYSCALL_MAX; nr++)
		if (named.nr[nr])
			ask.set.nr[nr] = SBX_CALL_DENIED;
	ask.denied = SECCOMP_RET_USER_NOTIF;
	if (build->policy->values[SBX_KEY_SECCOMP_ACTION].number == SBX_ACTION_LOG)
		ask.ioctl_denied = SECCOMP_RET_USER_NOTIF;
	ask_latch.denied = SECCOMP_RET_ALLOW;
	sbx_syscalls_add(&open.set, "@known");
	sbx_allowed_calls_harden(build, &open.set);
	open.ioctls = latch->ioctls;
	sbx_ioctls_add_named(&open.ioctls);
	return sbx_filter_compile(build->pool, &ask, &build->ask, why) < 0 ||
			       sbx_filter_compile(build->pool, &ask_latch, &build->ask_latch, why) < 0 ||
			       sbx_filter_compile(build->pool, &open, &build->open, why) < 0 ?
		       -1 :
		       0;
}

/* What allowing them doesn't help where map_exec is off. */
static bool is_map_exec_call(const struct sbx_build *build, const char *name)
{
	static const char *const names[] = { "mmap", "mprotect", "pkey_mprotect", "shmat", "memfd_create" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(names[i], name))
			return !sbx_policy_bool(build->policy, SBX_KEY_MAP_EXEC);
	return false;
}

struct sbx_span sbx_notify_filters_calls(const struct sbx_build *build, struct sbx_bytes *out,
					 struct sbx_strings *strings)
{
	struct sbx_bytes table = { .pool = build->pool };
	struct sbx_syscalls named;

	named_calls(build, &named);
	for (uint32_t nr = 0; nr < SBX_SYSCALL_MAX && build->ask.count; nr++) {
		char buf[SBX_SYSCALL_NAME_MAX];
		const char *name = sbx_syscall_name((int)nr, buf);
		struct sbx_callname call = { .nr = nr };

		if (!name)
			continue;
		call.name = sbx_strings_put(strings, name);
		call.flags =
			(named.nr[nr] ? SBX_CALL_NAMED : 0) | (is_map_exec_call(build, name) ? SBX_CALL_MAP_EXEC : 0);
		sbx_bytes_put(&table, &call, sizeof(call));
	}
	return sbx_bytes_put(out, table.bytes, table.len);
}
