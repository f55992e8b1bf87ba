/* SPDX-License-Identifier: MIT */
/*
 * builtin_files.c -- the shipped files, embedded: the built-in defaults are sbx.conf and profiles, byte for byte.
 *
 * The Makefile writes builtin_files.inc, a line for sbx.conf and one for each file in conf/profiles:
 * BUILTIN(symbol, path from the top of the tree, name).
 */
#include "conf/config/config_sources.h"

#define BUILTIN(symbol, path, name)                \
	__asm__(".section .rodata\n" #symbol ":\n" \
		".incbin \"" path "\"\n"           \
		".byte 0\n"                        \
		".previous\n");                    \
	extern const char symbol[] __attribute__((visibility("hidden")));
#include <builtin_files.inc>
#undef BUILTIN

static const struct sbx_builtin builtins[] = {
#define BUILTIN(symbol, path, name) { SBX_BUILTIN_FILE name, symbol },
#include <builtin_files.inc>
#undef BUILTIN
};

const struct sbx_builtin *sbx_builtins(size_t *count)
{
	*count = sizeof(builtins) / sizeof(builtins[0]);
	return builtins;
}
