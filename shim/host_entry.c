/* SPDX-License-Identifier: MIT */
/*
 * host_entry.c -- what conf, loader and relay ask about entries of net.hosts. UNTRUSTED: they come out of a blob, and
 * the names that are held against them from programs inside.
 */
#include "shim/host_entry.h"

static bool is_letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool sbx_host_name_ok(const char *name, size_t len)
{
	size_t label = 0;

	if (!len || len > SBX_HOST_NAME_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		const bool last = i + 1 == len || name[i + 1] == '.';

		if (name[i] == '.') {
			if (!label || i + 1 == len)
				return false;
			label = 0;
			continue;
		}
		/* The underscore is of no host name, and of many that are used: RFC 8552 */
		if (!is_letter_or_digit(name[i]) && name[i] != '_' && (name[i] != '-' || !label || last))
			return false;
		if (++label > 63)
			return false;
	}
	return true;
}

static bool is_same_name(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	return *a == *b;
}

bool sbx_host_entry_ok(const struct sbx_host_entry *entry)
{
	size_t len = 0;

	while (len < sizeof(entry->name) && entry->name[len])
		len++;
	return entry->kind < SBX_HOST__COUNT && entry->port && entry->any <= 1 &&
	       entry->prefix <= 8 * SBX_HOST_ADDRESS && len < sizeof(entry->name) &&
	       (entry->kind == SBX_HOST_ADDRESSED ? !len : sbx_host_name_ok(entry->name, len));
}

uint32_t sbx_host_inside(const struct sbx_host_entry *entries, size_t i)
{
	if (entries[i].kind != SBX_HOST_NAMED)
		return 0;
	for (size_t k = 0; k < i; k++)
		if (entries[k].kind == SBX_HOST_NAMED && is_same_name(entries[k].name, entries[i].name))
			return SBX_HOST_NET + (uint32_t)k + 1;
	return SBX_HOST_NET + (uint32_t)i + 1;
}

bool sbx_host_covers(const struct sbx_host_entry *entry, const uint8_t address[SBX_HOST_ADDRESS])
{
	if (entry->kind != SBX_HOST_ADDRESSED)
		return false;
	for (unsigned int bit = 0; bit < entry->prefix; bit++)
		if ((entry->address[bit / 8] ^ address[bit / 8]) & (0x80u >> bit % 8))
			return false;
	return true;
}

bool sbx_host_is_four(const uint8_t address[SBX_HOST_ADDRESS])
{
	for (unsigned int i = 0; i < 12; i++)
		if (address[i] != (i < 10 ? 0 : 0xff))
			return false;
	return true;
}
