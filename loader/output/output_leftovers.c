/* SPDX-License-Identifier: MIT */
/*
 * output_leftovers.c -- what the command has made and is not in place: told, and kept where it may be a result.
 * UNTRUSTED: its names.
 */
#include "loader/output/output_leftovers.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "loader/base/memory.h"
#include "loader/base/vec.h"
#include "shim/err.h"
#include "shim/paths.h"

#define COMPARISONS_MAX 10000000u

const char sbx_not_named[] = "not a named output";

static void push_told(struct sbx_vec *list, size_t *count, const char *path, const char *reason,
		      const struct sbx_stage_dir *dir)
{
	struct sbx_stage_dropped one = { NULL, reason, dir };

	if ((*count)++ >= SBX_STAGE_SAID)
		return;
	one.path = sbx_strdup(path);
	sbx_vec_push(list, sizeof(one), &one);
}

void sbx_leftovers_drop(struct sbx_stage *stage, struct sbx_stage_dir *dir, const char *path, mode_t mode,
			const char *reason)
{
	dir->holds = true;
	dir->kept |= reason != sbx_not_named && (S_ISREG(mode) || S_ISDIR(mode));
	stage->failed |= reason != sbx_not_named;
	stage->unnamed |= reason == sbx_not_named;
	push_told(&stage->dropped, &stage->dropped_count, path, reason, dir);
}

void sbx_leftovers_retain(struct sbx_stage *stage, const struct sbx_stage_dir *dir, const char *name,
			  const char *reason)
{
	stage->failed = true;
	push_told(&stage->retained, &stage->retained_count, sbx_format("%s/%s", dir->dir[1] ? dir->dir : "", name),
		  reason, NULL);
}

/* out-2.ts beside out.m3u8, out.txt.gz: a result that the output's own name doesn't tell. */
static bool is_derived(const char *name, const char *output)
{
	const char *dot = strrchr(output, '.');
	const size_t stem = dot && dot > output ? (size_t)(dot - output) : strlen(output);

	return strncmp(name, output, stem) == 0 && !isalpha((unsigned char)name[stem]);
}

bool sbx_leftovers_derive(const struct sbx_stage_dir *dir, const char *name, size_t *comparisons)
{
	for (size_t i = 0; i < dir->files.count && *comparisons < COMPARISONS_MAX; i++) {
		const struct sbx_stage_file *file = sbx_vec_at(&dir->files, i);

		(*comparisons)++;
		if (!file->fitting && !file->barred && is_derived(name, file->name))
			return true;
	}
	return false;
}

/* Whatever is not in place and may be all there is of something is to outlive the next run's sweep. */
int sbx_leftovers_keep(struct sbx_stage_dir *dir, struct sbx_err *err)
{
	char *kept = sbx_format(SBX_KEPT_PREFIX "%s", dir->name + sizeof(SBX_STAGE_PREFIX) - 1);
	struct stat st;

	dir->kept = true;
	if (renameat(dir->dir_fd, dir->name, dir->dir_fd, kept) < 0) {
		dir->gone = errno == ENOENT;
		dir->kept = !dir->gone;
		return sbx_err_set(err, SBX_STEP_STAGE, errno,
				   dir->gone ?
					   sbx_format("%s, which somebody has moved or removed", dir->path) :
					   sbx_format("%s can't be renamed, and the next run removes it", dir->path));
	}
	if (fstat(dir->stage_fd, &st) == 0) {
		dir->kept_dev = st.st_dev;
		dir->kept_ino = st.st_ino;
	}
	dir->name = kept;
	return 0;
}

/* The command says that all is well: then what it made and can't be delivered is a result that would be lost. */
void sbx_leftovers_judge(struct sbx_stage *stage)
{
	if (!stage->succeeded || !stage->unnamed || (stage->delivered && !stage->derived))
		return;
	stage->failed = true;
	for (size_t i = 0; i < stage->dirs.count; i++) {
		struct sbx_stage_dir *dir = sbx_vec_at(&stage->dirs, i);

		dir->kept |= dir->holds;
	}
}
