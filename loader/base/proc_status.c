/* SPDX-License-Identifier: MIT */
/*
 * proc_status.c -- reads /proc/PID/status of processes that the loader started. The text comes from the kernel; names
 * in it are escaped, so that a line begins with its key.
 */
#include "loader/base/proc_status.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "loader/base/cleanup.h"

#define STATUS_MAX 4096
#define NAME_ROOM 64 /* of a name that two reads cut in parts */

/* The text behind "\nKEY:" of a process's status; NULL when there is none. `text` holds STATUS_MAX bytes. */
static const char *find_field(pid_t pid, const char *key, char *text)
{
	char path[48], *at;
	cleanup_fd int fd = -1;
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)pid);
	fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	len = fd < 0 ? -1 : read(fd, text, STATUS_MAX - 1);
	if (len <= 0)
		return NULL;
	text[len] = 0;
	at = strstr(text, key);
	return at ? at + strlen(key) : NULL;
}

static bool field_number(pid_t pid, const char *key, int base, unsigned long long *value)
{
	char text[STATUS_MAX];
	const char *at = find_field(pid, key, text);

	if (at)
		*value = strtoull(at, NULL, base);
	return at != NULL;
}

bool sbx_proc_status_stopped(pid_t pid)
{
	char text[STATUS_MAX];
	const char *at = find_field(pid, "\nState:\t", text);

	return at && (*at == 'T' || *at == 't');
}

/* UNTRUSTED: the names of files. */
bool sbx_proc_status_lacks(pid_t pid, const char *name)
{
	char path[48], text[NAME_ROOM + STATUS_MAX + 1] = "";
	cleanup_fd int fd = -1;
	bool libc = false;
	size_t kept = 0;
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && (len = read(fd, text + kept, STATUS_MAX)) > 0) {
		const size_t have = kept + (size_t)len;

		text[have] = 0;
		if (strstr(text, name))
			return false;
		libc |= strstr(text, "/libc.so.6\n") != NULL;
		kept = have < NAME_ROOM ? have : NAME_ROOM;
		memmove(text, text + have - kept, kept);
	}
	return libc;
}

int sbx_proc_status_filters(pid_t pid)
{
	unsigned long long count;

	return field_number(pid, "\nSeccomp_filters:", 10, &count) ? (int)count : -1;
}

bool sbx_proc_status_handles(pid_t pid, int signo)
{
	unsigned long long caught, ignored;

	if (!field_number(pid, "\nSigCgt:", 16, &caught) || !field_number(pid, "\nSigIgn:", 16, &ignored))
		return true;
	return ((caught | ignored) >> (signo - 1)) & 1;
}

pid_t sbx_proc_status_child(pid_t pid)
{
	char path[64], text[16] = "";
	cleanup_fd int fd = -1;

	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", (int)pid, (int)pid);
	fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	return fd >= 0 && read(fd, text, sizeof(text) - 1) > 0 ? (pid_t)strtol(text, NULL, 10) : 0;
}
