/* SPDX-License-Identifier: MIT */
/*
 * bpf_tree.c -- numbers that fare alike and are neighbours are one leaf. The kernel runs each filter for every number
 * when it is loaded, to know which are always allowed (seccomp_cache_prepare, Linux 5.11): a long list there costs more
 * than the rest of it.
 */
#include "conf/seccomp/bpf_tree.h"

#include <string.h>

#include <linux/seccomp.h>

struct range {
	uint32_t from, result;
};

struct tree {
	struct range ranges[SBX_SYSCALL_MAX + 1];
	size_t count;
	struct sock_filter *insns;
	size_t at, end;
};

static size_t tree_size(size_t leaves)
{
	const size_t left = leaves / 2;

	if (leaves == 1)
		return 1;
	return (tree_size(left) > UINT8_MAX ? 2u : 1u) + tree_size(left) + tree_size(leaves - left);
}

static void tree_put(struct tree *tree, struct sock_filter insn)
{
	tree->insns[tree->at++] = insn;
}

static void tree_put_leaf(struct tree *tree, uint32_t result)
{
	if (result == SBX_BPF_TREE_GOES_ON)
		tree_put(tree, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, (uint32_t)(tree->end - tree->at - 1)));
	else
		tree_put(tree, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, result));
}

/* Conditional jumps reach 255 instructions far. */
static void tree_put_node(struct tree *tree, uint32_t from, size_t left)
{
	if (left <= UINT8_MAX) {
		tree_put(tree, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, from, (uint8_t)left, 0));
		return;
	}
	tree_put(tree, (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, from, 0, 1));
	tree_put(tree, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, (uint32_t)left));
}

static void tree_put_leaves(struct tree *tree, size_t first, size_t leaves)
{
	const size_t left = leaves / 2;

	if (leaves == 1) {
		tree_put_leaf(tree, tree->ranges[first].result);
		return;
	}
	tree_put_node(tree, tree->ranges[first + left].from, tree_size(left));
	tree_put_leaves(tree, first, left);
	tree_put_leaves(tree, first + left, leaves - left);
}

static void tree_add_range(struct tree *tree, uint32_t from, uint32_t result)
{
	if (!tree->count || tree->ranges[tree->count - 1].result != result)
		tree->ranges[tree->count++] = (struct range){ from, result };
}

static struct sbx_filter tree_filter(struct sbx_pool *pool, struct tree *tree)
{
	tree->end = tree_size(tree->count);
	tree->insns = sbx_pool_alloc(pool, tree->end * sizeof(*tree->insns));
	tree_put_leaves(tree, 0, tree->count);
	return (struct sbx_filter){ tree->insns, tree->end };
}

struct sbx_filter sbx_bpf_tree(struct sbx_pool *pool, const uint32_t result[SBX_SYSCALL_MAX], uint32_t beyond)
{
	struct tree tree = { .count = 0 };

	for (uint32_t nr = 0; nr < SBX_SYSCALL_MAX; nr++)
		tree_add_range(&tree, nr, result[nr]);
	tree_add_range(&tree, SBX_SYSCALL_MAX, beyond);
	return tree_filter(pool, &tree);
}

struct sbx_filter sbx_bpf_tree_list(struct sbx_pool *pool, const struct sbx_bpf_number *numbers, size_t count,
				    uint32_t others)
{
	struct tree tree = { .count = 0 };

	tree_add_range(&tree, 0, others);
	for (size_t i = 0; i < count && tree.count + 2 <= SBX_SYSCALL_MAX; i++) {
		tree_add_range(&tree, numbers[i].number, numbers[i].result);
		if (i + 1 == count || numbers[i + 1].number != numbers[i].number + 1)
			tree_add_range(&tree, numbers[i].number + 1, others);
	}
	return tree_filter(pool, &tree);
}

struct sock_filter *sbx_bpf_extend(struct sbx_pool *pool, struct sbx_filter *filter, size_t count)
{
	struct sock_filter *insns = sbx_pool_alloc(pool, (filter->count + count) * sizeof(*insns));
	struct sock_filter *room = insns + filter->count;

	if (filter->count)
		memcpy(insns, filter->insns, filter->count * sizeof(*insns));
	filter->insns = insns;
	filter->count += count;
	return room;
}

void sbx_bpf_append(struct sbx_pool *pool, struct sbx_filter *filter, const struct sock_filter *insns, size_t count)
{
	memcpy(sbx_bpf_extend(pool, filter, count), insns, count * sizeof(*insns));
}
