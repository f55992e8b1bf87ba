/* SPDX-License-Identifier: MIT */
/*
 * profile_match.h -- which profile is for a command: by its names, its path, and its first arguments. sbx.conf(5),
 * `match`.
 */
#ifndef SBX_CONF_CONFIG_PROFILE_MATCH_H
#define SBX_CONF_CONFIG_PROFILE_MATCH_H

#include "conf/config/policy.h"

/*
 * What of a command decides: loader/policy/command_trust.h. A profile that widens is chosen by a name of a COMMAND, or
 * by a path in `match` that a COMMAND or a FILE has; any other by whatever matches.
 */
enum sbx_trust {
	SBX_TRUST_NONE,   /* others than root and the caller decide what it is */
	SBX_TRUST_FILE,   /* root or the caller decides */
	SBX_TRUST_COMMAND /* root does, and it is where commands are */
};

/* The command: base names or absolute paths, as typed first, then what its symlinks lead to. */
struct sbx_name {
	const char *text;
	const char *word; /* for `trust`, as the loader gives it */
	enum sbx_trust trust;
};
struct sbx_names {
	struct sbx_name *items;
	size_t count;
	const char *home; /* what ~ stands for in `match`; "" when there is none */
	bool (*widens)(const struct sbx_config *config, const char *profile);
};

/*
 * The trust that is meant by "command", "file" or "none", with ":GID" behind it for each group that can write the file
 * or a directory on the way to it: others can then, unless that group is private. Returns -1 for another text.
 */
int sbx_trust_parse(const char *word, enum sbx_trust *trust);

/* A profile for certain arguments: its pattern's words behind the first, as one string. */
struct sbx_alternative {
	const char *profile;
	const char *words;
};
struct sbx_alternatives {
	struct sbx_alternative *items;
	size_t count;
};

/* What is wrong with an entry of `match`, as text in the pool; NULL when nothing is. UNTRUSTED: the text. */
const char *sbx_match_wrong(struct sbx_pool *pool, const char *text);

/* Is an entry nothing but a pattern for base names? */
bool sbx_match_is_name(const char *text);

/*
 * The profile for a command whatever its arguments: a path before a name, a name as typed before one that it leads to,
 * a later profile before an earlier one; "default" when none matches.
 */
const char *sbx_match_command(const struct sbx_config *config, const struct sbx_names *names);

/* Those for certain arguments, in the order in which they are to be tried: the more words, the earlier. */
void sbx_match_alternatives(const struct sbx_config *config, const struct sbx_names *names,
			    struct sbx_alternatives *alternatives);

#endif
