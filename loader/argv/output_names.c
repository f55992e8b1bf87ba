/* SPDX-License-Identifier: MIT */
/*
 * output_names.c -- derived names. UNTRUSTED: the argument, and the names of the files that a pattern is held against.
 * What comes out never leaves the argument's own directory.
 */
#include "loader/argv/output_names.h"

#include <ctype.h>
#include <string.h>

#include "loader/base/directory.h"
#include "loader/base/memory.h"
#include "loader/base/path.h"

#define EXTENSION_MAX 10
#define LETTERS_MAX 10
#define SEPARATORS "-_."

static bool is_plain_name(const char *name)
{
	return *name && !sbx_is_dot_entry(name) && !strchr(name, '/');
}

/* The length of `name` without its extension; a leading dot begins none. */
static size_t stem_len(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && dot > name ? (size_t)(dot - name) : strlen(name);
}

static void add_name(struct sbx_names *names, char *path)
{
	if (names->count < SBX_NAMES_MAX && is_plain_name(sbx_basename(path)))
		names->path[names->count++] = path;
}

static int hex_digit(char c)
{
	const char *digits = "0123456789abcdef", *at = c ? strchr(digits, tolower((unsigned char)c)) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* %20 and the like decoded, as fresh memory; NULL when a NUL or a slash would come out. */
static char *decode_percent(const char *text)
{
	char *out = sbx_strdup(text), *to = out;

	for (const char *at = text; *at; to++) {
		const int high = at[0] == '%' ? hex_digit(at[1]) : -1, low = high < 0 ? -1 : hex_digit(at[2]);

		*to = low < 0 ? *at : (char)(high * 16 + low);
		if (!*to || *to == '/')
			return NULL;
		at += low < 0 ? 1 : 3;
	}
	*to = 0;
	return out;
}

/* Commands differ in whether they keep the query, and in whether they decode. */
static void add_url(struct sbx_names *names, const char *url)
{
	const char *host = strstr(url, "://"), *path = host ? strchr(host + 3, '/') : NULL;
	const size_t whole = path ? strcspn(path, "#") : 0, bare = path ? strcspn(path, "?#") : 0;
	const char *name = path ? path + bare : NULL;

	if (!host)
		return;
	while (name && name > path && name[-1] != '/')
		name--;
	if (!name || name == path + bare) {
		add_name(names, sbx_strdup("index.html"));
		return;
	}
	for (int query = 0; query < 2; query++) {
		char *raw = sbx_strndup(name, (size_t)(path + (query ? whole : bare) - name)), *plain;

		if (query && whole == bare)
			break;
		plain = decode_percent(raw);
		if (is_plain_name(raw))
			add_name(names, raw);
		if (plain && is_plain_name(plain) && strcmp(plain, raw) != 0)
			add_name(names, plain);
	}
}

/* out%03d.png, with that one conversion. */
static bool is_format(const char *name)
{
	const char *percent = strchr(name, '%'),
		   *behind = percent ? percent + 1 + strspn(percent + 1, "0123456789") : "";

	return *behind == 'd' && !strchr(behind, '%');
}

/* .001 */
static bool is_part(const char *extension)
{
	return extension[0] == '.' && extension[1] && !extension[1 + strspn(extension + 1, "0123456789")];
}

static void add_prefixed(struct sbx_names *names, const char *word)
{
	const char *at = word;

	while (isalnum((unsigned char)*at))
		at++;
	if (at > word && *at == ':' && at[1] && strcmp(at + 1, "-") != 0)
		add_name(names, sbx_strdup(at + 1));
}

static void add_indexed(struct sbx_names *names, const char *word)
{
	const char *open = strrchr(word, '[');

	if (open && open > word && word[strlen(word) - 1] == ']')
		add_name(names, sbx_strndup(word, (size_t)(open - word)));
}

/* `pair` is OLD>NEW; of a name that ends in .OLD, or in .old in capitals, NEW takes that one's place. */
static void add_known(struct sbx_names *names, const char *word, const char *pair)
{
	const char *base = sbx_basename(word), *next = strchr(pair, '>');
	const size_t old = next ? (size_t)(next - pair) : 0, stem = stem_len(base);
	const char *dot = base + stem;
	bool small = next && strlen(dot) == old + 1, capital = small;

	for (size_t i = 0; i < old && (small || capital); i++) {
		small = small && dot[1 + i] == pair[i];
		capital = capital && dot[1 + i] == toupper((unsigned char)pair[i]);
	}
	if (next && (small || capital))
		add_name(names, sbx_format("%.*s%s", (int)((size_t)(base - word) + stem), word, next + 1));
	else if (next)
		add_name(names, sbx_format("%s%s", word, next + 1));
}

/* f%03d.png[1-9] is read as f%03d.png. A part that ends in digits has others beside it. */
static void add_sequence(struct sbx_names *names, const char *word)
{
	const char *open = strrchr(word, '['), *base;
	char *plain = open && open > word && word[strlen(word) - 1] == ']' ? sbx_strndup(word, (size_t)(open - word)) :
									     sbx_strdup(word);
	size_t stem;

	base = sbx_basename(plain);
	stem = stem_len(base);
	if (!is_plain_name(base) || (!is_format(base) && !is_part(base + stem)))
		return;
	names->dir = sbx_dirname(plain);
	names->pattern = (struct sbx_pattern){ SBX_DERIVE_SEQUENCE, sbx_strdup(base), stem, "" };
}

void sbx_output_names_derive(enum sbx_arg_derive derive, const char *suffix, const char *word, struct sbx_names *names)
{
	const char *base = sbx_basename(word);
	const size_t len = strlen(word), ending = strlen(suffix);

	*names = (struct sbx_names){ .count = 0 };
	if (derive == SBX_DERIVE_URL || derive == SBX_DERIVE_URL_COUNTED)
		add_url(names, word);
	else if (!is_plain_name(base) && derive != SBX_DERIVE_NONE)
		return;
	else if (derive == SBX_DERIVE_NONE)
		names->path[names->count++] = sbx_strdup(word);
	else if (derive == SBX_DERIVE_REPLACE)
		add_name(names, sbx_format("%.*s%s", (int)((size_t)(base - word) + stem_len(base)), word, suffix));
	else if (derive == SBX_DERIVE_REPLACE_KNOWN)
		add_known(names, word, suffix);
	else if (derive == SBX_DERIVE_REMOVE_ANY && stem_len(base) < strlen(base))
		add_name(names, sbx_strndup(word, (size_t)(base - word) + stem_len(base)));
	else if (derive == SBX_DERIVE_APPEND)
		add_name(names, sbx_format("%s%s", word, suffix));
	else if (derive == SBX_DERIVE_REMOVE && strlen(base) > ending && strcmp(word + len - ending, suffix) == 0)
		add_name(names, sbx_strndup(word, len - ending));
	else if (derive == SBX_DERIVE_PREFIXED)
		add_prefixed(names, word);
	else if (derive == SBX_DERIVE_INDEXED)
		add_indexed(names, word);
	else if (derive == SBX_DERIVE_REPLACE_ANY || derive == SBX_DERIVE_APPEND_ANY || derive == SBX_DERIVE_NUMBERED ||
		 derive == SBX_DERIVE_LETTERED) {
		names->dir = sbx_dirname(word);
		names->pattern = (struct sbx_pattern){ derive, sbx_strdup(base), stem_len(base), suffix };
	}
	if (derive == SBX_DERIVE_SEQUENCE)
		add_sequence(names, word);
	if (derive == SBX_DERIVE_URL_COUNTED && names->count) {
		const char *name = names->path[names->count - 1]; /* with its query */

		names->dir = sbx_strdup(".");
		names->pattern = (struct sbx_pattern){ derive, name, stem_len(name), "" };
	}
}

static bool fits_counted(const struct sbx_pattern *pattern, const char *name)
{
	const size_t len = strlen(pattern->name);

	return strncmp(name, pattern->name, len) == 0 && name[len] == '.' && name[len + 1] &&
	       !name[len + 1 + strspn(name + len + 1, "0123456789")];
}

static bool is_extension(const char *text)
{
	const size_t len = strlen(text);

	if (text[0] != '.' || len < 2 || len > EXTENSION_MAX + 1)
		return false;
	for (const char *at = text + 1; *at; at++)
		if (!isalnum((unsigned char)*at))
			return false;
	return true;
}

/* `text` is a dot and one of the extensions. */
static bool is_listed(const char *extensions, const char *text)
{
	const size_t len = strlen(text);

	if (text[0] != '.' || len < 2)
		return false;
	for (const char *at = extensions; *at; at += strcspn(at, ",") + (at[strcspn(at, ",")] == ','))
		if (strcspn(at, ",") == len - 1 && strncmp(at, text + 1, len - 1) == 0)
			return true;
	return false;
}

/* out%03d.png: what stands before the conversion, digits (or a range of them, 001-100), what stands behind it. */
static bool fits_format(const char *format, const char *name)
{
	const char *percent = strchr(format, '%'), *behind = percent + 1 + strspn(percent + 1, "0123456789");
	const size_t before = (size_t)(percent - format), len = strlen(name);
	size_t tail;

	if (*behind != 'd' || len <= before || strncmp(name, format, before) != 0)
		return false;
	tail = strlen(++behind);
	return len > before + tail && strcmp(name + len - tail, behind) == 0 && isdigit((unsigned char)name[before]) &&
	       strspn(name + before, "0123456789-") >= len - tail - before;
}

/* No extension is one's own, too, where the command has no list of them. */
static bool is_ending(const char *text, const char *own, const char *extensions)
{
	return is_listed(extensions, text) || (strcmp(text, own) == 0 && (*own || !*extensions));
}

/* Digits, groups of them with separators between, then its own extension or one of the command's. */
static bool is_number(const char *text, const char *own, const char *extensions)
{
	bool more;

	text += *text && strchr(SEPARATORS, *text) ? 1 : 0;
	do {
		const size_t digits = strspn(text, "0123456789");

		if (!digits)
			return false;
		text += digits;
		more = *text && strchr(SEPARATORS, *text) && isdigit((unsigned char)text[1]) &&
		       !is_ending(text, own, extensions);
		text += more;
	} while (more);
	return is_ending(text, own, extensions);
}

static bool fits_number(const struct sbx_pattern *pattern, const char *name)
{
	const char *whole = pattern->name;
	const char *own = whole + pattern->stem, *extensions = pattern->extensions;
	const size_t len = strlen(whole);

	if (strchr(whole, '%'))
		return fits_format(whole, name);
	/* new.7z.001, out.json-5: behind the whole name, digits alone make no other kind of file of it */
	return (strncmp(name, whole, len) == 0 &&
		(is_number(name + len, own, extensions) || (*own && is_number(name + len, "", "")))) ||
	       (strncmp(name, whole, pattern->stem) == 0 && is_number(name + pattern->stem, own, extensions));
}

/* split(1): two small letters or digits, or more. */
static bool fits_lettered(const struct sbx_pattern *pattern, const char *name)
{
	const size_t len = strlen(pattern->name);
	const char *rest = name + len;

	return strncmp(name, pattern->name, len) == 0 && strlen(rest) >= 2 && strlen(rest) <= LETTERS_MAX &&
	       !rest[strspn(rest, "abcdefghijklmnopqrstuvwxyz0123456789")];
}

static bool fits_sequence(const struct sbx_pattern *pattern, const char *name)
{
	if (is_format(pattern->name))
		return fits_format(pattern->name, name);
	return strncmp(name, pattern->name, pattern->stem) == 0 && is_part(name + pattern->stem) &&
	       strlen(name) == strlen(pattern->name);
}

bool sbx_output_names_fit(const struct sbx_pattern *pattern, const char *name)
{
	const size_t len = pattern->derive == SBX_DERIVE_REPLACE_ANY ? pattern->stem : strlen(pattern->name);

	if (strcmp(name, pattern->name) == 0)
		return false; /* what it is derived from, mostly an input */
	if (pattern->derive == SBX_DERIVE_SEQUENCE)
		return fits_sequence(pattern, name);
	if (pattern->derive == SBX_DERIVE_LETTERED)
		return fits_lettered(pattern, name);
	if (pattern->derive == SBX_DERIVE_NUMBERED)
		return fits_number(pattern, name);
	if (pattern->derive == SBX_DERIVE_URL_COUNTED)
		return fits_counted(pattern, name);
	return strncmp(name, pattern->name, len) == 0 &&
	       (*pattern->extensions ? is_listed(pattern->extensions, name + len) : is_extension(name + len));
}
