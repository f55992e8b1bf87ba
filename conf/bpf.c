/*
 * bpf.c -- filters out of three parts: our own prefix (arch, x32, unknown numbers), libseccomp's program of denials that need
 * an errno of their own, and libseccomp's allowlist. seccomp(2), seccomp_rule_add(3).
 *
 * libseccomp has one default action for a filter, hence the parts. Where an argument is an int, only its low 32 bits are
 * compared: 0x100005412 still is TIOCSTI to the kernel (CVE-2019-10063).
 */
#include "conf/bpf.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <linux/fs.h>
#include <linux/ioctl.h>
#include <linux/prctl.h>
#include <linux/seccomp.h>

#include "conf/cleanup.h"

#define X32_BIT 0x40000000u
#define INT 0xffffffffu /* the part of an argument that an int has */
#define TIOCSTI_NR 0x5412u
#define TIOCLINUX_NR 0x541cu
#define TIOCSETD_NR 0x5423u
#define SHM_EXEC_FLAG 0100000u
#define FASTOPEN 0x20000000u
#define TCP_ULP_NR 31u
#define SOCK_TYPE 0xfu /* without SOCK_NONBLOCK and SOCK_CLOEXEC */
#define NO_SUID(name, mode_arg)                                                                                       \
	{ (name), ALWAYS, ONE((mode_arg), S_ISUID, 0) }, { (name), SBX_WHEN_ROOT, ONE((mode_arg), S_ISUID | S_ISGID, 0) }
#define CREATES ((unsigned)O_CREAT | 020000000u /* __O_TMPFILE, without the O_DIRECTORY that O_TMPFILE has in it */)
#define F_SETLEASE_NR 1024u
#define F_NOTIFY_NR 1026u
#define NEW_MASK                                                                                                      \
	((unsigned)(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWNET))

/* An allowed call goes through only if one of its rules holds that apply; ONLY: never without one. */
enum { ALWAYS = 0, ONLY = 1u << 16, THREADS = 1u << 17 };
struct arg_rule {
	const char *name;
	unsigned int when; /* SBX_WHEN_* that make it apply */
	struct {
		unsigned int arg;
		scmp_datum_t mask, value;
	} cmp[3];
	unsigned int count;
};
#define ONE(arg, mask, value) { { (arg), (mask), (value) } }, 1
/* By type as well, or SOCK_SEQPACKET would be SCTP, past every list of ports. */
#define INET(name, family)                                                                                            \
	{ (name), ONLY | SBX_WHEN_INET, OF_TYPE(family, SOCK_STREAM, 0) },                                              \
	{ (name), ONLY | SBX_WHEN_INET, OF_TYPE(family, SOCK_STREAM, 6) },                                              \
	{ (name), ONLY | SBX_WHEN_INET | SBX_WHEN_UDP, OF_TYPE(family, SOCK_DGRAM, 0) },                                \
	{ (name), ONLY | SBX_WHEN_INET | SBX_WHEN_UDP, OF_TYPE(family, SOCK_DGRAM, 17) }
#define OF_TYPE(family, type, protocol) { { 0, INT, (family) }, { 1, SOCK_TYPE, (type) }, { 2, INT, (protocol) } }, 3
#define TWO(arg, value, arg2, value2) { { (arg), INT, (value) }, { (arg2), INT, (value2) } }, 2

static const struct arg_rule allow_rules[] = {
	{ "clone", ALWAYS, ONE(0, NEW_MASK, 0) },
	{ "clone", THREADS, ONE(0, NEW_MASK | CLONE_THREAD, CLONE_THREAD) },
	{ "mmap", SBX_WHEN_NO_MAP_EXEC, ONE(2, PROT_EXEC, 0) },
	{ "mprotect", SBX_WHEN_NO_MAP_EXEC, ONE(2, PROT_EXEC, 0) },
	{ "pkey_mprotect", SBX_WHEN_NO_MAP_EXEC, ONE(2, PROT_EXEC, 0) },
	{ "shmat", SBX_WHEN_NO_MAP_EXEC, ONE(2, SHM_EXEC_FLAG, 0) },
	{ "socket", ONLY | SBX_WHEN_UNIX, ONE(0, INT, AF_UNIX) },
	INET("socket", AF_INET),
	INET("socket", AF_INET6),
	/* A datagram pair's end could send to any socket that has a name; a stream's can't. */
	{ "socketpair", ONLY, { { 0, INT, AF_UNIX }, { 1, SOCK_TYPE, SOCK_STREAM } }, 2 },
	{ "socketpair", ONLY, { { 0, INT, AF_UNIX }, { 1, SOCK_TYPE, SOCK_SEQPACKET } }, 2 },
	{ "socketpair", ONLY | SBX_WHEN_UNIX, ONE(0, INT, AF_UNIX) },
	{ "personality", ALWAYS, ONE(0, INT, 0) },
	{ "personality", ALWAYS, ONE(0, INT, INT) },
	/*
	 * No setuid files, and none setgid to root's group: they would outlive the sandbox. A setgid directory looks the same, so
	 * others may make one. openat2 hides its mode: denied below.
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

/* Denials in front of the allowlist. */
struct deny_rule {
	const char *name;
	unsigned int when;
	int errnum;
	unsigned int count;
	struct scmp_arg_cmp cmp[2];
};
#define IF(arg, op, ...) { { (arg), SCMP_CMP_##op, __VA_ARGS__ } }
#define IS(arg, value) IF(arg, MASKED_EQ, INT, (value))
static const struct deny_rule deny_rules[] = {
	{ "ioctl", ALWAYS, EPERM, 1, IS(1, TIOCSTI_NR) },
	{ "ioctl", ALWAYS, EPERM, 1, IS(1, TIOCLINUX_NR) },
	{ "ioctl", ALWAYS, EPERM, 1, IS(1, TIOCSETD_NR) },
	/* What chmod and setxattr are for files without mode bits. */
	{ "ioctl", SBX_WHEN_NO_CHMOD, EPERM, 1, IS(1, FS_IOC_SETFLAGS) },
	{ "ioctl", SBX_WHEN_NO_CHMOD, EPERM, 1, IS(1, FS_IOC_SETVERSION) },
	{ "ioctl", SBX_WHEN_NO_CHMOD, EPERM, 1, IS(1, FS_IOC_FSSETXATTR) },
	/* Its flags are behind a pointer; libraries fall back to clone on this. */
	{ .name = "clone3", .errnum = ENOSYS },
	{ "socket", ALWAYS, EAFNOSUPPORT, 1, IF(0, GT, AF_INET6, 0) },
	{ "socket", ALWAYS, EPROTONOSUPPORT, 1, IF(2, GT, 17, 0) },
	/* To connect without connect(2), which Landlock doesn't see: senders take this for "switched off". */
	{ "sendto", SBX_WHEN_PORTS, EOPNOTSUPP, 1, IF(3, MASKED_EQ, FASTOPEN, FASTOPEN) },
	{ "sendmsg", SBX_WHEN_PORTS, EOPNOTSUPP, 1, IF(2, MASKED_EQ, FASTOPEN, FASTOPEN) },
	{ "sendmmsg", SBX_WHEN_PORTS, EOPNOTSUPP, 1, IF(3, MASKED_EQ, FASTOPEN, FASTOPEN) },
	/* An upper-layer protocol makes a TCP socket one of another kind, which Landlock passes over: SMC. */
	{ "setsockopt", SBX_WHEN_PORTS, ENOENT, 2,
	  { { 1, SCMP_CMP_MASKED_EQ, INT, 6 /* IPPROTO_TCP */ }, { 2, SCMP_CMP_MASKED_EQ, INT, TCP_ULP_NR } } },
	{ .name = "openat2", .errnum = ENOSYS },
	/* Leases and directory notification reach whoever else has the file open. */
	{ "fcntl", ALWAYS, EPERM, 1, IS(1, F_SETLEASE_NR) },
	{ "fcntl", ALWAYS, EPERM, 1, IS(1, F_NOTIFY_NR) },
	{ "prctl", SBX_WHEN_PID_1, EPERM, 1, IS(0, PR_SET_PDEATHSIG) },
};

static void release(scmp_filter_ctx *ctx)
{
	if (*ctx)
		seccomp_release(*ctx);
}
#define CLEANUP_CTX __attribute__((cleanup(release)))

static scmp_filter_ctx start(uint32_t action)
{
	scmp_filter_ctx ctx = seccomp_init(action);

	if (!ctx)
		return NULL;
	if (seccomp_attr_set(ctx, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS) < 0 ||
	    seccomp_attr_set(ctx, SCMP_FLTATR_CTL_OPTIMIZE, 2) < 0) {
		seccomp_release(ctx);
		return NULL;
	}
	return ctx;
}

static int add_denials(scmp_filter_ctx ctx, const struct sbx_filter_spec *spec)
{
	int rc = 0;

	for (size_t i = 0; i < sizeof(deny_rules) / sizeof(deny_rules[0]) && !rc; i++) {
		const struct deny_rule *rule = &deny_rules[i];
		int nr = sbx_syscall_number(rule->name);

		if (nr >= 0 && !(rule->when & ~spec->when))
			rc = seccomp_rule_add_array(ctx, SCMP_ACT_ERRNO((uint32_t)rule->errnum), nr, rule->count, rule->cmp);
	}
	return rc;
}

/* Does a rule for this case apply, not just the one for all cases? */
static bool stricter(const char *name, unsigned int when)
{
	for (size_t i = 0; i < sizeof(allow_rules) / sizeof(allow_rules[0]); i++)
		if (allow_rules[i].when != ALWAYS && !(allow_rules[i].when & ~when) && !strcmp(allow_rules[i].name, name))
			return true;
	return false;
}

/* All rules of one allowed call; none apply: it is allowed as such, unless it may never be. */
static int add_allowed(scmp_filter_ctx ctx, int nr, const char *name, unsigned int when)
{
	bool unconditional = true;
	int rc = 0;

	for (size_t i = 0; i < sizeof(allow_rules) / sizeof(allow_rules[0]) && !rc; i++) {
		const struct arg_rule *rule = &allow_rules[i];
		struct scmp_arg_cmp cmp[3];

		if (strcmp(rule->name, name) != 0)
			continue;
		if (rule->when & ONLY)
			unconditional = false;
		if (rule->when & ~(unsigned int)ONLY & ~when)
			continue;
		if (rule->when == ALWAYS && stricter(name, when))
			continue; /* it stands for this one */
		unconditional = false;
		for (unsigned int j = 0; j < rule->count; j++)
			cmp[j] = (struct scmp_arg_cmp){ rule->cmp[j].arg, SCMP_CMP_MASKED_EQ, rule->cmp[j].mask,
							rule->cmp[j].value };
		rc = seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, nr, rule->count, cmp);
	}
	return rc || !unconditional ? rc : seccomp_rule_add_array(ctx, SCMP_ACT_ALLOW, nr, 0, NULL);
}

/* Stands for spec->denied, which libseccomp may not know as a default action. */
#define DENIED_ERRNO 4094u

static int add_allowlist(scmp_filter_ctx ctx, const struct sbx_filter_spec *spec)
{
	int rc = 0;

	for (int nr = 0; nr < SBX_SYSCALL_MAX && !rc; nr++) {
		SBX_CLEANUP_FREE char *name = NULL;

		if (spec->set.nr[nr] == SBX_CALL_DENIED)
			continue;
		name = seccomp_syscall_resolve_num_arch(seccomp_arch_native(), nr);
		rc = add_allowed(ctx, nr, name ? name : "", spec->when | (spec->set.nr[nr] == SBX_CALL_THREADS ? THREADS : 0));
	}
	return rc;
}

/* Room for `count` more instructions, exactly: nothing is emitted behind them one by one. */
static struct sock_filter *extend(struct sbx_pool *pool, struct sbx_filter *filter, size_t count)
{
	struct sock_filter *insns = sbx_pool_alloc(pool, (filter->count + count) * sizeof(*insns));
	struct sock_filter *room = insns + filter->count;

	if (filter->count)
		memcpy(insns, filter->insns, filter->count * sizeof(*insns));
	filter->insns = insns;
	filter->count += count;
	return room;
}

/* The program of `ctx` behind what `filter` has. */
static int append_program(struct sbx_pool *pool, scmp_filter_ctx ctx, struct sbx_filter *filter)
{
	SBX_CLEANUP_FD int fd = memfd_create("filter", MFD_CLOEXEC);
	struct sock_filter *insns;
	struct stat st;
	size_t size;

	if (fd < 0 || seccomp_export_bpf(ctx, fd) < 0 || fstat(fd, &st) < 0)
		return -1;
	size = (size_t)st.st_size;
	insns = extend(pool, filter, size / sizeof(*insns));
	return pread(fd, insns, size, 0) == (ssize_t)size ? 0 : -1;
}

static void emit(struct sbx_pool *pool, struct sbx_filter *filter, struct sock_filter insn)
{
	struct {
		struct sock_filter *items;
		size_t count;
	} list = { filter->insns, filter->count };

	*SBX_APPEND(pool, &list) = insn;
	filter->insns = list.items;
	filter->count = list.count;
}

/* From `low` up to `high`: ENOSYS. The number is in the accumulator. */
static void emit_unknown(struct sbx_pool *pool, struct sbx_filter *filter, uint32_t low, uint32_t high)
{
	emit(pool, filter, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, low, 0, 2));
	emit(pool, filter, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, high, 1, 0));
	emit(pool, filter, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | ENOSYS));
}

/* Foreign arch: kill. x32: kill, but -1 is what tracers write to skip a call. Numbers without a name: ENOSYS. */
static void emit_prefix(struct sbx_pool *pool, struct sbx_filter *filter)
{
	int low = -1;

	emit(pool, filter, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)));
	emit(pool, filter, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, seccomp_arch_native(), 1, 0));
	emit(pool, filter, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
	emit(pool, filter, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)));
	if (seccomp_arch_native() == SCMP_ARCH_X86_64) {
		emit(pool, filter, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 0, 2));
		emit(pool, filter, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, UINT32_MAX, 1, 0));
		emit(pool, filter, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS));
	}
	for (int nr = 0; nr <= SBX_SYSCALL_MAX; nr++) {
		bool known = nr < SBX_SYSCALL_MAX && sbx_syscall_known(nr);

		if (known && low >= 0)
			emit_unknown(pool, filter, (uint32_t)low, (uint32_t)nr - 1);
		if (nr == SBX_SYSCALL_MAX)
			emit_unknown(pool, filter, (uint32_t)(low >= 0 ? low : nr), UINT32_MAX);
		low = known ? -1 : (low >= 0 ? low : nr);
	}
}

static int append_allowlist(struct sbx_pool *pool, const struct sbx_filter_spec *spec, struct sbx_filter *filter)
{
	CLEANUP_CTX scmp_filter_ctx allowlist = start(SCMP_ACT_ERRNO(DENIED_ERRNO));
	const size_t from = filter->count;

	if (spec->denied == SECCOMP_RET_ALLOW) {
		*extend(pool, filter, 1) = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
		return 0;
	}
	if (!allowlist || add_allowlist(allowlist, spec) < 0 || append_program(pool, allowlist, filter) < 0)
		return -1;
	for (size_t i = from; i < filter->count; i++)
		if (filter->insns[i].code == (BPF_RET | BPF_K) && filter->insns[i].k == (SECCOMP_RET_ERRNO | DENIED_ERRNO))
			filter->insns[i].k = spec->denied ? spec->denied : SECCOMP_RET_ERRNO | EPERM;
	return 0;
}

int sbx_filter_compile(struct sbx_pool *pool, const struct sbx_filter_spec *spec, struct sbx_filter *filter,
		       const char **why)
{
	CLEANUP_CTX scmp_filter_ctx denials = start(SCMP_ACT_ALLOW);
	size_t from, to;

	*why = "libseccomp can't build the filter";
	*filter = (struct sbx_filter){ NULL, 0 };
	if (!denials || add_denials(denials, spec) < 0)
		return -1;
	emit_prefix(pool, filter);
	from = filter->count;
	if (append_program(pool, denials, filter) < 0)
		return -1;
	to = filter->count;
	for (size_t i = from; i < to; i++)
		if (filter->insns[i].code == (BPF_RET | BPF_K) && filter->insns[i].k == SECCOMP_RET_ALLOW)
			filter->insns[i] = (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, (uint32_t)(to - i - 1));
	if (append_allowlist(pool, spec, filter) < 0)
		return -1;
	*why = "the filter is longer than the kernel takes; allow or deny fewer calls";
	return filter->count <= SBX_FILTER_MAX ? 0 : -1;
}
