/* SPDX-License-Identifier: MIT */
/*
 * spawn.c -- the fenced side of a run, as one list of steps (CONTRIBUTING.md, "A run, in order", 5).
 *
 * Between clone(2) and exec everything here runs as the loader's own code in the new namespaces; each failure is sent
 * to the waiting loader and ends the process. The reaper is forked off when everything but the target's own filter is
 * in force, so that PID 1 stands inside the same fence.
 */
#include "loader/run/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "loader/base/cleanup.h"
#include "loader/base/memory.h"
#include "loader/base/vec.h"
#include "loader/run/child_reports.h"
#include "loader/run/clone.h"
#include "loader/run/environment.h"
#include "loader/run/network.h"
#include "loader/base/fds.h"
#include "loader/seccomp/inherited_filter.h"
#include "loader/seccomp/seccomp_listener.h"
#include "loader/base/channel.h"
#include "loader/root/privs.h"
#include "loader/run/private_spaces.h"
#include "loader/run/reaper.h"
#include "loader/run/streams.h"
#include "loader/run/terminal.h"
#include "loader/cli/error_messages.h"
#include "loader/limits/rlimits.h"
#include "loader/root/private_root.h"
#include "loader/cli/timing.h"
#include "loader/root/userns.h"
#include "shim/landlock.h"
#include "shim/lookup.h"
#include "shim/paths.h"
#include "shim/seccomp.h"

extern char **environ;

/* The target is about to be executed; `why` it won't latch, where that was expected. `channel`: -1 in place. */
static void send_exec(int channel, enum sbx_latch_plan plan, const struct sbx_err *why)
{
	const struct sbx_msg msg = { .kind = SBX_MSG_EXEC, .value = (int)plan, .err = *why };
	struct sbx_err failed;

	if (channel < 0 && (msg.err.errnum || msg.err.subject[0]))
		sbx_report_error(&msg.err); /* in place nobody else can say it */
	if (channel >= 0 && sbx_channel_send(channel, &msg, -1) < 0) {
		sbx_err_set(&failed, SBX_STEP_EXEC, errno, "the word to the waiting sbx-wrap");
		sbx_report_error(&failed);
		_exit(SBX_EXIT_FAILED); /* nobody waits any more: nothing must run */
	}
}

/* Open and map a file the way ld.so will, under the complete floor: what fails here would fail there in silence. */
static int probe_file(const char *path, enum sbx_step step, struct sbx_err *err)
{
	cleanup_fd int fd = openat(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	void *map;

	if (fd < 0)
		return sbx_err_set(err, step, errno, path);
	if (step == SBX_STEP_SHIM && sbx_target_check_shim(fd, path, err) < 0)
		return -1;
	map = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	if (map == MAP_FAILED)
		return sbx_err_set(err, step, errno, path);
	munmap(map, 4096);
	return 0;
}

static int probe_preloads(const struct sbx_policy_blob *policy, struct sbx_err *err)
{
	const struct sbx_preload *preload = sbx_at(policy, policy->preload);
	const size_t count = policy->preload.len / sizeof(*preload);
	int ret = 0;

	for (size_t i = 0; i < count && ret == 0; i++)
		if (preload[i].kind == SBX_PRELOAD_LIBRARY)
			ret = probe_file(sbx_str(policy, policy->strings, preload[i].path), SBX_STEP_LATCH, err);
	return ret;
}

static int probe_latch(const struct sbx_policy_blob *policy, const struct sbx_target *target, const char *shim,
		       struct sbx_err *err)
{
	const char *interp = target->chain[target->chain_count - 1];

	if (probe_file(interp, SBX_STEP_LATCH, err) < 0 || probe_file(shim, SBX_STEP_SHIM, err) < 0)
		return -1;
	return probe_preloads(policy, err);
}

/* What was probed will never load: no error that could be gone in a moment. */
static bool cannot_latch(const struct sbx_err *why)
{
	return sbx_lookup_unreachable(why->errnum) || why->errnum == EPERM || why->errnum == ELIBBAD;
}

/* Everything that the target and its reaper share. */
static int confine_child(struct sbx_run *run, struct sbx_err *err)
{
	if (run->policy->flags & SBX_POLICY_OWN_PGRP && run->channel[1] >= 0 &&
	    sbx_terminal_own_group(run->caller.foreground, err) < 0)
		return -1;
	if (sbx_userns_enter(run->policy, run->caller.uid, run->caller.gid, err) < 0)
		return -1;
	sbx_timing_mark(SBX_MOMENT_USERNS);
	if (run->options.hostname && sethostname(run->options.hostname, strlen(run->options.hostname)) < 0)
		return sbx_err_set(err, SBX_STEP_USERNS, errno, "--hostname");
	sbx_streams_reopen(&run->inherited, &run->caller, run->plan.rooted);
	if (run->plan.rooted && sbx_root_enter(&run->plan, run->cwd.path, err) < 0)
		return -1;
	if (run->plan.rooted && sbx_streams_reopen_inside(&run->inherited, &run->caller, err) < 0)
		return -1;
	if (chdir(run->cwd.path) < 0)
		return sbx_err_set(err, SBX_STEP_CHDIR, errno, run->cwd.path);
	if (run->options.verbose && sbx_latch_children(run->policy) && run->channel[1] >= 0 &&
	    sbx_child_reports_offer(run->channel[1], err) < 0)
		return -1;
	if (sbx_privs_drop(run->policy, err) < 0)
		return -1;
	sbx_timing_mark(SBX_MOMENT_PRIVS);
	return 0;
}

/* `env` with what tells the shim what to do; where programs that the command starts latch as well, it stays in
 * LD_PRELOAD for them. `word`: for the acknowledgement, or -1. */
static char **latch_environ(char **env, const struct sbx_policy_blob *policy, const struct sbx_latch *latch, int word)
{
	const bool expected = latch->plan == SBX_PLAN_EXPECTED, children = sbx_latch_children(policy) != NULL;
	struct sbx_latch_place place = { latch->fd, word, 0 };
	struct sbx_vec more = { 0 };

	if (!expected && !children)
		return env;
	for (char **entry = env; *entry; entry++)
		sbx_vec_push(&more, sizeof(*entry), entry);
	place.own = sbx_environ_preload(&more, policy, latch->shim, expected) + (children ? 0 : SBX_SHIM_ENTRIES);
	if (expected)
		sbx_environ_latch(&more, &place);
	if (children)
		sbx_environ_children(&more);
	return sbx_vec_strings(&more);
}

/* What asks, of the descriptors or of the policy, and the floor's filter. Who hands over what is asked is one process
 * more, which limits.pids doesn't count. */
static int apply_filter(const struct sbx_run *run, struct sbx_err *err)
{
	const struct sbx_policy_blob *policy = run->policy;
	const struct sbx_layer *layer = sbx_at(policy, policy->floor);
	const struct sock_fprog ask = {
		.len = (unsigned short)(policy->ask.len / sizeof(struct sock_filter)),
		.filter = (struct sock_filter *)(uintptr_t)sbx_at(policy, policy->ask),
	};

	if (sbx_inherited_filter_ask(&run->inherited, policy->head.arch, run->channel[1], err) < 0)
		return -1;
	if (sbx_notify_asked(policy))
		return sbx_listener_install(&ask, run->channel[1], err) < 0 ? -1 : sbx_limits_apply(&run->limits, err);
	return sbx_limits_apply(&run->limits, err) < 0 ? -1 : sbx_seccomp_apply(layer, layer->filter, err);
}

/*
 * The last steps, in the process that becomes the target, whose stack is PID 1's until exec. Returns only on failure.
 * The ruleset is this process's alone: its scopes keep it from PID 1, too, which has a filter of its own.
 */
__attribute__((noinline)) static int become_target(struct sbx_run *run, struct sbx_err *err)
{
	struct sbx_latch *latch = &run->latch;
	const int pass[] = { latch->plan == SBX_PLAN_EXPECTED ? latch->fd : -1, run->word[1] };
	const bool children = sbx_latch_children(run->policy) != NULL;
	char **env = latch_environ(run->env, run->policy, latch, run->word[1]);
	struct sbx_err why = { 0 };

	if (sbx_landlock_apply(run->floor, err) < 0)
		return -1;
	sbx_timing_mark(SBX_MOMENT_LANDLOCK);
	if (sbx_fds_seal(&run->options.keep_fd, pass, 2, err) < 0)
		return -1;
	sbx_spaces_send(run->channel[1], &run->plan);
	if (sbx_caller_restore(&run->caller) < 0)
		return sbx_err_set(err, SBX_STEP_EXEC, errno, "signals");
	if (apply_filter(run, err) < 0)
		return -1;
	sbx_timing_mark(SBX_MOMENT_SECCOMP);
	if (latch->plan != SBX_PLAN_EXPECTED && children && probe_file(latch->shim, SBX_STEP_SHIM, err) < 0)
		return -1;
	if (latch->plan == SBX_PLAN_EXPECTED && probe_latch(run->policy, &run->target, latch->shim, &why) < 0) {
		*err = why;
		if (run->policy->latch_mode == SBX_LATCH_REQUIRED || children || !cannot_latch(&why))
			return -1;
		latch->plan = SBX_PLAN_NONE;
		env = run->env;
		if (sbx_fds_seal(&run->options.keep_fd, NULL, 0, err) < 0)
			return -1;
	}
	sbx_timing_mark(SBX_MOMENT_PROBE);
	if (run->channel[1] < 0)
		sbx_timing_report(stderr);
	if (latch->plan == SBX_PLAN_STATIC && sbx_landlock_apply(latch->layer, err) < 0)
		return -1;
	send_exec(run->channel[1], latch->plan, &why); /* behind the filter there may be no sendmsg(2) */
	if (sbx_inherited_filter_apply(&run->inherited, run->policy->head.arch, err) < 0)
		return -1;
	if (latch->plan == SBX_PLAN_STATIC && sbx_latch_at_exec(run->policy, err) < 0)
		return -1;
	execve(run->target.exact ? run->target.exact : run->target.path, run->target.argv, env);
	return sbx_err_set(err, SBX_STEP_EXEC, errno, run->target.path);
}

/* The target's arguments move to other memory: the reaper overwrites the original ones, of which it has a copy. */
static void copy_arguments(struct sbx_target *target)
{
	struct sbx_vec argv = { 0 };

	for (char **arg = target->argv; *arg; arg++) {
		char *copy = sbx_strdup(*arg);

		sbx_vec_push(&argv, sizeof(copy), &copy);
	}
	target->argv = sbx_vec_strings(&argv);
	target->path = sbx_strdup(target->path);
}

/* What /proc/1/cmdline would show. */
static void scrub_arguments(const struct sbx_caller *caller)
{
	for (int i = 0; i < caller->argc; i++)
		explicit_bzero(caller->argv[i], strlen(caller->argv[i]));
}

/* The caller's secrets: the target has been executed with what is kept of them. Nobody else can read them, not dumpable
 * as we are. */
static void scrub_environ(void)
{
	for (char **env = environ; env && *env; env++)
		explicit_bzero(*env, strlen(*env));
	environ = NULL;
}

static const int of_terminal[] = { SIGINT, SIGQUIT, SIGTSTP, 0 };

/*
 * What the terminal has sent to the group while the target wasn't in it yet: a new process has no signals pending. The
 * loader can't tell: it may see them when the target has long begun, and takes them for received there.
 */
static void add_missed(sigset_t *missed)
{
	sigset_t pending;

	sigemptyset(&pending);
	sigpending(&pending);
	for (const int *signo = of_terminal; *signo; signo++)
		if (sigismember(&pending, *signo))
			sigaddset(missed, *signo);
}

/* To ourselves, about to become the target: blocked until then, and one with what has come meanwhile. */
static void make_up_for(const sigset_t *missed)
{
	for (const int *signo = of_terminal; *signo; signo++)
		if (sigismember(missed, *signo))
			kill(getpid(), *signo);
}

_Noreturn static void run_child(struct sbx_run *run, sigset_t *missed)
{
	const bool reaped = sbx_reaper_wanted(run->policy);
	struct sbx_err err;
	pid_t target;

	sbx_timing_mark(SBX_MOMENT_CHILD);
	close(run->channel[0]);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) {
		sbx_err_set(&err, SBX_STEP_SPAWN, errno, "PR_SET_PDEATHSIG");
		sbx_fail(run->channel[1], &err);
	}
	if (sbx_clone_enter(run->policy, &run->limits, run->channel[1], &err) < 0 || confine_child(run, &err) < 0)
		sbx_fail(run->channel[1], &err);
	sbx_network_await(run);
	if (reaped) {
		scrub_arguments(&run->caller);
		if (prctl(PR_SET_DUMPABLE, 0) < 0) { /* stays so in this memory: no credentials change any more */
			sbx_err_set(&err, SBX_STEP_SPAWN, errno, "PR_SET_DUMPABLE");
			sbx_fail(run->channel[1], &err);
		}
		add_missed(missed);
		target = vfork(); /* the reaper has nothing to do until exec, and no memory is copied */
		if (target < 0) {
			sbx_err_set(&err, SBX_STEP_SPAWN, errno, "fork");
			sbx_fail(run->channel[1], &err);
		}
		if (target > 0) {
			scrub_environ();
			sbx_reaper(run->policy, run->channel[1], run->limits.lingers, target);
		}
		sbx_timing_mark(SBX_MOMENT_FORK);
	}
	make_up_for(missed);
	become_target(run, &err);
	sbx_fail(run->channel[1], &err);
}

/*
 * The target may say what it likes on whatever it has, before its shim says a word: so it has no more than a pipe,
 * which carries no descriptors, and nothing there is taken for what our own code says.
 */
static int make_channels(struct sbx_run *run, struct sbx_err *err)
{
	const int yes = 1;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, run->channel) < 0 ||
	    setsockopt(run->channel[0], SOL_SOCKET, SO_PASSCRED, &yes, sizeof(yes)) < 0)
		return sbx_err_set(err, SBX_STEP_SPAWN, errno, "socketpair");
	if (run->latch.plan != SBX_PLAN_EXPECTED)
		return 0;
	if (pipe2(run->word, O_CLOEXEC | O_NONBLOCK) < 0)
		return sbx_err_set(err, SBX_STEP_SPAWN, errno, "pipe");
	run->word[1] = sbx_fds_high(run->word[1]);
	return run->word[1] < 0 ? sbx_err_set(err, SBX_STEP_FDS, errno, "no descriptor from 10 up") : 0;
}

static void close_theirs(int *end)
{
	if (*end >= 0)
		close(*end);
	*end = -1;
}

pid_t sbx_spawn(struct sbx_run *run, struct sbx_err *err)
{
	struct rlimit queue;
	sigset_t missed;
	int restored;
	pid_t pid;

	if (make_channels(run, err) < 0)
		return -1;
	if (sbx_reaper_wanted(run->policy))
		copy_arguments(&run->target);
	if (sbx_rlimits_lower_queue(&queue) < 0)
		return sbx_err_set(err, SBX_STEP_LIMITS, errno, "queued signals");
	sigemptyset(&missed);
	if (!(run->policy->flags & SBX_POLICY_OWN_PGRP)) /* else the loader passes on what has come to its own */
		add_missed(&missed);
	pid = sbx_clone(run->policy, &run->limits, run->cwd.path, err);
	restored = sbx_rlimits_restore_queue(&queue); /* in both */
	if (pid < 0)
		return -1;
	if (pid == 0 && restored < 0) {
		sbx_err_set(err, SBX_STEP_LIMITS, errno, "queued signals");
		sbx_fail(run->channel[1], err);
	}
	if (pid == 0)
		run_child(run, &missed);
	close_theirs(&run->channel[1]);
	close_theirs(&run->word[1]);
	if (sbx_clone_release(run->policy, &run->limits, run->channel[0], pid, err) < 0)
		return -1;
	return sbx_network_open(run, pid, err) < 0 ? -1 : pid;
}

static int enter_namespaces(uint32_t namespaces, struct sbx_err *err)
{
	struct rlimit queue;

	if (sbx_rlimits_lower_queue(&queue) < 0)
		return sbx_err_set(err, SBX_STEP_LIMITS, errno, "queued signals");
	if (unshare((int)namespaces) < 0)
		return sbx_err_set(err, SBX_STEP_SPAWN, errno, "new namespaces");
	return sbx_rlimits_restore_queue(&queue) < 0 ? sbx_err_set(err, SBX_STEP_LIMITS, errno, "queued signals") : 0;
}

int sbx_spawn_in_place(struct sbx_run *run, struct sbx_err *err)
{
	if (run->policy->namespaces && enter_namespaces(run->policy->namespaces, err) < 0)
		return -1;
	if (confine_child(run, err) < 0)
		return -1;
	return become_target(run, err);
}
