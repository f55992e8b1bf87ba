/*
 * latch_setup.c -- the latch before exec: where the shim stands, and what it reads, which nobody can change between
 * here and it.
 */
#include "loader/run/latch_setup.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "loader/base/memory.h"
#include "loader/run/latch_reports.h"
#include "loader/base/fds.h"
#include "loader/cli/report.h"
#include "shim/paths.h"

/* Where the shim is inside; without a private root LD_PRELOAD splits at spaces and colons. */
static int place_shim(struct sbx_run *run, struct sbx_err *err)
{
	char *host = run->programs.shim;
	struct sbx_resolved *file = sbx_alloc(sizeof(*file));
	const int found = sbx_resolve("/", host, file);

	run->shim = run->plan.rooted ? sbx_strdup(SBX_INNER_SHIM) : host;
	if (found < 0 || !file->exists)
		return sbx_err_set(err, SBX_STEP_SHIM, ENOENT, host);
	if (!run->plan.rooted && strpbrk(host, " :"))
		return sbx_err_set(err, SBX_STEP_SHIM, 0, "its path holds a space or a colon, which LD_PRELOAD splits");
	sbx_plan_grant(&run->plan, SBX_GRANT_SHIM, file, run->plan.rooted ? run->shim : NULL);
	return 0;
}

/* The floor says all that the latch would say, and nothing is to be mapped before: the shim would be loaded for
 * nothing. */
static bool is_needless(const struct sbx_run *run)
{
	const struct sbx_layer *latch = sbx_at(run->policy, run->policy->latch);

	return run->policy->latch_mode == SBX_LATCH_AUTO && !sbx_run_children(run) && !run->policy->ask_latch.len &&
	       !run->policy->preload.len && !latch->filter.len && !latch->handled_access_fs &&
	       !latch->handled_access_net && !latch->scoped;
}

int sbx_latch_plan(struct sbx_run *run, struct sbx_err *err)
{
	const enum sbx_latch_mode mode = (enum sbx_latch_mode)run->policy->latch_mode;

	run->latch_plan = SBX_PLAN_NONE;
	if (mode == SBX_LATCH_OFF)
		return 0;
	run->latch_needless = is_needless(run);
	if (run->latch_needless)
		return 0;
	if (run->target.unlatchable && mode == SBX_LATCH_REQUIRED) {
		char *text = sbx_format("%s: %s, and this profile requires the latch", run->target.name,
					run->target.unlatchable);

		sbx_err_set(err, SBX_STEP_LATCH, 0, text);
		return -1;
	}
	if (run->target.unlatchable) /* what it starts may be able to */
		return sbx_run_children(run) ? place_shim(run, err) : 0;
	if (place_shim(run, err) < 0) {
		if (mode == SBX_LATCH_REQUIRED || sbx_run_children(run))
			return -1;
		sbx_report_error(err);
		run->target.unlatchable = "the shim is missing";
		return 0;
	}
	run->latch_plan = SBX_PLAN_EXPECTED;
	return 0;
}

int sbx_latch_seal(struct sbx_run *run, struct sbx_err *err)
{
	const size_t size = run->latch->head.size;

	ssize_t wrote = -1;

	run->latch_fd = sbx_fds_high(memfd_create("sbx-latch", MFD_CLOEXEC | MFD_ALLOW_SEALING));
	if (run->latch_fd >= 0)
		wrote = write(run->latch_fd, run->latch, size);
	if (wrote >= 0 && (size_t)wrote < size)
		errno = EFBIG; /* cut by a limit: write(2) */
	if (wrote != (ssize_t)size ||
	    fcntl(run->latch_fd, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0)
		return sbx_err_set(err, SBX_STEP_LATCH, errno, "a sealed memfd");
	return 0;
}
