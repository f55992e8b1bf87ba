/* SPDX-License-Identifier: MIT */
/*
 * children.h -- programs that the command starts: each finds its latch in a file of the private root and stacks it on
 * itself.
 *
 * SBX_CHILDREN holds SBX_CHILDREN_DIGITS hexadecimal digits, four layers each from the first on: the layers that this
 * process and those that it descends from have stacked. Who forges it keeps a latch off, which a process that drops
 * LD_PRELOAD does as well; what the command itself may do holds all the same.
 */
#ifndef SBX_SHIM_CHILDREN_H
#define SBX_SHIM_CHILDREN_H

#include "shim/blob.h"
#include "shim/steps.h"

#define SBX_CHILDREN_DIGITS (SBX_CHILDREN_MAX / 4)

/* What a program says of itself when it has latched: one write to SBX_INNER_CHILD_REPORTS. UNTRUSTED: anybody may write
 * there. */
#define SBX_MAGIC_CHILD_REPORT 0x6d786273u /* "sbxm" */
#define SBX_CHILD_REPORT_NAME 56
struct sbx_child_report {
	uint32_t magic;
	uint32_t child;                   /* which entry of the table it matched */
	char name[SBX_CHILD_REPORT_NAME]; /* of the program, cut to fit; filled up with NULs, the last byte is one */
};

/*
 * Stack the layer of the profile that matches this program, once. Returns 1 when there is a table, whether or not it
 * holds anything for this program, 0 when there is none that the loader made, -1 with err filled when what it says
 * can't be done.
 */
int sbx_children_latch(char **envp, struct sbx_err *err);

#endif
