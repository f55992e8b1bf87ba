/* SPDX-License-Identifier: MIT */
/*
 * seccomp.c -- the one applier of seccomp filters: floor and reaper in the loader, latch in the shim.
 *
 * TSYNC covers threads that constructors before ours may have started; where one has a filter of its own it fails with
 * that thread's id. Linux >= 3.17, seccomp(2).
 */
#include "shim/seccomp.h"

#include "shim/err.h"
#include "shim/sys.h"

#include <linux/filter.h>
#include <linux/seccomp.h>

int sbx_seccomp_apply(const void *blob, struct sbx_span span, struct sbx_err *err)
{
	const struct sock_fprog prog = {
		.len = (unsigned short)(span.len / sizeof(struct sock_filter)),
		.filter = (struct sock_filter *)(uintptr_t)sbx_at(blob, span),
	};
	long ret;

	if (!prog.len)
		return 0;
	ret = sbx_sys(__NR_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &prog, 0);
	if (ret > 0)
		return sbx_err_set(err, SBX_STEP_SECCOMP, 0, "a thread has filters of its own");
	return ret < 0 ? sbx_err_set(err, SBX_STEP_SECCOMP, ret, "SECCOMP_SET_MODE_FILTER") : 0;
}
