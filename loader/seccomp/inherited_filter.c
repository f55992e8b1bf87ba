/* SPDX-License-Identifier: MIT */
/*
 * inherited_filter.c -- stacked on the floor's filter, so that it holds for all that comes after: the latch, children.
 * Which descriptors there are is known at the start only, so no compiled policy has this.
 *
 * Other architectures and calls are the floor's to judge. seccomp(2); the strictest result counts.
 */
#include "loader/seccomp/inherited_filter.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/falloc.h>
#include <linux/seccomp.h>

#include "loader/seccomp/seccomp_listener.h"
#include "shim/err.h"

/* Newer than our headers, and the same on every architecture. */
#define FCHMODAT2_NR 452
#define SETXATTRAT_NR 463
#define FILE_SETATTR_NR 469
#ifndef RWF_NOAPPEND
#define RWF_NOAPPEND 0x20
#endif
#define F_ADD_SEALS_NR 1033
#define ACCESS_MODE 3u /* a libc's O_ACCMODE has O_PATH in it */

/* What an argument has to be for the call to be denied. Of all but BELOW_SIZE and GIVEN the low 32 bits count. */
enum condition {
	ANYHOW,     /* the end of a rule's conditions */
	EQUALS,     /* the value */
	HAS_ANY,    /* of the value's bits */
	HAS_ALL,    /* of them */
	HAS_NONE,   /* of them */
	GIVEN,      /* not 0, or NULL */
	BELOW_SIZE, /* of what the file holds already */
};

static const struct rule {
	unsigned int kind; /* SBX_INHERITED_* that it is for */
	int nr;
	int errnum; /* of ASKED: none */
	struct {
		enum condition condition;
		uint8_t arg;
		uint32_t value;
	} when[2];
} rules[] = {
	/* What a message brings would be a way to wherever its sender likes. read(2) takes the bytes alone. */
	{ SBX_INHERITED_UNIX, SYS_recvmsg, EPERM, { { 0 } } },
	{ SBX_INHERITED_UNIX, SYS_recvmmsg, EPERM, { { 0 } } },
	/* connect() to AF_UNSPEC ends a connection; the address of these two messages is behind a pointer. */
	{ SBX_INHERITED_ADDRESS, SYS_connect, EPERM, { { 0 } } },
	{ SBX_INHERITED_ADDRESS, SYS_bind, EPERM, { { 0 } } },
	{ SBX_INHERITED_ADDRESS, SYS_listen, EPERM, { { 0 } } },
	{ SBX_INHERITED_ADDRESS, SYS_sendto, EPERM, { { GIVEN, 4, 0 } } },
	{ SBX_INHERITED_ADDRESS, SYS_sendmsg, EPERM, { { 0 } } },
	{ SBX_INHERITED_ADDRESS, SYS_sendmmsg, EPERM, { { 0 } } },
	/* What was appended before stays. */
	{ SBX_INHERITED_FIXED, SYS_fcntl, EPERM, { { EQUALS, 1, F_SETFL }, { HAS_NONE, 2, O_APPEND } } },
	{ SBX_INHERITED_FIXED, SYS_ftruncate, EPERM, { { BELOW_SIZE, 1, 0 } } },
	{ SBX_INHERITED_FIXED, SYS_truncate, EPERM, { { BELOW_SIZE, 1, 0 } } },
	{ SBX_INHERITED_ASKED, SYS_fcntl, 0, { { EQUALS, 1, F_SETFL }, { HAS_NONE, 2, O_APPEND } } },
	{ SBX_INHERITED_ASKED, SYS_ftruncate, 0, { { BELOW_SIZE, 1, 0 } } },
	{ SBX_INHERITED_APPEND, SYS_fallocate, EOPNOTSUPP, { { HAS_ANY, 1, ~(uint32_t)FALLOC_FL_KEEP_SIZE } } },
	{ SBX_INHERITED_APPEND, SYS_pwritev2, EOPNOTSUPP, { { HAS_ANY, 5, RWF_NOAPPEND } } },
	{ SBX_INHERITED_APPEND, SYS_io_submit, ENOSYS, { { 0 } } }, /* has that flag behind a pointer */
	{ SBX_INHERITED_MAPPABLE, SYS_mmap, EACCES, { { HAS_ANY, 3, MAP_SHARED }, { HAS_NONE, 3, MAP_ANONYMOUS } } },
	{ SBX_INHERITED_SEALABLE, SYS_fcntl, EPERM, { { EQUALS, 1, F_ADD_SEALS_NR } } },
	/* Other ways to open it take Landlock's right to write; these none. */
	{ SBX_INHERITED_CUTTABLE, SYS_truncate, EACCES, { { 0 } } },
	{ SBX_INHERITED_CUTTABLE, SYS_openat, EACCES, { { HAS_ANY, 2, O_TRUNC }, { HAS_NONE, 2, ACCESS_MODE } } },
	{ SBX_INHERITED_CUTTABLE, SYS_openat, EACCES, { { HAS_ALL, 2, O_TRUNC | ACCESS_MODE } } },
#ifdef SYS_open
	{ SBX_INHERITED_CUTTABLE, SYS_open, EACCES, { { HAS_ANY, 1, O_TRUNC }, { HAS_NONE, 1, ACCESS_MODE } } },
	{ SBX_INHERITED_CUTTABLE, SYS_open, EACCES, { { HAS_ALL, 1, O_TRUNC | ACCESS_MODE } } },
#endif
	/* A mode is for the whole host, and for good. */
	{ SBX_INHERITED_DEVICE, SYS_fchmod, EPERM, { { 0 } } },
	{ SBX_INHERITED_DEVICE, SYS_fchmodat, EPERM, { { 0 } } },
	{ SBX_INHERITED_DEVICE, FCHMODAT2_NR, EPERM, { { 0 } } },
	{ SBX_INHERITED_DEVICE, SYS_fchown, EPERM, { { 0 } } },
	{ SBX_INHERITED_DEVICE, SYS_fchownat, EPERM, { { 0 } } },
	{ SBX_INHERITED_DEVICE, SYS_setxattr, EPERM, { { 0 } } },
	{ SBX_INHERITED_DEVICE, SYS_lsetxattr, EPERM, { { 0 } } },
	{ SBX_INHERITED_DEVICE, SYS_fsetxattr, EPERM, { { 0 } } },
	{ SBX_INHERITED_DEVICE, SETXATTRAT_NR, EPERM, { { 0 } } },
	{ SBX_INHERITED_DEVICE, FILE_SETATTR_NR, EPERM, { { 0 } } },
#ifdef SYS_chmod
	{ SBX_INHERITED_DEVICE, SYS_chmod, EPERM, { { 0 } } },
	{ SBX_INHERITED_DEVICE, SYS_chown, EPERM, { { 0 } } },
	{ SBX_INHERITED_DEVICE, SYS_lchown, EPERM, { { 0 } } },
#endif
};
#define RULES (sizeof(rules) / sizeof(rules[0]))

struct writer {
	struct sock_filter *insns;
	size_t count;
};

static void put(struct writer *writer, struct sock_filter insn)
{
	writer->insns[writer->count++] = insn;
}

static void load(struct writer *writer, size_t offset)
{
	put(writer, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset));
}

/* A jump that is taken, or not, to what is `skip`ped to when the rule doesn't hold: filled in by end_rule(). */
#define OUT 0xff

static void test(struct writer *writer, uint16_t op, uint32_t value, uint8_t yes, uint8_t no)
{
	put(writer, (struct sock_filter)BPF_JUMP((uint16_t)(BPF_JMP | op | BPF_K), value, yes, no));
}

static void put_condition(struct writer *writer, enum condition condition, uint8_t arg, uint32_t value, uint64_t size)
{
	const size_t low = offsetof(struct seccomp_data, args) + arg * sizeof(uint64_t);

	switch (condition) {
	case ANYHOW:
		return;
	case EQUALS:
		load(writer, low);
		test(writer, BPF_JEQ, value, 0, OUT);
		return;
	case HAS_ANY:
		load(writer, low);
		test(writer, BPF_JSET, value, 0, OUT);
		return;
	case HAS_ALL:
		load(writer, low);
		put(writer, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, value));
		test(writer, BPF_JEQ, value, 0, OUT);
		return;
	case HAS_NONE:
		load(writer, low);
		test(writer, BPF_JSET, value, OUT, 0);
		return;
	case GIVEN:
		load(writer, low);
		test(writer, BPF_JEQ, 0, 0, 2);
		load(writer, low + sizeof(uint32_t));
		test(writer, BPF_JEQ, 0, OUT, 0);
		return;
	case BELOW_SIZE:
		load(writer, low + sizeof(uint32_t));
		test(writer, BPF_JGT, (uint32_t)(size >> 32), OUT, 0);
		test(writer, BPF_JEQ, (uint32_t)(size >> 32), 0, 2);
		load(writer, low);
		test(writer, BPF_JGE, (uint32_t)size, OUT, 0);
		return;
	}
}

/* Where a test of the rule leads OUT, it leads behind its last instruction. */
static void end_rule(const struct writer *writer, size_t from)
{
	for (size_t i = from; i < writer->count; i++) {
		struct sock_filter *insn = &writer->insns[i];
		const uint8_t left = (uint8_t)(writer->count - 1 - i);

		if (BPF_CLASS(insn->code) != BPF_JMP)
			continue;
		insn->jt = insn->jt == OUT ? left : insn->jt;
		insn->jf = insn->jf == OUT ? left : insn->jf;
	}
}

static void put_rule(struct writer *writer, const struct rule *rule, uint64_t size)
{
	const size_t from = writer->count;

	load(writer, offsetof(struct seccomp_data, nr));
	test(writer, BPF_JEQ, (uint32_t)rule->nr, 0, OUT);
	for (size_t i = 0; i < sizeof(rule->when) / sizeof(rule->when[0]); i++)
		put_condition(writer, rule->when[i].condition, rule->when[i].arg, rule->when[i].value, size);
	put(writer,
	    (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, rule->errnum ? SECCOMP_RET_ERRNO | (uint32_t)rule->errnum :
									 SECCOMP_RET_USER_NOTIF));
	end_rule(writer, from);
}

size_t sbx_inherited_filter(const struct sbx_inherited *inherited, unsigned int kinds, uint32_t arch,
			    struct sock_filter insns[SBX_INHERITED_FILTER_MAX])
{
	struct writer writer = { insns, 0 };

	if (!(inherited->kinds & kinds))
		return 0;
	load(&writer, offsetof(struct seccomp_data, arch));
	test(&writer, BPF_JEQ, arch, 1, 0);
	put(&writer, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
	for (size_t i = 0; i < RULES; i++)
		if (rules[i].kind & inherited->kinds & kinds)
			put_rule(&writer, &rules[i], inherited->appended);
	put(&writer, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
	return writer.count;
}

int sbx_inherited_filter_apply(const struct sbx_inherited *inherited, uint32_t arch, struct sbx_err *err)
{
	struct sock_filter insns[SBX_INHERITED_FILTER_MAX];
	const struct sock_fprog prog = {
		(unsigned short)sbx_inherited_filter(inherited, ~(unsigned int)SBX_INHERITED_ASKED, arch, insns), insns
	};

	if (prog.len && syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog) < 0)
		return sbx_err_set(err, SBX_STEP_SECCOMP, errno,
				   "the filter for the descriptors that were handed over");
	return 0;
}

int sbx_inherited_filter_ask(const struct sbx_inherited *inherited, uint32_t arch, int channel, struct sbx_err *err)
{
	struct sock_filter insns[SBX_INHERITED_FILTER_MAX];
	const struct sock_fprog prog = {
		(unsigned short)sbx_inherited_filter(inherited, SBX_INHERITED_ASKED, arch, insns), insns
	};

	return prog.len ? sbx_listener_install(&prog, channel, err) : 0;
}
