/* SPDX-License-Identifier: MIT */
/*
 * replaced.h -- what the host replaced during the run, and what that opened.
 */
#ifndef SBX_LOADER_PLAN_REPLACED_H
#define SBX_LOADER_PLAN_REPLACED_H

#include "loader/plan/plan.h"

/* After sbx_plan_sort(): note what there is on the host below what is hidden, or less than the grant around it. */
void sbx_plan_watch(struct sbx_plan *plan);

/* Note that `path` is to be hidden and isn't there; `dst` inside would be shut: rules_around.h. */
void sbx_plan_watch_absent(struct sbx_plan *plan, const char *path, const char *dst);

/* After the run: say on standard error which of it is something else or there now, and what the command could do with
 * that. */
void sbx_plan_report_replaced(const struct sbx_plan *plan);

#endif
