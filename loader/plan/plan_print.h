/* SPDX-License-Identifier: MIT */
/*
 * plan_print.h -- the plan for people.
 */
#ifndef SBX_LOADER_PLAN_PLAN_PRINT_H
#define SBX_LOADER_PLAN_PLAN_PRINT_H

#include "loader/plan/plan.h"

/* The root and every mount, on standard output. */
void sbx_plan_print(const struct sbx_plan *plan);

/* The mounts that options and arguments have added, on standard error. */
void sbx_plan_print_late(const struct sbx_plan *plan);

/* What was named and not granted, and the remedy, on standard error. */
void sbx_plan_print_notes(const struct sbx_plan *plan);

#endif
