/* SPDX-License-Identifier: MIT */
/*
 * fuzz_target.c -- files that somebody else made: #! lines and ELF headers.
 */
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loader/policy/env_command.h"
#include "loader/policy/exec_target.h"
#include "tests/fuzz/fuzz.h"

/* The seed comes first, and has to come through: else nothing is read of what follows either. */
static void check_seed(int found, const struct sbx_target *target)
{
	static bool seen;

	if (!seen && (found < 0 || target->unlatchable || target->chain_count != 2))
		abort();
	seen = true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char path[] = "/tmp/sbx-fuzz-XXXXXX";
	char *argv[] = { path, NULL };
	struct sbx_target target;
	struct sbx_err err;
	int fd = mkstemp(path);

	if (fd < 0 || write(fd, data, size) != (ssize_t)size || fchmod(fd, 0755) < 0)
		abort();
	check_seed(sbx_target_find(&target, "/", argv, &err), &target);
	sbx_env_command(target.argument);
	sbx_target_check_shim(fd, path, &err);
	unlink(path);
	close(fd);
	return 0;
}

#if defined(__x86_64__)
#define MACHINE EM_X86_64
#define INTERPRETER "/lib64/ld-linux-x86-64.so.2"
#else
#define MACHINE EM_AARCH64
#define INTERPRETER "/lib/ld-linux-aarch64.so.1"
#endif

size_t sbx_fuzz_seed(uint8_t *seed, size_t room)
{
	struct {
		Elf64_Ehdr ehdr;
		Elf64_Phdr phdr[2];
		char interp[sizeof(INTERPRETER)];
	} elf = { .interp = INTERPRETER };

	memcpy(elf.ehdr.e_ident, ELFMAG, SELFMAG);
	elf.ehdr.e_ident[EI_CLASS] = ELFCLASS64;
	elf.ehdr.e_ident[EI_DATA] = ELFDATA2LSB;
	elf.ehdr.e_machine = MACHINE;
	elf.ehdr.e_type = ET_DYN;
	elf.ehdr.e_phoff = sizeof(elf.ehdr);
	elf.ehdr.e_phnum = 2;
	elf.ehdr.e_phentsize = sizeof(elf.phdr[0]);
	elf.phdr[1].p_type = PT_INTERP;
	elf.phdr[1].p_offset = offsetof(__typeof__(elf), interp);
	elf.phdr[1].p_filesz = sizeof(elf.interp);
	if (sizeof(elf) > room)
		return 0;
	memcpy(seed, &elf, sizeof(elf));
	return sizeof(elf);
}
