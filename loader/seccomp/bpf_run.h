/* SPDX-License-Identifier: MIT */
/*
 * bpf_run.h -- what a seccomp filter says of a call, without installing it; seccomp(2),
 * Documentation/networking/filter.rst.
 */
#ifndef SBX_LOADER_SECCOMP_BPF_RUN_H
#define SBX_LOADER_SECCOMP_BPF_RUN_H

#include <stddef.h>
#include <stdint.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

/*
 * Run `count` instructions of classic BPF over `data`: a SECCOMP_RET_* value. Of the instructions those that our
 * compiler uses; any other, and whatever would lead out of the program or of the data, gives SECCOMP_RET_KILL_PROCESS.
 */
uint32_t sbx_bpf_run(const struct sock_filter *insns, size_t count, const struct seccomp_data *data);

#endif
