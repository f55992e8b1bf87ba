/* SPDX-License-Identifier: MIT */
/*
 * guard_report.c -- what was done about guarded names, and which files that people run the command has changed: these
 * have any name, and are only told. UNTRUSTED: the names.
 */
#include "loader/guard/guard.h"

#include <stdio.h>

#include "loader/base/json.h"
#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "loader/base/say.h"

#define SAID 5

/* a, b and 3 more */
static const char *list_of(const struct sbx_vec *paths, const char *word)
{
	const char *text = "";

	for (size_t i = 0; i < paths->count && i < SAID; i++)
		text = sbx_format("%s%s%s", text, i ? ", " : "", sbx_quote(*(char **)sbx_vec_at(paths, i)));
	if (paths->count > SAID)
		text = sbx_format("%s and %zu more%s", text, paths->count - SAID, word);
	return text;
}

void sbx_guard_report(const struct sbx_guard *guard, bool hints, bool all)
{
	const struct sbx_guard_kept *kept = guard->kept.count ? sbx_vec_at(&guard->kept, 0) : NULL;

	if (guard->moved.count && kept)
		sbx_say(stderr,
			"sbx-wrap: guard: %s: made by the command, and programs outside obey %s: moved to %s/%s",
			list_of(&guard->moved, ""), guard->moved.count > 1 ? "them" : "it", kept->dir, kept->name);
	if (guard->moved.count && kept && hints)
		sbx_say(stderr, "hint: sbx-policy kept restore puts it back; --no-guard %s lets the command write that",
			sbx_quote(sbx_basename(*(char **)sbx_vec_at(&guard->moved, 0))));
	if (guard->cut.count)
		sbx_say(stderr, "sbx-wrap: guard: %s: git would execute that: taken out again",
			list_of(&guard->cut, " settings"));
	if (guard->cut.count && hints)
		sbx_say(stderr, "hint: --no-guard .git/config lets the command set it");
	if (guard->replaced.count)
		sbx_say(stderr,
			"sbx-wrap: guard: %s: replaced from outside during the run: the command may have written that",
			list_of(&guard->replaced, ""));
	if (guard->stuck.count)
		sbx_say(stderr, "sbx-wrap: guard: %s: made by the command, and could not be moved aside",
			list_of(&guard->stuck, ""));
	if (guard->early)
		sbx_say(stderr,
			"sbx-wrap: guard: the command has made more than %d files: what programs outside obey "
			"was looked for among the first only",
			SBX_GUARD_LEFT_MOST);
	if (guard->changed.count && all)
		sbx_say(stderr, "sbx-wrap: guard: %s: changed by the command, and perhaps to be run outside",
			list_of(&guard->changed, ""));
}

static void put_list(FILE *out, const char *key, const struct sbx_vec *paths)
{
	fprintf(out, "%s\"%s\":[", key[0] == 'm' ? "" : ",", key);
	for (size_t i = 0; i < paths->count; i++) {
		fputs(i ? "," : "", out);
		sbx_json_string(out, *(char **)sbx_vec_at(paths, i));
	}
	fputc(']', out);
}

void sbx_guard_json(const struct sbx_guard *guard, FILE *out)
{
	fputs(",\"guard\":{", out);
	put_list(out, "moved", &guard->moved);
	put_list(out, "settings", &guard->cut);
	put_list(out, "changed", &guard->changed);
	fputc('}', out);
}
