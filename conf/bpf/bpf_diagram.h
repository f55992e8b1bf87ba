/* SPDX-License-Identifier: MIT */
/*
 * bpf_diagram.h -- a filter as a decision diagram: what is asked of which word of struct seccomp_data, without
 * accumulator and order.
 */
#ifndef SBX_CONF_BPF_BPF_DIAGRAM_H
#define SBX_CONF_BPF_BPF_DIAGRAM_H

#include "conf/base/hash_set.h"
#include "conf/bpf/bpf.h"

#define SBX_BPF_DIAGRAM_MAX 16384u /* instructions of a filter that becomes one */
#define SBX_NODE_NONE SBX_HASH_SET_FULL

enum { SBX_WORD_NR, SBX_WORD_ARCH, SBX_WORDS = 16 }; /* of struct seccomp_data, 32 bits each */

/* Asks whether (word & mask) is k, is k or greater, or has a bit of k. */
struct sbx_test {
	uint16_t op; /* BPF_JEQ, BPF_JGE, BPF_JSET */
	uint16_t word;
	uint32_t mask, k;
};

struct sbx_node {
	struct sbx_test test; /* with op BPF_RET k is the result */
	uint16_t yes, no;     /* the nodes behind it; their numbers are smaller */
};

struct sbx_bpf_diagram {
	struct sbx_pool *pool;
	struct sbx_hash_set set;
	const struct sbx_node *nodes; /* of the set */
};

/* An empty diagram for a filter of `count` instructions; all that it holds belongs to the pool. */
struct sbx_bpf_diagram sbx_bpf_make(struct sbx_pool *pool, size_t count);

/* The node that returns `result`, or asks `test`: an equal one that is there, a new one, SBX_NODE_NONE for want of
 * room. */
uint32_t sbx_bpf_return(struct sbx_bpf_diagram *diagram, uint32_t result);
uint32_t sbx_bpf_ask(struct sbx_bpf_diagram *diagram, struct sbx_test test, uint32_t yes, uint32_t no);

/* bpf_walk.c: the node that stands for the whole filter, or SBX_NODE_NONE where it isn't understood or has too many
 * cases. */
uint32_t sbx_bpf_walk(struct sbx_bpf_diagram *diagram, const struct sbx_filter *filter);

/* bpf_dispatch.c: a node that says what `root` says, with another tree over the call's number; or SBX_NODE_NONE. */
uint32_t sbx_bpf_dispatch(struct sbx_bpf_diagram *diagram, uint32_t root);

/* bpf_layout.c: `root` as at most `room` instructions, which belong to the diagram's pool. Returns -1 for want of room.
 */
int sbx_bpf_layout(const struct sbx_bpf_diagram *diagram, uint32_t root, size_t room, struct sbx_filter *filter);

#endif
