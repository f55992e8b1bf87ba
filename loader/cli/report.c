/*
 * report.c -- wording: errors with the remedy that helps, keyed by step and errno.
 */
#include "loader/cli/report.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "loader/base/memory.h"

const char *sbx_plain(const char *text)
{
	char *copy = sbx_strdup(text);

	for (char *p = copy; *p; p++) {
		if ((unsigned char)*p < ' ' || *p == 0x7f)
			*p = '?';
		if ((unsigned char)p[0] == 0xc2 && (unsigned char)p[1] >= 0x80 && (unsigned char)p[1] < 0xa0)
			p[0] = p[1] = '?'; /* C1 controls in UTF-8 */
	}
	return copy;
}

#define ANY_STEP SBX_STEP__COUNT

struct hint {
	enum sbx_step step;
	int errnum; /* 0: any */
	const char *text;
};

static const struct hint hints[] = {
	{ ANY_STEP, EMFILE, "the limit on open files is too low: raise ulimit -n" },
	{ SBX_STEP_SPAWN, EPERM,
	  "this kernel or container forbids user namespaces: sbx-policy doctor tells what to change; "
	  "--set 'namespaces=[]' does without, on Landlock and seccomp alone" },
	{ SBX_STEP_SPAWN, ENOSPC,
	  "a limit of namespaces is reached: raise user.max_user_namespaces and its kin with sysctl, as root; "
	  "--set 'namespaces=[]' does without, on Landlock and seccomp alone" },
	{ SBX_STEP_SPAWN, EAGAIN, "too many processes: raise ulimit -u" },
	{ SBX_STEP_USERNS, EPERM,
	  "AppArmor or a container restricts user namespaces: sbx-policy doctor tells what to change" },
	{ SBX_STEP_NESTING, EACCES,
	  "AppArmor gives user namespaces no capabilities: load the profile that comes with sbx "
	  "(share/sbx/sbx-wrap.apparmor), or sysctl kernel.apparmor_restrict_unprivileged_userns=0" },
	{ SBX_STEP_NESTING, 0, "/proc/sys is read-only here: --best-effort nesting accepts seccomp's ban alone" },
	{ SBX_STEP_PROC, EPERM,
	  "a container masks parts of /proc, so the kernel gives no fresh one: --set proc=none runs without" },
	{ SBX_STEP_LANDLOCK, EOPNOTSUPP,
	  "Landlock is built in but off: boot with lsm=landlock,... (or --best-effort landlock)" },
	{ SBX_STEP_LANDLOCK, ENOSYS,
	  "this kernel has no Landlock (5.13 is the first): from 5.12 on --best-effort landlock runs without" },
	{ SBX_STEP_LANDLOCK, E2BIG, "16 Landlock layers are stacked already: don't nest sandboxes that deep" },
	{ SBX_STEP_SHIM, 0, "reinstall sbx (make install), or run with --latch off on the floor alone" },
	{ SBX_STEP_LATCH, EFBIG, "the limit on file sizes is too low: raise ulimit -f" },
	{ SBX_STEP_CHDIR, ENOENT, "start in another directory with --chdir DIR" },
	{ SBX_STEP_ROOT, ESTALE, "the path changed while the sandbox was built: run again" },
	{ SBX_STEP_ROOT, ENOSYS, "this kernel can't make mounts read-only as a tree: use Linux 5.12 or newer" },
	{ SBX_STEP_ROOT, EACCES,
	  "inside, root has no power over other users' files: grant what root itself owns or may read" },
	{ SBX_STEP_FDS, ENOSYS, "this kernel can't keep descriptors from the command: use Linux 5.11 or newer" },
	{ SBX_STEP_FDS, EINVAL, "the limit on open files is too low: raise ulimit -n" },
	{ SBX_STEP_TARGET, ENOEXEC, "it is neither a program for this machine nor a script" },
	{ SBX_STEP_TARGET, ENOENT, "no such command along PATH" },
	{ SBX_STEP_TARGET, EISDIR, "a directory is no command" },
	{ SBX_STEP_EXEC, EACCES, "the file may be on a mount without exec: grant its directory with --rox" },
	{ SBX_STEP_COMPILE, ENOENT, "sbx-policy belongs beside sbx-wrap: reinstall sbx" },
	{ SBX_STEP_CALL, EPERM, "to try a profile out: --try lets through what it lacks and names it" },
	{ SBX_STEP_CALL, 0, "seccomp.allow in the profile allows it; --try names everything that is lacking" },
	{ SBX_STEP_GRANT, E2BIG,
	  "too many for one run: grant their directory instead, --no-arg-grants --ro DIR (--rw DIR)" },
	{ SBX_STEP_LIMITS, EAGAIN, "the limit on pending signals is too low: raise ulimit -i" },
	{ SBX_STEP_LIMITS, 0,
	  "run in a login session of systemd's, or in a cgroup of your own in a delegated cgroup v2 subtree "
	  "(sbx-policy doctor); --best-effort limits gives what can be had" },
	{ SBX_STEP_STAGE, EEXIST, "a directory is in the output's place" },
};

void sbx_report_error(const struct sbx_err *err)
{
	if (!err->subject[0] && !err->errnum)
		return;
	fprintf(stderr, "sbx-wrap: %s", sbx_step_name(err->step));
	if (err->subject[0])
		fprintf(stderr, ": %s", sbx_plain(err->subject));
	if (err->errnum)
		fprintf(stderr, ": %s", strerror(err->errnum));
	fputc('\n', stderr);
	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
		if ((hints[i].step == ANY_STEP || hints[i].step == err->step) &&
		    (!hints[i].errnum || hints[i].errnum == err->errnum)) {
			fprintf(stderr, "hint: %s\n", hints[i].text);
			return;
		}
}

int sbx_report_status(const struct sbx_err *err)
{
	if ((err->step != SBX_STEP_TARGET && err->step != SBX_STEP_EXEC) || err->errnum == EMFILE ||
	    err->errnum == ENFILE)
		return SBX_EXIT_FAILED;
	return err->errnum == ENOENT || err->errnum == ENOTDIR ? SBX_EXIT_NOT_FOUND : SBX_EXIT_CANNOT_EXEC;
}

void sbx_report_notes(const struct sbx_run *run)
{
	if (run->options.quiet)
		return;
	for (size_t i = 0; i < run->plan.notes.count; i++) {
		const struct sbx_note *note = sbx_vec_at(&run->plan.notes, i);

		fprintf(stderr, "sbx-wrap: %s: %s: %s, not granted\n", sbx_step_name(SBX_STEP_GRANT),
			sbx_plain(note->path), note->reason);
		if (note->remedy)
			fprintf(stderr, "hint: %s\n", sbx_plain(note->remedy));
	}
	if (run->target.unlatchable && run->policy->latch_mode != SBX_LATCH_OFF && !run->latch_needless)
		fprintf(stderr, "sbx-wrap: %s: %s: %s; it has the floor alone\n", sbx_step_name(SBX_STEP_LATCH),
			sbx_plain(run->target.name), run->target.unlatchable);
}

static void say_outputs(const struct sbx_vec *list, size_t count)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct sbx_stage_dropped *one = sbx_vec_at(list, i);

		fprintf(stderr, "sbx-wrap: %s: %s: %s", sbx_step_name(SBX_STEP_STAGE), sbx_plain(one->path),
			one->reason);
		if (one->dir)
			fprintf(stderr, one->dir->kept ? " (it is kept in %s)" : "; dropped", one->dir->name);
		fputc('\n', stderr);
	}
	if (count > list->count)
		fprintf(stderr, "sbx-wrap: %s: and %zu more\n", sbx_step_name(SBX_STEP_STAGE), count - list->count);
}

void sbx_report_outputs(const struct sbx_run *run, int finished)
{
	const struct sbx_stage *stage = &run->stage;

	if (run->options.quiet && finished == 0)
		return;
	say_outputs(&stage->dropped, stage->dropped_count);
	say_outputs(&stage->retained, stage->retained_count);
	if (stage->dropped_count && !run->options.quiet)
		fprintf(stderr, "hint: --rw %s lets the command write there itself\n",
			sbx_plain(((struct sbx_stage_dropped *)sbx_vec_at(&stage->dropped, 0))->dir->dir));
}

static const char *const type_names[SBX_MOUNT__COUNT] = {
	[SBX_MOUNT_BIND] = "bind",     [SBX_MOUNT_SYMLINK] = "symlink", [SBX_MOUNT_DIR] = "dir",
	[SBX_MOUNT_FILE] = "file",     [SBX_MOUNT_TMPFS] = "tmpfs",     [SBX_MOUNT_PROC] = "proc",
	[SBX_MOUNT_DEVPTS] = "devpts", [SBX_MOUNT_MASK] = "hidden",     [SBX_MOUNT_FIFO] = "fifo",
};

void sbx_report_verbose(const struct sbx_run *run)
{
	if (!run->options.verbose)
		return;
	fprintf(stderr, "sbx-wrap: profile %s, %s, %s: %s\n",
		sbx_str(run->policy, run->policy->strings, run->policy->profile),
		run->plan.rooted ? "private root" : "in place",
		run->latch_plan == SBX_PLAN_EXPECTED ? "floor and latch" : "floor", run->target.path);
	for (size_t i = 0; i < run->plan.mounts.count; i++) {
		const struct sbx_plan_mount *mount = sbx_vec_at(&run->plan.mounts, i);

		if (mount->late)
			fprintf(stderr, "sbx-wrap: %s %s\n", type_names[mount->type], sbx_plain(mount->dst));
	}
}

static void print_mount(const struct sbx_plan_mount *mount)
{
	printf("  %-8s %s", type_names[mount->type], sbx_plain(mount->dst));
	if (mount->type == SBX_MOUNT_SYMLINK || (mount->type == SBX_MOUNT_BIND && strcmp(mount->src, mount->dst) != 0))
		printf(" %s %s", mount->type == SBX_MOUNT_SYMLINK ? "->" : "<-", sbx_plain(mount->src));
	if (mount->type == SBX_MOUNT_BIND || mount->type == SBX_MOUNT_TMPFS)
		printf(" (%s%s)", mount->attr & 1 ? "ro" : "rw", mount->attr & 8 ? "" : ", exec");
	putchar('\n');
}

void sbx_report_plan(const struct sbx_run *run, const struct sbx_vec *dropped)
{
	static const char *const latch[] = { "auto", "required", "off" };

	printf("profile: %s\ncommand: %s\n", sbx_str(run->policy, run->policy->strings, run->policy->profile),
	       run->target.path);
	printf("latch: %s", latch[run->policy->latch_mode]);
	if (run->latch_needless)
		printf(" (the floor says all)");
	else if (run->target.unlatchable)
		printf(" (%s: the floor alone)", run->target.unlatchable);
	printf("\nroot: %s\n",
	       run->plan.rooted ? "private, holding only" : "the host's, in place; Landlock alone holds");
	for (size_t i = 0; run->plan.rooted && i < run->plan.mounts.count; i++)
		print_mount(sbx_vec_at(&run->plan.mounts, i));
	for (size_t i = 0; i < run->stage.dirs.count; i++) {
		const struct sbx_stage_dir *dir = sbx_vec_at(&run->stage.dirs, i);

		for (size_t n = 0; n < dir->files.count; n++)
			printf("output, moved into place afterwards: %s/%s\n", dir->dir,
			       ((struct sbx_stage_file *)sbx_vec_at(&dir->files, n))->name);
		for (size_t n = 0; n < dir->patterns.count; n++)
			printf("outputs, moved into place afterwards: what is named after %s/%s\n", dir->dir,
			       ((struct sbx_pattern *)sbx_vec_at(&dir->patterns, n))->name);
	}
	for (size_t i = 0; i < dropped->count; i++)
		printf("environment, dropped: %s\n", *(char **)sbx_vec_at(dropped, i));
}
