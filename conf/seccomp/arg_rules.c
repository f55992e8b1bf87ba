/* SPDX-License-Identifier: MIT */
/*
 * arg_rules.c -- the two tables of what a filter makes of arguments; ioctl(2)'s requests have one of their own,
 * ioctl_requests.c. Where an argument is an int, only its low 32 bits are compared: 0x100005412 still is TIOCSTI to the
 * kernel (CVE-2019-10063).
 */
#include "conf/seccomp/arg_rules.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <linux/prctl.h>

#include "shim/blob.h"

#define INT 0xffffffffu /* the part of an argument that an int has */
#define TCXONC_NR 0x540au
#define SHM_EXEC_FLAG 0100000u
#define SHM_HUGETLB_FLAG 04000u
#define MFD_HUGETLB_FLAG 4u
#define FASTOPEN 0x20000000u
#define TCP_ULP_NR 31u
#define SOCK_TYPE 0xfu /* without SOCK_NONBLOCK and SOCK_CLOEXEC */
#define NO_SUID(name, mode_arg)                                              \
	{ (name), ALWAYS, ONE((mode_arg), S_ISUID, 0) },                     \
	{                                                                    \
		(name), SBX_WHEN_ROOT, ONE((mode_arg), S_ISUID | S_ISGID, 0) \
	}
#define CREATES ((unsigned)O_CREAT | 020000000u /* __O_TMPFILE, without the O_DIRECTORY that O_TMPFILE has in it */)
#define F_SETLEASE_NR 1024u
#define F_NOTIFY_NR 1026u
#define F_SETOWN_EX_NR 15u
#define TO_GROUP 4u /* PIDFD_SIGNAL_PROCESS_GROUP, Linux 6.9 */
#define OR_FLAG(id, name, flag) | (flag)
#define NEW_MASK ((unsigned)(0 SBX_NAMESPACES(OR_FLAG)))

#define ICMPV6 58u
#define ONE(arg, mask, value) { { (arg), (mask), (value) } }, 1
/* By type as well, or SOCK_SEQPACKET would be SCTP, past every list of ports. */
#define INET(name, family)                                                                       \
	{ (name), ONLY | SBX_WHEN_INET, OF_TYPE(family, SOCK_STREAM, 0) },                       \
		{ (name), ONLY | SBX_WHEN_INET, OF_TYPE(family, SOCK_STREAM, 6) },               \
		{ (name), ONLY | SBX_WHEN_INET | SBX_WHEN_UDP, OF_TYPE(family, SOCK_DGRAM, 0) }, \
	{                                                                                        \
		(name), ONLY | SBX_WHEN_INET | SBX_WHEN_UDP, OF_TYPE(family, SOCK_DGRAM, 17)     \
	}
#define OF_TYPE(family, type, protocol) { { 0, INT, (family) }, { 1, SOCK_TYPE, (type) }, { 2, INT, (protocol) } }, 3
#define TWO(arg, value, arg2, value2) { { (arg), INT, (value) }, { (arg2), INT, (value2) } }, 2

/* Where there is but one id, changing to another is what nobody may, and not what makes no sense; -1 leaves it as it
 * is. */
#define OWN_ID(name, arg, own)                                       \
	{ (name), SBX_WHEN_ONE_ID, ONE((arg), INT, SBX_ARG_##own) }, \
	{                                                            \
		(name), SBX_WHEN_ONE_ID, ONE((arg), INT, INT)        \
	}
#define OWNER(name, arg, arg2)                                                 \
	{ (name), SBX_WHEN_ONE_ID, TWO(arg, SBX_ARG_UID, arg2, SBX_ARG_GID) }, \
		{ (name), SBX_WHEN_ONE_ID, TWO(arg, SBX_ARG_UID, arg2, INT) }, \
		{ (name), SBX_WHEN_ONE_ID, TWO(arg, INT, arg2, SBX_ARG_GID) }, \
	{                                                                      \
		(name), SBX_WHEN_ONE_ID, TWO(arg, INT, arg2, INT)              \
	}

const struct sbx_arg_rule sbx_arg_rules[] = {
	{ "clone", ALWAYS, ONE(0, NEW_MASK, 0) },
	{ "clone", THREADS, ONE(0, NEW_MASK | CLONE_THREAD, CLONE_THREAD) },
	{ "mmap", SBX_WHEN_NO_MAP_EXEC, ONE(2, PROT_EXEC, 0) },
	{ "mprotect", SBX_WHEN_NO_MAP_EXEC, ONE(2, PROT_EXEC, 0) },
	{ "pkey_mprotect", SBX_WHEN_NO_MAP_EXEC, ONE(2, PROT_EXEC, 0) },
	{ "shmat", SBX_WHEN_NO_MAP_EXEC, ONE(2, SHM_EXEC_FLAG, 0) },
	{ "socket", ONLY | SBX_WHEN_UNIX, ONE(0, INT, AF_UNIX) },
	INET("socket", AF_INET),
	INET("socket", AF_INET6),
	/* Interfaces, addresses, routes: to change them needs a capability, which nobody has. */
	{ "socket", ONLY | SBX_WHEN_ROUTE, OF_TYPE(AF_NETLINK, SOCK_RAW, 0 /* NETLINK_ROUTE */) },
	{ "socket", ONLY | SBX_WHEN_ROUTE, OF_TYPE(AF_NETLINK, SOCK_DGRAM, 0) },
	/* Echo requests, where net.ipv4.ping_group_range lets the caller's group. */
	{ "socket", ONLY | SBX_WHEN_PING, OF_TYPE(AF_INET, SOCK_DGRAM, 1 /* IPPROTO_ICMP */) },
	{ "socket", ONLY | SBX_WHEN_PING, OF_TYPE(AF_INET6, SOCK_DGRAM, ICMPV6) },
	/* A datagram pair's end could send to any socket that has a name; a stream's can't. */
	{ "socketpair", ONLY, { { 0, INT, AF_UNIX }, { 1, SOCK_TYPE, SOCK_STREAM } }, 2 },
	{ "socketpair", ONLY, { { 0, INT, AF_UNIX }, { 1, SOCK_TYPE, SOCK_SEQPACKET } }, 2 },
	{ "socketpair", ONLY | SBX_WHEN_UNIX, ONE(0, INT, AF_UNIX) },
	{ "personality", ALWAYS, ONE(0, INT, 0) },
	{ "personality", ALWAYS, ONE(0, INT, INT) },
	/*
	 * No setuid files, and none setgid to root's group: they would outlive the sandbox. A setgid directory looks
	 * the same, so others may make one. openat2 hides its mode: denied below.
	 */
	NO_SUID("chmod", 1),
	NO_SUID("fchmod", 1),
	NO_SUID("fchmodat", 2),
	NO_SUID("fchmodat2", 2),
	NO_SUID("creat", 1),
	NO_SUID("mknod", 1),
	NO_SUID("mknodat", 2),
	NO_SUID("open", 2),
	{ "open", ALWAYS, ONE(1, CREATES, 0) },
	{ "open", SBX_WHEN_ROOT, ONE(1, CREATES, 0) },
	NO_SUID("openat", 3),
	{ "openat", ALWAYS, ONE(2, CREATES, 0) },
	{ "openat", SBX_WHEN_ROOT, ONE(2, CREATES, 0) },
	OWNER("chown", 1, 2),
	OWNER("lchown", 1, 2),
	OWNER("fchown", 1, 2),
	OWNER("fchownat", 2, 3),
	OWN_ID("setuid", 0, UID),
	OWN_ID("setreuid", 1, UID), /* the effective one: who changes the others alone is rare */
	OWN_ID("setresuid", 1, UID),
	OWN_ID("setgid", 0, GID),
	OWN_ID("setregid", 1, GID),
	OWN_ID("setresgid", 1, GID),
	/* The process group may be shared with the caller: processes one by one. In place: none but itself. */
	{ "setpriority", ALWAYS, ONE(0, INT, 0 /* PRIO_PROCESS */) },
	{ "ioprio_set", ALWAYS, ONE(0, INT, 1 /* IOPRIO_WHO_PROCESS */) },
	{ "prlimit64", SBX_WHEN_IN_PLACE, ONE(0, INT, 0) },
	{ "setpriority", SBX_WHEN_IN_PLACE, TWO(0, 0 /* PRIO_PROCESS */, 1, 0) },
	{ "ioprio_set", SBX_WHEN_IN_PLACE, TWO(0, 1 /* IOPRIO_WHO_PROCESS */, 1, 0) },
	{ "sched_setaffinity", SBX_WHEN_IN_PLACE, ONE(0, INT, 0) },
	{ "sched_setattr", SBX_WHEN_IN_PLACE, ONE(0, INT, 0) },
	{ "sched_setparam", SBX_WHEN_IN_PLACE, ONE(0, INT, 0) },
	{ "sched_setscheduler", SBX_WHEN_IN_PLACE, ONE(0, INT, 0) },
};
const size_t sbx_arg_rules_count = sizeof(sbx_arg_rules) / sizeof(sbx_arg_rules[0]);
_Static_assert(sizeof(sbx_arg_rules) / sizeof(sbx_arg_rules[0]) <= SBX_RULES_MAX, "SBX_RULES_MAX");

#define IF(arg, op, ...)                                  \
	{                                                 \
		{                                         \
			(arg), SCMP_CMP_##op, __VA_ARGS__ \
		}                                         \
	}
#define IS(arg, value) IF(arg, MASKED_EQ, INT, (value))
#define HAS(arg, flag) IF(arg, MASKED_EQ, (flag), (flag))
#define NO_OPTION(when, errnum, level, option)                                                             \
	{                                                                                                  \
		"setsockopt", (when), (errnum), 2,                                                         \
		{                                                                                          \
			{ 1, SCMP_CMP_MASKED_EQ, INT, (level) }, { 2, SCMP_CMP_MASKED_EQ, INT, (option) }, \
		}                                                                                          \
	}
const struct sbx_deny_rule sbx_deny_rules[] = {
	/* A terminal that stands still when the command has ended: no ^Q helps there. */
	{ "ioctl", ALWAYS, EPERM, 2, { { 1, SCMP_CMP_MASKED_EQ, INT, TCXONC_NR }, { 2, SCMP_CMP_MASKED_EQ, INT, 0 } } },
	/* Its flags are behind a pointer; libraries fall back to clone on this. */
	{ .name = "clone3", .errnum = ENOSYS },
	{ "socket", SBX_WHEN_NO_ROUTE, EAFNOSUPPORT, 1, IF(0, GT, AF_INET6, 0) },
	{ "socket", ALWAYS, EAFNOSUPPORT, 1, IF(0, GT, AF_NETLINK, 0) },
	{ "socket", SBX_WHEN_NO_PING, EPROTONOSUPPORT, 1, IF(2, GT, 17, 0) },
	{ "socket", ALWAYS, EPROTONOSUPPORT, 1, IF(2, GT, ICMPV6, 0) },
	/* To connect without connect(2), which Landlock doesn't see: senders take this for "switched off". */
	{ "sendto", SBX_WHEN_PORTS, EOPNOTSUPP, 1, HAS(3, FASTOPEN) },
	{ "sendmsg", SBX_WHEN_PORTS, EOPNOTSUPP, 1, HAS(2, FASTOPEN) },
	{ "sendmmsg", SBX_WHEN_PORTS, EOPNOTSUPP, 1, HAS(3, FASTOPEN) },
	/* An upper-layer protocol makes a TCP socket one of another kind, which Landlock passes over: SMC. */
	NO_OPTION(SBX_WHEN_PORTS, ENOENT, IPPROTO_TCP, TCP_ULP_NR),
	/* They count for no limit of memory; as where the pool has none left. */
	{ "mmap", SBX_WHEN_NO_HUGE, ENOMEM, 1, HAS(3, MAP_HUGETLB) },
	{ "memfd_create", SBX_WHEN_NO_HUGE, ENOMEM, 1, HAS(1, MFD_HUGETLB_FLAG) },
	{ "shmget", SBX_WHEN_NO_HUGE, ENOMEM, 1, HAS(2, SHM_HUGETLB_FLAG) },
	/* As where the kernel has no such option: a filter's machine code counts for no limit either, and is short. */
	NO_OPTION(ALWAYS, ENOPROTOOPT, SOL_SOCKET, SO_ATTACH_FILTER),
	NO_OPTION(ALWAYS, ENOPROTOOPT, SOL_SOCKET, SO_ATTACH_BPF),
	NO_OPTION(ALWAYS, ENOPROTOOPT, SOL_SOCKET, SO_ATTACH_REUSEPORT_CBPF),
	NO_OPTION(ALWAYS, ENOPROTOOPT, SOL_SOCKET, SO_ATTACH_REUSEPORT_EBPF),
	/* Nor do groups that a socket joins: thousands, where without a network there are none to join. */
	NO_OPTION(SBX_WHEN_NO_ROUTE, ENODEV, IPPROTO_IPV6, IPV6_JOIN_GROUP),
	NO_OPTION(SBX_WHEN_NO_ROUTE, ENODEV, IPPROTO_IPV6, MCAST_JOIN_GROUP),
	NO_OPTION(SBX_WHEN_NO_ROUTE, ENODEV, IPPROTO_IPV6, MCAST_JOIN_SOURCE_GROUP),
	{ .name = "openat2", .errnum = ENOSYS },
	/* Leases and directory notification reach whoever else has the file open. */
	{ "fcntl", ALWAYS, EPERM, 1, IS(1, F_SETLEASE_NR) },
	{ "fcntl", ALWAYS, EPERM, 1, IS(1, F_NOTIFY_NR) },
	{ "prctl", SBX_WHEN_PID_1, EPERM, 1, IS(0, PR_SET_PDEATHSIG) },
	{ "kill", SBX_WHEN_OUR_GROUP, EPERM, 1, IS(0, 0) },
	{ "pidfd_send_signal", SBX_WHEN_OUR_GROUP, EPERM, 1, IF(3, MASKED_EQ, TO_GROUP, TO_GROUP) },
	/* The kernel sends signals for who is told of a file's news. */
	{ "fcntl", SBX_WHEN_NO_SIGNALS, EPERM, 1, IS(1, F_SETOWN) },
	{ "fcntl", SBX_WHEN_NO_SIGNALS, EPERM, 1, IS(1, F_SETOWN_EX_NR) },
};
const size_t sbx_deny_rules_count = sizeof(sbx_deny_rules) / sizeof(sbx_deny_rules[0]);
_Static_assert(sizeof(sbx_deny_rules) / sizeof(sbx_deny_rules[0]) <= SBX_RULES_MAX, "SBX_RULES_MAX");
