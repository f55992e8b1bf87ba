/* SPDX-License-Identifier: MIT */
/*
 * status.c -- one JSON object a line. Keys are only ever added.
 */
#include "loader/run/status.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loader/base/clock.h"
#include "loader/base/json.h"
#include "loader/base/memory.h"
#include "loader/base/say.h"
#include "loader/base/write_some.h"
#include "loader/run/end.h"
#include "loader/run/run.h"
#include "shim/err.h"
#include "shim/landlock.h"

#define SCHEMA 1
#define FLUSH_MS 5000

static const char *const held_names[SBX_HELD__COUNT] = {
	[SBX_HELD_NOT] = "not",
	[SBX_HELD_CGROUP] = "cgroup",
	[SBX_HELD_RLIMIT] = "rlimit",
	[SBX_HELD_LOADER] = "loader",
};
static const struct {
	const char *name;
	uint32_t flag;
} namespaces[] = {
#define X(id, word, clone) { .name = (word), .flag = (clone) },
	SBX_NAMESPACES(X)
#undef X
};
static const char *const signals[] = {
	[SIGHUP] = "HUP",   [SIGINT] = "INT",   [SIGQUIT] = "QUIT", [SIGILL] = "ILL",   [SIGTRAP] = "TRAP",
	[SIGABRT] = "ABRT", [SIGBUS] = "BUS",   [SIGFPE] = "FPE",   [SIGKILL] = "KILL", [SIGUSR1] = "USR1",
	[SIGSEGV] = "SEGV", [SIGUSR2] = "USR2", [SIGPIPE] = "PIPE", [SIGALRM] = "ALRM", [SIGTERM] = "TERM",
	[SIGXCPU] = "XCPU", [SIGXFSZ] = "XFSZ", [SIGSYS] = "SYS",
};

int sbx_status_open(struct sbx_status *status, int fd, const struct sbx_vec *keep, struct sbx_err *err)
{
	const int mode = fd >= 0 ? fcntl(fd, F_GETFL) : 0;

	status->fd = -1;
	if (fd < 0)
		return 0;
	if (fd <= STDERR_FILENO)
		return sbx_err_set(err, SBX_STEP_OPTIONS, 0,
				   "--status-fd takes a number from 3 up: the others are the command's");
	if (mode < 0 || (mode & O_PATH) || (mode & O_ACCMODE) == O_RDONLY)
		return sbx_err_set(err, SBX_STEP_OPTIONS, 0,
				   "--status-fd takes the number of a descriptor that is open for writing");
	status->fd = fcntl(fd, F_DUPFD_CLOEXEC, 10);
	if (status->fd < 0)
		return sbx_err_set(err, SBX_STEP_FDS, errno, "--status-fd");
	for (size_t i = 0; i < keep->count; i++)
		if (*(int *)sbx_vec_at(keep, i) == fd)
			return 0; /* kept on purpose */
	close(fd);
	return 0;
}

static const char *error_message(const struct sbx_err *err)
{
	if (!err->subject[0] && !err->errnum)
		return "as said on standard error"; /* by sbx-policy */
	return sbx_format("%s%s%s", err->subject, err->subject[0] && err->errnum ? ": " : "",
			  err->errnum ? strerror(err->errnum) : "");
}

/* Of a pipe, or of a socket. */
static bool reader_gone(int error)
{
	return error == EPIPE || error == ECONNRESET || error == ECONNREFUSED || error == ENOTCONN;
}

/* In pieces that poll(2) says a pipe takes at once, or the reader could stop us. A reader that has gone is no reason to
 * end. */
void sbx_status_write(struct sbx_status *status)
{
	const struct timespec no_time = { 0, 0 };
	const size_t left = status->len - status->done;
	sigset_t pipe, old;
	ssize_t wrote;
	int error;

	if (!left)
		return;
	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	sigprocmask(SIG_BLOCK, &pipe, &old);
	wrote = sbx_write_some(status->fd, status->text + status->done, left);
	error = wrote > 0 ? 0 : wrote ? errno : EIO; /* no bytes: poll(2) would say for ever that it is ready */
	if (error == EPIPE)                          /* the signal is not for the command */
		sigtimedwait(&pipe, NULL, &no_time);
	sigprocmask(SIG_SETMASK, &old, NULL);
	if (!error) {
		status->done += (size_t)wrote;
	} else if (error != EAGAIN && error != EINTR) {
		status->done = status->len;
		if (!reader_gone(error))
			status->lost = strerror(error);
	}
}

int sbx_status_pending(const struct sbx_status *status)
{
	return status->done < status->len ? status->fd : -1;
}

static void queue_line(struct sbx_status *status, const char *text, size_t len)
{
	const size_t left = status->len - status->done;
	char *all = sbx_alloc(left + len);

	if (left)
		memcpy(all, status->text + status->done, left);
	memcpy(all + left, text, len);
	status->text = all;
	status->len = left + len;
	status->done = 0;
}

/* Nothing runs any more: the reader has some time. */
static void flush_lines(struct sbx_status *status)
{
	const int64_t by = sbx_clock_after(FLUSH_MS);
	struct pollfd poll = { .fd = status->fd, .events = POLLOUT };
	struct timespec left;

	while (sbx_status_pending(status) >= 0) {
		if (ppoll(&poll, 1, sbx_clock_left(by, &left), NULL) > 0)
			sbx_status_write(status);
		else if (sbx_clock_now() >= by)
			break;
	}
	if (sbx_status_pending(status) >= 0)
		status->lost = "its reader takes nothing";
	if (status->lost)
		sbx_say(stderr, "sbx-wrap: options: --status-fd: %s; the lines are incomplete", status->lost);
}

static void put_limits(FILE *out, const struct sbx_limits *limits)
{
	fputs(",\"limits\":{", out);
	for (int id = 0; id < SBX_LIMIT__COUNT; id++) {
		fprintf(out, "%s\"%s\":{\"held\":\"%s\"", id ? "," : "", sbx_limits_name((enum sbx_limit_id)id),
			held_names[limits->held[id]]);
		sbx_json_number(out, "value", limits->value[id]);
		fputc('}', out);
	}
	fputc('}', out);
}

static void put_layers(FILE *out, const struct sbx_policy_blob *policy, bool filtered, enum sbx_latch_plan latch)
{
	const char *comma = "";

	fputs(",\"layers\":{\"namespaces\":[", out);
	for (size_t i = 0; i < sizeof(namespaces) / sizeof(namespaces[0]); i++)
		if (policy->namespaces & namespaces[i].flag) {
			fprintf(out, "%s\"%s\"", comma, namespaces[i].name);
			comma = ",";
		}
	fprintf(out, "],\"root\":%s,\"landlock\":%u,\"seccomp\":%s,\"latch\":\"%s\"}",
		policy->namespaces & CLONE_NEWNS ? "true" : "false", sbx_landlock_abi(), filtered ? "true" : "false",
		latch == SBX_PLAN_EXPECTED ? "expected" : "none");
}

void sbx_status_start(struct sbx_run *run)
{
	char *text = NULL;
	size_t len = 0;
	FILE *out = run->status.fd >= 0 ? open_memstream(&text, &len) : NULL;

	if (!out)
		return;
	fprintf(out, "{\"event\":\"start\",\"schema\":%d,\"pid\":%d,\"profile\":", SCHEMA, (int)getpid());
	sbx_json_string(out, sbx_str(run->policy, run->policy->strings, run->policy->profile));
	fputs(",\"command\":", out);
	sbx_json_string(out, run->target.path);
	fputs(",\"arguments\":[", out);
	for (char **arg = run->options.argv; *arg; arg++) {
		fputs(arg == run->options.argv ? "" : ",", out);
		sbx_json_string(out, *arg);
	}
	fputs("],\"directory\":", out);
	sbx_json_string(out, run->cwd.path);
	put_layers(out, run->policy, !run->options.try, run->latch.plan);
	put_limits(out, &run->limits);
	fputs("}\n", out);
	fclose(out);
	queue_line(&run->status, text, len);
	free(text);
}

static int64_t ns_of(const struct timeval *time)
{
	return (int64_t)time->tv_sec * 1000000000 + (int64_t)time->tv_usec * 1000;
}

static const char *how_ended(const struct sbx_end *end, const struct sbx_err *err)
{
	return err ? "failed" : end->timed_out ? "timeout" : WIFSIGNALED(end->status) ? "signaled" : "exited";
}

static void put_usage(FILE *out, const struct sbx_usage *usage)
{
	sbx_json_seconds(out, "wall", usage->wall_ns);
	sbx_json_seconds(out, "user", ns_of(&usage->rusage.ru_utime));
	sbx_json_seconds(out, "system", ns_of(&usage->rusage.ru_stime));
	sbx_json_number(out, "peak_memory", usage->peak);
	sbx_json_number(out, "largest_process", (uint64_t)usage->rusage.ru_maxrss * 1024);
	sbx_json_number(out, "read", usage->read);
	sbx_json_number(out, "written", usage->written);
	sbx_json_number(out, "peak_pids", usage->pids_peak);
	sbx_json_number(out, "killed_for_memory", usage->oom_kills);
	sbx_json_number(out, "refused_pids", usage->pids_refused);
}

/* In the private directories; a name for each in JSON and for people. */
static const char *const private_names[SBX_PRIVATE__COUNT][2] = {
	[SBX_PRIVATE_HOME] = { "home", "home" },
	[SBX_PRIVATE_TMP] = { "tmp", "/tmp" },
	[SBX_PRIVATE_VAR_TMP] = { "var_tmp", "/var/tmp" },
};

static void put_left(FILE *out, const struct sbx_private *left)
{
	fputs(",\"left\":{", out);
	for (int i = 0; i < SBX_PRIVATE__COUNT; i++) {
		const struct sbx_private_one *one = &left->dirs[i];

		fprintf(out, "%s\"%s\":", i ? "," : "", private_names[i][0]);
		fprintf(out, one->known ? "{\"entries\":%llu,\"bytes\":%llu}" : "null",
			(unsigned long long)one->entries, (unsigned long long)one->bytes);
	}
	fputc('}', out);
}

static void queue_end(struct sbx_run *run, const struct sbx_end *end, const char *reason, int exit_status,
		      const struct sbx_err *err)
{
	const bool signaled = !err && !end->timed_out && WIFSIGNALED(end->status);
	const int signo = signaled ? WTERMSIG(end->status) : 0;
	const bool named = (size_t)signo < sizeof(signals) / sizeof(signals[0]) && signals[signo];
	char *text = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return;
	fprintf(out, "{\"event\":\"end\",\"schema\":%d,\"how\":\"%s\",\"status\":%d,\"signal\":", SCHEMA,
		how_ended(end, err), exit_status);
	sbx_json_string(out, named ? signals[signo] : signo ? sbx_format("%d", signo) : NULL);
	fputs(",\"reason\":", out);
	sbx_json_string(out, reason);
	fputs(",\"error\":", out);
	sbx_json_string(out, err ? error_message(err) : end->note ? error_message(&end->err) : NULL);
	fprintf(out, ",\"latched\":%s", end->latched ? "true" : "false");
	put_usage(out, &run->usage);
	put_left(out, &run->left);
	sbx_guard_json(&run->guard, out);
	fputs("}\n", out);
	fclose(out);
	queue_line(&run->status, text, len);
	free(text);
}

static const char *bytes_text(uint64_t bytes)
{
	return bytes == SBX_UNKNOWN ? "unknown" : sbx_strdup(sbx_limits_text(SBX_LIMIT_MEMORY, bytes));
}

void sbx_status_limits(FILE *out, const char *indent, const struct sbx_limits *limits)
{
	for (int id = 0; id < SBX_LIMIT__COUNT; id++) {
		const enum sbx_held held = limits->held[id];
		const bool by_scope = held == SBX_HELD_CGROUP && limits->scope.wanted;

		if (limits->value[id] == SBX_UNLIMITED || (id == SBX_LIMIT_GRACE && !held))
			continue;
		sbx_say(out, "%s%s %s: %s%s%s", indent, sbx_limits_name((enum sbx_limit_id)id),
			sbx_limits_text((enum sbx_limit_id)id, limits->value[id]), held ? "held by the " : "not held: ",
			held ? held_names[held] : sbx_limits_why(limits, (enum sbx_limit_id)id),
			by_scope ? ", a scope that systemd makes where a limit is named" : "");
	}
}

static void print_left(const struct sbx_private *left)
{
	const char *text = "";

	for (int i = 0; i < SBX_PRIVATE__COUNT; i++) {
		const struct sbx_private_one *one = &left->dirs[i];

		if (one->known)
			text = sbx_format("%s%s%s %llu (%s)", text, *text ? ", " : "", private_names[i][1],
					  (unsigned long long)one->entries, bytes_text(one->bytes));
	}
	if (*text)
		sbx_say(stderr, "  left       in the private %s", text);
}

static void print_stats(const struct sbx_run *run, const struct sbx_end *end)
{
	const struct sbx_usage *usage = &run->usage;
	const char *layers = "";

	sbx_say(stderr, "sbx-wrap: stats: %s", run->target.name);
	sbx_say(stderr, "  time       wall %.3f s, user %.3f s, system %.3f s", (double)usage->wall_ns / 1e9,
		(double)ns_of(&usage->rusage.ru_utime) / 1e9, (double)ns_of(&usage->rusage.ru_stime) / 1e9);
	sbx_say(stderr, "  memory     peak %s, largest process %s", bytes_text(usage->peak),
		bytes_text((uint64_t)usage->rusage.ru_maxrss * 1024));
	sbx_say(stderr, "  I/O        read %s, written %s", bytes_text(usage->read), bytes_text(usage->written));
	sbx_say(stderr, "  processes  peak %s",
		usage->pids_peak == SBX_UNKNOWN ?
			"unknown" :
			sbx_format("%llu", (unsigned long long)usage->pids_peak - run->limits.extra));
	print_left(&run->left);
	for (size_t i = 0; i < sizeof(namespaces) / sizeof(namespaces[0]); i++)
		if (run->policy->namespaces & namespaces[i].flag)
			layers = sbx_join(layers, namespaces[i].name, " ");
	sbx_say(stderr, "  layers     %snamespaces, %sLandlock ABI %u, seccomp, %s", *layers ? layers : "no ",
		run->plan.rooted ? "private root, " : "", sbx_landlock_abi(),
		end->latched        ? "latched" :
		run->latch.needless ? "floor, nothing left to latch" :
				      "floor only");
	sbx_status_limits(stderr, "  limit      ", &run->limits);
}

void sbx_status_end(struct sbx_run *run, const struct sbx_end *end, int exit_status, const struct sbx_err *err)
{
	const char *reason;

	if (run->options.stats && run->started)
		print_stats(run, end);
	if (run->status.fd < 0)
		return;
	reason = err && !run->quota.over ? sbx_step_name(err->step) :
					   sbx_end_reason(end, &run->limits, &run->usage, &run->quota);
	queue_end(run, end, reason, exit_status, err);
	flush_lines(&run->status);
}
