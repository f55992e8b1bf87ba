/* SPDX-License-Identifier: MIT */
/*
 * name_answer.c -- resolver(3) of libc takes the question apart. UNTRUSTED: programs inside ask what they like.
 */
#include "loader/net/name_answer.h"

#include <arpa/nameser.h>
#include <string.h>

#define TTL 5
#define LOOPBACK 0x7f000001u
#define AUTHORITATIVE 0x8480u /* an answer, by who knows, who would ask others */
#define RECURSION_DESIRED 0x0100u

static void lower(char *text)
{
	for (; *text; text++)
		if (*text >= 'A' && *text <= 'Z')
			*text = (char)(*text + 32);
}

/* The address inside, in host byte order; 0 for a name that nobody has. */
static uint32_t address_of(const char *name, const struct sbx_host_entry *entries, size_t count)
{
	if (strcmp(name, "localhost") == 0)
		return LOOPBACK;
	for (size_t i = 0; i < count; i++)
		if (entries[i].kind == SBX_HOST_NAMED && strcmp(entries[i].name, name) == 0)
			return sbx_host_inside(entries, i);
	return 0;
}

static unsigned char *put(unsigned char *at, unsigned int number)
{
	ns_put16(number, at);
	return at + NS_INT16SZ;
}

static unsigned char *put_long(unsigned char *at, uint32_t number)
{
	ns_put32(number, at);
	return at + NS_INT32SZ;
}

static unsigned char *put_address(unsigned char *at, uint32_t address)
{
	at = put(at, 0xc000 | NS_HFIXEDSZ); /* the question's name */
	at = put_long(put(put(at, ns_t_a), ns_c_in), TTL);
	return put_long(put(at, sizeof(address)), address);
}

size_t sbx_name_answer(const unsigned char *query, size_t len, const struct sbx_host_entry *entries, size_t count,
		       unsigned char answer[SBX_ANSWER_MAX], char name[SBX_HOST_NAME_MAX + 1], bool *unknown)
{
	const unsigned char *const begin = query + NS_HFIXEDSZ;
	char asked[NS_MAXDNAME];
	unsigned char *at;
	ns_msg message;
	ns_rr question;
	uint32_t address;
	int used;

	*unknown = false;
	name[0] = 0;
	if (ns_initparse(query, (int)len, &message) < 0 || ns_msg_getflag(message, ns_f_qr) ||
	    ns_msg_count(message, ns_s_qd) != 1 || ns_parserr(&message, ns_s_qd, 0, &question) < 0)
		return 0;
	used = ns_name_uncompress(query, query + len, begin, asked, sizeof(asked));
	if (used < 0 || (size_t)used + NS_QFIXEDSZ + NS_HFIXEDSZ > SBX_ANSWER_MAX - 64)
		return 0;
	lower(asked);
	address = address_of(asked, entries, count);
	*unknown = !address && ns_rr_type(question) != ns_t_ptr;
	if (*unknown && sbx_host_name_ok(asked, strlen(asked)))
		memcpy(name, asked, strlen(asked) + 1);
	memcpy(answer, query, NS_HFIXEDSZ + (size_t)used + NS_QFIXEDSZ);
	at = put(answer + NS_INT16SZ, AUTHORITATIVE | (ns_msg_getflag(message, ns_f_rd) ? RECURSION_DESIRED : 0) |
					      (unsigned int)(address ? ns_r_noerror : ns_r_nxdomain));
	at = put(put(at, 1), address && ns_rr_type(question) == ns_t_a ? 1 : 0);
	put(put(at, 0), 0);
	at = answer + NS_HFIXEDSZ + used + NS_QFIXEDSZ;
	if (address && ns_rr_type(question) == ns_t_a)
		at = put_address(at, address);
	return (size_t)(at - answer);
}
