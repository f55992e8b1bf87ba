/* SPDX-License-Identifier: MIT */
/*
 * layer_filters.c -- the filters of the latch, the floor and the reaper. The floor's is computed: what the latch's
 * allows, and what happens between the floor and the latch: exec, the dynamic linker, the shim.
 */
#include "conf/compile/layer_filters.h"

#include <sched.h>

#include <linux/seccomp.h>

#include "conf/compile/allowed_calls.h"
#include "conf/compile/landlock_rights.h"
#include "conf/compile/notify_filters.h"
#include "conf/seccomp/filter_compile.h"

/* The shim acknowledges, and whatever else happens a process can end. */
static const char always_calls[] = "exit exit_group rt_sigreturn restart_syscall read write close munmap";

/* The loader behind its own filter, execve, ld.so of glibc and musl, and the shim. */
static const char floor_calls[] =
	"execve execveat mmap mprotect munmap mremap brk madvise open openat read readv pread64 lseek fstat newfstatat "
	"stat lstat statx fstatfs close close_range access faccessat faccessat2 readlink readlinkat fcntl dup dup2 "
	"dup3 getcwd ioctl writev write sendto sendmsg poll ppoll exit exit_group arch_prctl set_tid_address "
	"set_robust_list rseq prlimit64 getrlimit getrandom uname sysinfo futex gettid getpid getppid getuid geteuid "
	"getgid getegid tgkill rt_sigaction rt_sigprocmask rt_sigreturn sigaltstack clock_gettime prctl seccomp "
	"landlock_create_ruleset landlock_add_rule landlock_restrict_self";

/* What links a program and its shim stack its own latch with, where that program starts others. */
static const char child_calls[] =
	"openat fstat fstatfs mmap munmap close readlinkat write seccomp landlock_create_ruleset landlock_add_rule "
	"landlock_restrict_self exit_group";

/* A static command's latch is there before it: execve, which Landlock leaves for its own file, and how a libc begins.
 */
static const char static_calls[] =
	"execve arch_prctl set_tid_address set_robust_list rseq prlimit64 getrandom mprotect readlink readlinkat uname "
	"rt_sigaction rt_sigprocmask sigaltstack futex";

static const char reaper_calls[] =
	"wait4 waitid kill write sendto exit exit_group rt_sigreturn rt_sigsuspend restart_syscall close";

static unsigned int filter_conditions(const struct sbx_build *build)
{
	const bool scoped = build->latch.scoped & SBX_SCOPE_SIGNAL;
	unsigned int when = build->network.when;

	if ((build->latch.handled_access_fs & SBX_FS_RESOLVE_UNIX) ||
	    sbx_policy_bool(build->policy, SBX_KEY_UNIX_SOCKETS))
		when |= SBX_WHEN_UNIX;
	if (!sbx_policy_bool(build->policy, SBX_KEY_HUGE_PAGES))
		when |= SBX_WHEN_NO_HUGE;
	if (sbx_policy_bool(build->policy, SBX_KEY_AS_PID_1))
		when |= SBX_WHEN_PID_1 | (scoped ? 0 : SBX_WHEN_OUR_GROUP);
	if (!scoped && !(build->namespaces & CLONE_NEWPID))
		when |= SBX_WHEN_NO_SIGNALS;
	if (!build->rooted)
		when |= SBX_WHEN_IN_PLACE;
	if (build->user.uid == 0)
		when |= SBX_WHEN_ROOT;
	if ((build->namespaces & CLONE_NEWUSER) && !sbx_notify_filters_wanted(build))
		when |= SBX_WHEN_ONE_ID; /* where calls are asked about, one that isn't allowed may be the end */
	return when;
}

/* What floor and latch have in common. */
static void common_spec(const struct sbx_build *build, struct sbx_filter_spec *spec)
{
	const bool root = sbx_policy_bool(build->policy, SBX_KEY_MAP_ROOT);

	*spec = (struct sbx_filter_spec){ .when = filter_conditions(build),
					  .uid = root ? 0 : build->user.uid,
					  .gid = root ? 0 : build->user.gid };
	sbx_allowed_calls_add(build, &spec->set);
	sbx_allowed_calls_ioctls(build->policy, &spec->ioctls);
	if (!sbx_syscalls_have(&spec->set, "fchmod"))
		spec->when |= SBX_WHEN_NO_CHMOD;
	sbx_syscalls_add_words(&spec->set, always_calls);
}

static void no_map_exec(struct sbx_filter_spec *spec)
{
	spec->when |= SBX_WHEN_NO_MAP_EXEC;
	sbx_syscalls_remove_words(&spec->set, "memfd_create");
}

void sbx_layer_filters_child_spec(const struct sbx_build *build, struct sbx_filter_spec *spec)
{
	common_spec(build, spec);
	/* Nobody maps for it what it would load later. */
	if (!sbx_policy_bool(build->policy, SBX_KEY_MAP_EXEC) &&
	    !sbx_policy_list(build->policy, SBX_KEY_PRELOAD)->count)
		no_map_exec(spec);
	if (sbx_allowed_calls_have_exec(build))
		sbx_syscalls_add_words(&spec->set, child_calls);
}

/*
 * Above the floor's, unless the latch has to hold alone: without the loader, and where that decides of calls one by
 * one. None where the floor's says all, unless its being there is to be seen.
 */
static int compile_latch(const struct sbx_build *build, const struct sbx_filter_spec *latch,
			 const struct sbx_filter_spec *floor, bool seen, struct sbx_filter *filter, const char **why)
{
	int rc = build->alone || sbx_notify_filters_wanted(build) ?
			 1 :
			 sbx_filter_compile_above(build->pool, latch, floor, seen, filter, why);

	return rc > 0 ? sbx_filter_compile(build->pool, latch, filter, why) : rc;
}

static int compile_latches(struct sbx_build *build, const struct sbx_filter_spec *latch,
			   const struct sbx_filter_spec *floor, const char **why)
{
	const bool seen = build->policy->values[SBX_KEY_LATCH].number == SBX_LATCH_REQUIRED || build->children_len;
	struct sbx_filter_spec of_static = *latch;

	if (compile_latch(build, latch, floor, seen, &build->latch.filter, why) < 0)
		return -1;
	if (build->alone || build->policy->values[SBX_KEY_LATCH].number == SBX_LATCH_OFF)
		return 0;
	sbx_syscalls_add_words(&of_static.set, static_calls);
	return compile_latch(build, &of_static, floor, true, &build->static_latch, why);
}

int sbx_layer_filters_build(struct sbx_build *build)
{
	struct sbx_filter_spec latch, floor, reaper = { .when = 0 };
	const char *why;

	common_spec(build, &latch);
	floor = latch;
	if (!sbx_policy_bool(build->policy, SBX_KEY_MAP_EXEC))
		no_map_exec(&latch);
	if (build->children_len)
		sbx_syscalls_add_words(&latch.set, child_calls);
	sbx_syscalls_add_words(&floor.set, floor_calls);
	sbx_allowed_calls_harden(build, &floor.set);
	sbx_syscalls_add_words(&reaper.set, reaper_calls);
	if (build->policy->values[SBX_KEY_SECCOMP_ACTION].number == SBX_ACTION_KILL)
		floor.denied = latch.denied = SECCOMP_RET_KILL_PROCESS;
	if (compile_latches(build, &latch, &floor, &why) < 0 ||
	    sbx_filter_compile(build->pool, &floor, &build->floor.filter, &why) < 0 ||
	    sbx_filter_compile(build->pool, &reaper, &build->reaper, &why) < 0 ||
	    sbx_notify_filters_build(build, &latch, &why) < 0)
		return sbx_errs_add(build->errs, build->policy->values[SBX_KEY_SECCOMP_ALLOW].origin, "seccomp: %s",
				    why);
	return 0;
}
