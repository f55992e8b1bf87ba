/* SPDX-License-Identifier: MIT */
/*
 * inject.c -- makes one system call of a command fail, in whichever of its processes. ptrace(2), PTRACE_SEIZE;
 * Linux 5.3.
 *
 *   inject REPORT list CMD [ARG...]          lists the calls of all processes in REPORT: a line `PLACE NUMBER` for each
 *   inject REPORT PLACE ERROR CMD [ARG...]   lets the call at PLACE fail with that errno; `short`: it moves one byte
 *
 * A place is PROCESS:CALL: 0 is the command, 0.1 its second child, and calls are counted from the exec of CMD on. A
 * process that has marked its main (mark.h) is left alone from there. The last line of REPORT is `end NUMBER STATUS`:
 * which call has failed, or -1; STATUS as a shell would have it, or `hung`.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/fault/mark.h"

#define TRACEES_MAX 4096
#define NAME_SIZE 64
#define SECONDS 30 /* after which a run hangs */
#define SHORT (-1)

static struct tracee {
	pid_t pid;
	char name[NAME_SIZE]; /* empty until its parent's stop has told whose child it is */
	unsigned int children, calls;
	bool paused;   /* until its next exec */
	bool waits;    /* for its name */
	bool injected; /* its call gets a result of ours */
} tracees[TRACEES_MAX];
static size_t tracees_count;

static FILE *report;
static const char *place; /* NULL: list */
static int error;
static bool hit;
static long failed = -1; /* its number */
static volatile sig_atomic_t hung;

_Noreturn static void die(const char *what)
{
	fprintf(stderr, "inject: %s: %s\n", what, strerror(errno));
	exit(99);
}

/* ---- what differs between architectures ---- */

#ifdef __x86_64__
static void set_register(pid_t pid, size_t offset, long value)
{
	ptrace(PTRACE_POKEUSER, pid, offset, value);
}

static void skip_call(pid_t pid)
{
	set_register(pid, offsetof(struct user_regs_struct, orig_rax), -1);
}

static void set_result(pid_t pid, long value)
{
	set_register(pid, offsetof(struct user_regs_struct, rax), value);
}

static void set_argument(pid_t pid, unsigned int i, long value)
{
	static const size_t offsets[] = {
		offsetof(struct user_regs_struct, rdi), offsetof(struct user_regs_struct, rsi),
		offsetof(struct user_regs_struct, rdx), offsetof(struct user_regs_struct, r10),
		offsetof(struct user_regs_struct, r8),  offsetof(struct user_regs_struct, r9)
	};

	set_register(pid, offsets[i], value);
}
#else
#include <elf.h>
#include <sys/uio.h>

static void skip_call(pid_t pid)
{
	int none = -1;
	struct iovec iov = { &none, sizeof(none) };

	ptrace(PTRACE_SETREGSET, pid, 0x404 /* NT_ARM_SYSTEM_CALL */, &iov);
}

static void set_argument(pid_t pid, unsigned int i, long value)
{
	struct user_regs_struct regs;
	struct iovec iov = { &regs, sizeof(regs) };

	if (ptrace(PTRACE_GETREGSET, pid, NT_PRSTATUS, &iov) < 0)
		return;
	regs.regs[i] = (unsigned long)value;
	ptrace(PTRACE_SETREGSET, pid, NT_PRSTATUS, &iov);
}

static void set_result(pid_t pid, long value)
{
	set_argument(pid, 0, value);
}
#endif

/* ---- calls ---- */

/* Calls that move bytes, and which argument says how many (for vectors, how many parts). */
static const struct {
	long nr;
	unsigned int argument;
} movers[] = {
	{ SYS_read, 2 },   { SYS_write, 2 },     { SYS_pread64, 2 },  { SYS_pwrite64, 2 },        { SYS_readv, 2 },
	{ SYS_writev, 2 }, { SYS_getrandom, 1 }, { SYS_sendfile, 3 }, { SYS_copy_file_range, 4 },
};

static void shorten(struct tracee *tracee, const struct __ptrace_syscall_info *info)
{
	for (size_t i = 0; i < sizeof(movers) / sizeof(movers[0]); i++)
		if (info->entry.nr == (unsigned long long)movers[i].nr && info->entry.args[movers[i].argument] > 1)
			set_argument(tracee->pid, movers[i].argument, 1);
}

static void fail(struct tracee *tracee, const struct __ptrace_syscall_info *info)
{
	tracee->injected = error != SHORT && info->entry.nr != SYS_brk;
	if (error == SHORT)
		shorten(tracee, info);
	else if (info->entry.nr == SYS_brk) /* returns the break that was */
		set_argument(tracee->pid, 0, 0);
	else if (info->entry.nr != SYS_close) /* which closes though it fails */
		skip_call(tracee->pid);
}

static void on_entry(struct tracee *tracee, const struct __ptrace_syscall_info *info)
{
	char here[NAME_SIZE + 16];

	snprintf(here, sizeof(here), "%s:%u", tracee->name, tracee->calls++);
	if (!place)
		fprintf(report, "%s %llu\n", here, (unsigned long long)info->entry.nr);
	else if (strcmp(place, here) == 0) {
		hit = true;
		failed = (long)info->entry.nr;
		fail(tracee, info);
	}
}

/* True when the process is to be traced no further: it has come to its main, or what was to be done is done. */
static bool on_call(struct tracee *tracee)
{
	struct __ptrace_syscall_info info;

	if (ptrace(PTRACE_GET_SYSCALL_INFO, tracee->pid, sizeof(info), &info) <= 0)
		return false;
	if (info.op == PTRACE_SYSCALL_INFO_ENTRY) {
		if (info.entry.nr == SYS_getuid && info.entry.args[0] == MARK)
			return true;
		tracee->paused |= info.entry.nr == SYS_getuid && info.entry.args[0] == MARK_UNTIL_EXEC;
		if (!tracee->paused)
			on_entry(tracee, &info);
	} else if (info.op == PTRACE_SYSCALL_INFO_EXIT && tracee->injected) {
		tracee->injected = false;
		set_result(tracee->pid, -error);
	}
	return hit && !tracee->injected;
}

/* ---- processes ---- */

static struct tracee *find(pid_t pid)
{
	for (size_t i = tracees_count; i-- > 0;)
		if (tracees[i].pid == pid)
			return &tracees[i];
	if (tracees_count == TRACEES_MAX)
		die("too many processes");
	tracees[tracees_count].pid = pid;
	return &tracees[tracees_count++];
}

static void resume(const struct tracee *tracee, int signo)
{
	ptrace(PTRACE_SYSCALL, tracee->pid, 0, (long)signo);
}

static void on_child(struct tracee *parent)
{
	unsigned long pid = 0;
	struct tracee *child;

	if (ptrace(PTRACE_GETEVENTMSG, parent->pid, 0, &pid) < 0)
		return;
	child = find((pid_t)pid);
	if ((size_t)snprintf(child->name, NAME_SIZE, "%.50s.%u", parent->name, parent->children++) >= NAME_SIZE)
		die("too deep");
	child->paused = parent->paused;
	if (child->waits)
		resume(child, 0);
	child->waits = false;
}

static void on_stop(struct tracee *tracee, int status)
{
	const int signo = WSTOPSIG(status), event = status >> 16;

	if (signo == (SIGTRAP | 0x80)) {
		if (on_call(tracee))
			ptrace(PTRACE_DETACH, tracee->pid, 0, 0);
		else
			resume(tracee, 0);
	} else if (event == PTRACE_EVENT_STOP && signo != SIGTRAP) {
		ptrace(PTRACE_LISTEN, tracee->pid, 0, 0); /* stopped like anyone who is stopped */
	} else if (event == PTRACE_EVENT_STOP && !*tracee->name) {
		tracee->waits = true;
	} else {
		if (event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK || event == PTRACE_EVENT_CLONE)
			on_child(tracee);
		tracee->paused &= event != PTRACE_EVENT_EXEC;
		resume(tracee, event ? 0 : signo);
	}
}

/* All that descends from us: orphans are given to us. */
static void kill_children(void)
{
	char path[64], pids[65536] = "", *at = pids, *end;
	ssize_t len = -1;
	int fd;

	snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd >= 0)
		len = read(fd, pids, sizeof(pids) - 1);
	if (len < 0)
		die(path);
	close(fd);
	for (long pid = strtol(at, &end, 10); end != at; pid = strtol(at, &end, 10)) {
		kill((pid_t)pid, SIGKILL);
		at = end;
	}
}

static void on_alarm(int signo)
{
	(void)signo;
	hung = 1;
}

/* Returns the command's status; nobody of it is left. */
static int follow(pid_t command)
{
	int status, result = 0;
	pid_t pid;

	for (;;) {
		pid = waitpid(-1, &status, __WALL);
		if (pid < 0 && errno != EINTR)
			return result;
		if (hung)
			kill_children();
		if (pid == command && !WIFSTOPPED(status))
			result = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
		if (pid > 0 && WIFSTOPPED(status))
			on_stop(find(pid), status);
	}
}

/* The command waits until it is traced. */
static pid_t start(char **argv)
{
	const unsigned long options = PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
				      PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;
	int go[2], status;
	char byte = 0;
	pid_t pid;

	if (pipe2(go, O_CLOEXEC) < 0)
		die("pipe2");
	pid = fork();
	if (pid < 0)
		die("fork");
	if (pid == 0) {
		if (read(go[0], &byte, 1) == 1)
			execv(argv[0], argv);
		_exit(127);
	}
	if (ptrace(PTRACE_SEIZE, pid, 0, options) < 0 || write(go[1], &byte, 1) != 1)
		die("PTRACE_SEIZE");
	close(go[0]);
	close(go[1]);
	if (waitpid(pid, &status, 0) != pid || status >> 8 != (SIGTRAP | PTRACE_EVENT_EXEC << 8))
		die(argv[0]);
	strcpy(find(pid)->name, "0");
	resume(find(pid), 0);
	return pid;
}

int main(int argc, char **argv)
{
	/* again and again: who is killed first may leave others */
	const struct itimerval limit = { { 0, 200000 }, { SECONDS, 0 } };
	const struct sigaction alarm_action = { .sa_handler = on_alarm }; /* it interrupts waitpid */
	const bool list = argc > 2 && strcmp(argv[2], "list") == 0;
	int status;

	if (argc < (list ? 4 : 5)) {
		fputs("usage: inject REPORT list|(PLACE ERROR) CMD [ARG...]\n", stderr);
		return 2;
	}
	report = fopen(argv[1], "we");
	if (!report)
		die(argv[1]);
	if (!list) {
		place = argv[2];
		error = strcmp(argv[3], "short") == 0 ? SHORT : atoi(argv[3]);
	}
	sigaction(SIGALRM, &alarm_action, NULL);
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	setitimer(ITIMER_REAL, &limit, NULL);
	status = follow(start(argv + (list ? 3 : 4)));
	if (hung)
		fprintf(report, "end %ld hung\n", failed);
	else
		fprintf(report, "end %ld %d\n", failed, status);
	return fclose(report) != 0;
}
