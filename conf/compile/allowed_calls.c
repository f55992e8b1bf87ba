/*
 * allowed_calls.c -- which calls the latch, the floor and the reaper may make. The floor's are computed: the latch's,
 * and what stands between the floor and the latch: exec, the dynamic linker, the shim.
 */
#include "conf/compile/build.h"

#include <sched.h>
#include <string.h>

#include <linux/seccomp.h>

#include "conf/compile/landlock_rights.h"
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

static const char reaper_calls[] =
	"wait4 waitid kill write sendto exit exit_group rt_sigreturn rt_sigsuspend restart_syscall close";

/* Without a mount namespace nothing is read-only, and Landlock doesn't see these; the newer twins go with them. */
static const char in_place_calls[] =
	"chmod fchmod fchmodat fchmodat2 chown fchown fchownat lchown utime utimes utimensat futimesat setxattr "
	"lsetxattr fsetxattr setxattrat removexattr lremovexattr fremovexattr removexattrat file_setattr";
static const char host_ipc_calls[] =
	"shmget shmat shmctl shmdt semget semop semtimedop semctl msgget msgsnd msgrcv msgctl mq_open mq_unlink "
	"mq_timedsend mq_timedreceive mq_notify mq_getsetattr";
/* Signals to the caller's other processes, where nothing scopes them. */
static const char signal_calls[] = "kill tkill tgkill rt_sigqueueinfo rt_tgsigqueueinfo pidfd_send_signal";

static void add_words(struct sbx_syscalls *set, const char *rest)
{
	char word[SBX_SYSCALL_NAME_MAX];

	while (sbx_words_next(&rest, word, sizeof(word)))
		sbx_syscalls_add(set, word);
}

static void remove_words(struct sbx_syscalls *set, const char *words)
{
	struct sbx_syscalls what = { { 0 } };

	add_words(&what, words);
	sbx_syscalls_remove(set, &what);
}

static void policy_set(const struct sbx_build *build, struct sbx_syscalls *set)
{
	const struct sbx_list *allow = sbx_policy_list(build->policy, SBX_KEY_SECCOMP_ALLOW);
	const struct sbx_list *deny = sbx_policy_list(build->policy, SBX_KEY_SECCOMP_DENY);
	struct sbx_syscalls denied = { { 0 } };

	for (size_t i = 0; i < allow->count; i++)
		sbx_syscalls_add(set, allow->items[i].text);
	for (size_t i = 0; i < deny->count; i++)
		sbx_syscalls_add(&denied, deny->items[i].text);
	sbx_syscalls_remove(set, &denied);
	sbx_build_harden(build, set);
}

void sbx_build_harden(const struct sbx_build *build, struct sbx_syscalls *set)
{
	sbx_syscalls_harden(set);
	if (!build->rooted && !build->open_files)
		remove_words(set, in_place_calls);
	/* It binds a port that the kernel chooses, which Landlock doesn't see. */
	if (build->ports && !sbx_policy_list(build->policy, SBX_KEY_NET_BIND)->count)
		remove_words(set, "listen");
	if (!(build->namespaces & CLONE_NEWIPC))
		remove_words(set, host_ipc_calls);
	if (!(build->namespaces & CLONE_NEWPID) && !(build->latch.scoped & SBX_SCOPE_SIGNAL))
		remove_words(set, signal_calls);
}

static unsigned int conditions(const struct sbx_build *build)
{
	unsigned int when = 0;

	if (build->net == SBX_NET_HOST || (build->namespaces & CLONE_NEWNET))
		when |= SBX_WHEN_INET;
	if ((build->latch.handled_access_fs & SBX_FS_RESOLVE_UNIX) ||
	    sbx_policy_bool(build->policy, SBX_KEY_UNIX_SOCKETS))
		when |= SBX_WHEN_UNIX;
	if (build->net == SBX_NET_NONE || build->ports)
		when |= SBX_WHEN_PORTS;
	if (!build->ports || build->udp_ports)
		when |= SBX_WHEN_UDP;
	if (sbx_policy_bool(build->policy, SBX_KEY_AS_PID_1))
		when |= SBX_WHEN_PID_1;
	if (!build->rooted)
		when |= SBX_WHEN_IN_PLACE;
	if (build->user.uid == 0)
		when |= SBX_WHEN_ROOT;
	return when;
}

static bool has_call(const struct sbx_syscalls *set, const char *name)
{
	int nr = sbx_syscall_number(name);

	return nr >= 0 && set->nr[nr] != SBX_CALL_DENIED;
}

bool sbx_build_may_call(const struct sbx_build *build, const char *name)
{
	struct sbx_syscalls set = { { 0 } };

	policy_set(build, &set);
	return has_call(&set, name);
}

bool sbx_build_may_exec(const struct sbx_build *build)
{
	return sbx_build_may_call(build, "execve") || sbx_build_may_call(build, "execveat");
}

/* What floor and latch have in common. */
static void base_spec(const struct sbx_build *build, struct sbx_filter_spec *spec)
{
	*spec = (struct sbx_filter_spec){ .when = conditions(build) };
	policy_set(build, &spec->set);
	if (!has_call(&spec->set, "fchmod"))
		spec->when |= SBX_WHEN_NO_CHMOD;
	add_words(&spec->set, always_calls);
}

static void no_map_exec(struct sbx_filter_spec *spec)
{
	spec->when |= SBX_WHEN_NO_MAP_EXEC;
	remove_words(&spec->set, "memfd_create");
}

void sbx_build_child_spec(const struct sbx_build *build, struct sbx_filter_spec *spec)
{
	base_spec(build, spec);
	/* Nobody maps for it what it would load later. */
	if (!sbx_policy_bool(build->policy, SBX_KEY_MAP_EXEC) &&
	    !sbx_policy_list(build->policy, SBX_KEY_PRELOAD)->count)
		no_map_exec(spec);
	if (sbx_build_may_exec(build))
		add_words(&spec->set, child_calls);
}

/*
 * Above the floor's, unless the latch has to hold alone: without the loader, and where that decides of calls one by
 * one. None where the floor's says all, unless its being there is to be seen.
 */
static int compile_latch(struct sbx_build *build, const struct sbx_filter_spec *latch,
			 const struct sbx_filter_spec *floor, const char **why)
{
	const bool seen = build->policy->values[SBX_KEY_LATCH].number == SBX_LATCH_REQUIRED || build->children_len;
	int rc = build->alone || sbx_build_notifies(build) ?
			 1 :
			 sbx_filter_compile_above(build->pool, latch, floor, seen, &build->latch.filter, why);

	return rc > 0 ? sbx_filter_compile(build->pool, latch, &build->latch.filter, why) : rc;
}

int sbx_build_filters(struct sbx_build *build)
{
	struct sbx_filter_spec latch, floor, reaper = { .when = 0 };
	const char *why;

	base_spec(build, &latch);
	floor = latch;
	if (!sbx_policy_bool(build->policy, SBX_KEY_MAP_EXEC))
		no_map_exec(&latch);
	if (build->children_len)
		add_words(&latch.set, child_calls);
	add_words(&floor.set, floor_calls);
	if (!(build->namespaces & CLONE_NEWPID) && !(build->latch.scoped & SBX_SCOPE_SIGNAL))
		remove_words(&floor.set, signal_calls);
	add_words(&reaper.set, reaper_calls);
	if (build->policy->values[SBX_KEY_SECCOMP_ACTION].number == SBX_ACTION_KILL)
		floor.denied = latch.denied = SECCOMP_RET_KILL_PROCESS;
	if (compile_latch(build, &latch, &floor, &why) < 0 ||
	    sbx_filter_compile(build->pool, &floor, &build->floor.filter, &why) < 0 ||
	    sbx_filter_compile(build->pool, &reaper, &build->reaper, &why) < 0 ||
	    sbx_build_notify(build, &latch, &why) < 0)
		return sbx_errs_add(build->errs, build->policy->values[SBX_KEY_SECCOMP_ALLOW].origin, "seccomp: %s",
				    why);
	return 0;
}
