/*
 * order.c -- which code a program and its children run before each executes another: `order PROGRAM ARG...` prints the
 * address of each instruction, the first time it comes up. ptrace(2): one step at a time, so this takes seconds. For
 * bench/order.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include <elf.h>

#if defined(__x86_64__)
#define PC(regs) ((regs).rip)
#else
#define PC(regs) ((regs).pc)
#endif

#define CODE_MAX (1u << 20)
static const uintptr_t base = 0x400000; /* of what isn't position-independent */
static unsigned char seen[CODE_MAX];

/* A new process is as its parent was at the call: it is followed from there, and up to its exec. */
static void step(pid_t pid, int status)
{
	struct user_regs_struct regs;
	struct iovec room = { &regs, sizeof(regs) };
	const int event = status >> 16, signo = WSTOPSIG(status);

	if (event == PTRACE_EVENT_EXEC) {
		ptrace(PTRACE_DETACH, pid, NULL, NULL);
		return;
	}
	if (ptrace(PTRACE_GETREGSET, pid, (void *)NT_PRSTATUS, &room) == 0 && PC(regs) - base < CODE_MAX &&
	    !seen[PC(regs) - base]) {
		seen[PC(regs) - base] = 1;
		printf("%lx\n", (unsigned long)PC(regs));
	}
	ptrace(PTRACE_SINGLESTEP, pid, NULL, (void *)(intptr_t)(signo == SIGTRAP || signo == SIGSTOP ? 0 : signo));
}

int main(int argc, char **argv)
{
	const pid_t first = argc < 2 ? -1 : fork();
	int status;
	pid_t pid;

	if (first < 0) {
		fputs("usage: order PROGRAM [ARG...]\n", stderr);
		return 2;
	}
	if (first == 0) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		execv(argv[1], argv + 1);
		return 127;
	}
	waitpid(first, &status, 0);
	ptrace(PTRACE_SETOPTIONS, first, NULL,
	       (void *)(intptr_t)(PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |
				  PTRACE_O_EXITKILL));
	ptrace(PTRACE_SINGLESTEP, first, NULL, NULL);
	while ((pid = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR)
		if (pid > 0 && WIFSTOPPED(status))
			step(pid, status);
	return 0;
}
