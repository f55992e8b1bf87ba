/* SPDX-License-Identifier: MIT */
/*
 * announce.c -- the profile and the latch, and what the rooms say of their own parts.
 */
#include "loader/run/announce.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "loader/base/memory.h"
#include "loader/base/say.h"
#include "loader/output/output_report.h"
#include "loader/plan/plan_print.h"
#include "loader/policy/command_trust.h"
#include "shim/err.h"
#include "shim/host_entry.h"

#define CONNECT_TCP 2u /* LANDLOCK_ACCESS_NET_CONNECT_TCP, landlock(7) */

static const char *profile_of(const struct sbx_policy_blob *policy)
{
	return sbx_str(policy, policy->strings, policy->profile);
}

void sbx_announce_dry_run(const struct sbx_run *run, const struct sbx_vec *dropped)
{
	static const char *const modes[] = {
#define X(id, name) (name),
		SBX_LATCH_MODES(X)
#undef X
	};

	sbx_say(stdout, "profile: %s", profile_of(run->policy));
	sbx_say(stdout, "command: %s", run->target.path);
	sbx_say(stdout, "latch: %s%s", modes[run->policy->latch_mode],
		run->latch.needless                ? " (the floor says all)" :
		run->latch.plan == SBX_PLAN_STATIC ? " (statically linked: before its first instruction)" :
		run->latch.unlatchable             ? sbx_format(" (%s: the floor alone)", run->latch.unlatchable) :
						     "");
	sbx_plan_print(&run->plan);
	sbx_output_report_planned(&run->stage);
	for (size_t i = 0; i < dropped->count; i++)
		sbx_say(stdout, "environment, dropped: %s", *(char **)sbx_vec_at(dropped, i));
}

void sbx_announce_verbose(const struct sbx_run *run)
{
	sbx_say(stderr, "sbx-wrap: profile %s, %s, %s: %s", profile_of(run->policy),
		run->plan.rooted ? "private root" : "in place",
		run->latch.plan == SBX_PLAN_NONE ? "floor" : "floor and latch", run->target.path);
	sbx_plan_print_late(&run->plan);
}

/* Who runs a file of their own and misses what they know the command to have learns why. */
static void announce_withheld(const struct sbx_withheld *withheld, const struct sbx_run *run)
{
	const bool owned = strncmp(withheld->trust, SBX_TRUST_WORD_FILE, sizeof(SBX_TRUST_WORD_FILE) - 1) == 0;

	sbx_say(stderr, "sbx-wrap: %s: %s: has the profile %s, not %s: %s; if it is what its name says: -p %s",
		sbx_step_name(SBX_STEP_COMPILE), run->target.path, profile_of(run->policy), withheld->profile,
		owned                        ? "it isn't a command of the system's" :
		run->target.script_count > 1 ? "others than root can replace it or its interpreter" :
					       "others than root can replace it",
		withheld->profile);
}

/* What nice or env starts has their fence, whatever its own profile would allow. */
static void announce_started(const struct sbx_withheld *withheld, const struct sbx_run *run)
{
	sbx_say(stderr, "sbx-wrap: %s: %s: has the profile %s, not %s, and so has what it starts",
		sbx_step_name(SBX_STEP_COMPILE), run->target.path, profile_of(run->policy), withheld->profile);
	sbx_say(stderr, "hint: %s ... sbx-wrap %s ...", run->target.name,
		sbx_basename(run->options.argv[run->grammar.from]));
}

/* What fetches what its words name; it would wait for minutes and say that a name can't be looked up. */
static const struct {
	const char *command, *verb;
} fetches[] = {
	{ "npm", "install" },  { "npm", "i" },        { "npm", "add" },   { "npx", NULL },        { "pip", "install" },
	{ "pip3", "install" }, { "pip", "download" }, { "cargo", "add" }, { "cargo", "install" }, { "git", "clone" },
};

/* A package's name, or a URL: no option, and nothing that is there. */
static bool names_remote(const char *word, bool url)
{
	struct stat st;

	if (url)
		return strstr(word, "://") && strncmp(word, "file://", strlen("file://")) != 0;
	return word[0] != '-' && !strpbrk(word, "/:") && lstat(word, &st) < 0;
}

static bool has_word(char *const *argv, const char *word)
{
	for (; *argv; argv++)
		if (strcmp(*argv, word) == 0)
			return true;
	return false;
}

/* UNTRUSTED: a URL. Its host as --allow-host takes it, with a port where https's isn't meant; HOST where it has none.
 */
static const char *host_of(const char *word)
{
	static const struct {
		const char *scheme, *port;
	} ports[] = { { "https://", "" }, { "http://", ":80" }, { "ssh://", ":22" }, { "git://", ":9418" } };

	for (size_t i = 0; i < sizeof(ports) / sizeof(ports[0]); i++) {
		const char *host = word + strlen(ports[i].scheme), *at;
		size_t len, digits;

		if (strncmp(word, ports[i].scheme, strlen(ports[i].scheme)) != 0)
			continue;
		at = memchr(host, '@', strcspn(host, "/?#"));
		host = at ? at + 1 : host;
		len = strcspn(host, ":/?#");
		digits = host[len] == ':' ? strspn(host + len + 1, "0123456789") : 0;
		if (sbx_host_name_ok(host, len))
			return digits ? sbx_strndup(host, len + 1 + digits) :
					sbx_join(sbx_strndup(host, len), ports[i].port);
	}
	return "HOST";
}

static void announce_no_network(const struct sbx_run *run)
{
	char **argv = run->options.argv;
	const char *name = sbx_basename(argv[0]);

	if ((run->policy->flags & (SBX_POLICY_HOST_NET | SBX_POLICY_PORTS)) || run->policy->hosts.len)
		return;
	for (size_t i = 0; i < sizeof(fetches) / sizeof(fetches[0]); i++) {
		const char *verb = fetches[i].verb;

		if (strcmp(name, fetches[i].command) != 0 || (verb && (!argv[1] || strcmp(argv[1], verb) != 0)))
			continue;
		if (has_word(argv, "--offline"))
			return;
		for (char **word = argv + (verb ? 2 : 1); *word; word++) {
			if (!names_remote(*word, strcmp(name, "git") == 0))
				continue;
			sbx_say(stderr, "sbx-wrap: network: %s: %s can't be fetched: there is no network", name, *word);
			sbx_say(stderr, "hint: --allow-host %s gives it that one, --share-net the host's network",
				host_of(*word));
			return;
		}
	}
}

/* Ports are given, and none by which names are looked up. */
static void announce_no_names(const struct sbx_run *run)
{
	const struct sbx_layer *floor = sbx_at(run->policy, run->policy->floor);
	const struct sbx_port *port = sbx_at(floor, floor->ports);
	bool any = false, names = false;

	for (size_t i = 0; i < floor->ports.len / sizeof(*port); i++) {
		const bool connects = port[i].access & CONNECT_TCP;

		any |= connects;
		names |= connects && port[i].port == 53;
	}
	if ((run->policy->flags & SBX_POLICY_PORTS) && any && !names)
		sbx_say(stderr, "sbx-wrap: network: no name can be looked up: port 53 is not among those that may be "
				"connected to; --connect 53 adds it");
}

void sbx_announce_notes(const struct sbx_run *run)
{
	if (run->withheld.profile && !run->withheld.trust)
		announce_started(&run->withheld, run);
	else if (run->withheld.profile)
		announce_withheld(&run->withheld, run);
	sbx_plan_print_notes(&run->plan);
	announce_no_network(run);
	announce_no_names(run);
	if (run->latch.unlatchable && run->policy->latch_mode != SBX_LATCH_OFF && !run->latch.needless)
		sbx_say(stderr, "sbx-wrap: %s: %s: %s; it has the floor alone", sbx_step_name(SBX_STEP_LATCH),
			run->target.name, run->latch.unlatchable);
}
