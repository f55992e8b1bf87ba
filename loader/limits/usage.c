/*
 * usage.c -- the kernel's own accounts: wait4(2), the cgroup's files, statfs(2) of the private /tmp; and, where
 * limits.pids is held by RLIMIT_NPROC, which nobody is told of, a look at the number of tasks now and then.
 */
#include "loader/limits/usage.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loader/base/clock.h"
#include "loader/base/memory.h"
#include "loader/run/run.h"
#include "loader/run/wait.h"

#define SAMPLE_MS 500
#define CPU_SLACK_MS 100
#define DEPTH_MAX 64

void sbx_usage_init(struct sbx_usage *usage)
{
	usage->tmp = -1;
	usage->sample_at = SBX_NEVER;
	usage->began = sbx_clock_now();
	usage->peak = usage->read = usage->written = usage->ooms = usage->oom_kills = usage->pids_refused =
		usage->pids_peak = SBX_UNKNOWN;
}

int sbx_usage_tmp(const struct sbx_run *run)
{
	if (run->channel[1] < 0 || !sbx_plan_has(&run->plan, SBX_MOUNT_TMPFS, "/tmp"))
		return -1;
	return openat(AT_FDCWD, "/tmp", O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

void sbx_usage_accept(struct sbx_usage *usage, int fd)
{
	if (usage->tmp >= 0)
		close(usage->tmp);
	usage->tmp = fd;
}

void sbx_usage_begin(struct sbx_usage *usage, const struct sbx_limits *limits)
{
	if (limits->held[SBX_LIMIT_PIDS] == SBX_HELD_RLIMIT)
		usage->sample_at = sbx_clock_after(SAMPLE_MS);
}

static uint64_t count_tasks(pid_t pid, uint64_t most, int depth);

/* The children of one thread; UNTRUSTED are only their number and how they hang together, and both are bounded. */
static uint64_t count_children(pid_t pid, const char *tid, uint64_t most, int depth)
{
	char path[64], *word = NULL;
	size_t room = 0;
	uint64_t count = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/task/%.16s/children", (int)pid, tid);
	file = fopen(path, "re");
	while (file && count < most && getdelim(&word, &room, ' ', file) > 0)
		count += count_tasks((pid_t)strtol(word, NULL, 10), most - count, depth + 1);
	free(word);
	if (file)
		fclose(file);
	return count;
}

static uint64_t count_tasks(pid_t pid, uint64_t most, int depth)
{
	const struct dirent *entry;
	uint64_t count = 0;
	char path[32];
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	dir = depth < DEPTH_MAX ? opendir(path) : NULL;
	while (dir && count < most && (entry = readdir(dir)))
		if (entry->d_name[0] != '.') {
			count++;
			count += count < most ? count_children(pid, entry->d_name, most - count, depth) : 0;
		}
	if (dir)
		closedir(dir);
	return count;
}

void sbx_usage_sample(struct sbx_usage *usage, const struct sbx_limits *limits, pid_t child)
{
	const uint64_t most = limits->value[SBX_LIMIT_PIDS] + limits->extra;

	usage->pids_seen |= count_tasks(child, most, 0) >= most;
	usage->sample_at = usage->pids_seen ? SBX_NEVER : sbx_clock_after(SAMPLE_MS);
}

void sbx_usage_cgroup(struct sbx_usage *usage, const struct sbx_limits *limits)
{
	static const struct {
		size_t field;
		const char *file, *key;
	} table[] = {
		{ offsetof(struct sbx_usage, peak), "memory.peak", NULL },
		{ offsetof(struct sbx_usage, ooms), "memory.events", "oom" },
		{ offsetof(struct sbx_usage, oom_kills), "memory.events", "oom_kill" },
		{ offsetof(struct sbx_usage, pids_refused), "pids.events", "max" },
		{ offsetof(struct sbx_usage, pids_peak), "pids.peak", NULL },
		{ offsetof(struct sbx_usage, read), "io.stat", "rbytes=" },
		{ offsetof(struct sbx_usage, written), "io.stat", "wbytes=" },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
		sbx_cgroup_get(&limits->cgroup, table[i].file, table[i].key,
			       (uint64_t *)(void *)((char *)usage + table[i].field));
}

void sbx_usage_take(struct sbx_usage *usage, const struct sbx_limits *limits)
{
	struct statfs fs;

	usage->wall_ns = sbx_clock_now() - usage->began;
	sbx_usage_cgroup(usage, limits);
	if (usage->tmp >= 0 && fstatfs(usage->tmp, &fs) == 0) {
		usage->tmp_full = fs.f_blocks && !fs.f_bavail;
		usage->tmp_files_full = fs.f_files && !fs.f_ffree;
	}
	if (usage->tmp >= 0)
		close(usage->tmp);
	usage->tmp = -1;
}

/* The signal it died of, or that a shell reports as its status. */
static int signal_of(int status, bool shells)
{
	if (WIFSIGNALED(status))
		return WTERMSIG(status);
	return shells && WIFEXITED(status) && WEXITSTATUS(status) > 128 ? WEXITSTATUS(status) - 128 : 0;
}

static bool hit_file_size(const struct sbx_run *run, const struct sbx_end *end)
{
	return run->limits.held[SBX_LIMIT_FILE_SIZE] == SBX_HELD_RLIMIT && signal_of(end->status, true) == SIGXFSZ;
}

/*
 * All of them together have used as much as one of them may; what catches SIGXCPU is killed a second later. The limit
 * is held by ticks: what a virtual machine's host takes of one is counted there, and not here.
 */
static bool hit_cpu_time(const struct sbx_run *run, const struct sbx_end *end)
{
	const int signo = signal_of(end->status, true);
	const struct timeval *user = &run->usage.rusage.ru_utime, *system = &run->usage.rusage.ru_stime;
	const uint64_t used =
		(uint64_t)(user->tv_sec + system->tv_sec) * 1000 + (uint64_t)(user->tv_usec + system->tv_usec) / 1000;
	const uint64_t limit = run->limits.value[SBX_LIMIT_CPU_TIME];

	return run->limits.held[SBX_LIMIT_CPU_TIME] == SBX_HELD_RLIMIT &&
	       ((signo == SIGXCPU && used >= limit / 2) || (signo == SIGKILL && used + CPU_SLACK_MS >= limit));
}

static bool is_fault(int signo)
{
	return signo == SIGSEGV || signo == SIGBUS || signo == SIGILL || signo == SIGFPE || signo == SIGABRT;
}

static bool some(uint64_t count)
{
	return count && count != SBX_UNKNOWN;
}

const char *sbx_usage_reason(const struct sbx_run *run, const struct sbx_end *end)
{
	const struct sbx_usage *usage = &run->usage;

	return end->timed_out                              ? sbx_limits_name(SBX_LIMIT_WALL) :
	       end->note && end->err.step == SBX_STEP_CALL ? "seccomp" :
	       some(usage->oom_kills)  ? (some(usage->ooms) ? sbx_limits_name(SBX_LIMIT_MEMORY) : "memory_outside") :
	       hit_cpu_time(run, end)  ? sbx_limits_name(SBX_LIMIT_CPU_TIME) :
	       hit_file_size(run, end) ? sbx_limits_name(SBX_LIMIT_FILE_SIZE) :
	       some(usage->pids_refused) || usage->pids_seen           ? sbx_limits_name(SBX_LIMIT_PIDS) :
	       usage->tmp_full                                         ? "tmp" :
	       usage->tmp_files_full                                   ? "tmp_inodes" :
	       is_fault(signal_of(end->status, false)) && !end->failed ? "signal" :
									 NULL;
}

static void line(const char *name, const char *text, const char *hint)
{
	fprintf(stderr, "sbx-wrap: limits: %s: %s\n", name, text);
	if (hint)
		fprintf(stderr, "hint: %s\n", hint);
}

/* The limit as text that lasts. */
static const char *limit(const struct sbx_run *run, enum sbx_limit_id id)
{
	return sbx_strdup(sbx_limits_text(id, run->limits.value[id]));
}

static void line_reached(const struct sbx_run *run, enum sbx_limit_id id, const char *more)
{
	line(sbx_limits_name(id), sbx_format("limit %s reached%s", limit(run, id), more), sbx_limits_hint(id));
}

/* The kernel counts whom it kills in the cgroup, whichever cgroup was out of memory; and what was, where it was. */
static void report_memory(const struct sbx_run *run)
{
	const struct sbx_usage *usage = &run->usage;
	const unsigned long long count = usage->oom_kills;
	const char *killed = sbx_format("%llu process%s killed", count, count == 1 ? "" : "es");
	const char *peak = usage->peak == SBX_UNKNOWN ?
				   "" :
				   sbx_format(" (peak %s)", sbx_limits_text(SBX_LIMIT_MEMORY, usage->peak));

	if (some(usage->ooms))
		line_reached(run, SBX_LIMIT_MEMORY, sbx_format("%s, %s", peak, killed));
	else
		line(sbx_limits_name(SBX_LIMIT_MEMORY),
		     sbx_format("the machine or a cgroup above is out of memory%s, %s", peak, killed), NULL);
}

static void report_fault(const struct sbx_run *run, int signo)
{
	const bool alone = run->limits.held[SBX_LIMIT_MEMORY] == SBX_HELD_RLIMIT;

	fprintf(stderr, "sbx-wrap: end: %s: %s: %s\n", run->target.name, strsignal(signo),
		alone ? sbx_format("each process may have %s of memory, which may be why",
				   limit(run, SBX_LIMIT_MEMORY)) :
			"a fault of the command's own");
}

void sbx_usage_report(const struct sbx_run *run, const struct sbx_end *end)
{
	const struct sbx_usage *usage = &run->usage;
	const char *reason = sbx_usage_reason(run, end);

	if (run->options.quiet || !reason) /* the call that seccomp killed for has been said */
		return;
	if (end->timed_out)
		line_reached(run, SBX_LIMIT_WALL, "");
	if (some(usage->oom_kills))
		report_memory(run);
	if (hit_cpu_time(run, end))
		line_reached(run, SBX_LIMIT_CPU_TIME, "");
	if (hit_file_size(run, end))
		line_reached(run, SBX_LIMIT_FILE_SIZE, "");
	if (some(usage->pids_refused) || usage->pids_seen)
		line_reached(run, SBX_LIMIT_PIDS, "");
	if (usage->tmp_full)
		line("tmp", "/tmp is full", "--set limits.tmp=SIZE gives it more");
	if (usage->tmp_files_full)
		line("tmp_inodes", "/tmp holds as many files as it may", "--set limits.tmp_inodes=N lets it hold more");
	if (strcmp(reason, "signal") == 0)
		report_fault(run, WTERMSIG(end->status));
}
