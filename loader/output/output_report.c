/* SPDX-License-Identifier: MIT */
/*
 * output_report.c -- outputs for people: those that a run would move into place, and those that it has not.
 */
#include "loader/output/output_report.h"

#include <stdio.h>

#include "loader/base/printable.h"
#include "shim/err.h"

void sbx_output_report_planned(const struct sbx_stage *stage)
{
	for (size_t i = 0; i < stage->dirs.count; i++) {
		const struct sbx_stage_dir *dir = sbx_vec_at(&stage->dirs, i);

		for (size_t n = 0; n < dir->files.count; n++)
			printf("output, moved into place afterwards: %s/%s\n", dir->dir,
			       ((struct sbx_stage_file *)sbx_vec_at(&dir->files, n))->name);
		for (size_t n = 0; n < dir->patterns.count; n++)
			printf("outputs, moved into place afterwards: what is named after %s/%s\n", dir->dir,
			       ((struct sbx_pattern *)sbx_vec_at(&dir->patterns, n))->name);
	}
}

static void report_list(const struct sbx_vec *list, size_t count)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct sbx_stage_dropped *one = sbx_vec_at(list, i);

		fprintf(stderr, "sbx-wrap: %s: %s: %s", sbx_step_name(SBX_STEP_STAGE), sbx_printable(one->path),
			one->reason);
		if (one->dir)
			fprintf(stderr, one->dir->kept ? " (it is kept in %s)" : "; dropped", one->dir->name);
		fputc('\n', stderr);
	}
	if (count > list->count)
		fprintf(stderr, "sbx-wrap: %s: and %zu more\n", sbx_step_name(SBX_STEP_STAGE), count - list->count);
}

void sbx_output_report(const struct sbx_stage *stage, bool quiet)
{
	report_list(&stage->dropped, stage->dropped_count);
	report_list(&stage->retained, stage->retained_count);
	if (stage->dropped_count && !quiet)
		fprintf(stderr, "hint: --rw %s lets the command write there itself\n",
			sbx_printable(((struct sbx_stage_dropped *)sbx_vec_at(&stage->dropped, 0))->dir->dir));
}
