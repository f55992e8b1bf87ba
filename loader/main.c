/* SPDX-License-Identifier: MIT */
/*
 * main.c -- sbx-wrap: options, command, policy, plan, start, wait, end. Reads like the list in CONTRIBUTING.md, "A run,
 * in order".
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loader/base/fds.h"
#include "loader/base/interrupt.h"
#include "loader/base/memory.h"
#include "loader/base/say.h"
#include "loader/base/vec.h"
#include "loader/cli/error_messages.h"
#include "loader/cli/timing.h"
#include "loader/grants/grant_options.h"
#include "loader/output/output_report.h"
#include "loader/output/private_report.h"
#include "loader/plan/hide_protected.h"
#include "loader/plan/private_sizes.h"
#include "loader/plan/replaced.h"
#include "loader/plan/rules_around.h"
#include "loader/policy/policy_cache.h"
#include "loader/policy/policy_find.h"
#include "loader/policy/sanitized.h"
#include "loader/run/announce.h"
#include "loader/run/clone.h"
#include "loader/run/end.h"
#include "loader/run/environment.h"
#include "loader/run/kept.h"
#include "loader/run/private_spaces.h"
#include "loader/run/run.h"
#include "loader/run/signals.h"
#include "loader/run/spawn.h"
#include "loader/run/streams.h"
#include "loader/run/terminal.h"
#include "loader/run/wait.h"
#include "shim/err.h"
#include "shim/landlock.h"
#include "shim/lookup.h"

extern char **environ;

static int take_options(struct sbx_run *run, int argc, char **argv, struct sbx_err *err)
{
	const int guarded = sbx_fds_guard(err);
	const int taken = sbx_caller_take(&run->caller, argc, argv), errnum = errno;
	struct sbx_err ignored;
	int checked;

	run->channel[0] = run->channel[1] = run->word[0] = run->word[1] = run->latch.fd = run->status.fd = -1;
	sbx_limits_init(&run->limits);
	sbx_usage_init(&run->usage);
	if (guarded >= 0 && taken < 0)
		return sbx_err_set(err, SBX_STEP_WAIT, errnum, "signals");
	if (guarded < 0 ||
	    (!sbx_options_dispatch(&run->options, argv) && sbx_options_parse(&run->options, argc, argv, err) < 0))
		return -1;
	if (run->options.help || run->options.version)
		return 0;
	if (run->options.timing)
		sbx_timing_begin(run->usage.began);
	sbx_timing_mark(SBX_MOMENT_OPTIONS);
	sbx_fds_named_pipes(run->options.argv, &run->pipes);
	checked = sbx_fds_check(guarded, &run->options.keep_fd, err); /* before there is any of ours */
	if (sbx_status_open(&run->status, run->options.status_fd - 1, &run->options.keep_fd,
			    checked < 0 ? &ignored : err) < 0)
		return -1;
	return checked < 0 ? -1 : sbx_cwd_enter(&run->cwd, &run->options, err);
}

static int find_command(struct sbx_run *run, struct sbx_err *err)
{
	const struct sbx_cwd *cwd = &run->cwd;

	if (sbx_target_find(&run->target, cwd->only_inside ? cwd->origin : cwd->path, run->options.argv, err) < 0)
		return -1;
	/* Nothing relative was looked up where it will be executed. */
	for (size_t i = 0; cwd->only_inside && i < run->target.chain_count; i++)
		if (run->target.chain[i][0] != '/')
			return sbx_err_set(err, SBX_STEP_CHDIR, ENOENT, cwd->path);
	sbx_timing_mark(SBX_MOMENT_TARGET);
	return 0;
}

static int look_at_descriptors(struct sbx_run *run, struct sbx_err *err)
{
	const uint32_t flags = run->policy->flags;
	const struct sbx_inherited_policy policy = {
		.host_net = flags & SBX_POLICY_HOST_NET,
		.ports = flags & SBX_POLICY_PORTS,
		.executes = flags & SBX_POLICY_EXECUTES,
		.asks = run->watched && !sbx_notify_asked(run->policy), /* one listener is all there can be */
		.nested = run->programs.nested,
		.abi = sbx_landlock_abi(),
	};

	return sbx_inherited_look(&run->inherited, &run->options.keep_fd, &policy, err);
}

static int find_policy(struct sbx_run *run, struct sbx_err *err)
{
	if (sbx_programs_find(&run->programs, err) < 0)
		return -1;
	run->policy = sbx_policy_find(&run->options, &run->target, run->cwd.path, &run->programs, &run->caller,
				      &run->withheld, &run->grammar, err);
	if (!run->policy)
		return -1;
	/* Options may need one that waits as well; inside a sandbox there is none. */
	run->watched =
		(run->policy->flags & SBX_POLICY_WATCHED) ||
		(!run->programs.nested && (run->options.stats || run->status.fd >= 0 || run->options.die_with_parent));
	sbx_notify_init(&run->notify, run->policy, run->target.name);
	sbx_timing_mark(SBX_MOMENT_POLICY);
	return look_at_descriptors(run, err);
}

/* Options that need more than the policy gives are not passed over. */
static int check_options(const struct sbx_run *run, struct sbx_err *err)
{
	if (run->options.hostname && !(run->policy->namespaces & CLONE_NEWUTS))
		return sbx_err_set(err, SBX_STEP_OPTIONS, 0, "--hostname needs \"uts\" in namespaces");
	if (run->options.die_with_parent && !run->watched)
		return sbx_err_set(err, SBX_STEP_OPTIONS, 0,
				   "--die-with-parent needs a process that waits, and inside a sandbox there is none");
	return 0;
}

static int make_plan(struct sbx_run *run, struct sbx_err *err)
{
	struct stat st;
	const char *const programs[] = { sbx_target_self(&st), run->programs.compiler, run->programs.shim };
	struct sbx_options *options = &run->options;

	sbx_plan_init(&run->plan, run->policy, options->argv, run->target.chain[run->target.chain_count - 1]);
	for (size_t i = 0; i < sizeof(programs) / sizeof(programs[0]); i++)
		sbx_vec_push(&run->plan.programs, sizeof(programs[i]), &programs[i]);
	for (size_t i = 0; (run->policy->flags & SBX_POLICY_ARG_GRANTS) && i < run->pipes.count; i++)
		sbx_vec_push(&options->keep_fd, sizeof(int), sbx_vec_at(&run->pipes, i));
	run->stage.dry = options->dry_run;
	run->stage.umask = run->caller.umask;
	if (sbx_grants_options(&run->plan, run->cwd.path, run->cwd.origin, options, err) < 0 ||
	    sbx_grants_arguments(&run->plan, run->cwd.path, options->argv, &run->grammar, &run->stage, err) < 0 ||
	    sbx_grants_target(&run->plan, run->cwd.path, &run->target, err) < 0 ||
	    (run->grammar.started && sbx_grants_target(&run->plan, run->cwd.path, run->grammar.started, err) < 0) ||
	    sbx_latch_plan(&run->latch, &run->target, &run->plan, run->programs.shim, err) < 0 ||
	    sbx_hide_protected(&run->plan, err) < 0)
		return -1;
	sbx_kept_guard_left(run);
	if (sbx_guard_plan(&run->guard, &run->plan, err) < 0)
		return -1;
	sbx_pin_protected(&run->plan);
	if (!run->cwd.only_inside)
		sbx_grants_cwd(&run->plan, run->cwd.path);
	else if (!sbx_plan_find(&run->plan, run->cwd.path))
		return sbx_err_set(err, SBX_STEP_CHDIR, ENOENT, run->cwd.path);
	sbx_plan_rules_around(&run->plan);
	sbx_plan_fd_rules(&run->plan, &options->keep_fd);
	if (sbx_plan_sort(&run->plan, err) < 0)
		return -1;
	sbx_plan_watch(&run->plan);
	run->floor = sbx_plan_floor(&run->plan);
	return sbx_latch_layer(&run->latch, &run->plan, err);
}

/* A signal that has come since the run ends sbx-wrap as if it did nothing about it. */
static void end_by_signal(struct sbx_run *run, struct sbx_end *end)
{
	const int signo = sbx_interrupt_signal();

	if (!signo)
		return;
	end->status = signo;
	end->timed_out = false;
	sbx_status_end(run, end, 128 + signo, NULL);
	sbx_end_like(signo, false);
}

/* sbx itself has failed: what was made is taken away. */
static int give_up_after(struct sbx_run *run, struct sbx_end *end, const struct sbx_err *err)
{
	struct sbx_err ignored;

	sbx_report_error(err);
	if (err->step == SBX_STEP_ROOT && err->errnum != EMFILE && err->errnum != ENFILE && err->errnum != ENOMEM &&
	    err->errnum != ENOSPC && sbx_cache_forget() &&
	    (sbx_lookup_absent(err->errnum) || err->errnum == ELOOP || err->errnum == EISDIR))
		sbx_say(stderr, "hint: the policy was compiled before a path changed, perhaps: "
				"the next run compiles it anew");
	sbx_limits_finish(&run->limits);
	sbx_output_commit(&run->stage, false, &ignored);
	end_by_signal(run, end);
	sbx_status_end(run, end, sbx_report_status(err), err);
	return sbx_report_status(err);
}

static int give_up(struct sbx_run *run, const struct sbx_err *err)
{
	struct sbx_end end = { .failed = true };

	return give_up_after(run, &end, err);
}

static void report_end(struct sbx_run *run, struct sbx_end *end)
{
	sbx_notify_report(&run->notify);
	sbx_plan_report_replaced(&run->plan);
	sbx_child_reports_report(&run->child_reports, sbx_latch_children(run->policy));
	sbx_usage_take(&run->usage, &run->limits);
	sbx_limits_finish(&run->limits);
	if (end->failed && end->err.step == SBX_STEP_WAIT && run->usage.oom_kills &&
	    run->usage.oom_kills != SBX_UNKNOWN) {
		end->failed = false; /* the largest process was the sandbox's first */
		end->status = SIGKILL;
	}
	if (!end->failed && end->note) /* a fence that was asked for and isn't there is never passed over in silence */
		sbx_report_error(&end->err);
	if (!run->options.quiet)
		sbx_end_report(end, &run->limits, &run->usage, &run->quota, run->target.name);
}

/* What is in place, what isn't, and what is gone: that is looked at when nothing can cost the outputs any more. */
static void report_outputs(struct sbx_run *run, const struct sbx_end *end, bool finished)
{
	const bool quiet = run->options.quiet;

	if (!quiet || !finished)
		sbx_output_report(&run->stage, quiet);
	sbx_end_report_output(end, &run->limits, &run->quota);
	if (sbx_kept_record(run) && !quiet)
		sbx_say(stderr,
			"hint: sbx-policy kept list shows what is kept; restore puts it in place, clean removes it");
	sbx_spaces_left(&run->usage.space, &run->left, &run->plan);
	if (!quiet)
		sbx_private_report(&run->left, &run->plan, run->options.verbose);
}

static bool asks_for_all(const struct sbx_run *run)
{
	return run->options.verbose || run->options.stats || run->status.fd >= 0;
}

static int supervise(struct sbx_run *run, struct sbx_err *err)
{
	const struct sbx_terminal terminal = sbx_terminal_save();
	struct sbx_streams streams;
	struct sbx_end end;
	int finished, signals;
	pid_t child;

	run->caller.foreground = terminal.foreground;
	sbx_private_plan(&run->left, &run->plan, asks_for_all(run), !run->options.quiet);
	signals = sbx_signals_open();
	if (signals < 0) {
		sbx_err_set(err, SBX_STEP_WAIT, errno, "signals");
		return give_up(run, err);
	}
	/* Taken like the end of a child: sbx_wait() looks whose it was. */
	if (run->options.die_with_parent && prctl(PR_SET_PDEATHSIG, SIGCHLD) < 0) {
		sbx_err_set(err, SBX_STEP_WAIT, errno, "PR_SET_PDEATHSIG");
		return give_up(run, err);
	}
	sbx_kept_guard_begin(run);
	sbx_streams_keep(&streams);
	child = sbx_clone_beside(run->policy, err) < 0 ? -1 : sbx_spawn(run, err);
	if (child < 0)
		return give_up(run, err);
	sbx_timing_mark(SBX_MOMENT_SPAWN);
	run->started = true;
	dup2(STDERR_FILENO, STDIN_FILENO); /* whoever is at their other ends sees the target's end */
	dup2(STDERR_FILENO, STDOUT_FILENO);
	sbx_status_start(run);
	sbx_wait(run, child, signals, &end);
	sbx_interrupt_begin(&run->caller.mask, end.work_by);
	sbx_timing_mark(SBX_MOMENT_GONE);
	sbx_streams_restore(&streams);
	sbx_terminal_restore(&terminal, run->target.name);
	sbx_kept_guard_end(run);
	report_end(run, &end);
	sbx_guard_report(&run->guard, !run->options.quiet, run->options.verbose || run->options.stats);
	if (end.failed)
		return give_up_after(run, &end, &end.err);
	if (sbx_end_file_output(&end, &run->limits) && !run->quota.over)
		run->quota.over = SBX_QUOTA_BYTES;
	run->stage.succeeded = WIFEXITED(end.status) && WEXITSTATUS(end.status) == 0;
	finished = sbx_output_commit(&run->stage, true, err);
	report_outputs(run, &end, finished >= 0);
	if (finished < 0)
		sbx_report_error(err);
	end_by_signal(run, &end);
	if (finished < 0 && sbx_interrupt_reason()) {
		sbx_end_overdue(&end, &run->limits);
	} else if (finished < 0) {
		sbx_status_end(run, &end, SBX_EXIT_FAILED, err);
		return SBX_EXIT_FAILED;
	}
	sbx_timing_mark(SBX_MOMENT_REPORT);
	sbx_timing_report(stderr);
	if (end.timed_out)
		end.status = SBX_EXIT_TIMEOUT << 8;
	sbx_status_end(run, &end, WIFEXITED(end.status) ? WEXITSTATUS(end.status) : 128 + WTERMSIG(end.status), NULL);
	sbx_end_like(end.status, (run->policy->flags & SBX_POLICY_OWN_PGRP) && run->caller.foreground);
}

static int plan_limits(struct sbx_run *run, struct sbx_err *err)
{
	run->limits.scope.program = run->programs.scope;
	if (run->watched) {
		sbx_quota_begin(&run->quota, &run->stage, &run->plan);
		run->stage.quota = &run->quota;
		run->limits.largest = run->quota.largest;
	}
	if (sbx_limits_plan(&run->limits, run->policy, run->cwd.path, run->watched, err) < 0)
		return -1;
	return sbx_plan_sizes(&run->plan,
			      run->limits.held[SBX_LIMIT_MEMORY] ? run->limits.value[SBX_LIMIT_MEMORY] : SBX_UNLIMITED,
			      err);
}

/* What holds the limits shows when a cgroup is made, and nothing runs in it. */
static int dry_run(struct sbx_run *run, struct sbx_err *err)
{
	struct sbx_vec dropped = { 0 };

	sbx_environ_make(run->policy, &run->options, environ, &dropped);
	sbx_announce_dry_run(run, &dropped);
	fflush(stdout);
	if (plan_limits(run, err) < 0 || sbx_limits_try_scope(&run->limits, run->policy, err) < 0)
		return give_up(run, err);
	sbx_status_limits(stdout, "limit: ", &run->limits);
	sbx_limits_finish(&run->limits);
	if (!run->options.quiet)
		sbx_announce_notes(run);
	return 0;
}

/* What the processes to come need: the environment, the latch, the limits. */
static int prepare(struct sbx_run *run, struct sbx_err *err)
{
	struct sbx_vec env = sbx_environ_make(run->policy, &run->options, environ, NULL);

	if (!run->programs.nested) /* there it is the outer sandbox's */
		sbx_environ_drop_shim(&env);
	if (sbx_sanitized(&run->target))
		sbx_environ_no_leaks(&env, run->options.quiet ? NULL : run->target.name);
	run->env = sbx_vec_strings(&env);
	if (run->latch.plan == SBX_PLAN_EXPECTED && sbx_latch_seal(&run->latch, err) < 0)
		return -1;
	sbx_timing_mark(SBX_MOMENT_ENVIRON);
	if (plan_limits(run, err) < 0)
		return -1;
	sbx_timing_mark(SBX_MOMENT_LIMITS);
	return 0;
}

static int run_in_place(struct sbx_run *run, struct sbx_err *err)
{
	if (run->options.stats || run->status.fd >= 0) {
		sbx_err_set(err, SBX_STEP_OPTIONS, 0,
			    "--stats and --status-fd need a process that waits, and inside a sandbox there is none");
		return give_up(run, err);
	}
	sbx_spawn_in_place(run, err);
	return give_up(run, err);
}

int main(int argc, char **argv)
{
	struct sbx_run *run = sbx_alloc(sizeof(*run));
	struct sbx_err err = { 0 };

	if (take_options(run, argc, argv, &err) < 0)
		return give_up(run, &err);
	if (run->options.help)
		sbx_options_help(stdout);
	else if (run->options.version)
		sbx_say(stdout, "sbx-wrap " SBX_VERSION);
	if (run->options.help || run->options.version)
		return fflush(stdout) || ferror(stdout) ? SBX_EXIT_FAILED : 0;
	if (find_command(run, &err) < 0 || find_policy(run, &err) < 0 || check_options(run, &err) < 0 ||
	    make_plan(run, &err) < 0)
		return give_up(run, &err);
	if (run->options.dry_run)
		return dry_run(run, &err);
	sbx_timing_mark(SBX_MOMENT_PLAN);
	if (!run->options.quiet)
		sbx_announce_notes(run);
	if (run->options.verbose)
		sbx_announce_verbose(run);
	if (prepare(run, &err) < 0)
		return give_up(run, &err);
	return run->watched ? supervise(run, &err) : run_in_place(run, &err);
}
