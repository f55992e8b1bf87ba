/* SPDX-License-Identifier: MIT */
/*
 * quota.h -- limits.output and limits.output_files: what may be moved into place, exactly, and what a run may write
 * meanwhile, by a look now and then.
 */
#ifndef SBX_LOADER_OUTPUT_QUOTA_H
#define SBX_LOADER_OUTPUT_QUOTA_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>

#include "loader/base/vec.h"
#include "loader/plan/plan.h"

#define SBX_QUOTA_SHARE 95000u /* of SBX_WHOLE: how full a file system may get where limits.output is a size */

struct sbx_stage;

/* What there is too much of. */
enum sbx_quota_over { SBX_QUOTA_KEPT, SBX_QUOTA_BYTES, SBX_QUOTA_FILES, SBX_QUOTA_SPACE };

struct sbx_quota {
	uint64_t bytes, files; /* or SBX_UNLIMITED */
	const struct sbx_stage *stage;
	struct sbx_vec places; /* struct place: file systems that are written to */
	struct sbx_vec known;  /* struct known: what stood in the stages before */
	size_t spare;          /* so many entries of the stages may be mount points */
	uint64_t largest;      /* bytes of the largest file that is changed */
	int64_t sample_at;     /* the next look: sbx_clock_now(), or SBX_NEVER */
	enum sbx_quota_over over;
	const char *subject; /* the largest output; of SPACE the place */
	uint64_t had_bytes, had_files, subject_bytes;
};

/*
 * Before the command starts, where sbx-wrap waits for it: note what stands in the stages and how much is free. Nothing
 * is looked at where nothing is written.
 */
void sbx_quota_begin(struct sbx_quota *quota, const struct sbx_stage *stage, const struct sbx_plan *plan);

/* UNTRUSTED: the stages, which the target is writing. The moment has come: true when there is too much, which is said
 * once. */
bool sbx_quota_sample(struct sbx_quota *quota);

/*
 * UNTRUSTED: the stages. After the run: is what is to be moved into place too much, or has it filled the disk? What the
 * command has been ended for stays.
 */
void sbx_quota_judge(struct sbx_quota *quota);

/* Why nothing is moved into place; in static text, or NULL. */
const char *sbx_quota_refusal(const struct sbx_quota *quota);

#endif
