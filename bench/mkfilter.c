/*
 * mkfilter.c -- writes the seccomp filter of the raw floor to standard output, as `struct sock_filter` records.
 *
 * About what a default profile has, in fewer instructions than libseccomp takes for it: it asks for the architecture, finds the
 * number in a balanced tree, denies what reaches kernel machinery that no ordinary program wants, and looks at the arguments of
 * some calls. floor.c holds it, and bwrap gets it by --seccomp. seccomp(2), Documentation/userspace-api/seccomp_filter.rst.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include "conf/shrink.h"
#include "shim/sys.h"

#define LAST_NR 461u /* the last number of Linux 6.9; what is newer gets ENOSYS */
#define RET(value) ((struct sock_filter)BPF_STMT(BPF_RET | BPF_K, (value)))
#define LOAD(offset) ((struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)(offset)))
#define JUMP(op, k, yes, no) ((struct sock_filter)BPF_JUMP(BPF_JMP | (op) | BPF_K, (unsigned)(k), (yes), (no)))
#define DENY(errnum) RET(SECCOMP_RET_ERRNO | (errnum))
#define NEW_MASK                                                                                                      \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET)

/* Nothing that is confined calls these: EPERM. */
static const unsigned denied[] = {
#ifdef SYS_iopl
	SYS_iopl, SYS_ioperm, SYS_modify_ldt, SYS_uselib, SYS_ustat, SYS_sysfs, SYS__sysctl, SYS_create_module,
	SYS_get_kernel_syms, SYS_query_module, SYS_getpmsg, SYS_putpmsg, SYS_afs_syscall, SYS_tuxcall, SYS_security,
	SYS_epoll_ctl_old, SYS_epoll_wait_old,
#endif
	SYS_ptrace, SYS_syslog, SYS_vhangup, SYS_pivot_root, SYS_chroot, SYS_acct, SYS_settimeofday, SYS_mount, SYS_umount2,
	SYS_swapon, SYS_swapoff, SYS_reboot, SYS_sethostname, SYS_setdomainname, SYS_init_module, SYS_delete_module,
	SYS_quotactl, SYS_nfsservctl, SYS_lookup_dcookie, SYS_io_setup, SYS_io_destroy, SYS_io_getevents, SYS_io_submit,
	SYS_io_cancel, SYS_clock_settime, SYS_clock_adjtime, SYS_adjtimex, SYS_mbind, SYS_set_mempolicy, SYS_get_mempolicy,
	SYS_kexec_load, SYS_kexec_file_load, SYS_add_key, SYS_request_key, SYS_keyctl, SYS_migrate_pages, SYS_unshare,
	SYS_move_pages, SYS_vmsplice, SYS_perf_event_open, SYS_fanotify_init, SYS_fanotify_mark, SYS_name_to_handle_at,
	SYS_open_by_handle_at, SYS_setns, SYS_process_vm_readv, SYS_process_vm_writev, SYS_kcmp, SYS_finit_module, SYS_bpf,
	SYS_userfaultfd, 425, 426, 427 /* io_uring */, 428, 429, 430, 431, 432, 433 /* mounts */, 435, 437 /* clone3, openat2 */,
	438 /* pidfd_getfd */, 440 /* process_madvise */, 442 /* mount_setattr */, 443 /* quotactl_fd */, 447, 448,
};

#define SUID (S_ISUID | S_ISGID)

/* An argument that makes a call one of those: equal to `value`, with a bit of it, or another one (alone for its call). */
enum op { EQUAL, BITS, OTHER };
static const struct check {
	unsigned nr, arg;
	enum op op;
	unsigned value;
} checks[] = {
	{ SYS_clone, 0, BITS, NEW_MASK },
#ifdef SYS_open
	{ SYS_open, 2, BITS, SUID },
	{ SYS_creat, 1, BITS, SUID },
	{ SYS_chmod, 1, BITS, SUID },
	{ SYS_mknod, 1, BITS, SUID },
#endif
	{ SYS_openat, 3, BITS, SUID },
	{ 452 /* fchmodat2 */, 2, BITS, SUID },
	{ SYS_ioctl, 1, EQUAL, TIOCSTI },
	{ SYS_ioctl, 1, EQUAL, TIOCLINUX },
	{ SYS_ioctl, 1, EQUAL, TIOCSETD },
	{ SYS_fchmod, 1, BITS, SUID },
	{ SYS_fchmodat, 2, BITS, SUID },
	{ SYS_mknodat, 2, BITS, SUID },
	{ SYS_fcntl, 1, EQUAL, F_SETLEASE },
	{ SYS_fcntl, 1, EQUAL, F_NOTIFY },
	{ SYS_prctl, 0, EQUAL, PR_SET_MM },
	{ SYS_prctl, 0, EQUAL, PR_SET_SECCOMP },
	{ SYS_prctl, 0, EQUAL, PR_SET_PTRACER },
	{ SYS_prlimit64, 0, OTHER, 0 },
	{ SYS_setpriority, 0, OTHER, 0 /* PRIO_PROCESS */ },
	{ SYS_ioprio_set, 0, OTHER, 1 /* IOPRIO_WHO_PROCESS */ },
	{ SYS_sched_setaffinity, 0, OTHER, 0 },
	{ SYS_sched_setattr, 0, OTHER, 0 },
	{ SYS_sched_setparam, 0, OTHER, 0 },
	{ SYS_sched_setscheduler, 0, OTHER, 0 },
	{ SYS_socketpair, 0, OTHER, 1 /* AF_UNIX */ },
	{ SYS_socket, 0, EQUAL, 16 /* AF_NETLINK */ },
	{ SYS_socket, 0, EQUAL, 17 /* AF_PACKET */ },
	{ SYS_socket, 0, EQUAL, 38 /* AF_ALG */ },
	{ SYS_socket, 0, EQUAL, 40 /* AF_VSOCK */ },
	{ SYS_setsockopt, 2, EQUAL, 31 /* TCP_ULP */ },
	{ SYS_sendto, 3, BITS, 0x20000000 /* MSG_FASTOPEN */ },
	{ SYS_sendmsg, 2, BITS, 0x20000000 },
	{ SYS_personality, 0, BITS, 0x0400000 /* READ_IMPLIES_EXEC */ },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Runs of numbers with one verdict. */
enum verdict { ALLOWED, DENIED, CHECKED };
static struct run {
	unsigned first;
	enum verdict verdict;
} runs[LAST_NR + 1];
static unsigned run_count;
static struct sock_filter program[4096];
static unsigned length;

static void emit(struct sock_filter insn)
{
	if (length == COUNT(program))
		abort();
	program[length++] = insn;
}

static enum verdict verdict_of(unsigned nr)
{
	for (unsigned i = 0; i < COUNT(denied); i++)
		if (denied[i] == nr)
			return DENIED;
	for (unsigned i = 0; i < COUNT(checks); i++)
		if (checks[i].nr == nr)
			return CHECKED;
	return ALLOWED;
}

static void find_runs(void)
{
	for (unsigned nr = 0; nr <= LAST_NR; nr++) {
		const enum verdict verdict = verdict_of(nr);

		if (!run_count || verdict == CHECKED || runs[run_count - 1].verdict != verdict)
			runs[run_count++] = (struct run){ nr, verdict };
	}
}

static unsigned leaf_size(const struct run *run)
{
	unsigned found = 0;

	for (unsigned i = 0; run->verdict == CHECKED && i < COUNT(checks); i++)
		found += checks[i].nr == run->first;
	return found ? found + 3 : 1; /* load, a jump for each, both verdicts */
}

static void emit_leaf(const struct run *run)
{
	unsigned left = leaf_size(run) - 3;

	for (unsigned i = 0; run->verdict == CHECKED && i < COUNT(checks); i++) {
		const struct check *check = &checks[i];

		if (check->nr != run->first)
			continue;
		if (left == leaf_size(run) - 3)
			emit(LOAD(offsetof(struct seccomp_data, args[check->arg]))); /* little endian: the low half */
		emit(JUMP(check->op == BITS ? BPF_JSET : BPF_JEQ, check->value, check->op == OTHER ? 0 : (unsigned char)left,
			  check->op == OTHER ? (unsigned char)left : 0));
		left--;
	}
	if (run->verdict != DENIED)
		emit(RET(SECCOMP_RET_ALLOW));
	if (run->verdict != ALLOWED)
		emit(DENY(EPERM));
}

static unsigned tree_size(unsigned from, unsigned to)
{
	const unsigned middle = (from + to) / 2;
	unsigned left;

	if (to - from == 1)
		return leaf_size(&runs[from]);
	left = tree_size(from, middle);
	return (left > 255 ? 2 : 1) + left + tree_size(middle, to);
}

static void emit_tree(unsigned from, unsigned to)
{
	const unsigned middle = (from + to) / 2;
	unsigned left;

	if (to - from == 1) {
		emit_leaf(&runs[from]);
		return;
	}
	left = tree_size(from, middle);
	if (left > 255) {
		emit(JUMP(BPF_JGE, runs[middle].first, 0, 1));
		emit(JUMP(BPF_JA, left, 0, 0));
	} else {
		emit(JUMP(BPF_JGE, runs[middle].first, (unsigned char)left, 0));
	}
	emit_tree(from, middle);
	emit_tree(middle, to);
}

int main(void)
{
	struct sbx_pool pool = { NULL };
	struct sbx_filter filter;

	find_runs();
	emit(LOAD(offsetof(struct seccomp_data, arch)));
	emit(JUMP(BPF_JEQ, SBX_AUDIT_ARCH, 1, 0));
	emit(RET(SECCOMP_RET_KILL_PROCESS));
	emit(LOAD(offsetof(struct seccomp_data, nr)));
	emit(JUMP(BPF_JGE, 0x40000000u, 0, 1)); /* x32 */
	emit(RET(SECCOMP_RET_KILL_PROCESS));
	emit(JUMP(BPF_JGT, LAST_NR, 0, 1));
	emit(DENY(ENOSYS));
	emit_tree(0, run_count);
	filter = (struct sbx_filter){ program, length };
	sbx_filter_shrink(&pool, &filter); /* as sbx's own are: nobody needs a longer one */
	return fwrite(filter.insns, sizeof(filter.insns[0]), filter.count, stdout) == filter.count && fflush(stdout) == 0 ? 0 : 1;
}
