/* SPDX-License-Identifier: MIT */
/*
 * conf/bpf -- the optimiser: a shorter seccomp filter that says the same. See conf/bpf/README.md.
 *
 * Used by: seccomp; compile (struct sbx_filter only).
 * Touches: nothing; pure functions on instructions.
 * Includes: conf/base
 */
#ifndef SBX_CONF_BPF_BPF_H
#define SBX_CONF_BPF_BPF_H

#include <stddef.h>

#include <linux/filter.h>

/* A program of classic BPF, as seccomp(2) takes it. */
struct sbx_filter {
	struct sock_filter *insns;
	size_t count;
};

#endif
