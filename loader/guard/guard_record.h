/* SPDX-License-Identifier: MIT */
/*
 * guard_record.h -- what a run has to look at in the end, for the next one, should this one be killed.
 */
#ifndef SBX_LOADER_GUARD_GUARD_RECORD_H
#define SBX_LOADER_GUARD_GUARD_RECORD_H

#include "loader/guard/guard.h"

/* Write it down in the cache directory; nothing where that can't be done. It is locked as long as we live. */
void sbx_guard_record(struct sbx_guard *guard, const char *cache);

/* After sbx_guard_finish(). */
void sbx_guard_forget(struct sbx_guard *guard);

/* Take over what a run has left that is no more; its record is gone then. False: there is none. */
bool sbx_guard_left(struct sbx_guard *guard, const char *cache);

#endif
