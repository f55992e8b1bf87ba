/* SPDX-License-Identifier: MIT */
/*
 * test_relay.c -- what the relay reads: addresses, the ClientHello of TLS, questions for names.
 */
#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "conf/config/host_values.h"
#include "loader/net/address_scope.h"
#include "loader/net/client_hello.h"
#include "loader/net/name_answer.h"

static struct in6_addr address(const char *text)
{
	struct in6_addr six = { .s6_addr = { [10] = 0xff, [11] = 0xff } };

	if (inet_pton(AF_INET, text, six.s6_addr + 12) != 1)
		assert_int_equal(inet_pton(AF_INET6, text, &six), 1);
	return six;
}

static void only_public_addresses_are_global(void **state)
{
	static const char *const global[] = { "1.1.1.1",     "9.255.255.255",   "11.0.0.0",     "100.63.255.255",
					      "100.128.0.0", "172.15.0.1",      "172.32.0.0",   "198.17.0.1",
					      "198.20.0.0",  "223.255.255.255", "2606:4700::1", "2001:200::1",
					      "2a00::1" };
	static const char *const not_global[] = { "0.0.0.0",
						  "0.1.2.3",
						  "10.0.0.1",
						  "100.64.0.1",
						  "100.127.255.255",
						  "127.0.0.1",
						  "127.255.255.255",
						  "169.254.169.254",
						  "172.16.0.1",
						  "172.31.255.255",
						  "192.0.0.1",
						  "192.0.2.1",
						  "192.168.1.1",
						  "198.18.0.1",
						  "198.19.255.255",
						  "198.51.100.1",
						  "203.0.113.1",
						  "224.0.0.1",
						  "240.0.0.1",
						  "255.255.255.255",
						  "::",
						  "::1",
						  "::127.0.0.1",
						  "64:ff9b::7f00:1",
						  "64:ff9b:1::1",
						  "100::1",
						  "2001::1",
						  "2001:db8::1",
						  "2002:7f00:1::1",
						  "fc00::1",
						  "fd00::1",
						  "fe80::1",
						  "ff02::1",
						  "3fff::1",
						  "4000::1",
						  "fec0::1" };

	(void)state;
	for (size_t i = 0; i < sizeof(global) / sizeof(global[0]); i++) {
		const struct in6_addr six = address(global[i]);

		assert_true(sbx_address_is_global(&six));
	}
	for (size_t i = 0; i < sizeof(not_global) / sizeof(not_global[0]); i++) {
		const struct in6_addr six = address(not_global[i]);

		assert_false(sbx_address_is_global(&six));
	}
}

static void own_addresses_are_known(void **state)
{
	const struct in6_addr loopback = address("127.0.0.1"), all = address("127.9.9.9"),
			      other = address("192.0.2.77");

	(void)state;
	assert_true(sbx_address_is_own(&loopback));
	assert_true(sbx_address_is_own(&all));
	assert_false(sbx_address_is_own(&other));
}

/* ---- the ClientHello ---- */

struct hello {
	unsigned char bytes[2048];
	size_t len;
};

static void put(struct hello *hello, const void *bytes, size_t len)
{
	memcpy(hello->bytes + hello->len, bytes, len);
	hello->len += len;
}

static void put_number(struct hello *hello, size_t number, size_t width)
{
	while (width--)
		hello->bytes[hello->len++] = (unsigned char)(number >> 8 * width);
}

static void put_name(struct hello *hello, const char *name, size_t len)
{
	put_number(hello, 0, 2);
	put_number(hello, len + 5, 2);
	put_number(hello, len + 3, 2);
	put_number(hello, 0, 1);
	put_number(hello, len, 2);
	put(hello, name, len);
}

/* One record of a message with these extensions. */
static struct hello hello_with(const struct hello *extensions)
{
	struct hello hello = { .len = 0 };
	const size_t body = 2 + 32 + 1 + 4 + 2 + 2 + extensions->len;

	put(&hello, "\x16\x03\x01", 3);
	put_number(&hello, body + 4, 2);
	put_number(&hello, 1, 1);
	put_number(&hello, body, 3);
	put(&hello, "\x03\x03", 2);
	put(&hello, "0123456789abcdef0123456789abcdef", 32);
	put(&hello, "\0", 1);
	put(&hello, "\0\2\x13\1", 4);
	put(&hello, "\1\0", 2);
	put_number(&hello, extensions->len, 2);
	put(&hello, extensions->bytes, extensions->len);
	return hello;
}

static struct hello hello_for(const char *name)
{
	struct hello extensions = { .len = 0 };

	put_name(&extensions, name, strlen(name));
	return hello_with(&extensions);
}

static enum sbx_hello look(const struct hello *hello, char name[SBX_HELLO_NAME_MAX])
{
	return sbx_client_hello(hello->bytes, hello->len, name);
}

static void the_name_is_found_when_all_is_there(void **state)
{
	const struct hello whole = hello_for("API.example.org");
	struct hello cut = { .len = 0 };
	char name[SBX_HELLO_NAME_MAX];

	(void)state;
	for (size_t len = 0; len < whole.len; len++)
		assert_int_equal(sbx_client_hello(whole.bytes, len, name), SBX_HELLO_MORE);
	assert_int_equal(look(&whole, name), SBX_HELLO_NAMED);
	assert_string_equal(name, "api.example.org");
	for (size_t at = 5; at < whole.len; at += 3) { /* in records of three bytes */
		const size_t part = whole.len - at < 3 ? whole.len - at : 3;

		put(&cut, "\x16\x03\x03", 3);
		put_number(&cut, part, 2);
		put(&cut, whole.bytes + at, part);
	}
	for (size_t len = 0; len < cut.len; len++)
		assert_int_equal(sbx_client_hello(cut.bytes, len, name), SBX_HELLO_MORE);
	assert_int_equal(look(&cut, name), SBX_HELLO_NAMED);
	assert_string_equal(name, "api.example.org");
}

static void what_is_not_well_formed_is_none(void **state)
{
	static const char *const names[] = { "", "a..b", "a.", ".a", "a b", "a/b", "127.0.0.1\n", "\xc3\xa4.example" };
	const struct hello whole = hello_for("a.example");
	struct hello extensions = { .len = 0 }, hello;
	char name[SBX_HELLO_NAME_MAX];

	(void)state;
	assert_int_equal(sbx_client_hello((const unsigned char *)"GET / HTTP/1.0", 14, name), SBX_HELLO_NONE);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		hello = hello_for(names[i]);
		assert_int_equal(look(&hello, name), SBX_HELLO_NONE);
	}
	put_name(&extensions, "a.example", 9); /* twice */
	put_name(&extensions, "b.example", 9);
	hello = hello_with(&extensions);
	assert_int_equal(look(&hello, name), SBX_HELLO_NONE);
	put_name(&extensions, "a.example\0b", 11);
	hello = hello_with(&extensions);
	assert_int_equal(look(&hello, name), SBX_HELLO_NONE);
	hello = whole; /* something behind the message in its record */
	hello.bytes[4]++;
	hello.len++;
	assert_int_equal(look(&hello, name), SBX_HELLO_NONE);
	hello = whole; /* a message longer than all records may be */
	hello.bytes[6] = 1;
	assert_int_equal(look(&hello, name), SBX_HELLO_NONE);
	hello = whole; /* the list of extensions is shorter than the message */
	hello.bytes[5 + 4 + 2 + 32 + 1 + 4 + 2 + 1]--;
	assert_int_equal(look(&hello, name), SBX_HELLO_NONE);
}

static void a_name_can_be_missing_or_hidden(void **state)
{
	struct hello extensions = { .len = 0 }, hello = hello_with(&extensions);
	char name[SBX_HELLO_NAME_MAX];

	(void)state;
	assert_int_equal(look(&hello, name), SBX_HELLO_NAMELESS);
	assert_string_equal(name, "");
	put(&extensions, "\xfe\x0d\0\1x", 5);
	hello = hello_with(&extensions);
	assert_int_equal(look(&hello, name), SBX_HELLO_HIDDEN);
	put_name(&extensions, "a.example", 9);
	hello = hello_with(&extensions);
	assert_int_equal(look(&hello, name), SBX_HELLO_HIDDEN);
}

/* ---- names ---- */

static size_t ask(const char *labels, size_t len, unsigned int type, unsigned char answer[SBX_ANSWER_MAX], char *name,
		  bool *unknown)
{
	static const char *const texts[] = { "a.example", "b.example:80" };
	struct sbx_host_entry entries[2];
	struct hello query = { .len = 0 };

	for (size_t i = 0; i < 2; i++)
		assert_null(sbx_host_entry_parse(texts[i], &entries[i]));
	put(&query, "\x12\x34\1\0\0\1\0\0\0\0\0\0", 12);
	put(&query, labels, len);
	put_number(&query, type, 2);
	put_number(&query, 1, 2);
	return sbx_name_answer(query.bytes, query.len, entries, 2, answer, name, unknown);
}

#define ASK(labels, type) ask((labels), sizeof(labels), (type), answer, name, &unknown)

static void questions_are_answered(void **state)
{
	unsigned char answer[SBX_ANSWER_MAX];
	char name[SBX_HOST_NAME_MAX + 1];
	bool unknown;
	size_t len;

	(void)state;
	len = ASK("\1B\7example", 1);
	assert_int_equal(len, 12 + 11 + 4 + 16);
	assert_memory_equal(answer, "\x12\x34\x85\x80\0\1\0\1\0\0\0\0", 12);
	assert_memory_equal(answer + len - 4, "\xc6\x12\0\2", 4);
	assert_false(unknown);
	len = ASK("\1a\7example", 28); /* AAAA */
	assert_memory_equal(answer, "\x12\x34\x85\x80\0\1\0\0\0\0\0\0", 12);
	assert_int_equal(len, 12 + 11 + 4);
	len = ASK("\1c\7example", 1);
	assert_memory_equal(answer, "\x12\x34\x85\x83\0\1\0\0\0\0\0\0", 12);
	assert_true(unknown);
	assert_string_equal(name, "c.example");
	len = ASK("\3a\nb\7example", 1); /* told to nobody */
	assert_true(len && unknown);
	assert_string_equal(name, "");
	assert_int_equal(ASK("\77a", 1), 0);
	assert_int_equal(ASK("\xc0\x0c", 1), 0); /* itself */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_public_addresses_are_global),
		cmocka_unit_test(own_addresses_are_known),
		cmocka_unit_test(the_name_is_found_when_all_is_there),
		cmocka_unit_test(what_is_not_well_formed_is_none),
		cmocka_unit_test(a_name_can_be_missing_or_hidden),
		cmocka_unit_test(questions_are_answered),
	};

	return cmocka_run_group_tests_name("relay", tests, NULL, NULL);
}
