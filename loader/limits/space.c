/* SPDX-License-Identifier: MIT */
/*
 * space.c -- fstatfs(2) of the private file systems, now and then: the kernel keeps no account of ENOSPC, and a command
 * that meets it removes its temporary files before it ends. The fuller one gets, the sooner the next look; where
 * nothing is written the looks become rare.
 */
#include "loader/limits/space.h"

#include <string.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "loader/base/clock.h"

#define FIRST_MS 20
#define PAUSE_MIN_MS 5
#define PAUSE_MAX_MS 250
#define FILL_PER_MS (4ull << 20) /* no command writes faster */
/* With less than that part free, or less than what is written till the next look, a write may have failed. */
#define FULL_PART 64
#define FULL_BYTES (8ull << 20)

static const char *key_of(const char *path, bool named)
{
	if (named)
		return "tmp";
	if (strcmp(path, "/dev/shm") == 0)
		return "shm";
	return strcmp(path, "/tmp") == 0 || strcmp(path, "/var/tmp") == 0 ? "tmp" : "home";
}

void sbx_space_accept(struct sbx_space *space, int fd, const char *path, bool named, bool option)
{
	struct sbx_space_place *place = &space->places[space->count];
	struct statfs fs;

	if (space->count == SBX_SPACE_PLACES_MAX || fstatfs(fd, &fs) < 0 || !fs.f_blocks) {
		close(fd);
		return;
	}
	space->count++;
	*place = (struct sbx_space_place){ .fd = fd, .path = path, .key = key_of(path, named), .option = option };
	place->size = place->free = (uint64_t)fs.f_blocks * (uint64_t)fs.f_bsize;
	place->files = fs.f_files;
	space->pause_ms = FIRST_MS;
	space->look_at = sbx_clock_after(FIRST_MS);
}

/* How long it takes to fill this one, at least. */
static uint64_t look_at_place(struct sbx_space *space, struct sbx_space_place *place, bool *changed)
{
	struct statfs fs;
	uint64_t left;

	if (fstatfs(place->fd, &fs) < 0)
		return PAUSE_MAX_MS;
	left = (uint64_t)fs.f_bavail * (uint64_t)fs.f_bsize;
	place->bytes_full |= left < place->size / FULL_PART && left < FULL_BYTES;
	place->files_full |= fs.f_files && !fs.f_ffree;
	if (!space->full && (place->bytes_full || place->files_full))
		space->full = place;
	*changed |= left != place->free;
	place->free = left;
	return left / FILL_PER_MS;
}

void sbx_space_look(struct sbx_space *space)
{
	uint64_t pause = PAUSE_MAX_MS, took;
	bool changed = false;

	for (size_t i = 0; i < space->count; i++) {
		took = look_at_place(space, &space->places[i], &changed);
		pause = took < pause ? took : pause;
	}
	if (!changed && pause < 2 * space->pause_ms)
		pause = 2 * space->pause_ms;
	space->pause_ms = pause < PAUSE_MIN_MS ? PAUSE_MIN_MS : pause > PAUSE_MAX_MS ? PAUSE_MAX_MS : pause;
	space->look_at = sbx_clock_after(space->pause_ms);
}

void sbx_space_end(struct sbx_space *space)
{
	if (space->count)
		sbx_space_look(space);
	space->look_at = SBX_NEVER;
}

void sbx_space_close(struct sbx_space *space)
{
	for (size_t i = 0; i < space->count; i++)
		close(space->places[i].fd);
	space->count = 0;
}
