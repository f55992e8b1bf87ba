/* SPDX-License-Identifier: MIT */
/*
 * bpf_layout.c -- a diagram as instructions, put down from the last to the first: where a jump leads is known then. A
 * node is at most three instructions, load, mask and test, and who comes with the word in the accumulator enters behind
 * the load. Conditional jumps reach 255 instructions far; what is farther away gets a jump nearby, a result a copy of
 * itself.
 */
#include "conf/bpf/bpf_diagram.h"

#include <stdbool.h>

#define ALL UINT32_MAX

enum entry { AT_LOAD, AT_MASK, AT_TEST, ENTRIES };

struct spot {
	uint16_t at[ENTRIES]; /* counted from the end, the last instruction is 1; 0: not there yet */
	bool entered[ENTRIES];
	bool reached;
	uint32_t weight;
};

struct layout {
	const struct sbx_bpf_diagram *diagram;
	struct spot *spots; /* one per node */
	struct sock_filter *insns;
	size_t room, count; /* the last `count` of `room` are there */
	bool full;
};

/* Where a node is entered by one whose test leaves its word in the accumulator. */
static enum entry entry_from(const struct sbx_test *from, const struct sbx_test *to)
{
	if (to->op == BPF_RET)
		return AT_TEST;
	if (from->word != to->word || (to->mask & ~from->mask))
		return AT_LOAD;
	return from->mask == to->mask ? AT_TEST : AT_MASK;
}

static enum entry entry_of(const struct layout *layout, const struct sbx_node *from, uint32_t id)
{
	return entry_from(&from->test, &layout->diagram->nodes[id].test);
}

static void mark_entry(struct layout *layout, const struct sbx_node *from, uint32_t id)
{
	layout->spots[id].reached = true;
	layout->spots[id].entered[entry_of(layout, from, id)] = true;
}

/* What is needed of each node, and how much hangs on it. */
static void mark_reached(struct layout *layout, uint32_t root)
{
	const struct sbx_node *nodes = layout->diagram->nodes;

	layout->spots[root].reached = true;
	layout->spots[root].entered[nodes[root].test.op == BPF_RET ? AT_TEST : AT_LOAD] = true;
	for (uint32_t id = root + 1; id-- > 0;)
		if (layout->spots[id].reached && nodes[id].test.op != BPF_RET) {
			mark_entry(layout, &nodes[id], nodes[id].yes);
			mark_entry(layout, &nodes[id], nodes[id].no);
		}
	for (uint32_t id = 0; id <= root; id++) {
		uint64_t weight = 1;

		if (nodes[id].test.op != BPF_RET)
			weight += (uint64_t)layout->spots[nodes[id].yes].weight + layout->spots[nodes[id].no].weight;
		layout->spots[id].weight = weight < ALL ? (uint32_t)weight : ALL;
	}
}

static uint16_t layout_put(struct layout *layout, struct sock_filter insn)
{
	if (layout->count == layout->room) {
		layout->full = true;
		return 0;
	}
	layout->insns[layout->room - ++layout->count] = insn;
	return (uint16_t)layout->count;
}

static uint16_t layout_return(struct layout *layout, const struct sbx_test *test)
{
	return layout_put(layout, (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, test->k));
}

/* Bring what a test that is about to be put jumps to within its reach; another such jump may come between the two. */
static const uint16_t *bring_near(struct layout *layout, const struct sbx_node *from, uint32_t id)
{
	const struct sbx_test *to = &layout->diagram->nodes[id].test;
	uint16_t *at = &layout->spots[id].at[entry_of(layout, from, id)];
	const size_t distance = layout->count - *at;

	if (distance + 1 > UINT8_MAX)
		*at = to->op == BPF_RET ?
			      layout_return(layout, to) :
			      layout_put(layout, (struct sock_filter)BPF_STMT(BPF_JMP | BPF_JA, (uint32_t)distance));
	return at;
}

static void layout_test(struct layout *layout, const struct sbx_node *node, struct spot *spot)
{
	const struct sbx_test *test = &node->test;
	const uint16_t *yes = bring_near(layout, node, node->yes), *no = bring_near(layout, node, node->no);

	spot->at[AT_TEST] = layout_put(layout, (struct sock_filter)BPF_JUMP((uint16_t)(BPF_JMP | test->op | BPF_K),
									    test->k, (uint8_t)(layout->count - *yes),
									    (uint8_t)(layout->count - *no)));
	if (test->mask != ALL && (spot->entered[AT_LOAD] || spot->entered[AT_MASK]))
		spot->at[AT_MASK] =
			layout_put(layout, (struct sock_filter)BPF_STMT(BPF_ALU | BPF_AND | BPF_K, test->mask));
	if (spot->entered[AT_LOAD])
		spot->at[AT_LOAD] =
			layout_put(layout, (struct sock_filter)BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
									test->word * (uint32_t)sizeof(uint32_t)));
}

/* Behind all that it leads to; of the two sides the smaller one next to it. */
static void layout_node(struct layout *layout, uint32_t id)
{
	const struct sbx_node *node = &layout->diagram->nodes[id];
	struct spot *spot = &layout->spots[id];

	if (spot->at[AT_TEST] || layout->full)
		return;
	if (node->test.op == BPF_RET) {
		spot->at[AT_TEST] = layout_return(layout, &node->test);
		return;
	}
	if (layout->spots[node->yes].weight > layout->spots[node->no].weight) {
		layout_node(layout, node->yes);
		layout_node(layout, node->no);
	} else {
		layout_node(layout, node->no);
		layout_node(layout, node->yes);
	}
	if (!layout->full)
		layout_test(layout, node, spot);
}

int sbx_bpf_layout(const struct sbx_bpf_diagram *diagram, uint32_t root, size_t room, struct sbx_filter *filter)
{
	struct layout layout = { .diagram = diagram, .room = room };

	layout.spots = sbx_pool_alloc(diagram->pool, (root + 1) * sizeof(*layout.spots));
	layout.insns = sbx_pool_alloc(diagram->pool, room * sizeof(*layout.insns));
	mark_reached(&layout, root);
	layout_node(&layout, root);
	*filter = (struct sbx_filter){ layout.insns + (room - layout.count), layout.count };
	return layout.full ? -1 : 0;
}
