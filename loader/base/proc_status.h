/* SPDX-License-Identifier: MIT */
/*
 * proc_status.h -- single facts out of /proc/PID/status, and of what is mapped; proc(5).
 */
#ifndef SBX_LOADER_BASE_PROC_STATUS_H
#define SBX_LOADER_BASE_PROC_STATUS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Seccomp_filters of a process; -1 when it is gone or the kernel (< 5.9) doesn't say. */
int sbx_proc_status_filters(pid_t pid);

/* The process that the thread is of; 0 when it is gone. */
pid_t sbx_proc_status_process(pid_t thread);

/* Does the process catch or ignore the signal? True when that can't be seen. */
bool sbx_proc_status_handles(pid_t pid, int signo);

/* A child of the (single-threaded) process; 0 when there is none, or the kernel doesn't say. */
pid_t sbx_proc_status_child(pid_t pid);

/*
 * Has the dynamic linker left out the file called `name`, which LD_PRELOAD names? It maps those before glibc's libc,
 * and long before it takes the right to write from `relro` (sbx_elf_interp()). False when it hasn't come so far, and
 * when that can't be seen: with another libc, and a program that has no such part.
 */
bool sbx_proc_status_lacks(pid_t pid, const char *name, uint64_t relro);

/* Is the process stopped? */
bool sbx_proc_status_stopped(pid_t pid);

#endif
