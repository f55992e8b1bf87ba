/* SPDX-License-Identifier: MIT */
/*
 * name_answer.h -- answers a question of the DNS out of net.hosts: RFC 1035.
 */
#ifndef SBX_LOADER_NET_NAME_ANSWER_H
#define SBX_LOADER_NET_NAME_ANSWER_H

#include <stdbool.h>
#include <stddef.h>

#include "shim/host_entry.h"

#define SBX_ANSWER_MAX 512u

/*
 * The answer to `query` into `answer`; its size, or 0 where there is none to give. *unknown says whether the name is
 * none of the entries', and `name` is it then, or "" where it is no host's name. UNTRUSTED: the query.
 */
size_t sbx_name_answer(const unsigned char *query, size_t len, const struct sbx_host_entry *entries, size_t count,
		       unsigned char answer[SBX_ANSWER_MAX], char name[SBX_HOST_NAME_MAX + 1], bool *unknown);

#endif
