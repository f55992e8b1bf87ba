/* SPDX-License-Identifier: MIT */
/*
 * test_bpf.c -- the loader's interpreter of filters says what the tests' own does, and is safe with any program.
 */
#include "loader/seccomp/bpf_run.h"
#include "tests/unit/test_conf_bpf.h"

/* Every call with arguments that decide something, over the three filters of a policy. */
static void agrees_with_the_tests_own(void **state)
{
	static const uint64_t args[] = {
		0, 1, 2, 4, 7, 0x5412, 0x100005412, 0x20000000, 0xffffffff, 0x7fffffff00000000
	};
	struct compiled *c = compile("pdftotext", 7, NULL);
	const struct sbx_span spans[] = { c->blob->floor, c->blob->latch };

	(void)state;
	for (size_t s = 0; s < 2; s++) {
		const struct sbx_layer *layer = sbx_at(c->blob, spans[s]);
		const struct program program = { sbx_at(layer, layer->filter),
						 layer->filter.len / sizeof(struct sock_filter), NULL };

		for (int nr = -1; nr < 600; nr++)
			for (size_t a = 0; a < sizeof(args) / sizeof(args[0]); a++) {
				struct seccomp_data data = { .nr = nr, .arch = NATIVE };

				for (size_t i = 0; i < 6; i++)
					data.args[i] = args[(a + i * (a & 1)) % (sizeof(args) / sizeof(args[0]))];
				assert_int_equal(sbx_bpf_run(program.insns, program.count, &data), run(program, &data));
			}
	}
	release(c);
}

static void what_leads_out_kills(void **state)
{
	const struct seccomp_data data = { .nr = 1, .arch = NATIVE };
	const struct sock_filter none[] = { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0) };
	const struct sock_filter jump[] = { BPF_JUMP(BPF_JMP | BPF_JA, 0xffffffff, 0, 0),
					    BPF_STMT(BPF_RET | BPF_K, ALLOW) };
	const struct sock_filter branch[] = { BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 200, 200),
					      BPF_STMT(BPF_RET | BPF_K, ALLOW) };
	const struct sock_filter load[] = { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, sizeof(data)),
					    BPF_STMT(BPF_RET | BPF_K, ALLOW) };
	const struct sock_filter odd[] = { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 3), BPF_STMT(BPF_RET | BPF_K, ALLOW) };
	const struct sock_filter unknown[] = { BPF_STMT(BPF_LDX | BPF_MEM, 3), BPF_STMT(BPF_RET | BPF_K, ALLOW) };

	(void)state;
	assert_int_equal(sbx_bpf_run(none, 0, &data), KILL);
	assert_int_equal(sbx_bpf_run(none, 1, &data), KILL);
	assert_int_equal(sbx_bpf_run(jump, 2, &data), KILL);
	assert_int_equal(sbx_bpf_run(branch, 2, &data), KILL);
	assert_int_equal(sbx_bpf_run(load, 2, &data), KILL);
	assert_int_equal(sbx_bpf_run(odd, 2, &data), KILL);
	assert_int_equal(sbx_bpf_run(unknown, 2, &data), KILL);
}

/* Any bytes are a program, and it ends: jumps only lead forward. */
static void any_bytes_end(void **state)
{
	const struct seccomp_data data = { .nr = 1, .arch = NATIVE };
	struct sock_filter insns[32];
	unsigned int seed = 1;

	(void)state;
	for (int round = 0; round < 20000; round++) {
		for (size_t i = 0; i < sizeof(insns); i++) {
			seed = seed * 1103515245 + 12345;
			((unsigned char *)insns)[i] = (unsigned char)(seed >> 16);
		}
		for (size_t i = 0; i < 32; i += 2) /* mostly instructions that exist */
			insns[i].code = (uint16_t)((const uint16_t[]){ BPF_LD | BPF_W | BPF_ABS,
								       BPF_JMP | BPF_JEQ | BPF_K, BPF_JMP | BPF_JA,
								       BPF_ALU | BPF_AND | BPF_K }[i / 2 % 4]);
		sbx_bpf_run(insns, 32, &data);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_the_tests_own),
		cmocka_unit_test(what_leads_out_kills),
		cmocka_unit_test(any_bytes_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
