/* SPDX-License-Identifier: MIT */
/*
 * error_messages.h -- the one place that words errors and hints, and turns an error into an exit status.
 */
#ifndef SBX_LOADER_CLI_ERROR_MESSAGES_H
#define SBX_LOADER_CLI_ERROR_MESSAGES_H

#include "shim/steps.h"

/* `sbx-wrap: <step>: <subject>: <error>`, then `hint: ...` where there is one. An empty error has been said already. */
void sbx_report_error(const struct sbx_err *err);

/* The exit status that an error of sbx's own leads to: 125, or 126 and 127 for a command that can't be executed. */
int sbx_report_status(const struct sbx_err *err);

#endif
