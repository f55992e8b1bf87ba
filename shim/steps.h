/* SPDX-License-Identifier: MIT */
/*
 * steps.h -- the steps that can fail, their wording, and the one error type.
 *
 * Libraries return -1 and fill a struct sbx_err; one place prints it (loader/cli/error_messages.c, conf/base/errors.c).
 * Children send it to the loader over a socket in one write, so it holds no pointer.
 */
#ifndef SBX_SHIM_STEPS_H
#define SBX_SHIM_STEPS_H

#include <stdint.h>

/* X(id, wording): `sbx-wrap: <wording>: <subject>: <error>` */
/* clang-format off */
#define SBX_STEPS(X) \
	X(OPTIONS, "options") \
	X(TARGET, "target") \
	X(CACHE, "cache") \
	X(COMPILE, "policy") \
	X(BLOB, "compiled policy") \
	X(GRANT, "grant") \
	X(STAGE, "output") \
	X(FDS, "file descriptors") \
	X(SPAWN, "clone") \
	X(USERNS, "user namespace") \
	X(NESTING, "nested user namespaces") \
	X(ROOT, "private root") \
	X(MOUNT, "mount") \
	X(PROC, "proc") \
	X(NET, "network namespace") \
	X(KEYRING, "session keyring") \
	X(ENVIRON, "environment") \
	X(CAPS, "capabilities") \
	X(NNP, "no_new_privs") \
	X(LANDLOCK, "landlock") \
	X(SECCOMP, "seccomp") \
	X(CHDIR, "working directory") \
	X(SHIM, "shim") \
	X(LATCH, "latch") \
	X(EXEC, "exec") \
	X(WAIT, "wait") \
	X(MEMORY, "memory") \
	X(CALL, "seccomp") \
	X(TTY, "terminal") \
	X(LIMITS, "limits")
/* clang-format on */
enum sbx_step {
#define X(id, wording) SBX_STEP_##id,
	SBX_STEPS(X)
#undef X
		SBX_STEP__COUNT
};

#define SBX_SUBJECT_MAX 200
struct sbx_err {
	uint32_t step;  /* enum sbx_step */
	int32_t errnum; /* errno value, or 0 when `subject` says it all */
	char subject[SBX_SUBJECT_MAX];
};

/* Exit statuses of sbx-wrap itself; everything else is the target's. */
#define SBX_EXIT_TIMEOUT 124
#define SBX_EXIT_FAILED 125
#define SBX_EXIT_CANNOT_EXEC 126
#define SBX_EXIT_NOT_FOUND 127

#endif
