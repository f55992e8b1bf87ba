/* SPDX-License-Identifier: MIT */
/*
 * guard_record.c -- a file in the caller's cache directory, a line for each thing, held by flock(2) while its run
 * lasts. Nothing inside writes that directory.
 */
#include "loader/guard/guard_record.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "loader/base/cleanup.h"
#include "loader/base/directory.h"
#include "loader/base/escape.h"
#include "loader/base/memory.h"

#define PREFIX "guard-"
#define NEW ".new"
#define SIZE_MOST (4u << 20)

static void put_all(FILE *out, char what, const struct sbx_vec *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		fprintf(out, "%c 0 0 0 %s\n", what, sbx_escape(*(char **)sbx_vec_at(texts, i)));
}

static void put(FILE *out, const struct sbx_guard *guard)
{
	fprintf(out, "B %lld %ld 0 -\n", (long long)guard->began.tv_sec, guard->began.tv_nsec);
	put_all(out, 'P', &guard->patterns);
	for (size_t i = 0; i < guard->roots.count; i++) {
		const struct sbx_guard_root *root = sbx_vec_at(&guard->roots, i);

		fprintf(out, "R %llu %llu %d %s\n", (unsigned long long)root->st.st_dev,
			(unsigned long long)root->st.st_ino, root->more, sbx_escape(root->path));
	}
	for (size_t i = 0; i < guard->items.count; i++) {
		const struct sbx_guard_item *item = sbx_vec_at(&guard->items, i);

		fprintf(out, "I %llu %llu %d %s\n", (unsigned long long)item->st.st_dev,
			(unsigned long long)item->st.st_ino, item->loose, sbx_escape(item->path));
		if (item->text)
			fprintf(out, "L 0 0 0 %s\n", sbx_escape(item->text));
	}
	put_all(out, 'A', &guard->absent);
	put_all(out, 'S', &guard->settings);
}

void sbx_guard_record(struct sbx_guard *guard, const char *cache)
{
	uint64_t number;
	const char *new;
	FILE *out;
	int fd;

	if (!guard->roots.count || !cache || getrandom(&number, sizeof(number), 0) != sizeof(number))
		return;
	guard->record = sbx_join(cache, "/" PREFIX, sbx_hex(number));
	new = sbx_join(guard->record, NEW);
	guard->record_fd = open(new, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	fd = guard->record_fd >= 0 ? fcntl(guard->record_fd, F_DUPFD_CLOEXEC, 0) : -1;
	out = fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) == 0 ? fdopen(fd, "w") : NULL;
	if (out)
		put(out, guard);
	else if (fd >= 0)
		close(fd);
	if (!out || fclose(out) != 0 || rename(new, guard->record) < 0) {
		unlink(new);
		guard->record = NULL;
	}
}

void sbx_guard_forget(struct sbx_guard *guard)
{
	if (!guard->record)
		return;
	unlink(guard->record);
	close(guard->record_fd);
	guard->record = NULL;
}

static void take_line(struct sbx_guard *guard, char what, unsigned long long a, unsigned long long b, int flag,
		      const char *text)
{
	struct sbx_vec *texts = what == 'P' ? &guard->patterns :
				what == 'A' ? &guard->absent :
				what == 'S' ? &guard->settings :
					      NULL;
	const struct stat st = { .st_dev = (dev_t)a, .st_ino = (ino_t)b };

	if (texts)
		sbx_vec_push(texts, sizeof(text), &text);
	if (what == 'B')
		guard->began = (struct timespec){ .tv_sec = (time_t)a, .tv_nsec = (long)b };
	if (what == 'R')
		sbx_vec_push(&guard->roots, sizeof(struct sbx_guard_root),
			     &(struct sbx_guard_root){ .path = text, .st = st, .more = flag });
	if (what == 'L' && guard->items.count)
		((struct sbx_guard_item *)sbx_vec_at(&guard->items, guard->items.count - 1))->text = text;
	if (what != 'I')
		return;
	sbx_path_index_add(&guard->index, text, strlen(text), guard->items.count);
	sbx_vec_push(&guard->items, sizeof(struct sbx_guard_item),
		     &(struct sbx_guard_item){ .path = text, .loose = flag, .st = st });
}

/* False: its run goes on, or it is none of ours. */
static bool take(struct sbx_guard *guard, const char *path)
{
	cleanup_fd int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	char *text, *line;
	struct stat st;

	*guard = (struct sbx_guard){ .left = 0 };
	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) ||
	    st.st_uid != geteuid() || st.st_size > SIZE_MOST || unlink(path) < 0)
		return false;
	text = sbx_alloc((size_t)st.st_size + 1);
	if (read(fd, text, (size_t)st.st_size) != st.st_size)
		return false;
	while ((line = strsep(&text, "\n"))) {
		unsigned long long a, b;
		int flag, end = 0;
		char what;

		if (sscanf(line, "%c %llu %llu %d %n", &what, &a, &b, &flag, &end) == 4 && end)
			take_line(guard, what, a, b, flag, sbx_unescape(line + end));
	}
	return guard->roots.count && guard->began.tv_sec;
}

bool sbx_guard_left(struct sbx_guard *guard, const char *cache)
{
	cleanup_fd int fd = cache ? open(cache, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
	struct sbx_entries entries = { .fd = fd };
	const struct sbx_entry *entry;

	while (fd >= 0 && (entry = sbx_entries_next(&entries))) {
		const char *end = entry->name + strlen(entry->name);

		if (strncmp(entry->name, PREFIX, strlen(PREFIX)) == 0 && strcmp(end - strlen(NEW), NEW) != 0 &&
		    take(guard, sbx_join(cache, "/", entry->name)))
			return true;
	}
	return false;
}
