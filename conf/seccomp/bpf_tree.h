/* SPDX-License-Identifier: MIT */
/*
 * bpf_tree.h -- the part of a filter that decides by the number of the call alone.
 */
#ifndef SBX_CONF_SECCOMP_BPF_TREE_H
#define SBX_CONF_SECCOMP_BPF_TREE_H

#include <stdint.h>

#include "conf/bpf/bpf.h"
#include "conf/seccomp/syscall_groups.h"

/* In place of a SECCOMP_RET_* value: the instructions behind the tree decide. */
#define SBX_BPF_TREE_GOES_ON UINT32_MAX

/*
 * A balanced tree of ranges of numbers: what the accumulator holds comes to result[it], a SECCOMP_RET_* value or
 * SBX_BPF_TREE_GOES_ON; from SBX_SYSCALL_MAX on, to `beyond`. The instructions belong to the pool.
 */
struct sbx_filter sbx_bpf_tree(struct sbx_pool *pool, const uint32_t result[SBX_SYSCALL_MAX], uint32_t beyond);

/* The same for numbers that are listed, sorted, each once; any other comes to `others`. */
struct sbx_bpf_number {
	uint32_t number, result;
};
struct sbx_filter sbx_bpf_tree_list(struct sbx_pool *pool, const struct sbx_bpf_number *numbers, size_t count,
				    uint32_t others);

/* Room for `count` more instructions, exactly: nothing is emitted behind them one by one. */
struct sock_filter *sbx_bpf_extend(struct sbx_pool *pool, struct sbx_filter *filter, size_t count);
void sbx_bpf_append(struct sbx_pool *pool, struct sbx_filter *filter, const struct sock_filter *insns, size_t count);

#endif
