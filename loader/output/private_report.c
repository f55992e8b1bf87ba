/* SPDX-License-Identifier: MIT */
/*
 * private_report.c -- one note on what the caller is likely to miss, or the list of all. UNTRUSTED: the names.
 */
#include "loader/output/private_report.h"

#include <stdio.h>
#include <string.h>

#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "loader/base/say.h"
#include "loader/plan/protected_paths.h"

#define LINES_MAX 20u

static void say_left(const char *what, const struct sbx_private_found *found, const char *more)
{
	const unsigned long long entries = found->entries;

	sbx_say(stderr, "sbx-wrap: private %s: %s%s: was written there and is gone%s%s", what, found->path,
		found->is_dir ? "/" : "",
		entries ? sbx_format(" (%llu %s in it)", entries, entries == 1 ? "entry" : "entries") : "", more);
}

static void say_list(const char *what, const struct sbx_private_one *one)
{
	const size_t count = one->found.count;

	for (size_t i = 0; i < count && i < LINES_MAX; i++)
		say_left(what, sbx_vec_at(&one->found, i), "");
	if (one->more)
		sbx_say(stderr, "sbx-wrap: private %s: %s: %llu entries are gone, more than are listed", what,
			one->path, (unsigned long long)one->entries);
	else if (count > LINES_MAX)
		sbx_say(stderr, "sbx-wrap: private %s: and %zu more", what, count - LINES_MAX);
}

/* What is protected gets no line to paste, nor what has a dot; a home itself can't be granted. */
static void say_hint(const struct sbx_private *left, const struct sbx_private_found *found, struct sbx_plan *plan)
{
	const char *home = left->dirs[SBX_PRIVATE_HOME].path, *dir = sbx_dirname(found->path);
	const bool on_top = strcmp(dir, home) == 0;
	const char *path = on_top ? found->path : dir;
	const bool exists = sbx_private_exists(left, path);

	if ((!on_top && !exists) || strstr(found->path + strlen(home), "/.") ||
	    sbx_protected_paths_hidden(plan, path) || sbx_protected_paths_secret(plan, found->path, found->is_dir))
		return;
	sbx_say(stderr, "hint: --rw %s lets the command write %s%s", sbx_quote(path),
		on_top && !found->is_dir ? "it" : "there",
		exists ? "" : sbx_format(", after: %s %s", found->is_dir ? "mkdir" : "touch", sbx_quote(path)));
}

void sbx_private_report(const struct sbx_private *left, struct sbx_plan *plan, bool listed)
{
	static const char *const names[SBX_PRIVATE__COUNT] = { "home", "directory", "directory" };
	const struct sbx_private_one *home = &left->dirs[SBX_PRIVATE_HOME];
	const struct sbx_private_found *first = NULL;
	size_t missed = 0;

	for (size_t i = home->found.count; i-- > 0;) {
		const struct sbx_private_found *found = sbx_vec_at(&home->found, i);

		first = found->missed ? found : first;
		missed += found->missed;
	}
	for (int i = 0; listed && i < SBX_PRIVATE__COUNT; i++)
		say_list(names[i], &left->dirs[i]);
	if (!listed && first)
		say_left(names[SBX_PRIVATE_HOME], first,
			 missed > 1 ? sbx_format(", as %s %s%zu more (-v lists them)", missed > 2 ? "are" : "is",
						 home->more ? "at least " : "", missed - 1) :
				      "");
	if (first)
		say_hint(left, first, plan);
}
