/* SPDX-License-Identifier: MIT */
/*
 * grant_options.c -- grants that the caller names: by options, by the policy's $PWD and $ARG(n), by standing where
 * sbx-wrap was started.
 *
 * An option's path is the caller's own word and may name what is protected; what a policy's variable stands for is
 * checked like an argument.
 */
#include "loader/grants/grant_options.h"

#include <errno.h>
#include <string.h>

#include <linux/mount.h>

#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "loader/base/say.h"
#include "loader/base/sticky.h"
#include "loader/base/vec.h"
#include "loader/plan/precedence.h"
#include "loader/plan/protected_paths.h"
#include "shim/err.h"
#include "shim/lookup.h"
#include "shim/paths.h"

bool sbx_grants_possible(const struct sbx_resolved *path)
{
	return S_ISREG(path->st.st_mode) || S_ISDIR(path->st.st_mode) || S_ISFIFO(path->st.st_mode);
}

/* The compiled policy binds it already: there is nothing to ask. */
static bool shown_by_policy(const struct sbx_plan *plan, const char *path)
{
	const struct sbx_plan_mount *mount = sbx_plan_find(plan, path);

	if (!plan->rooted)
		return sbx_plan_given(plan, plan->policy->floor, path,
				      plan->policy->masks[SBX_GRANT_TARGET].floor_file);
	return mount && mount->type == SBX_MOUNT_BIND && !mount->late;
}

/* A directory that its tree, or an option, has executable is what shows it. */
static bool shown_by_tree(const struct sbx_plan *plan, const char *path)
{
	const struct sbx_plan_mount *mount = sbx_plan_find(plan, path);

	return mount && mount->late && mount->type == SBX_MOUNT_BIND && !mount->staged &&
	       !(mount->flags & SBX_MOUNT_IS_FILE) && !(mount->attr & MOUNT_ATTR_NOEXEC);
}

/* In place nothing is reproduced, so that no more than the file is asked for where the policy has it anyway. */
static int resolve_exec(const struct sbx_plan *plan, const char *cwd, const char *path, struct sbx_resolved *file)
{
	if (!plan->rooted && sbx_target_usual(path, file) && shown_by_policy(plan, file->path))
		return 0;
	return sbx_resolve(cwd, path, file);
}

/*
 * The command's own file is granted wherever it is; what it names in turn (#! and ELF interpreters) is somebody's text
 * and is granted like an argument: never a directory, never what is protected.
 */
int sbx_grants_target(struct sbx_plan *plan, const char *cwd, const struct sbx_target *target, struct sbx_err *err)
{
	const enum sbx_grant grant = target->is_static ? SBX_GRANT_STATIC : SBX_GRANT_TARGET;

	sbx_grants_tree(plan, target);
	for (size_t i = 0; i < target->chain_count; i++) {
		struct sbx_resolved *file = target->files[i];
		const char *reason = NULL;

		errno = 0;
		if (!file->exists && (resolve_exec(plan, cwd, target->chain[i], file) < 0 || !file->exists))
			return sbx_err_set(err, SBX_STEP_TARGET, errno ? errno : ENOENT, target->chain[i]);
		if (file->planted)
			return sbx_err_set(err, SBX_STEP_TARGET, EACCES,
					   sbx_format("%s, " SBX_REASON_PLANTED, target->chain[i]));
		if (!S_ISREG(file->st.st_mode))
			reason = "no regular file";
		else if (i > 0 && !shown_by_policy(plan, file->path) && !shown_by_tree(plan, file->path))
			reason = sbx_protected_paths_reason(plan, file);
		if (reason)
			return sbx_err_set(
				err, SBX_STEP_TARGET, EACCES,
				sbx_format("%s, which it names as interpreter: %s", target->chain[i], reason));
		sbx_plan_grant(plan, grant, file, NULL);
	}
	return 0;
}

/* Standard input or output, or a URL, scheme://: no path, and nobody expected one. */
static bool is_no_path(const char *word)
{
	const char *colon = strstr(word, "://");

	return strcmp(word, "-") == 0 || (colon && colon != word && strcspn(word, "/:") == (size_t)(colon - word));
}

/*
 * UNTRUSTED: an argument, `word`. What the policy adds to it is a path below it or a suffix; slashes at its end would
 * make a suffix a name in it.
 */
static char *path_from_argument(const char *word, const char *text)
{
	size_t len = strlen(word);

	while (*text && len > 1 && word[len - 1] == '/')
		len--;
	return sbx_format("%.*s%s", (int)len, word, text);
}

/* The path that a variable of the policy makes; NULL when it makes none, with *reason if that is worth a word. */
static char *late_path(const struct sbx_plan *plan, const char *cwd, char **argv, const struct sbx_late *late,
		       const char **reason)
{
	const char *text = sbx_str(plan->policy, plan->policy->strings, late->path);
	size_t n = 0;

	if (!late->arg)
		return sbx_format("%s%s", cwd[1] ? cwd : "", *text || cwd[1] ? text : "/");
	while (n < late->arg && argv[n])
		n++;
	if (!argv[n])
		*reason = late->flags & SBX_LATE_OPTIONAL ? NULL : "the command has no such argument";
	else if (!*argv[n])
		*reason = "the argument is empty";
	else if (argv[n][0] == '-' && argv[n][1])
		*reason = "the argument begins with -, so it is no path";
	else if (!is_no_path(argv[n]))
		return path_from_argument(argv[n], text);
	return NULL;
}

/* A private directory of the policy's below the working directory. */
static void late_tmpfs(struct sbx_plan *plan, const struct sbx_late *late, const char *path)
{
	struct sbx_plan_mount *mount = sbx_plan_add(plan, SBX_MOUNT_TMPFS, sbx_plan_inside(plan, path));

	mount->attr = plan->policy->masks[SBX_GRANT_TMPFS].attr;
	mount->mode = 0755;
	mount->size = late->size;
	mount->inodes = late->inodes;
	sbx_plan_rules(plan, SBX_GRANT_TMPFS, mount->dst, true);
}

/* `from` was resolved. Returns why it gets nothing, or NULL. */
static const char *grant_resolved(struct sbx_plan *plan, const struct sbx_late *late, struct sbx_resolved *from)
{
	const char *reason = from->exists || late->grant == SBX_GRANT_TMPFS ? sbx_protected_paths_reason(plan, from) :
									      "it does not exist";

	if (!reason && late->arg && !sbx_grants_possible(from))
		reason = "neither a file nor a directory";
	if (!reason && (late->grant == SBX_GRANT_RW || late->grant == SBX_GRANT_RWX) &&
	    !sbx_sticky_may_create(from->path, &from->st))
		reason = SBX_REASON_FOREIGN;
	if (!reason && late->grant == SBX_GRANT_TMPFS && !plan->rooted)
		reason = "a private directory needs the mount namespace";
	if (!reason && late->grant == SBX_GRANT_TMPFS)
		late_tmpfs(plan, late, from->path);
	else if (!reason)
		sbx_plan_grant_more(plan, (enum sbx_grant)late->grant, from);
	return reason;
}

static void grant_late(struct sbx_plan *plan, const char *cwd, char **argv, const struct sbx_late *late)
{
	static const char *const options[SBX_GRANT__COUNT] = {
		[SBX_GRANT_RO] = "--ro",
		[SBX_GRANT_RW] = "--rw",
		[SBX_GRANT_ROX] = "--rox",
		[SBX_GRANT_RWX] = "--rwx",
	};
	struct sbx_resolved *from = sbx_alloc(sizeof(*from));
	const char *reason = NULL, *remedy = late->arg ? NULL : "start sbx-wrap in a directory of its own";
	char *path = late_path(plan, cwd, argv, late, &reason);
	bool absent = false;

	if (path && sbx_resolve(cwd, path, from) < 0) {
		absent = sbx_lookup_absent(errno);
		sbx_plan_expect(plan, errno, path);
		reason = absent ? "it does not exist" : strerror(errno);
	} else if (path) {
		absent = !from->exists;
		reason = grant_resolved(plan, late, from);
		if (late->arg && from->exists && options[late->grant])
			remedy = sbx_format("%s %s", options[late->grant], sbx_quote(from->path));
	} else {
		path = sbx_format("$ARG(%u)%s", late->arg, sbx_str(plan->policy, plan->policy->strings, late->path));
	}
	if (reason && !(absent && (late->flags & SBX_LATE_OPTIONAL)))
		sbx_plan_note(plan, path, reason, remedy);
}

/* Options may have named links that others go through: what each calls its place is followed once all are known. */
static void follow_plan_links(struct sbx_plan *plan)
{
	for (size_t i = 0; i < plan->mounts.count; i++) {
		struct sbx_plan_mount *mount = sbx_vec_at(&plan->mounts, i);

		if (mount->late && mount->type != SBX_MOUNT_SYMLINK)
			sbx_plan_move(plan, mount, sbx_plan_inside(plan, mount->dst));
	}
}

int sbx_grants_options(struct sbx_plan *plan, const char *cwd, const char *origin, const struct sbx_options *options,
		       struct sbx_err *err)
{
	const struct sbx_late *late = sbx_at(plan->policy, plan->policy->late);
	const size_t count = plan->policy->late.len / sizeof(*late);

	plan->rank = SBX_RANK_POLICY;
	for (size_t i = 0; i < count; i++)
		grant_late(plan, cwd, options->argv, &late[i]);
	plan->rank = SBX_RANK_OPTION;
	if (sbx_grants_paths(plan, origin, options, err) < 0)
		return -1;
	plan->rank = SBX_RANK_ARGUMENT;
	plan->option = NULL;
	follow_plan_links(plan);
	return sbx_precedence_settle(plan, err);
}
