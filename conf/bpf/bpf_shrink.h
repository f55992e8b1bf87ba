/* SPDX-License-Identifier: MIT */
/*
 * bpf_shrink.h -- a shorter filter that says the same.
 */
#ifndef SBX_CONF_BPF_BPF_SHRINK_H
#define SBX_CONF_BPF_BPF_SHRINK_H

#include "conf/base/pool.h"
#include "conf/bpf/bpf.h"

/*
 * Put a shorter program in the place of `filter`'s, one that returns the same for every struct seccomp_data: of any
 * arch, any number and any arguments. What the kernel finds always allowed (seccomp_cache_prepare) it still finds so.
 * The new instructions belong to the pool, the old ones stay as they were. Never fails: with an instruction that isn't
 * known here, too many cases, or nothing to gain, the filter is left alone. Rests on seccomp(2) and
 * Documentation/networking/filter.rst: jumps only lead forwards, conditional ones 255 instructions far, and the
 * accumulator is 0 at first.
 */
void sbx_bpf_shrink(struct sbx_pool *pool, struct sbx_filter *filter);

#endif
