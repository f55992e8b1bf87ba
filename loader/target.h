/*
 * target.h -- what would be executed: the file along PATH, its #! chain, its ELF header.
 */
#ifndef SBX_TARGET_H
#define SBX_TARGET_H

#include <stdbool.h>
#include <sys/stat.h>

#include "loader/util.h"
#include "shim/steps.h"

#define SBX_CHAIN_MAX 8 /* files that one exec touches: scripts, interpreters, ELF interpreter */

struct sbx_target {
	const char *name;                 /* base name of the command as typed: what profiles match */
	char *path;                       /* for execve: as execvp(3) would form it, not canonical */
	char **argv;                      /* for execve: the caller's, or /bin/sh's for a script without #! */
	char *chain[SBX_CHAIN_MAX];       /* every file that exec will open, in order */
	size_t chain_count;
	const char *unlatchable;          /* why the dynamic linker can't load the shim, or NULL when it can */
};

/* Is the file root's? Inside a sandbox root's are nobody's, for root isn't mapped there. */
bool sbx_target_is_system(const struct stat *st);

/*
 * Find argv[0] along PATH and read the headers of what exec would run. UNTRUSTED: the files' bytes. The verdict is about
 * honest files: the floor doesn't rest on it. Returns 0, or -1 with err filled: step TARGET with ENOENT when there is no
 * such command (exit 127), with another errno when it can't be executed (126).
 */
int sbx_target_find(struct sbx_target *target, char **argv, struct sbx_err *err);

/* Is the open file an ELF shared object for the native machine? Returns 0, or -1 with err (step SHIM, subject path). */
int sbx_target_check_shim(int fd, const char *path, struct sbx_err *err);

#endif
