/* SPDX-License-Identifier: MIT */
/*
 * exec_target.c -- finds the command, follows #! lines, reads ELF headers.
 *
 * Follows execvp(3) for PATH, execve(2) for interpreter scripts (256 bytes, five levels) and elf(5). UNTRUSTED: every
 * byte of the files; fields are checked where they are read.
 */
#include "loader/policy/exec_target.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loader/base/cleanup.h"
#include "loader/base/directory.h"
#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "loader/policy/elf_interp.h"
#include "loader/policy/nested.h"
#include "loader/base/mounts.h"
#include "loader/base/read_text.h"
#include "shim/err.h"
#include "shim/lookup.h"

#define OVERFLOW_UID 65534 /* user_namespaces(7) */
#define SHEBANG_MAX 256    /* BINPRM_BUF_SIZE */
#define SCRIPT_DEPTH 5
#define ATTEMPTS 3

/* What programs name, and where Debian's links lead from there. */
static const struct interpreter {
	const char *path, *usual;
} interpreters[] = {
#if defined(__x86_64__)
#define NATIVE_MACHINE EM_X86_64
	{ "/lib64/ld-linux-x86-64.so.2", "/usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2" },
	{ "/lib/ld-musl-x86_64.so.1", "/usr/lib/x86_64-linux-musl/libc.so" },
#else
#define NATIVE_MACHINE EM_AARCH64
	{ "/lib/ld-linux-aarch64.so.1", "/usr/lib/aarch64-linux-gnu/ld-linux-aarch64.so.1" },
	{ "/lib/ld-musl-aarch64.so.1", "/usr/lib/aarch64-linux-musl/libc.so" },
#endif
};

static int fail_target(struct sbx_err *err, const char *path, int errnum)
{
	return sbx_err_set(err, SBX_STEP_TARGET, errnum, path);
}

/* What keeps `path` from being executed, as an errno; 0 when nothing does. *st is what stat(2) says. */
static int cannot_exec(const char *path, struct stat *st)
{
	if (stat(path, st) < 0)
		return errno;
	if (S_ISDIR(st->st_mode))
		return EISDIR;
	if (!S_ISREG(st->st_mode))
		return EACCES;
	return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) < 0 ? errno : 0;
}

/* The file, and every directory on the way to it, is root's and nobody else's to write. *st is the file's then. */
static bool is_roots(char *path, struct stat *st)
{
	bool good = true;

	for (char *at = path + 1; good; at++) {
		const char end = *at;

		if (end != '/' && end)
			continue;
		*at = 0;
		good = lstat(path, st) == 0 && !S_ISLNK(st->st_mode) && st->st_uid == 0 &&
		       !(st->st_mode & (S_IWGRP | S_IWOTH));
		*at = end;
		if (!end)
			break;
	}
	return good;
}

/*
 * By the path that it was executed by, where that is root's: a first look at a process in /proc costs more than all
 * that. UNTRUSTED: the path, which is a script's where sbx-wrap is its interpreter; a script of root's with this name
 * would lead to a directory of root's.
 */
const char *sbx_target_self(struct stat *st)
{
	static struct {
		char *path;
		struct stat st;
	} self;
	const char *name = (const char *)getauxval(AT_EXECFN);
	char *plain = !self.path && name && strcmp(sbx_basename(name), "sbx-wrap") == 0 ? sbx_path_plain(name) : NULL;

	if (plain && is_roots(plain, &self.st) && S_ISREG(self.st.st_mode)) {
		self.path = plain;
	} else if (!self.path && stat("/proc/self/exe", &self.st) == 0) {
		self.path = sbx_readlink("/proc/self/exe");
	}
	*st = self.st;
	return self.path;
}

/* sbx-wrap itself, under the name of a command that it is to run: what is meant stands further along PATH. */
static bool is_self(const char *path, const struct stat *st)
{
	struct stat self;

	return sbx_target_self(&self) && sbx_same_file(st, &self) &&
	       strncmp(sbx_basename(path), "sbx-wrap", sizeof("sbx-wrap") - 1) != 0;
}

const char *sbx_target_search_path(void)
{
	const char *dirs = getenv("PATH");

	return dirs ? dirs : "/usr/local/bin:/bin:/usr/bin";
}

static int search_path(struct sbx_target *target, const char *name, struct stat *st, struct sbx_err *err)
{
	int found = ENOENT;

	for (const char *dir = sbx_target_search_path();; dir += strcspn(dir, ":") + 1) {
		size_t len = strcspn(dir, ":");
		char *path = sbx_join(sbx_strndup(dir, len), len ? "/" : "", name);
		int errnum;

		st->st_mode = 0;
		errnum = cannot_exec(path, st);
		if ((!errnum && is_self(path, st)) || (errnum == EACCES && !st->st_mode)) /* a directory that is shut */
			errnum = ENOENT;
		if (!errnum) {
			target->path = path;
			return 0;
		}
		if (errnum == EACCES)
			found = errnum;
		else if (!sbx_lookup_unreachable(errnum) && errnum != EISDIR)
			return fail_target(err, path, errnum);
		if (!dir[len])
			break;
	}
	return fail_target(err, name, found);
}

static int find_command(struct sbx_target *target, const char *name, struct stat *st, struct sbx_err *err)
{
	int errnum;

	if (!*name)
		return fail_target(err, "the command is an empty string", ENOENT);
	if (!strchr(name, '/'))
		return search_path(target, name, st, err);
	errnum = cannot_exec(name, st);
	target->path = sbx_strdup(name);
	return errnum ? fail_target(err, name, errnum) : 0;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The interpreter of a #! line as fresh memory, or NULL when there is none; *argument is the rest, one word, or NULL.
 */
static char *shebang_interpreter(const char *bytes, ssize_t len, char **argument)
{
	const char *end = memchr(bytes, '\n', (size_t)len), *from = bytes + 2, *to, *rest;

	if (!end)
		end = bytes + len;
	while (from < end && is_blank(*from))
		from++;
	for (to = from; to < end && *to && !is_blank(*to);)
		to++;
	for (rest = to; rest < end && is_blank(*rest);)
		rest++;
	while (end > rest && is_blank(end[-1]))
		end--;
	*argument = end > rest && *rest ? sbx_strndup(rest, (size_t)(end - rest)) : NULL;
	return to > from ? sbx_strndup(from, (size_t)(to - from)) : NULL;
}

bool sbx_target_is_system(const struct stat *st)
{
	return st->st_uid == 0 || (st->st_uid == OVERFLOW_UID && sbx_nested());
}

static const struct interpreter *known_interpreter(const char *path)
{
	for (size_t i = 0; i < sizeof(interpreters) / sizeof(interpreters[0]); i++)
		if (strcmp(path, interpreters[i].path) == 0)
			return &interpreters[i];
	return NULL;
}

/* 1, 0, or -1 with errno. */
static int is_system_interpreter(const char *path, struct stat *st)
{
	if (!known_interpreter(path))
		return 0;
	if (stat(path, st) < 0)
		return sbx_lookup_unreachable(errno) ? 0 : -1;
	return sbx_target_is_system(st) && !(st->st_mode & (S_IWGRP | S_IWOTH));
}

bool sbx_target_usual(const char *path, struct sbx_resolved *file)
{
	const struct interpreter *interpreter = known_interpreter(path);
	cleanup_fd int fd = interpreter && file->st.st_ino ? sbx_mounts_open_plain(interpreter->usual) : -1;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !sbx_same_file(&st, &file->st))
		return false;
	*file = (struct sbx_resolved){ .path = sbx_strdup(interpreter->usual), .exists = true, .st = st };
	return true;
}

static struct sbx_resolved *add_chain(struct sbx_target *target, const char *path)
{
	struct sbx_resolved *file = sbx_alloc(sizeof(*file));

	memset(file, 0, sizeof(*file));
	if (target->chain_count < SBX_CHAIN_MAX) {
		target->files[target->chain_count] = file;
		target->chain[target->chain_count++] = sbx_strdup(path);
	}
	return file;
}

const struct sbx_resolved *sbx_target_file(const struct sbx_target *target, const char *path)
{
	for (size_t i = 0; i < target->chain_count; i++)
		if (strcmp(target->chain[i], path) == 0)
			return target->files[i];
	return NULL;
}

/* The interpreter is resolved when it is granted: what the policy has shows whether much has to be known of it. */
static int judge_elf(struct sbx_target *target, int fd, const struct sbx_elf_head *head, const char *path,
		     struct sbx_err *err)
{
	const Elf64_Ehdr *ehdr = &head->ehdr;
	const char *interp;
	int has, is_system;

	if (ehdr->e_ident[EI_CLASS] != ELFCLASS64 || ehdr->e_ident[EI_DATA] != ELFDATA2LSB ||
	    ehdr->e_machine != NATIVE_MACHINE) {
		target->unlatchable = "built for another architecture";
		return 0;
	}
	has = sbx_elf_interp(fd, head, &interp, &target->relro);
	if (has < 0 && errno != ENOEXEC)
		return fail_target(err, path, errno);
	if (has <= 0) {
		target->unlatchable = has ? "its ELF headers cannot be read" : "statically linked";
		target->is_static = !has;
		return 0;
	}
	is_system = is_system_interpreter(interp, &add_chain(target, interp)->st);
	if (is_system < 0)
		return fail_target(err, interp, errno);
	target->unlatchable = is_system ? NULL : "its ELF interpreter is not the system's";
	return 0;
}

/* A file without #! and ELF header: execvp(3) hands it to /bin/sh, unless its first line holds a NUL. */
static int shell_script(struct sbx_target *target, const char *bytes, ssize_t len, struct sbx_err *err)
{
	const char *line_end = memchr(bytes, '\n', (size_t)len);
	size_t argc = 0;
	char **argv;

	if (memchr(bytes, 0, line_end ? (size_t)(line_end - bytes) : (size_t)len))
		return fail_target(err, target->path, ENOEXEC);
	while (target->argv[argc])
		argc++;
	argv = sbx_alloc((argc + 2) * sizeof(*argv));
	argv[0] = sbx_strdup("/bin/sh");
	argv[1] = target->path;
	if (argc)
		memcpy(argv + 2, target->argv + 1, (argc - 1) * sizeof(*argv));
	target->argv = argv;
	target->path = argv[0];
	return 0;
}

/*
 * Open a regular file for reading; anything else is not opened at all: a fifo would hang, a device might act. `seen`:
 * what stat(2) says of it, or NULL.
 */
static int open_regular(const char *cwd, const char *path, const struct stat *seen, struct sbx_resolved *file)
{
	int fd = seen ? sbx_resolve_seen(path, seen, file) : -1;

	errno = 0;
	for (int attempt = 0; fd < 0 && attempt < ATTEMPTS; attempt++) {
		if (sbx_resolve(cwd, path, file) < 0)
			file->exists = false;
		if (!file->exists) {
			errno = errno ? errno : ENOENT;
			return -1;
		}
		if (!S_ISREG(file->st.st_mode)) {
			errno = S_ISDIR(file->st.st_mode) ? EISDIR : ENXIO;
			return -1;
		}
		fd = sbx_resolve_open(file);
		if (fd < 0 && errno != ESTALE) /* else another has been put in its place: an update */
			break;
	}
	return fd;
}

/* Look at one file of the chain; *next is what it needs in turn, NULL at the end. */
static int look_at_file(struct sbx_target *target, const char *cwd, const char *path, const struct stat *seen,
			char **next, struct sbx_err *err)
{
	struct sbx_elf_head head = { .len = 0 };
	struct sbx_resolved *file = add_chain(target, path);
	cleanup_fd int fd = open_regular(cwd, path, seen, file);
	const off_t size = file->st.st_size;
	ssize_t len;

	*next = NULL;
	target->script_count = target->chain_count;
	if (fd < 0 && errno != EACCES)
		return fail_target(err, path, errno);
	if (fd < 0) {
		target->unlatchable = "it may be executed but not read, so nothing is known of it";
		return 0;
	}
	len = sbx_read_at(fd, head.bytes, size < (off_t)sizeof(head.bytes) ? (size_t)size : sizeof(head.bytes), 0);
	if (len < 0)
		return fail_target(err, path, errno);
	head.len = (size_t)len;
	if (len >= 2 && memcmp(head.bytes, "#!", 2) == 0) {
		*next = shebang_interpreter(head.bytes, len < SHEBANG_MAX ? len : SHEBANG_MAX, &target->argument);
		return *next ? 0 : fail_target(err, path, ENOEXEC);
	}
	if (len >= (ssize_t)sizeof(head.ehdr) && memcmp(head.ehdr.e_ident, ELFMAG, SELFMAG) == 0)
		return judge_elf(target, fd, &head, path, err);
	if (target->chain_count > 1)
		return fail_target(err, path, ENOEXEC);
	if (shell_script(target, head.bytes, len < SHEBANG_MAX ? len : SHEBANG_MAX, err) < 0)
		return -1;
	*next = sbx_strdup("/bin/sh");
	return 0;
}

int sbx_target_find(struct sbx_target *target, const char *cwd, char **argv, struct sbx_err *err)
{
	char *next, *path;
	struct stat st;

	memset(target, 0, sizeof(*target));
	target->argv = argv;
	if (find_command(target, argv[0], &st, err) < 0)
		return -1;
	target->name = sbx_basename(argv[0]);
	path = sbx_strdup(target->path);
	for (int depth = 0; path; depth++) {
		if (depth > SCRIPT_DEPTH)
			return fail_target(err, target->path, ELOOP);
		if (look_at_file(target, cwd, path, depth ? NULL : &st, &next, err) < 0) {
			return -1;
		}
		path = next;
	}
	return 0;
}

int sbx_target_check_shim(int fd, const char *path, struct sbx_err *err)
{
	Elf64_Ehdr ehdr;

	if (pread(fd, &ehdr, sizeof(ehdr), 0) != (ssize_t)sizeof(ehdr) || memcmp(ehdr.e_ident, ELFMAG, SELFMAG) != 0 ||
	    ehdr.e_ident[EI_CLASS] != ELFCLASS64 || ehdr.e_machine != NATIVE_MACHINE || ehdr.e_type != ET_DYN)
		return sbx_err_set(err, SBX_STEP_SHIM, ELIBBAD, path);
	return 0;
}
