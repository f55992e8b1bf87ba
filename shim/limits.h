/* SPDX-License-Identifier: MIT */
/*
 * limits.h -- what a run may use up, each limit once: its key, its option, what is written of it. What can hold it is
 * in loader/limits/limits_table.c, its default in conf/sbx.conf.
 */
#ifndef SBX_SHIM_LIMITS_H
#define SBX_SHIM_LIMITS_H

#include <stdint.h>

/*
 * LIMIT(id, key, type, by, doc), for one with an option of its own WITH_OPTION(id, key, type, by, doc, option, help):
 *   key     limits.<key> in a policy
 *   type    how a value is written, and its unit: SBX_LIMIT_ARG_* below
 *   by      CGROUP: for all processes together, by a cgroup or what does as well; LOADER: by sbx-wrap, its clock or
 *           its look at the outputs; for both it waits, which it doesn't in place; PROCESS: by each process; NONE: it
 * is part of another limit doc     a paragraph for sbx.conf(5) option  --<option> of sbx-wrap, and its help
 */
/* clang-format off */
#define SBX_LIMITS(LIMIT, WITH_OPTION) \
	WITH_OPTION(MEMORY, "memory", MEMORY, CGROUP, \
	    "How much memory all processes may use together, what they write into /tmp and the home included: a " \
	    "size, or a percentage of the machine's. It needs a cgroup.", \
	    "memory", "the memory that all processes may use together (64M, 50%)") \
	LIMIT(SWAP, "swap", AMOUNT, CGROUP, \
	    "How much of it may be swapped out, on top of limits.memory. It needs a cgroup.") \
	WITH_OPTION(PIDS, "pids", NUMBER, CGROUP, \
	    "How many processes and threads there may be at a time. Without a cgroup RLIMIT_NPROC holds it, for " \
	    "everybody but root.", \
	    "pids", "how many processes and threads there may be") \
	WITH_OPTION(CPU, "cpu", PERCENT, CGROUP, \
	    "How much CPU time may be used in each 100 ms: 100% is one CPU's. It needs a cgroup.", \
	    "cpu", "the CPU time that may be used, of one CPU's (50%, 200%)") \
	LIMIT(IO, "io", AMOUNT, CGROUP, \
	    "How many bytes per second may be read from the disk of the working directory, and be written to it. It " \
	    "needs a cgroup with the io controller.") \
	WITH_OPTION(WALL, "wall", DURATION, LOADER, \
	    "How long the command may take. Then every process gets SIGTERM, and after limits.grace SIGKILL; the " \
	    "exit status is 124. Moving outputs into place counts, but has limits.grace at least: what isn't there " \
	    "by then is kept aside, with the same status.", \
	    "timeout", "end CMD after that time (30s, 2m), exit status 124") \
	LIMIT(GRACE, "grace", DURATION, NONE, \
	    "What is left between SIGTERM and SIGKILL when limits.wall is up.") \
	LIMIT(CPU_TIME, "cpu_time", DURATION, PROCESS, \
	    "How much CPU time each process may use, rounded up to seconds: RLIMIT_CPU of getrlimit(2).") \
	LIMIT(FILE_SIZE, "file_size", AMOUNT, PROCESS, \
	    "How large a file may be written: RLIMIT_FSIZE.") \
	WITH_OPTION(OUTPUT, "output", SPACE, LOADER, \
	    "How large all outputs that are moved into place may be together, and, as RLIMIT_FSIZE, any file " \
	    "that is written. With more none is: the exit status is 125, and what was made is kept aside. A " \
	    "command that is seen to have written more is ended as by limits.wall. A percentage is how full the " \
	    "file systems that are written to may get, those of writable directories included; of one that is " \
	    "fuller at the start, half of what is free may be used. Past that the command is ended, and what is " \
	    "not in place yet is removed. Beside a size 95% holds.", \
	    "output-size", "how large all outputs may be together (100M), or how full the disk (95%)") \
	WITH_OPTION(OUTPUT_FILES, "output_files", NUMBER, LOADER, \
	    "How many files and directories may be moved into place, held as a size in limits.output is.", \
	    "output-files", "how many files and directories the outputs may be") \
	LIMIT(OPEN_FILES, "open_files", NUMBER, PROCESS, \
	    "How many descriptors each process may have open: RLIMIT_NOFILE, which is never raised above the " \
	    "caller's. What poll(2) makes the kernel hold grows with it, and counts for no limit of memory.") \
	LIMIT(CORE, "core", AMOUNT, PROCESS, \
	    "How large a core dump may be: RLIMIT_CORE. With 0 there is none at all.")
/* clang-format on */

/* The word for a value of the type; and what its number counts in a compiled policy. */
#define SBX_LIMIT_ARG_MEMORY "SIZE"       /* bytes, or a share of the machine's memory */
#define SBX_LIMIT_ARG_AMOUNT "SIZE"       /* bytes, 0 among them; of limits.io per second */
#define SBX_LIMIT_ARG_SPACE "SIZE"        /* bytes, or how full a disk may get */
#define SBX_LIMIT_ARG_NUMBER "N"          /* processes and threads, descriptors, or files */
#define SBX_LIMIT_ARG_PERCENT "PERCENT"   /* microseconds of CPU time in each 100 ms */
#define SBX_LIMIT_ARG_DURATION "DURATION" /* milliseconds */

enum sbx_limit_id {
#define X(id, ...) SBX_LIMIT_##id,
	SBX_LIMITS(X, X)
#undef X
		SBX_LIMIT__COUNT
};
enum sbx_limit_by { SBX_LIMIT_BY_NONE, SBX_LIMIT_BY_CGROUP, SBX_LIMIT_BY_LOADER, SBX_LIMIT_BY_PROCESS };

#define SBX_UNLIMITED UINT64_MAX

#endif
