/* SPDX-License-Identifier: MIT */
/*
 * env_command.c -- reads the argument of `#!/usr/bin/env` as env(1) does, with -S as far as scripts use it.
 *
 * UNTRUSTED: the script's first line. What isn't understood is no command, so that it is trusted less, never more.
 */
#include "loader/policy/env_command.h"

#include <string.h>

#include "loader/base/memory.h"
#include "loader/base/path.h"

#define SPLIT "--split-string="
#define BLANKS " \t\v\f\r"

/* Others take a command as env does, if no options. */
static bool is_starter(const char *path)
{
	static const char *const names[] = { "env", "nice", "nohup", "setsid", "ionice", "time", "xargs" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(sbx_basename(path), names[i]) == 0)
			return true;
	return false;
}

bool sbx_env_interprets(const struct sbx_target *target)
{
	const size_t last = target->script_count - 1;

	return target->script_count > 1 && (is_starter(target->chain[last]) ||
					    (target->files[last]->exists && is_starter(target->files[last]->path)));
}

/* What -S has to split; NULL where the argument isn't that. -v only prints. */
static const char *split_string(const char *argument)
{
	if (strncmp(argument, SPLIT, sizeof(SPLIT) - 1) == 0)
		return argument + sizeof(SPLIT) - 1;
	argument += 1 + strspn(argument + 1, "v");
	return *argument == 'S' ? argument + 1 : NULL;
}

/* The first word that is neither -v, -- nor an assignment. */
static char *first_command(const char *words)
{
	bool options = true;

	for (words += strspn(words, BLANKS); *words; words += strspn(words, BLANKS)) {
		const size_t len = strcspn(words, BLANKS);
		char *word = sbx_strndup(words, len);

		words += len;
		if (strpbrk(word, "\\\"'$#") || strncmp(word, "PATH=", 5) == 0)
			return NULL;
		if (options && word[0] == '-') {
			options = strcmp(word, "--") != 0;
			if (options && strcmp(word, "-v") != 0)
				return NULL;
			continue;
		}
		options = false;
		if (!strchr(word, '='))
			return word;
	}
	return NULL;
}

char *sbx_env_command(const char *argument)
{
	if (!argument)
		return NULL;
	if (argument[0] != '-')
		return strchr(argument, '=') ? NULL : sbx_strdup(argument);
	argument = split_string(argument);
	return argument ? first_command(argument) : NULL;
}
