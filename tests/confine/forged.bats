#!/usr/bin/env bats
# SPDX-License-Identifier: MIT
# What a program that is hostile from its first instruction says to the waiting loader in the name of sbx's own code.

load ../cli/helper

# A program that is compiled on the spot: NAME, then its text on standard input
compile() { # NAME [FLAG...]
	gcc -w -I"$TESTS/.." "${@:2}" -x c -o "$1" -
}

# Speaks on every descriptor as the loader's own child would, from an IFUNC, which runs before any constructor
make_forger() { # [-DFIRST=step]: an error of that step comes first
	compile forger "$@" <<'END'
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "shim/err.h"
static int sent;
static long call(long nr, long a, long b, long c)
{
	long r;
	__asm__ volatile("syscall" : "=a"(r) : "a"(nr), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
	return r;
}
static void nothing(void) { }
static void *resolve(void)
{
	static const int values[][2] = { { SBX_MSG_STOP, 19 }, { SBX_MSG_STATUS, 0 }, { SBX_MSG_ERR, 125 } };
	struct sbx_msg msg;

	for (unsigned i = 0; i < sizeof(msg); i++)
		((volatile char *)&msg)[i] = 0;
#ifdef FIRST
	msg.err.step = FIRST;
	msg.err.errnum = 1;
	msg.err.subject[0] = 'u', msg.err.subject[1] = 'i', msg.err.subject[2] = 'd';
#define COUNT 3
#else
#define COUNT 2
#endif
	for (int fd = 3; fd < 64; fd++)
		for (int i = COUNT - 1; i >= 0; i--) {
			msg.kind = values[i][0];
			msg.value = values[i][1];
			if (call(SYS_write, fd, (long)&msg, sizeof(msg)) == sizeof(msg))
				sent++;
		}
	return nothing;
}
void ifunc(void) __attribute__((ifunc("resolve")));
int main(void)
{
	ifunc();
	write(1, sent ? "sent\n" : "not sent\n", sent ? 5 : 9);
	return 9;
}
END
}

@test "the target can forge neither a status nor a stop, as PID 1 or not" {
	only_x86
	make_forger
	for option in --as-pid-1 --map-root --latch=auto; do # with a latch, or it has no channel to forge on
		[ "$option" != --latch=auto ] || option='--latch auto'
		# shellcheck disable=SC2086
		run timeout --foreground -s KILL 30 "$SBX" -q --set map_exec=false $option ./forger </dev/null
		expect_status 9 || fail "$option" || return 1
		expect_line '^sent$' || fail "$option" || return 1
	done
	run "$SBX" --as-pid-1 sh -c 'exit 9'
	expect_status 9
}

@test "the target can't say that a step of the loader's has failed; what it says of the latch is told as its word" {
	only_x86
	local step
	for step in USERNS EXEC ROOT OPTIONS _COUNT; do
		make_forger -DFIRST=SBX_STEP_$step
		run timeout -s KILL 30 "$SBX" --set map_exec=false ./forger
		expect_status 9 || fail "$step"
		expect_line '^sbx-wrap: latch: forger: not acknowledged because another word came first; it has the floor alone$'
		expect_no_line 'uid|^hint'
		run timeout -s KILL 30 "$SBX" --set map_exec=false --latch required ./forger
		expect_refused 'latch: forger: not acknowledged because another word came first; killed'
		expect_no_line 'uid|^hint'
	done
	for step in LATCH LANDLOCK SECCOMP; do
		make_forger -DFIRST=SBX_STEP_$step
		run timeout -s KILL 30 "$SBX" --set map_exec=false ./forger
		expect_refused "^sbx-wrap: latch: forger: its shim says, which is no proof: ${step,,}: uid: Operation not permitted$"
		expect_no_line '^hint'
	done
}

@test "what the target is left with before its latch carries no descriptors" {
	only_x86
	compile lister <<'END'
#include "shim/sys.h"
static int sockets, pipes;
static void nothing(void) { }
static void *resolve(void)
{
	static const char name[] = "/proc/self/fd/";
	char path[32], text[64];

	for (int fd = 3; fd < 100; fd++) {
		int at = 0;

		for (; name[at]; at++)
			path[at] = name[at];
		path[at++] = '0' + fd / 10, path[at++] = '0' + fd % 10, path[at] = 0;
		if (fd < 10)
			path[at - 2] = '0' + fd, path[at - 1] = 0;
		if (sbx_sys(__NR_readlink, path, text, sizeof(text), 0) > 0) {
			sockets += text[0] == 's';
			pipes += text[0] == 'p';
		}
	}
	return nothing;
}
void ifunc(void) __attribute__((ifunc("resolve")));
int printf(const char *, ...);
int main(void)
{
	ifunc();
	printf("%d sockets, %d pipes\n", sockets, pipes);
	return 0;
}
END
	run "$SBX" --set map_exec=false ./lister
	expect_output '0 sockets, 1 pipes'
	run "$SBX" --as-pid-1 --set map_exec=false ./lister
	expect_output '0 sockets, 1 pipes'
	run "$SBX" ./lister
	expect_output '0 sockets, 0 pipes'
}
