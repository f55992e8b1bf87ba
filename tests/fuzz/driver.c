/* SPDX-License-Identifier: MIT */
/*
 * driver.c -- runs a fuzzer without a coverage engine: fixed pseudo-random mutations of a seed, so that every run of
 * `make test` does the same. The build is instrumented (address, undefined behaviour); a finding ends the process.
 *
 *   NAME [ROUNDS]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/fuzz/fuzz.h"

#define ROOM 8192u

static uint64_t state = 0x9e3779b97f4a7c15u;

static uint32_t next(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 32);
}

/* Interesting values where a count, an offset or a character stands. */
static void mutate(uint8_t *data, size_t *size)
{
	static const uint8_t bytes[] = { 0, 1, 7, 8, 0x7f, 0x80, 0xff, '/', '-', '=', '\n', '#', '!', ':', ' ', '.' };
	const size_t at = *size ? next() % *size : 0;

	if (!*size)
		return;
	switch (next() % 6) {
	case 0:
		data[at] = bytes[next() % sizeof(bytes)];
		break;
	case 1:
		data[at] ^= (uint8_t)(1u << next() % 8);
		break;
	case 2:
		for (size_t i = at; i < at + 4 && i < *size; i++)
			data[i] = (uint8_t)(next() % 2 ? 0xff : 0);
		break;
	case 3:
		*size = at;
		break;
	case 4:
		memmove(data + at, data, *size - at);
		break;
	default:
		data[at] = (uint8_t)next();
	}
}

/*
 * The loader's memory is one piece, inside which nobody notices a step too far: what asks for it from another file gets
 * its own, until the input's end (ld(1), --wrap).
 */
static void *taken[1 << 16];
static size_t taken_count;

void *__wrap_sbx_alloc(size_t size);
void *__wrap_sbx_alloc(size_t size)
{
	if (taken_count == sizeof(taken) / sizeof(taken[0]))
		abort();
	taken[taken_count] = malloc(size ? size : 1);
	if (!taken[taken_count])
		abort();
	return taken[taken_count++];
}

static void try_input(const uint8_t *data, size_t size)
{
	LLVMFuzzerTestOneInput(data, size);
	while (taken_count)
		free(taken[--taken_count]);
}

int main(int argc, char **argv)
{
	const unsigned long rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : 20000;
	static uint8_t seed[ROOM];
	const size_t seed_size = sbx_fuzz_seed(seed, sizeof(seed));

	try_input(seed, seed_size);
	for (unsigned long round = 0; round < rounds; round++) {
		uint8_t *data = malloc(ROOM);
		size_t size = seed_size;

		memcpy(data, seed, seed_size);
		for (uint32_t n = next() % 8 + 1; n; n--)
			mutate(data, &size);
		try_input(data, size);
		free(data);
	}
	printf("%s: %lu inputs\n", argv[0], rounds);
	return 0;
}
