/* SPDX-License-Identifier: MIT */
/*
 * policy_cache.c -- finds the compiled policy under a key of everything that decides it.
 *
 * The hit path parses nothing: it reads one file, checks it (blob.c) and compares the key byte for byte. Anything wrong
 * with an entry makes it a miss, never a weaker policy. Path grants are no part of the key: the loader adds them.
 */
#include "loader/policy/policy_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loader/base/cleanup.h"
#include "loader/base/memory.h"
#include "loader/base/passwd.h"
#include "loader/base/path.h"
#include "loader/base/path_resolve.h"
#include "loader/policy/config_sources.h"
#include "loader/policy/policy_fresh.h"
#include "shim/err.h"
#include "shim/lookup.h"
#include "shim/paths.h"
#include "shim/trust.h"

#define ENTRY_MAX 8192 /* more than any passwd(5) entry has */

struct key {
	char *bytes;
	size_t len;
};

/* The parts, each with its NUL: no two lists of them make the same key. */
static struct key key_of_parts(const struct sbx_vec *parts)
{
	struct key key = { NULL, 0 };
	char *at;

	for (size_t i = 0; i < parts->count; i++)
		key.len += strlen(*(char **)sbx_vec_at(parts, i)) + 1;
	key.bytes = at = sbx_alloc(key.len);
	for (size_t i = 0; i < parts->count; i++)
		at = stpcpy(at, *(char **)sbx_vec_at(parts, i)) + 1;
	return key;
}

static void push_word(struct sbx_vec *words, const char *word)
{
	sbx_vec_push(words, sizeof(word), &word);
}

static bool same_key(const struct key *key, const char *bytes, size_t len)
{
	return key->len == len && memcmp(key->bytes, bytes, len) == 0;
}

/* The names, each with how far it is trusted, behind these options if they are given. */
static void push_names(struct sbx_vec *words, const struct sbx_request *request, const char *trust, const char *name)
{
	for (size_t i = 0; i < request->names->count; i++) {
		if (request->trust && trust)
			push_word(words, trust);
		if (request->trust)
			push_word(words, *(char **)sbx_vec_at(request->trust, i));
		if (name)
			push_word(words, name);
		push_word(words, *(char **)sbx_vec_at(request->names, i));
	}
}

static struct key make_key(const struct sbx_request *request)
{
	const struct sbx_options *options = request->options;
	struct utsname kernel = { .release = "" };
	struct sbx_vec parts = { 0 };

	uname(&kernel);
	push_word(&parts, sbx_join("sbx " SBX_BUILD_ID " ", sbx_hex(request->abi), " ",
				   sbx_hex((uint64_t)request->uid << 32 | request->gid), " ", kernel.release));
	push_word(&parts, request->nested ? "inside" : "");
	push_word(&parts, request->profile ? "profile" : request->trust ? "trusted match" : "match");
	if (request->profile)
		push_word(&parts, request->profile);
	else
		push_names(&parts, request, NULL, NULL);
	for (size_t i = 0; i < options->sets.count; i++)
		push_word(&parts, *(char **)sbx_vec_at(&options->sets, i));
	sbx_sources_add(&parts, options->config, request->user_config);
	sbx_sources_identity(&parts, "/etc/passwd");
	push_word(&parts, request->entry ? request->entry : "");
	if (request->trust) /* whose the groups are */
		sbx_sources_identity(&parts, "/etc/group");
	return key_of_parts(&parts);
}

/* Every directory on the way to `dir`, and `dir` itself, belongs to root or the caller and to nobody else to write. */
static bool trusted_dir(const char *dir, uid_t uid)
{
	char *path = sbx_strdup(dir);
	bool good = true;
	struct stat st;

	for (char *at = path + 1; good; at++) {
		char end = *at;

		if (end != '/' && end)
			continue;
		*at = 0;
		good = stat(path, &st) == 0 && S_ISDIR(st.st_mode) && sbx_trust_mode(st.st_uid, st.st_mode, uid);
		*at = end;
		if (!end)
			break;
	}
	return good;
}

/* Make the last two components (~/.cache/sbx) when they are missing. */
static bool make_dir(const char *dir)
{
	char *parent = sbx_dirname(dir);

	if (mkdir(parent, 0700) < 0 && errno != EEXIST) {
		return false;
	}
	return mkdir(dir, 0700) == 0 || errno == EEXIST;
}

char *sbx_cache_dir(uid_t uid, const char *home, bool nested)
{
	char *dir;

	if ((uid && !home) || nested) /* there everybody is the caller, and owners tell nothing */
		return NULL;
	dir = uid ? sbx_join(home, "/" SBX_USER_CACHE) : sbx_strdup(SBX_ROOT_CACHE);
	errno = 0;
	if (trusted_dir(dir, uid))
		return dir;
	return errno == ENOENT && make_dir(dir) && trusted_dir(dir, uid) ? dir : NULL;
}

static char *entry_path(const char *dir, const struct key *key)
{
	size_t room = (key->len + 7) / 8 * 8;
	char *padded = sbx_alloc(room);

	memcpy(padded, key->bytes, key->len);
	return sbx_join(dir, "/", sbx_hex(sbx_checksum(padded, room)));
}

/* Read and check the blob in `fd`; NULL when it is no policy. UNTRUSTED until sbx_policy_check has passed. */
static const struct sbx_policy_blob *read_policy(int fd, const struct stat *st, const struct key *key)
{
	const struct sbx_policy_blob *policy;
	void *bytes;

	if (!S_ISREG(st->st_mode) || st->st_size <= 0 || st->st_size > (off_t)SBX_BLOB_MAX)
		return NULL;
	bytes = sbx_alloc((size_t)st->st_size);
	policy = bytes;
	if (pread(fd, bytes, (size_t)st->st_size, 0) != st->st_size ||
	    sbx_policy_check(bytes, (size_t)st->st_size) < 0 ||
	    !same_key(key, sbx_at(policy, policy->key), policy->key.len)) {
		return NULL;
	}
	return policy;
}

static const struct sbx_policy_blob *read_entry(const char *path, const struct key *key, uid_t uid)
{
	cleanup_fd int fd = openat(AT_FDCWD, path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	const struct sbx_policy_blob *policy;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0 || !sbx_trust_mode(st.st_uid, st.st_mode, uid))
		return NULL;
	policy = read_policy(fd, &st, key);
	sbx_resolve_forget();
	if (policy && sbx_policy_fresh(policy))
		return policy;
	sbx_resolve_forget();
	return NULL;
}

/* The compiler's arguments: the request, and where given the descriptors and the cache entry. */
static char **compiler_argv(const struct sbx_request *request, const char *verb, const char *const *more)
{
	const struct sbx_options *options = request->options;
	struct sbx_vec argv = { 0 };

	push_word(&argv, SBX_COMPILER_NAME);
	push_word(&argv, verb);
	if (!request->profile)
		push_names(&argv, request, "--trust", "--name");
	push_word(&argv, "--abi");
	push_word(&argv, sbx_format("%u", request->abi));
	if (request->nested)
		push_word(&argv, "--inside");
	if (request->profile) {
		push_word(&argv, "--profile");
		push_word(&argv, request->profile);
	}
	push_word(&argv, "--user-config");
	push_word(&argv, request->user_config);
	if (options->config) {
		push_word(&argv, "--config");
		push_word(&argv, options->config);
	}
	for (size_t i = 0; i < options->sets.count; i++) {
		push_word(&argv, "--set");
		push_word(&argv, *(char **)sbx_vec_at(&options->sets, i));
	}
	for (; more && *more; more++)
		push_word(&argv, *more);
	return sbx_vec_strings(&argv);
}

/* `out`: its standard output, or -1 for ours. */
static int run_compiler(const char *path, char **argv, int out, struct sbx_err *err)
{
	static char path_entry[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
	static char *const clean[] = { path_entry, NULL };
	int status;
	pid_t pid = fork();

	sbx_resolve_forget(); /* this takes a while */
	if (pid < 0)
		return sbx_err_set(err, SBX_STEP_COMPILE, errno, "fork");
	if (pid == 0) {
		if (out >= 0 && dup2(out, STDOUT_FILENO) < 0)
			_exit(SBX_EXIT_FAILED);
		execve(path, argv, clean);
		_exit(SBX_EXIT_NOT_FOUND);
	}
	/* What stopped it stopped us, too; who continues us alone knows of nobody else. */
	for (pid_t got = 0; got != pid || WIFSTOPPED(status);) {
		got = waitpid(pid, &status, WUNTRACED);
		if (got < 0 && errno != EINTR)
			return sbx_err_set(err, SBX_STEP_COMPILE, errno, path);
		if (got == pid && WIFSTOPPED(status))
			kill(pid, SIGCONT);
	}
	if (WIFEXITED(status) && WEXITSTATUS(status) == SBX_EXIT_NOT_FOUND)
		return sbx_err_set(err, SBX_STEP_COMPILE, ENOENT, path);
	if (WIFSIGNALED(status))
		return sbx_err_set(err, SBX_STEP_COMPILE, 0,
				   sbx_format("%s: killed by signal %d", path, WTERMSIG(status)));
	return WEXITSTATUS(status);
}

int sbx_cache_run_compiler(const struct sbx_request *request, const char *verb, struct sbx_err *err)
{
	return run_compiler(request->compiler, compiler_argv(request, verb, NULL), -1, err);
}

int sbx_cache_ask_home(struct sbx_request *request, char **home, struct sbx_err *err)
{
	static char name[] = SBX_COMPILER_NAME, verb[] = "caller";
	char *argv[] = { name, verb, NULL };
	cleanup_fd int fd = memfd_create("sbx-caller", MFD_CLOEXEC);
	char line[ENTRY_MAX + 1];
	ssize_t len;
	int status;

	*home = NULL;
	if (fd < 0)
		return sbx_err_set(err, SBX_STEP_COMPILE, errno, "memfd");
	status = run_compiler(request->compiler, argv, fd, err);
	if (status)
		return status < 0 ? -1 : sbx_err_set(err, SBX_STEP_COMPILE, 0, ""); /* it has said why */
	len = pread(fd, line, sizeof(line), 0);
	if (len < 0 || len > ENTRY_MAX)
		return sbx_err_set(err, SBX_STEP_COMPILE, len < 0 ? errno : E2BIG, "the user database");
	line[len] = 0;
	line[strcspn(line, "\n")] = 0;
	request->entry = sbx_strdup(line);
	*home = sbx_passwd_field_home(line, request->uid);
	return 0;
}

static const struct sbx_policy_blob *compile_policy(const struct sbx_request *request, const struct key *key,
						    const char *entry, struct sbx_err *err)
{
	cleanup_fd int key_fd = memfd_create("sbx-key", 0);
	cleanup_fd int blob_fd = memfd_create("sbx-policy", 0);
	char *key_word = sbx_format("%d", key_fd), *blob_word = sbx_format("%d", blob_fd);
	const char *const more[] = {
		"--key-fd", key_word, "--blob-fd", blob_word, entry ? "--cache" : NULL, entry, NULL
	};
	const struct sbx_policy_blob *policy;
	struct stat st;
	int status;

	if (key_fd < 0 || blob_fd < 0 || write(key_fd, key->bytes, key->len) != (ssize_t)key->len ||
	    lseek(key_fd, 0, SEEK_SET) < 0) {
		sbx_err_set(err, SBX_STEP_COMPILE, errno, "memfd");
		return NULL;
	}
	status = run_compiler(request->compiler, compiler_argv(request, "compile", more), -1, err);
	if (status < 0)
		return NULL;
	if (status) {
		sbx_err_set(err, SBX_STEP_COMPILE, 0, "");
		return NULL;
	}
	policy = fstat(blob_fd, &st) == 0 ? read_policy(blob_fd, &st, key) : NULL;
	if (!policy)
		sbx_err_set(err, SBX_STEP_BLOB, 0, "the compiler's output is not a policy of this build");
	return policy;
}

static const char *found; /* the entry that was used */

bool sbx_cache_forget(void)
{
	return found && unlink(found) == 0;
}

const struct sbx_policy_blob *sbx_cache_policy(const struct sbx_request *request, struct sbx_err *err)
{
	struct key key = make_key(request), now;
	char *dir = sbx_cache_dir(request->uid, request->home, request->nested);
	char *entry = dir ? entry_path(dir, &key) : NULL;
	const struct sbx_policy_blob *policy = entry ? read_entry(entry, &key, request->uid) : NULL;

	found = policy ? entry : NULL;
	if (policy)
		return policy;
	policy = compile_policy(request, &key, entry, err);
	now = make_key(request);
	if (entry && !same_key(&now, key.bytes, key.len))
		unlink(entry); /* a file changed while it was compiled: the entry may hold what its key doesn't say */
	return policy;
}
