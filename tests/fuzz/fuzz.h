/* SPDX-License-Identifier: MIT */
/*
 * fuzz.h -- one entry point per fuzzer, as libFuzzer defines it; driver.c calls it with mutations of seeds.
 */
#ifndef SBX_FUZZ_H
#define SBX_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A valid input to start from, written to `seed` (at most `room` bytes); returns its size. */
size_t sbx_fuzz_seed(uint8_t *seed, size_t room);

#endif
