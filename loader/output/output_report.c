/* SPDX-License-Identifier: MIT */
/*
 * output_report.c -- outputs for people: those that a run would move into place, and those that it has not.
 */
#include "loader/output/output_report.h"

#include <stdio.h>

#include "loader/base/interrupt.h"
#include "loader/base/memory.h"
#include "loader/base/say.h"
#include "loader/output/quota.h"
#include "shim/err.h"

void sbx_output_report_planned(const struct sbx_stage *stage)
{
	for (size_t i = 0; i < stage->dirs.count; i++) {
		const struct sbx_stage_dir *dir = sbx_vec_at(&stage->dirs, i);

		for (size_t n = 0; n < dir->files.count; n++)
			sbx_say(stdout, "output, moved into place afterwards: %s/%s", dir->dir,
				((struct sbx_stage_file *)sbx_vec_at(&dir->files, n))->name);
		for (size_t n = 0; n < dir->patterns.count; n++)
			sbx_say(stdout, "outputs, moved into place afterwards: what is named after %s/%s", dir->dir,
				((struct sbx_pattern *)sbx_vec_at(&dir->patterns, n))->name);
	}
}

static void report_list(const struct sbx_vec *list, size_t count)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct sbx_stage_dropped *one = sbx_vec_at(list, i);

		sbx_say(stderr, "sbx-wrap: %s: %s: %s%s", sbx_step_name(SBX_STEP_STAGE), one->path, one->reason,
			!one->dir || one->dir->gone ? "" :
			one->dir->kept              ? sbx_format(" (it is kept in %s)", one->dir->name) :
						      "; dropped");
	}
	if (count > list->count)
		sbx_say(stderr, "sbx-wrap: %s: and %zu more", sbx_step_name(SBX_STEP_STAGE), count - list->count);
}

void sbx_output_report(const struct sbx_stage *stage, bool quiet)
{
	report_list(&stage->dropped, stage->dropped_count);
	report_list(&stage->retained, stage->retained_count);
	if (stage->dropped_count && !quiet && !sbx_interrupt_reason() && !(stage->quota && stage->quota->over))
		sbx_say(stderr, "hint: --rw %s lets the command write there itself",
			sbx_quote(((struct sbx_stage_dropped *)sbx_vec_at(&stage->dropped, 0))->dir->dir));
}
