/* SPDX-License-Identifier: MIT */
/*
 * git_config.c -- what git's own parser does with a configuration: sections, quotes, continued lines, and keys on the
 * line of their section. UNTRUSTED: the text.
 */
#include "loader/guard/git_config.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loader/base/cleanup.h"
#include "loader/base/memory.h"

#define SIZE_MOST (1u << 20)

/* Settings that git executes, or by which it reads or writes elsewhere; "*" is any key. */
static const struct {
	const char *section, *key;
} executing[] = {
	{ "browser", "cmd" },
	{ "browser", "path" },
	{ "core", "alternaterefscommand" },
	{ "core", "askpass" },
	{ "core", "editor" },
	{ "core", "fsmonitor" },
	{ "core", "gitproxy" },
	{ "core", "hookspath" },
	{ "core", "pager" },
	{ "core", "sshcommand" },
	{ "core", "worktree" },
	{ "credential", "helper" },
	{ "diff", "command" },
	{ "diff", "external" },
	{ "diff", "textconv" },
	{ "difftool", "cmd" },
	{ "difftool", "path" },
	{ "filter", "clean" },
	{ "filter", "process" },
	{ "filter", "smudge" },
	{ "gc", "recentobjectshook" },
	{ "gpg", "defaultkeycommand" },
	{ "gpg", "program" },
	{ "guitool", "cmd" },
	{ "hook", "command" },
	{ "imap", "tunnel" },
	{ "include", "path" },
	{ "includeif", "path" },
	{ "init", "templatedir" },
	{ "instaweb", "browser" },
	{ "instaweb", "httpd" },
	{ "interactive", "difffilter" },
	{ "lfs", "args" },
	{ "lfs", "path" },
	{ "lfs", "standalonetransferagent" },
	{ "man", "cmd" },
	{ "man", "path" },
	{ "merge", "driver" },
	{ "mergetool", "cmd" },
	{ "mergetool", "path" },
	{ "pager", "*" },
	{ "protocol", "allow" },
	{ "remote", "receivepack" },
	{ "remote", "uploadpack" },
	{ "remote", "vcs" },
	{ "sendemail", "*" },
	{ "sequence", "editor" },
	{ "tar", "command" },
	{ "trailer", "cmd" },
	{ "trailer", "command" },
	{ "uploadpack", "packobjectshook" },
	{ "url", "*" },
	{ "web", "browser" },
};

static bool is_bool(const char *value)
{
	static const char *const words[] = { "", "true", "false", "yes", "no", "on", "off", "0", "1" };

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasecmp(value, words[i]) == 0)
			return true;
	return false;
}

/* transport::address: git runs git-remote-transport, and ext:: any command. */
static bool names_helper(const char *value)
{
	const char *mark = strstr(value, "::");

	return mark && (size_t)(mark - value) <= strcspn(value, "/");
}

bool sbx_git_config_executes(const struct sbx_git_setting *setting)
{
	const char *section = setting->section, *key = setting->key, *value = setting->value;

	if (strcmp(section, "remote") == 0 && (strcmp(key, "url") == 0 || strcmp(key, "pushurl") == 0))
		return names_helper(value);
	if (strcmp(section, "submodule") == 0)
		return (strcmp(key, "update") == 0 && value[0] == '!') ||
		       (strcmp(key, "url") == 0 && names_helper(value));
	if (strcmp(section, "alias") == 0)
		return value[0] == '!';
	if ((strcmp(section, "pager") == 0 || strcmp(key, "fsmonitor") == 0) && is_bool(value))
		return false;
	for (size_t i = 0; i < sizeof(executing) / sizeof(executing[0]); i++)
		if (strcmp(section, executing[i].section) == 0 &&
		    (executing[i].key[0] == '*' || strcmp(key, executing[i].key) == 0))
			return true;
	return false;
}

char *sbx_git_config_text(const struct sbx_git_setting *setting)
{
	return sbx_join(setting->section, setting->sub ? "." : "", setting->sub ? setting->sub : "", ".", setting->key,
			"=", setting->value);
}

/* The text, and how far it is read. */
struct reader {
	const char *text;
	size_t len, at;
	const char *section, *sub;
};

static int peek(const struct reader *reader)
{
	return reader->at < reader->len ? (unsigned char)reader->text[reader->at] : -1;
}

static char *small(const char *from, size_t len)
{
	char *text = sbx_strndup(from, len);

	for (char *c = text; *c; c++)
		*c = (char)tolower((unsigned char)*c);
	return text;
}

static bool read_sub(struct reader *reader)
{
	char *to = sbx_alloc(reader->len - reader->at + 1);

	reader->sub = to;
	for (reader->at++; peek(reader) >= 0 && peek(reader) != '\n'; reader->at++) {
		if (peek(reader) == '"') {
			reader->at++;
			*to = 0;
			return peek(reader) == ']';
		}
		reader->at += peek(reader) == '\\';
		if (peek(reader) < 0 || peek(reader) == '\n')
			return false;
		*to++ = reader->text[reader->at];
	}
	return false;
}

/* [section], [section "sub"] or [section.sub] */
static bool read_section(struct reader *reader)
{
	const size_t from = ++reader->at;
	char *dot;

	while (isalnum(peek(reader)) || peek(reader) == '.' || peek(reader) == '-')
		reader->at++;
	reader->section = small(reader->text + from, reader->at - from);
	dot = strchr(reader->section, '.');
	reader->sub = dot ? dot + 1 : NULL;
	if (dot)
		*dot = 0;
	while (peek(reader) == ' ' || peek(reader) == '\t')
		reader->at++;
	if (peek(reader) == '"' && !read_sub(reader))
		return false;
	return reader->at < reader->len && reader->text[reader->at++] == ']';
}

/* What stands after the backslash; 0 where nothing does, -1 where git gives up. */
static int read_escape(struct reader *reader)
{
	static const char from[] = "\\\"ntb", to[] = "\\\"\n\t\b";
	const char *found;
	int c = peek(reader);

	if (c == '\r' && reader->at + 1 < reader->len && reader->text[reader->at + 1] == '\n')
		c = reader->text[++reader->at];
	reader->at++;
	if (c == '\n')
		return 0;
	found = c > 0 ? strchr(from, c) : NULL;
	return found ? to[found - from] : -1;
}

/* From the equals sign to the end of the line, which may be continued. */
static const char *read_value(struct reader *reader)
{
	char *value = sbx_alloc(reader->len - reader->at + 1), *to = value, *end = value;
	bool quoted = false;
	int c;

	for (reader->at++; peek(reader) == ' ' || peek(reader) == '\t';)
		reader->at++;
	while ((c = peek(reader)) >= 0 && c != '\n') {
		reader->at++;
		if (!quoted && (c == '#' || c == ';')) {
			while (peek(reader) >= 0 && peek(reader) != '\n')
				reader->at++;
			break;
		}
		if (c == '"') {
			quoted = !quoted;
			end = to;
			continue;
		}
		if (c == '\\') {
			c = read_escape(reader);
			if (c < 0)
				return NULL;
			if (c)
				*to++ = (char)c;
			end = to;
			continue;
		}
		*to++ = (char)c;
		end = quoted || !isspace(c) ? to : end;
	}
	*end = 0;
	return quoted ? NULL : value;
}

static bool read_setting(struct reader *reader, struct sbx_vec *settings)
{
	struct sbx_git_setting setting = { .section = reader->section, .sub = reader->sub, .from = reader->at };

	while (isalnum(peek(reader)) || peek(reader) == '-')
		reader->at++;
	setting.key = small(reader->text + setting.from, reader->at - setting.from);
	while (peek(reader) == ' ' || peek(reader) == '\t')
		reader->at++;
	if (peek(reader) == '=')
		setting.value = read_value(reader);
	else if (peek(reader) < 0 || strchr("\r\n#;", peek(reader)))
		setting.value = "true";
	setting.to = reader->at;
	if (!setting.value || !setting.section)
		return false;
	sbx_vec_push(settings, sizeof(setting), &setting);
	return true;
}

static bool read_all(struct reader *reader, struct sbx_vec *settings)
{
	if (reader->len >= 3 && memcmp(reader->text, "\xef\xbb\xbf", 3) == 0)
		reader->at = 3;
	while (peek(reader) >= 0) {
		const int c = peek(reader);
		bool good = true;

		if (c == '#' || c == ';')
			while (peek(reader) >= 0 && peek(reader) != '\n')
				reader->at++;
		else if (isspace(c))
			reader->at++;
		else if (c == '[')
			good = read_section(reader);
		else
			good = isalpha(c) && read_setting(reader, settings);
		if (!good)
			return false;
	}
	return true;
}

int sbx_git_config_read(int dir, const char *name, struct sbx_git_config *config)
{
	cleanup_fd int fd = openat(dir, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	struct reader reader = { .at = 0 };
	struct stat st;
	ssize_t got = 0;

	*config = (struct sbx_git_config){ .len = 0 };
	if (fd < 0)
		return -1;
	errno = EINVAL;
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > SIZE_MOST)
		return -1;
	config->text = sbx_alloc((size_t)st.st_size + 1);
	while (config->len < (size_t)st.st_size &&
	       (got = read(fd, config->text + config->len, (size_t)st.st_size - config->len)) > 0)
		config->len += (size_t)got;
	reader.text = config->text;
	reader.len = config->len;
	errno = EINVAL;
	return got < 0 || memchr(config->text, 0, config->len) || !read_all(&reader, &config->settings) ? -1 : 0;
}
