/*
 * print.c -- parse, print, parse is the identity for every key.
 */
#include "conf/print.h"

#include <ctype.h>
#include <string.h>

static void print_string(FILE *out, const char *text)
{
	fputc('"', out);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", c);
		else if (c < ' ' || c == 0x7f)
			fprintf(out, "\\x%02x", c);
		else
			fputc(c, out);
	}
	fputc('"', out);
}

/* A port is a number; the only other word there is "any". */
static void print_item(FILE *out, enum sbx_key_type type, const char *text)
{
	if (type == SBX_TYPE_PORTS && isdigit((unsigned char)text[0]))
		fputs(text, out);
	else
		print_string(out, text);
}

static void print_value(FILE *out, enum sbx_key_type type, const struct sbx_value *value)
{
	if (type == SBX_TYPE_BOOL) {
		fputs(value->number ? "true" : "false", out);
	} else if (type == SBX_TYPE_COUNT) {
		/* libconfig 1.5 takes the suffix for what doesn't fit an int */
		fprintf(out, "%llu%s", (unsigned long long)value->number, value->number > 0x7fffffff ? "L" : "");
	} else if (!sbx_key_is_list(type)) {
		print_string(out, value->text);
	} else {
		fputs("[", out);
		for (size_t i = 0; i < value->list.count; i++) {
			fputs(i ? ", " : " ", out);
			print_item(out, type, value->list.items[i].text);
		}
		fputs(" ]", out);
	}
}

void sbx_print_policy(FILE *out, const struct sbx_policy *policy)
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
		fprintf(out, "\t%s%s = ", *group ? "\t" : "", key->name);
		print_value(out, key->type, &policy->values[id]);
		fputs(";\n", out);
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
