/* SPDX-License-Identifier: MIT */
/*
 * config_values.c -- the types of values. UNTRUSTED: everything here comes out of a config file or an option.
 */
#include "conf/config/config_values.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "conf/base/did_you_mean.h"
#include "conf/config/amounts.h"
#include "conf/config/argument_forms.h"
#include "conf/config/host_values.h"
#include "conf/config/seccomp_values.h"
#include "conf/config/user_paths.h"
#include "shim/blob.h"
#include "shim/secrets.h"

typedef int check_fn(const struct sbx_reader *reader, enum sbx_key_id id, struct sbx_item *item);

struct sbx_origin sbx_value_origin(const struct sbx_reader *reader, const config_setting_t *setting)
{
	return (struct sbx_origin){ reader->file, reader->is_option ? 0 : config_setting_source_line(setting) };
}

static const char *key_name(enum sbx_key_id id)
{
	static char buf[SBX_KEY_PATH_MAX];

	return sbx_key_path(id, buf);
}

static int wrong_value(const struct sbx_reader *reader, struct sbx_origin origin, enum sbx_key_id id, const char *found)
{
	return sbx_errs_add(reader->errs, origin, "%s: %s, expected %s", key_name(id), found,
			    sbx_key_expects(sbx_keys[id].type));
}

static const char *type_name(const config_setting_t *setting)
{
	static const struct {
		int type;
		const char *name;
	} names[] = {
		{ CONFIG_TYPE_GROUP, "a group" },   { CONFIG_TYPE_INT, "a number" },
		{ CONFIG_TYPE_INT64, "a number" },  { CONFIG_TYPE_FLOAT, "a number" },
		{ CONFIG_TYPE_STRING, "a string" }, { CONFIG_TYPE_BOOL, "a boolean" },
		{ CONFIG_TYPE_ARRAY, "a list" },    { CONFIG_TYPE_LIST, "a list" },
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].type == config_setting_type(setting))
			return names[i].name;
	return "nothing";
}

/* A string, or a number as one (whether numbers make sense is the type's business); NULL for anything else. */
static const char *item_text(const struct sbx_reader *reader, const config_setting_t *entry)
{
	int type = config_setting_type(entry);

	if (reader->numbers && (type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64))
		return sbx_pool_printf(reader->pool, "%lld", config_setting_get_int64(entry));
	return type == CONFIG_TYPE_STRING ? config_setting_get_string(entry) : NULL;
}

int sbx_value_strings(const struct sbx_reader *reader, const config_setting_t *setting, const char *what,
		      const char *expected, struct sbx_list *list)
{
	struct sbx_origin origin = sbx_value_origin(reader, setting);
	bool extended = false;
	int rc = 0, count;

	if (!config_setting_is_array(setting) && !config_setting_is_list(setting))
		return sbx_errs_add(reader->errs, origin, "%s: %s, expected %s", what, type_name(setting), expected);
	count = config_setting_length(setting);
	for (int i = 0; i < count; i++) {
		const config_setting_t *entry = config_setting_get_elem(setting, (unsigned int)i);
		const char *text = item_text(reader, entry);
		struct sbx_origin at = sbx_value_origin(reader, entry);
		struct sbx_item *item;

		if (!reader->is_option && !at.line)
			at = origin;
		if (!text || !*text) {
			rc = sbx_errs_add(reader->errs, at, "%s: %s in the list, expected %s", what,
					  text ? "an empty string" : type_name(entry), expected);
			continue;
		}
		if (!strcmp(text, SBX_INHERITED) && extended) {
			rc = sbx_errs_add(reader->errs, at, "%s: \"" SBX_INHERITED "\" stands in the list twice", what);
			continue;
		}
		extended |= !strcmp(text, SBX_INHERITED);
		item = SBX_APPEND(reader->pool, list);
		item->text = sbx_pool_dup(reader->pool, text, strlen(text));
		item->origin = at;
	}
	return rc;
}

/* Is `at`, a $ and a capital in `path`, one of our variables where it may stand? */
static bool is_variable(const char *path, const char *at)
{
	static const struct {
		const char *name;
		bool anywhere;
	} variables[] = { { "$HOME", false }, { "$PWD", false }, { "$UID", true } };
	uint32_t n;

	for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		size_t len = strlen(variables[i].name);

		if (!strncmp(at, variables[i].name, len) && (!at[len] || at[len] == '/') &&
		    (variables[i].anywhere || at == path))
			return true;
	}
	return at == path && sbx_path_argument(at, &n);
}

/* A `$NAME` in the path that is no variable of ours; NULL when there is none. */
static const char *unknown_variable(const char *path)
{
	for (const char *at = strchr(path, '$'); at; at = strchr(at + 1, '$'))
		if (isupper((unsigned char)at[1]) && !is_variable(path, at))
			return at;
	return NULL;
}

static bool has_dots(const char *path)
{
	for (const char *at = path; at && *at; at = strchr(at, '/')) {
		size_t len;

		at += strspn(at, "/");
		len = strcspn(at, "/");
		if ((len == 1 && at[0] == '.') || (len == 2 && at[0] == '.' && at[1] == '.'))
			return true;
	}
	return false;
}

static int check_path(const struct sbx_reader *reader, enum sbx_key_id id, struct sbx_item *item)
{
	const char *path = item->text, *variable;

	if (id == SBX_KEY_FS_OPTIONAL && (!strchr(path, '/') || !strncmp(path, "$LIB/", 5)))
		return 0; /* one of preload's */
	variable = unknown_variable(path);

	if (variable)
		return sbx_errs_add(
			reader->errs, item->origin,
			"%s: \"%s\": unknown variable at \"%s\"; a path may begin with ~, $HOME, $PWD or $ARG(n), n "
			"from 1 to %u, and have $UID as a part",
			key_name(id), path, variable, SBX_LATE_ARG_MAX);
	if (path[0] == '~' && path[1] && path[1] != '/')
		return sbx_errs_add(reader->errs, item->origin, "%s: \"%s\": only the caller's own ~ is known",
				    key_name(id), path);
	if (path[0] != '/' && path[0] != '~' && path[0] != '$')
		return sbx_errs_add(
			reader->errs, item->origin,
			"%s: \"%s\" is not an absolute path; write \"/…\", \"~/…\", \"$PWD/…\" or \"$ARG(1)\"",
			key_name(id), path);
	if (has_dots(path))
		return sbx_errs_add(reader->errs, item->origin, "%s: \"%s\" has a . or .. in it", key_name(id), path);
	return 0;
}

static int check_protect(const struct sbx_reader *reader, enum sbx_key_id id, struct sbx_item *item)
{
	return strchr("/~$", item->text[0]) || strchr(item->text, '/') ? check_path(reader, id, item) : 0;
}

/* A name has no variable, and nothing of its path is relative: who writes one means fs.protect. */
static int check_secret(const struct sbx_reader *reader, enum sbx_key_id id, struct sbx_item *item)
{
	const char *pattern = item->text + (item->text[0] == '!');
	const char *why = NULL;

	if (!pattern[strspn(pattern, "/")])
		why = "is empty";
	else if (strlen(pattern) > SBX_SECRET_LENGTH_MAX)
		why = "is too long";
	else if (strchr("~$", pattern[0]) && strchr(pattern, '/'))
		why = "begins with a variable, and names have none; a path belongs in fs.protect";
	else if (has_dots(pattern) || strstr(pattern, "//"))
		why = "has a . or .. or nothing between its slashes, and matches no path";
	return why ? sbx_errs_add(reader->errs, item->origin, "%s: \"%s\" %s", key_name(id), item->text, why) : 0;
}

static int check_word(const struct sbx_reader *reader, enum sbx_key_id id, struct sbx_item *item)
{
	const char *const *words = sbx_keys[id].words;
	struct sbx_nearest nearest;
	const char *all = words[0];

	if (sbx_word_find(words, item->text) >= 0)
		return 0;
	sbx_nearest_start(&nearest, item->text);
	for (int i = 0; words[i]; i++) {
		sbx_nearest_offer(&nearest, words[i]);
		if (i)
			all = sbx_pool_printf(reader->pool, "%s%s%s", all, words[i + 1] ? ", " : " or ", words[i]);
	}
	return sbx_errs_add(reader->errs, item->origin, "%s: unknown value \"%s\", expected %s%s", key_name(id),
			    item->text, all, sbx_nearest_text(reader->pool, &nearest));
}

static int check_form(const struct sbx_reader *reader, enum sbx_key_id id, struct sbx_item *item)
{
	const enum sbx_arg_role role = id == SBX_KEY_ARGS_INPUTS ? SBX_ARG_INPUT : SBX_ARG_OUTPUT;
	struct sbx_form form = { .n = 0 };

	if (sbx_form_parse(reader->pool, role, item->text, &form) == 0)
		return 0;
	return wrong_value(reader, item->origin, id, sbx_pool_printf(reader->pool, "\"%s\"", item->text));
}

static int check_port(const struct sbx_reader *reader, enum sbx_key_id id, struct sbx_item *item)
{
	size_t len = strlen(item->text);
	bool number = len <= 5 && strspn(item->text, "0123456789") == len && item->text[0] != '0';

	if (!strcmp(item->text, "any") || (id == SBX_KEY_NET_BIND && !strcmp(item->text, "0")) ||
	    (number && strtol(item->text, NULL, 10) <= 65535))
		return 0;
	return wrong_value(reader, item->origin, id, sbx_pool_printf(reader->pool, "\"%s\"", item->text));
}

static int check_host(const struct sbx_reader *reader, enum sbx_key_id id, struct sbx_item *item)
{
	struct sbx_host_entry entry;
	const char *why = sbx_host_entry_parse(item->text, &entry);

	return why ? sbx_errs_add(reader->errs, item->origin, "%s: \"%s\" %s", key_name(id), item->text, why) : 0;
}

/* LD_PRELOAD splits at spaces and colons, and expands what follows a $: $LIB is expanded by us, elsewhere it is
 * refused. */
static int check_library(const struct sbx_reader *reader, enum sbx_key_id id, struct sbx_item *item)
{
	const char *path = strncmp(item->text, "$LIB/", 5) ? item->text : item->text + 4;

	if (strpbrk(path, " :\n$"))
		return sbx_errs_add(reader->errs, item->origin,
				    "%s: \"%s\": the dynamic linker takes no space, colon or $ in a name", key_name(id),
				    item->text);
	if (path[0] != '/' && strpbrk(path, "/*?["))
		return sbx_errs_add(reader->errs, item->origin,
				    "%s: \"%s\" is neither a name that the dynamic linker finds nor an absolute path",
				    key_name(id), item->text);
	return 0;
}

/* What would unload the shim, or talk to it, is not set behind its back. */
static int check_setting(const struct sbx_reader *reader, enum sbx_key_id id, struct sbx_item *item)
{
	const char *equals = strchr(item->text, '=');

	if (!equals || equals == item->text)
		return wrong_value(reader, item->origin, id, sbx_pool_printf(reader->pool, "\"%s\"", item->text));
	if (!strncmp(item->text, "LD_", 3) || !strncmp(item->text, "SBX_", 4))
		return sbx_errs_add(reader->errs, item->origin, "%s: \"%s\": LD_* and SBX_* belong to the sandbox",
				    key_name(id), item->text);
	return 0;
}

static int check_any(const struct sbx_reader *reader, enum sbx_key_id id, struct sbx_item *item)
{
	(void)reader;
	(void)id;
	(void)item;
	return 0;
}

static int check_device(const struct sbx_reader *reader, enum sbx_key_id id, struct sbx_item *item)
{
	if (item->text[0] != '/')
		return check_word(reader, id, item);
	if (strncmp(item->text, "/dev/", 5) != 0 || !item->text[5])
		return sbx_errs_add(reader->errs, item->origin, "%s: \"%s\" is not in /dev", key_name(id), item->text);
	return check_path(reader, id, item);
}

static check_fn *const item_checks[] = {
	[SBX_TYPE_WORDS] = check_word,        [SBX_TYPE_PATHS] = check_path,
	[SBX_TYPE_PROTECT] = check_protect,   [SBX_TYPE_SYSCALLS] = sbx_value_syscall,
	[SBX_TYPE_STRINGS] = check_any,       [SBX_TYPE_OUTPUTS] = check_form,
	[SBX_TYPE_DEVICES] = check_device,    [SBX_TYPE_SETTINGS] = check_setting,
	[SBX_TYPE_INPUTS] = check_form,       [SBX_TYPE_PORTS] = check_port,
	[SBX_TYPE_LIBRARIES] = check_library, [SBX_TYPE_SECRETS] = check_secret,
	[SBX_TYPE_IOCTLS] = sbx_value_ioctl,  [SBX_TYPE_HOSTS] = check_host,
};

static int read_list(const struct sbx_reader *reader, enum sbx_key_id id, const config_setting_t *setting,
		     struct sbx_value *value)
{
	enum sbx_key_type type = sbx_keys[id].type;
	struct sbx_reader items = *reader;
	int rc;

	items.numbers = type == SBX_TYPE_PORTS;
	rc = sbx_value_strings(&items, setting, key_name(id), sbx_key_expects(type), &value->list);

	for (size_t i = 0; i < value->list.count; i++)
		if (strcmp(value->list.items[i].text, SBX_INHERITED) != 0 &&
		    item_checks[type](reader, id, &value->list.items[i]) < 0)
			rc = -1;
	return rc;
}

static int read_number(const struct sbx_reader *reader, enum sbx_key_id id, const config_setting_t *setting,
		       struct sbx_value *value)
{
	bool size = sbx_keys[id].type == SBX_TYPE_SIZE;
	int type = config_setting_type(setting);
	const char *text = type == CONFIG_TYPE_STRING ? config_setting_get_string(setting) : NULL;
	bool integer = type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64;
	long long number = integer ? config_setting_get_int64(setting) : 0;

	if (size && text && sbx_amount_size(text, &value->number) == 0) {
		value->text = sbx_pool_dup(reader->pool, text, strlen(text));
		return 0;
	}
	if (number <= 0 || number > 1LL << 60)
		return wrong_value(
			reader, value->origin, id,
			text ? sbx_pool_printf(reader->pool, "\"%s\"", text) :
			       (integer ? sbx_pool_printf(reader->pool, "%lld", number) : type_name(setting)));
	value->number = (uint64_t)number;
	value->text = sbx_pool_printf(reader->pool, "%lld", number);
	return 0;
}

/* What may be unlimited: read from text, which is kept, so that a number reads "30" from here on. */
static int read_limit(const struct sbx_reader *reader, enum sbx_key_id id, const config_setting_t *setting,
		      struct sbx_value *value)
{
	const int type = config_setting_type(setting);
	const bool integer = type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64;
	const char *text = integer ? sbx_pool_printf(reader->pool, "%lld", config_setting_get_int64(setting)) :
				     config_setting_get_string(setting);

	if (type == CONFIG_TYPE_FLOAT)
		text = sbx_pool_printf(reader->pool, "%g", config_setting_get_float(setting));
	if (text && sbx_amount_parse(sbx_keys[id].type, text, &value->number) == 0) {
		value->text = sbx_pool_dup(reader->pool, text, strlen(text));
		return 0;
	}
	return wrong_value(reader, value->origin, id,
			   !text   ? type_name(setting) :
			   integer ? text :
				     sbx_pool_printf(reader->pool, "\"%s\"", text));
}

static int read_word(const struct sbx_reader *reader, enum sbx_key_id id, const config_setting_t *setting,
		     struct sbx_value *value)
{
	struct sbx_item item = { .origin = value->origin };

	if (config_setting_type(setting) != CONFIG_TYPE_STRING)
		return wrong_value(reader, value->origin, id, type_name(setting));
	value->text = config_setting_get_string(setting);
	value->text = sbx_pool_dup(reader->pool, value->text, strlen(value->text));
	item.text = value->text;
	if (check_word(reader, id, &item) < 0)
		return -1;
	value->number = (uint64_t)sbx_word_find(sbx_keys[id].words, value->text);
	return 0;
}

int sbx_value_read(const struct sbx_reader *reader, enum sbx_key_id id, const config_setting_t *setting,
		   struct sbx_value *value)
{
	enum sbx_key_type type = sbx_keys[id].type;

	*value = (struct sbx_value){ .set = true, .origin = sbx_value_origin(reader, setting) };
	if (sbx_key_is_list(type))
		return read_list(reader, id, setting, value);
	if (type == SBX_TYPE_WORD)
		return read_word(reader, id, setting, value);
	if (type >= SBX_TYPE_MEMORY)
		return read_limit(reader, id, setting, value);
	if (type != SBX_TYPE_BOOL)
		return read_number(reader, id, setting, value);
	if (config_setting_type(setting) != CONFIG_TYPE_BOOL)
		return wrong_value(reader, value->origin, id, type_name(setting));
	value->number = (uint64_t)config_setting_get_bool(setting);
	return 0;
}
