/* SPDX-License-Identifier: MIT */
/*
 * argument_forms.c -- the forms of args.inputs and args.outputs. UNTRUSTED: the text comes out of a config file or an
 * option.
 *
 *   form := [ "link:" ] where [ derive ] [ "/" | "//" ]
 */
#include "conf/config/argument_forms.h"

#include <stdlib.h>
#include <string.h>

#define EXTENSIONS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789,"
#define IN (1u << SBX_ARG_INPUT)
#define OUT (1u << SBX_ARG_OUTPUT)

struct parser {
	struct sbx_pool *pool;
	unsigned int role;
	struct sbx_form *form;
};

/* Words that begin a form; what follows an option's word is the option. */
static const struct {
	const char *word;
	enum sbx_arg_where where;
	unsigned int roles;
	bool option;
} wheres[] = {
	{ "existing", SBX_WHERE_EXISTING, IN | OUT, false },
	{ "assigned", SBX_WHERE_ASSIGNED, IN, false },
	{ "absent", SBX_WHERE_ABSENT, OUT, false },
	{ "name:", SBX_WHERE_NAME, OUT, true },
	{ "else:", SBX_WHERE_ELSE, OUT, true },
	{ "into:", SBX_WHERE_INTO, OUT, true },
	{ "into", SBX_WHERE_INTO, OUT, false },
	{ "last", SBX_WHERE_LAST, IN | OUT, false },
	{ "command", SBX_WHERE_COMMAND, IN, false },
	{ "after:", SBX_WHERE_AFTER, IN | OUT, true },
	{ "within:", SBX_WHERE_WITHIN, IN | OUT, true },
};

/* `any`: what stands with `many` as its suffix, or with a list of extensions; `bare`: without a suffix. */
static const struct {
	char sign;
	const char *many;
	enum sbx_arg_derive bare, fixed, any;
	unsigned int roles;
	unsigned int wheres; /* bits 1 << enum sbx_arg_where that it may follow */
} derives[] = {
#define OPERANDS (1u << SBX_WHERE_NTH | 1u << SBX_WHERE_FROM | 1u << SBX_WHERE_LAST | 1u << SBX_WHERE_EXISTING)
#define NAMED (OPERANDS | 1u << SBX_WHERE_AFTER)
#define EVERY (NAMED | 1u << SBX_WHERE_WITHIN | 1u << SBX_WHERE_NAME | 1u << SBX_WHERE_ELSE)
	{ '>', ".*", SBX_DERIVE_NONE, SBX_DERIVE_REPLACE, SBX_DERIVE_REPLACE_ANY, IN | OUT, EVERY },
	{ '+', ".*", SBX_DERIVE_NONE, SBX_DERIVE_APPEND, SBX_DERIVE_APPEND_ANY, IN | OUT, EVERY },
	{ '-', ".*", SBX_DERIVE_NONE, SBX_DERIVE_REMOVE, SBX_DERIVE_REMOVE_ANY, IN | OUT, OPERANDS },
	{ '.', "", SBX_DERIVE_NONE, SBX_DERIVE_REPLACE_KNOWN, SBX_DERIVE_NONE, IN | OUT, OPERANDS },
	{ '#', "", SBX_DERIVE_NUMBERED, SBX_DERIVE_NONE, SBX_DERIVE_NUMBERED, OUT, EVERY },
	{ '#', "", SBX_DERIVE_SEQUENCE, SBX_DERIVE_NONE, SBX_DERIVE_NONE, IN, EVERY },
	{ '%', "", SBX_DERIVE_LETTERED, SBX_DERIVE_NONE, SBX_DERIVE_NONE, OUT, EVERY },
	{ '@', "#", SBX_DERIVE_URL, SBX_DERIVE_NONE, SBX_DERIVE_URL_COUNTED, OUT, EVERY },
	{ ':', "", SBX_DERIVE_PREFIXED, SBX_DERIVE_NONE, SBX_DERIVE_NONE, IN | OUT, NAMED },
	{ '[', "", SBX_DERIVE_INDEXED, SBX_DERIVE_NONE, SBX_DERIVE_NONE, IN, NAMED },
};

/* .{ppm,png}: what stands between the braces, or NULL. */
static const char *read_extensions(const struct parser *parser, const char *suffix)
{
	const size_t len = strlen(suffix), listed = len > 3 ? len - 3 : 0;

	if (!listed || strncmp(suffix, ".{", 2) != 0 || suffix[len - 1] != '}' ||
	    strspn(suffix + 2, EXTENSIONS) != listed || strstr(suffix, ",,") || suffix[2] == ',' ||
	    suffix[len - 2] == ',')
		return NULL;
	return sbx_pool_dup(parser->pool, suffix + 2, listed);
}

/* {-S,--suffix}: what stands between the braces, or NULL. */
static const char *read_options(const struct parser *parser, const char *suffix)
{
	const size_t len = strlen(suffix), listed = len > 4 ? len - 2 : 0;

	if (!listed || strncmp(suffix, "{-", 2) != 0 || suffix[len - 1] != '}' ||
	    strspn(suffix + 1, EXTENSIONS "-") != listed || strstr(suffix, ",,") || suffix[len - 2] == ',')
		return NULL;
	return sbx_pool_dup(parser->pool, suffix + 1, listed);
}

/* Of REPLACE_KNOWN: old>.new */
static bool is_pair(enum sbx_arg_derive derive, const char *suffix)
{
	const char *at = strchr(suffix, '>');

	return derive != SBX_DERIVE_REPLACE_KNOWN ||
	       (at && at > suffix && at[1] == '.' && at[2] && !strchr(at + 1, '>'));
}

/* What stands behind the sign: 0 when it is a derivation that this form may have. */
static int read_derive(const struct parser *parser, const char *text)
{
	const char *suffix = *text ? text + 1 : text;
	const char *extensions =
		*text && strchr(parser->role == OUT ? ">+#" : ">+", *text) ? read_extensions(parser, suffix) : NULL;
	struct sbx_form *form = parser->form;

	if (!*text)
		return 0;
	if (*text == '+' && (OPERANDS >> form->where & 1) && read_options(parser, suffix)) {
		form->derive = SBX_DERIVE_APPEND_VALUE;
		form->suffix = read_options(parser, suffix);
		return 0;
	}
	for (size_t i = 0; i < sizeof(derives) / sizeof(derives[0]); i++) {
		if (derives[i].sign != *text || !(derives[i].roles & parser->role) ||
		    !(derives[i].wheres >> form->where & 1))
			continue;
		form->derive = !*suffix                                       ? derives[i].bare :
			       extensions || !strcmp(suffix, derives[i].many) ? derives[i].any :
										derives[i].fixed;
		if (extensions) {
			form->suffix = extensions;
		} else if (form->derive == derives[i].fixed) {
			if (strpbrk(suffix, "*/{") || !is_pair(form->derive, suffix))
				return -1;
			form->suffix = sbx_pool_dup(parser->pool, suffix, strlen(suffix));
		}
		return form->derive == SBX_DERIVE_NONE ? -1 : 0;
	}
	return -1;
}

/* Where the derivation begins that an option's form ends in; its end when there is none. */
static const char *split_option(const char *text, bool within)
{
	const size_t len = strlen(text);
	const char *at = strrchr(text, '>');

	if (at && at > text)
		return at;
	for (at = text + len; at > text; at--)
		if ((at[0] == '+' && (at[1] == '.' || at[1] == '-')) || !strncmp(at, "#.{", 3))
			return at;
	if (len > 2 && !strcmp(text + len - 2, "@#"))
		return text + len - 2;
	if (len > 1 && strchr(within ? "#%@" : "#%@:[", text[len - 1]))
		return text + len - 1;
	return text + len;
}

static int read_option(const struct parser *parser, enum sbx_arg_where where, const char *text)
{
	const char *end = split_option(text, where == SBX_WHERE_WITHIN);

	parser->form->where = where;
	parser->form->text = sbx_pool_dup(parser->pool, text, (size_t)(end - text));
	return end == text || strchr(parser->form->text, '/') ? -1 : read_derive(parser, end);
}

/* "-o" is short for "after: -o", "--output=" for "within: --output=". */
static int read_short(const struct parser *parser, const char *text)
{
	const char *end = split_option(text, false);

	if (!text[1])
		return -1;
	return read_option(parser, end > text + 2 && end[-1] == '=' ? SBX_WHERE_WITHIN : SBX_WHERE_AFTER, text);
}

static int read_number(const struct parser *parser, const char *text)
{
	const size_t digits = strspn(text, "0123456789");
	const unsigned long n = digits < 4 ? strtoul(text, NULL, 10) : 0;
	const bool from = !strncmp(text + digits, "...", 3);

	parser->form->where = from ? SBX_WHERE_FROM : SBX_WHERE_NTH;
	parser->form->n = (uint32_t)n;
	return n ? read_derive(parser, text + digits + (from ? 3 : 0)) : -1;
}

/* "command", "command:2" where an operand stands before it, "command:0" where what the words mean isn't said. */
static int read_command(const struct parser *parser, const char *text)
{
	const bool counted = text[0] == ':' && text[1] >= '0' && text[1] <= '9';

	parser->form->where = SBX_WHERE_COMMAND;
	parser->form->n = counted ? (uint32_t)(text[1] - '0') : 1;
	return text[counted ? 2 : 0] ? -1 : 0;
}

/*
 * "." is an output as such; as an input when there is no operand: ".2" when there is no second one, ".0" whatever there
 * is, ".2-{-e,--regexp}" when one of these options takes the place of an operand.
 */
static int read_cwd(const struct parser *parser, const char *text)
{
	const bool counted = text[0] >= '0' && text[0] <= '9';

	parser->form->where = SBX_WHERE_CWD;
	if (parser->role == OUT)
		return *text ? -1 : 0;
	parser->form->n = counted ? (uint32_t)(text[0] - '0') : 1;
	text += counted;
	if (text[0] != '-')
		return *text ? -1 : 0;
	parser->form->suffix = read_options(parser, text + 1);
	if (parser->form->suffix)
		return 0;
	parser->form->suffix = "";
	return -1;
}

/*
 * "last/" may be a directory, "last//" one below directories that aren't there either, "link:last" a symlink. What
 * "self:last" names is replaced or removed itself.
 */
static const char *read_flags(const struct parser *parser, const char *text)
{
	static const uint32_t flags[] = { 0, SBX_ARG_TREE, SBX_ARG_TREE | SBX_ARG_CHAIN };
	static const struct {
		const char *word;
		uint32_t flags;
	} prefixes[] = { { "link:", SBX_ARG_LINK },
			 { "self:", SBX_ARG_LINK | SBX_ARG_SELF },
			 { "contents:", SBX_ARG_LINK | SBX_ARG_CONTENTS } };
	const size_t len = strlen(text);
	size_t slashes = 0;

	while (parser->role == OUT && slashes < 2 && len > slashes + 1 && text[len - 1 - slashes] == '/')
		slashes++;
	parser->form->flags = flags[slashes];
	for (size_t i = 0; parser->role == OUT && i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		const size_t begin = strlen(prefixes[i].word);

		if (strncmp(text, prefixes[i].word, begin) != 0)
			continue;
		parser->form->flags |= prefixes[i].flags;
		return sbx_pool_dup(parser->pool, text + begin, len - slashes - begin);
	}
	return slashes ? sbx_pool_dup(parser->pool, text, len - slashes) : text;
}

int sbx_form_parse(struct sbx_pool *pool, enum sbx_arg_role role, const char *text, struct sbx_form *form)
{
	const struct parser parser = { pool, 1u << role, form };

	*form = (struct sbx_form){ .text = "", .suffix = "" };
	text = read_flags(&parser, text);
	if (text[0] == '.')
		return read_cwd(&parser, text + 1);
	if (text[0] == '-')
		return read_short(&parser, text);
	for (size_t i = 0; i < sizeof(wheres) / sizeof(wheres[0]); i++) {
		const size_t len = strlen(wheres[i].word);

		if (strncmp(text, wheres[i].word, len) != 0)
			continue;
		form->where = wheres[i].where;
		form->flags |= role == SBX_ARG_OUTPUT && form->where == SBX_WHERE_EXISTING ? SBX_ARG_OLD : 0;
		if (!(wheres[i].roles & parser.role))
			return -1;
		if (form->where == SBX_WHERE_COMMAND)
			return read_command(&parser, text + len);
		return wheres[i].option ? read_option(&parser, form->where, text + len + strspn(text + len, " ")) :
					  read_derive(&parser, text + len);
	}
	return read_number(&parser, text);
}

bool sbx_form_is_pattern(const struct sbx_form *form)
{
	return form->derive == SBX_DERIVE_REPLACE_ANY || form->derive == SBX_DERIVE_APPEND_ANY ||
	       form->derive == SBX_DERIVE_NUMBERED || form->derive == SBX_DERIVE_URL_COUNTED ||
	       form->derive == SBX_DERIVE_LETTERED;
}
