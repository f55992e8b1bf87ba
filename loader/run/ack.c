/* SPDX-License-Identifier: MIT */
/*
 * ack.c -- the shim's word that both filters are in force, over a pipe that the target has had since exec: what it is
 * worth, and what its absence means. UNTRUSTED: the word, from the shim or from the program in the shim's name.
 */
#include "loader/run/ack.h"

#include <unistd.h>

#include "loader/base/clock.h"
#include "loader/base/memory.h"
#include "loader/base/proc_status.h"
#include "loader/cli/timing.h"
#include "loader/run/run.h"
#include "shim/err.h"

#define ACK_MS 10000

/* The kernel's own word that both filters are there besides our own, while the process can still be looked at. */
static void on_ack(struct sbx_wait *wait)
{
	int filters, own;

	if (!wait->of.executed || wait->acked)
		return;
	wait->acked = true;
	sbx_timing_mark(SBX_MOMENT_LATCH);
	if (wait->run->policy->latch_mode != SBX_LATCH_REQUIRED)
		return;
	filters = sbx_proc_status_filters(wait->of.target);
	own = sbx_proc_status_filters(getpid());
	if (own < 0) /* once more: the command has begun */
		own = sbx_proc_status_filters(getpid());
	if (filters >= 0 && (own < 0 || filters < own + 2))
		sbx_wait_fail(wait, SBX_STEP_LATCH, 0,
			      "acknowledged, but its filter is not in force; the target was killed");
}

/* Time that the target was stopped is not its time to acknowledge. */
void sbx_ack_restart(struct sbx_wait *wait, bool continued)
{
	if (continued)
		wait->ack_by = sbx_clock_after(ACK_MS);
}

bool sbx_ack_awaited(const struct sbx_wait *wait)
{
	return wait->of.executed && !wait->acked && wait->run->latch.plan == SBX_PLAN_EXPECTED && !wait->end->note &&
	       !wait->end->failed;
}

void sbx_ack_missing(struct sbx_wait *wait, const char *why)
{
	const bool required = wait->run->policy->latch_mode == SBX_LATCH_REQUIRED;
	char *text = sbx_format("%s: not acknowledged %s%s", wait->run->target.name, why,
				required ? "; killed" : "; it has the floor alone");

	if (required)
		sbx_wait_fail(wait, SBX_STEP_LATCH, 0, text);
	sbx_err_set(&wait->end->err, SBX_STEP_LATCH, 0, text);
	wait->end->note = !required;
}

/*
 * UNTRUSTED: what stands in the target's pipe. The shim says one thing there; whatever follows is not looked at. That
 * it could not latch is told as its word, which the program can have forged, and with the status of a failure, which
 * any program can end with.
 */
void sbx_ack_read(struct sbx_wait *wait)
{
	struct sbx_msg msg;
	const ssize_t got = read(wait->run->word[0], &msg, sizeof(msg));
	const bool whole = got == (ssize_t)sizeof(msg);
	const char *claim = whole && msg.kind == SBX_MSG_ERR ? sbx_latch_claim(wait->run->target.name, &msg.err) : NULL;

	if (got < 0)
		return;
	wait->heard = true;
	if (whole && msg.kind == SBX_MSG_ACK)
		on_ack(wait);
	else if (claim)
		sbx_wait_fail(wait, SBX_STEP_LATCH, 0, claim);
	else if (got && sbx_ack_awaited(wait))
		sbx_ack_missing(wait, "because another word came first");
}
