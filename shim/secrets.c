/* SPDX-License-Identifier: MIT */
/*
 * secrets.c -- one pattern of fs.secrets, held against one path. UNTRUSTED: the path; a name that an attacker has
 * chosen may only be taken for a secret, and the time that takes grows with the product of both lengths.
 */
#include "shim/secrets.h"

#include "shim/glob.h"
#include "shim/path_text.h"
#include "shim/sys.h"

/* What editors, package managers and people append to the name of a copy; one that ends in another stands before it. */
static const char *const copies[] = {
	"~",          ".bak",     ".bak1",     ".bak2",    ".backup", ".back",    ".dpkg-old", ".dpkg-new",
	".dpkg-dist", ".ucf-old", ".ucf-dist", ".rpmsave", ".rpmnew", ".rpmorig", ".old",      "-old",
	"_old",       "-bak",     "_bak",      ".orig",    ".save",   ".saved",   ".sav",      ".copy",
	" (copy)",    " copy",    ".new",      ".prev",    ".tmp",    ".swp",     ".swo",      ".swn",
	"-new",       "_new",     "-prev",     "_prev",    "-orig",   "_orig",    "-backup",   "_backup",
	"-copy",      "_copy",    "#",         ".part",    ".gz",     ".bz2",     ".xz",       ".zst",
	" ",          ".un~",     ".kate-swp", ".bk",      ".bkp",    ".bck",     "-bkp",      "_bkp"
};

static bool is_separator(char c)
{
	return c == '.' || c == '-' || c == '_' || c == ' ' || c == '(' || c == ')' || c == '~';
}

static size_t base_of(const char *path, size_t len)
{
	while (len && path[len - 1] != '/')
		len--;
	return len;
}

/* .1, -2, _20260131, .2026-01-31, " (1)", .~1~ */
static size_t without_number(const char *path, size_t base, size_t len)
{
	size_t end = len;

	while (end > base && ((path[end - 1] >= '0' && path[end - 1] <= '9') || is_separator(path[end - 1])))
		end--;
	return end > base && end + 1 < len && is_separator(path[end]) ? end : len;
}

/* The length of the path without one such ending; as it is where it has none, or nothing but it. */
static size_t without_ending(const char *path, size_t base, size_t len)
{
	for (size_t i = 0; i < sizeof(copies) / sizeof(copies[0]); i++) {
		const size_t size = sbx_strlen(copies[i]);

		if (len > base + size && sbx_globn_nocase(copies[i], path + len - size, size))
			return len - size;
	}
	return without_number(path, base, len);
}

struct sbx_secret_name sbx_secret_name(const char *path, bool is_dir)
{
	const size_t len = sbx_strlen(path), base = base_of(path, len);
	struct sbx_secret_name name = { path, len, len, is_dir };
	size_t shorter;

	while (!is_dir && (shorter = without_ending(path, base, name.bare)) < name.bare)
		name.bare = shorter;
	return name;
}

/* As many components at the end of the path as the pattern has: its * matches no slash. */
static bool fits_end(const char *pattern, size_t size, const char *path, size_t len)
{
	size_t start = len, slashes = 0;

	for (size_t i = 0; i < size; i++)
		slashes += pattern[i] == '/';
	while (start && (path[start - 1] != '/' || slashes--))
		start--;
	return sbx_globn_nocase(pattern, path + start, len - start);
}

/* A pattern for directories fits those, and everything in them. */
static bool fits_directory(const char *pattern, size_t size, const struct sbx_secret_name *name)
{
	char plain[SBX_SECRET_LENGTH_MAX + 1];

	if (size > SBX_SECRET_LENGTH_MAX)
		return false;
	for (size_t i = 0; i < size; i++)
		plain[i] = pattern[i];
	plain[size - 1] = 0; /* its slash */
	for (size_t len = 1; len <= name->len; len++)
		if ((name->path[len] == '/' || (!name->path[len] && name->is_dir)) &&
		    fits_end(plain, size - 1, name->path, len))
			return true;
	return false;
}

static bool fits_file(const char *pattern, size_t size, const struct sbx_secret_name *name)
{
	const size_t base = base_of(name->path, name->len);
	const char first = name->path[base];

	if (name->is_dir)
		return false;
	if (fits_end(pattern, size, name->path, name->len))
		return true;
	if (name->bare == name->len)
		return false;
	/* .id_rsa.swp and #id_rsa# */
	return fits_end(pattern, size, name->path, name->bare) ||
	       ((first == '.' || first == '#') && name->bare > base + 1 &&
		sbx_globn_nocase(pattern, name->path + base + 1, name->bare - base - 1));
}

int sbx_secret_match(const char *pattern, const struct sbx_secret_name *name)
{
	const int says = *pattern == '!' ? -1 : 1;
	size_t size;

	pattern += *pattern == '!';
	size = sbx_strlen(pattern);
	if (!size)
		return 0;
	return (pattern[size - 1] == '/' ? fits_directory : fits_file)(pattern, size, name) ? says : 0;
}
