/* SPDX-License-Identifier: MIT */
/*
 * err.c -- the one error type, without a libc.
 */
#include "shim/err.h"

#include "shim/sys.h"

static const char *const step_names[] = {
#define X(id, wording) [SBX_STEP_##id] = (wording),
	SBX_STEPS(X)
#undef X
};

int sbx_err_set(struct sbx_err *err, enum sbx_step step, long errnum, const char *subject)
{
	size_t i = 0;

	err->step = step;
	err->errnum = (int32_t)(errnum < 0 ? -errnum : errnum);
	for (; subject && subject[i] && i < sizeof(err->subject) - 1; i++)
		err->subject[i] = subject[i];
	for (; i < sizeof(err->subject); i++)
		err->subject[i] = 0;
	return -1;
}

const char *sbx_step_name(uint32_t step)
{
	return step < SBX_STEP__COUNT ? step_names[step] : "?";
}
