/*
 * shields.c -- resolves the policy's table of protected paths at run time: a home may be reached through a symlink (/home ->
 * /data/home), and the compiled policy knows only what was written down.
 */
#include "loader/shields.h"

#include <string.h>

static void push(struct sbx_plan *plan, enum sbx_protect_kind kind, const char *path, bool is_link)
{
	const struct sbx_shield shield = { kind, path, is_link };

	sbx_vec_push(&plan->shields, sizeof(shield), &shield);
}

static void load(struct sbx_plan *plan, enum sbx_protect_kind kind, const char *text)
{
	struct sbx_resolved real;

	push(plan, kind, text, false);
	if (kind == SBX_PROTECT_NAME)
		return;
	if (sbx_resolve("/", text, &real) == 0 && strcmp(real.path, text) != 0)
		push(plan, kind, real.path, false);
	for (size_t i = 0; i < real.links.count; i++)
		push(plan, kind, ((struct sbx_link *)sbx_vec_at(&real.links, i))->at, true);
}

const struct sbx_vec *sbx_shields(struct sbx_plan *plan)
{
	const struct sbx_policy_blob *policy = plan->policy;
	const struct sbx_protect *protect = sbx_at(policy, policy->protect);
	const size_t count = policy->protect.len / sizeof(*protect);

	if (plan->shields.count)
		return &plan->shields;
	for (size_t i = 0; i < count; i++)
		load(plan, (enum sbx_protect_kind)protect[i].kind, sbx_str(policy, policy->strings, protect[i].text));
	return &plan->shields;
}
