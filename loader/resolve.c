/*
 * resolve.c -- path_resolution(7) by hand, because the private root must reproduce each symlink on a granted path.
 *
 * What is found here is a plan, not a proof: whoever owns a directory may change it meanwhile. The mount itself is
 * verified against the device and inode seen here (root.c).
 */
#include "loader/resolve.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

#define LINKS_MAX 40

struct walk {
	char *done; /* canonical so far: "" stands for "/" */
	char *rest; /* what is still to be walked */
	int links;
};

static void set(char **place, char *value)
{
	*place = value;
}

static void up(struct walk *walk)
{
	char *slash = strrchr(walk->done, '/');

	if (slash)
		*slash = 0;
}

static int follow(struct walk *walk, struct sbx_resolved *resolved, char *at, const char *text)
{
	struct sbx_link link = { .at = at, .text = sbx_strdup(text) };

	sbx_vec_push(&resolved->links, sizeof(link), &link);
	if (++walk->links > LINKS_MAX) {
		errno = ELOOP;
		return -1;
	}
	if (text[0] == '/')
		set(&walk->done, sbx_strdup(""));
	set(&walk->rest, sbx_format("%s/%s", text, walk->rest));
	return 0;
}

/* Take one component off `rest`. Returns -1 with errno set when the walk can't go on. */
static int step(struct walk *walk, struct sbx_resolved *resolved)
{
	char text[PATH_MAX], *at;
	char *name = walk->rest + strspn(walk->rest, "/");
	size_t len = strcspn(name, "/");
	char *rest = sbx_strdup(name + len + strspn(name + len, "/"));
	ssize_t got;

	at = sbx_format("%s/%.*s", walk->done, (int)len, name);
	if (len == 2 && name[0] == '.' && name[1] == '.')
		up(walk);
	set(&walk->rest, rest);
	if (!len || strcmp(at + strlen(at) - len, ".") == 0 || (len == 2 && at[strlen(at) - 1] == '.' && at[strlen(at) - 2] == '.')) {
		return 0;
	}
	got = readlink(at, text, sizeof(text) - 1);
	if (got >= 0) {
		text[got] = 0;
		return follow(walk, resolved, at, text);
	}
	set(&walk->done, at);
	if (errno == ENOENT && !*walk->rest) {
		resolved->exists = false;
		return 0;
	}
	return errno == EINVAL ? 0 : -1;
}

int sbx_resolve(const char *cwd, const char *path, struct sbx_resolved *resolved)
{
	struct walk walk = { .done = sbx_strdup(path[0] == '/' || !cwd[1] ? "" : cwd), .rest = sbx_strdup(path) };
	int ret = 0;

	memset(resolved, 0, sizeof(*resolved));
	resolved->exists = true;
	if (!*path) {
		errno = ENOENT;
		ret = -1;
	}
	while (ret == 0 && walk.rest[strspn(walk.rest, "/")])
		ret = step(&walk, resolved);
	if (ret == 0)
		resolved->path = sbx_strdup(*walk.done ? walk.done : "/");
	if (ret == 0 && resolved->exists)
		ret = lstat(resolved->path, &resolved->st);
	return ret;
}
