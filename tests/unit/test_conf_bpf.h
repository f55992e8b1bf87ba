/* SPDX-License-Identifier: MIT */
/*
 * test_conf_bpf.h -- an interpreter of classic BPF as seccomp(2) runs it, and the filters of a compiled policy.
 */
#ifndef SBX_TEST_CONF_BPF_H
#define SBX_TEST_CONF_BPF_H

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>

#include "tests/unit/test_conf.h"

#define ALLOW SECCOMP_RET_ALLOW
#define KILL SECCOMP_RET_KILL_PROCESS
#define ERR(e) (SECCOMP_RET_ERRNO | (e))

#if defined(__x86_64__)
#define NATIVE AUDIT_ARCH_X86_64
#define FOREIGN AUDIT_ARCH_I386
#elif defined(__aarch64__)
#define NATIVE AUDIT_ARCH_AARCH64
#define FOREIGN AUDIT_ARCH_ARM
#endif

struct program {
	const struct sock_filter *insns;
	size_t count;
	const struct program *below; /* what is in force already, or NULL */
};

static inline int jump_taken(const struct sock_filter *insn, uint32_t acc)
{
	switch (BPF_OP(insn->code)) {
	case BPF_JEQ:
		return acc == insn->k;
	case BPF_JGT:
		return acc > insn->k;
	case BPF_JGE:
		return acc >= insn->k;
	case BPF_JSET:
		return (acc & insn->k) != 0;
	default:
		fail_msg("jump %x", insn->code);
		return 0;
	}
}

static inline uint32_t run_one(struct program program, const struct seccomp_data *data)
{
	uint32_t acc = 0;
	size_t pc = 0;

	if (!program.count) /* none is installed */
		return SECCOMP_RET_ALLOW;
	while (pc < program.count) {
		const struct sock_filter *insn = &program.insns[pc++];

		switch (insn->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			assert_true(insn->k % 4 == 0 && insn->k < sizeof(*data));
			memcpy(&acc, (const char *)data + insn->k, sizeof(acc));
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			acc &= insn->k;
			break;
		case BPF_RET | BPF_K:
			return insn->k;
		case BPF_JMP | BPF_JA:
			pc += insn->k;
			break;
		default:
			assert_int_equal(BPF_CLASS(insn->code), BPF_JMP);
			pc += jump_taken(insn, acc) ? insn->jt : insn->jf;
		}
	}
	fail_msg("ran off the end");
	return 0;
}

/* As the kernel decides: the newest filter first, and the stricter action; seccomp(2). */
static inline uint32_t run(struct program program, const struct seccomp_data *data)
{
	uint32_t action = run_one(program, data);

	if (program.below) {
		uint32_t other = run(*program.below, data);

		if ((int32_t)(other & SECCOMP_RET_ACTION_FULL) < (int32_t)(action & SECCOMP_RET_ACTION_FULL))
			action = other;
	}
	return action;
}

static inline uint32_t call(struct program program, int nr, uint64_t a, uint64_t b, uint64_t c, uint64_t d)
{
	struct seccomp_data data = { .nr = nr, .arch = NATIVE, .args = { a, b, c, d, 0, 0 } };

	return run(program, &data);
}

struct filters {
	struct compiled *compiled;
	struct program floor, latch, reaper;
};

static inline struct program program_of(const void *blob, struct sbx_span span)
{
	const struct sbx_layer *layer = sbx_at(blob, span);

	return (struct program){ sbx_at(layer, layer->filter), layer->filter.len / sizeof(struct sock_filter), NULL };
}

static inline struct filters filters_of(const char *profile, unsigned int abi, const char *const *set)
{
	struct filters f = { .compiled = compile(profile, abi, set) };
	const struct sbx_policy_blob *blob = f.compiled->blob;

	if (f.compiled->rc < 0)
		fail_msg("%s", f.compiled->errs.items[0].text);
	f.floor = program_of(blob, blob->floor);
	if (blob->latch.len) {
		struct program *floor = sbx_pool_alloc(&f.compiled->pool, sizeof(*floor));

		*floor = f.floor;
		f.latch = program_of(blob, blob->latch);
		f.latch.below = floor;
	}
	f.reaper = (struct program){ sbx_at(blob, blob->reaper), blob->reaper.len / sizeof(struct sock_filter), NULL };
	return f;
}

#endif
