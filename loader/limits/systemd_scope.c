/* SPDX-License-Identifier: MIT */
/*
 * systemd_scope.c -- starts sbx-scope and reads one line from it: the cgroup's path, or why there is none. A manager
 * that doesn't answer must hang nobody: the helper has its time, and so has the wait for it.
 */
#include "loader/limits/systemd_scope.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loader/base/cleanup.h"
#include "loader/base/clock.h"
#include "loader/base/memory.h"
#include "loader/base/vec.h"

#define LINE_MAX_ 4096
#define SLICE ".slice"
#define ANSWER_MS 12000 /* the helper gives up before */
#define POLL_MS 100

/* Where the manager listens, whatever XDG_RUNTIME_DIR says. */
static bool has_manager(void)
{
	const uid_t uid = geteuid();
	const char *path =
		uid == 0 ? "/run/systemd/private" : sbx_format("/run/user/%u/systemd/private", (unsigned int)uid);
	struct stat st;

	return stat(path, &st) == 0 && S_ISSOCK(st.st_mode) && st.st_uid == uid;
}

bool sbx_scope_possible(const struct sbx_scope *scope, const char **why)
{
	if (!has_manager())
		return false;
	if (scope->program && access(scope->program, X_OK) == 0)
		return true;
	*why = "systemd could hold it, but sbx-scope isn't installed, which asks systemd";
	return false;
}

/* Where the manager's own slices begin in a cgroup's path: the user's below its service. NULL when the cgroup isn't
 * there. */
static const char *managers_slices(const char *path)
{
	const char *service, *at;

	if (!path || geteuid() == 0)
		return path;
	service = sbx_format("/user@%u.service/", (unsigned int)geteuid());
	at = strstr(path, service);
	return at ? at + strlen(service) - 1 : NULL;
}

/*
 * The slice that the caller is in, for the scope to be held to what it is held to; NULL when it isn't one of this
 * manager's: a login session's, and root's in a user's.
 */
static char *own_slice(void)
{
	const char *at = managers_slices(sbx_cgroup_own_path()), *name = NULL, *end;
	size_t len = 0;

	for (; at && (end = strchr(at + 1, '/')); at = end) {
		name = at + 1;
		len = (size_t)(end - name);
		if (len < sizeof(SLICE) || strncmp(end - (sizeof(SLICE) - 1), SLICE, sizeof(SLICE) - 1) != 0)
			return NULL;
	}
	return name ? sbx_format("Slice=%.*s", (int)len, name) : NULL;
}

static void push_arg(struct sbx_vec *args, char *text)
{
	if (text)
		sbx_vec_push(args, sizeof(text), &text);
}

/* OOMPolicy: the kernel's kill takes a process; systemd's answer to it would take the rest of the sandbox. */
static char **scope_args(const struct sbx_scope *scope, pid_t child, char **properties)
{
	struct sbx_vec args = { 0 };

	push_arg(&args, scope->program);
	push_arg(&args, sbx_format("%d", (int)child));
	push_arg(&args, own_slice());
	push_arg(&args, sbx_strdup("OOMPolicy=continue"));
	for (; *properties; properties++)
		push_arg(&args, *properties);
	return sbx_vec_strings(&args);
}

/* A session of its own: the terminal's signals are the command's. No descriptor of the caller's, no environment. */
_Noreturn static void become_helper(char **args, pid_t loader, int out)
{
	const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	char *env[] = { NULL };
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == loader && dup2(null, STDIN_FILENO) == STDIN_FILENO &&
	    dup2(out, STDOUT_FILENO) == STDOUT_FILENO && dup2(null, STDERR_FILENO) == STDERR_FILENO &&
	    syscall(SYS_close_range, 3, ~0u, 0) == 0)
		execve(args[0], args, env);
	_exit(127);
}

static pid_t start_helper(char **args, int *answer)
{
	const pid_t loader = getpid();
	int out[2];
	pid_t helper;

	if (pipe2(out, O_CLOEXEC) < 0)
		return -1;
	helper = fork();
	if (helper == 0)
		become_helper(args, loader, out[1]);
	close(out[1]);
	*answer = out[0];
	return helper;
}

/* It has nothing left to do, and might hang or be stopped. */
static void end_helper(pid_t helper)
{
	kill(helper, SIGKILL);
	while (waitpid(helper, NULL, 0) < 0 && errno == EINTR)
		;
}

static bool is_interrupted(void)
{
	sigset_t pending;

	sigpending(&pending);
	return sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1 ||
	       sigismember(&pending, SIGHUP) == 1;
}

/* Until there is something to read: NULL, or why there is not. The signals are blocked, for the loader's signalfd(2).
 */
static const char *wait_for_answer(int fd, int64_t deadline)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN };
	int ready = 0;

	while (ready == 0) {
		if (is_interrupted())
			return "interrupted";
		if (sbx_clock_now() >= deadline)
			return "sbx-scope doesn't answer";
		ready = poll(&pollfd, 1, POLL_MS);
		if (ready < 0 && errno == EINTR)
			ready = 0;
	}
	return ready < 0 ? "sbx-scope can't be waited for" : NULL;
}

/* UNTRUSTED in part: a path that systemd made. NULL, or why there is no line. */
static const char *read_answer(int fd, int64_t deadline, char line[LINE_MAX_])
{
	const char *why = NULL;
	size_t have = 0;
	ssize_t got;

	while (have < LINE_MAX_ - 1 && (have == 0 || line[have - 1] != '\n') &&
	       !(why = wait_for_answer(fd, deadline))) {
		got = read(fd, line + have, LINE_MAX_ - 1 - have);
		if (got <= 0)
			break;
		have += (size_t)got;
	}
	line[have] = 0;
	line[strcspn(line, "\n")] = 0;
	return why ? why : have ? NULL : "sbx-scope can't be started";
}

/* The kernel says where the child is, whatever the answer says. */
static int open_scope(const char *line, pid_t child, struct sbx_cgroup *cgroup, const char **why)
{
	const char *manager = geteuid() == 0 ? "systemd" : "systemd's user manager";
	const char *path = line[0] == '/' ? sbx_cgroup_path(child) : NULL;
	const bool inside = path && strcmp(path, line) == 0;

	*why = sbx_format("%s: %s", manager,
			  line[0] != '/' ? line :
			  inside         ? "its cgroup can't be seen" :
					   "the sandbox isn't in the cgroup that was made for it");
	cgroup->dir = inside ? sbx_cgroup_open(line) : -1;
	cgroup->parent = -1;
	return cgroup->dir < 0 ? -1 : 0;
}

int sbx_scope_start(struct sbx_scope *scope, pid_t child, char **properties, int64_t by, struct sbx_cgroup *cgroup,
		    const char **why)
{
	const int64_t latest = sbx_clock_after(ANSWER_MS);
	cleanup_fd int answer = -1;
	char line[LINE_MAX_];
	const pid_t helper = start_helper(scope_args(scope, child, properties), &answer);

	*why = "sbx-scope can't be started";
	if (helper > 0) {
		*why = read_answer(answer, by < latest ? by : latest, line);
		end_helper(helper);
		if (!*why && open_scope(line, child, cgroup, why) == 0)
			return 0;
	}
	scope->wanted = false;
	return -1;
}
