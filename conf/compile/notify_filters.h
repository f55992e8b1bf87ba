/* SPDX-License-Identifier: MIT */
/*
 * notify_filters.h -- the filters with which the waiting loader decides of calls, and their names.
 */
#ifndef SBX_CONF_COMPILE_NOTIFY_FILTERS_H
#define SBX_CONF_COMPILE_NOTIFY_FILTERS_H

#include "conf/compile/blob_emit.h"
#include "conf/compile/build.h"
#include "conf/seccomp/filter_compile.h"

/* Does the policy have the loader decide of any call? */
bool sbx_notify_filters_wanted(const struct sbx_build *build);

/* Into build->ask, ask_latch and open, from the latch's spec; nothing without calls to decide of. -1 with *why set. */
int sbx_notify_filters_build(struct sbx_build *build, const struct sbx_filter_spec *latch, const char **why);

/* The table of struct sbx_callname, by which the loader names a call; empty without such filters. */
struct sbx_span sbx_notify_filters_calls(const struct sbx_build *build, struct sbx_bytes *out,
					 struct sbx_strings *strings);

#endif
