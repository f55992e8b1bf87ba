/* SPDX-License-Identifier: MIT */
/*
 * elf_interp.c -- program headers: elf(5). UNTRUSTED: every byte of the file; fields are checked where they are read.
 */
#include "loader/policy/elf_interp.h"

#include <errno.h>
#include <string.h>

#include "loader/base/memory.h"
#include "loader/base/read_text.h"

#define PHDR_MAX 64
#define INTERP_MAX 1024
#define PAGE_LEAST 4096

/* `size` bytes of the file, which are the head's or fresh memory; NULL with ENOEXEC when it doesn't have them. */
static const void *bytes_at(const struct sbx_elf_head *head, int fd, uint64_t off, size_t size)
{
	ssize_t got;
	void *bytes;

	errno = ENOEXEC;
	if (off <= head->len && size <= head->len - off)
		return head->bytes + off;
	if (off > INT32_MAX)
		return NULL;
	bytes = sbx_alloc(size);
	got = sbx_read_at(fd, bytes, size, (off_t)off);
	if (got >= 0)
		errno = ENOEXEC;
	return got == (ssize_t)size ? bytes : NULL;
}

/* Less than a page of it stays writable. */
static uint64_t relro_of(const Elf64_Phdr *phdr, const Elf64_Phdr *first)
{
	const uint64_t begin = phdr->p_vaddr / PAGE_LEAST, end = (phdr->p_vaddr + phdr->p_memsz) / PAGE_LEAST;

	return begin < end ? phdr->p_vaddr - first->p_vaddr / PAGE_LEAST * PAGE_LEAST : 0;
}

int sbx_elf_interp(int fd, const struct sbx_elf_head *head, const char **interp, uint64_t *relro)
{
	const Elf64_Ehdr *ehdr = &head->ehdr;
	Elf64_Phdr phdr, first = { .p_type = PT_NULL };
	const char *phdrs;

	errno = ENOEXEC;
	*relro = 0;
	*interp = NULL;
	if (ehdr->e_phentsize != sizeof(phdr) || ehdr->e_phnum > PHDR_MAX)
		return -1;
	phdrs = bytes_at(head, fd, ehdr->e_phoff, ehdr->e_phnum * sizeof(phdr));
	for (size_t i = 0; phdrs && i < ehdr->e_phnum; i++) {
		memcpy(&phdr, phdrs + i * sizeof(phdr), sizeof(phdr));
		if (phdr.p_type == PT_LOAD && first.p_type == PT_NULL)
			first = phdr;
		if (phdr.p_type == PT_GNU_RELRO)
			*relro = relro_of(&phdr, &first);
		if (phdr.p_type != PT_INTERP || *interp)
			continue;
		if (phdr.p_filesz < 2 || phdr.p_filesz > INTERP_MAX)
			return -1;
		*interp = bytes_at(head, fd, phdr.p_offset, phdr.p_filesz);
		if (!*interp || (*interp)[phdr.p_filesz - 1])
			return -1;
	}
	return phdrs ? *interp != NULL : -1;
}
