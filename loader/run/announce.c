/* SPDX-License-Identifier: MIT */
/*
 * announce.c -- the profile and the latch, and what the rooms say of their own parts.
 */
#include "loader/run/announce.h"

#include <stdio.h>
#include <string.h>

#include "loader/base/memory.h"
#include "loader/base/say.h"
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

	sbx_say(stdout, "profile: %s", profile_of(run->policy));
	sbx_say(stdout, "command: %s", run->target.path);
	sbx_say(stdout, "latch: %s%s", modes[run->policy->latch_mode],
		run->latch.needless                ? " (the floor says all)" :
		run->latch.plan == SBX_PLAN_STATIC ? " (statically linked: before its first instruction)" :
		run->latch.unlatchable             ? sbx_format(" (%s: the floor alone)", run->latch.unlatchable) :
						     "");
	sbx_plan_print(&run->plan);
	sbx_output_report_planned(&run->stage);
	for (size_t i = 0; i < dropped->count; i++)
		sbx_say(stdout, "environment, dropped: %s", *(char **)sbx_vec_at(dropped, i));
}

void sbx_announce_verbose(const struct sbx_run *run)
{
	sbx_say(stderr, "sbx-wrap: profile %s, %s, %s: %s", profile_of(run->policy),
		run->plan.rooted ? "private root" : "in place",
		run->latch.plan == SBX_PLAN_NONE ? "floor" : "floor and latch", run->target.path);
	sbx_plan_print_late(&run->plan);
}

/* Who runs a file of their own and misses what they know the command to have learns why. */
static void announce_withheld(const struct sbx_withheld *withheld, const struct sbx_run *run)
{
	const bool owned = strncmp(withheld->trust, SBX_TRUST_WORD_FILE, sizeof(SBX_TRUST_WORD_FILE) - 1) == 0;

	sbx_say(stderr, "sbx-wrap: %s: %s: has the profile %s, not %s: %s; if it is what its name says: -p %s",
		sbx_step_name(SBX_STEP_COMPILE), run->target.path, profile_of(run->policy), withheld->profile,
		owned                        ? "it isn't a command of the system's" :
		run->target.script_count > 1 ? "others than root can replace it or its interpreter" :
					       "others than root can replace it",
		withheld->profile);
}

/* What nice or env starts has their fence, whatever its own profile would allow. */
static void announce_started(const struct sbx_withheld *withheld, const struct sbx_run *run)
{
	sbx_say(stderr, "sbx-wrap: %s: %s: has the profile %s, not %s, and so has what it starts",
		sbx_step_name(SBX_STEP_COMPILE), run->target.path, profile_of(run->policy), withheld->profile);
	sbx_say(stderr, "hint: %s ... sbx-wrap %s ...", run->target.name,
		sbx_basename(run->options.argv[run->grammar.from]));
}

void sbx_announce_notes(const struct sbx_run *run)
{
	if (run->withheld.profile && !run->withheld.trust)
		announce_started(&run->withheld, run);
	else if (run->withheld.profile)
		announce_withheld(&run->withheld, run);
	sbx_plan_print_notes(&run->plan);
	if (run->latch.unlatchable && run->policy->latch_mode != SBX_LATCH_OFF && !run->latch.needless)
		sbx_say(stderr, "sbx-wrap: %s: %s: %s; it has the floor alone", sbx_step_name(SBX_STEP_LATCH),
			run->target.name, run->latch.unlatchable);
}
