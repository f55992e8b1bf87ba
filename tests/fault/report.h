/* SPDX-License-Identifier: MIT */
/*
 * report.h -- lines of a report (report.c).
 */
#ifndef SBX_TESTS_FAULT_REPORT_H
#define SBX_TESTS_FAULT_REPORT_H

__attribute__((format(printf, 1, 2))) void say(const char *format, ...);

/* How many processes there may be besides, and what becomes of one that wants 96 MiB. */
void try_limits(void);

#endif
