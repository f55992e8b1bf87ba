/* SPDX-License-Identifier: MIT */
/*
 * allowed_calls.c -- which system calls the policy leaves to what has latched: its lists, less what no policy can
 * allow.
 */
#include "conf/compile/allowed_calls.h"

#include <sched.h>
#include <string.h>

#include "conf/compile/key_needs.h"
#include "conf/compile/landlock_rights.h"
#include "conf/seccomp/syscall_groups.h"

/* Without a mount namespace nothing is read-only, and Landlock doesn't see these; the newer twins go with them. */
static const char in_place_calls[] =
	"chmod fchmod fchmodat fchmodat2 chown fchown fchownat lchown utime utimes utimensat futimesat setxattr "
	"lsetxattr fsetxattr setxattrat removexattr lremovexattr fremovexattr removexattrat file_setattr";
static const char host_ipc_calls[] =
	"shmget shmat shmctl shmdt semget semop semtimedop semctl msgget msgsnd msgrcv msgctl mq_open mq_unlink "
	"mq_timedsend mq_timedreceive mq_notify mq_getsetattr";
/* Signals to the caller's other processes, where nothing scopes them. */
static const char signal_calls[] = "kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_send_signal";

void sbx_allowed_calls_listed(const struct sbx_policy *policy, struct sbx_syscalls *set)
{
	const struct sbx_list *allow = sbx_policy_list(policy, SBX_KEY_SECCOMP_ALLOW);
	const struct sbx_list *deny = sbx_policy_list(policy, SBX_KEY_SECCOMP_DENY);
	struct sbx_syscalls denied = { { 0 } };

	for (size_t i = 0; i < allow->count; i++)
		sbx_syscalls_add(set, allow->items[i].text);
	for (size_t i = 0; i < deny->count; i++)
		sbx_syscalls_add(&denied, deny->items[i].text);
	sbx_syscalls_remove(set, &denied);
	sbx_key_needs_add(policy, set);
}

void sbx_allowed_calls_ioctls(const struct sbx_policy *policy, struct sbx_ioctls *ioctls)
{
	const struct sbx_list *list = sbx_policy_list(policy, SBX_KEY_SECCOMP_IOCTL);
	const struct sbx_list *dev = sbx_policy_list(policy, SBX_KEY_DEV);

	*ioctls = (struct sbx_ioctls){ .count = 0 };
	for (size_t i = 0; i < list->count; i++)
		sbx_ioctls_add(ioctls, list->items[i].text);
	for (size_t i = 0; i < dev->count; i++)
		if (dev->items[i].text[0] == '/')
			sbx_ioctls_add(ioctls, "@devices");
		else if (!strcmp(dev->items[i].text, "ptmx"))
			sbx_ioctls_add(ioctls, "@pty");
}

void sbx_allowed_calls_add(const struct sbx_build *build, struct sbx_syscalls *set)
{
	sbx_allowed_calls_listed(build->policy, set);
	sbx_allowed_calls_harden(build, set);
}

void sbx_allowed_calls_harden(const struct sbx_build *build, struct sbx_syscalls *set)
{
	sbx_syscalls_harden(set);
	if (!build->rooted && !build->open_files)
		sbx_syscalls_remove_words(set, in_place_calls);
	if (build->network.no_listen)
		sbx_syscalls_remove_words(set, "listen");
	if (!(build->namespaces & CLONE_NEWIPC))
		sbx_syscalls_remove_words(set, host_ipc_calls);
	if (!(build->namespaces & CLONE_NEWPID) && !(build->latch.scoped & SBX_SCOPE_SIGNAL))
		sbx_syscalls_remove_words(set, signal_calls);
}

bool sbx_allowed_calls_have(const struct sbx_build *build, const char *name)
{
	struct sbx_syscalls set = { { 0 } };

	sbx_allowed_calls_add(build, &set);
	return sbx_syscalls_have(&set, name);
}

bool sbx_allowed_calls_have_exec(const struct sbx_build *build)
{
	return sbx_allowed_calls_have(build, "execve") || sbx_allowed_calls_have(build, "execveat");
}
