/* SPDX-License-Identifier: MIT */
/*
 * announce.c -- the profile and the latch, and what the rooms say of their own parts.
 */
#include "loader/run/announce.h"

#include <stdio.h>
#include <string.h>

#include "loader/base/printable.h"
#include "loader/output/output_report.h"
#include "loader/plan/plan_print.h"
#include "loader/policy/command_trust.h"
#include "shim/err.h"

static const char *profile_of(const struct sbx_policy_blob *policy)
{
	return sbx_str(policy, policy->strings, policy->profile);
}

void sbx_announce_dry_run(const struct sbx_run *run, const struct sbx_vec *dropped)
{
	static const char *const modes[] = {
#define X(id, name) (name),
		SBX_LATCH_MODES(X)
#undef X
	};

	printf("profile: %s\ncommand: %s\nlatch: %s", profile_of(run->policy), run->target.path,
	       modes[run->policy->latch_mode]);
	if (run->latch.needless)
		printf(" (the floor says all)");
	else if (run->latch.unlatchable)
		printf(" (%s: the floor alone)", run->latch.unlatchable);
	putchar('\n');
	sbx_plan_print(&run->plan);
	sbx_output_report_planned(&run->stage);
	for (size_t i = 0; i < dropped->count; i++)
		printf("environment, dropped: %s\n", *(char **)sbx_vec_at(dropped, i));
}

void sbx_announce_verbose(const struct sbx_run *run)
{
	fprintf(stderr, "sbx-wrap: profile %s, %s, %s: %s\n", profile_of(run->policy),
		run->plan.rooted ? "private root" : "in place",
		run->latch.plan == SBX_PLAN_EXPECTED ? "floor and latch" : "floor", run->target.path);
	sbx_plan_print_late(&run->plan);
}

/* Who runs a file of their own and misses what they know the command to have learns why. */
static void announce_withheld(const struct sbx_withheld *withheld, const struct sbx_run *run)
{
	const bool owned = strncmp(withheld->trust, SBX_TRUST_WORD_FILE, sizeof(SBX_TRUST_WORD_FILE) - 1) == 0;

	fprintf(stderr, "sbx-wrap: %s: %s: has the profile %s, not %s: %s; if it is what its name says: -p %s\n",
		sbx_step_name(SBX_STEP_COMPILE), sbx_printable(run->target.path), profile_of(run->policy),
		withheld->profile, owned ? "it isn't a command of the system's" : "others than root can replace it",
		withheld->profile);
}

void sbx_announce_notes(const struct sbx_run *run)
{
	if (run->withheld.profile)
		announce_withheld(&run->withheld, run);
	sbx_plan_print_notes(&run->plan);
	if (run->latch.unlatchable && run->policy->latch_mode != SBX_LATCH_OFF && !run->latch.needless)
		fprintf(stderr, "sbx-wrap: %s: %s: %s; it has the floor alone\n", sbx_step_name(SBX_STEP_LATCH),
			sbx_printable(run->target.name), run->latch.unlatchable);
}
