/* SPDX-License-Identifier: MIT */
/*
 * profile_match.c -- an entry of `match` is a pattern for the command, glob(7), and words that its first arguments must
 * be.
 */
#include "conf/config/profile_match.h"

#include <fnmatch.h>
#include <limits.h>
#include <string.h>

#include "shim/path_text.h"

/* The command's part of an entry; *words is what stands behind it, "" for nothing. */
static const char *head_of(struct sbx_pool *pool, const char *text, const char **words)
{
	const size_t len = strcspn(text, " ");

	*words = text + len + strspn(text + len, " ");
	return sbx_pool_dup(pool, text, len);
}

const char *sbx_match_wrong(struct sbx_pool *pool, const char *text)
{
	const char *words, *head = head_of(pool, text, &words);

	if (!*head)
		return "begins with a space, expected a command";
	if (head[0] != '/' && strchr(head, '/'))
		return "is a relative path, expected a command's base name or an absolute path";
	if (strpbrk(text, "\t\n") || text[strlen(text) - 1] == ' ' || strstr(text, "  "))
		return "has white space that separates nothing, expected single spaces";
	return NULL;
}

bool sbx_match_is_name(const char *text)
{
	return !strpbrk(text, "/ ");
}

/* A path; one with a trailing slash is no base name, only a path: sbx_match_names in loader/policy/profile_match.c. */
static bool path_fits(const char *head, const char *name)
{
	const size_t len = strlen(name);
	char path[PATH_MAX];

	if (len >= sizeof(path))
		return false;
	memcpy(path, name, len + 1);
	if (len > 1 && path[len - 1] == '/')
		path[len - 1] = 0;
	return !fnmatch(head, path, FNM_NOESCAPE | FNM_PATHNAME);
}

/* Where among the names the command's part of an entry fits first; -1: nowhere. */
static int first_match(const char *head, const struct sbx_names *names)
{
	for (size_t i = 0; i < names->count; i++)
		if (head[0] == '/' ? path_fits(head, names->items[i]) :
				     !fnmatch(head, sbx_basename(names->items[i]), FNM_NOESCAPE))
			return (int)i;
	return -1;
}

/* The lower, the closer: paths before names, earlier names before later ones. */
static int rank_of(const char *head, int fitting, const struct sbx_names *names)
{
	return head[0] == '/' ? fitting - (int)names->count : fitting;
}

const char *sbx_match_command(const struct sbx_config *config, const struct sbx_names *names)
{
	const char *best = SBX_DEFAULT_PROFILE;
	int best_rank = (int)names->count;

	/* Later sources stand behind earlier ones and win. */
	for (size_t i = config->profiles.count; i-- > 0;) {
		const struct sbx_profile *profile = &config->profiles.items[i];

		for (size_t j = 0; j < profile->match.count; j++) {
			const char *words, *head = head_of(config->pool, profile->match.items[j].text, &words);
			const int fitting = *words ? -1 : first_match(head, names);

			if (fitting < 0 || rank_of(head, fitting, names) >= best_rank)
				continue;
			best = profile->name;
			best_rank = rank_of(head, fitting, names);
		}
	}
	return best;
}

static size_t count_words(const char *words)
{
	size_t count = 1;

	for (; *words; words++)
		count += *words == ' ';
	return count;
}

void sbx_match_alternatives(const struct sbx_config *config, const struct sbx_names *names,
			    struct sbx_alternatives *alternatives)
{
	struct sbx_alternative *items;

	for (size_t i = config->profiles.count; i-- > 0;) {
		const struct sbx_profile *profile = &config->profiles.items[i];

		for (size_t j = 0; j < profile->match.count; j++) {
			const char *words, *head = head_of(config->pool, profile->match.items[j].text, &words);

			if (*words && first_match(head, names) >= 0)
				*SBX_APPEND(config->pool, alternatives) =
					(struct sbx_alternative){ profile->name, words };
		}
	}
	items = alternatives->items;
	for (size_t i = 1; i < alternatives->count; i++) /* stable: of equal ones the later profile stays in front */
		for (size_t at = i; at > 0 && count_words(items[at - 1].words) < count_words(items[at].words); at--) {
			const struct sbx_alternative swapped = items[at];

			items[at] = items[at - 1];
			items[at - 1] = swapped;
		}
}
