/* SPDX-License-Identifier: MIT */
/*
 * filter_compile.h -- a set of system calls as a seccomp filter.
 */
#ifndef SBX_CONF_SECCOMP_FILTER_COMPILE_H
#define SBX_CONF_SECCOMP_FILTER_COMPILE_H

#include <stdint.h>

#include "conf/bpf/bpf.h"
#include "conf/seccomp/ioctl_requests.h"
#include "conf/seccomp/syscall_groups.h"

/* What the rules on arguments depend on. */
enum {
	SBX_WHEN_NO_MAP_EXEC = 1, /* no memory becomes executable */
	SBX_WHEN_INET = 2,        /* AF_INET and AF_INET6 may be had */
	SBX_WHEN_UNIX = 4,        /* AF_UNIX may be had */
	SBX_WHEN_PORTS = 8,       /* Landlock limits ports: nothing may get round connect(2) */
	SBX_WHEN_PID_1 = 16,      /* the target is PID 1, its parent's death must reach it */
	SBX_WHEN_IN_PLACE = 32,   /* no mount is read-only, other processes are visible */
	SBX_WHEN_NO_CHMOD = 64,   /* files' metadata stays: also what ioctl(2) changes of it */
	SBX_WHEN_ROOT = 128,      /* the caller is root */
	SBX_WHEN_UDP = 256,       /* with INET: datagrams too */
	SBX_WHEN_ROUTE = 512,     /* there is a network, which may be looked at: rtnetlink(7) */
	SBX_WHEN_NO_ROUTE = 1024,
	SBX_WHEN_PING = 2048, /* the host's, and not its ports alone: icmp(7) */
	SBX_WHEN_NO_PING = 4096,
	SBX_WHEN_OUR_GROUP = 8192,   /* the target is in the process group of the loader, perhaps of a pipeline */
	SBX_WHEN_NO_SIGNALS = 16384, /* nothing keeps signals from other processes */
	SBX_WHEN_NO_HUGE = 32768,    /* no pages of the machine's pool of huge ones */
	/* 16 and 17: arg_rules.h */
	SBX_WHEN_ONE_ID = 1 << 18 /* a user namespace that knows one user and one group: EINVAL for any other */
};

struct sbx_filter_spec {
	struct sbx_syscalls set;
	unsigned int when;        /* SBX_WHEN_* */
	uint32_t uid, gid;        /* with ONE_ID: as they are inside */
	uint32_t denied;          /* SECCOMP_RET_* for what the set lacks; 0: EPERM */
	struct sbx_ioctls ioctls; /* where the set has ioctl: those that are allowed */
	uint32_t ioctl_denied;    /* SECCOMP_RET_* for the others; 0: ENOTTY, as from what doesn't know them */
};

/*
 * Compile: foreign arch and x32 are killed, numbers without a name get ENOSYS, calls that the set lacks `denied`, some
 * others the errno that their callers expect, the rest is allowed. With `denied` SECCOMP_RET_ALLOW the set doesn't
 * count. The instructions belong to the pool. Returns 0, or -1 with *why set.
 */
int sbx_filter_compile(struct sbx_pool *pool, const struct sbx_filter_spec *spec, struct sbx_filter *filter,
		       const char **why);

/*
 * The same for a process that has the filter of `floor`, a superset, already: what both treat alike is allowed, for the
 * kernel takes the stricter answer of the two. Without a difference there is no filter, or one that allows all where
 * `empty` asks for it. Returns 0; -1 with *why set; or 1 when there is no such filter.
 */
int sbx_filter_compile_above(struct sbx_pool *pool, const struct sbx_filter_spec *spec,
			     const struct sbx_filter_spec *floor, bool empty, struct sbx_filter *filter,
			     const char **why);

#endif
