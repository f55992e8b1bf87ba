/* SPDX-License-Identifier: MIT */
/*
 * test_conf_shrink_any.c -- programs at random before and after they are made shorter, and those that are left alone.
 */
#include "conf/bpf/bpf_shrink.h"
#include "tests/unit/test_conf_same.h"

#define LD_WORD(word) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 4 * (word))
#define RESULT(k) BPF_STMT(BPF_RET | BPF_K, (k))

struct any {
	struct sock_filter *insns;
	size_t count;
	struct rng rng;
	uint32_t first, words; /* which are looked at */
	uint32_t numbers, results;
};

static uint32_t pick(struct any *any, uint32_t below)
{
	return rng_next(&any->rng) % below;
}

/* Few different ones, or no two tests would have to do with each other; and the ends. */
static uint32_t some_number(struct any *any)
{
	static const uint32_t ends[] = { 0, 1, 0x7fffffff, 0x80000000, 0xfffffffe, UINT32_MAX };

	return pick(any, 8) ? pick(any, any->numbers) : ends[pick(any, 6)];
}

static uint32_t some_word(struct any *any)
{
	return pick(any, 3) ? any->first + pick(any, any->words) : any->first; /* the number more often */
}

static uint32_t some_result(struct any *any)
{
	return pick(any, 2) ? ALLOW : ERR(pick(any, any->results));
}

static void put(struct any *any, struct sock_filter insn)
{
	any->insns[any->count++] = insn;
}

static uint16_t some_test(struct any *any)
{
	static const uint16_t ops[] = { BPF_JEQ, BPF_JEQ, BPF_JGE, BPF_JGT, BPF_JSET };

	return BPF_JMP | BPF_K | ops[pick(any, 5)];
}

/* Any instructions, with jumps that are mostly short. */
static void make_soup(struct any *any, size_t count)
{
	while (any->count < count - 1) {
		const size_t behind = count - any->count - 1;
		const uint32_t far = pick(any, 10) ? 8 : 256, what = pick(any, 100);

		if (what < 30)
			put(any, (struct sock_filter)LD_WORD(some_word(any)));
		else if (what < 36)
			put(any, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, some_number(any)));
		else if (what < 40)
			put(any, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, pick(any, far) % (uint32_t)behind));
		else if (what < 46)
			put(any, (struct sock_filter)RESULT(some_result(any)));
		else
			put(any, (struct sock_filter)BPF_JUMP(some_test(any), some_number(any),
							      (uint8_t)(pick(any, far) % behind),
							      (uint8_t)(pick(any, far) % behind)));
	}
	put(any, (struct sock_filter)RESULT(some_result(any)));
}

static void put_jump(struct any *any, uint32_t over)
{
	put(any, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, over));
}

/* A tree whose leaves say different things, or lead to what is behind it, with a jump over each left half. */
static void make_tree(struct any *any, size_t leaves, bool is_last)
{
	size_t over;

	if (leaves == 1 && !is_last && pick(any, 2)) {
		put_jump(any, UINT32_MAX);
	} else if (leaves == 1) {
		put(any, (struct sock_filter)RESULT(some_result(any)));
	} else {
		put(any, (struct sock_filter)LD_WORD(some_word(any)));
		if (!pick(any, 6))
			put(any, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, some_number(any)));
		put(any, (struct sock_filter)BPF_JUMP(some_test(any), some_number(any), 1, 0));
		over = any->count;
		put_jump(any, 0);
		make_tree(any, leaves / 2, is_last);
		any->insns[over].k = (uint32_t)(any->count - over - 1);
		make_tree(any, leaves - leaves / 2, is_last);
	}
}

/* A tree over the first words, and three over others, to which the first one's leaves lead. */
static void make_trees(struct any *any, size_t leaves)
{
	size_t starts[3], end;

	make_tree(any, leaves, false);
	end = any->count;
	any->first = 8;
	for (size_t i = 0; i < 3; i++) {
		starts[i] = any->count;
		make_tree(any, 2 + leaves / 8, true);
	}
	for (size_t i = 0; i < end; i++)
		if (any->insns[i].code == (BPF_JMP | BPF_JA) && any->insns[i].k == UINT32_MAX)
			any->insns[i].k = (uint32_t)(starts[pick(any, 3)] - i - 1);
}

/* The two programs give the same for what their numbers tell apart. */
static void same(struct any *any, struct program before, struct program after, size_t rounds)
{
	for (size_t i = 0; i < rounds; i++) {
		union data data;

		for (size_t j = 0; j < WORDS; j++)
			data.words[j] =
				(pick(any, 2) ? some_number(any) : before.insns[pick(any, (uint32_t)before.count)].k) +
				(pick(any, 4) ? 0 : pick(any, 3) - 1);
		same_data(before, after, &data);
	}
	for (uint32_t nr = 0; nr <= any->numbers && nr < 100; nr++)
		if (always_allowed(before, nr))
			assert_true(always_allowed(after, nr));
}

/* The length that came of it. */
static struct program shrink(struct any *any, struct sbx_pool *pool, size_t rounds)
{
	struct sbx_filter filter = { any->insns, any->count };
	struct program before = { any->insns, any->count, NULL }, after;
	struct sock_filter *was = sbx_pool_alloc(pool, any->count * sizeof(*was));

	memcpy(was, any->insns, any->count * sizeof(*was));
	sbx_bpf_shrink(pool, &filter);
	after = (struct program){ filter.insns, filter.count, NULL };
	assert_memory_equal(was, any->insns, any->count * sizeof(*was));
	assert_true(after.count < before.count || after.insns == before.insns);
	well_formed(after);
	same(any, before, after, rounds);
	sbx_bpf_shrink(pool, &filter);
	assert_true(filter.count <= after.count);
	same(any, before, (struct program){ filter.insns, filter.count, NULL }, rounds / 4);
	return after;
}

static void soups(void **state)
{
	struct rng rng = { 3 };
	size_t shorter = 0, long_ones = 0;

	(void)state;
	for (size_t i = 0; i < 6000; i++) {
		struct sock_filter insns[700];
		struct sbx_pool pool = { NULL };
		struct any any = { insns, 0, rng, 0, 1 + (uint32_t)i % 5, 2u << i % 5, 1 + (uint32_t)i % 7 };

		make_soup(&any, 2 + rng_next(&rng) % (i % 10 ? 80 : 698));
		any.rng.state = rng.state;
		shorter += shrink(&any, &pool, 300).count < any.count;
		long_ones += any.count > 300;
		sbx_pool_free(&pool);
	}
	assert_true(shorter > 4000 && long_ones > 200);
}

static void trees_with_jumps_that_are_too_far(void **state)
{
	struct rng rng = { 4 };
	size_t shorter = 0, jumps = 0;

	(void)state;
	for (size_t i = 0; i < 300; i++) {
		struct sock_filter insns[6000];
		struct sbx_pool pool = { NULL };
		struct any any = { insns, 0, rng, 0, 8, 16u << i % 5 * 4, 1 + 300 * ((uint32_t)i % 2) };
		struct program after;

		rng_next(&rng);
		make_trees(&any, 100 + rng_next(&rng) % 700);
		after = shrink(&any, &pool, 2000);
		shorter += after.count < any.count && after.count > 300;
		for (size_t pc = 0; pc < after.count && after.count < any.count; pc++)
			jumps += after.insns[pc].code == (BPF_JMP | BPF_JA);
		sbx_pool_free(&pool);
	}
	assert_true(shorter > 100 && jumps > 100);
}

static void what_is_in_the_accumulator_at_first(void **state)
{
	struct sock_filter insns[] = {
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1),
		RESULT(1),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 1),
		RESULT(2),
	};
	struct sbx_pool pool = { NULL };
	struct sbx_filter filter = { insns, 4 };

	(void)state;
	sbx_bpf_shrink(&pool, &filter);
	assert_int_equal(filter.count, 1);
	assert_int_equal(filter.insns[0].k, 1);
	sbx_pool_free(&pool);
}

/* Each would be much shorter, but for one instruction. */
static void what_is_unknown_stays_as_it_is(void **state)
{
	static const struct sock_filter odd[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 2),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 64),
		BPF_STMT(BPF_LD | BPF_H | BPF_ABS, 0),
		BPF_STMT(BPF_LD | BPF_W | BPF_LEN, 0),
		BPF_STMT(BPF_LD | BPF_IMM, 0),
		BPF_STMT(BPF_LD | BPF_MEM, 0),
		BPF_STMT(BPF_LDX | BPF_W | BPF_IMM, 0),
		BPF_STMT(BPF_ST, 0),
		BPF_STMT(BPF_ALU | BPF_OR | BPF_K, 1),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_X, 0),
		BPF_STMT(BPF_MISC | BPF_TAX, 0),
		BPF_STMT(BPF_RET | BPF_A, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_X, 0, 0, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 4, 0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 4),
		BPF_STMT(BPF_JMP | BPF_JA, 4),
		BPF_STMT(BPF_JMP | BPF_JA, UINT32_MAX),
		{ 0xffff, 0, 0, 0 },
	};

	(void)state;
	for (size_t i = 0; i <= sizeof(odd) / sizeof(odd[0]); i++) {
		struct sock_filter insns[] = { LD_WORD(0), { 0 }, LD_WORD(0), LD_WORD(0), RESULT(1), RESULT(1) },
				   was[6];
		struct sbx_pool pool = { NULL };
		struct sbx_filter filter = { insns, 6 };

		insns[1] = odd[i % (sizeof(odd) / sizeof(odd[0]))];
		if (i == sizeof(odd) / sizeof(odd[0])) { /* it leads out at the end */
			insns[1] = insns[0];
			insns[5] = insns[0];
		}
		memcpy(was, insns, sizeof(was));
		sbx_bpf_shrink(&pool, &filter);
		assert_ptr_equal(filter.insns, insns);
		assert_int_equal(filter.count, 6);
		assert_memory_equal(was, insns, sizeof(was));
		insns[1] = insns[0];
		insns[5] = insns[4];
		sbx_bpf_shrink(&pool, &filter);
		assert_int_equal(filter.count, 1);
		sbx_pool_free(&pool);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(soups),
		cmocka_unit_test(trees_with_jumps_that_are_too_far),
		cmocka_unit_test(what_is_in_the_accumulator_at_first),
		cmocka_unit_test(what_is_unknown_stays_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
