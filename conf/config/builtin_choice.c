/*
 * builtin_choice.c -- by the text of the built-in files, which are written in one way: a profile begins a line behind
 * one tab, lists of `match` hold no escapes. A test holds that against what the parser makes of them.
 */
#include "conf/config/builtin_choice.h"

#include <string.h>

#include "conf/seccomp/syscall_groups.h"
#include "conf/config/config_sources.h"

#define PROFILE "\n\t" /* in front of a profile's name, and nowhere else in front of a letter */
#define MATCH "\n\t\tmatch = ["
#define INHERIT "\n\t\tinherit = \""

/* The next name of a profile behind `at`, in the pool; NULL at the end. */
static const char *next_profile(struct sbx_pool *pool, const char **at)
{
	while ((*at = strstr(*at, PROFILE))) {
		const char *name = *at + sizeof(PROFILE) - 1;
		const size_t len = strcspn(name, " \t\n");

		*at = name + len;
		if (len && strncmp(*at, " = {", 4) == 0)
			return sbx_pool_dup(pool, name, len);
	}
	return NULL;
}

static bool defines(struct sbx_pool *pool, const char *text, const char *wanted)
{
	const char *name;

	while ((name = next_profile(pool, &text)))
		if (!strcmp(name, wanted))
			return true;
	return false;
}

/* Does a configuration file speak of one of its profiles? In whatever words: a file too many costs no more than time.
 */
static bool spoken_of(struct sbx_pool *pool, const char *text, const struct sbx_list *texts)
{
	const char *name;

	while ((name = next_profile(pool, &text)))
		for (size_t i = 0; i < texts->count; i++)
			if (sbx_words_hold(texts->items[i].text, name))
				return true;
	return false;
}

static bool matches(struct sbx_pool *pool, const char *text, const struct sbx_names *names)
{
	while ((text = strstr(text, MATCH))) {
		text += sizeof(MATCH) - 1;
		for (text += strcspn(text, "\"]"); *text == '"'; text += strcspn(text, "\"]")) {
			const size_t len = strcspn(++text, "\"");

			if (sbx_match_fits(pool, sbx_pool_dup(pool, text, len), names))
				return true;
			text += len + 1;
		}
	}
	return false;
}

/* Those that have what `text` inherits from; true when there was one that hadn't been chosen. */
static bool choose_parents(struct sbx_pool *pool, const char *text, const struct sbx_builtin *builtin, size_t count,
			   bool *chosen)
{
	bool more = false;

	while ((text = strstr(text, INHERIT))) {
		const char *name;

		text += sizeof(INHERIT) - 1;
		name = sbx_pool_dup(pool, text, strcspn(text, "\""));
		for (size_t i = 0; i < count; i++)
			if (!chosen[i] && defines(pool, builtin[i].text, name))
				more = chosen[i] = true;
	}
	return more;
}

const bool *sbx_builtins_choose(struct sbx_pool *pool, const struct sbx_names *names, const char *profile,
				const struct sbx_list *texts)
{
	size_t count;
	const struct sbx_builtin *builtin = sbx_builtins(&count);
	bool *chosen = sbx_pool_alloc(pool, count * sizeof(*chosen)), more = true;

	chosen[0] = true; /* sbx.conf */
	for (size_t i = 1; i < count; i++)
		chosen[i] =
			(profile ? defines(pool, builtin[i].text, profile) : matches(pool, builtin[i].text, names)) ||
			spoken_of(pool, builtin[i].text, texts);
	while (more) {
		more = false;
		for (size_t i = 0; i < count; i++)
			more |= chosen[i] && choose_parents(pool, builtin[i].text, builtin, count, chosen);
	}
	return chosen;
}
