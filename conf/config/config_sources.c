/* SPDX-License-Identifier: MIT */
/*
 * config_sources.c -- config files are opened once, judged by fstat(2) of what was opened, and read from that.
 *
 * A file counts only when nobody but root and the caller can write it or put another in its place.
 */
#include "conf/config/config_sources.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/base/cleanup.h"
#include "conf/config/config_parse.h"
#include "conf/config/file_trust.h"
#include "shim/lookup.h"
#include "shim/paths.h"

#define SOURCE_MAX (1u << 20)

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

/* What decides the policy is protected: as it is named, for each link on the way counts, and where it leads. */
static void note_source(struct sbx_config *config, const char *path)
{
	SBX_CLEANUP_FREE char *real = realpath(path, NULL);
	SBX_CLEANUP_FREE char *cwd = NULL;

	if (!real && !sbx_lookup_unreachable(errno))
		sbx_errs_lookup(config->errs, path);
	if (path[0] != '/' && !(cwd = getcwd(NULL, 0)))
		sbx_errs_lookup(config->errs, path);
	if (real)
		SBX_APPEND(config->pool, &config->files)->text = sbx_pool_dup(config->pool, real, strlen(real));
	if (path[0] == '/' || cwd)
		SBX_APPEND(config->pool, &config->files)->text =
			sbx_pool_printf(config->pool, "%s%s%s", cwd ? cwd : "", cwd ? "/" : "", path);
}

/* Behind a failed look-up: there is no such name, nor could there be where a directory is a file. */
static bool is_absent(const char *path)
{
	int errnum = errno;
	struct stat st;
	const bool absent = sbx_lookup_absent(errnum) && lstat(path, &st) < 0 && sbx_lookup_absent(errno);

	errno = errnum;
	return absent;
}

int sbx_source_file(struct sbx_config *config, const char *path, bool optional)
{
	struct sbx_origin origin = { path, 0 };
	SBX_CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	const char *why, *text;

	if (fd < 0 && optional && is_absent(path))
		return 0;
	if (fd < 0)
		return sbx_errs_add(config->errs, origin, "%s", strerror(errno));
	why = sbx_trust_file(config->pool, path, fd);
	if (why)
		return sbx_errs_add(config->errs, origin, "refused: %s", why);
	note_source(config, path);
	SBX_APPEND(config->pool, &config->read)->text = path;
	text = read_text(config->pool, fd);
	if (!text)
		return sbx_errs_add(config->errs, origin, "%s", strerror(errno));
	SBX_APPEND(config->pool, &config->texts)->text = text;
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

/* In a directory: *.conf, and nothing that begins with a dot. */
static int is_config(const struct dirent *entry)
{
	return !fnmatch("*.conf", entry->d_name, FNM_PERIOD);
}

static int compare_names(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* Each file of a directory that is there; whoever can put a file in must be trusted, also when it is empty. */
static int source_dir(struct sbx_config *config, const char *dir)
{
	const struct sbx_origin origin = { dir, 0 };
	SBX_CLEANUP_FREE char *real = realpath(dir, NULL);
	struct dirent **entries;
	const char *why;
	int rc = 0, count;

	if (!real && is_absent(dir))
		return 0;
	note_source(config, dir);
	why = real ? sbx_trust_dir(config->pool, dir, real) : strerror(errno);
	if (why)
		return sbx_errs_add(config->errs, origin, "refused: %s", why);
	count = scandir(dir, &entries, is_config, compare_names);
	if (count < 0)
		return sbx_errs_add(config->errs, origin, "%s", strerror(errno));
	for (int i = 0; i < count; i++) {
		rc |= sbx_source_file(config, sbx_pool_printf(config->pool, "%s/%s", dir, entries[i]->d_name), false);
		free(entries[i]);
	}
	free(entries);
	return rc;
}

static int source_files(struct sbx_config *config, const char *user)
{
	const char *mine = sbx_pool_printf(config->pool, "%s/%s", user, SBX_USER_CONF_FILE);
	int rc = sbx_source_file(config, SBX_CONF_FILE, true);

	rc |= source_dir(config, SBX_CONF_DIR);
	if (*user) {
		rc |= sbx_source_file(config, mine, true);
		rc |= source_dir(config, sbx_pool_printf(config->pool, "%s.d", mine));
	}
	return rc;
}

int sbx_source_load(struct sbx_config *config, const char *file, const char *user, bool nested)
{
	int rc = sbx_source_builtin(config);

	if (*user && !nested)
		note_source(config, user);
	if (file)
		rc |= sbx_source_file(config, file, false);
	else
		rc |= nested ? source_dir(config, SBX_INNER_CONF) : source_files(config, user);
	return rc ? rc : sbx_policy_check_inheritance(config);
}
