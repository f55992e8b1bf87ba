/* SPDX-License-Identifier: MIT */
/*
 * test_host_entry.c -- entries of net.hosts: as they are written, and the addresses that are theirs.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "conf/config/host_values.h"

static struct in6_addr address(const char *text)
{
	struct in6_addr six = { .s6_addr = { [10] = 0xff, [11] = 0xff } };

	if (inet_pton(AF_INET, text, six.s6_addr + 12) != 1)
		assert_int_equal(inet_pton(AF_INET6, text, &six), 1);
	return six;
}

static void entries_are_read(void **state)
{
	static const struct {
		const char *text, *name;
		enum sbx_host_kind kind;
		uint16_t port;
		bool any;
	} good[] = {
		{ "example.org", "example.org", SBX_HOST_NAMED, 443, false },
		{ "Example.ORG:8080", "example.org", SBX_HOST_NAMED, 8080, false },
		{ "git.example.org:443/any", "git.example.org", SBX_HOST_NAMED, 443, true },
		{ "_srv.a-b.example", "_srv.a-b.example", SBX_HOST_NAMED, 443, false },
		{ "db", "db", SBX_HOST_NAMED, 443, false },
		{ "localhost:5432", "localhost", SBX_HOST_LOCAL, 5432, false },
		{ "192.0.2.1", "", SBX_HOST_ADDRESSED, 443, false },
		{ "10.0.0.0/8:80", "", SBX_HOST_ADDRESSED, 80, false },
		{ "2001:db8::1", "", SBX_HOST_ADDRESSED, 443, false },
		{ "[2001:db8::]:80", "", SBX_HOST_ADDRESSED, 80, false },
		{ "[2001:db8::/32]:80/any", "", SBX_HOST_ADDRESSED, 80, true },
	};
	struct sbx_host_entry entry;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_null(sbx_host_entry_parse(good[i].text, &entry));
		assert_string_equal(entry.name, good[i].name);
		assert_int_equal(entry.kind, good[i].kind);
		assert_int_equal(entry.port, good[i].port);
		assert_int_equal(entry.any, good[i].any);
	}
}

static void what_is_no_entry_is_refused(void **state)
{
	static const char *const bad[] = { "",
					   ":",
					   "example.org:",
					   "example.org:0",
					   "example.org:65536",
					   "example.org:443x",
					   "example.org:https",
					   "*.example.org",
					   "example..org",
					   ".example.org",
					   "example.org.",
					   "-a.example",
					   "a-.example",
					   "a b",
					   "a\nb",
					   "http://example.org",
					   "user@example.org",
					   "localhost",
					   "127.1",
					   "2130706433",
					   "0x7f000001",
					   "127.0.0.0x1",
					   "1.2.3.4.5",
					   "10.0.0.1/8",
					   "10.0.0.0/0",
					   "10.0.0.0/33",
					   "10.0.0.0/",
					   "[10.0.0.1",
					   "[example.org]:80",
					   "[::1]80",
					   "::ffff:127.0.0.1",
					   "/any",
					   "0123456789012345678901234567890123456789012345678901234567890123.example" };
	struct sbx_host_entry entry;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_non_null(sbx_host_entry_parse(bad[i], &entry));
}

static void names_have_an_address_each(void **state)
{
	static const char *const texts[] = { "a.example", "192.0.2.1", "a.example:80", "b.example", "localhost:1" };
	struct sbx_host_entry entries[5];

	(void)state;
	for (size_t i = 0; i < 5; i++)
		assert_null(sbx_host_entry_parse(texts[i], &entries[i]));
	assert_int_equal(sbx_host_inside(entries, 0), 0xc6120001u);
	assert_int_equal(sbx_host_inside(entries, 1), 0);
	assert_int_equal(sbx_host_inside(entries, 2), 0xc6120001u);
	assert_int_equal(sbx_host_inside(entries, 3), 0xc6120004u);
	assert_int_equal(sbx_host_inside(entries, 4), 0);
}

static void networks_cover_their_addresses(void **state)
{
	static const struct {
		const char *entry, *address;
		bool covers;
	} cases[] = {
		{ "10.0.0.0/8", "10.255.255.255", true },  { "10.0.0.0/8", "11.0.0.0", false },
		{ "10.128.0.0/9", "10.128.0.1", true },    { "10.128.0.0/9", "10.127.255.255", false },
		{ "192.0.2.1", "192.0.2.1", true },        { "192.0.2.1", "192.0.2.2", false },
		{ "192.0.2.1", "::192.0.2.1", false },     { "2001:db8::/32", "2001:db8:1::1", true },
		{ "2001:db8::/32", "2001:db9::1", false }, { "[2000::/3]:443", "::ffff:10.0.0.1", false },
		{ "example.org", "198.18.0.1", false },
	};
	struct sbx_host_entry entry;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const struct in6_addr six = address(cases[i].address);

		assert_null(sbx_host_entry_parse(cases[i].entry, &entry));
		assert_int_equal(sbx_host_covers(&entry, six.s6_addr), cases[i].covers);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries_are_read),
		cmocka_unit_test(what_is_no_entry_is_refused),
		cmocka_unit_test(names_have_an_address_each),
		cmocka_unit_test(networks_cover_their_addresses),
	};

	return cmocka_run_group_tests_name("host entries", tests, NULL, NULL);
}
