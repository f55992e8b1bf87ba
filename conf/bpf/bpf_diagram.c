/* SPDX-License-Identifier: MIT */
/*
 * bpf_diagram.c -- nodes that are equal are one, and a test that decides nothing is none. Built from the results
 * upwards, so that equal parts of a filter come together wherever they stand.
 */
#include "conf/bpf/bpf_diagram.h"

#include <stdbool.h>

#define ALL UINT32_MAX
#define NODES_MORE 64u

/* A filter with more nodes than instructions wouldn't get shorter; the dispatch that is made anew takes the place of
 * what goes. */
struct sbx_bpf_diagram sbx_bpf_make(struct sbx_pool *pool, size_t count)
{
	struct sbx_bpf_diagram diagram = { .pool = pool };

	diagram.set = sbx_hash_set_make(pool, sizeof(struct sbx_node), sizeof(struct sbx_node), count + NODES_MORE);
	diagram.nodes = diagram.set.items;
	return diagram;
}

static uint32_t diagram_put(struct sbx_bpf_diagram *diagram, struct sbx_test test, uint32_t yes, uint32_t no)
{
	const struct sbx_node node = { test, (uint16_t)yes, (uint16_t)no };

	return sbx_hash_set_put(&diagram->set, &node);
}

uint32_t sbx_bpf_return(struct sbx_bpf_diagram *diagram, uint32_t result)
{
	return diagram_put(diagram, (struct sbx_test){ .op = BPF_RET, .k = result }, 0, 0);
}

/* One way to ask where there are several, the one without an AND. Returns whether yes and no change places. */
static bool normalize_test(struct sbx_test *test)
{
	const struct sbx_test was = *test;

	if (was.op == BPF_JSET) {
		test->mask = ALL;
		test->k = was.k & was.mask;
	} else if (was.op == BPF_JEQ && was.mask != ALL && (!was.k || (was.k == was.mask && !(was.k & (was.k - 1))))) {
		*test = (struct sbx_test){ BPF_JSET, was.word, ALL, was.mask };
		return !was.k;
	}
	if (test->mask == ALL && ((test->op == BPF_JSET && test->k == ALL) || (test->op == BPF_JGE && test->k == 1))) {
		*test = (struct sbx_test){ BPF_JEQ, was.word, ALL, 0 };
		return true;
	}
	if (test->op == BPF_JGE && test->k == ALL)
		test->op = BPF_JEQ;
	return false;
}

uint32_t sbx_bpf_ask(struct sbx_bpf_diagram *diagram, struct sbx_test test, uint32_t yes, uint32_t no)
{
	if (yes == SBX_NODE_NONE || no == SBX_NODE_NONE || yes == no)
		return no == SBX_NODE_NONE ? no : yes;
	return normalize_test(&test) ? diagram_put(diagram, test, no, yes) : diagram_put(diagram, test, yes, no);
}
