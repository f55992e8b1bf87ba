/* SPDX-License-Identifier: MIT */
/*
 * kept.c -- sbx-policy kept: list, restore or clean what runs have kept aside because it could not be delivered.
 * renameat2(2). UNTRUSTED: what the sandboxed commands have made, its names among it.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <linux/openat2.h>

#include "conf/base/cleanup.h"
#include "conf/commands/commands.h"
#include "conf/base/say.h"
#include "conf/commands/kept_list.h"
#include "conf/commands/kept_tree.h"
#include "conf/compile/build.h"
#include "conf/compile/protected_paths.h"
#include "conf/config/policy.h"
#include "shim/path_text.h"
#include "shim/paths.h"
#include "shim/secrets.h"

#define SAID 5

/* One directory that is kept, and how it goes. */
struct work {
	struct sbx_pool *pool;
	const struct sbx_build *build; /* what is protected now */
	struct sbx_kept *kept;
	const char *names; /* of the first few entries */
	size_t count;
	bool failed;
};

static int usage(void)
{
	sbx_say(stderr, "sbx-policy: kept takes list, restore or clean, and names from the list");
	return 2;
}

static bool name_entry(int fd, const char *name, void *arg)
{
	struct work *work = arg;

	(void)fd;
	if (++work->count <= SAID)
		work->names = sbx_pool_printf(work->pool, "%s%s%s", work->names, *work->names ? ", " : "", name);
	return true;
}

static void show(struct work *work)
{
	const struct sbx_kept *kept = work->kept;
	char when[32] = "?";
	struct tm tm;

	if (localtime_r(&kept->when, &tm))
		strftime(when, sizeof(when), "%Y-%m-%d %H:%M", &tm);
	if (kept->wrong) {
		sbx_say(stdout, "%s  %s  %s: %s", when, kept->command, kept->path, kept->wrong);
		return;
	}
	sbx_kept_each(kept->fd, name_entry, work);
	sbx_say(stdout, "%s  %s  %s: %s%s (%" PRIu64 " bytes)", when, kept->command, kept->path, work->names,
		work->count > SAID ? sbx_pool_printf(work->pool, " and %zu more", work->count - SAID) : "",
		sbx_kept_size(kept->fd));
}

static void fail(struct work *work, const char *name, const char *why)
{
	sbx_say(stderr, "sbx-policy: kept: %s%s%s: %s", work->kept->path, *name ? "/" : "", name, why);
	work->failed = true;
}

/* What no run would deliver there. A secret's name that isn't there yet may be an output. */
static const char *why_protected(const struct work *work, const char *name)
{
	const struct sbx_kept *kept = work->kept;
	const char *path = sbx_pool_printf(work->pool, "%.*s%s", (int)(kept->name - kept->path), kept->path, name);
	const char *reason = sbx_protected_paths_reason(work->build->errs, &work->build->protects, path);

	return reason && strcmp(reason, SBX_REASON_SECRET) != 0 ?
		       sbx_pool_printf(work->pool, "%s: it is not put there", reason) :
		       NULL;
}

/* What fs.guard had moved says where it was. */
static const char *place_of(const struct work *work, const char *name)
{
	const size_t prefix = strlen(SBX_KEPT_GUARDED);

	return strncmp(name, SBX_KEPT_GUARDED, prefix) == 0 ? sbx_kept_unescape(work->pool, name + prefix) : name;
}

/* Below the directory that it is kept in, through no link. */
static int open_above(const struct work *work, const char *place)
{
	const char *slash = strrchr(place, '/');
	const struct open_how how = { .flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
				      .resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS };
	const char *dir = slash ? sbx_pool_dup(work->pool, place, (size_t)(slash - place)) : ".";

	return (int)syscall(SYS_openat2, work->kept->parent, dir, &how, sizeof(how));
}

static bool restore_entry(int fd, const char *name, void *arg)
{
	struct work *work = arg;
	const char *place = place_of(work, name);
	const char *wrong = place ? why_protected(work, place) : "its name is damaged";
	SBX_CLEANUP_FD int above = wrong ? -1 : open_above(work, place);

	if (!wrong)
		wrong = above < 0 ? strerror(errno) : sbx_kept_tame(fd, name);

	if (!wrong && renameat2(fd, name, above, sbx_basename(place), RENAME_NOREPLACE) < 0)
		wrong = errno == EEXIST ? "there is one in its place: it is not replaced" : strerror(errno);
	if (wrong)
		fail(work, name, wrong);
	else
		sbx_say(stdout, "%.*s%s", (int)(work->kept->name - work->kept->path), work->kept->path, place);
	return true;
}

static void restore(struct work *work)
{
	sbx_kept_each(work->kept->fd, restore_entry, work);
	if (work->failed)
		return;
	work->kept->done = unlinkat(work->kept->parent, work->kept->name, AT_REMOVEDIR) == 0;
	if (!work->kept->done)
		fail(work, "", strerror(errno));
}

static void clean(struct work *work)
{
	sbx_kept_clear(work->kept->fd);
	work->kept->done = unlinkat(work->kept->parent, work->kept->name, AT_REMOVEDIR) == 0;
	if (work->kept->done)
		sbx_say(stdout, "removed: %s", work->kept->path);
	else
		fail(work, "", strerror(errno));
}

static const struct {
	const char *name;
	void (*run)(struct work *work);
} verbs[] = { { "list", show }, { "restore", restore }, { "clean", clean } };

/* Its path, its name, or the digits in that. */
static bool is_named(const struct sbx_kept *kept, const char *word)
{
	return strcmp(word, kept->path) == 0 || strcmp(word, kept->name) == 0 ||
	       strcmp(word, kept->name + strlen(SBX_KEPT_PREFIX)) == 0;
}

/* The words after the verb name it, or there are none. */
static bool is_meant(const struct sbx_kept *kept, const struct sbx_words *words)
{
	for (size_t i = 1; i < words->count; i++)
		if (is_named(kept, words->items[i]))
			return true;
	return words->count < 2;
}

static bool all_known(const struct sbx_kept_list *list, const struct sbx_words *words)
{
	bool known = true;

	for (size_t i = 1; i < words->count; i++) {
		bool found = false;

		for (size_t n = 0; n < list->count && !found; n++)
			found = is_named(&list->items[n], words->items[i]);
		if (!found)
			sbx_say(stderr, "sbx-policy: kept: %s: is not on the list", words->items[i]);
		known &= found;
	}
	return known;
}

/* What is protected by the configuration of now. */
static int load_protected(const struct sbx_command *command, struct sbx_build *build)
{
	struct sbx_config *config = sbx_pool_alloc(command->pool, sizeof(*config));
	struct sbx_policy *policy = sbx_pool_alloc(command->pool, sizeof(*policy));

	if (sbx_command_load(command, config) < 0 || sbx_policy_resolve(config, SBX_DEFAULT_PROFILE, policy) < 0)
		return -1;
	build->pool = command->pool;
	build->errs = command->errs;
	build->policy = policy;
	return sbx_protected_paths_build(build, &config->files);
}

int sbx_command_kept(const struct sbx_command *command)
{
	const char *word = command->operands.count ? command->operands.items[0] : "list";
	struct sbx_kept_list list;
	struct sbx_build build = { .pool = NULL };
	const char *path;
	size_t verb = 0;
	bool known, failed = false;

	while (verb < sizeof(verbs) / sizeof(verbs[0]) && strcmp(word, verbs[verb].name) != 0)
		verb++;
	if (verb == sizeof(verbs) / sizeof(verbs[0]))
		return usage();
	if (sbx_user_get(command->errs, &build.user) < 0)
		return 1;
	if (geteuid() && !*build.user.home)
		return 0; /* without a home there is no list */
	path = geteuid() ? sbx_pool_printf(command->pool, "%s/" SBX_USER_CACHE "/" SBX_KEPT_LIST, build.user.home) :
			   SBX_ROOT_CACHE "/" SBX_KEPT_LIST;
	if (verbs[verb].run == restore && load_protected(command, &build) < 0)
		return 1;
	if (sbx_kept_open(&list, command->pool, path) < 0)
		return 1;
	known = all_known(&list, &command->operands);
	for (size_t i = 0; i < list.count && known; i++) {
		struct work work = { .pool = command->pool, .build = &build, .kept = &list.items[i], .names = "" };

		if (!is_meant(work.kept, &command->operands))
			continue;
		if (work.kept->wrong && verbs[verb].run != show)
			fail(&work, "", work.kept->wrong);
		else
			verbs[verb].run(&work);
		failed |= work.failed && !work.kept->done;
	}
	return sbx_kept_close(&list) < 0 || failed || !known;
}
