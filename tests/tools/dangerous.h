/* SPDX-License-Identifier: MIT */
/*
 * dangerous.h -- every system call that a sandbox must never let through, with arguments that do no harm.
 */
#ifndef SBX_TESTS_DANGEROUS_H
#define SBX_TESTS_DANGEROUS_H

#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>

#define NO_PID 0x7ffffff0L
#define BAD_PTR 8L
#define NOWHERE ((long)"/nonexistent/sbx")

struct attempt {
	const char *name;
	long nr;
	long arg[6];
};

static const struct attempt dangerous[] = {
#ifdef SYS_io_uring_setup
	{ "io_uring_setup", SYS_io_uring_setup, { 0, BAD_PTR } },
	{ "io_uring_enter", SYS_io_uring_enter, { -1 } },
	{ "io_uring_register", SYS_io_uring_register, { -1, 9999 } },
#endif
	{ "userfaultfd", SYS_userfaultfd, { 0xbad } },
	{ "bpf", SYS_bpf, { 9999, BAD_PTR, 8 } },
	{ "perf_event_open", SYS_perf_event_open, { BAD_PTR, 0, -1, -1, 0 } },
	{ "vmsplice", SYS_vmsplice, { -1, BAD_PTR, 1 } },
	{ "mbind", SYS_mbind, { 1, 1, 9999 } },
	{ "migrate_pages", SYS_migrate_pages, { NO_PID, 0, 0, 0 } },
	{ "move_pages", SYS_move_pages, { NO_PID, 0, 0, 0, 0, 0 } },
	{ "fanotify_init", SYS_fanotify_init, { 0x7fffffff, 0 } },
	{ "keyctl", SYS_keyctl, { 0, -3, 0 } },
	{ "add_key", SYS_add_key, { BAD_PTR, BAD_PTR, 0, 0, -2 } },
	{ "request_key", SYS_request_key, { BAD_PTR, BAD_PTR, 0, 0 } },
	{ "ptrace", SYS_ptrace, { 1, NO_PID, 0, 0 } },
	{ "process_vm_readv", SYS_process_vm_readv, { NO_PID, 0, 0, 0, 0, 0 } },
	{ "process_vm_writev", SYS_process_vm_writev, { NO_PID, 0, 0, 0, 0, 0 } },
	{ "process_madvise", 440, { -1, 0, 0, 0, 0 } },
	{ "pidfd_getfd", 438, { -1, 0, 0 } },
	{ "kcmp", SYS_kcmp, { NO_PID, NO_PID, 0, 0, 0 } },
	{ "unshare", SYS_unshare, { 0 } },
	{ "setns", SYS_setns, { -1, 0 } },
	{ "mount", SYS_mount, { BAD_PTR, BAD_PTR, BAD_PTR, 0, 0 } },
	{ "umount2", SYS_umount2, { NOWHERE, 0 } },
	{ "pivot_root", SYS_pivot_root, { NOWHERE, NOWHERE } },
	{ "chroot", SYS_chroot, { NOWHERE } },
	{ "open_tree", 428, { -1, BAD_PTR, 0 } },
	{ "move_mount", 429, { -1, BAD_PTR, -1, BAD_PTR, 0 } },
	{ "fsopen", 430, { BAD_PTR, 0 } },
	{ "fsconfig", 431, { -1, 0, 0, 0, 0 } },
	{ "fsmount", 432, { -1, 0, 0 } },
	{ "fspick", 433, { -1, BAD_PTR, 0 } },
	{ "mount_setattr", 442, { -1, BAD_PTR, 0, 0, 0 } },
	{ "open_tree_attr", 467, { -1, BAD_PTR, 0, 0, 0 } },
	{ "open_by_handle_at", SYS_open_by_handle_at, { -1, BAD_PTR, 0 } },
	{ "name_to_handle_at", SYS_name_to_handle_at, { -1, BAD_PTR, BAD_PTR, BAD_PTR, 0 } },
	{ "quotactl", SYS_quotactl, { -1, NOWHERE, 0, 0 } },
	{ "quotactl_fd", 443, { -1, 0, 0, 0 } },
	{ "kexec_load", SYS_kexec_load, { 0, 0, 0, 0x7fff } },
	{ "init_module", SYS_init_module, { BAD_PTR, 0, BAD_PTR } },
	{ "finit_module", SYS_finit_module, { -1, BAD_PTR, 0 } },
	{ "delete_module", SYS_delete_module, { BAD_PTR, 0 } },
	{ "reboot", SYS_reboot, { 0, 0, 0, 0 } },
	{ "swapon", SYS_swapon, { NOWHERE, 0 } },
	{ "swapoff", SYS_swapoff, { NOWHERE } },
	{ "acct", SYS_acct, { NOWHERE } },
	{ "settimeofday", SYS_settimeofday, { BAD_PTR, 0 } },
	{ "clock_settime", SYS_clock_settime, { 9999, BAD_PTR } },
	{ "syslog", SYS_syslog, { 9999, 0, 0 } },
#ifdef __x86_64__
	{ "modify_ldt", SYS_modify_ldt, { 0, 0, 0 } },
	{ "kexec_file_load", SYS_kexec_file_load, { -1, -1, 0, 0, 0x7fff } },
	{ "iopl", SYS_iopl, { 4 } },
	{ "ioperm", SYS_ioperm, { -1, 1, 1 } },
#endif
	{ "personality", SYS_personality, { 0x0400000 } },
	{ "memfd_secret", 447, { 0xbad } },
	{ "statmount", 457, { BAD_PTR, BAD_PTR, 0, 0 } },
	{ "listmount", 458, { BAD_PTR, BAD_PTR, 0, 0 } },
	{ "lsm_get_self_attr", 459, { 9999, BAD_PTR, BAD_PTR, 0 } },
	{ "lsm_set_self_attr", 460, { 9999, BAD_PTR, 0, 0 } },
	{ "lsm_list_modules", 461, { BAD_PTR, BAD_PTR, 1 } },
	{ "clone_newuser", SYS_clone, { CLONE_NEWUSER | CLONE_FS | SIGCHLD } },
	{ "clone_newns", SYS_clone, { CLONE_NEWNS | CLONE_FS | SIGCHLD } },
	{ "clone3", 435, { 0, 0 } },
	{ "socket_netlink", SYS_socket, { 16, 3, 0 } },
	{ "socket_packet", SYS_socket, { 17, 3, 0 } },
	{ "socket_alg", SYS_socket, { 38, 5, 0 } },
	{ "socket_vsock", SYS_socket, { 40, 1, 0 } },
	{ "socket_xdp", SYS_socket, { 44, 3, 0 } },
	{ "socket_mptcp", SYS_socket, { 2, 1, 262 } },
	{ "socket_udplite", SYS_socket, { 2, 2, 136 } },
	{ "socket_icmp", SYS_socket, { 2, 2, 1 } },
	{ "socket_raw", SYS_socket, { 2, 3, 1 } },
	/* fd 9999 isn't open: EBADF outside. The second of each pair has a bit set that the kernel ignores. */
	{ "ioctl_tiocsti", SYS_ioctl, { 9999, 0x5412, BAD_PTR } },
	{ "ioctl_tiocsti_high", SYS_ioctl, { 9999, 0x100005412, BAD_PTR } },
	{ "ioctl_tioclinux", SYS_ioctl, { 9999, 0x541c, BAD_PTR } },
	{ "ioctl_tioclinux_high", SYS_ioctl, { 9999, 0x10000541c, BAD_PTR } },
	{ "ioctl_tiocsetd", SYS_ioctl, { 9999, 0x5423, BAD_PTR } },
	{ "unknown_number", 9999, { 0 } },
};

#endif
