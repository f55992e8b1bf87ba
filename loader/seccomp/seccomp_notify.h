/* SPDX-License-Identifier: MIT */
/*
 * seccomp_notify.h -- the waiting loader's side of asking: it answers for calls, and remembers them by name.
 */
#ifndef SBX_LOADER_SECCOMP_SECCOMP_NOTIFY_H
#define SBX_LOADER_SECCOMP_SECCOMP_NOTIFY_H

#include <stdbool.h>

#include <linux/seccomp.h>

#include "loader/base/rate.h"
#include "shim/blob.h"
#include "shim/steps.h"

#define SBX_PROGRAM_MAX 16 /* TASK_COMM_LEN: proc(5), comm */

/* What was seen of one call. */
struct sbx_notify_call {
	unsigned int named, let_through, denied; /* how often */
	char program[SBX_PROGRAM_MAX];           /* who made it first */
};

#define SBX_NOTIFY_IOCTLS 32 /* beyond, none is told any more */

struct sbx_notify {
	const struct sbx_policy_blob *policy;
	const char *command;                /* for messages */
	int fd;                             /* the listener, or -1 */
	struct sbx_notify_call *seen;       /* SBX_CALLS_MAX, by number */
	uint32_t ioctls[SBX_NOTIFY_IOCTLS]; /* requests of ioctl(2) that were let through, each once */
	size_t ioctls_count;
	struct sbx_rate rate; /* calls */
};

/* Whose code it is that calls, and so which filter counts. */
enum sbx_phase {
	SBX_PHASE_LOADER, /* before exec, our own: nothing is asked of it */
	SBX_PHASE_FLOOR,
	SBX_PHASE_LATCH,
	SBX_PHASE_STATIC /* the same from exec on, with what that takes */
};

/* Does the policy want to be asked? */
static inline bool sbx_notify_asked(const struct sbx_policy_blob *policy)
{
	return policy->ask.len > 0;
}

void sbx_notify_init(struct sbx_notify *notify, const struct sbx_policy_blob *policy, const char *command);

/* What to poll(2) for a call that waits, or -1: nobody asks, or so many have been answered that the next wait until
 * *next, which is set then. */
int sbx_notify_poll(const struct sbx_notify *notify, int64_t *next);

/* UNTRUSTED: the call that waits, read without blocking once poll(2) has told of one. False when its process is gone.
 */
bool sbx_notify_receive(struct sbx_notify *notify, struct seccomp_notif *call);

/* Answer it. False, and no answer, when the command is to be killed for it, or (err has an errno) can't be answered. */
bool sbx_notify_answer(struct sbx_notify *notify, const struct seccomp_notif *call, enum sbx_phase phase,
		       struct sbx_err *err);

/* For who doesn't decide by filters: does the call still wait for an answer? */
bool sbx_notify_waits(const struct sbx_notify *notify, const struct seccomp_notif *call);

/* And for who has carried it out: it returns 0, or fails with `errnum`. False with errno when it can't be told. */
bool sbx_notify_return(const struct sbx_notify *notify, const struct seccomp_notif *call, int errnum);

/* Nothing is answered any more: what is asked fails. */
void sbx_notify_close(struct sbx_notify *notify);

/* After the end: which calls were named, and what would allow those that were let through. On standard error. */
void sbx_notify_report(const struct sbx_notify *notify);

#endif
