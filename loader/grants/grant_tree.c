/* SPDX-License-Identifier: MIT */
/*
 * grant_tree.c -- the tree that a command outside /usr is part of: what stands beside the directory that it is in, and
 * where a venv's pyvenv.cfg says that its interpreter is. Without it an interpreter takes /usr's modules for its own,
 * in silence.
 *
 * UNTRUSTED: the names in the tree: its owner may be anybody. A link in it grants nothing outside, of a home only a
 * tree in it is granted, and a pyvenv.cfg counts where it is root's or the caller's.
 */
#include "loader/grants/grant_options.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <linux/mount.h>

#include "loader/base/cleanup.h"
#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "loader/base/read_text.h"
#include "loader/plan/protected_paths.h"

#define CONFIG_MAX 4096

/* What of a tree is granted. `by`: where the command lies in a directory of that name, or in a tree that is called so.
 */
static const struct part {
	const char *by, *tree, *name;
} parts[] = {
	{ NULL, NULL, "bin" },
	{ NULL, NULL, "lib" },
	{ NULL, NULL, "lib64" },
	{ NULL, NULL, "libexec" },
	{ NULL, NULL, "share" },
	{ NULL, NULL, "pyvenv.cfg" },
	{ "shims", NULL, "shims" },
	{ "shims", NULL, "versions" }, /* pyenv, rbenv, nodenv */
	{ "shims", NULL, "version" },
	{ NULL, ".cargo", "../.rustup/toolchains" },
	{ NULL, ".cargo", "../.rustup/settings.toml" },
};

struct tree {
	struct sbx_plan *plan;
	enum sbx_grant grant;
	struct sbx_vec done; /* char * */
};

/* Is `tree` protected, a home, or a directory that one is in? `in`: directly in one, as ~/.local, which many share. */
static bool is_guarded(struct sbx_plan *plan, const char *tree, bool *in)
{
	const struct sbx_vec *paths = sbx_protected_paths(plan);

	*in = false;
	for (size_t i = 0; i < paths->count; i++) {
		const struct sbx_protected_path *item = sbx_vec_at(paths, i);

		if (item->kind == SBX_PROTECT_PATH && sbx_path_within(tree, item->path))
			return true;
		if (item->kind != SBX_PROTECT_HOME)
			continue;
		if (sbx_path_within(item->path, tree))
			return true;
		*in |= strcmp(sbx_dirname(tree), item->path) == 0;
	}
	return false;
}

static bool has(const char *tree, const char *name)
{
	return faccessat(AT_FDCWD, sbx_format("%s/%s", tree, name), F_OK, AT_EACCESS) == 0;
}

static bool is_writable(const struct sbx_plan *plan, const char *path)
{
	const struct sbx_plan_mount *mount = sbx_plan_find(plan, path);

	return mount && mount->type == SBX_MOUNT_BIND && !(mount->attr & MOUNT_ATTR_RDONLY);
}

static void grant_part(struct tree *of, const char *tree, const char *name)
{
	const bool beside = name[0] == '.';
	const char *top = beside ? sbx_format("%s/.rustup", sbx_dirname(tree)) : tree;
	const char *path = beside ? sbx_format("%s%s", top, strrchr(name, '/')) : sbx_format("%s/%s", tree, name);
	struct sbx_resolved *part = sbx_alloc(sizeof(*part));

	if (sbx_resolve("/", path, part) < 0) {
		sbx_plan_expect(of->plan, errno, path);
		return;
	}
	if (!part->exists || part->planted || !sbx_path_within(part->path, top) || sbx_plan_hides(of->plan, part->path))
		return;
	if (S_ISDIR(part->st.st_mode))
		sbx_plan_grant_more(of->plan, of->grant, part);
	else if (S_ISREG(part->st.st_mode))
		sbx_plan_grant_more(of->plan, SBX_GRANT_RO, part);
}

/* The directory of `dir` is the tree's, unless it is the system's, somebody's home, or can be written inside. */
static void grant_tree(struct tree *of, const char *dir)
{
	const char *name = sbx_basename(dir), *tree = sbx_dirname(dir);
	bool in_home;

	if ((strcmp(name, "bin") != 0 && strcmp(name, "sbin") != 0 && strcmp(name, "shims") != 0) || !tree[1] ||
	    sbx_path_within(tree, "/usr") || is_guarded(of->plan, tree, &in_home) || is_writable(of->plan, tree))
		return;
	for (size_t i = 0; i < of->done.count; i++)
		if (strcmp(*(const char **)sbx_vec_at(&of->done, i), tree) == 0)
			return;
	sbx_vec_push(&of->done, sizeof(tree), &tree);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		if ((!parts[i].by || strcmp(parts[i].by, name) == 0) &&
		    (!parts[i].tree || (in_home && strcmp(parts[i].tree, sbx_basename(tree)) == 0)) &&
		    !(in_home && strcmp(parts[i].name, "share") == 0))
			grant_part(of, tree, parts[i].name);
}

/* What "home = DIR" in DIR/../pyvenv.cfg says: the directory that the interpreter was in when the venv was made. */
static void grant_base(struct tree *of, const char *dir)
{
	const char *path = sbx_format("%s/pyvenv.cfg", sbx_dirname(dir)), *line;
	cleanup_fd int fd = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	char text[CONFIG_MAX] = "\n";
	struct sbx_resolved base;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || (st.st_uid && st.st_uid != geteuid()) ||
	    (st.st_mode & S_IWOTH) || sbx_read_at(fd, text + 1, sizeof(text) - 2, 0) < 0)
		return;
	line = strstr(text, "\nhome = ");
	if (!line)
		return;
	line += strlen("\nhome = ");
	if (line[0] == '/' && sbx_resolve("/", sbx_strndup(line, strcspn(line, "\n")), &base) == 0 && base.exists &&
	    has(base.path, "python3"))
		grant_tree(of, base.path);
}

/* `script`, unless NULL, names it as its interpreter, which is somebody's text: a venv, or the tree that both are in.
 */
static void grant_around(struct tree *of, const char *path, const char *script)
{
	const char *dir = sbx_dirname(path), *tree = sbx_dirname(dir);

	if (sbx_path_within(path, "/usr") || (script && !sbx_path_within(script, tree) && !has(tree, "pyvenv.cfg")))
		return;
	grant_tree(of, dir);
	grant_base(of, dir);
}

void sbx_grants_tree(struct sbx_plan *plan, const struct sbx_target *target)
{
	/* Where nothing but a static command's own file may be executed, nothing else is. */
	const bool alone = target->is_static && !(plan->policy->flags & SBX_POLICY_EXECUTES);
	struct tree of = { .plan = plan, .grant = alone ? SBX_GRANT_RO : SBX_GRANT_ROX };

	for (size_t i = 0; i < target->script_count; i++) {
		const struct sbx_resolved *file = target->files[i];
		const char *script = i ? target->files[0]->path : NULL;

		if (!file->exists)
			continue;
		for (size_t l = 0; l < file->links.count; l++)
			grant_around(&of, ((const struct sbx_link *)sbx_vec_at(&file->links, l))->at, script);
		grant_around(&of, file->path, script);
	}
}
