/* SPDX-License-Identifier: MIT */
/*
 * options.c -- one table: it parses the command line and prints the help.
 *
 * Options end at the first argument that is none, or at "--": what follows is the command's, untouched. An option that
 * changes the policy becomes KEY=VALUE for the policy compiler, exactly as --set would give it.
 */
#include "loader/cli/options.h"

#include <string.h>

#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "loader/cli/option_take.h"
#include "shim/edit_distance.h"
#include "shim/err.h"
#include "shim/limits.h"

#define SELF "sbx-wrap"
#define FARTHEST 2 /* steps that a misspelt option is away */
#define WORD(field) .take = sbx_option_take_word, .kind = (int)offsetof(struct sbx_options, field)
#define FLAG(field) .take = sbx_option_take_flag, .kind = (int)offsetof(struct sbx_options, field)
#define SETS(text) .take = sbx_option_take_set, .set = (text)
#define PATHS(id) .take = sbx_option_take_path, .kind = SBX_PATH_##id

static const struct sbx_option_def table[] = {
	{ "profile", 'p', "PROFILE", NULL, WORD(profile), .help = "use this profile, not the one that matches CMD" },
	{ "config", 'c', "FILE", NULL, WORD(config),
	  .help = "read FILE instead of the machine's and the user's files" },
	{ "set", 0, "KEY=VALUE", NULL, SETS("%s"), .help = "set one policy key, as sbx.conf(5) writes it" },
	{ "ro", 0, "PATH", NULL, PATHS(RO), .help = "grant PATH for reading" },
	{ "rw", 0, "PATH", NULL, PATHS(RW), .help = "grant PATH for reading and writing" },
	{ "rox", 0, "PATH", NULL, PATHS(ROX), .help = "grant PATH for reading and executing" },
	{ "rwx", 0, "PATH", NULL, PATHS(RWX), .help = "grant PATH for reading, writing and executing" },
	{ "ro-bind", 0, "SRC", "DEST", PATHS(RO), .help = "grant SRC for reading, at DEST" },
	{ "bind", 0, "SRC", "DEST", PATHS(RW), .help = "grant SRC for reading and writing, at DEST" },
	{ "ro-try", 0, "PATH", NULL, PATHS(RO), .may_miss = true, .help = "as --ro, where PATH exists" },
	{ "rw-try", 0, "PATH", NULL, PATHS(RW), .may_miss = true, .help = "as --rw, where PATH exists" },
	{ "dev", 0, "PATH", NULL, .take = sbx_option_take_dev, .set = "dev",
	  .help = "grant a device in /dev, or a directory of them" },
	{ "no-arg-grants", 0, NULL, NULL, SETS("args.grants=false"),
	  .help = "grant nothing that CMD's arguments name" },
	{ "size", 0, "SIZE", NULL, .take = sbx_option_take_size, .help = "size of the next --tmpfs (64M, 1G)" },
	{ "tmpfs", 0, "PATH", NULL, PATHS(TMPFS), .help = "an empty, private, writable directory at PATH" },
	{ "tmpfs-exec", 0, "PATH", NULL, PATHS(TMPFS_EXEC), .help = "as --tmpfs, and what is in it may be executed" },
	{ "hide", 0, "PATH", NULL, PATHS(HIDE), .help = "empty and unreadable, even where granted otherwise" },
	{ "no-guard", 0, "NAME", NULL, .take = sbx_option_take_no_guard, .set = "fs.guard",
	  .help = "let NAME be written, though programs of the host obey it (.git)" },
	{ "share-net", 0, NULL, NULL, SETS("net=\"host\""), .help = "use the host's network" },
	{ "allow-host", 0, "HOSTS", NULL, .take = sbx_option_take_hosts, .set = "net.hosts",
	  .help = "connect to these hosts, and no others (example.org,db.example.org:5432)" },
	{ "connect", 0, "PORTS", NULL, .take = sbx_option_take_ports, .set = "net.connect",
	  .help = "use the host's network, to connect to these ports (80,443)" },
	{ "listen", 0, "PORTS", NULL, .take = sbx_option_take_ports, .set = "net.bind",
	  .help = "use the host's network, to listen on these ports" },
	{ "unix-sockets", 0, NULL, NULL, SETS("unix_sockets=true"),
	  .help = "use Unix sockets, those of the host too where they are granted" },
	{ "chdir", 0, "DIR", NULL, WORD(chdir), .help = "start CMD in DIR" },
	{ "setenv", 0, "NAME", "VALUE", .take = sbx_option_take_setenv, .help = "set an environment variable" },
	{ "unsetenv", 0, "NAME", NULL, .take = sbx_option_take_unsetenv, .help = "remove an environment variable" },
	{ "keep-env", 0, "NAME", NULL, .take = sbx_option_take_keep_env,
	  .help = "keep a variable that is dropped otherwise (* allowed)" },
	{ "keep-fd", 0, "N", NULL, .take = sbx_option_take_keep_fd, .help = "leave file descriptor N open for CMD" },
	{ "hostname", 0, "NAME", NULL, .take = sbx_option_take_hostname, .help = "the host's name inside" },
	{ "die-with-parent", 0, NULL, NULL, FLAG(die_with_parent), .help = "kill CMD when sbx-wrap's parent ends" },
	{ "map-root", 0, NULL, NULL, SETS("map_root=true"), .help = "be uid 0 inside (of nothing else)" },
	{ "as-pid-1", 0, NULL, NULL, SETS("as_pid_1=true"), .help = "make CMD process 1, without a reaper" },
	{ "latch", 0, "auto|required|off", NULL, SETS("latch=\"%s\""),
	  .help = "the second fence, set before CMD's main" },
#define LIMIT(...)
#define WITH_OPTION(id, key, type, by, doc, option, text) \
	{ option, 0, SBX_LIMIT_ARG_##type, NULL, SETS("limits." key "=\"%s\""), .help = (text) },
	SBX_LIMITS(LIMIT, WITH_OPTION)
#undef LIMIT
#undef WITH_OPTION
		{ "best-effort", 0, "LAYERS", NULL, .take = sbx_option_take_list, .set = "best_effort",
		  .help = "run even where these layers can't be had" },
	{ "try", 0, NULL, NULL, .take = sbx_option_take_try, .set = "seccomp.action=\"log\"",
	  .help = "no sandbox: let through and name the system calls that the profile lacks" },
	{ "stats", 0, NULL, NULL, FLAG(stats), .help = "print what CMD has used up, and what held it" },
	{ "status-fd", 0, "N", NULL, .take = sbx_option_take_status_fd,
	  .help = "write the start and the end as JSON to file descriptor N" },
	{ "timing", 0, NULL, NULL, FLAG(timing), .help = "print when each step of the run was done, in microseconds" },
	{ "dry-run", 0, NULL, NULL, FLAG(dry_run), .help = "print the policy and what would be done; run nothing" },
	{ "verbose", 'v', NULL, NULL, .take = sbx_option_take_verbose, .help = "say what is done" },
	{ "quiet", 'q', NULL, NULL, FLAG(quiet), .help = "no hints and no notes, only errors" },
	{ "version", 0, NULL, NULL, FLAG(version), .help = "print the version" },
	{ "help", 'h', NULL, NULL, FLAG(help), .help = "print this" },
};
#define TABLE_COUNT (sizeof(table) / sizeof(table[0]))

static const struct sbx_option_def *find_name(const char *arg, size_t len)
{
	for (size_t i = 0; i < TABLE_COUNT; i++)
		if (strlen(table[i].name) == len && strncmp(table[i].name, arg, len) == 0)
			return &table[i];
	return NULL;
}

static const struct sbx_option_def *find_letter(char letter)
{
	for (size_t i = 0; i < TABLE_COUNT; i++)
		if (table[i].letter && table[i].letter == letter)
			return &table[i];
	return NULL;
}

static int fail_option(struct sbx_err *err, const char *arg, const char *what)
{
	char *text = sbx_format("%s: %s", arg, what);

	sbx_err_set(err, SBX_STEP_OPTIONS, 0, text);
	return -1;
}

/* What may have been meant by a name that is none. */
static const char *what_else(const char *name, size_t len)
{
	const char *word = sbx_strndup(name, len), *best = NULL;
	size_t nearest = FARTHEST + 1;

	for (size_t i = 0; len > FARTHEST && i < TABLE_COUNT; i++) {
		const size_t distance = sbx_edit_distance(word, table[i].name);

		if (distance < nearest) {
			nearest = distance;
			best = table[i].name;
		}
	}
	return best ? sbx_format("unknown option; did you mean --%s?", best) :
		      "unknown option (sbx-wrap --help lists them)";
}

/* Parse the option at argv[0]; returns how many arguments it took, or -1. */
static int take_option(struct sbx_options *options, char **argv, struct sbx_err *err)
{
	const bool is_long = argv[0][1] == '-';
	const char *name = argv[0] + (is_long ? 2 : 1);
	const size_t len = is_long ? strcspn(name, "=") : 1;
	const struct sbx_option_def *def = is_long ? find_name(name, len) : find_letter(*name);
	char *args[2] = { NULL, NULL };
	int used = 1, wanted;

	if (!def)
		return fail_option(err, argv[0], what_else(name, len));
	wanted = !!def->arg + !!def->arg2;
	if (name[len] && !wanted)
		return fail_option(err, argv[0], "takes no argument");
	if (name[len])
		args[0] = (char *)(uintptr_t)(name + len + is_long);
	for (int i = !!args[0]; i < wanted; i++) {
		args[i] = argv[used];
		if (!args[i])
			return fail_option(err, argv[0], "needs an argument");
		used++;
	}
	return def->take(options, def, args, err) < 0 ? -1 : used;
}

int sbx_options_parse(struct sbx_options *options, int argc, char **argv, struct sbx_err *err)
{
	int at = 1;

	memset(options, 0, sizeof(*options));
	while (at < argc && argv[at][0] == '-' && argv[at][1]) {
		int used;

		if (strcmp(argv[at], "--") == 0) {
			at++;
			break;
		}
		used = take_option(options, argv + at, err);
		if (used < 0)
			return -1;
		at += used;
	}
	options->argv = argv + (at < argc ? at : argc);
	if (options->size)
		return sbx_err_set(err, SBX_STEP_OPTIONS, 0, "--size stands before the --tmpfs that it is for");
	if (!options->help && !options->version && at >= argc)
		return sbx_err_set(err, SBX_STEP_OPTIONS, 0, "no command given (sbx-wrap --help)");
	return 0;
}

bool sbx_options_dispatch(struct sbx_options *options, char **argv)
{
	const char *name = argv[0] ? sbx_basename(argv[0]) : "";

	memset(options, 0, sizeof(*options));
	if (!*name || strncmp(name, SELF, sizeof(SELF) - 1) == 0)
		return false;
	argv[0] = (char *)(uintptr_t)name;
	options->argv = argv;
	options->dispatched = true;
	return true;
}

void sbx_options_help(FILE *out)
{
	fprintf(out, "Usage: sbx-wrap [OPTIONS] [--] CMD [ARG...]\n"
		     "Run CMD behind kernel fences: what the policy does not grant is not reachable.\n\n");
	for (size_t i = 0; i < TABLE_COUNT; i++) {
		const struct sbx_option_def *def = &table[i];
		char left[64];

		int at = snprintf(left, sizeof(left), def->letter ? "-%c, " : "    ", def->letter);

		snprintf(left + at, sizeof(left) - (size_t)at, "--%s%s%s%s%s", def->name, def->arg ? " " : "",
			 def->arg ? def->arg : "", def->arg2 ? " " : "", def->arg2 ? def->arg2 : "");
		fprintf(out, "  %-30s %s\n", left, def->help);
	}
	fprintf(out,
		"\nExit status: CMD's own; 124 wall-clock limit, 125 sbx failed, 126 CMD cannot be executed, 127 not "
		"found.\n"
		"See sbx-wrap(1), sbx.conf(5), sbx-policy(1); `sbx-policy doctor` tells what this machine gives.\n");
}
