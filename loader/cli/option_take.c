/* SPDX-License-Identifier: MIT */
/*
 * option_take.c -- how each kind of option takes its arguments. UNTRUSTED: they are any bytes.
 */
#include "loader/cli/option_take.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <netdb.h>
#include <stdlib.h>
#include <string.h>

#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "shim/err.h"

#define HOST_NAME_LEN 64       /* uname(2) */
#define SIZE_MOST (1ull << 60) /* as limits.tmp */

int sbx_option_take_set(struct sbx_options *options, const struct sbx_option_def *def, char **args, struct sbx_err *err)
{
	const char *mark = strstr(def->set, "%s");
	char *text;

	(void)err;
	text = mark ? sbx_join(sbx_strndup(def->set, (size_t)(mark - def->set)), args[0], mark + 2) :
		      sbx_strdup(def->set);
	sbx_vec_push(&options->sets, sizeof(text), &text);
	return 0;
}

/* KEY=["a","b"]; what the same option named before stands in front, `first` before all. */
static void add_items(struct sbx_options *options, const char *key, const char *first, const char *more)
{
	struct sbx_list_option *list = NULL;
	char *text;

	for (size_t i = 0; i < options->lists.count; i++)
		if (strcmp(((struct sbx_list_option *)sbx_vec_at(&options->lists, i))->key, key) == 0)
			list = sbx_vec_at(&options->lists, i);
	if (!list) {
		list = sbx_vec_push(&options->lists, sizeof(*list), NULL);
		*list = (struct sbx_list_option){ .key = key, .items = first, .set = options->sets.count };
		sbx_vec_push(&options->sets, sizeof(text), NULL);
	}
	list->items = sbx_format("%s%s%s", list->items, *list->items && *more ? "," : "", more);
	text = sbx_format("%s=[%s]", key, list->items);
	*(char **)sbx_vec_at(&options->sets, list->set) = text;
}

/* a,b,c -> "a","b","c", each translated */
static char *quote_items(const char *words, const char *(*make)(const char *))
{
	char *items = sbx_strdup("");

	for (const char *from = words; *from; from += strcspn(from, ",") + (from[strcspn(from, ",")] == ',')) {
		const char *word = sbx_strndup(from, strcspn(from, ","));

		items = sbx_format("%s%s\"%s\"", items, *items ? "," : "", make ? make(word) : word);
	}
	return items;
}

int sbx_option_take_list(struct sbx_options *options, const struct sbx_option_def *def, char **args,
			 struct sbx_err *err)
{
	(void)err;
	add_items(options, def->set, "", quote_items(args[0], NULL));
	return 0;
}

/* --dev adds to what the policy has. */
int sbx_option_take_dev(struct sbx_options *options, const struct sbx_option_def *def, char **args, struct sbx_err *err)
{
	(void)err;
	add_items(options, def->set, "\"...\"", sbx_format("\"%s\"", args[0]));
	return 0;
}

/* The policy's, but for that name. */
int sbx_option_take_no_guard(struct sbx_options *options, const struct sbx_option_def *def, char **args,
			     struct sbx_err *err)
{
	if (!*args[0] || strpbrk(args[0], "\"\\"))
		return sbx_err_set(err, SBX_STEP_OPTIONS, 0, "--no-guard takes a name of fs.guard (.git)");
	add_items(options, def->set, "\"...\"", sbx_format("\"!%s\"", args[0]));
	return 0;
}

/* A service's name is its port by services(5); what isn't known there is left for the compiler to refuse. */
static const char *port_of(const char *word)
{
	const struct servent *service = isdigit((unsigned char)*word) ? NULL : getservbyname(word, "tcp");

	if (!service && !isdigit((unsigned char)*word))
		service = getservbyname(word, "udp");
	return service ? sbx_format("%u", ntohs((uint16_t)service->s_port)) : word;
}

/* Ports are the host's network's. */
int sbx_option_take_ports(struct sbx_options *options, const struct sbx_option_def *def, char **args,
			  struct sbx_err *err)
{
	char *host = sbx_strdup("net=\"host\"");

	sbx_vec_push(&options->sets, sizeof(host), &host);
	(void)err;
	add_items(options, def->set, "", quote_items(args[0], port_of));
	return 0;
}

int sbx_option_take_hosts(struct sbx_options *options, const struct sbx_option_def *def, char **args,
			  struct sbx_err *err)
{
	char *hosts = sbx_strdup("net.mode=\"hosts\"");

	sbx_vec_push(&options->sets, sizeof(hosts), &hosts);
	(void)err;
	add_items(options, def->set, "", quote_items(args[0], NULL));
	return 0;
}

int sbx_option_take_path(struct sbx_options *options, const struct sbx_option_def *def, char **args,
			 struct sbx_err *err)
{
	struct sbx_path_option path = {
		.kind = (enum sbx_path_kind)def->kind,
		.option = def->name,
		.src = args[0],
		.dst = def->arg2 ? args[1] : args[0],
		.may_miss = def->may_miss,
	};

	if (!*path.src || !*path.dst)
		return sbx_err_set(err, SBX_STEP_OPTIONS, 0, "an empty path grants nothing: give a path");
	if (def->arg2 || sbx_path_kind_private(path.kind)) {
		path.dst = sbx_path_plain(path.dst);
		if (!path.dst)
			return sbx_err_set(err, SBX_STEP_OPTIONS, 0,
					   "a place inside must be an absolute path without \"..\"");
	}
	if (sbx_path_kind_private(path.kind)) {
		path.size = options->size;
		options->size = 0;
	}
	sbx_vec_push(&options->paths, sizeof(path), &path);
	return 0;
}

int sbx_option_take_size(struct sbx_options *options, const struct sbx_option_def *def, char **args,
			 struct sbx_err *err)
{
	static const char units[] = "KMGT";
	char *end;
	unsigned long long size;
	const char *unit;

	(void)def;
	errno = 0;
	size = strtoull(args[0], &end, 10);
	unit = *end ? strchr(units, toupper((unsigned char)*end)) : NULL;
	if (unit && !end[1] && size <= ULLONG_MAX >> (10 * (unit - units + 1)))
		size <<= 10 * (unit - units + 1);
	else if (*end)
		errno = EINVAL;
	if (errno || !isdigit((unsigned char)args[0][0]) || !size || size > SIZE_MOST)
		return sbx_err_set(err, SBX_STEP_OPTIONS, 0, "--size takes a positive number with K, M, G or T");
	if (options->size)
		return sbx_err_set(err, SBX_STEP_OPTIONS, 0, "--size is given twice for one --tmpfs");
	options->size = size;
	return 0;
}

int sbx_option_take_setenv(struct sbx_options *options, const struct sbx_option_def *def, char **args,
			   struct sbx_err *err)
{
	char *text = sbx_format("%s=%s", args[0], args[1]);

	(void)def;
	if (!*args[0] || strchr(args[0], '='))
		return sbx_err_set(err, SBX_STEP_OPTIONS, 0, "--setenv takes a NAME without = and a VALUE");
	if (strncmp(args[0], "SBX_", 4) == 0)
		return sbx_err_set(err, SBX_STEP_OPTIONS, 0, "--setenv: SBX_* belong to the sandbox");
	sbx_vec_push(&options->setenv, sizeof(text), &text);
	return 0;
}

int sbx_option_take_unsetenv(struct sbx_options *options, const struct sbx_option_def *def, char **args,
			     struct sbx_err *err)
{
	(void)def;
	(void)err;
	sbx_vec_push(&options->unsetenv, sizeof(args[0]), &args[0]);
	return 0;
}

int sbx_option_take_keep_env(struct sbx_options *options, const struct sbx_option_def *def, char **args,
			     struct sbx_err *err)
{
	(void)def;
	(void)err;
	sbx_vec_push(&options->keep_env, sizeof(args[0]), &args[0]);
	return 0;
}

int sbx_option_take_keep_fd(struct sbx_options *options, const struct sbx_option_def *def, char **args,
			    struct sbx_err *err)
{
	char *end;
	long fd = strtol(args[0], &end, 10);
	int kept = (int)fd;

	(void)def;
	if (!isdigit((unsigned char)args[0][0]) || *end || fd > INT_MAX)
		return sbx_err_set(err, SBX_STEP_OPTIONS, 0, "--keep-fd takes the number of an open file descriptor");
	sbx_vec_push(&options->keep_fd, sizeof(kept), &kept);
	return 0;
}

int sbx_option_take_status_fd(struct sbx_options *options, const struct sbx_option_def *def, char **args,
			      struct sbx_err *err)
{
	char *end;
	const long fd = strtol(args[0], &end, 10);

	(void)def;
	if (!isdigit((unsigned char)args[0][0]) || *end || fd >= INT_MAX)
		return sbx_err_set(err, SBX_STEP_OPTIONS, 0,
				   "--status-fd takes the number of a descriptor that is open for writing");
	options->status_fd = (int)fd + 1;
	return 0;
}

int sbx_option_take_word(struct sbx_options *options, const struct sbx_option_def *def, char **args,
			 struct sbx_err *err)
{
	(void)err;
	*(const char **)(void *)((char *)options + def->kind) = args[0];
	return 0;
}

int sbx_option_take_flag(struct sbx_options *options, const struct sbx_option_def *def, char **args,
			 struct sbx_err *err)
{
	(void)args;
	(void)err;
	*(bool *)((char *)options + def->kind) = true;
	return 0;
}

int sbx_option_take_try(struct sbx_options *options, const struct sbx_option_def *def, char **args, struct sbx_err *err)
{
	options->try = true;
	return sbx_option_take_set(options, def, args, err);
}

int sbx_option_take_verbose(struct sbx_options *options, const struct sbx_option_def *def, char **args,
			    struct sbx_err *err)
{
	(void)def;
	(void)args;
	(void)err;
	options->verbose++;
	return 0;
}

int sbx_option_take_hostname(struct sbx_options *options, const struct sbx_option_def *def, char **args,
			     struct sbx_err *err)
{
	const size_t len = strlen(args[0]);

	(void)def;
	if (!len || len > HOST_NAME_LEN || args[0][0] == '-' ||
	    strspn(args[0], "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-") != len)
		return sbx_err_set(err, SBX_STEP_OPTIONS, 0,
				   "--hostname takes a name of at most 64 letters, digits, dots and hyphens");
	options->hostname = args[0];
	return 0;
}
