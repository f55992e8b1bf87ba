/* SPDX-License-Identifier: MIT */
/*
 * test_conf_shrink.c -- the filters of every shipped profile before and after they are made shorter; the linker puts
 * the function below in front of the one that does it.
 */
#include "conf/bpf/bpf_shrink.h"
#include "tests/unit/test_conf_same.h"

void __real_sbx_bpf_shrink(struct sbx_pool *pool, struct sbx_filter *filter);
void __wrap_sbx_bpf_shrink(struct sbx_pool *pool, struct sbx_filter *filter);

static struct pair {
	struct program before, after;
} pairs[256];
static size_t pairs_count;

static bool equal(struct program a, struct program b)
{
	return a.count == b.count && !memcmp(a.insns, b.insns, a.count * sizeof(*a.insns));
}

static struct program copy(const struct sbx_filter *filter)
{
	struct sock_filter *insns = calloc(filter->count, sizeof(*insns));

	assert_non_null(insns);
	memcpy(insns, filter->insns, filter->count * sizeof(*insns));
	return (struct program){ insns, filter->count, NULL };
}

static void drop(struct program program)
{
	free((void *)(uintptr_t)program.insns);
}

/* Notes what hasn't been seen yet. */
void __wrap_sbx_bpf_shrink(struct sbx_pool *pool, struct sbx_filter *filter)
{
	const struct program before = copy(filter);
	size_t i = 0;

	__real_sbx_bpf_shrink(pool, filter);
	while (i < pairs_count && !equal(pairs[i].before, before))
		i++;
	if (i < pairs_count) {
		drop(before);
		return;
	}
	assert_true(pairs_count < sizeof(pairs) / sizeof(pairs[0]));
	pairs[pairs_count++] = (struct pair){ before, copy(filter) };
}

static void compile_with(const char *profile, unsigned int abi, const char *one, const char *two)
{
	const char *const set[] = { one, two, NULL };
	struct filters f = filters_of(profile, abi, one ? set : NULL);

	assert_true(f.floor.count > 0);
	release(f.compiled);
}

/* In place and rooted, floor, latch, reaper, and what the loader asks with. */
static int compile_all(void **state)
{
	static const char *const more[] = { "net=\"host\"",
					    "unix_sockets=true",
					    "map_exec=false",
					    "as_pid_1=true",
					    "children=true",
					    "seccomp.action=\"kill\"",
					    "seccomp.action=\"log\"",
					    "seccomp.log=[\"socket\"]",
					    "seccomp.allow=[\"@known\"]",
					    "seccomp.deny=[\"@file-system\"]" };
	struct compiled *c = compile("default", 7, NULL);

	(void)state;
	for (size_t i = 0; i <= c->config.profiles.count; i++) {
		const char *profile = i ? c->config.profiles.items[i - 1].name : "default";

		compile_with(profile, 7, NULL, NULL);
		compile_with(profile, 7, "namespaces=[]", "latch=\"auto\"");
	}
	for (size_t i = 0; i < sizeof(more) / sizeof(more[0]); i++) {
		compile_with("default", 7, more[i], NULL);
		compile_with("pdftotext", 7, more[i], NULL);
	}
	compile_with("default", 5, "namespaces=[]", NULL);
	compile_with("default", 7, "net=\"host\"", "net.connect=[443]");
	release(c);
	assert_true(pairs_count > 20);
	return 0;
}

static int drop_all(void **state)
{
	(void)state;
	for (size_t i = 0; i < pairs_count; i++) {
		drop(pairs[i].before);
		drop(pairs[i].after);
	}
	return 0;
}

static void every_number(struct twins *twins, uint32_t arch)
{
	static const uint32_t others[] = { UINT32_MAX, 0x7fffffff, 0x80000000, 0x3fffffff, 0xfffffffe };

	for (uint32_t nr = 0; nr <= 600; nr++) {
		same_number(twins, nr, arch);
		same_number(twins, 0x40000000 + nr, arch);
	}
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		same_number(twins, others[i], arch);
	for (size_t i = 0; i < twins->program[0].count; i++)
		for (uint32_t k = twins->program[0].insns[i].k, nr = k - 1; nr != k + 2; nr++)
			if (nr > 600)
				same_number(twins, nr, arch);
}

static void each_number_fares_alike(void **state)
{
	static const uint32_t archs[] = { NATIVE, FOREIGN, 0, UINT32_MAX, NATIVE - 1, NATIVE + 1 };

	(void)state;
	for (size_t i = 0; i < pairs_count; i++) {
		const struct program after = pairs[i].after;
		struct twins twins = { { pairs[i].before, after },
				       { calloc(pairs[i].before.count, sizeof(struct seen)),
					 calloc(after.count, sizeof(struct seen)) },
				       { i + 1 } };

		assert_true(twins.seen[0] && twins.seen[1]);
		for (size_t j = 0; j < sizeof(archs) / sizeof(archs[0]); j++)
			every_number(&twins, archs[j]);
		for (size_t pc = 0; pc < after.count; pc++) /* both sides of every test were seen */
			if (BPF_CLASS(after.insns[pc].code) == BPF_JMP && BPF_OP(after.insns[pc].code) != BPF_JA)
				assert_int_equal(twins.seen[1][pc].sides, 3);
		free(twins.seen[0]);
		free(twins.seen[1]);
	}
}

static uint32_t some_word(const struct program *program, struct rng *rng)
{
	static const uint32_t ends[] = { 0, 0, 0, 1, UINT32_MAX };
	const uint32_t k = program->insns[rng_next(rng) % program->count].k + rng_next(rng) % 3 - 1;

	return rng_next(rng) % 3 ? k : ends[rng_next(rng) % 5];
}

static void anything_fares_alike(void **state)
{
	struct rng rng = { 2 };

	(void)state;
	for (size_t i = 0; i < pairs_count; i++)
		for (size_t n = 0; n < 20000; n++) {
			union data data;

			for (size_t j = 0; j < WORDS; j++)
				data.words[j] = some_word(&pairs[i].before, &rng);
			if (n % 8)
				data.words[1] = NATIVE;
			if (n % 4)
				data.words[0] %= 600;
			same_data(pairs[i].before, pairs[i].after, &data);
		}
}

static void they_are_shorter_and_stay_so(void **state)
{
	(void)state;
	for (size_t i = 0; i < pairs_count; i++) {
		struct sbx_pool pool = { NULL };
		struct program after = pairs[i].after;
		struct sbx_filter filter = { (struct sock_filter *)(uintptr_t)after.insns, after.count };

		well_formed(after);
		assert_true(after.count <= pairs[i].before.count && after.count <= SBX_FILTER_MAX);
		if (pairs[i].before.count > 100)
			assert_true(3 * after.count <
				    2 * pairs[i].before.count); /* the tree of requests is short already */
		__real_sbx_bpf_shrink(&pool, &filter);
		assert_ptr_equal(filter.insns, after.insns);
		assert_int_equal(filter.count, after.count);
		sbx_pool_free(&pool);
	}
}

static void the_kernel_still_knows_what_is_always_allowed(void **state)
{
	(void)state;
	for (size_t i = 0; i < pairs_count; i++)
		for (uint32_t nr = 0; nr <= 600; nr++)
			if (always_allowed(pairs[i].before, nr))
				assert_true(always_allowed(pairs[i].after, nr));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_number_fares_alike),
		cmocka_unit_test(anything_fares_alike),
		cmocka_unit_test(they_are_shorter_and_stay_so),
		cmocka_unit_test(the_kernel_still_knows_what_is_always_allowed),
	};

	return cmocka_run_group_tests(tests, compile_all, drop_all);
}
