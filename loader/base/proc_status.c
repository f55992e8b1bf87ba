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
#define LINE_MAX_ 512

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

/* A line of /proc/PID/maps: proc(5). UNTRUSTED: the names of files; of a long one the rest is read as another line. */
struct mapping {
	uint64_t start, end,
		file; /* `file`: its inode's number; a file system's own matter, and no two are alike here */
	bool writable;
};

static bool parse_mapping(const char *line, struct mapping *mapping)
{
	unsigned long long start, end, file;
	char write;

	if (sscanf(line, "%llx-%llx %*c%c%*2c %*x %*x:%*x %llu", &start, &end, &write, &file) != 4)
		return false;
	*mapping = (struct mapping){ start, end, file, write == 'w' };
	return true;
}

/* The first mapping is the program's own. */
static FILE *open_maps(pid_t pid, char line[LINE_MAX_], struct mapping *first)
{
	char path[48];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	file = fopen(path, "re");
	if (file && fgets(line, LINE_MAX_, file) && parse_mapping(line, first))
		return file;
	if (file)
		fclose(file);
	return NULL;
}

bool sbx_proc_status_lacks(pid_t pid, const char *name, uint64_t relro)
{
	struct mapping own, first, mapping;
	char line[LINE_MAX_];
	FILE *file = open_maps(getpid(), line, &own);
	bool linked = false, there = false;

	if (!file)
		return false;
	fclose(file);
	file = open_maps(pid, line, &first);
	while (file && fgets(line, sizeof(line), file)) {
		there |= strstr(line, name) != NULL;
		linked |= strstr(line, "/libc.so.6\n") != NULL;
		if (relro && parse_mapping(line, &mapping) && first.start + relro >= mapping.start &&
		    first.start + relro < mapping.end)
			linked |= !mapping.writable;
	}
	if (!file)
		return false;
	there |= ferror(file);
	fclose(file);
	return linked && !there && first.file != own.file; /* else it is still to be executed */
}

int sbx_proc_status_filters(pid_t pid)
{
	unsigned long long count;

	return field_number(pid, "\nSeccomp_filters:", 10, &count) ? (int)count : -1;
}

pid_t sbx_proc_status_process(pid_t thread)
{
	unsigned long long process;

	return field_number(thread, "\nTgid:", 10, &process) ? (pid_t)process : 0;
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
