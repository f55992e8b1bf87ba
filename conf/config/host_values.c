/* SPDX-License-Identifier: MIT */
/*
 * host_values.c -- entries of net.hosts. UNTRUSTED: they come out of a file or an option.
 */
#include "conf/config/host_values.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 320u
#define ANY "/any"

static const char *read_port(const char *text, uint16_t *port)
{
	const size_t len = strlen(text);
	const unsigned long number = strtoul(text, NULL, 10);

	if (!len || len > 5 || strspn(text, "0123456789") != len || text[0] == '0' || number > 65535)
		return "has no port from 1 to 65535 behind its colon";
	*port = (uint16_t)number;
	return NULL;
}

static void clear_behind(uint8_t address[SBX_HOST_ADDRESS], unsigned int prefix)
{
	for (unsigned int bit = prefix; bit < 128; bit++)
		address[bit / 8] &= (uint8_t) ~(0x80u >> bit % 8);
}

/* ADDRESS[/BITS]; false when it is none. */
static bool read_address(char *text, struct sbx_host_entry *entry, const char **why)
{
	char *slash = strchr(text, '/');
	uint8_t whole[SBX_HOST_ADDRESS];
	struct in_addr four;
	unsigned int most = 128, base = 0;

	if (slash)
		*slash = 0;
	if (inet_pton(AF_INET, text, &four) == 1) {
		memset(entry->address, 0, sizeof(entry->address));
		entry->address[10] = entry->address[11] = 0xff;
		memcpy(entry->address + 12, &four, sizeof(four));
		most = 32;
		base = 96;
	} else if (inet_pton(AF_INET6, text, entry->address) != 1) {
		if (slash)
			*slash = '/';
		return false;
	}
	entry->kind = SBX_HOST_ADDRESSED;
	entry->prefix = (uint8_t)(base + most);
	if (slash) {
		const size_t len = strlen(slash + 1);
		const unsigned long bits = strtoul(slash + 1, NULL, 10);

		if (!len || len > 3 || strspn(slash + 1, "0123456789") != len || bits > most || !bits)
			*why = "has no length of a prefix behind its slash";
		entry->prefix = (uint8_t)(base + bits);
	}
	memcpy(whole, entry->address, sizeof(whole));
	clear_behind(entry->address, entry->prefix);
	if (!*why && memcmp(whole, entry->address, sizeof(whole)) != 0)
		*why = "is an address in a network, not the network: its bits behind the prefix aren't 0";
	if (!*why && sbx_host_is_four(entry->address) && most == 128)
		*why = "is an IPv4 address in other words: write it as 192.0.2.1";
	return true;
}

static const char *read_name(char *text, bool has_port, struct sbx_host_entry *entry)
{
	const size_t len = strlen(text);
	const char *end = strrchr(text, '.');

	if (!sbx_host_name_ok(text, len))
		return strchr(text, '*') ? "names no single host; patterns aren't supported yet: list the names" :
					   "is no host's name and no address";
	/* 127.1, 0x7f000001 and the like are addresses to getaddrinfo(3) */
	if (end ? !end[1 + strspn(end + 1, "0123456789")] : !text[strspn(text, "0123456789")])
		return "is neither a name nor an address as they are written in full";
	if ((end ? end[1] : text[0]) == '0' && strchr("xX", (end ? end[2] : text[1])))
		return "is neither a name nor an address as they are written in full";
	for (size_t i = 0; i <= len; i++)
		entry->name[i] = text[i] >= 'A' && text[i] <= 'Z' ? (char)(text[i] + 32) : text[i];
	entry->kind = strcmp(entry->name, "localhost") == 0 ? SBX_HOST_LOCAL : SBX_HOST_NAMED;
	if (entry->kind == SBX_HOST_LOCAL && !has_port)
		return "needs a port: localhost:5432";
	return NULL;
}

const char *sbx_host_entry_parse(const char *text, struct sbx_host_entry *entry)
{
	const char *why = NULL, *port = NULL;
	char copy[TEXT_MAX], *host = copy, *colon;
	size_t len = strlen(text);

	memset(entry, 0, sizeof(*entry));
	entry->port = SBX_HOST_TLS_PORT;
	if (len >= sizeof(copy))
		return "is too long";
	memcpy(copy, text, len + 1);
	if (len > strlen(ANY) && strcmp(copy + len - strlen(ANY), ANY) == 0) {
		copy[len - strlen(ANY)] = 0;
		entry->any = 1;
	}
	colon = strrchr(copy, ':');
	if (copy[0] == '[') {
		char *close = strchr(copy, ']');

		if (!close || (close[1] && close[1] != ':'))
			return "has no ] where its address ends";
		port = close[1] ? close + 2 : NULL;
		*close = 0;
		host++;
	} else if (colon && strchr(copy, ':') == colon) { /* more than one is an address of IPv6 */
		*colon = 0;
		port = colon + 1;
	}
	if (port)
		why = read_port(port, &entry->port);
	if (!why && !read_address(host, entry, &why))
		why = copy[0] == '[' ? "has no IPv6 address between its brackets" : read_name(host, port, entry);
	return why;
}
