/* SPDX-License-Identifier: MIT */
/*
 * config_parse.c -- the structure of a config file: default, profiles, and the groups of keys. UNTRUSTED: the text.
 *
 * libconfig 1.5 reads @include files by itself and unchecked, so text that has an @include is refused.
 */
#include "conf/config/config_parse.h"

#include <string.h>

#include "conf/base/did_you_mean.h"
#include "conf/config/profile_match.h"
#include "conf/config/config_values.h"

static void config_cleanup(config_t *config)
{
	config_destroy(config);
}
#define CLEANUP_CONFIG __attribute__((cleanup(config_cleanup)))

/* The line of the first @include, or 0. */
static unsigned int include_line(const char *text)
{
	unsigned int line = 1;

	for (const char *at = text; at; line++) {
		at += strspn(at, " \t\r\f\v");
		if (!strncmp(at, "@include", 8))
			return line;
		at = strchr(at, '\n');
		at += at != NULL;
	}
	return 0;
}

/* Does that line of the text hold `word`? */
static bool line_has(const char *text, unsigned int line, const char *word)
{
	const char *at = text, *found;

	while (--line > 0 && (at = strchr(at, '\n')))
		at++;
	found = at ? strstr(at, word) : NULL;
	return found && found < at + strcspn(at, "\n");
}

/* libconfig's messages are short: what to do about each. */
static const char *syntax_hint(const char *text, unsigned int line, const char *error)
{
	static const struct {
		const char *error, *hint;
	} hints[] = {
		{ "mismatched element type",
		  "; brackets hold only strings or only numbers, write ( … ) for a list of both" },
		{ "duplicate setting", "; the group has one of that name already" },
		{ "syntax error", "; is a quote, a bracket, a ; or a , missing here or before?" },
	};

	if (line && line_has(text, line, "+="))
		return "; there is no +=, the item \"" SBX_INHERITED
		       "\" in a list stands for the list that is inherited";
	for (size_t i = 0; i < sizeof(hints) / sizeof(hints[0]); i++)
		if (!strncmp(error, hints[i].error, strlen(hints[i].error)))
			return hints[i].hint;
	return "";
}

static int syntax_error(struct sbx_config *config, const char *file, const char *text, const config_t *tree)
{
	unsigned int line = (unsigned int)config_error_line(tree);
	const char *error = config_error_text(tree);

	return sbx_errs_add(config->errs, (struct sbx_origin){ file, line }, "%s%s", error,
			    syntax_hint(text, line, error));
}

static int unknown_key(const struct sbx_reader *reader, const char *group, const config_setting_t *setting,
		       bool profile)
{
	struct sbx_nearest nearest;
	char buf[SBX_KEY_PATH_MAX];
	const char *name = config_setting_name(setting);

	if (!*group && (!strcmp(name, "match") || !strcmp(name, "inherit")))
		return sbx_errs_add(reader->errs, sbx_value_origin(reader, setting), "%s: only a profile has that",
				    name);
	sbx_nearest_start(&nearest, name);
	if (profile)
		sbx_nearest_offer(&nearest, "match");
	if (profile)
		sbx_nearest_offer(&nearest, "inherit");
	for (int id = 0; id < SBX_KEY__COUNT; id++)
		if (!strcmp(sbx_keys[id].group, group))
			sbx_nearest_offer(&nearest, sbx_keys[id].name);
		else if (!*group)
			sbx_nearest_offer(&nearest, sbx_keys[id].group);
	for (int id = 0; !nearest.best && id < SBX_KEY__COUNT; id++)
		if (!strcmp(sbx_keys[id].name, name))
			nearest.best =
				sbx_pool_dup(reader->pool, sbx_key_path((enum sbx_key_id)id, buf), sizeof(buf) - 1);
	return sbx_errs_add(reader->errs, sbx_value_origin(reader, setting), "unknown key \"%s%s%s\"%s", group,
			    *group ? "." : "", name, sbx_nearest_text(reader->pool, &nearest));
}

/* The keys of one group; `group` is "" at the top of a policy, where other groups stand. */
static int parse_group(const struct sbx_reader *reader, const char *group, const config_setting_t *setting,
		       struct sbx_policy *policy, bool profile)
{
	int rc = 0, count = config_setting_length(setting);

	for (int i = 0; i < count; i++) {
		const config_setting_t *entry = config_setting_get_elem(setting, (unsigned int)i);
		const char *name = config_setting_name(entry);
		int id = sbx_key_find(group, name);

		if (!*group && !config_setting_is_group(entry))
			id = id < 0 ? sbx_key_by_short(name) : id;
		if (profile && (!strcmp(name, "match") || !strcmp(name, "inherit")))
			continue;
		if (id >= 0) {
			struct sbx_value value;

			rc |= sbx_value_read(reader, (enum sbx_key_id)id, entry, &value);
			sbx_value_lay(reader->pool, &policy->values[id], &value);
		} else if (*group || !sbx_key_is_group(name)) {
			rc |= unknown_key(reader, group, entry, profile);
		} else if (!config_setting_is_group(entry)) {
			rc |= sbx_errs_add(reader->errs, sbx_value_origin(reader, entry),
					   "%s: expected a group, %s = { … };", name, name);
		} else {
			rc |= parse_group(reader, name, entry, policy, false);
		}
	}
	return rc;
}

static int parse_inherit(const struct sbx_reader *reader, const config_setting_t *setting, struct sbx_profile *profile)
{
	const config_setting_t *inherit = config_setting_get_member(setting, "inherit");
	const char *name;

	if (!inherit)
		return 0;
	profile->inherit_origin = sbx_value_origin(reader, inherit);
	if (config_setting_type(inherit) != CONFIG_TYPE_STRING)
		return sbx_errs_add(reader->errs, profile->inherit_origin, "inherit: expected the name of a profile");
	name = config_setting_get_string(inherit);
	profile->inherit = sbx_pool_dup(reader->pool, name, strlen(name));
	return 0;
}

/* Without a list of its own, a profile that amends another is for the same commands. */
static int parse_match(const struct sbx_reader *reader, const config_setting_t *setting, struct sbx_profile *profile)
{
	const config_setting_t *match = config_setting_get_member(setting, "match");
	const struct sbx_list *inherited = profile->amends ? &profile->amends->match : NULL;
	int rc;

	if (!match && inherited)
		profile->match = *inherited;
	if (!match)
		return 0;
	rc = sbx_value_strings(reader, match, "match", "a list of command names or patterns", &profile->match);
	for (size_t i = 0; i < profile->match.count; i++) {
		const struct sbx_item *item = &profile->match.items[i];

		if (sbx_match_wrong(reader->pool, item->text))
			rc = sbx_errs_add(reader->errs, item->origin, "match: \"%s\" %s", item->text,
					  sbx_match_wrong(reader->pool, item->text));
		if (!strcmp(item->text, SBX_INHERITED) && !inherited)
			rc = sbx_errs_add(reader->errs, item->origin,
					  "match: there is no list that \"" SBX_INHERITED
					  "\" could stand for: the profile doesn't amend "
					  "one of its name in an earlier file");
	}
	profile->match = sbx_list_extend(reader->pool, inherited, &profile->match);
	return rc;
}

static struct sbx_profile *append_profile(struct sbx_config *config, const char *name)
{
	struct sbx_profile *profile = SBX_APPEND(config->pool, &config->profiles);

	memset(profile, 0, sizeof(*profile));
	profile->name = sbx_pool_dup(config->pool, name, strlen(name));
	return profile;
}

/*
 * A profile replaces one of the same name, and stands behind all others: the last match wins. One that amends it and is
 * for the same commands stays where that stood.
 */
static struct sbx_profile *place_profile(struct sbx_config *config, const char *name, bool amends, bool stays)
{
	struct sbx_profile *old = sbx_profile_find(config, name), *earlier;
	size_t behind;

	if (!old)
		return append_profile(config, name);
	earlier = sbx_pool_alloc(config->pool, sizeof(*earlier));
	*earlier = *old;
	if (!amends || !stays) {
		behind = config->profiles.count - 1 - (size_t)(old - config->profiles.items);
		memmove(old, old + 1, behind * sizeof(*old));
		config->profiles.count--;
		old = append_profile(config, name);
	} else {
		memset(old, 0, sizeof(*old));
		old->name = earlier->name;
	}
	old->amends = amends ? earlier : NULL;
	return old;
}

static int parse_profile(struct sbx_config *config, const struct sbx_reader *reader, const config_setting_t *setting)
{
	struct sbx_origin origin = sbx_value_origin(reader, setting);
	const char *name = config_setting_name(setting), *inherit = NULL;
	struct sbx_profile *profile;
	int rc;

	if (!strcmp(name, SBX_DEFAULT_PROFILE))
		return sbx_errs_add(config->errs, origin,
				    "a profile can't be called \"default\": that is the policy all inherit from");
	if (!config_setting_is_group(setting))
		return sbx_errs_add(config->errs, origin, "profile %s: expected a group, %s = { … };", name, name);
	config_setting_lookup_string(setting, "inherit", &inherit);
	profile = place_profile(config, name, inherit && !strcmp(inherit, name),
				!config_setting_get_member(setting, "match"));
	profile->origin = origin;
	profile->builtin = reader->builtin;
	rc = parse_inherit(reader, setting, profile);
	rc |= parse_match(reader, setting, profile);
	rc |= parse_group(reader, "", setting, &profile->policy, true);
	return rc;
}

static int parse_profiles(struct sbx_config *config, const struct sbx_reader *reader, const config_setting_t *setting)
{
	int rc = 0, count = config_setting_length(setting);

	for (int i = 0; i < count; i++)
		rc |= parse_profile(config, reader, config_setting_get_elem(setting, (unsigned int)i));
	return rc;
}

static int unknown_top(const struct sbx_reader *reader, const config_setting_t *setting)
{
	const char *name = config_setting_name(setting);
	struct sbx_nearest nearest;

	sbx_nearest_start(&nearest, name);
	sbx_nearest_offer(&nearest, "default");
	sbx_nearest_offer(&nearest, "profiles");
	if (sbx_key_find("", name) >= 0 || sbx_key_is_group(name))
		return sbx_errs_add(reader->errs, sbx_value_origin(reader, setting),
				    "\"%s\" stands outside of a policy; write default = { %s = … };", name, name);
	return sbx_errs_add(reader->errs, sbx_value_origin(reader, setting), "unknown key \"%s\"%s", name,
			    sbx_nearest_text(reader->pool, &nearest));
}

static int parse_top(struct sbx_config *config, const struct sbx_reader *reader, const config_setting_t *root)
{
	int rc = 0, count = config_setting_length(root);

	for (int i = 0; i < count; i++) {
		const config_setting_t *entry = config_setting_get_elem(root, (unsigned int)i);
		const char *name = config_setting_name(entry);
		bool base = !strcmp(name, "default");

		if (!base && strcmp(name, "profiles") != 0)
			rc |= unknown_top(reader, entry);
		else if (!config_setting_is_group(entry))
			rc |= sbx_errs_add(config->errs, sbx_value_origin(reader, entry),
					   "%s: expected a group, %s = { … };", name, name);
		else if (base)
			rc |= parse_group(reader, "", entry, &config->base, false);
		else
			rc |= parse_profiles(config, reader, entry);
	}
	return rc;
}

int sbx_parse_text(struct sbx_config *config, const char *file, const char *text, bool builtin)
{
	struct sbx_reader reader = { .pool = config->pool, .errs = config->errs, .file = file, .builtin = builtin };
	CLEANUP_CONFIG config_t tree;
	unsigned int line = include_line(text);

	config_init(&tree);
	if (line)
		return sbx_errs_add(config->errs, (struct sbx_origin){ file, line }, "@include is not supported");
	if (config_read_string(&tree, text) != CONFIG_TRUE)
		return syntax_error(config, file, text, &tree);
	return parse_top(config, &reader, config_root_setting(&tree));
}

static int unknown_set(const struct sbx_reader *reader, const char *key)
{
	struct sbx_nearest nearest;
	char buf[SBX_KEY_PATH_MAX];

	sbx_nearest_start(&nearest, key);
	for (int id = 0; id < SBX_KEY__COUNT; id++)
		sbx_nearest_offer(&nearest, sbx_pool_dup(reader->pool, sbx_key_path((enum sbx_key_id)id, buf),
							 strlen(sbx_key_path((enum sbx_key_id)id, buf))));
	return sbx_errs_add(reader->errs, (struct sbx_origin){ reader->file, 0 }, "unknown key \"%s\"%s", key,
			    sbx_nearest_text(reader->pool, &nearest));
}

/* `value` as the tree's only setting: in libconfig's syntax, else as a bare word. Returns NULL when it is neither. */
static config_setting_t *read_value(struct sbx_pool *pool, config_t *tree, const char *value)
{
	config_setting_t *root;

	if (include_line(value))
		return NULL;
	if (config_read_string(tree, sbx_pool_printf(pool, "value = %s;", value)) == CONFIG_TRUE) {
		root = config_root_setting(tree);
		return config_setting_length(root) == 1 ? config_setting_get_elem(root, 0) : NULL;
	}
	if (strpbrk(value, " \t\r\n\"\\[](){};,="))
		return NULL;
	root = config_setting_add(config_root_setting(tree), "word", CONFIG_TYPE_STRING);
	return root && config_setting_set_string(root, value) == CONFIG_TRUE ? root : NULL;
}

int sbx_parse_set(struct sbx_config *config, const char *assignment)
{
	const char *file = sbx_pool_printf(config->pool, "--set %s", assignment);
	struct sbx_reader reader = { .pool = config->pool, .errs = config->errs, .file = file, .is_option = true };
	const char *equals = strchr(assignment, '='), *key;
	CLEANUP_CONFIG config_t tree;
	const config_setting_t *setting;
	struct sbx_value value;
	int id, rc;

	config_init(&tree);
	if (!equals || equals == assignment)
		return sbx_errs_add(config->errs, (struct sbx_origin){ file, 0 }, "expected KEY=VALUE");
	key = sbx_pool_dup(config->pool, assignment, (size_t)(equals - assignment));
	id = sbx_key_by_path(key);
	if (id < 0)
		id = sbx_key_by_short(key);
	if (id < 0)
		return unknown_set(&reader, key);
	setting = read_value(config->pool, &tree, equals + 1);
	if (!setting)
		return sbx_errs_add(config->errs, (struct sbx_origin){ file, 0 }, "not a value, expected %s",
				    sbx_key_expects(sbx_keys[id].type));
	rc = sbx_value_read(&reader, (enum sbx_key_id)id, setting, &value);
	sbx_value_lay(config->pool, &config->set.values[id], &value);
	return rc;
}
