/* SPDX-License-Identifier: MIT */
/*
 * bpf_shrink.c -- loading a filter costs the kernel by the instruction, and ours ask for arch and number three times.
 * So a filter becomes a decision diagram without what an earlier test has decided, and that becomes a filter again; of
 * two ways the shorter.
 */
#include "conf/bpf/bpf_shrink.h"

#include <string.h>

#include "conf/bpf/bpf_diagram.h"

void sbx_bpf_shrink(struct sbx_pool *pool, struct sbx_filter *filter)
{
	SBX_CLEANUP_POOL struct sbx_pool scratch = { NULL };
	struct sbx_filter best = *filter, shorter;
	struct sbx_bpf_diagram diagram;
	uint32_t roots[2];

	if (!filter->count || filter->count > SBX_BPF_DIAGRAM_MAX)
		return;
	diagram = sbx_bpf_make(&scratch, filter->count);
	roots[1] = sbx_bpf_walk(&diagram, filter);
	if (roots[1] == SBX_NODE_NONE)
		return;
	roots[0] = sbx_bpf_dispatch(&diagram, roots[1]);
	for (size_t i = 0; i < 2; i++)
		if (roots[i] != SBX_NODE_NONE && !sbx_bpf_layout(&diagram, roots[i], best.count - 1, &shorter))
			best = shorter;
	if (best.count == filter->count)
		return;
	filter->insns = sbx_pool_alloc(pool, best.count * sizeof(*best.insns));
	filter->count = best.count;
	memcpy(filter->insns, best.insns, best.count * sizeof(*best.insns));
}
