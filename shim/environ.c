/* SPDX-License-Identifier: MIT */
/*
 * environ.c -- finding and cleaning the target's environment in place.
 *
 * The strings were written by the loader; they are read as text with bounds given by their NULs, which the kernel
 * guarantees. The strings' own bytes are overwritten too, so that /proc/self/environ shows no more than environ does.
 */
#include "shim/environ.h"

#include <stdbool.h>

#include <linux/fcntl.h>

#include "shim/paths.h"
#include "shim/sys.h"

#define STARTSTACK_FIELD 28 /* proc(5): of /proc/PID/stat */
#define PRELOAD "LD_PRELOAD="
#define AUX_MAX 64 /* entries; the kernel makes some twenty */

/* The number in field `field` of a stat line; fields are counted behind the last ')' because comm may hold anything. */
static unsigned long stat_field(const char *line, long len, int field)
{
	unsigned long value = 0;
	long at = len;

	while (at > 0 && line[at - 1] != ')')
		at--;
	for (int seen = 2; at < len && seen < field; at++)
		seen += line[at] == ' ';
	for (; at < len && line[at] >= '0' && line[at] <= '9'; at++)
		value = value * 10 + (unsigned long)(line[at] - '0');
	return value;
}

static char **from_stack(void)
{
	char line[1024];
	long fd = sbx_sys_open("/proc/self/stat", O_CLOEXEC), len;
	unsigned long start;

	if (fd < 0)
		return NULL;
	len = sbx_sys_read((int)fd, line, sizeof(line));
	sbx_sys_close((int)fd);
	start = len > 0 ? stat_field(line, len, STARTSTACK_FIELD) : 0;
	if (!start || start % sizeof(long))
		return NULL;
	return (char **)start + 1 + *(long *)start + 1;
}

char **sbx_environ_find(int argc, char **argv, char **envp)
{
	if (argc >= 0 && argv && envp == argv + argc + 1)
		return envp;
	return from_stack();
}

static char *value_of(char *entry, const char *name)
{
	for (; *name; name++, entry++)
		if (*entry != *name)
			return NULL;
	return entry;
}

char *sbx_environ_get(char **envp, const char *name)
{
	char *value = NULL;

	for (; *envp && !value; envp++)
		value = value_of(*envp, name);
	return value;
}

unsigned long sbx_environ_aux(char **envp, unsigned long type)
{
	const unsigned long *aux;

	while (*envp)
		envp++;
	aux = (const unsigned long *)(envp + 1);
	for (int i = 0; i < AUX_MAX && aux[0]; i++, aux += 2)
		if (aux[0] == type)
			return aux[1];
	return 0;
}

static void wipe(char *from, const char *to)
{
	for (volatile char *p = from; p < to; p++)
		*p = 0;
}

/* What LD_PRELOAD is without its first `own` entries: written in front of the rest, or NULL when nothing is left. */
static char *strip_preload(char *entry, char *value, int own)
{
	char *rest = value, *start;

	for (; own > 0 && *rest; own--) {
		while (*rest && *rest != ':')
			rest++;
		rest += *rest == ':';
	}
	if (!*rest) {
		wipe(entry, rest);
		return NULL;
	}
	start = rest - (sizeof(PRELOAD) - 1);
	wipe(entry, start);
	for (size_t i = 0; i < sizeof(PRELOAD) - 1; i++)
		start[i] = PRELOAD[i];
	return start;
}

void sbx_environ_clean(char **envp, int own)
{
	char **kept = envp;

	for (; *envp; envp++) {
		char *entry = *envp, *value = value_of(entry, PRELOAD);

		if (value) {
			entry = strip_preload(entry, value, own);
		} else if (value_of(entry, SBX_LATCH_ENV "=")) {
			wipe(entry, entry + sbx_strlen(entry));
			entry = NULL;
		}
		if (entry)
			*kept++ = entry;
	}
	*kept = NULL;
}

/* An entry of LD_PRELOAD, `len` bytes of a list that ':' and ' ' separate. */
static int is_shim(const char *entry, size_t len)
{
	static const char name[] = SBX_SHIM_NAME;
	const size_t size = sizeof(name) - 1;

	if (len < size || (len > size && entry[len - size - 1] != '/'))
		return 0;
	for (size_t i = 0; i < size; i++)
		if (entry[len - size + i] != name[i])
			return 0;
	return 1;
}

/* The list without the shim, moved together in place. Returns 0 when nothing is left. */
static int take_shim_out(char *value)
{
	char *to = value, *from = value;

	while (*from) {
		char *entry = from;
		size_t len;

		while (*from && *from != ':' && *from != ' ')
			from++;
		len = (size_t)(from - entry);
		from += *from != 0;
		if (is_shim(entry, len))
			continue;
		while (entry < from)
			*to++ = *entry++;
	}
	if (to > value && (to[-1] == ':' || to[-1] == ' '))
		to--; /* the shim was the last */
	wipe(to, from);
	return to > value;
}

void sbx_environ_forget(char **envp, int keep_shim)
{
	char **kept = envp;

	for (; *envp; envp++) {
		char *value = value_of(*envp, PRELOAD);

		if (value ? keep_shim || take_shim_out(value) : !value_of(*envp, SBX_POLICY_ENV "="))
			*kept++ = *envp;
		else
			wipe(*envp, *envp + sbx_strlen(*envp));
	}
	*kept = NULL;
}
