/* SPDX-License-Identifier: MIT */
/*
 * elf_interp.h -- which ELF interpreter a program names, and how it shows that this has done its work.
 */
#ifndef SBX_LOADER_POLICY_ELF_INTERP_H
#define SBX_LOADER_POLICY_ELF_INTERP_H

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

/* The beginning of a file: most that is asked of it stands there. */
struct sbx_elf_head {
	union {
		char bytes[1024];
		Elf64_Ehdr ehdr;
	};
	size_t len;
};

/*
 * Sets *interp to PT_INTERP's text, in `head` or fresh memory: 1 when there is one, 0 when not; -1 with errno, ENOEXEC
 * when the headers make no sense. *relro becomes what the dynamic linker takes the right to write from when all else is
 * done, counted from where the program begins in memory; 0 when there is no such part.
 */
int sbx_elf_interp(int fd, const struct sbx_elf_head *head, const char **interp, uint64_t *relro);

#endif
