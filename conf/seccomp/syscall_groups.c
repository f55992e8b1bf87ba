/* SPDX-License-Identifier: MIT */
/*
 * syscall_groups.c -- the groups of system calls, named and filled as systemd's SystemCallFilter= (systemd.exec(5)),
 * for 64-bit machines; @threads is our own. What a machine doesn't have is left out of its groups.
 */
#include "conf/seccomp/syscall_groups.h"

#include <seccomp.h>
#include <stdlib.h>
#include <string.h>

struct group {
	const char *name;
	const char *members; /* separated by spaces */
};

static const struct group groups[] = {
	{ "@aio", "io_cancel io_destroy io_getevents io_pgetevents io_setup io_submit io_uring_enter "
		  "io_uring_register io_uring_setup" },
	{ "@basic-io", "close close_range dup dup2 dup3 lseek pread64 preadv preadv2 pwrite64 pwritev pwritev2 read "
		       "readv write writev" },
	{ "@chown", "chown fchown fchownat lchown" },
	{ "@clock", "adjtimex clock_adjtime clock_settime settimeofday" },
	{ "@cpu-emulation", "modify_ldt" },
	{ "@debug", "lookup_dcookie perf_event_open pidfd_getfd ptrace" },
	{ "@default", "arch_prctl brk clock_getres clock_gettime clock_nanosleep execve exit exit_group futex "
		      "futex_requeue futex_wait futex_waitv futex_wake get_robust_list get_thread_area getegid "
		      "geteuid getgid getgroups getpgid getpgrp getpid getppid getrandom getresgid getresuid "
		      "getrlimit getsid gettid gettimeofday getuid map_shadow_stack membarrier mmap mprotect mseal "
		      "munmap nanosleep pause prlimit64 restart_syscall rseq rt_sigreturn sched_getaffinity "
		      "sched_yield set_robust_list set_thread_area set_tid_address time" },
	{ "@file-system",
	  "access cachestat chdir chmod close creat faccessat faccessat2 fallocate fchdir fchmod "
	  "fchmodat fchmodat2 fcntl fgetxattr file_getattr file_setattr flistxattr fremovexattr "
	  "fsetxattr fstat fstatfs ftruncate futimesat getcwd getdents getdents64 getxattr getxattrat "
	  "inotify_add_watch inotify_init inotify_init1 inotify_rm_watch lgetxattr link linkat "
	  "listxattr listxattrat llistxattr lremovexattr lsetxattr lstat mkdir mkdirat mknod mknodat "
	  "newfstatat open openat openat2 readlink readlinkat removexattr removexattrat rename renameat "
	  "renameat2 rmdir setxattr setxattrat stat statfs statx symlink symlinkat truncate unlink "
	  "unlinkat utime utimensat utimes" },
	{ "@io-event", "epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait "
		       "epoll_wait_old eventfd eventfd2 poll ppoll pselect6 select" },
	{ "@ipc", "memfd_create mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedsend mq_unlink msgctl "
		  "msgget msgrcv msgsnd pipe pipe2 process_madvise process_vm_readv process_vm_writev semctl "
		  "semget semop semtimedop shmat shmctl shmdt shmget" },
	{ "@keyring", "add_key keyctl request_key" },
	{ "@memlock", "mlock mlock2 mlockall munlock munlockall" },
	{ "@module", "delete_module finit_module init_module" },
	{ "@mount", "chroot fsconfig fsmount fsopen fspick mount mount_setattr move_mount open_tree pivot_root "
		    "umount2" },
	{ "@network-io", "accept accept4 bind connect getpeername getsockname getsockopt listen recvfrom recvmmsg "
			 "recvmsg sendmmsg sendmsg sendto setsockopt shutdown socket socketpair" },
	{ "@obsolete", "_sysctl afs_syscall create_module get_kernel_syms getpmsg putpmsg query_module security "
		       "sysfs tuxcall uselib ustat vserver" },
	{ "@pkey", "pkey_alloc pkey_free pkey_mprotect" },
	{ "@privileged", "@chown @clock @module @raw-io @reboot @swap _sysctl acct bpf capset chroot fanotify_init "
			 "fanotify_mark nfsservctl open_by_handle_at pivot_root quotactl quotactl_fd setdomainname "
			 "setfsuid setgroups sethostname setresuid setreuid setuid vhangup" },
	{ "@process", "capget clone clone3 execveat fork getrusage kill pidfd_open pidfd_send_signal prctl "
		      "rt_sigqueueinfo rt_tgsigqueueinfo setns tgkill times tkill unshare vfork wait4 waitid" },
	{ "@raw-io", "ioperm iopl" },
	{ "@reboot", "kexec_file_load kexec_load reboot" },
	{ "@resources", "ioprio_set mbind migrate_pages move_pages sched_setaffinity sched_setattr sched_setparam "
			"sched_setscheduler set_mempolicy set_mempolicy_home_node setpriority setrlimit" },
	{ "@sandbox", "landlock_add_rule landlock_create_ruleset landlock_restrict_self seccomp" },
	{ "@setuid", "setgid setgroups setregid setresgid setresuid setreuid setuid" },
	{ "@signal", "rt_sigaction rt_sigpending rt_sigprocmask rt_sigsuspend rt_sigtimedwait sigaltstack signalfd "
		     "signalfd4" },
	{ "@swap", "swapoff swapon" },
	{ "@sync", "fdatasync fsync msync sync sync_file_range syncfs" },
	{ "@system-service",
	  "@aio @basic-io @chown @default @file-system @io-event @ipc @keyring @memlock @network-io "
	  "@process @resources @setuid @signal @sync @timer capget capset copy_file_range fadvise64 "
	  "flock get_mempolicy getcpu getpriority ioctl ioprio_get kcmp madvise mremap "
	  "name_to_handle_at personality readahead remap_file_pages sched_get_priority_max "
	  "sched_get_priority_min sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval "
	  "sched_yield sendfile setfsgid setfsuid setpgid setsid splice sysinfo tee umask uname "
	  "userfaultfd vmsplice" },
	{ "@threads", "clone futex futex_requeue futex_wait futex_waitv futex_wake get_robust_list gettid madvise "
		      "membarrier mmap mprotect munmap rseq sched_getaffinity sched_yield set_robust_list "
		      "set_tid_address tgkill" },
	{ "@timer", "alarm getitimer setitimer timer_create timer_delete timer_getoverrun timer_gettime "
		    "timer_settime timerfd_create timerfd_gettime timerfd_settime times" },
};

/* What libseccomp 2.5.4 has no names for. From 424 on the numbers are the same on every architecture. */
static const struct {
	const char *name;
	int nr;
} newer[] = {
	{ "quotactl_fd", 443 },       { "landlock_create_ruleset", 444 },
	{ "landlock_add_rule", 445 }, { "landlock_restrict_self", 446 },
	{ "memfd_secret", 447 },      { "process_mrelease", 448 },
	{ "futex_waitv", 449 },       { "set_mempolicy_home_node", 450 },
	{ "cachestat", 451 },         { "fchmodat2", 452 },
	{ "map_shadow_stack", 453 },  { "futex_wake", 454 },
	{ "futex_wait", 455 },        { "futex_requeue", 456 },
	{ "statmount", 457 },         { "listmount", 458 },
	{ "lsm_get_self_attr", 459 }, { "lsm_set_self_attr", 460 },
	{ "lsm_list_modules", 461 },  { "mseal", 462 },
	{ "setxattrat", 463 },        { "getxattrat", 464 },
	{ "listxattrat", 465 },       { "removexattrat", 466 },
	{ "open_tree_attr", 467 },    { "file_getattr", 468 },
	{ "file_setattr", 469 },      { "listns", 470 },
};

/* Dangerous to the fence itself, or attack surface without a use here: no policy gets them. */
static const char hard[] =
	/* operations that pass by every filter; kernel attack surface */
	"io_uring_setup io_uring_enter io_uring_register userfaultfd bpf perf_event_open modify_ldt vmsplice mbind "
	"migrate_pages move_pages fanotify_init fanotify_mark lookup_dcookie uselib "
	/* keyrings cross user namespaces */
	"keyctl add_key request_key "
	/* other processes */
	"ptrace process_vm_readv process_vm_writev process_madvise process_mrelease pidfd_getfd kcmp "
	/* nesting and mounts */
	"unshare setns mount umount2 pivot_root chroot open_tree move_mount fsopen fsconfig fsmount fspick "
	"mount_setattr open_tree_attr statmount listmount listns "
	/* privileged */
	"open_by_handle_at name_to_handle_at quotactl quotactl_fd kexec_load kexec_file_load init_module finit_module "
	"delete_module create_module query_module reboot swapon swapoff acct nfsservctl vhangup syslog iopl ioperm "
	"clock_settime clock_adjtime adjtimex settimeofday sethostname setdomainname "
	/* unneeded */
	"memfd_secret lsm_get_self_attr lsm_set_self_attr lsm_list_modules _sysctl sysfs ustat";

/* A newer way to do what an older call does: denied wherever the older one is. */
static const struct {
	const char *older, *newer;
} twins[] = {
	{ "fchmodat", "fchmodat2" },
	{ "setxattr", "setxattrat" },
	{ "setxattr", "file_setattr" },
	{ "removexattr", "removexattrat" },
};

/* The next of the words that spaces separate, copied to `buf`; NULL at the end. */
static const char *words_next(const char **rest, char *buf, size_t size)
{
	size_t len;

	*rest += strspn(*rest, " ");
	len = strcspn(*rest, " ");
	if (!len || len >= size)
		return NULL;
	memcpy(buf, *rest, len);
	buf[len] = 0;
	*rest += len;
	return buf;
}

static bool words_hold(const char *text, const char *word)
{
	static const char inner[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-*";
	const size_t len = strlen(word);

	for (const char *at = len ? strstr(text, word) : NULL; at; at = strstr(at + len, word))
		if ((at == text || !strchr(inner, at[-1])) && (!at[len] || !strchr(inner, at[len])))
			return true;
	return false;
}

int sbx_syscall_number(const char *name)
{
	const int nr = seccomp_syscall_resolve_name(name);

	for (size_t i = 0; nr < 0 && i < sizeof(newer) / sizeof(newer[0]); i++)
		if (!strcmp(newer[i].name, name))
			return newer[i].nr;
	if (nr == __NR_SCMP_ERROR)
		return SBX_SYSCALL_UNKNOWN;
	return nr < 0 || nr >= SBX_SYSCALL_MAX ? SBX_SYSCALL_ABSENT : nr;
}

const char *sbx_syscall_name(int nr, char buf[SBX_SYSCALL_NAME_MAX])
{
	char *name;

	for (size_t i = 0; i < sizeof(newer) / sizeof(newer[0]); i++)
		if (newer[i].nr == nr)
			return newer[i].name;
	name = seccomp_syscall_resolve_num_arch(seccomp_arch_native(), nr);
	if (!name)
		return NULL;
	snprintf(buf, SBX_SYSCALL_NAME_MAX, "%s", name);
	free(name);
	return buf;
}

bool sbx_syscall_known(int nr)
{
	static enum { UNASKED, KNOWN, UNKNOWN } answers[SBX_SYSCALL_MAX]; /* a search through all of them for each */
	char name[SBX_SYSCALL_NAME_MAX];

	if (nr < 0 || nr >= SBX_SYSCALL_MAX)
		return sbx_syscall_name(nr, name) != NULL;
	if (answers[nr] == UNASKED)
		answers[nr] = sbx_syscall_name(nr, name) ? KNOWN : UNKNOWN;
	return answers[nr] == KNOWN;
}

bool sbx_syscall_hard(const char *name)
{
	return words_hold(hard, name);
}

static const struct group *find_group(const char *name)
{
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		if (!strcmp(groups[i].name, name))
			return &groups[i];
	return NULL;
}

bool sbx_group_hard(const char *name)
{
	const struct group *group = find_group(name);
	const char *rest = group ? group->members : "read";
	char word[SBX_SYSCALL_NAME_MAX];

	while (words_next(&rest, word, sizeof(word)))
		if (word[0] == '@' ? !sbx_group_hard(word) : !sbx_syscall_hard(word) && sbx_syscall_number(word) >= 0)
			return false;
	return true;
}

static int add_known(struct sbx_syscalls *set)
{
	for (int nr = 0; nr < SBX_SYSCALL_MAX; nr++)
		if (sbx_syscall_known(nr))
			set->nr[nr] = SBX_CALL_ALLOWED;
	return 0;
}

int sbx_syscalls_add(struct sbx_syscalls *set, const char *name)
{
	enum sbx_call call = strcmp(name, "@threads") ? SBX_CALL_ALLOWED : SBX_CALL_THREADS;
	const struct group *group = find_group(name);
	const char *rest = group ? group->members : name;
	char word[SBX_SYSCALL_NAME_MAX];

	if (!strcmp(name, "@known"))
		return add_known(set);
	if (!group && name[0] == '@')
		return -1;
	while (words_next(&rest, word, sizeof(word))) {
		int nr = word[0] == '@' ? SBX_SYSCALL_ABSENT : sbx_syscall_number(word);

		if (word[0] == '@' && sbx_syscalls_add(set, word) < 0)
			return -1;
		if (nr == SBX_SYSCALL_UNKNOWN && !group)
			return -1;
		if (nr >= 0 && set->nr[nr] < (unsigned char)call)
			set->nr[nr] = (unsigned char)call;
	}
	return 0;
}

void sbx_syscalls_remove(struct sbx_syscalls *set, const struct sbx_syscalls *what)
{
	for (int nr = 0; nr < SBX_SYSCALL_MAX; nr++)
		if (what->nr[nr])
			set->nr[nr] = SBX_CALL_DENIED;
	for (size_t i = 0; i < sizeof(twins) / sizeof(twins[0]); i++) {
		int older = sbx_syscall_number(twins[i].older);

		if (older >= 0 && what->nr[older])
			set->nr[sbx_syscall_number(twins[i].newer)] = SBX_CALL_DENIED;
	}
}

void sbx_syscalls_add_words(struct sbx_syscalls *set, const char *words)
{
	char word[SBX_SYSCALL_NAME_MAX];

	while (words_next(&words, word, sizeof(word)))
		sbx_syscalls_add(set, word);
}

void sbx_syscalls_remove_words(struct sbx_syscalls *set, const char *words)
{
	struct sbx_syscalls what = { { 0 } };

	sbx_syscalls_add_words(&what, words);
	sbx_syscalls_remove(set, &what);
}

bool sbx_syscalls_have(const struct sbx_syscalls *set, const char *name)
{
	const int nr = sbx_syscall_number(name);

	return nr >= 0 && set->nr[nr] != SBX_CALL_DENIED;
}

void sbx_syscalls_harden(struct sbx_syscalls *set)
{
	const char *rest = hard;
	char word[SBX_SYSCALL_NAME_MAX];

	while (words_next(&rest, word, sizeof(word))) {
		int nr = sbx_syscall_number(word);

		if (nr >= 0)
			set->nr[nr] = SBX_CALL_DENIED;
	}
}

void sbx_syscalls_offer(struct sbx_nearest *nearest, struct sbx_pool *pool)
{
	if (nearest->word[0] == '@') {
		for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
			sbx_nearest_offer(nearest, groups[i].name);
		return;
	}
	for (size_t i = 0; i < sizeof(newer) / sizeof(newer[0]); i++)
		sbx_nearest_offer(nearest, newer[i].name);
	for (int nr = 0; nr < SBX_SYSCALL_MAX; nr++) {
		char *name = seccomp_syscall_resolve_num_arch(seccomp_arch_native(), nr);

		if (name)
			sbx_nearest_offer(nearest, sbx_pool_dup(pool, name, strlen(name)));
		free(name);
	}
}
