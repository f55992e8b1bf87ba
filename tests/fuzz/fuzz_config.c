/* SPDX-License-Identifier: MIT */
/*
 * fuzz_config.c -- configuration files, and the values of --set.
 */
#include <stdlib.h>
#include <string.h>

#include "conf/compile/policy_conflicts.h"
#include "conf/config/config_parse.h"
#include "conf/config/config_sources.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sbx_pool pool = { 0 };
	struct sbx_errs errs = { .pool = &pool };
	struct sbx_config config = { .pool = &pool, .errs = &errs };
	char *text = malloc(size + 1), *equals;

	memcpy(text, data, size);
	text[size] = 0;
	sbx_parse_text(&config, "fuzz", text, false);
	equals = strchr(text, '=');
	if (equals)
		sbx_parse_set(&config, text);
	free(text);
	sbx_pool_free(&pool);
	return 0;
}

size_t sbx_fuzz_seed(uint8_t *seed, size_t room)
{
	static const char text[] =
		"net = \"none\";\n"
		"default = { fs = { read = [ \"/usr\", \"~/x\" ]; optional = [ ]; }; latch = \"auto\"; map_exec = "
		"true;\n"
		"limits = { tmp = \"1.5G\"; tmp_inodes = 64; }; namespaces = [ \"user\", \"net\" ];\n"
		"args = { inputs = [ \"-i#\" ]; outputs = [ \"2...>.*\", \"after: c*f\" ]; }; };\n"
		"profiles = { a = { match = [ \"a*\" ]; inherit = \"b\"; seccomp = { allow = [ \"@default\" ]; }; }; b "
		"= { }; };\n";

	if (sizeof(text) - 1 > room)
		return 0;
	memcpy(seed, text, sizeof(text) - 1);
	return sizeof(text) - 1;
}
