/* SPDX-License-Identifier: MIT */
/*
 * exec_target.h -- what would be executed: the file along PATH, its #! chain, its ELF header.
 */
#ifndef SBX_LOADER_POLICY_EXEC_TARGET_H
#define SBX_LOADER_POLICY_EXEC_TARGET_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "loader/base/path_resolve.h"
#include "shim/steps.h"

#define SBX_CHAIN_MAX 8 /* files that one exec touches: scripts, interpreters, ELF interpreter */

struct sbx_target {
	const char *name;           /* base name of the command as typed: what profiles match */
	char *path;                 /* for execve: as execvp(3) would form it, not canonical */
	const char *exact;          /* for execve instead, if not NULL: the file that links lead to there */
	char **argv;                /* for execve: the caller's, or /bin/sh's for a script without #! */
	char *chain[SBX_CHAIN_MAX]; /* every file that exec will open, in order */
	struct sbx_resolved *files[SBX_CHAIN_MAX]; /* the same, resolved; an ELF interpreter only once it is granted */
	size_t chain_count;
	size_t script_count;     /* of them: the command and what #! lines name, without the ELF interpreter */
	char *argument;          /* what the last #! line has behind the interpreter, as one word; NULL: nothing */
	uint64_t relro;          /* of the last of them: sbx_elf_interp() */
	const char *unlatchable; /* why the dynamic linker can't load the shim, or NULL when it can */
	bool is_static;          /* because there is no dynamic linker: nothing is mapped between exec and main */
};

/* Is the file root's? Inside a sandbox root's are nobody's, for root isn't mapped there. */
bool sbx_target_is_system(const struct stat *st);

/* The directories where commands are looked for: PATH, or what execvp(3) takes where there is none. */
const char *sbx_target_search_path(void);

/* sbx-wrap's own file: its path, and what stat(2) says of it. NULL when neither can be told. */
const char *sbx_target_self(struct stat *st);

/* `path` of the chain, resolved; NULL when it isn't of it. */
const struct sbx_resolved *sbx_target_file(const struct sbx_target *target, const char *path);

/*
 * `path` names the system's dynamic linker, and it is where Debian has it: *file, of which `st` is known, is filled
 * without a walk, and without the links that lead there. false: resolve it. (Where it is another name of that very file
 * that they lead to, a hard link or a bind mount of a part, Landlock refuses the exec.)
 */
bool sbx_target_usual(const char *path, struct sbx_resolved *file);

/*
 * Find argv[0] along PATH and read the headers of what exec would run; `cwd` is the current directory. UNTRUSTED: the
 * files' bytes. The verdict is about honest files: the floor doesn't rest on it. Returns 0, or -1 with err filled: step
 * TARGET with ENOENT when there is no such command (exit 127), with another errno when it can't be executed (126).
 */
int sbx_target_find(struct sbx_target *target, const char *cwd, char **argv, struct sbx_err *err);

/* Is the open file an ELF shared object for the native machine? Returns 0, or -1 with err (step SHIM, subject path). */
int sbx_target_check_shim(int fd, const char *path, struct sbx_err *err);

#endif
