/* SPDX-License-Identifier: MIT */
/*
 * standalone_latch.c -- a latch for use without the loader: one layer, compiled as for a run in place, that the shim
 * reads from a file.
 *
 * Nobody evaluates arguments there. A policy that depends on them says nothing about the tool's files, and the layer
 * leaves file access as the process has it: it takes execution, device ioctls, the network and signals. With
 * args.grants = false the policy's lists are all there is, and hold.
 */
#include "conf/compile/compile.h"

#include "conf/compile/blob_emit.h"
#include "conf/compile/policy_draft.h"

/* What only a run can expand. */
static int check_late(const struct sbx_build *build)
{
	int rc = 0;

	for (size_t i = 0; i < build->late.count; i++) {
		const struct sbx_late *late = &build->late.items[i].late;
		const char *variable = late->arg ? sbx_pool_printf(build->pool, "$ARG(%u)", late->arg) : "$PWD";
		bool exec = late->grant == SBX_GRANT_ROX || late->grant == SBX_GRANT_RWX;

		if (exec || !build->open_files)
			rc = sbx_errs_add(
				build->errs, (struct sbx_origin){ NULL, 0 },
				"\"%s%s\": without the loader nobody expands it; write the path, or leave it out with "
				"--set",
				variable, build->late.items[i].path);
	}
	return rc;
}

int sbx_compile_layer(const struct sbx_compile *args, struct sbx_bytes *blob)
{
	struct sbx_policy policy;
	struct sbx_build build;

	if (sbx_policy_draft(args, &policy, &build) < 0 || check_late(&build) < 0)
		return -1;
	sbx_emit_layer(build.pool, &build.latch, blob);
	if (sbx_layer_check(blob->bytes, blob->len) < 0)
		return sbx_errs_add(build.errs, (struct sbx_origin){ NULL, 0 },
				    "the compiled layer of %zu bytes breaks its own rules%s", blob->len,
				    blob->len > SBX_BLOB_MAX ? "; it is too large, name fewer paths" : "");
	return 0;
}
