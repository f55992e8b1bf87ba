/* SPDX-License-Identifier: MIT */
/*
 * environ.h -- the target's environment as the kernel laid it out, before a libc knows it.
 */
#ifndef SBX_SHIM_ENVIRON_H
#define SBX_SHIM_ENVIRON_H

/*
 * The environment array. glibc hands constructors (argc, argv, envp); musl hands garbage, which is told apart by
 * envp == argv + argc + 1, and then the array is found through the stack's start in /proc/self/stat (proc(5), field
 * 28). Returns NULL when it can't be found.
 */
char **sbx_environ_find(int argc, char **argv, char **envp);

/* The value of NAME= (give it with the "="), or NULL. */
char *sbx_environ_get(char **envp, const char *name);

/* The value of an entry of the auxiliary vector (getauxval(3)), which stands behind the untouched environment; or 0. */
unsigned long sbx_environ_aux(char **envp, unsigned long type);

/* Take the shim's traces out: SBX_LATCH goes, LD_PRELOAD keeps what stands behind its first `own` entries. */
void sbx_environ_clean(char **envp, int own);

/*
 * The same without the loader: SBX_POLICY goes, and out of LD_PRELOAD every entry that is a shim by its base name,
 * unless what the program starts latches as well: keep_shim.
 */
void sbx_environ_forget(char **envp, int keep_shim);

#endif
