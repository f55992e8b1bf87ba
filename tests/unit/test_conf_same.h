/* SPDX-License-Identifier: MIT */
/*
 * test_conf_same.h -- do two programs say the same? Asked with the values that their own tests tell apart, in every
 * combination.
 */
#ifndef SBX_TEST_CONF_SAME_H
#define SBX_TEST_CONF_SAME_H

#include "tests/unit/test_conf_bpf.h"

#define WORDS 16
#define VALUES 512
#define COMBINATIONS 40000u

struct rng {
	uint64_t state;
};

static inline uint32_t rng_next(struct rng *rng)
{
	rng->state ^= rng->state << 13;
	rng->state ^= rng->state >> 7;
	rng->state ^= rng->state << 17;
	return (uint32_t)(rng->state >> 32);
}

/* What struct seccomp_data is read as: nr, arch, and the two halves of the address and each argument. */
union data {
	struct seccomp_data data;
	uint32_t words[WORDS];
};

struct values {
	uint32_t items[VALUES];
	size_t count;
};

static inline bool values_add(struct values *values, uint32_t value)
{
	for (size_t i = 0; i < values->count; i++)
		if (values->items[i] == value)
			return false;
	if (values->count == VALUES)
		return false;
	values->items[values->count++] = value;
	return true;
}

/* What lies on both sides of a test of (word & mask) by k, and each bit by itself. */
static inline bool values_around(struct values *values, const struct sock_filter *insn, uint32_t mask)
{
	const uint32_t k = insn->k, bits = BPF_OP(insn->code) == BPF_JSET ? k & mask : mask;
	bool grown = false;

	for (uint32_t value = k - 1; value != k + 2; value++)
		grown |= values_add(values, value);
	if (bits == UINT32_MAX)
		return grown;
	grown |= values_add(values, bits) | values_add(values, ~bits) | values_add(values, k | ~bits);
	for (uint32_t bit = 1; bit && __builtin_popcount(bits) <= 8; bit <<= 1)
		grown |= (bits & bit) && values_add(values, bit);
	return grown;
}

/* Of one instruction: which word and mask it tested last, and bits 0 and 1 for the answers that were seen. */
struct seen {
	uint32_t word, mask;
	uint8_t sides;
};

/*
 * As run_one(). With `values`, one per word, and `seen`, one per instruction, notes what the tests on the way tell
 * apart, but for number and architecture; *grown says that some of that is new.
 */
static inline uint32_t trace(struct program program, const union data *data, struct values *values, struct seen *seen,
			     bool *grown)
{
	uint32_t acc = 0, word = 0, mask = 0;

	for (size_t pc = 0; pc < program.count; pc++) {
		const struct sock_filter *insn = &program.insns[pc];

		if (insn->code == (BPF_LD | BPF_W | BPF_ABS)) {
			word = insn->k / 4;
			mask = UINT32_MAX;
			acc = data->words[word];
		} else if (insn->code == (BPF_ALU | BPF_AND | BPF_K)) {
			mask &= insn->k;
			acc &= insn->k;
		} else if (insn->code == (BPF_RET | BPF_K)) {
			return insn->k;
		} else if (insn->code == (BPF_JMP | BPF_JA)) {
			pc += insn->k;
		} else {
			const bool yes = jump_taken(insn, acc);

			if (values && mask && word > 1 && (seen[pc].word != word || seen[pc].mask != mask)) {
				*grown |= values_around(&values[word], insn, mask);
				seen[pc].word = word;
				seen[pc].mask = mask;
			}
			if (values)
				seen[pc].sides |= yes ? 2 : 1;
			pc += yes ? insn->jt : insn->jf;
		}
	}
	fail_msg("ran off the end");
	return 0;
}

static inline void same_data(struct program a, struct program b, const union data *data)
{
	const uint32_t one = trace(a, data, NULL, NULL, NULL), other = trace(b, data, NULL, NULL, NULL);

	if (one != other)
		fail_msg("nr %#x arch %#x: %#x and %#x", data->words[0], data->words[1], one, other);
}

/* The next combination of values, the first word's changing first; false behind the last. */
static inline bool next_combination(const struct values values[WORDS], size_t at[WORDS])
{
	for (size_t i = 0; i < WORDS; i++) {
		if (++at[i] < values[i].count)
			return true;
		at[i] = 0;
	}
	return false;
}

/* Two programs that are compared, with room for what was seen of each. */
struct twins {
	struct program program[2];
	struct seen *seen[2];
	struct rng rng;
};

/* Every combination, or many of them; false when one has led to a test with values that weren't there. */
static inline bool same_combinations(struct twins *twins, struct values values[WORDS])
{
	size_t at[WORDS] = { 0 };
	bool grown = false, more = true;
	uint64_t all = 1;

	for (size_t i = 0; i < WORDS && all <= COMBINATIONS; i++)
		all *= values[i].count;
	for (size_t n = 0; more && n < COMBINATIONS && !grown; n++) {
		union data data;
		uint32_t result[2];

		for (size_t i = 0; i < WORDS; i++)
			data.words[i] =
				values[i].items[all <= COMBINATIONS ? at[i] : rng_next(&twins->rng) % values[i].count];
		for (size_t i = 0; i < 2; i++)
			result[i] = trace(twins->program[i], &data, values, twins->seen[i], &grown);
		if (result[0] != result[1])
			fail_msg("nr %#x arch %#x: %#x and %#x", data.words[0], data.words[1], result[0], result[1]);
		more = next_combination(values, at);
	}
	return !grown;
}

/* One number of one architecture, with all arguments. */
static inline void same_number(struct twins *twins, uint32_t nr, uint32_t arch)
{
	struct values values[WORDS];

	for (size_t i = 0; i < WORDS; i++)
		values[i] = (struct values){ { rng_next(&twins->rng) }, 1 };
	for (size_t i = 0; i < 2; i++)
		for (size_t pc = 0; pc < twins->program[i].count; pc++)
			twins->seen[i][pc].mask = 0;
	do {
		values[0] = (struct values){ { nr }, 1 };
		values[1] = (struct values){ { arch }, 1 };
	} while (!same_combinations(twins, values));
}

/* As the kernel finds out what it needn't run the filter for: seccomp_is_const_allow() in kernel/seccomp.c. */
static inline bool always_allowed(struct program program, uint32_t nr)
{
	uint32_t acc = 0;

	for (size_t pc = 0; pc < program.count; pc++) {
		const struct sock_filter *insn = &program.insns[pc];

		if (insn->code == (BPF_LD | BPF_W | BPF_ABS)) {
			if (insn->k > 4)
				return false;
			acc = insn->k ? NATIVE : nr;
		} else if (insn->code == (BPF_ALU | BPF_AND | BPF_K)) {
			acc &= insn->k;
		} else if (insn->code == (BPF_RET | BPF_K)) {
			return insn->k == ALLOW;
		} else {
			pc += insn->code == (BPF_JMP | BPF_JA) ? insn->k : jump_taken(insn, acc) ? insn->jt : insn->jf;
		}
	}
	return false;
}

/* What the kernel wants of a program: every jump leads to an instruction, the last one returns. */
static inline void well_formed(struct program program)
{
	assert_true(program.count > 0 && program.insns[program.count - 1].code == (BPF_RET | BPF_K));
	for (size_t i = 0; i < program.count; i++) {
		const struct sock_filter *insn = &program.insns[i];

		if (insn->code == (BPF_JMP | BPF_JA))
			assert_true(insn->k < program.count - i - 1);
		else if (BPF_CLASS(insn->code) == BPF_JMP)
			assert_true(insn->jt < program.count - i - 1 && insn->jf < program.count - i - 1);
	}
}

#endif
