/* SPDX-License-Identifier: MIT */
/*
 * bpf_run.c -- classic BPF as seccomp(2) runs it. Jumps only lead forwards, so every program ends.
 */
#include "loader/seccomp/bpf_run.h"

#include <string.h>

/* The word at an offset of `data`; false when the kernel would refuse to load it. */
static int load_word(const struct seccomp_data *data, uint32_t at, uint32_t *acc)
{
	if (at % sizeof(*acc) || at >= sizeof(*data))
		return 0;
	memcpy(acc, (const char *)data + at, sizeof(*acc));
	return 1;
}

static int jump_taken(uint16_t code, uint32_t acc, uint32_t k)
{
	const int op = BPF_OP(code);

	return op == BPF_JEQ ? acc == k : op == BPF_JGT ? acc > k : op == BPF_JGE ? acc >= k : (acc & k) != 0;
}

uint32_t sbx_bpf_run(const struct sock_filter *insns, size_t count, const struct seccomp_data *data)
{
	uint32_t acc = 0;

	for (size_t pc = 0; pc < count; pc++) {
		const struct sock_filter *insn = &insns[pc];

		switch (insn->code) {
		case BPF_LD | BPF_W | BPF_ABS:
			if (!load_word(data, insn->k, &acc))
				return SECCOMP_RET_KILL_PROCESS;
			break;
		case BPF_ALU | BPF_AND | BPF_K:
			acc &= insn->k;
			break;
		case BPF_JMP | BPF_JA:
			pc += insn->k;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
		case BPF_JMP | BPF_JGT | BPF_K:
		case BPF_JMP | BPF_JGE | BPF_K:
		case BPF_JMP | BPF_JSET | BPF_K:
			pc += jump_taken(insn->code, acc, insn->k) ? insn->jt : insn->jf;
			break;
		case BPF_RET | BPF_K:
			return insn->k;
		default:
			return SECCOMP_RET_KILL_PROCESS;
		}
	}
	return SECCOMP_RET_KILL_PROCESS;
}
