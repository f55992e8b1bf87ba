/*
 * args.c -- grants from the command's own arguments.
 *
 * UNTRUSTED: argv; a file name in it may have been chosen by an attacker. So an argument grants the least that makes the
 * tool work and never what the policy protects. Which argument is an output is the profile's grammar (struct sbx_arg);
 * everything else that exists is an input.
 */
#include "loader/grants.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include <linux/mount.h>

#include "loader/mounts.h"
#include "loader/protect.h"
#include "shim/err.h"

/* Outputs go first: a staging directory takes its directory's place, and inputs are granted over it. */
enum pass { PASS_OUTPUTS, PASS_INPUTS };

struct reader {
	enum pass pass;
	struct sbx_plan *plan;
	const char *cwd;
	struct sbx_stage *stage;
	const char *operand[2]; /* the first and the last so far */
	size_t operands;
	bool only_operands;     /* "--" was met */
};

static const char *text_of(const struct sbx_policy_blob *policy, const struct sbx_arg *arg)
{
	return sbx_str(policy, policy->strings, arg->text);
}

/* The grammar's entry of this kind for `word`: the same text, or for a prefix its beginning. */
static const struct sbx_arg *lookup(const struct sbx_policy_blob *policy, enum sbx_arg_kind kind, const char *word)
{
	const struct sbx_arg *arg = sbx_at(policy, policy->args);
	const size_t count = policy->args.len / sizeof(*arg);

	for (size_t i = 0; i < count; i++) {
		const char *text = text_of(policy, &arg[i]);

		if (arg[i].kind != (uint32_t)kind)
			continue;
		if (kind == SBX_ARG_OUT_PREFIX ? strncmp(word, text, strlen(text)) == 0 : strcmp(word, text) == 0)
			return &arg[i];
	}
	return NULL;
}

static const struct sbx_arg *lookup_nth(const struct sbx_policy_blob *policy, enum sbx_arg_kind kind, size_t n)
{
	const struct sbx_arg *arg = sbx_at(policy, policy->args);
	const size_t count = policy->args.len / sizeof(*arg);

	for (size_t i = 0; i < count; i++)
		if (arg[i].kind == (uint32_t)kind && (arg[i].n == n || kind == SBX_ARG_OUT_LAST))
			return &arg[i];
	return NULL;
}

/* Is there something at the place already that isn't the skeleton's: then silence is no surprise. */
static bool visible(const struct sbx_plan *plan, const char *path)
{
	const struct sbx_plan_mount *mount = sbx_plan_find(plan, path);

	return mount && (strcmp(mount->dst, path) == 0 || mount->type == SBX_MOUNT_BIND || mount->type == SBX_MOUNT_PROC) &&
	       mount->type != SBX_MOUNT_MASK;
}

static void refuse(const struct reader *reader, const struct sbx_resolved *path, const char *reason, const char *option)
{
	char *remedy;

	if (visible(reader->plan, path->path))
		return;
	for (size_t i = 0; i < path->links.count; i++) /* /dev/stdin, /proc/self/...: these are there inside */
		if (visible(reader->plan, ((struct sbx_link *)sbx_vec_at(&path->links, i))->at))
			return;
	remedy = sbx_format("%s %s", option, path->path);
	sbx_plan_note(reader->plan, path->path, reason, remedy);
}

static bool grantable(const struct sbx_resolved *path)
{
	return S_ISREG(path->st.st_mode) || S_ISDIR(path->st.st_mode) || S_ISFIFO(path->st.st_mode);
}

static bool wanted(const struct reader *reader, enum pass pass, const char *word)
{
	return reader->pass == pass && (reader->plan->policy->flags & SBX_POLICY_ARG_GRANTS) && strcmp(word, "-") != 0;
}

static void input(const struct reader *reader, const char *word)
{
	struct sbx_resolved *path;
	const char *reason;

	if (!wanted(reader, PASS_INPUTS, word))
		return;
	path = sbx_alloc(sizeof(*path));
	if (sbx_resolve(reader->cwd, word, path) < 0 || !path->exists)
		return;
	reason = sbx_protect_reason(reader->plan, path);
	if (!reason && !grantable(path))
		reason = "neither a file nor a directory";
	if (reason)
		refuse(reader, path, reason, "--ro");
	else
		sbx_plan_grant(reader->plan, SBX_GRANT_INPUT, path, NULL);
}

static struct sbx_resolved *parent_of(const struct sbx_resolved *path)
{
	struct sbx_resolved *parent = sbx_alloc(sizeof(*parent));
	char *dir = sbx_dirname(path->path);

	if (sbx_resolve("/", dir, parent) < 0 || !parent->exists || !S_ISDIR(parent->st.st_mode))
		return NULL;
	return parent;
}

/* --dry-run: what would stand there, without making it. */
static void plan_dry(struct sbx_plan *plan, const char *dst, const char *what)
{
	struct sbx_plan_mount *mount = sbx_plan_add(plan, SBX_MOUNT_BIND, dst);

	mount->src = what;
	mount->attr = plan->policy->masks[SBX_GRANT_OUTPUT].attr;
}

/* The directory that was opened is the one that was looked at. */
static int fstat_same(int fd, const struct sbx_resolved *seen)
{
	struct stat st;

	return fstat(fd, &st) == 0 && st.st_dev == seen->st.st_dev && st.st_ino == seen->st.st_ino ? 0 : -1;
}

/* The staging directory takes the place of the output's own; what is granted in there is mounted over it. */
static int stage_output(const struct reader *reader, const struct sbx_resolved *path, const struct sbx_resolved *parent,
			struct sbx_err *err)
{
	struct sbx_stage_dir *dir = sbx_stage_plan(reader->stage, parent->path, sbx_basename(path->path));
	struct sbx_plan_mount *mount;
	struct sbx_resolved *staged;

	if (!reader->plan->rooted)
		return sbx_err_set(err, SBX_STEP_STAGE, 0,
				   "staging an output needs namespaces: --set args.out=file or --set args.out=directory");
	if (dir->path)
		return 0;
	if (reader->stage->dry) {
		dir->path = sbx_format("a staging directory in %s", parent->path);
		plan_dry(reader->plan, parent->path, dir->path);
		return 0;
	}
	if (sbx_stage_make(dir, err) < 0)
		return -1;
	/* By its descriptor: whoever owns the output's directory can put something else in its place. */
	staged = sbx_alloc(sizeof(*staged));
	staged->path = dir->path;
	if (fstat(dir->stage_fd, &staged->st) < 0)
		return sbx_err_set(err, SBX_STEP_STAGE, errno, dir->path);
	if (fstat_same(dir->dir_fd, parent) < 0)
		return sbx_err_set(err, SBX_STEP_STAGE, ESTALE, parent->path);
	sbx_plan_links(reader->plan, path);
	sbx_plan_grant(reader->plan, SBX_GRANT_OUTPUT, staged, parent->path);
	mount = sbx_vec_at(&reader->plan->mounts, reader->plan->mounts.count - 1);
	mount->staged = mount->pinned = true;
	return 0;
}

/* A placeholder for a tool that opens its output and does nothing else with it. */
static int make_output(const struct reader *reader, struct sbx_resolved *path, const struct sbx_resolved *parent,
		       struct sbx_err *err)
{
	cleanup_fd int dir = -1, fd = -1;

	if (reader->stage->dry) {
		plan_dry(reader->plan, path->path, "a fresh empty file");
		return 0;
	}
	dir = sbx_mounts_open_plain(parent->path);
	if (dir < 0 || fstat_same(dir, parent) < 0)
		return sbx_err_set(err, SBX_STEP_STAGE, ESTALE, parent->path);
	fd = openat(dir, sbx_basename(path->path), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    0666 & ~reader->stage->umask);
	if (fd < 0 || fstat(fd, &path->st) < 0)
		return sbx_err_set(err, SBX_STEP_STAGE, errno, path->path);
	sbx_plan_grant(reader->plan, SBX_GRANT_OUTPUT, path, NULL);
	return 0;
}

static bool writable(const struct sbx_plan *plan, const char *dir)
{
	const struct sbx_plan_mount *mount = sbx_plan_find(plan, dir);

	return mount && mount->type == SBX_MOUNT_BIND && !(mount->attr & MOUNT_ATTR_RDONLY) && !mount->staged;
}

static int new_output(const struct reader *reader, struct sbx_resolved *path, struct sbx_err *err)
{
	const struct sbx_policy_blob *policy = reader->plan->policy;
	struct sbx_resolved *parent = parent_of(path);
	const char *reason;

	if (!parent || writable(reader->plan, parent->path))
		return 0;
	if (policy->out_mode == SBX_OUT_DIRECTORY) {
		reason = sbx_protect_reason(reader->plan, parent);
		if (reason)
			refuse(reader, parent, reason, "--rw");
		else
			sbx_plan_grant(reader->plan, SBX_GRANT_OUTPUT, parent, NULL);
		return 0;
	}
	if (access(parent->path, W_OK) < 0 || !parent->path[1]) {
		refuse(reader, parent, "its directory cannot be written", "--rw");
		return 0;
	}
	return policy->out_mode == SBX_OUT_FILE ? make_output(reader, path, parent, err) : stage_output(reader, path, parent, err);
}

static int output(const struct reader *reader, const char *word, struct sbx_err *err)
{
	struct sbx_resolved *path;
	const char *reason;

	if (!wanted(reader, PASS_OUTPUTS, word))
		return 0;
	path = sbx_alloc(sizeof(*path));
	if (sbx_resolve(reader->cwd, word, path) < 0)
		return 0;
	reason = sbx_protect_reason(reader->plan, path);
	if (!reason && !path->exists && path->links.count) {
		const struct sbx_link *last = sbx_vec_at(&path->links, path->links.count - 1);

		if (strcmp(sbx_basename(last->at), sbx_basename(word)) == 0)
			reason = "a symlink that leads nowhere";
	}
	if (!reason && path->exists && !S_ISREG(path->st.st_mode) && !S_ISDIR(path->st.st_mode))
		reason = "neither a file nor a directory";
	if (reason) {
		refuse(reader, path, reason, "--rw");
		return 0;
	}
	if (!path->exists)
		return new_output(reader, path, err);
	sbx_plan_grant(reader->plan, SBX_GRANT_OUTPUT, path, NULL);
	return 0;
}

static int operand(struct reader *reader, const char *word, struct sbx_err *err)
{
	reader->operands++;
	reader->operand[reader->operands > 1] = word;
	if (lookup_nth(reader->plan->policy, SBX_ARG_OUT_NTH, reader->operands))
		return output(reader, word, err);
	/* That the last operand is an output is known only at the end; in the second pass it may exist and be granted. */
	input(reader, word);
	return 0;
}

/* What is only known when all operands have been seen. */
static int finish(struct reader *reader, struct sbx_err *err)
{
	const struct sbx_policy_blob *policy = reader->plan->policy;
	const struct sbx_arg *suffix = lookup_nth(policy, SBX_ARG_OUT_SUFFIX, reader->operands + 1);
	const char *dot, *first = reader->operand[0];

	if (reader->operands >= 2 && lookup_nth(policy, SBX_ARG_OUT_LAST, 0))
		return output(reader, reader->operand[1], err);
	if (!suffix || !reader->operands || strcmp(first, "-") == 0)
		return 0;
	dot = strrchr(sbx_basename(first), '.');
	return output(reader, sbx_format("%.*s%s", dot ? (int)(dot - first) : (int)strlen(first), first, text_of(policy, suffix)),
		      err);
}

/* One argument; *next is the one behind it, consumed (set to NULL) when it is this option's value. */
static int argument(struct reader *reader, const char *word, const char **next, struct sbx_err *err)
{
	const struct sbx_policy_blob *policy = reader->plan->policy;
	const struct sbx_arg *prefix;
	const char *value;

	if (!reader->only_operands && strcmp(word, "--") == 0) {
		reader->only_operands = true;
		return 0;
	}
	if (reader->only_operands || word[0] != '-' || !word[1])
		return operand(reader, word, err);
	prefix = lookup(policy, SBX_ARG_OUT_PREFIX, word);
	if (prefix)
		return output(reader, word + strlen(text_of(policy, prefix)), err);
	value = *next;
	if (lookup(policy, SBX_ARG_OUT_AFTER, word) && value) {
		*next = NULL;
		return output(reader, value, err);
	}
	if (lookup(policy, SBX_ARG_VALUE, word) && value) {
		*next = NULL;
		input(reader, value);
	}
	return 0;
}

static int pass(struct reader *reader, char **argv, struct sbx_err *err)
{
	for (size_t i = 1; argv[0] && argv[i]; i++) {
		const char *next = argv[i + 1];

		if (argument(reader, argv[i], &next, err) < 0)
			return -1;
		i += argv[i + 1] && !next;
	}
	return finish(reader, err);
}

int sbx_grants_arguments(struct sbx_plan *plan, const char *cwd, char **argv, struct sbx_stage *stage,
			 struct sbx_err *err)
{
	struct reader outputs = { .pass = PASS_OUTPUTS, .plan = plan, .cwd = cwd, .stage = stage };
	struct reader inputs = { .pass = PASS_INPUTS, .plan = plan, .cwd = cwd, .stage = stage };

	return pass(&outputs, argv, err) < 0 || pass(&inputs, argv, err) < 0 ? -1 : 0;
}
