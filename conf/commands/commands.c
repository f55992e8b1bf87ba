/* SPDX-License-Identifier: MIT */
/*
 * commands.c -- compile, check, show, list: what sbx-policy does with a configuration.
 */
#include "conf/commands/commands.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conf/base/cleanup.h"
#include "conf/base/say.h"
#include "conf/config/config_parse.h"
#include "conf/commands/policy_print.h"
#include "conf/config/config_sources.h"
#include "conf/compile/blob_store.h"
#include "conf/compile/profile_widens.h"
#include "conf/config/user_paths.h"
#include "shim/landlock.h"
#include "shim/landlock_rights.h"

#define KEY_MAX (1u << 16)

/* As the loader has decided, or by the same rule; NULL with an error added. */
static const char *user_config_dir(const struct sbx_command *command)
{
	struct sbx_user user;

	if (sbx_user_get(command->errs, &user) < 0)
		return NULL;
	if (!command->user_config || !*user.home)
		return sbx_user_config_dir(command->errs, &user, getenv("XDG_CONFIG_HOME"));
	return command->user_config;
}

int sbx_command_load(const struct sbx_command *command, struct sbx_config *config)
{
	const char *user = user_config_dir(command);
	int rc;

	*config = (struct sbx_config){ .pool = command->pool, .errs = command->errs };
	rc = user ? sbx_source_load(config, command->config, user, command->nested) : -1;
	for (size_t i = 0; i < command->sets.count; i++)
		rc |= sbx_parse_set(config, command->sets.items[i]);
	return rc;
}

static int parse_number_option(const struct sbx_command *command, const char *option, const char *text, long most,
			       long *value)
{
	char *end;

	errno = 0;
	*value = strtol(text, &end, 10);
	if (!errno && *text && !*end && *value >= 0 && *value <= most)
		return 0;
	return sbx_errs_add(command->errs, (struct sbx_origin){ option, 0 }, "\"%s\" is not a number from 0 to %ld",
			    text, most);
}

/* --abi, or what the kernel says. Returns -1 with an error added when it is no number. */
static int landlock_abi_of(const struct sbx_command *command, unsigned int *abi)
{
	long value = 0;

	if (!command->abi) {
		*abi = sbx_landlock_abi();
		return 0;
	}
	if (parse_number_option(command, "--abi", command->abi, 1000, &value) < 0)
		return -1;
	*abi = (unsigned int)value;
	return 0;
}

/* NULL: by the command's names. */
static const char *named_profile(const struct sbx_command *command)
{
	return command->profile ? command->profile : command->operands.count ? command->operands.items[0] : NULL;
}

/* The command's names with what makes them count; -1 with an error added. */
static int names_of(const struct sbx_command *command, struct sbx_names *names)
{
	struct sbx_user user;

	*names = command->names;
	names->widens = sbx_profile_widens;
	if (sbx_user_get(command->errs, &user) < 0)
		return -1;
	names->home = user.home;
	for (size_t i = 0; i < names->count; i++)
		if (names->items[i].word && sbx_trust_parse(names->items[i].word, &names->items[i].trust) < 0)
			return sbx_errs_add(command->errs, (struct sbx_origin){ "--trust", 0 }, "no such trust: %s",
					    names->items[i].word);
	return 0;
}

/* The key, from a descriptor of the loader's to its end. */
static int read_key(const struct sbx_command *command, struct sbx_compile *args)
{
	char *key = sbx_pool_alloc(command->pool, KEY_MAX + 1);
	long fd;

	if (!command->key_fd)
		return 0;
	if (parse_number_option(command, "--key-fd", command->key_fd, 1 << 20, &fd) < 0)
		return -1;
	for (;;) {
		ssize_t got = read((int)fd, key + args->key_len, KEY_MAX + 1 - args->key_len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return sbx_errs_add(command->errs, (struct sbx_origin){ "--key-fd", 0 }, "%s", strerror(errno));
		if (got == 0)
			break;
		args->key_len += (size_t)got;
		if (args->key_len > KEY_MAX)
			return sbx_errs_add(command->errs, (struct sbx_origin){ "--key-fd", 0 }, "more than %u bytes",
					    KEY_MAX);
	}
	args->key = key;
	return 0;
}

static int write_blob(const struct sbx_command *command, const struct sbx_bytes *blob)
{
	long fd = STDOUT_FILENO;

	if (command->cache && sbx_store_file(command->pool, command->cache, 0600, false, blob) == 0)
		sbx_store_prune(command->pool,
				command->cache); /* a cache that can't be written makes slower, not weaker */
	if (!command->blob_fd)
		return 0;
	if (parse_number_option(command, "--blob-fd", command->blob_fd, 1 << 20, &fd) < 0)
		return -1;
	if (sbx_store_write((int)fd, blob) < 0)
		return sbx_errs_add(command->errs, (struct sbx_origin){ "--blob-fd", 0 }, "%s", strerror(errno));
	return 0;
}

/* -o: a layer for the shim alone, which whoever may run the tool can read. */
static int compile_layer(const struct sbx_command *command, struct sbx_compile *args)
{
	struct sbx_bytes blob;

	args->target = SBX_FOR_ALONE;
	if (sbx_compile_layer(args, &blob) < 0)
		return -1;
	if (sbx_store_output(command->pool, command->output, 0644, &blob) < 0)
		return sbx_errs_add(command->errs, (struct sbx_origin){ command->output, 0 }, "%s", strerror(errno));
	return 0;
}

int sbx_command_compile(const struct sbx_command *command)
{
	struct sbx_config config;
	struct sbx_compile args = { .config = &config };
	struct sbx_names names;
	struct sbx_bytes blob;

	if (landlock_abi_of(command, &args.abi) < 0 || sbx_command_load(command, &config) < 0 ||
	    read_key(command, &args) < 0 || names_of(command, &names) < 0)
		return 1;
	args.profile = named_profile(command) ? named_profile(command) : sbx_match_command(&config, &names);
	args.target = command->nested ? SBX_FOR_NESTED : SBX_FOR_RUN;
	if (command->output)
		return compile_layer(command, &args) < 0;
	if (!named_profile(command))
		sbx_match_alternatives(&config, &names, &args.alternatives);
	return sbx_compile_policy(&args, &blob) < 0 || write_blob(command, &blob) < 0;
}

/* Every profile compiles, on the newest Landlock: what this kernel lacks is doctor's business. */
static int check_profiles(const struct sbx_command *command, const struct sbx_config *config)
{
	struct sbx_compile args = { .config = config, .abi = SBX_LANDLOCK_ABI_MAX, .profile = SBX_DEFAULT_PROFILE };
	struct sbx_bytes blob;

	sbx_compile_policy(&args, &blob);
	for (size_t i = 0; i < config->profiles.count; i++) {
		args.profile = config->profiles.items[i].name;
		sbx_compile_policy(&args, &blob);
	}
	return command->errs->count ? -1 : 0;
}

int sbx_command_check(const struct sbx_command *command)
{
	struct sbx_command one = *command;
	size_t count = command->operands.count ? command->operands.count : 1;

	for (size_t i = 0; i < count; i++) {
		struct sbx_config config;

		if (command->operands.count)
			one.config = command->operands.items[i];
		if (sbx_command_load(&one, &config) == 0)
			check_profiles(&one, &config);
	}
	return command->errs->count ? 1 : 0;
}

int sbx_command_show(const struct sbx_command *command)
{
	struct sbx_config config;
	struct sbx_policy policy;
	struct sbx_names names;
	const char *name;

	if (sbx_command_load(command, &config) < 0 || names_of(command, &names) < 0)
		return 1;
	name = named_profile(command) ? named_profile(command) : sbx_match_command(&config, &names);
	if (sbx_policy_resolve(&config, name, &policy) < 0)
		return 1;
	sbx_say(stdout, "# profile %s", name);
	sbx_print_policy(stdout, &policy, command->origin != NULL);
	return 0;
}

/* FILE:LINE, or the option, or the built-in file. */
static const char *origin_text(struct sbx_pool *pool, const struct sbx_origin *origin)
{
	return origin->line ? sbx_pool_printf(pool, "%s:%u", origin->file, origin->line) :
	       origin->file ? origin->file :
			      "nowhere";
}

int sbx_command_list(const struct sbx_command *command)
{
	struct sbx_config config;

	if (sbx_command_load(command, &config) < 0)
		return 1;
	sbx_say(stdout, "%-16s every other command", SBX_DEFAULT_PROFILE);
	for (size_t i = 0; i < config.profiles.count; i++) {
		const struct sbx_profile *profile = &config.profiles.items[i];
		const char *matches = profile->match.count ? "" : " (to inherit from)";

		for (size_t j = 0; j < profile->match.count; j++)
			matches = sbx_pool_printf(config.pool, "%s%s %s", matches, j ? "," : "",
						  profile->match.items[j].text);
		sbx_say(stdout, "%-16s%s%s%s  # %s", profile->name, matches, profile->inherit ? "  < " : "",
			profile->inherit ? profile->inherit : "", origin_text(config.pool, &profile->origin));
	}
	return 0;
}

int sbx_command_caller(const struct sbx_command *command)
{
	struct sbx_user user;

	if (sbx_user_get(command->errs, &user) < 0)
		return 1;
	if (user.known)
		printf("%s:x:%u:%u::%s:%s\n", user.name, user.uid, user.gid, user.home, user.shell);
	return 0;
}

int sbx_command_keys(const struct sbx_command *command)
{
	(void)command;
	sbx_print_manual(stdout);
	return 0;
}
