/* SPDX-License-Identifier: MIT */
/*
 * fuzz_relay.c -- what hostile programs send to the relay, and what is written in net.hosts: the first byte chooses.
 */
#include <stdlib.h>
#include <string.h>

#include "conf/config/host_values.h"
#include "loader/net/client_hello.h"
#include "loader/net/name_answer.h"
#include "tests/fuzz/fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char name[SBX_HELLO_NAME_MAX], asked[SBX_HOST_NAME_MAX + 1], text[512];
	unsigned char answer[SBX_ANSWER_MAX];
	struct sbx_host_entry entries[2];
	bool unknown;

	if (!size)
		return 0;
	sbx_host_entry_parse("a.example", &entries[0]);
	if (data[0] % 3 == 0) {
		if (sbx_client_hello(data + 1, size - 1, name) == SBX_HELLO_NAMED &&
		    !sbx_host_name_ok(name, strlen(name)))
			abort();
	} else if (data[0] % 3 == 1) {
		if (sbx_name_answer(data + 1, size - 1, entries, 1, answer, asked, &unknown) > sizeof(answer) ||
		    (asked[0] && !sbx_host_name_ok(asked, strlen(asked))))
			abort();
	} else if (size < sizeof(text)) {
		memcpy(text, data + 1, size - 1);
		text[size - 1] = 0;
		if (!sbx_host_entry_parse(text, &entries[1]) && !sbx_host_entry_ok(&entries[1]))
			abort();
	}
	return 0;
}

size_t sbx_fuzz_seed(uint8_t *seed, size_t room)
{
	static const char hello[] =
		"\0\x16\3\1\0\x41\1\0\0\x3d\3\3"
		"0123456789abcdef0123456789abcdef\0\0\2\x13\1\1\0\0\x12\0\0\0\xe\0\xc\0\0\11a.example";

	if (sizeof(hello) > room)
		return 0;
	memcpy(seed, hello, sizeof(hello));
	return sizeof(hello);
}
