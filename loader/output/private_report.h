/* SPDX-License-Identifier: MIT */
/*
 * private_report.h -- for people: what is gone with the private directories, and how to keep it the next time.
 */
#ifndef SBX_LOADER_OUTPUT_PRIVATE_REPORT_H
#define SBX_LOADER_OUTPUT_PRIVATE_REPORT_H

#include "loader/output/private_leftovers.h"

/* On standard error: the list where it is wanted (`listed`), else one note. */
void sbx_private_report(const struct sbx_private *left, struct sbx_plan *plan, bool listed);

#endif
