/* SPDX-License-Identifier: MIT */
/*
 * bpf_dispatch.c -- the tests of the call's number, made anew: ranges of numbers in a balanced tree, where what is one
 * number among others that fare alike is asked for by itself. That takes one test, where a range has two ends.
 */
#include "conf/bpf/bpf_diagram.h"

#include <stdbool.h>
#include <string.h>

#define ALL UINT32_MAX
#define STEPS_MAX 65536u /* over all of a filter */
#define SINGLES_MAX                                                                                       \
	2u /* asked for one after the other: with more, calls would take longer than through ranges alone \
	    */

struct range {
	uint32_t from, node;
};

/* Ranges that share a leaf: its node for all numbers but those singles of another node. */
struct leaf {
	uint32_t first, end; /* ranges */
	uint32_t node;
	uint32_t singles;
};

/* The best leaf to begin with at a range, and how many tests it and what is behind take. */
struct plan {
	struct leaf leaf;
	uint32_t cost;
};

struct dispatch {
	struct sbx_bpf_diagram *diagram;
	uint32_t *made; /* for each old node what stands for it now; SBX_NODE_NONE: not yet */
	struct range *ranges;
	uint32_t ranges_count, ranges_max;
	struct plan *plans; /* one per range, and one behind */
	struct leaf *leaves;
	uint32_t leaves_count, steps;
	bool failed;
};

static bool asks_number(const struct sbx_node *node)
{
	return node->test.op != BPF_RET && node->test.op != BPF_JSET && node->test.word == SBX_WORD_NR &&
	       node->test.mask == ALL;
}

static void add_range(struct dispatch *dispatch, uint32_t from, uint32_t node)
{
	if (dispatch->ranges_count && dispatch->ranges[dispatch->ranges_count - 1].node == node)
		return;
	if (dispatch->ranges_count == dispatch->ranges_max)
		dispatch->failed = true;
	else
		dispatch->ranges[dispatch->ranges_count++] = (struct range){ from, node };
}

/* What `id` comes to for the numbers from lo to hi. */
static void collect_ranges(struct dispatch *dispatch, uint32_t id, uint32_t lo, uint32_t hi)
{
	const struct sbx_node *node = &dispatch->diagram->nodes[id];
	const uint32_t k = node->test.k;

	if (++dispatch->steps > STEPS_MAX)
		dispatch->failed = true;
	if (dispatch->failed)
		return;
	if (!asks_number(node)) {
		add_range(dispatch, lo, dispatch->made[id]);
		return;
	}
	if (lo < k)
		collect_ranges(dispatch, node->no, lo, hi < k ? hi : k - 1);
	if (node->test.op == BPF_JGE) {
		if (hi >= k)
			collect_ranges(dispatch, node->yes, lo > k ? lo : k, hi);
		return;
	}
	if (lo <= k && k <= hi)
		collect_ranges(dispatch, node->yes, k, k);
	if (hi > k)
		collect_ranges(dispatch, node->no, lo > k ? lo : k + 1, hi);
}

static bool is_single(const struct dispatch *dispatch, uint32_t i)
{
	const uint32_t next = i + 1 < dispatch->ranges_count ? dispatch->ranges[i + 1].from : 0;

	return next - dispatch->ranges[i].from == 1;
}

/* Of all leaves that may begin at `first` the one with which it takes the fewest tests from there on. */
static void plan_leaf(struct dispatch *dispatch, uint32_t first)
{
	const struct range *ranges = dispatch->ranges;
	struct plan *plans = dispatch->plans;

	plans[first].cost = ALL;
	for (uint32_t base = first; base < dispatch->ranges_count && base <= first + SINGLES_MAX; base++) {
		uint32_t singles = 0;

		for (uint32_t i = first; i < dispatch->ranges_count; i++) {
			if (ranges[i].node != ranges[base].node && (!is_single(dispatch, i) || ++singles > SINGLES_MAX))
				break;
			if (i >= base && singles + 1 + plans[i + 1].cost < plans[first].cost)
				plans[first] = (struct plan){ { first, i + 1, ranges[base].node, singles },
							      singles + 1 + plans[i + 1].cost };
		}
	}
}

static void make_leaves(struct dispatch *dispatch)
{
	dispatch->plans[dispatch->ranges_count].cost = 0;
	for (uint32_t i = dispatch->ranges_count; i-- > 0;)
		plan_leaf(dispatch, i);
	dispatch->leaves_count = 0;
	for (uint32_t i = 0; i < dispatch->ranges_count; i = dispatch->plans[i].leaf.end)
		dispatch->leaves[dispatch->leaves_count++] = dispatch->plans[i].leaf;
}

static uint32_t ask_number(struct dispatch *dispatch, uint16_t op, uint32_t k, uint32_t yes, uint32_t no)
{
	return sbx_bpf_ask(dispatch->diagram, (struct sbx_test){ op, SBX_WORD_NR, ALL, k }, yes, no);
}

static uint32_t make_leaf(struct dispatch *dispatch, const struct leaf *leaf)
{
	uint32_t node = leaf->node;

	for (uint32_t i = leaf->first; i < leaf->end; i++)
		if (dispatch->ranges[i].node != leaf->node)
			node = ask_number(dispatch, BPF_JEQ, dispatch->ranges[i].from, dispatch->ranges[i].node, node);
	return node;
}

/* Where the tree parts: with each test of its own a leaf counts double, so that it stands a level higher. */
static uint32_t left_half(const struct leaf *leaves, uint32_t count)
{
	uint32_t all = 0, left = 0, i;

	for (i = 0; i < count; i++)
		all += 1u << leaves[i].singles;
	for (i = 0; i < count - 1 && 2 * left + (1u << leaves[i].singles) <= all; i++)
		left += 1u << leaves[i].singles;
	return i ? i : 1;
}

static uint32_t make_tree(struct dispatch *dispatch, const struct leaf *leaves, uint32_t count)
{
	uint32_t left, yes, no;

	if (count == 1)
		return make_leaf(dispatch, leaves);
	left = left_half(leaves, count);
	no = make_tree(dispatch, leaves, left);
	yes = make_tree(dispatch, leaves + left, count - left);
	return ask_number(dispatch, BPF_JGE, dispatch->ranges[leaves[left].first].from, yes, no);
}

/* What stands for `id`, which is smaller than what is being made. */
static uint32_t remake_node(struct dispatch *dispatch, uint32_t id)
{
	if (dispatch->made[id] == SBX_NODE_NONE && !dispatch->failed) {
		dispatch->ranges_count = 0;
		collect_ranges(dispatch, id, 0, ALL);
		if (dispatch->failed)
			return SBX_NODE_NONE;
		make_leaves(dispatch);
		dispatch->made[id] = make_tree(dispatch, dispatch->leaves, dispatch->leaves_count);
		dispatch->failed |= dispatch->made[id] == SBX_NODE_NONE;
	}
	return dispatch->made[id];
}

uint32_t sbx_bpf_dispatch(struct sbx_bpf_diagram *diagram, uint32_t root)
{
	struct dispatch dispatch = { .diagram = diagram };

	dispatch.made = sbx_pool_alloc(diagram->pool, (root + 1) * sizeof(*dispatch.made));
	dispatch.ranges_max = 2 * root + 1; /* each test parts one number from the rest, at the most */
	dispatch.ranges = sbx_pool_alloc(diagram->pool, dispatch.ranges_max * sizeof(*dispatch.ranges));
	dispatch.plans = sbx_pool_alloc(diagram->pool, (dispatch.ranges_max + 1) * sizeof(*dispatch.plans));
	dispatch.leaves = sbx_pool_alloc(diagram->pool, dispatch.ranges_max * sizeof(*dispatch.leaves));
	memset(dispatch.made, 0xff, (root + 1) * sizeof(*dispatch.made));
	for (uint32_t id = 0; id <= root && !dispatch.failed; id++) {
		const struct sbx_node node = diagram->nodes[id];

		if (node.test.op == BPF_RET)
			dispatch.made[id] = id;
		else if (!asks_number(&node)) /* where the number comes first, a tree is made for who leads there */
			dispatch.made[id] = sbx_bpf_ask(diagram, node.test, remake_node(&dispatch, node.yes),
							remake_node(&dispatch, node.no));
	}
	return remake_node(&dispatch, root);
}
