/* SPDX-License-Identifier: MIT */
/*
 * mark.h -- how the target of a fault injection says that its main has begun: getuid(2), with one of these as its
 * argument.
 */
#ifndef SBX_TESTS_FAULT_MARK_H
#define SBX_TESTS_FAULT_MARK_H

#define MARK 0x5bad5bad5badUL
#define MARK_UNTIL_EXEC 0x5bad5bad5baeUL /* but it starts another target, which counts again from its exec on */

#endif
