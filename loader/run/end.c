/* SPDX-License-Identifier: MIT */
/*
 * end.c -- what the status (wait(2)) and the kernel's accounts say together. UNTRUSTED: the status, which the target
 * chooses; no more than a message depends on it.
 */
#include "loader/run/end.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loader/base/memory.h"
#include "loader/base/say.h"
#include "loader/output/stage.h"

#define CPU_SLACK_MS 100

/* The signal it died of, or that a shell reports as its status. */
static int signal_of(int status, bool shells)
{
	if (WIFSIGNALED(status))
		return WTERMSIG(status);
	return shells && WIFEXITED(status) && WEXITSTATUS(status) > 128 ? WEXITSTATUS(status) - 128 : 0;
}

static bool hit_file_size(const struct sbx_limits *limits, int status)
{
	return limits->held[SBX_LIMIT_FILE_SIZE] == SBX_HELD_RLIMIT && !limits->file_by_output &&
	       signal_of(status, true) == SIGXFSZ;
}

bool sbx_end_file_output(const struct sbx_end *end, const struct sbx_limits *limits)
{
	return limits->file_by_output && signal_of(end->status, true) == SIGXFSZ;
}

/*
 * All of them together have used as much as one of them may; what catches SIGXCPU is killed a second later. The limit
 * is held by ticks: what a virtual machine's host takes of one is counted there, and not here.
 */
static bool hit_cpu_time(const struct sbx_limits *limits, const struct rusage *rusage, int status)
{
	const int signo = signal_of(status, true);
	const struct timeval *user = &rusage->ru_utime, *system = &rusage->ru_stime;
	const uint64_t used =
		(uint64_t)(user->tv_sec + system->tv_sec) * 1000 + (uint64_t)(user->tv_usec + system->tv_usec) / 1000;
	const uint64_t limit = limits->value[SBX_LIMIT_CPU_TIME];

	return limits->held[SBX_LIMIT_CPU_TIME] == SBX_HELD_RLIMIT &&
	       ((signo == SIGXCPU && used >= limit / 2) || (signo == SIGKILL && used + CPU_SLACK_MS >= limit));
}

static bool is_fault(int signo)
{
	return signo == SIGSEGV || signo == SIGBUS || signo == SIGILL || signo == SIGFPE || signo == SIGABRT;
}

static bool is_some(uint64_t count)
{
	return count && count != SBX_UNKNOWN;
}

const char *sbx_end_reason(const struct sbx_end *end, const struct sbx_limits *limits, const struct sbx_usage *usage,
			   const struct sbx_quota *quota)
{
	if (quota->over)
		return sbx_limits_name(quota->over == SBX_QUOTA_FILES ? SBX_LIMIT_OUTPUT_FILES : SBX_LIMIT_OUTPUT);
	if (end->timed_out)
		return sbx_limits_name(SBX_LIMIT_WALL);
	if (end->note && end->err.step == SBX_STEP_CALL)
		return "seccomp";
	if (is_some(usage->oom_kills))
		return is_some(usage->ooms) ? sbx_limits_name(SBX_LIMIT_MEMORY) : "memory_outside";
	if (hit_cpu_time(limits, &usage->rusage, end->status))
		return sbx_limits_name(SBX_LIMIT_CPU_TIME);
	if (hit_file_size(limits, end->status))
		return sbx_limits_name(SBX_LIMIT_FILE_SIZE);
	if (is_some(usage->pids_refused) || usage->pids_seen)
		return sbx_limits_name(SBX_LIMIT_PIDS);
	if (usage->space.full)
		return usage->space.full->bytes_full ? usage->space.full->key : "tmp_inodes";
	return is_fault(signal_of(end->status, false)) && !end->failed ? "signal" : NULL;
}

static void end_line(const char *name, const char *text, const char *hint)
{
	sbx_say(stderr, "sbx-wrap: limits: %s: %s", name, text);
	if (hint)
		sbx_say(stderr, "hint: %s", hint);
}

/* An amount, and the limit, as text that lasts. */
static const char *limit_text_of(enum sbx_limit_id id, uint64_t value)
{
	return sbx_strdup(sbx_limits_text(id, value));
}

static const char *limit_text(const struct sbx_limits *limits, enum sbx_limit_id id)
{
	return limit_text_of(id, limits->value[id]);
}

static void end_line_reached(const struct sbx_limits *limits, enum sbx_limit_id id, const char *more)
{
	end_line(sbx_limits_name(id), sbx_format("limit %s reached%s", limit_text(limits, id), more),
		 sbx_limits_hint(id));
}

/* The kernel counts whom it kills in the cgroup, whichever cgroup was out of memory; and what was, where it was. */
static void report_memory(const struct sbx_limits *limits, const struct sbx_usage *usage)
{
	const unsigned long long count = usage->oom_kills;
	const char *killed = sbx_format("%llu process%s killed", count, count == 1 ? "" : "es");
	const char *peak = usage->peak == SBX_UNKNOWN ?
				   "" :
				   sbx_format(" (peak %s)", sbx_limits_text(SBX_LIMIT_MEMORY, usage->peak));

	if (is_some(usage->ooms))
		end_line_reached(limits, SBX_LIMIT_MEMORY, sbx_format("%s, %s", peak, killed));
	else
		end_line(sbx_limits_name(SBX_LIMIT_MEMORY),
			 sbx_format("the machine or a cgroup above is out of memory%s, %s", peak, killed), NULL);
}

static void report_fault(const struct sbx_limits *limits, const char *command, int signo)
{
	const bool alone = limits->held[SBX_LIMIT_MEMORY] == SBX_HELD_RLIMIT;

	sbx_say(stderr, "sbx-wrap: end: %s: %s: %s", command, strsignal(signo),
		alone            ? sbx_format("each process may have %s of memory, which may be why",
					      limit_text(limits, SBX_LIMIT_MEMORY)) :
		signo == SIGABRT ? "it gave up by itself, perhaps for a call that it was denied" :
				   "a fault of the command's own");
	if (!alone && signo == SIGABRT)
		sbx_say(stderr, "hint: --try lets through what is denied, and names it");
}

/* Also after success: what didn't fit is missing, perhaps, and not every command says so. */
static void report_space(const struct sbx_space_place *place)
{
	const char *size = limit_text_of(SBX_LIMIT_MEMORY, place->size),
		   *twice = limit_text_of(SBX_LIMIT_MEMORY, 2 * place->size);

	if (place->bytes_full)
		end_line(place->key, sbx_format("%s was full: it holds %s", place->path, size),
			 place->option ? sbx_format("--size %s before that --tmpfs gives it more", twice) :
					 sbx_format("--set limits.%s=%s gives it more", place->key, twice));
	if (place->files_full)
		end_line("tmp_inodes", sbx_format("%s held as many files as it may", place->path),
			 sbx_format("--set limits.tmp_inodes=%llu lets it hold more",
				    2 * (unsigned long long)place->files));
}

void sbx_end_report(const struct sbx_end *end, const struct sbx_limits *limits, const struct sbx_usage *usage,
		    const struct sbx_quota *quota, const char *command)
{
	const char *reason = sbx_end_reason(end, limits, usage, quota);

	if (!reason) /* the call that seccomp killed for has been said */
		return;
	if (end->timed_out)
		end_line_reached(limits, SBX_LIMIT_WALL, "");
	if (is_some(usage->oom_kills))
		report_memory(limits, usage);
	if (hit_cpu_time(limits, &usage->rusage, end->status))
		end_line_reached(limits, SBX_LIMIT_CPU_TIME, "");
	if (hit_file_size(limits, end->status))
		end_line_reached(limits, SBX_LIMIT_FILE_SIZE, "");
	if (is_some(usage->pids_refused) || usage->pids_seen)
		end_line_reached(limits, SBX_LIMIT_PIDS, "");
	for (size_t i = 0; i < usage->space.count; i++)
		report_space(&usage->space.places[i]);
	if (strcmp(reason, "signal") == 0)
		report_fault(limits, command, WTERMSIG(end->status));
}

void sbx_end_report_output(const struct sbx_end *end, const struct sbx_limits *limits, const struct sbx_quota *quota)
{
	const enum sbx_limit_id id = quota->over == SBX_QUOTA_FILES ? SBX_LIMIT_OUTPUT_FILES : SBX_LIMIT_OUTPUT;
	const char *ended = end->cut_off ? "the command was ended, and " : "", *had, *most = "";

	if (!quota->over)
		return;
	if (quota->over == SBX_QUOTA_SPACE) {
		end_line(sbx_limits_name(id),
			 sbx_format("%s: less of the disk is free than is to stay free: %s%s", quota->subject, ended,
				    quota->stage->dirs.count ? "what was staged is removed" : "what is written stays"),
			 "--output-size unlimited lets it fill the disk");
		return;
	}
	had = quota->over == SBX_QUOTA_FILES ?
		      sbx_format("the outputs are %s files", limit_text_of(id, quota->had_files)) :
	      sbx_end_file_output(end, limits) ? "one file would be larger" :
						 sbx_format("the outputs are %s", limit_text_of(id, quota->had_bytes));
	if (quota->subject && !sbx_end_file_output(end, limits))
		most = sbx_format(", %s most of them", quota->subject);
	end_line(sbx_limits_name(id),
		 sbx_format("limit %s reached: %s%s; %snothing was moved into place", limit_text(limits, id), had, most,
			    ended),
		 sbx_limits_hint(id));
}

void sbx_end_overdue(struct sbx_end *end, const struct sbx_limits *limits)
{
	if (!end->timed_out)
		end_line_reached(limits, SBX_LIMIT_WALL, " while outputs were moved into place");
	end->timed_out = true;
}

_Noreturn void sbx_end_like(int status, bool own_group)
{
	const struct rlimit no_core = { 0, 0 };
	sigset_t one;

	if (WIFEXITED(status))
		_exit(WEXITSTATUS(status));
	setrlimit(RLIMIT_CORE, &no_core);
	prctl(PR_SET_DUMPABLE, 0);
	signal(WTERMSIG(status), SIG_DFL);
	sigemptyset(&one);
	sigaddset(&one, WTERMSIG(status));
	kill(own_group && (WTERMSIG(status) == SIGINT || WTERMSIG(status) == SIGQUIT) ? 0 : getpid(), WTERMSIG(status));
	sigprocmask(SIG_UNBLOCK, &one, NULL);
	_exit(128 + WTERMSIG(status));
}
