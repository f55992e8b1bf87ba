/*
 * conf/bpf -- the optimiser: a shorter seccomp filter that says the same. See conf/bpf/README.md.
 *
 * Used by: seccomp.
 * Touches: nothing; pure functions on instructions.
 * Includes: conf/base conf/compile
 */
#ifndef SBX_CONF_BPF_BPF_H
#define SBX_CONF_BPF_BPF_H

#endif
