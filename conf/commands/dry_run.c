/* SPDX-License-Identifier: MIT */
/*
 * dry_run.c -- `sbx-wrap --dry-run` on sbx-wrap itself, which executes nothing: with an empty configuration and an
 * empty environment, so that nothing but the machine and the caller decides. Reads a program of this build.
 */
#include "conf/commands/dry_run.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "conf/base/cleanup.h"

#define SECOND_NS 1000000000
#define WAIT_S 20 /* systemd has 12 of them: loader/limits/systemd_scope.c */
#define SAID_MAX (1u << 18)

static int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * SECOND_NS + now.tv_nsec;
}

int sbx_dry_run_open(struct sbx_dry_run *dry, struct sbx_pool *pool, const char *program)
{
	SBX_CLEANUP_FD int fd = -1;

	*dry = (struct sbx_dry_run){ pool, program, "/tmp/sbx-doctor.XXXXXX", now_ns() + (int64_t)WAIT_S * SECOND_NS };
	fd = mkostemp(dry->config, O_CLOEXEC);
	return fd < 0 ? -1 : 0;
}

void sbx_dry_run_close(const struct sbx_dry_run *dry)
{
	unlink(dry->config);
}

_Noreturn static void become(const struct sbx_dry_run *dry, const char *set, int out)
{
	const char *const args[] = { dry->program, "--quiet", "--config",  dry->config, "--best-effort", "landlock",
				     "--set",      set,       "--dry-run", "--",        dry->program,    NULL };
	char *const env[] = { NULL };
	const int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (dup2(null, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 && dup2(out, STDERR_FILENO) >= 0)
		execve(dry->program, (char *const *)(uintptr_t)args, env);
	_exit(127);
}

/* What comes until all have closed their ends, as a string. NULL when that takes too long. */
static char *read_all(const struct sbx_dry_run *dry, int fd)
{
	char *text = sbx_pool_alloc(dry->pool, SAID_MAX + 1);
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };

	for (size_t len = 0; len < SAID_MAX;) {
		const int64_t left = (dry->deadline - now_ns()) / (SECOND_NS / 1000);
		const int ready = left > 0 ? poll(&pollfd, 1, (int)left) : 0;
		const ssize_t got = ready > 0 ? read(fd, text + len, SAID_MAX - len) : ready;

		if (got == 0 && ready > 0)
			return text;
		if (ready == 0 || (got < 0 && errno != EINTR))
			return NULL;
		len += got > 0 ? (size_t)got : 0;
	}
	return NULL;
}

/* NULL when there is no answer. */
static char *ask(const struct sbx_dry_run *dry, const char *set)
{
	char *text;
	int out[2];
	pid_t pid;

	if (pipe2(out, O_CLOEXEC) < 0)
		return NULL;
	pid = fork();
	if (pid == 0)
		become(dry, set, out[1]);
	close(out[1]);
	text = pid < 0 ? NULL : read_all(dry, out[0]);
	close(out[0]);
	if (pid > 0 && !text)
		kill(pid, SIGKILL);
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return text;
}

/* Behind `mark`, or all of it where that isn't in it. */
static const char *behind(const char *text, const char *mark)
{
	const char *at = strstr(text, mark);

	return at ? at + strlen(mark) : text;
}

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

struct sbx_dry_run_answer sbx_dry_run_limit(const struct sbx_dry_run *dry, const char *name, const char *value)
{
	const char *mark = sbx_pool_printf(dry->pool, "limit: %s ", name);
	struct sbx_dry_run_answer answer = { false, "sbx-wrap doesn't answer", NULL };
	char *text = ask(dry, sbx_pool_printf(dry->pool, "limits.%s=\"%s\"", name, value)), *line;

	if (text)
		answer.text = "sbx-wrap ends without a word";
	while ((line = strsep(&text, "\n"))) {
		if (begins(line, mark))
			return (struct sbx_dry_run_answer){ true, behind(line, ": held "), NULL };
		if (begins(line, "sbx-"))
			answer.text = behind(line, "can't be held: ");
		else if (begins(line, "hint: "))
			answer.remedy = behind(line, "hint: ");
	}
	return answer;
}
