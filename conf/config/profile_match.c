/* SPDX-License-Identifier: MIT */
/*
 * profile_match.c -- an entry of `match` is a pattern for the command, glob(7), and words that its first arguments must
 * be.
 */
#include "conf/config/profile_match.h"

#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "conf/config/file_trust.h"
#include "shim/path_text.h"

int sbx_trust_parse(const char *word, enum sbx_trust *trust)
{
	static const char *const words[] = {
		[SBX_TRUST_NONE] = "none", [SBX_TRUST_FILE] = "file", [SBX_TRUST_COMMAND] = "command"
	};
	const size_t len = strcspn(word, ":");
	size_t i = 0;

	while (i < sizeof(words) / sizeof(words[0]) && (strlen(words[i]) != len || memcmp(words[i], word, len) != 0))
		i++;
	if (i == sizeof(words) / sizeof(words[0]))
		return -1;
	*trust = (enum sbx_trust)i;
	for (word += len; *word == ':';) {
		char *end;
		unsigned long gid;

		errno = 0;
		gid = strtoul(word + 1, &end, 10);
		if (end == word + 1 || errno || gid != (gid_t)gid)
			return -1;
		if (!sbx_trust_group((gid_t)gid))
			*trust = SBX_TRUST_NONE;
		word = end;
	}
	return *word ? -1 : 0;
}

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
	if (head[0] != '/' && strncmp(head, "~/", 2) != 0 && strchr(head, '/'))
		return "is a relative path, expected a command's base name, or a path that begins with / or ~/";
	if (strpbrk(text, "\t\n") || text[strlen(text) - 1] == ' ' || strstr(text, "  "))
		return "has white space that separates nothing, expected single spaces";
	if (!strncmp(words, "...", 3) && (strncmp(words, "... -", 5) != 0 || strchr(words + 4, ' ')))
		return "has ... before something else than one option";
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

/* The pattern with the caller's home for ~, whose own characters match themselves; NULL where there is none. */
static const char *expand_home(struct sbx_pool *pool, const char *head, const char *home)
{
	if (strncmp(head, "~/", 2) != 0)
		return head;
	return *home && !strpbrk(home, "*?[") ? sbx_pool_printf(pool, "%s%s", home, head + 1) : NULL;
}

/* May a profile be chosen by that name, or by its path where `match` has one? */
static bool may_choose(const struct sbx_config *config, const struct sbx_names *names, const struct sbx_name *name,
		       const char *profile, bool by_path)
{
	if (name->trust == SBX_TRUST_COMMAND || (by_path && name->trust == SBX_TRUST_FILE))
		return true;
	return !names->widens(config, profile);
}

/* Where among the names the command's part of an entry fits first; -1: nowhere. */
static int first_match(const struct sbx_config *config, const struct sbx_profile *profile, const char *head,
		       const struct sbx_names *names)
{
	const char *pattern = expand_home(config->pool, head, names->home);
	const bool by_path = pattern && pattern[0] == '/';

	for (size_t i = 0; pattern && i < names->count; i++)
		if ((by_path ? path_fits(pattern, names->items[i].text) :
			       !fnmatch(pattern, sbx_basename(names->items[i].text), FNM_NOESCAPE)) &&
		    may_choose(config, names, &names->items[i], profile->name, by_path))
			return (int)i;
	return -1;
}

/* The lower, the closer: paths before names, earlier names before later ones. */
static int rank_of(const char *head, int fitting, const struct sbx_names *names)
{
	return strchr(head, '/') ? fitting - (int)names->count : fitting;
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
			const int fitting = *words ? -1 : first_match(config, profile, head, names);

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

			if (*words && first_match(config, profile, head, names) >= 0)
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
