/* SPDX-License-Identifier: MIT */
/*
 * ioctl_requests.h -- the requests of ioctl(2) by name, number and @group.
 */
#ifndef SBX_CONF_SECCOMP_IOCTL_REQUESTS_H
#define SBX_CONF_SECCOMP_IOCTL_REQUESTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "conf/base/did_you_mean.h"

#define SBX_IOCTLS_MAX 256 /* that one policy lists */
#define SBX_IOCTL_NOT_DEVICES 6

struct sbx_ioctls {
	uint32_t request[SBX_IOCTLS_MAX]; /* sorted, each once */
	size_t count;
	bool devices; /* and whatever isn't asked of terminals, sockets and file systems */
};

#define SBX_IOCTL_UNKNOWN (-1) /* neither a name nor a number */
#define SBX_IOCTL_HARD (-2)    /* no policy can allow it */
#define SBX_IOCTL_MANY (-3)

/* Add a request ("TIOCGWINSZ", "0x5413") or an @group. Returns 0 or one of the above. */
int sbx_ioctls_add(struct sbx_ioctls *set, const char *text);

/* Does it type into a terminal, or change what that is? Fails with EPERM, in every filter. */
bool sbx_ioctl_injects(uint32_t request);
void sbx_ioctls_add_injections(struct sbx_ioctls *set);

/* Is it in @attributes? */
bool sbx_ioctl_sets_attributes(uint32_t request);

/* Add every request that has a name. */
void sbx_ioctls_add_named(struct sbx_ioctls *set);

/* Is all of `set` in `other`? */
bool sbx_ioctls_within(const struct sbx_ioctls *set, const struct sbx_ioctls *other);

/* The requests that "devices" leaves out unless they are listed: request & mask == value. */
extern const struct sbx_ioctl_kind {
	uint32_t mask, value;
} sbx_ioctl_not_devices[SBX_IOCTL_NOT_DEVICES];

/* The names of a group's requests, one at each call; NULL at the end. `at` begins as 0. */
const char *sbx_ioctl_group_next(const char *group, size_t *at);

/* Offer every name that might have been meant. */
void sbx_ioctls_offer(struct sbx_nearest *nearest);

#endif
