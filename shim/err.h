/* SPDX-License-Identifier: MIT */
/*
 * err.h -- filling the one error type, and the messages that children and the shim send to the waiting loader.
 */
#ifndef SBX_SHIM_ERR_H
#define SBX_SHIM_ERR_H

#include "shim/steps.h"

/* Fill `err`. `subject` may be NULL and is cut to fit; `errnum` may be given as errno or as the kernel's -errno.
 * Returns -1. */
int sbx_err_set(struct sbx_err *err, enum sbx_step step, long errnum, const char *subject);

/* The wording of a step, as SBX_STEPS has it; "?" for a number out of range. */
const char *sbx_step_name(uint32_t step);

/* One message, one write: on the loader's own SOCK_SEQPACKET channel, which no target has; SBX_MSG_ACK and the shim's
 * SBX_MSG_ERR on the target's pipe, UNTRUSTED at the receiver. */
enum sbx_msg_kind {
	SBX_MSG_ERR,           /* err: a step failed, the sender exits with value */
	SBX_MSG_EXEC,          /* the target is about to exec; value: what became of the latch, enum sbx_latch_plan */
	SBX_MSG_ACK,           /* from the shim: the latch is in force */
	SBX_MSG_STOP,          /* from the reaper: the target was stopped by signal `value` */
	SBX_MSG_STATUS,        /* from the reaper: the target ended with wait status `value` */
	SBX_MSG_CHILD_REPORTS, /* before exec, with the reading end of the fifo of claims */
	SBX_MSG_SPACE,         /* before exec, with an O_PATH descriptor: the private file system of mount `value` */
	SBX_MSG_LISTENER,      /* from our own code before exec: the descriptor that calls are asked on */
	SBX_MSG__COUNT
};
struct sbx_msg {
	uint32_t kind;
	int32_t value;
	struct sbx_err err;
};

/*
 * Send an error to `fd`, or print it on standard error when fd < 0; then end the process with SBX_EXIT_FAILED. The
 * shim's only way to fail: the target must not run on.
 */
_Noreturn void sbx_fail(int fd, const struct sbx_err *err);

#endif
