/* SPDX-License-Identifier: MIT */
/*
 * children.c -- the latch of a program that the command started: found by the program's name, stacked, and claimed.
 *
 * The table is believed because of where it is: a regular file on a file system in memory that is mounted read-only,
 * which nobody inside can make. It is checked all the same. Landlock, then seccomp, for the filter may not know
 * landlock_*.
 */
#include "shim/children.h"

#include "shim/environ.h"
#include "shim/err.h"
#include "shim/glob.h"
#include "shim/landlock.h"
#include "shim/path_text.h"
#include "shim/paths.h"
#include "shim/seccomp.h"
#include "shim/sys.h"

#include <asm/errno.h>
#include <asm/stat.h>
#include <asm/statfs.h>
#include <linux/auxvec.h>
#include <linux/fcntl.h>
#include <linux/magic.h>
#include <linux/mman.h>
#include <linux/stat.h>

#define ST_RDONLY_ 1u /* statfs(2), f_flags */

/* Returns the table's size, or 0 when the file isn't the loader's. */
static size_t trusted_size(int fd)
{
	struct stat st;
	struct statfs fs;

	if (sbx_sys(__NR_fstat, fd, &st, 0, 0) < 0 || sbx_sys(__NR_fstatfs, fd, &fs, 0, 0) < 0)
		return 0;
	if (!S_ISREG(st.st_mode) || fs.f_type != TMPFS_MAGIC || !(fs.f_flags & ST_RDONLY_))
		return 0;
	return st.st_size > 0 && st.st_size <= (long)SBX_BLOB_MAX ? (size_t)st.st_size : 0;
}

/* The table, mapped; NULL with *size 0 when there is none, NULL with err when it can't be used. */
static const struct sbx_children *map_table(size_t *size, struct sbx_err *err)
{
	long fd = sbx_sys_open(SBX_INNER_CHILDREN, O_CLOEXEC), at;

	*size = fd < 0 ? 0 : trusted_size((int)fd);
	if (fd < 0)
		return NULL;
	at = *size ? sbx_syscall6(__NR_mmap, 0, (long)*size, PROT_READ, MAP_PRIVATE, fd, 0) : 0;
	sbx_sys_close((int)fd);
	if (at < 0)
		sbx_err_set(err, SBX_STEP_LATCH, at, "mmap of " SBX_INNER_CHILDREN);
	else if (*size && sbx_children_check((const void *)at, *size) < 0)
		at = sbx_err_set(err, SBX_STEP_LATCH, 0, SBX_INNER_CHILDREN " is damaged");
	return at > 0 ? (const struct sbx_children *)at : NULL;
}

static const struct sbx_child *find(const struct sbx_children *table, const char *name)
{
	const struct sbx_child *child = sbx_at(table, table->entries);
	const struct sbx_child *end = child + table->entries.len / sizeof(*child);

	for (; child < end; child++)
		if (sbx_glob(sbx_str(table, table->strings, child->pattern), name))
			return child;
	return NULL;
}

/* By the name it was started under, else by its file's, which links lead to. UNTRUSTED: both; they choose among the
 * layers. */
static const struct sbx_child *find_self(const struct sbx_children *table, char **envp, char *name)
{
	char exe[4096];
	const char *path = (const char *)sbx_environ_aux(envp, AT_EXECFN);
	const struct sbx_child *child = path ? find(table, sbx_basename(path)) : NULL;
	long len;
	size_t i = 0;

	if (!child) {
		len = sbx_sys(__NR_readlinkat, AT_FDCWD, "/proc/self/exe", exe, sizeof(exe) - 1);
		exe[len < 0 ? 0 : len] = 0;
		path = exe;
		child = find(table, sbx_basename(path));
	}
	for (path = sbx_basename(path); child && i < SBX_CHILD_REPORT_NAME - 1 && path[i]; i++)
		name[i] = path[i];
	return child;
}

/* The digit that holds the layer's bit; NULL when the variable isn't there as the loader made it: then nothing is in
 * force. */
static char *digit_of(char **envp, uint32_t layer)
{
	char *digits = sbx_environ_get(envp, SBX_CHILDREN_ENV "=");

	return digits && sbx_strlen(digits) == SBX_CHILDREN_DIGITS ? digits + layer / 4 : NULL;
}

static unsigned int digit_value(char digit)
{
	if (digit >= '0' && digit <= '9')
		return (unsigned int)(digit - '0');
	return digit >= 'a' && digit <= 'f' ? (unsigned int)(digit - 'a') + 10 : 0;
}

static int stack(const struct sbx_layer *layer, struct sbx_err *err)
{
	if (sbx_landlock_apply(layer, err) < 0)
		return err->errnum != E2BIG ? -1 :
					      sbx_err_set(err, SBX_STEP_LANDLOCK, E2BIG,
							  "16 layers are stacked already: nest fewer profiles");
	return sbx_seccomp_apply(layer, layer->filter, err);
}

/* The fifo is opened before the filter stands and written to behind it. Without a reader, nobody wants to know. */
static int apply(const struct sbx_children *table, const struct sbx_child *child, const char *name, char *digit,
		 struct sbx_err *err)
{
	const struct sbx_span span = ((const struct sbx_span *)sbx_at(table, table->layers))[child->layer];
	const struct sbx_layer *layer = sbx_at(table, span);
	const struct sbx_child *first = sbx_at(table, table->entries);
	struct sbx_child_report claim = { .magic = SBX_MAGIC_CHILD_REPORT, .child = (uint32_t)(child - first) };
	long fd;

	if (sbx_layer_check(layer, span.len) < 0)
		return sbx_err_set(err, SBX_STEP_LATCH, 0, "a layer in " SBX_INNER_CHILDREN " is damaged");
	fd = sbx_sys_open(SBX_INNER_CHILD_REPORTS, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	if (stack(layer, err) < 0)
		return -1;
	if (digit)
		*digit = "0123456789abcdef"[digit_value(*digit) | 1u << child->layer % 4];
	if (fd < 0)
		return 0;
	for (size_t i = 0; i < sizeof(claim.name) - 1 && name[i]; i++)
		claim.name[i] = name[i];
	sbx_sys_write((int)fd, &claim, sizeof(claim));
	sbx_sys_close((int)fd);
	return 0;
}

int sbx_children_latch(char **envp, struct sbx_err *err)
{
	size_t size;
	char name[SBX_CHILD_REPORT_NAME] = "", *digit;
	const struct sbx_children *table = map_table(&size, err);
	const struct sbx_child *child;
	int ret = 0;

	if (!table)
		return size ? -1 : 0;
	child = find_self(table, envp, name);
	if (child && child->layer != SBX_CHILD_NO_LAYER) {
		digit = digit_of(envp, child->layer);
		if (!digit || !(digit_value(*digit) & 1u << child->layer % 4))
			ret = apply(table, child, name, digit, err);
	}
	sbx_sys(__NR_munmap, table, size, 0, 0);
	return ret < 0 ? -1 : 1;
}
