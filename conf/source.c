/*
 * source.c -- config files are opened once, judged by fstat(2) of what was opened, and read from that.
 *
 * A file counts only when nobody but root and the caller can write it or put another in its place.
 */
#include "conf/source.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/cleanup.h"
#include "conf/parse.h"
#include "shim/paths.h"

#define SOURCE_MAX (1u << 20)

static bool trusted_owner(uid_t uid)
{
	return uid == 0 || uid == getuid();
}

/* A directory in which only root and the caller decide what a name means. */
static const char *distrust_dir(struct sbx_pool *pool, const char *dir)
{
	struct stat st;

	if (stat(dir, &st) < 0)
		return sbx_pool_printf(pool, "%s: %s", dir, strerror(errno));
	if (!trusted_owner(st.st_uid))
		return sbx_pool_printf(pool, "the directory %s belongs to uid %u", dir, st.st_uid);
	if ((st.st_mode & 022) && !((st.st_mode & S_ISVTX) && st.st_uid == 0))
		return sbx_pool_printf(pool, "others can write the directory %s; chmod go-w it", dir);
	return NULL;
}

static const char *distrust_above(struct sbx_pool *pool, const char *path)
{
	char *dir = sbx_pool_dup(pool, path, strlen(path));
	const char *why = NULL;

	for (char *slash = strrchr(dir, '/'); slash && !why; slash = strrchr(dir, '/')) {
		*slash = 0;
		why = distrust_dir(pool, slash == dir ? "/" : dir);
	}
	return why;
}

const char *sbx_source_distrust(struct sbx_pool *pool, const char *path, int fd)
{
	SBX_CLEANUP_FREE char *real = realpath(path, NULL);
	SBX_CLEANUP_FREE char *cwd = path[0] == '/' ? strdup("") : getcwd(NULL, 0);
	struct stat st;
	const char *why;

	if (!real || !cwd || fstat(fd, &st) < 0)
		return strerror(errno);
	if (!S_ISREG(st.st_mode))
		return "not a regular file";
	if (!trusted_owner(st.st_uid))
		return sbx_pool_printf(pool, "it belongs to uid %u, not to root or the caller", st.st_uid);
	if (st.st_mode & 022)
		return "others can write it; chmod go-w it";
	why = distrust_above(pool, real);
	return why ? why : distrust_above(pool, sbx_pool_printf(pool, "%s%s%s", cwd, *cwd ? "/" : "", path));
}

/* At most SOURCE_MAX bytes of text. Returns NULL with errno, EFBIG for more and EILSEQ for a NUL byte. */
static char *read_text(struct sbx_pool *pool, int fd)
{
	char *text = sbx_pool_alloc(pool, SOURCE_MAX + 1);
	size_t len = 0;

	for (;;) {
		ssize_t got = read(fd, text + len, SOURCE_MAX + 1 - len);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return NULL;
		if (got == 0)
			break;
		len += (size_t)got;
		if (len > SOURCE_MAX) {
			errno = EFBIG;
			return NULL;
		}
	}
	if (memchr(text, 0, len)) {
		errno = EILSEQ;
		return NULL;
	}
	return text;
}

static void note_file(struct sbx_config *config, const char *path)
{
	SBX_CLEANUP_FREE char *real = realpath(path, NULL);
	SBX_CLEANUP_FREE char *cwd = path[0] == '/' ? NULL : getcwd(NULL, 0);

	if (real)
		SBX_APPEND(config->pool, &config->files)->text = sbx_pool_dup(config->pool, real, strlen(real));
	/* As given, too: each link on the way decides which file is read. */
	if (path[0] == '/' || cwd)
		SBX_APPEND(config->pool, &config->files)->text = sbx_pool_printf(config->pool, "%s%s%s", cwd ? cwd : "",
										cwd ? "/" : "", path);
}

int sbx_source_file(struct sbx_config *config, const char *path, bool optional)
{
	struct sbx_origin origin = { path, 0 };
	SBX_CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	const char *why, *text;

	if (fd < 0 && optional && errno == ENOENT)
		return 0;
	if (fd < 0)
		return sbx_errs_add(config->errs, origin, "%s", strerror(errno));
	why = sbx_source_distrust(config->pool, path, fd);
	if (why)
		return sbx_errs_add(config->errs, origin, "refused: %s", why);
	note_file(config, path);
	text = read_text(config->pool, fd);
	if (!text)
		return sbx_errs_add(config->errs, origin, "%s", strerror(errno));
	return sbx_parse_text(config, origin.file, text, false);
}

int sbx_source_builtin(struct sbx_config *config)
{
	size_t count;
	const struct sbx_builtin *builtin = sbx_builtins(&count);
	int rc = 0;

	for (size_t i = 0; i < count; i++)
		rc |= sbx_parse_text(config, builtin[i].name, builtin[i].text, true);
	return rc;
}

int sbx_source_load(struct sbx_config *config, const char *file)
{
	const struct {
		const char *path;
		bool optional;
	} files[] = {
		{ file ? file : SBX_CONF_FILE, !file },
	};
	int rc = sbx_source_builtin(config);

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		rc |= sbx_source_file(config, files[i].path, files[i].optional);
	return rc ? rc : sbx_policy_check_inheritance(config);
}
