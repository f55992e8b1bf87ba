/* SPDX-License-Identifier: MIT */
/*
 * policy_print.c -- parse, print, parse is the identity for every key.
 */
#include "conf/commands/policy_print.h"

#include <ctype.h>
#include <string.h>

#include "conf/seccomp/ioctl_requests.h"
#include "shim/control.h"

/* Control characters as \\x of libconfig's, and a backslash in front of what is in `escaped`. */
static void print_text(FILE *out, const char *text, const char *escaped)
{
	size_t left = 0; /* of a control character */

	for (; *text; text++) {
		left = left ? left : sbx_control(text);
		if (left)
			fprintf(out, "\\x%02x", (unsigned char)*text);
		else
			fprintf(out, "%s%c", strchr(escaped, *text) ? "\\" : "", *text);
		left -= left > 0;
	}
}

static void print_string(FILE *out, const char *text)
{
	fputc('"', out);
	print_text(out, text, "\"\\");
	fputc('"', out);
}

static bool is_port(enum sbx_key_type type, const char *text)
{
	return type == SBX_TYPE_PORTS && isdigit((unsigned char)text[0]);
}

void sbx_print_item(FILE *out, enum sbx_key_type type, const char *text)
{
	if (is_port(type, text))
		fputs(text, out);
	else
		print_string(out, text);
}

void sbx_print_scalar(FILE *out, enum sbx_key_type type, const struct sbx_value *value)
{
	if (type == SBX_TYPE_BOOL)
		fputs(value->number ? "true" : "false", out);
	else if (type == SBX_TYPE_COUNT) /* libconfig 1.5 takes the suffix for what doesn't fit an int */
		fprintf(out, "%llu%s", (unsigned long long)value->number, value->number > 0x7fffffff ? "L" : "");
	else
		print_string(out, value->text);
}

/* Numbers beside words, "any" or "...", only stand in parentheses. */
static bool is_mixed(enum sbx_key_type type, const struct sbx_list *list)
{
	size_t ports = 0;

	for (size_t i = 0; i < list->count; i++)
		ports += is_port(type, list->items[i].text);
	return ports && ports < list->count;
}

/* On one line, whatever it is called. */
static void print_origin(FILE *out, const struct sbx_origin *origin)
{
	print_text(out, origin->file ? origin->file : "nowhere", ""); /* a newline would end the comment */
	if (origin->line)
		fprintf(out, ":%u", origin->line);
}

static bool same_origin(const struct sbx_origin *a, const struct sbx_origin *b)
{
	return a->line == b->line && (a->file == b->file || (a->file && b->file && !strcmp(a->file, b->file)));
}

static void print_comment(FILE *out, const struct sbx_origin *origin)
{
	fputs(" # ", out);
	print_origin(out, origin);
	fputc('\n', out);
}

static bool comes_apart(const struct sbx_value *value)
{
	for (size_t i = 0; i < value->list.count; i++)
		if (!same_origin(&value->list.items[i].origin, &value->origin))
			return true;
	return false;
}

/* With `tabs`, the items that come from one place stand on a line of their own, with that place as a comment. */
static void print_list(FILE *out, enum sbx_key_type type, const struct sbx_list *list, const char *tabs)
{
	bool mixed = is_mixed(type, list);

	fputs(mixed ? "(" : "[", out);
	for (size_t i = 0; i < list->count; i++) {
		const struct sbx_origin *origin = &list->items[i].origin;
		bool last = i + 1 == list->count;

		if (tabs && (!i || !same_origin(origin, &list->items[i - 1].origin)))
			fprintf(out, "%s%s\t", i ? "" : "\n", tabs);
		else
			fputc(' ', out);
		sbx_print_item(out, type, list->items[i].text);
		if (!last)
			fputc(',', out);
		if (tabs && (last || !same_origin(origin, &list->items[i + 1].origin)))
			print_comment(out, origin);
	}
	fprintf(out, "%s%s", tabs ? tabs : " ", mixed ? ")" : "]");
}

/* What the groups of requests hold, for whoever looks for the one that is missing. */
static void print_group(FILE *out, const char *group, const char *why, const char *tabs)
{
	const char *name;
	size_t at = 0;
	int width = 0;

	while (group[0] == '@' && (name = sbx_ioctl_group_next(group, &at)))
		if (!width || (size_t)width + strlen(name) > 90)
			width = fprintf(out, "%s%s# %s%s: %s", width ? "\n" : "", tabs, group, why, name);
		else
			width += fprintf(out, " %s", name);
	if (width)
		fputc('\n', out);
}

/* The policy's own groups, and what comes with /dev. */
static void print_groups(FILE *out, const struct sbx_policy *policy, const char *tabs)
{
	const struct sbx_list *list = sbx_policy_list(policy, SBX_KEY_SECCOMP_IOCTL);
	const struct sbx_list *dev = sbx_policy_list(policy, SBX_KEY_DEV);

	for (size_t i = 0; i < list->count; i++)
		print_group(out, list->items[i].text, "", tabs);
	for (size_t i = 0; i < dev->count; i++)
		if (!strcmp(dev->items[i].text, "ptmx"))
			print_group(out, "@pty", ", with ptmx in dev", tabs);
		else if (dev->items[i].text[0] == '/')
			fprintf(out,
				"%s# @devices, with %s in dev: all but those of terminals, sockets, file systems\n",
				tabs, dev->items[i].text);
}

static void print_key(FILE *out, const struct sbx_policy *policy, enum sbx_key_id id, bool origins)
{
	const struct sbx_value *value = &policy->values[id];
	const struct sbx_key *key = &sbx_keys[id];
	const char *tabs = *key->group ? "\t\t" : "\t";
	bool apart = origins && comes_apart(value);

	fprintf(out, "%s%s = ", tabs, key->name);
	if (sbx_key_is_list(key->type))
		print_list(out, key->type, &value->list, apart ? tabs : NULL);
	else
		sbx_print_scalar(out, key->type, value);
	fputc(';', out);
	if (origins && !apart)
		print_comment(out, &value->origin);
	else
		fputc('\n', out);
	if (key->type == SBX_TYPE_IOCTLS)
		print_groups(out, policy, tabs);
}

void sbx_print_policy(FILE *out, const struct sbx_policy *policy, bool origins)
{
	const char *group = "";

	fputs("default = {\n", out);
	for (int id = 0; id < SBX_KEY__COUNT; id++) {
		const struct sbx_key *key = &sbx_keys[id];

		if (!policy->values[id].set)
			continue;
		if (strcmp(group, key->group) != 0) {
			if (*group)
				fputs("\t};\n", out);
			if (*key->group)
				fprintf(out, "\t%s = {\n", key->group);
			group = key->group;
		}
		print_key(out, policy, (enum sbx_key_id)id, origins);
	}
	fputs(*group ? "\t};\n};\n" : "};\n", out);
}

/* A sentence a line, as mdoc wants it; a line that begins with a dot or a quote would be a request. */
static void print_doc(FILE *out, const char *doc)
{
	for (; *doc; doc++) {
		fputc(*doc, out);
		if (doc[0] == '.' && doc[1] == ' ' && isupper((unsigned char)doc[2])) {
			fputc('\n', out);
			doc++;
		}
	}
	fputc('\n', out);
}

void sbx_print_manual(FILE *out)
{
	char buf[SBX_KEY_PATH_MAX];

	for (int id = 0; id < SBX_KEY__COUNT; id++) {
		const struct sbx_key *key = &sbx_keys[id];

		fprintf(out, ".It Ic %s\n", sbx_key_path((enum sbx_key_id)id, buf));
		if (key->words) {
			fprintf(out, "%s", sbx_key_is_list(key->type) ? "A list of some of" : "One of");
			for (int i = 0; key->words[i]; i++)
				fprintf(out, "%s\n.Cm %s", i ? " ," : "", key->words[i]);
			fputs(" .\n", out);
		} else {
			fprintf(out, "Takes %s.\n", sbx_key_expects(key->type));
		}
		print_doc(out, key->doc);
	}
}
