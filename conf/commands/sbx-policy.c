/* SPDX-License-Identifier: MIT */
/*
 * sbx-policy.c -- the command line of sbx-policy(1): a table of commands, a table of options.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "conf/commands/commands.h"
#include "conf/base/did_you_mean.h"
#include "conf/base/say.h"

#define EXIT_USAGE 2

static const struct {
	const char *name;
	int (*run)(const struct sbx_command *command);
	size_t operands; /* at most */
	const char *usage, *help;
} commands[] = {
	{ "compile", sbx_command_compile, 1, "[PROFILE]", "compile a policy for sbx-wrap" },
	{ "check", sbx_command_check, SIZE_MAX, "[FILE...]", "report everything that is wrong with the configuration" },
	{ "show", sbx_command_show, 1, "[PROFILE]", "print an effective policy as a config file" },
	{ "diff", sbx_command_diff, 2, "[A] B",
	  "say what profile B grants that A, or the default, doesn't, and the reverse" },
	{ "list", sbx_command_list, 0, "", "list the profiles and the commands they are for" },
	{ "doctor", sbx_command_doctor, 0, "", "say what this machine gives, and what to do about the rest" },
	{ "caller", sbx_command_caller, 0, "", "print the caller's passwd(5) entry, from whichever database has it" },
	{ "kept", sbx_command_kept, SIZE_MAX, "[list|restore|clean] [NAME...]",
	  "list, put in place or remove what runs have kept aside" },
	{ "link", sbx_command_link, SIZE_MAX, "[DIR [COMMAND...]]",
	  "make links to sbx-wrap that run these commands, or list those that are there" },
	{ "keys", sbx_command_keys, 0, "", "print the keys of a policy as a manual does" },
};
#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

#define AT(member) offsetof(struct sbx_command, member)
static const struct option_def {
	const char *name;
	char letter;
	const char *value; /* NULL: it takes none */
	size_t at;         /* a const char *, or the list of --set */
	const char *help;
} options[] = {
	{ "name", 0, "CMD", AT(names), "choose the profile for a command; repeated for what its symlinks lead to" },
	{ "trust", 0, "WORD", AT(trust), "how far the names that follow are trusted: command, file or none" },
	{ "profile", 'p', "PROFILE", AT(profile), "choose this profile" },
	{ "config", 'c', "FILE", AT(config), "read FILE instead of the machine's and the user's files" },
	{ "user-config", 0, "DIR", AT(user_config), "the directory of the user's own files, not ~/.config/sbx" },
	{ "set", 0, "KEY=VALUE", AT(sets), "set one key, over everything else" },
	{ "inside", 0, NULL, AT(nested), "compile for the inside of a sandbox: in place" },
	{ "origin", 0, NULL, AT(origin), "show where each value comes from" },
	{ "abi", 0, "N", AT(abi), "compile for this Landlock ABI instead of the kernel's" },
	{ "output", 'o', "FILE", AT(output), "compile a layer for use without sbx-wrap into FILE" },
	{ "blob-fd", 0, "FD", AT(blob_fd), "write the compiled policy to FD" },
	{ "key-fd", 0, "FD", AT(key_fd), "read the cache key from FD" },
	{ "cache", 0, "FILE", AT(cache), "also keep the compiled policy in FILE, if that can be written" },
};
#define OPTIONS (sizeof(options) / sizeof(options[0]))

static int print_help(void)
{
	printf("usage: sbx-policy COMMAND [OPTION...] [ARGUMENT...]\n\ncommands:\n");
	for (size_t i = 0; i < COMMANDS; i++)
		printf("  %-8s %-10s %s\n", commands[i].name, commands[i].usage, commands[i].help);
	printf("\noptions:\n");
	for (size_t i = 0; i < OPTIONS; i++) {
		char left[40];

		snprintf(left, sizeof(left), "%c%c%s--%s %s", options[i].letter ? '-' : ' ',
			 options[i].letter ? options[i].letter : ' ', options[i].letter ? ", " : "  ", options[i].name,
			 options[i].value ? options[i].value : "");
		printf("  %-24s %s\n", left, options[i].help);
	}
	printf("  %-24s print this\n  %-24s print the version\n", "    --help", "    --version");
	return fflush(stdout) || ferror(stdout);
}

static int usage_error(const char *what, const char *word, const char *suggestion)
{
	sbx_say(stderr, "sbx-policy: %s%s%s", what, word, suggestion);
	sbx_say(stderr, "sbx-policy: try sbx-policy --help");
	return EXIT_USAGE;
}

static int unknown_command(struct sbx_pool *pool, const char *word)
{
	struct sbx_nearest nearest;

	sbx_nearest_start(&nearest, word);
	for (size_t i = 0; i < COMMANDS; i++)
		sbx_nearest_offer(&nearest, commands[i].name);
	return usage_error("unknown command: ", word, sbx_nearest_text(pool, &nearest));
}

static int unknown_option(struct sbx_pool *pool, const char *word)
{
	struct sbx_nearest nearest;

	sbx_nearest_start(&nearest, word);
	for (size_t i = 0; i < OPTIONS; i++)
		sbx_nearest_offer(&nearest, sbx_pool_printf(pool, "--%s", options[i].name));
	return usage_error("unknown option: ", word, sbx_nearest_text(pool, &nearest));
}

/* The option that `word` is, with *value set when it stands behind a =. */
static const struct option_def *find_option(const char *word, const char **value)
{
	*value = NULL;
	for (size_t i = 0; i < OPTIONS; i++) {
		size_t len = strlen(options[i].name);

		if (options[i].letter && word[0] == '-' && word[1] == options[i].letter && !word[2])
			return &options[i];
		if (strncmp(word, "--", 2) != 0 || strncmp(word + 2, options[i].name, len) != 0)
			continue;
		if (word[2 + len] == '=')
			*value = word + 2 + len + 1;
		if (word[2 + len] == '=' || !word[2 + len])
			return &options[i];
	}
	return NULL;
}

static void store_option(struct sbx_command *command, const struct option_def *option, const char *value)
{
	if (option->at == AT(sets))
		*SBX_APPEND(command->pool, &command->sets) = value;
	else if (option->at == AT(names))
		*SBX_APPEND(command->pool, &command->names) =
			(struct sbx_name){ value, command->trust, SBX_TRUST_COMMAND };
	else
		*(const char **)(void *)((char *)command + option->at) = value;
}

/* UNTRUSTED: the arguments. Returns -1, or an exit status when there is nothing more to do. */
static int parse_options(struct sbx_command *command, int argc, char **argv)
{
	bool over = false;

	for (int i = 2; i < argc; i++) {
		const struct option_def *option;
		const char *value;

		if (over || argv[i][0] != '-' || !argv[i][1]) {
			*SBX_APPEND(command->pool, &command->operands) = argv[i];
			continue;
		}
		if (!strcmp(argv[i], "--")) {
			over = true;
			continue;
		}
		if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h"))
			return print_help();
		option = find_option(argv[i], &value);
		if (!option)
			return unknown_option(command->pool, argv[i]);
		if (value && !option->value)
			return usage_error("option takes no value: ", argv[i], "");
		if (!value && option->value && ++i >= argc)
			return usage_error("option needs a value: ", argv[i - 1], "");
		store_option(command, option, value ? value : argv[i]);
	}
	return -1;
}

int main(int argc, char **argv)
{
	SBX_CLEANUP_POOL struct sbx_pool pool = { NULL };
	struct sbx_errs errs = { .pool = &pool };
	struct sbx_command command = { .pool = &pool, .errs = &errs };
	int rc;

	if (argc < 2)
		return usage_error("which command?", "", "");
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return print_help();
	if (!strcmp(argv[1], "--version"))
		return printf("sbx-policy %s\n", SBX_VERSION) < 0 || fflush(stdout);
	for (size_t i = 0; i < COMMANDS; i++) {
		if (strcmp(commands[i].name, argv[1]) != 0)
			continue;
		rc = parse_options(&command, argc, argv);
		if (rc >= 0)
			return rc;
		if (command.operands.count > commands[i].operands)
			return usage_error("too many arguments: ", command.operands.items[commands[i].operands], "");
		rc = commands[i].run(&command);
		sbx_errs_print(stderr, &errs);
		return fflush(stdout) || ferror(stdout) ? 1 : rc;
	}
	return unknown_command(&pool, argv[1]);
}
