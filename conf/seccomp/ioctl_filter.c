/* SPDX-License-Identifier: MIT */
/*
 * ioctl_filter.c -- balanced trees of the requests that a policy lists. libseccomp would ask for one after the other,
 * at each call.
 */
#include "conf/seccomp/ioctl_filter.h"

#include <errno.h>
#include <stddef.h>

#include <linux/seccomp.h>

#include "conf/seccomp/bpf_tree.h"

/* What the policy lists, and what fails with EPERM: as it always has, or because file attributes are not to change. */
static size_t list_requests(const struct sbx_filter_spec *spec, struct sbx_bpf_number numbers[SBX_IOCTLS_MAX])
{
	struct sbx_ioctls all = spec->ioctls;

	sbx_ioctls_add_injections(&all);
	if (spec->when & SBX_WHEN_NO_CHMOD)
		sbx_ioctls_add(&all, "@attributes");
	for (size_t i = 0; i < all.count; i++) {
		const bool denied = sbx_ioctl_injects(all.request[i]) ||
				    ((spec->when & SBX_WHEN_NO_CHMOD) && sbx_ioctl_sets_attributes(all.request[i]));

		numbers[i] = (struct sbx_bpf_number){ all.request[i],
						      denied ? SECCOMP_RET_ERRNO | EPERM : SECCOMP_RET_ALLOW };
	}
	return all.count;
}

static void append_requests(struct sbx_pool *pool, struct sbx_filter *part, const struct sbx_bpf_number *numbers,
			    size_t count, uint32_t others)
{
	const struct sock_filter load = BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1]));
	const struct sbx_filter tree = sbx_bpf_tree_list(pool, numbers, count, others);

	sbx_bpf_append(pool, part, &load, 1);
	sbx_bpf_append(pool, part, tree.insns, tree.count);
}

/* A tree for each kind of request that only a list allows; the others are all allowed. */
static void append_devices(struct sbx_pool *pool, struct sbx_filter *part, const struct sbx_bpf_number *numbers,
			   size_t count, uint32_t denied)
{
	const struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);

	for (size_t k = 0; k < SBX_IOCTL_NOT_DEVICES; k++) {
		const struct sbx_ioctl_kind *kind = &sbx_ioctl_not_devices[k];
		struct sbx_bpf_number some[SBX_IOCTLS_MAX];
		struct sbx_filter tree = { NULL, 0 };
		struct sock_filter test[] = {
			BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1])),
			BPF_STMT(BPF_ALU | BPF_AND | BPF_K, kind->mask),
			BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, kind->value, 1, 0),
			BPF_STMT(BPF_JMP | BPF_JA, 0),
		};
		size_t n = 0;

		for (size_t i = 0; i < count; i++)
			if ((numbers[i].number & kind->mask) == kind->value)
				some[n++] = numbers[i];
		append_requests(pool, &tree, some, n, denied);
		test[3].k = (uint32_t)tree.count;
		sbx_bpf_append(pool, part, test, sizeof(test) / sizeof(test[0]));
		sbx_bpf_append(pool, part, tree.insns, tree.count);
	}
	sbx_bpf_append(pool, part, &allow, 1);
}

void sbx_ioctl_filter_append(struct sbx_pool *pool, const struct sbx_filter_spec *spec, struct sbx_filter *filter)
{
	const int nr = sbx_syscall_number("ioctl");
	const uint32_t denied = spec->ioctl_denied ? spec->ioctl_denied : SECCOMP_RET_ERRNO | ENOTTY;
	struct sbx_bpf_number numbers[SBX_IOCTLS_MAX];
	const size_t count = list_requests(spec, numbers);
	struct sbx_filter part = { NULL, 0 };
	struct sock_filter start[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)nr, 1, 0),
		BPF_STMT(BPF_JMP | BPF_JA, 0),
	};

	if (spec->set.nr[nr] == SBX_CALL_DENIED || spec->denied == SECCOMP_RET_ALLOW)
		return;
	if (spec->ioctls.devices)
		append_devices(pool, &part, numbers, count, denied);
	else
		append_requests(pool, &part, numbers, count, denied);
	start[2].k = (uint32_t)part.count;
	sbx_bpf_append(pool, filter, start, sizeof(start) / sizeof(start[0]));
	sbx_bpf_append(pool, filter, part.insns, part.count);
}
