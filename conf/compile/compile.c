/* SPDX-License-Identifier: MIT */
/*
 * compile.c -- policy to kernel terms (policy_draft.c) to bytes (policy_emit.c), which are checked as the loader will.
 */
#include "conf/compile/compile.h"

#include "conf/compile/landlock_rules.h"
#include "conf/compile/policy_draft.h"
#include "conf/compile/policy_emit.h"

int sbx_compile_policy(const struct sbx_compile *args, struct sbx_bytes *blob)
{
	const struct sbx_config *config = args->config;
	struct sbx_policy policy;
	struct sbx_build build;

	if (sbx_policy_draft(args, &policy, &build) < 0)
		return -1;
	sbx_landlock_rules_masks(&build);
	sbx_landlock_rules_drop_latch(&build);
	sbx_emit_policy(&build, args, blob);
	if (config->errs->count)
		return -1;
	if (sbx_policy_check(blob->bytes, blob->len) < 0)
		return sbx_errs_add(config->errs, (struct sbx_origin){ NULL, 0 },
				    "the compiled policy of %zu bytes breaks its own rules%s", blob->len,
				    blob->len > SBX_BLOB_MAX ? "; it is too large, name fewer paths" : "");
	return 0;
}
