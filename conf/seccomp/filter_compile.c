/* SPDX-License-Identifier: MIT */
/*
 * filter_compile.c -- filters out of four parts: our own tree (arch, x32, and all that the number alone decides),
 * libseccomp's program of denials that need an errno of their own, our own tree of ioctl(2)'s requests, and
 * libseccomp's allowlist of what else depends on arguments. seccomp(2), seccomp_rule_add(3).
 *
 * libseccomp has one default action for a filter, hence the parts; bpf_shrink.c makes one of them.
 */
#include "conf/seccomp/filter_compile.h"

#include <errno.h>
#include <seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include <linux/seccomp.h>

#include "conf/seccomp/arg_rules.h"
#include "conf/base/cleanup.h"
#include "conf/bpf/bpf_shrink.h"
#include "conf/seccomp/bpf_tree.h"
#include "conf/seccomp/ioctl_filter.h"
#include "shim/blob.h"

#define X32_BIT 0x40000000u

/* The calls of both tables as numbers, looked up once. */
static const struct rule_numbers {
	int arg[SBX_RULES_MAX], deny[SBX_RULES_MAX];
} * rule_numbers(void)
{
	static struct rule_numbers numbers;
	static bool known;

	if (known)
		return &numbers;
	for (size_t i = 0; i < sbx_arg_rules_count; i++)
		numbers.arg[i] = sbx_syscall_number(sbx_arg_rules[i].name);
	for (size_t i = 0; i < sbx_deny_rules_count; i++)
		numbers.deny[i] = sbx_syscall_number(sbx_deny_rules[i].name);
	known = true;
	return &numbers;
}

static void release_ctx(scmp_filter_ctx *ctx)
{
	if (*ctx)
		seccomp_release(*ctx);
}
#define CLEANUP_CTX __attribute__((cleanup(release_ctx)))

static scmp_filter_ctx start_ctx(uint32_t action)
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

	for (size_t i = 0; i < sbx_deny_rules_count && !rc; i++) {
		const struct sbx_deny_rule *rule = &sbx_deny_rules[i];
		const int nr = rule_numbers()->deny[i];

		if (nr >= 0 && !(rule->when & ~spec->when))
			rc = seccomp_rule_add_array(ctx, SCMP_ACT_ERRNO((uint32_t)rule->errnum), nr, rule->count,
						    rule->cmp);
	}
	return rc;
}

/* Does a rule for this case apply, not just the one for all cases? */
static bool has_stricter_rule(int nr, unsigned int when)
{
	for (size_t i = 0; i < sbx_arg_rules_count; i++)
		if (sbx_arg_rules[i].when != ALWAYS && !(sbx_arg_rules[i].when & ~when) && rule_numbers()->arg[i] == nr)
			return true;
	return false;
}

static bool has_denial(int nr, unsigned int when)
{
	for (size_t i = 0; i < sbx_deny_rules_count; i++)
		if (!(sbx_deny_rules[i].when & ~when) && rule_numbers()->deny[i] == nr)
			return true;
	return false;
}

/* Every rule of an allowed call that may apply makes it one that depends on its arguments. */
static bool has_rule(int nr)
{
	for (size_t i = 0; i < sbx_arg_rules_count; i++)
		if (rule_numbers()->arg[i] == nr)
			return true;
	return false;
}

static scmp_datum_t value_of(const struct sbx_filter_spec *spec, scmp_datum_t value)
{
	return value == SBX_ARG_UID ? spec->uid : value == SBX_ARG_GID ? spec->gid : value;
}

/* All rules of one allowed call; none apply: it is allowed as such, unless it may never be. */
static int add_allowed(scmp_filter_ctx ctx, int nr, const struct sbx_filter_spec *spec)
{
	const unsigned int when = spec->when | (spec->set.nr[nr] == SBX_CALL_THREADS ? THREADS : 0);
	bool unconditional = true;
	int rc = 0;

	for (size_t i = 0; i < sbx_arg_rules_count && !rc; i++) {
		const struct sbx_arg_rule *rule = &sbx_arg_rules[i];
		struct scmp_arg_cmp cmp[3];

		if (rule_numbers()->arg[i] != nr)
			continue;
		if (rule->when & ONLY)
			unconditional = false;
		if (rule->when & ~(unsigned int)ONLY & ~when)
			continue;
		if (rule->when == ALWAYS && has_stricter_rule(nr, when))
			continue; /* it stands for this one */
		unconditional = false;
		for (unsigned int j = 0; j < rule->count; j++)
			cmp[j] = (struct scmp_arg_cmp){ rule->cmp[j].arg, SCMP_CMP_MASKED_EQ, rule->cmp[j].mask,
							value_of(spec, rule->cmp[j].value) };
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
		if (spec->set.nr[nr] == SBX_CALL_DENIED || !(has_rule(nr) || has_denial(nr, spec->when)))
			continue; /* the tree has decided */
		rc = add_allowed(ctx, nr, spec);
	}
	return rc;
}

/* Every jump leads to an instruction, and the last one returns: seccomp_export_bpf(3) doesn't see that write(2) was
 * cut, by a limit for example. */
static bool is_whole(const struct sock_filter *insns, size_t count)
{
	bool whole = count && BPF_CLASS(insns[count - 1].code) == BPF_RET;

	for (size_t i = 0; whole && i < count; i++) {
		const size_t left = count - 1 - i;

		if (insns[i].code == (BPF_JMP | BPF_JA))
			whole = insns[i].k < left;
		else if (BPF_CLASS(insns[i].code) == BPF_JMP)
			whole = insns[i].jt < left && insns[i].jf < left;
	}
	return whole;
}

/* The program of `ctx` behind what `filter` has. */
static int append_program(struct sbx_pool *pool, scmp_filter_ctx ctx, struct sbx_filter *filter)
{
	SBX_CLEANUP_FD int fd = memfd_create("filter", MFD_CLOEXEC);
	struct sock_filter *insns;
	struct stat st;
	size_t count;

	if (fd < 0 || seccomp_export_bpf(ctx, fd) < 0 || fstat(fd, &st) < 0)
		return -1;
	count = (size_t)st.st_size / sizeof(*insns);
	insns = sbx_bpf_extend(pool, filter, count);
	if (pread(fd, insns, count * sizeof(*insns), 0) != (ssize_t)(count * sizeof(*insns)))
		return -1;
	if (!is_whole(insns, count)) {
		errno = EFBIG;
		return -1;
	}
	return 0;
}

/* Foreign arch: kill. x32: kill, but -1 is what tracers write to skip a call. The number is in the accumulator then. */
static void append_arch(struct sbx_pool *pool, struct sbx_filter *filter)
{
	const struct sock_filter arch[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, seccomp_arch_native(), 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	};
	const struct sock_filter x32[] = {
		BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, X32_BIT, 0, 2),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, UINT32_MAX, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
	};

	sbx_bpf_append(pool, filter, arch, sizeof(arch) / sizeof(arch[0]));
	if (seccomp_arch_native() == SCMP_ARCH_X86_64)
		sbx_bpf_append(pool, filter, x32, sizeof(x32) / sizeof(x32[0]));
}

static uint32_t denied_result(const struct sbx_filter_spec *spec)
{
	return spec->denied ? spec->denied : SECCOMP_RET_ERRNO | EPERM;
}

/* What the number alone decides. */
static uint32_t result_by_number(const struct sbx_filter_spec *spec, int nr)
{
	const bool allowed = spec->set.nr[nr] != SBX_CALL_DENIED;

	if (!sbx_syscall_known(nr))
		return SECCOMP_RET_ERRNO | ENOSYS;
	if (has_denial(nr, spec->when) || (allowed && spec->denied != SECCOMP_RET_ALLOW && has_rule(nr)))
		return SBX_BPF_TREE_GOES_ON;
	return allowed ? SECCOMP_RET_ALLOW : denied_result(spec);
}

static void append_tree(struct sbx_pool *pool, const struct sbx_filter_spec *spec, struct sbx_filter *filter)
{
	uint32_t result[SBX_SYSCALL_MAX];
	struct sbx_filter tree;

	for (int nr = 0; nr < SBX_SYSCALL_MAX; nr++)
		result[nr] = result_by_number(spec, nr);
	tree = sbx_bpf_tree(pool, result, SECCOMP_RET_ERRNO | ENOSYS);
	sbx_bpf_append(pool, filter, tree.insns, tree.count);
}

static int append_allowlist(struct sbx_pool *pool, const struct sbx_filter_spec *spec, struct sbx_filter *filter)
{
	CLEANUP_CTX scmp_filter_ctx allowlist = start_ctx(SCMP_ACT_ERRNO(DENIED_ERRNO));
	const size_t from = filter->count;

	if (spec->denied == SECCOMP_RET_ALLOW) {
		*sbx_bpf_extend(pool, filter, 1) = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
		return 0;
	}
	if (!allowlist || add_allowlist(allowlist, spec) < 0 || append_program(pool, allowlist, filter) < 0)
		return -1;
	for (size_t i = from; i < filter->count; i++)
		if (filter->insns[i].code == (BPF_RET | BPF_K) &&
		    filter->insns[i].k == (SECCOMP_RET_ERRNO | DENIED_ERRNO))
			filter->insns[i].k = denied_result(spec);
	return 0;
}

int sbx_filter_compile(struct sbx_pool *pool, const struct sbx_filter_spec *spec, struct sbx_filter *filter,
		       const char **why)
{
	CLEANUP_CTX scmp_filter_ctx denials = start_ctx(SCMP_ACT_ALLOW);
	size_t from, to;

	*why = "libseccomp can't build the filter";
	*filter = (struct sbx_filter){ NULL, 0 };
	if (!denials || add_denials(denials, spec) < 0)
		return -1;
	append_arch(pool, filter);
	append_tree(pool, spec, filter);
	from = filter->count;
	if (append_program(pool, denials, filter) < 0)
		return -1;
	to = filter->count;
	for (size_t i = from; i < to; i++)
		if (filter->insns[i].code == (BPF_RET | BPF_K) && filter->insns[i].k == SECCOMP_RET_ALLOW)
			filter->insns[i] = (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, (uint32_t)(to - i - 1));
	sbx_ioctl_filter_append(pool, spec, filter);
	if (append_allowlist(pool, spec, filter) < 0)
		return -1;
	sbx_bpf_shrink(pool, filter);
	*why = "the filter is longer than the kernel takes; allow or deny fewer calls";
	return filter->count <= SBX_FILTER_MAX ? 0 : -1;
}

/* A rule on the call's arguments that one of the two cases has and the other hasn't; NULL: they are treated alike. */
static const struct sbx_arg_rule *differing_rule(int nr, unsigned int one, unsigned int other)
{
	for (size_t i = 0; i < sbx_arg_rules_count; i++)
		if ((sbx_arg_rules[i].when & (one ^ other)) && rule_numbers()->arg[i] == nr)
			return &sbx_arg_rules[i];
	return NULL;
}

/* Only `the bit is not set` can be turned round here. */
static int deny_bit(scmp_filter_ctx ctx, int nr, const struct sbx_arg_rule *rule)
{
	const scmp_datum_t mask = rule->cmp[0].mask;
	const struct scmp_arg_cmp cmp = { rule->cmp[0].arg, SCMP_CMP_MASKED_EQ, mask, mask };

	if (rule->count != 1 || rule->cmp[0].value || (mask & (mask - 1)))
		return 1;
	return seccomp_rule_add_array(ctx, SCMP_ACT_ERRNO(EPERM), nr, 1, &cmp);
}

static int add_difference(scmp_filter_ctx ctx, int nr, const struct sbx_filter_spec *spec,
			  const struct sbx_filter_spec *floor, size_t *count)
{
	const enum sbx_call call = (enum sbx_call)spec->set.nr[nr], below = (enum sbx_call)floor->set.nr[nr];
	const struct sbx_arg_rule *rule = differing_rule(nr, spec->when, floor->when);

	*count += (call == SBX_CALL_DENIED && below != SBX_CALL_DENIED) || rule;
	if (call == SBX_CALL_DENIED)
		return below == SBX_CALL_DENIED ? 0 : seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), nr, 0);
	if (call != below)
		return 1;
	return rule ? deny_bit(ctx, nr, rule) : 0;
}

int sbx_filter_compile_above(struct sbx_pool *pool, const struct sbx_filter_spec *spec,
			     const struct sbx_filter_spec *floor, bool empty, struct sbx_filter *filter,
			     const char **why)
{
	CLEANUP_CTX scmp_filter_ctx ctx = start_ctx(SCMP_ACT_ALLOW);
	int rc = ctx ? 0 : -1;
	size_t count = 0;

	*why = "libseccomp can't build the filter";
	*filter = (struct sbx_filter){ NULL, 0 };
	for (size_t i = 0; i < sbx_deny_rules_count; i++)
		if (sbx_deny_rules[i].when & (spec->when ^ floor->when))
			return 1;
	if (spec->denied || floor->denied)
		return 1;
	for (int nr = 0; nr < SBX_SYSCALL_MAX && !rc; nr++)
		rc = add_difference(ctx, nr, spec, floor, &count);
	if (rc || (!count && !empty))
		return rc;
	if (append_program(pool, ctx, filter) < 0)
		return -1;
	sbx_bpf_shrink(pool, filter);
	return 0;
}
