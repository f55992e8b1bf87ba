/* SPDX-License-Identifier: MIT */
/*
 * output_report.h -- outputs for people.
 */
#ifndef SBX_LOADER_OUTPUT_OUTPUT_REPORT_H
#define SBX_LOADER_OUTPUT_OUTPUT_REPORT_H

#include <stdbool.h>

#include "loader/output/stage.h"

/* --dry-run: what would be moved into place, on standard output. */
void sbx_output_report_planned(const struct sbx_stage *stage);

/* After sbx_output_commit: which outputs are not in place, on standard error; with a hint unless `quiet`. */
void sbx_output_report(const struct sbx_stage *stage, bool quiet);

#endif
