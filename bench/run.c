/* SPDX-License-Identifier: MIT */
/*
 * run.c -- starts commands and takes the time. posix_spawn(3) is clone(CLONE_VM | CLONE_VFORK) in glibc: the size of
 * the harness doesn't count.
 */
#include "bench/bench.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define NS_PER_S 1000000000
#define TRY_TIMEOUT_MS 20000
#define LINE_ENOUGH 2000 /* the line of a thousand grants is cut */

void *bench_alloc(size_t size)
{
	void *p = calloc(1, size ? size : 1);

	if (!p)
		bench_die("memory");
	return p;
}

char *bench_format(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	if (vasprintf(&text, format, args) < 0)
		bench_die("memory");
	va_end(args);
	return text;
}

static char *expand(const char *word)
{
	if (word[0] == '@')
		return bench_format("%s/%s", bench.build, word + 1);
	if (word[0] == '%')
		return bench_format("%s/%s", bench.work, word + 1);
	return bench_format("%s", word);
}

char **bench_words(const char *const *argv)
{
	size_t count = 0;
	char **words;

	while (argv[count])
		count++;
	words = bench_alloc((count + 1) * sizeof(*words));
	for (size_t i = 0; i < count; i++)
		words[i] = expand(argv[i]);
	return words;
}

/* `line`, freed, with `word` behind it. */
static char *append(char *line, const char *word)
{
	char *longer = bench_format("%s%s%s", line, *line ? " " : "", word);

	free(line);
	return longer;
}

/* Without the mark that a word is expanded by. */
static const char *bare(const char *word)
{
	return word + (word[0] == '@' || word[0] == '%');
}

char *bench_line(const struct bench_candidate *candidate)
{
	char *line = bench_format("%s", "");

	for (size_t i = 0; candidate->env && candidate->env[i]; i++) {
		const char *value = strchr(candidate->env[i], '=') + 1;
		char *name = bench_format("%.*s%s", (int)(value - candidate->env[i]), candidate->env[i], bare(value));

		line = append(line, name);
		free(name);
	}
	for (size_t i = 0; candidate->argv[i] && strlen(line) < LINE_ENOUGH; i++)
		line = append(line, bare(candidate->argv[i]));
	return line;
}

int64_t bench_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* NAME=VALUE; a value is expanded as a word is. */
static char *variable(const char *text)
{
	const char *value = strchr(text, '=') + 1;

	return bench_format("%.*s%s", (int)(value - text), text, expand(value));
}

/* What every candidate starts with, whoever calls, and its own variables. */
static char **environment(const char *const *env)
{
	static char *variables[8];
	size_t count = 3;

	if (!variables[0]) {
		variables[0] = bench_format("PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin");
		variables[1] = bench_format("LC_ALL=C.UTF-8");
		variables[2] = bench_format("HOME=%s", getenv("HOME") ? getenv("HOME") : "/");
	}
	while (env && *env && count + 1 < BENCH_COUNT(variables))
		variables[count++] = variable(*env++);
	variables[count] = NULL;
	return variables;
}

static pid_t start(char **argv, char **env)
{
	pid_t pid;
	const int error = posix_spawn(&pid, argv[0], NULL, NULL, argv, env);

	errno = error;
	return error ? -1 : pid;
}

pid_t bench_start(char **argv, const char *const *env)
{
	return start(argv, environment(env));
}

/* What must be so when it is started, and isn't timed. A file that is read to its end by each run is opened for each.
 */
static void set_up(const struct bench_candidate *candidate)
{
	char *path = expand(candidate->filter ? "@bench/rooted.bpf" : candidate->dir ? candidate->dir : "/");
	int fd;

	if (candidate->before)
		candidate->before();
	if (!candidate->filter) {
		if (chdir(path) < 0)
			bench_die(path);
	} else {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || dup2(fd, BENCH_FILTER_FD) < 0)
			bench_die(path);
		close(fd);
	}
	free(path);
}

static void clean_up(const struct bench_candidate *candidate)
{
	if (candidate->filter)
		close(BENCH_FILTER_FD);
	if (candidate->dir && chdir("/") < 0)
		bench_die("/");
}

int64_t bench_time(const struct bench_candidate *candidate, char **argv, int *status)
{
	char **env = environment(candidate->env);
	int64_t from, to;
	pid_t pid;

	set_up(candidate);
	from = bench_now();
	pid = start(argv, env);
	if (pid < 0 || waitpid(pid, status, 0) < 0)
		*status = -1;
	to = bench_now();
	clean_up(candidate);
	return to - from;
}

/* False when it had to be killed. */
static bool wait_some(pid_t pid, int *status)
{
	struct pollfd ended = { .fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN };
	const bool in_time = poll(&ended, 1, TRY_TIMEOUT_MS) == 1;

	if (!in_time)
		kill(pid, SIGKILL);
	waitpid(pid, status, 0);
	close(ended.fd);
	return in_time;
}

static void first_line(int fd, char *text, size_t size)
{
	const ssize_t len = pread(fd, text, size - 1, 0);

	text[len > 0 ? len : 0] = 0;
	text[strcspn(text, "\n")] = 0;
}

/* Run with `fd` as one of the standard descriptors. -2: it hung. */
static int run_with(const struct bench_candidate *candidate, char **argv, int fd, int as)
{
	const int kept = fcntl(as, F_DUPFD_CLOEXEC, 10);
	int status = -1;
	pid_t pid;

	set_up(candidate);
	if (kept < 0 || dup2(fd, as) < 0)
		bench_die("dup2");
	pid = start(argv, environment(candidate->env));
	if (pid >= 0 && !wait_some(pid, &status))
		status = -2;
	dup2(kept, as);
	close(kept);
	clean_up(candidate);
	return status;
}

bool bench_try(const struct bench_candidate *candidate, char **argv, char *why, size_t size)
{
	const int said = memfd_create("stderr", MFD_CLOEXEC);
	char line[128];
	int status;

	if (access(argv[0], X_OK) < 0 || (candidate->needs && access(candidate->needs, F_OK) < 0)) {
		snprintf(why, size, "not here: %s", candidate->needs ? candidate->needs : argv[0]);
		close(said);
		return false;
	}
	status = run_with(candidate, argv, said, STDERR_FILENO);
	first_line(said, line, sizeof(line));
	close(said);
	if (status == 0)
		return true;
	if (status == -2)
		snprintf(why, size, "failed: it didn't end");
	else
		snprintf(why, size, "failed: %s %d%s%s", WIFEXITED(status) ? "status" : "signal",
			 WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status), line[0] ? ": " : "", line);
	return false;
}

char *bench_output(char **argv, const char *const *env)
{
	const struct bench_candidate candidate = { .env = env };
	const int said = memfd_create("stdout", MFD_CLOEXEC);
	const int status = run_with(&candidate, argv, said, STDOUT_FILENO);
	const off_t size = lseek(said, 0, SEEK_END);
	char *text = NULL;

	if (status == 0 && size >= 0) {
		text = bench_alloc((size_t)size + 1);
		if (pread(said, text, (size_t)size, 0) != size)
			text[0] = 0;
	}
	close(said);
	return text;
}
