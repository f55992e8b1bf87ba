/* SPDX-License-Identifier: MIT */
/*
 * preload.c -- from what `preload` names to the files that the dynamic linker maps before the latch; ld.so(8), glob(7).
 *
 * Resolved here and not by ld.so: what it doesn't find is a warning there, and the command would run without. Names
 * that hold what LD_PRELOAD splits at or expands were refused when the list was read.
 */
#include "conf/compile/preload.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conf/base/cleanup.h"
#include "conf/compile/path_grants.h"
#include "shim/lookup.h"

#if defined(__x86_64__)
#define MULTIARCH "x86_64-linux-gnu"
#define MACHINE EM_X86_64
#elif defined(__aarch64__)
#define MULTIARCH "aarch64-linux-gnu"
#define MACHINE EM_AARCH64
#endif

#define MAGIC "*?[{"

/* Where ld.so looks, in its order as distributions configure it. */
static const char *const library_dirs[] = { "/usr/local/lib/" MULTIARCH,
					    "/usr/local/lib",
					    "/usr/lib/" MULTIARCH,
					    "/lib/" MULTIARCH,
					    "/usr/lib64",
					    "/lib64",
					    "/usr/lib",
					    "/lib",
					    NULL };
/* What $LIB/ stands for: the first of them that is there. */
static const char *const lib_dirs[] = { "/usr/lib/" MULTIARCH, "/usr/lib64", "/usr/lib", NULL };

/* A look-up has failed; whoever asked goes on, but the policy won't compile when that is no answer. */
static void failed(struct sbx_build *build, const char *path)
{
	if (!sbx_lookup_unreachable(errno))
		sbx_errs_lookup(build->errs, path);
}

static bool is_library(struct sbx_build *build, const char *path)
{
	SBX_CLEANUP_FD int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	Elf64_Ehdr ehdr = { .e_type = ET_NONE };
	struct stat st = { 0 };

	if (fd < 0 || fstat(fd, &st) < 0 || (S_ISREG(st.st_mode) && pread(fd, &ehdr, sizeof(ehdr), 0) < 0))
		failed(build, path);
	return S_ISREG(st.st_mode) && !strpbrk(path, " :$\n") && !memcmp(ehdr.e_ident, ELFMAG, SELFMAG) &&
	       ehdr.e_ident[EI_CLASS] == ELFCLASS64 && ehdr.e_machine == MACHINE && ehdr.e_type == ET_DYN;
}

static void append_preload(struct sbx_build *build, enum sbx_preload_kind kind, const char *path, uint64_t mtime)
{
	struct sbx_preload_draft *draft;

	for (size_t i = 0; i < build->preload.count; i++)
		if (build->preload.items[i].kind == kind && !strcmp(build->preload.items[i].path, path))
			return;
	draft = SBX_APPEND(build->pool, &build->preload);
	*draft = (struct sbx_preload_draft){ kind, path, mtime };
}

void sbx_preload_watch(struct sbx_build *build, const char *path)
{
	struct stat st;
	bool there = stat(path, &st) == 0;

	if (!there)
		failed(build, path);
	append_preload(build, SBX_PRELOAD_WATCHED, path,
		       there ? (uint64_t)st.st_mtim.tv_sec * 1000000000u + (uint64_t)st.st_mtim.tv_nsec : 0);
}

/* Readable behind the latch too: a program that opens a library by its path finds out there that it has it already. */
static int add_library(struct sbx_build *build, const char *path)
{
	const char *real = sbx_path_grants_add(build, path, SBX_PLACE_READ | SBX_PLACE_LINK, true);

	if (!real || strpbrk(real, " :$\n"))
		return -1;
	append_preload(build, SBX_PRELOAD_LIBRARY, real, 0);
	return 0;
}

static int preload_by_path(struct sbx_build *build, const char *path)
{
	if (is_library(build, path))
		return add_library(build, path);
	sbx_preload_watch(build, path);
	return -1;
}

static int preload_by_name(struct sbx_build *build, const char *name)
{
	for (int i = 0; library_dirs[i]; i++)
		if (preload_by_path(build, sbx_pool_printf(build->pool, "%s/%s", library_dirs[i], name)) == 0)
			return 0;
	return -1;
}

static int is_no_answer(const char *path, int errnum)
{
	(void)path;
	return !sbx_lookup_unreachable(errnum);
}

/* What is there, in the order of glob(3): sorted. To be freed by globfree. */
static glob_t find_all(struct sbx_build *build, const char *pattern, int flags)
{
	glob_t found = { .gl_pathc = 0 };
	const int rc = glob(pattern, flags, is_no_answer, &found);

	if (rc != 0 && rc != GLOB_NOMATCH)
		sbx_errs_add(build->errs, (struct sbx_origin){ pattern, 0 }, "its directories can't be read");
	return found;
}

static void watch_all(struct sbx_build *build, const char *pattern)
{
	glob_t found = find_all(build, pattern, GLOB_NOMAGIC);

	for (size_t i = 0; i < found.gl_pathc; i++)
		sbx_preload_watch(build, sbx_pool_dup(build->pool, found.gl_pathv[i], strlen(found.gl_pathv[i])));
	globfree(&found);
}

/* Every directory in which something of the pattern is looked up: what comes and goes there changes what it finds. */
static void watch_pattern(struct sbx_build *build, const char *pattern)
{
	size_t literal = strcspn(pattern, MAGIC);

	for (const char *slash = strchr(pattern + 1, '/'); slash; slash = strchr(slash + 1, '/'))
		if (slash + 1 + strcspn(slash + 1, "/") > pattern + literal)
			watch_all(build, sbx_pool_dup(build->pool, pattern, (size_t)(slash - pattern)));
}

static int preload_by_pattern(struct sbx_build *build, const char *pattern)
{
	glob_t found = find_all(build, pattern, GLOB_BRACE);
	int rc = -1;

	watch_pattern(build, pattern);
	for (size_t i = 0; i < found.gl_pathc; i++)
		if (is_library(build, found.gl_pathv[i]) &&
		    add_library(build, sbx_pool_dup(build->pool, found.gl_pathv[i], strlen(found.gl_pathv[i]))) == 0)
			rc = 0;
	globfree(&found);
	return rc;
}

static const char *expand_lib(struct sbx_build *build, const char *text)
{
	int i = 0;

	if (strncmp(text, "$LIB/", 5) != 0)
		return text;
	for (; lib_dirs[i + 1] && access(lib_dirs[i], F_OK) < 0; i++)
		failed(build, lib_dirs[i]);
	return sbx_pool_printf(build->pool, "%s%s", lib_dirs[i], text + 4);
}

int sbx_preload_build(struct sbx_build *build)
{
	const struct sbx_list *list = sbx_policy_list(build->policy, SBX_KEY_PRELOAD);
	int rc = 0;

	for (size_t i = 0; i < list->count; i++) {
		const struct sbx_item *item = &list->items[i];
		const char *text = expand_lib(build, item->text);
		int found;

		if (text[0] != '/')
			found = preload_by_name(build, text);
		else if (strpbrk(text, MAGIC))
			found = preload_by_pattern(build, text);
		else
			found = preload_by_path(build, text);
		if (found < 0 && !sbx_policy_has(build->policy, SBX_KEY_FS_OPTIONAL, item->text))
			rc = sbx_errs_add(
				build->errs, item->origin,
				"preload: \"%s\": no such shared library for this machine; list it in fs.optional too "
				"if it may be absent, or take it out",
				item->text);
	}
	return rc;
}
