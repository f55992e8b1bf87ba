#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# Static programs: there is nothing to link, so that the latch is in force before the first instruction.

load ../cli/helper

HOSTILE='canary shadow etc_create usr_create init_mem sysctl socket_inet socket_netlink socket_unix mount unshare setns
	ptrace keyctl io_uring bpf fork'

@test "a static program, or a script for one, is latched before its first instruction" {
	home_canary
	printf '#!%s\n' "$TOOLS/hostile" >script
	chmod +x script
	for program in "$TOOLS/hostile" ./script; do
		run "$SBX" -p pdftotext --stats "$program" <<<"$CANARY"
		expect_status 0
		# shellcheck disable=SC2086
		expect_none_ok "$output" $HOSTILE || return 1
		[ "$(outcome "$output" execve)" = ENOENT ] || fail "$output" || return 1 # there is none such
		expect_line '^end OK$'
		expect_line ', latched$'
	done
	run "$SBX" -p pdftotext --latch off "$TOOLS/hostile" <<<"$CANARY"
	expect_status 0
	run "$SBX" -p pdftotext --dry-run "$TOOLS/hostile"
	expect_line '^latch: required \(statically linked: before its first instruction\)$'
}

# Executes, from a static program, what Landlock, the filter and the mounts have to stop; last of all itself: ./reexec
make_reexec() {
	gcc -D_GNU_SOURCE -static -O1 -w -I "$TESTS/.." -x c -o reexec - <<-'END'
		#include <errno.h>
		#include <fcntl.h>
		#include <stdio.h>
		#include <string.h>
		#include <sys/mman.h>
		#include <sys/syscall.h>
		#include <unistd.h>
		#include "tests/tools/errname.h"
		static char *none[] = { "x", 0 };
		static void show(const char *name, long result)
		{
			printf("%s %s\n", name, errname(result < 0 ? errno : 0)), fflush(stdout);
		}
		static void copy_of(const char *name, const char *self, const char *to)
		{
			static char bytes[1 << 22];
			int from = open(self, O_RDONLY), fd = open(to, O_RDWR | O_CREAT, 0755);
			(void)!write(fd, bytes, read(from, bytes, sizeof(bytes)));
			close(fd);
			show(name, execve(to, none, 0));
		}
		int main(int argc, char **argv)
		{
			char *self = argv[0], *again[] = { self, "again", 0 };
			void *exec = mmap(0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
			void *data = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
			int fd = open(self, O_RDONLY), memory = syscall(SYS_memfd_create, "x", 0);
			show("mmap_exec", exec == MAP_FAILED ? -1 : 0);
			show("mprotect_exec", mprotect(data, 4096, PROT_READ | PROT_EXEC));
			show("memfd", memory);
			show("fork", syscall(SYS_clone, 17, 0, 0, 0, 0));
			show("exec_sh", execve("/bin/sh", none, 0));
			show("exec_linker", execve("/lib64/ld-linux-x86-64.so.2", none, 0));
			show("execveat", syscall(SYS_execveat, fd, "", none, 0, AT_EMPTY_PATH));
			show("self_write", open(self, O_WRONLY));
			show("self_truncate", truncate(self, 10));
			show("self_unlink", unlink(self));
			show("self_rename", rename(self, "other"));
			show("self_link", link(self, "other"));
			copy_of("exec_tmp", self, "/tmp/copy");
			copy_of("exec_here", self, "copy");
			puts("end OK"), fflush(stdout);
			if (argc == 1)
				execve(self, again, 0);
		}
	END
}
REEXEC='mmap_exec mprotect_exec memfd fork exec_sh exec_linker execveat self_write self_truncate self_unlink self_rename
	self_link exec_tmp exec_here'

@test "a static program can execute nothing but its own file, which it can't change, and gains nothing by that" {
	make_reexec
	for options in '' '--rw .' '--latch auto'; do
		cp reexec tool
		# shellcheck disable=SC2086
		run "$SBX" -p pdftotext $options ./tool
		expect_status 0 || return 1
		# shellcheck disable=SC2086
		expect_none_ok "$output" $REEXEC || return 1
		[ "$(grep -c '^end OK$' <<<"$output")" = 2 ] || fail "$options: $output" || return 1
		cmp tool reexec || return 1
		rm -f copy
	done
	needs_in_place
	run "$SBX" -p pdftotext --latch auto --set 'namespaces=[]' ./tool
	# shellcheck disable=SC2086
	expect_none_ok "$output" $REEXEC
	run "$SBX" -p pdftotext --latch off ./tool # it was the latch
	[ "$(outcome "$output" mmap_exec)" = OK ] || fail "$output"
}

@test "a static program that could write its own file by another name is none that latches" {
	make_reexec
	ln reexec other
	run "$SBX" -p pdftotext --rw . ./reexec
	expect_refused 'latch: reexec: statically linked, and writable inside by this name or another: copy it elsewhere'
	run "$SBX" -p pdftotext --latch auto --rw . ./reexec
	expect_line 'it has the floor alone$'
	run "$SBX" -p pdftotext ./reexec # nothing is writable
	expect_status 0
	cp reexec tool # what is advised
	run "$SBX" -p pdftotext --rw . ./tool
	expect_status 0
}

@test "a static program whose calls are asked about is held by the same filter" {
	make_reexec
	run "$SBX" -p pdftotext --set 'seccomp.log=["uname"]' ./reexec
	expect_status 0
	# shellcheck disable=SC2086
	expect_none_ok "$output" $REEXEC
	run "$SBX" -p pdftotext --set seccomp.action=kill ./reexec
	expect_status 159
	expect_line 'reexec called mmap, which profile pdftotext does not allow; killed'
}
