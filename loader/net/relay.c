/* SPDX-License-Identifier: MIT */
/*
 * relay.c -- starts sbx-relay twice. The pump joins the namespaces that the sandbox's first process was made with, from
 * outside of its PID namespace, so that nothing inside sees it; the connector is a command of sbx-wrap's own, in a
 * sandbox with the host's network. Both hold the other's end of one socket, and end with it.
 *
 * UNTRUSTED: what the pump says. pidfd_open(2), Linux 5.3; setns(2) on such a descriptor, Linux 5.8.
 */
#include "loader/net/relay.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loader/base/clock.h"
#include "loader/base/memory.h"
#include "loader/base/say.h"
#include "loader/base/vec.h"
#include "shim/err.h"

#define READY_MS 10000
#define POLL_MS 50

extern char **environ;

/* What sbx-relay is given, by SBX_RELAY_FD_*; -1 for what it isn't. */
struct ends {
	int fds[SBX_RELAY_FDS];
};

static void push_arg(struct sbx_vec *args, const char *text)
{
	char *copy = sbx_strdup(text);

	sbx_vec_push(args, sizeof(copy), &copy);
}

/* A session of its own: the terminal's signals are the command's. No stream but for what goes wrong. */
_Noreturn static void become_relay(char **args, char **env, pid_t loader, const struct ends *ends)
{
	const int null = open("/dev/null", O_RDWR | O_CLOEXEC);
	int high[SBX_RELAY_FDS];
	sigset_t none;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	setsid();
	/* Whatever becomes of the directory that we are in, it isn't theirs. */
	if (chdir("/") < 0 || prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != loader ||
	    dup2(null, STDIN_FILENO) < 0 || dup2(null, STDOUT_FILENO) < 0)
		_exit(SBX_EXIT_FAILED);
	/* Out of the way first: none is overwritten before its turn. */
	for (int i = 0; i < SBX_RELAY_FDS; i++)
		high[i] = ends->fds[i] < 0 ? -1 : fcntl(ends->fds[i], F_DUPFD, SBX_RELAY_FD + SBX_RELAY_FDS);
	for (int i = 0; i < SBX_RELAY_FDS; i++)
		if (ends->fds[i] < 0)
			close(SBX_RELAY_FD + i);
		else if (dup2(high[i], SBX_RELAY_FD + i) < 0)
			_exit(SBX_EXIT_FAILED);
	if (syscall(SYS_close_range, SBX_RELAY_FD + SBX_RELAY_FDS, ~0u, 0) == 0)
		execve(args[0], args, env);
	_exit(SBX_EXIT_FAILED);
}

static pid_t start_one(struct sbx_vec *args, char **env, const struct ends *ends)
{
	const pid_t loader = getpid();
	char **argv = sbx_vec_strings(args);
	const pid_t pid = fork();

	if (pid == 0)
		become_relay(argv, env, loader, ends);
	return pid;
}

static void push_kept(struct sbx_vec *args, int fd)
{
	push_arg(args, "--keep-fd");
	push_arg(args, sbx_format("%d", SBX_RELAY_FD + fd));
}

static pid_t start_connector(const char *program, const char *self, const struct ends *ends)
{
	static const char *const words[] = { "--quiet", "--profile", "sbx-relay", "--die-with-parent" };
	struct sbx_vec args = { 0 };

	push_arg(&args, self);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		push_arg(&args, words[i]);
	push_kept(&args, SBX_RELAY_FD_LINK);
	push_kept(&args, SBX_RELAY_FD_HOSTS);
	push_arg(&args, "--");
	push_arg(&args, program);
	push_arg(&args, "connector");
	return start_one(&args, environ, ends);
}

static pid_t start_pump(const char *program, uint32_t namespaces, const struct ends *ends)
{
	struct sbx_vec args = { 0 };
	char *env[] = { NULL }; /* nothing that whoever takes it over could send away */

	push_arg(&args, program);
	push_arg(&args, "pump");
	push_arg(&args, sbx_format("%u", namespaces & (CLONE_NEWUSER | CLONE_NEWNET)));
	return start_one(&args, env, ends);
}

/* The entries, for both to map. */
static int make_hosts(const struct sbx_policy_blob *policy)
{
	const int fd = memfd_create("sbx-hosts", MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd < 0 || write(fd, sbx_at(policy, policy->hosts), policy->hosts.len) != (ssize_t)policy->hosts.len ||
	    fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0)
		return -1; /* and the run ends */
	return fd;
}

static bool is_interrupted(void)
{
	sigset_t pending;

	sigpending(&pending);
	return sigismember(&pending, SIGTERM) == 1 || sigismember(&pending, SIGINT) == 1 ||
	       sigismember(&pending, SIGHUP) == 1;
}

/* NULL when the pump has said that all is there, or why it hasn't. */
static const char *wait_until_ready(int control)
{
	const int64_t deadline = sbx_clock_after(READY_MS);
	struct pollfd poll_for = { .fd = control, .events = POLLIN };
	char ready = 0;

	while (!(poll_for.revents & (POLLIN | POLLHUP))) {
		if (is_interrupted())
			return "interrupted";
		if (sbx_clock_now() >= deadline)
			return "sbx-relay isn't ready within 10 seconds";
		if (poll(&poll_for, 1, POLL_MS) < 0 && errno != EINTR)
			return "sbx-relay can't be waited for";
	}
	return recv(control, &ready, 1, MSG_DONTWAIT) == 1 && ready == SBX_RELAY_READY ? NULL : "sbx-relay has ended";
}

static void end_one(pid_t *pid)
{
	if (*pid <= 0)
		return;
	kill(*pid, SIGKILL);
	while (waitpid(*pid, NULL, 0) < 0 && errno == EINTR)
		;
	*pid = 0;
}

static void end_both(struct sbx_relay *relay)
{
	close(relay->control);
	end_one(&relay->pump);
	end_one(&relay->connector);
}

/* NULL, or what there isn't, with errno set. */
static const char *start_both(struct sbx_relay *relay, const char *program, const char *self, uint32_t namespaces,
			      struct ends *ends)
{
	const int pidfd = ends->fds[SBX_RELAY_FD_PIDFD];
	int link[2], control[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, link) < 0)
		return "socketpair";
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, control) < 0)
		return "socketpair";
	relay->control = control[0];
	ends->fds[SBX_RELAY_FD_PIDFD] = ends->fds[SBX_RELAY_FD_CONTROL] = -1;
	ends->fds[SBX_RELAY_FD_LINK] = link[1];
	relay->connector = start_connector(program, self, ends);
	close(link[1]);
	ends->fds[SBX_RELAY_FD_PIDFD] = pidfd;
	ends->fds[SBX_RELAY_FD_CONTROL] = control[1];
	ends->fds[SBX_RELAY_FD_LINK] = link[0];
	relay->pump = relay->connector < 0 ? -1 : start_pump(program, namespaces, ends);
	close(link[0]);
	close(control[1]);
	return relay->pump < 0 ? "sbx-relay" : NULL;
}

int sbx_relay_start(struct sbx_relay *relay, const struct sbx_policy_blob *policy, const char *program,
		    const char *self, pid_t child, struct sbx_err *err)
{
	struct ends ends = { { -1, -1, -1, -1 } };
	const char *what = program, *why;

	*relay = (struct sbx_relay){ .control = -1,
				     .entries = sbx_at(policy, policy->hosts),
				     .entry_count = policy->hosts.len / sizeof(struct sbx_host_entry) };
	if (program && access(program, X_OK) == 0) {
		ends.fds[SBX_RELAY_FD_PIDFD] = (int)syscall(SYS_pidfd_open, child, 0);
		ends.fds[SBX_RELAY_FD_HOSTS] = make_hosts(policy);
		what = ends.fds[SBX_RELAY_FD_PIDFD] < 0 ? "pidfd_open" :
		       ends.fds[SBX_RELAY_FD_HOSTS] < 0 ? "a sealed memfd" :
							  start_both(relay, program, self, policy->namespaces, &ends);
	}
	if (what)
		return sbx_err_set(err, SBX_STEP_NET, errno, what); /* what has been started ends with us */
	close(ends.fds[SBX_RELAY_FD_PIDFD]);
	close(ends.fds[SBX_RELAY_FD_HOSTS]);
	why = wait_until_ready(relay->control);
	if (!why)
		return 0;
	end_both(relay);
	return sbx_err_set(err, SBX_STEP_NET, 0, why);
}

static const char *whom(const struct sbx_relay *relay, const struct sbx_relay_refusal *refusal)
{
	const struct sbx_host_entry *entry =
		refusal->entry < relay->entry_count ? &relay->entries[refusal->entry] : NULL;
	const bool four = sbx_host_is_four(refusal->address);
	char text[INET6_ADDRSTRLEN] = "?", name[SBX_RELAY_NAME_MAX];

	memcpy(name, refusal->name, sizeof(name));
	name[sizeof(name) - 1] = 0;
	if (name[0] || (entry && entry->name[0])) {
		const char *const known = name[0] ? name : entry->name;

		return refusal->port ? sbx_format("%s:%u", known, refusal->port) : sbx_strdup(known);
	}
	inet_ntop(four ? AF_INET : AF_INET6, refusal->address + (four ? 12 : 0), text, sizeof(text));
	return four ? sbx_format("%s:%u", text, refusal->port) : sbx_format("[%s]:%u", text, refusal->port);
}

static void say_refusal(const struct sbx_relay *relay, const struct sbx_relay_refusal *refusal)
{
	static const char *const reasons[] = {
#define X(id, words) words,
		SBX_RELAY_REASONS(X)
#undef X
	};

	if (refusal->reason < SBX_RELAY__COUNT)
		sbx_say(stderr, "sbx-wrap: net: %s: %s%s%s", whom(relay, refusal), reasons[refusal->reason],
			refusal->error ? ": " : "", refusal->error ? strerror(refusal->error) : "");
}

void sbx_relay_end(struct sbx_relay *relay, bool quiet)
{
	struct sbx_relay_refusal refusal;
	ssize_t got = 0;

	if (relay->pump <= 0)
		return;
	for (unsigned int i = 0; i < SBX_RELAY_REFUSALS_MAX; i++) {
		got = recv(relay->control, &refusal, sizeof(refusal), MSG_DONTWAIT);
		if (got != (ssize_t)sizeof(refusal))
			break;
		if (!quiet)
			say_refusal(relay, &refusal);
	}
	if (got == 0 && !quiet)
		sbx_say(stderr, "sbx-wrap: net: sbx-relay ended before the command: nothing was reached since");
	end_both(relay);
}
