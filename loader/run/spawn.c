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
#include "loader/run/latch_reports.h"
#include "loader/run/clone.h"
#include "loader/run/environment.h"
#include "loader/base/fds.h"
#include "loader/seccomp/seccomp_listener.h"
#include "loader/base/channel.h"
#include "loader/root/privs.h"
#include "loader/run/reaper.h"
#include "loader/cli/report.h"
#include "loader/limits/rlimits.h"
#include "loader/root/private_root.h"
#include "loader/cli/timing.h"
#include "loader/root/userns.h"
#include "shim/landlock.h"
#include "shim/paths.h"
#include "shim/seccomp.h"

extern char **environ;

/* The target is about to be executed; `why` it won't latch, where that was expected. `tmp`: the private /tmp, for the
 * account, or -1. */
static void send_exec(const struct sbx_run *run, const struct sbx_err *why, int tmp)
{
	const struct sbx_msg msg = { .kind = SBX_MSG_EXEC, .value = (int)run->latch_plan, .err = *why };

	if (run->channel[1] < 0 && (msg.err.errnum || msg.err.subject[0]))
		sbx_report_error(&msg.err); /* in place nobody else can say it */
	/* the descriptor is for the account alone: without it where too many are on their way */
	if (run->channel[1] >= 0 && (tmp < 0 || sbx_channel_send(run->channel[1], &msg, tmp) < 0) &&
	    sbx_channel_send(run->channel[1], &msg, -1) < 0)
		_exit(SBX_EXIT_FAILED); /* nobody waits any more: nothing must run */
}

/*
 * A process group of its own, with the terminal when the caller's had it (as the loader saw: in here the caller's group
 * has no number).
 */
static int own_group(bool foreground, struct sbx_err *err)
{
	const int tty = openat(AT_FDCWD, "/dev/tty", O_RDWR | O_CLOEXEC);
	int ret = setpgid(0, 0);

	if (ret == 0 && foreground && tty >= 0) {
		sigset_t stop, old;

		sigemptyset(&stop);
		sigaddset(&stop, SIGTTOU);
		sigprocmask(SIG_BLOCK, &stop, &old);
		ret = tcsetpgrp(tty, getpid());
		sigprocmask(SIG_SETMASK, &old, NULL);
	}
	if (ret < 0)
		sbx_err_set(err, SBX_STEP_TTY, errno, "a process group of its own");
	if (tty >= 0)
		close(tty);
	return ret;
}

/* Open and map a file the way ld.so will, under the complete floor: what fails here would fail there in silence. */
static int probe(const char *path, enum sbx_step step, struct sbx_err *err)
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
			ret = probe(sbx_str(policy, policy->strings, preload[i].path), SBX_STEP_LATCH, err);
	return ret;
}

static int probe_latch(const struct sbx_run *run, struct sbx_err *err)
{
	const char *interp = run->target.chain[run->target.chain_count - 1];

	if (probe(interp, SBX_STEP_LATCH, err) < 0 || probe(run->shim, SBX_STEP_SHIM, err) < 0)
		return -1;
	return probe_preloads(run->policy, err);
}

/* Everything that the target and its reaper share. */
static int confine(const struct sbx_run *run, struct sbx_err *err)
{
	if (run->policy->flags & SBX_POLICY_OWN_PGRP && run->channel[1] >= 0 &&
	    own_group(run->caller.foreground, err) < 0)
		return -1;
	if (sbx_userns_enter(run->policy, run->caller.uid, run->caller.gid, err) < 0)
		return -1;
	sbx_timing_mark(SBX_MOMENT_USERNS);
	if (run->plan.rooted && sbx_root_enter(&run->plan, run->cwd.path, err) < 0)
		return -1;
	if (chdir(run->cwd.path) < 0)
		return sbx_err_set(err, SBX_STEP_CHDIR, errno, run->cwd.path);
	if (sbx_latch_reports_offer(run, err) < 0)
		return -1;
	if (sbx_privs_drop(run->policy, err) < 0)
		return -1;
	sbx_timing_mark(SBX_MOMENT_PRIVS);
	return 0;
}

/* What tells the shim what to do; where programs that the command starts latch as well, it stays in LD_PRELOAD for
 * them. */
static char **latch_environ(const struct sbx_run *run, bool children)
{
	const bool latch = run->latch_plan == SBX_PLAN_EXPECTED;
	struct sbx_latch_place place = { run->latch_fd, run->channel[1], 0 };
	struct sbx_vec env = { 0 };

	if (!latch && !children)
		return run->env;
	for (char **entry = run->env; *entry; entry++)
		sbx_vec_push(&env, sizeof(*entry), entry);
	place.own = sbx_environ_preload(&env, run->policy, run->shim, latch) + !children;
	if (latch)
		sbx_environ_latch(&env, &place);
	if (children)
		sbx_environ_children(&env);
	return sbx_vec_strings(&env);
}

/* The floor's filter, where the policy has it. */
static int apply_filter(const struct sbx_run *run, struct sbx_err *err)
{
	const struct sbx_layer *layer = sbx_at(run->policy, run->policy->floor);

	return sbx_notify_asked(run->policy) ? sbx_listener_install(run->policy, run->channel[1], err) :
					       sbx_seccomp_apply(layer, layer->filter, err);
}

/*
 * The last steps, in the process that becomes the target, whose stack is PID 1's until exec. Returns only on failure.
 * The ruleset is this process's alone: its scopes keep it from PID 1, too, which has a filter of its own.
 */
__attribute__((noinline)) static int become(struct sbx_run *run, struct sbx_err *err)
{
	const int pass[] = { run->latch_plan == SBX_PLAN_EXPECTED ? run->latch_fd : -1,
			     run->latch_plan == SBX_PLAN_EXPECTED ? run->channel[1] : -1 };
	const bool children = sbx_run_children(run) != NULL;
	char **env = latch_environ(run, children);
	struct sbx_err why = { 0 };
	int tmp;

	if (sbx_landlock_apply(run->floor, err) < 0)
		return -1;
	sbx_timing_mark(SBX_MOMENT_LANDLOCK);
	if (sbx_fds_seal(&run->options.keep_fd, pass, 2, err) < 0)
		return -1;
	tmp = sbx_usage_tmp(run);
	if (sbx_limits_apply(&run->limits, err) < 0)
		return -1;
	sbx_caller_restore(&run->caller);
	if (apply_filter(run, err) < 0)
		return -1;
	sbx_timing_mark(SBX_MOMENT_SECCOMP);
	if (run->latch_plan == SBX_PLAN_NONE && children && probe(run->shim, SBX_STEP_SHIM, err) < 0)
		return -1;
	if (run->latch_plan == SBX_PLAN_EXPECTED && probe_latch(run, &why) < 0) {
		*err = why;
		if (run->policy->latch_mode == SBX_LATCH_REQUIRED || children)
			return -1;
		run->latch_plan = SBX_PLAN_NONE;
		env = run->env;
		if (sbx_fds_seal(&run->options.keep_fd, NULL, 0, err) < 0)
			return -1;
	}
	sbx_timing_mark(SBX_MOMENT_PROBE);
	if (run->channel[1] < 0)
		sbx_timing_report(stderr);
	send_exec(run, &why, tmp);
	execve(run->target.path, run->target.argv, env);
	return sbx_err_set(err, SBX_STEP_EXEC, errno, run->target.path);
}

_Noreturn static void fail(const struct sbx_run *run, const struct sbx_err *err)
{
	sbx_fail(run->channel[1], err);
}

/* The target's arguments move to other memory: the reaper overwrites the original ones, of which it has a copy. */
static void copy_arguments(struct sbx_run *run)
{
	struct sbx_vec argv = { 0 };

	for (char **arg = run->target.argv; *arg; arg++) {
		char *copy = sbx_strdup(*arg);

		sbx_vec_push(&argv, sizeof(copy), &copy);
	}
	run->target.argv = sbx_vec_strings(&argv);
	run->target.path = sbx_strdup(run->target.path);
}

/* What /proc/1/cmdline would show. */
static void scrub_arguments(struct sbx_run *run)
{
	for (int i = 0; i < run->caller.argc; i++)
		explicit_bzero(run->caller.argv[i], strlen(run->caller.argv[i]));
}

/* The caller's secrets: the target has been executed with what is kept of them. Nobody else can read them, not dumpable
 * as we are. */
static void scrub_environ(void)
{
	for (char **env = environ; env && *env; env++)
		explicit_bzero(*env, strlen(*env));
	environ = NULL;
}

/* The terminal has sent it to the command's own group while that was PID 1 alone, which doesn't stop. */
static bool stop_pending(const struct sbx_run *run)
{
	sigset_t pending;

	return run->policy->flags & SBX_POLICY_OWN_PGRP && sigpending(&pending) == 0 && sigismember(&pending, SIGTSTP);
}

_Noreturn static void child(struct sbx_run *run)
{
	const bool reaped = !(run->policy->flags & SBX_POLICY_AS_PID_1);
	struct sbx_err err;
	pid_t target;
	bool stop;

	sbx_timing_mark(SBX_MOMENT_CHILD);
	close(run->channel[0]);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) {
		sbx_err_set(&err, SBX_STEP_SPAWN, errno, "PR_SET_PDEATHSIG");
		fail(run, &err);
	}
	if (sbx_clone_enter(run, &err) < 0 || confine(run, &err) < 0)
		fail(run, &err);
	if (reaped) {
		scrub_arguments(run);
		prctl(PR_SET_DUMPABLE, 0); /* stays so in this memory: no credentials change any more */
		stop = stop_pending(run);
		target = vfork(); /* the reaper has nothing to do until exec, and no memory is copied */
		if (target < 0) {
			sbx_err_set(&err, SBX_STEP_SPAWN, errno, "fork");
			fail(run, &err);
		}
		if (target > 0) {
			scrub_environ();
			sbx_reaper(run, target);
		}
		if (stop)
			kill(getpid(), SIGTSTP);
		sbx_timing_mark(SBX_MOMENT_FORK);
	}
	become(run, &err);
	fail(run, &err);
}

pid_t sbx_spawn(struct sbx_run *run, struct sbx_err *err)
{
	const int yes = 1;
	struct rlimit queue;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, run->channel) < 0 ||
	    setsockopt(run->channel[0], SOL_SOCKET, SO_PASSCRED, &yes, sizeof(yes)) < 0)
		return sbx_err_set(err, SBX_STEP_SPAWN, errno, "socketpair");
	if (run->latch_plan == SBX_PLAN_EXPECTED) {
		run->channel[1] = sbx_fds_high(run->channel[1]);
		if (run->channel[1] < 0)
			return sbx_err_set(err, SBX_STEP_FDS, errno, "no descriptor from 10 up");
	}
	if (!(run->policy->flags & SBX_POLICY_AS_PID_1))
		copy_arguments(run);
	queue = sbx_rlimits_lower_queue();
	pid = sbx_clone(run, err);
	sbx_rlimits_restore_queue(&queue); /* in both */
	if (pid < 0)
		return -1;
	if (pid == 0)
		child(run);
	close(run->channel[1]);
	run->channel[1] = -1;
	return sbx_clone_release(run, pid, err) < 0 ? -1 : pid;
}

static int enter_namespaces(const struct sbx_run *run, struct sbx_err *err)
{
	const struct rlimit queue = sbx_rlimits_lower_queue();

	if (unshare((int)run->policy->namespaces) < 0)
		return sbx_err_set(err, SBX_STEP_SPAWN, errno, "new namespaces");
	sbx_rlimits_restore_queue(&queue);
	return 0;
}

int sbx_spawn_in_place(struct sbx_run *run, struct sbx_err *err)
{
	if (run->policy->namespaces && enter_namespaces(run, err) < 0)
		return -1;
	if (confine(run, err) < 0)
		return -1;
	return become(run, err);
}
