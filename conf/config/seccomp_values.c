/* SPDX-License-Identifier: MIT */
/*
 * seccomp_values.c -- names of system calls and of requests. UNTRUSTED: they come out of a config file or an option.
 */
#include "conf/config/seccomp_values.h"

#include <string.h>

#include "conf/base/did_you_mean.h"
#include "conf/seccomp/ioctl_requests.h"
#include "conf/seccomp/syscall_groups.h"

int sbx_value_syscall(const struct sbx_reader *reader, enum sbx_key_id id, struct sbx_item *item)
{
	static struct sbx_syscalls scratch;
	struct sbx_nearest nearest;
	char key[SBX_KEY_PATH_MAX];
	const char *name = item->text;

	if (strchr(name, ' ') || sbx_syscalls_add(&scratch, name) < 0) {
		sbx_nearest_start(&nearest, name);
		sbx_syscalls_offer(&nearest, reader->pool);
		return sbx_errs_add(reader->errs, item->origin, "%s: unknown %s \"%s\"%s", sbx_key_path(id, key),
				    name[0] == '@' ? "group" : "system call", name,
				    sbx_nearest_text(reader->pool, &nearest));
	}
	if (id == SBX_KEY_SECCOMP_ALLOW &&
	    (name[0] == '@' ? strcmp(name, "@known") != 0 && sbx_group_hard(name) : sbx_syscall_hard(name)))
		return sbx_errs_add(reader->errs, item->origin, "%s: \"%s\" is hard-denied: no policy can allow it",
				    sbx_key_path(id, key), name);
	return 0;
}

int sbx_value_ioctl(const struct sbx_reader *reader, enum sbx_key_id id, struct sbx_item *item)
{
	struct sbx_ioctls scratch = { .count = 0 };
	struct sbx_nearest nearest;
	char key[SBX_KEY_PATH_MAX];
	const int rc = sbx_ioctls_add(&scratch, item->text);

	if (rc == SBX_IOCTL_HARD)
		return sbx_errs_add(reader->errs, item->origin, "%s: \"%s\" is hard-denied: no policy can allow it",
				    sbx_key_path(id, key), item->text);
	if (rc == 0)
		return 0;
	sbx_nearest_start(&nearest, item->text);
	sbx_ioctls_offer(&nearest);
	return sbx_errs_add(reader->errs, item->origin, "%s: unknown %s \"%s\"%s", sbx_key_path(id, key),
			    item->text[0] == '@' ? "group" : "request", item->text,
			    sbx_nearest_text(reader->pool, &nearest));
}
