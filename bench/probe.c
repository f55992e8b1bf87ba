/* SPDX-License-Identifier: MIT */
/*
 * probe.c -- `probe FILE`: nanoseconds of a system call in this process, for what seccomp decides by its number alone,
 * for what it looks at the arguments of, and for what Landlock walks a path for. Prints `name ns` lines; steady.c runs
 * it unwrapped and wrapped. Each is the median of some batches.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define BATCHES 15

static const char *file;

static long call_getppid(void)
{
	return syscall(SYS_getppid);
}

static long call_fcntl(void)
{
	return syscall(SYS_fcntl, 0, F_GETFD);
}

static long call_open(void)
{
	const int fd = open(file, O_RDONLY | O_CLOEXEC);

	return fd < 0 ? -1 : close(fd);
}

static long call_stat(void)
{
	struct stat st;

	return stat(file, &st);
}

static const struct probe {
	const char *name;
	long (*call)(void);
	unsigned times; /* in a batch */
} probes[] = {
	{ "getppid", call_getppid, 20000 },
	{ "fcntl", call_fcntl, 20000 },
	{ "open_close", call_open, 2000 },
	{ "stat", call_stat, 2000 },
};

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec * 1000000000 + time.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int measure(const struct probe *probe)
{
	double batch[BATCHES];

	for (unsigned i = 0; i < BATCHES; i++) {
		const int64_t from = now();

		for (unsigned n = 0; n < probe->times; n++)
			if (probe->call() < 0)
				return -1;
		batch[i] = (double)(now() - from) / probe->times;
	}
	qsort(batch, BATCHES, sizeof(batch[0]), by_value);
	return printf("%s %.1f\n", probe->name, batch[BATCHES / 2]);
}

int main(int argc, char **argv)
{
	if (argc != 2)
		return 2;
	file = argv[1];
	for (size_t i = 0; i < sizeof(probes) / sizeof(probes[0]); i++)
		if (measure(&probes[i]) < 0) {
			perror(probes[i].name);
			return 1;
		}
	return 0;
}
