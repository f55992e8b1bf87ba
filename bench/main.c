/* SPDX-License-Identifier: MIT */
/*
 * main.c -- bench [-n ROUNDS] [-t SECONDS] [-s SEED] BUILD WORK RESULTS [SECTION...]: measures what sbx-wrap costs,
 * beside the raw floor and beside what else there is. `make bench` calls it. Nothing here judges a time.
 */
#include "bench/bench.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#define DIRECTORIES 3

struct bench bench = { .rounds = 300, .seconds = 1.0, .seed = 0x5b8f00d };

static const struct section {
	const char *name;
	void (*run)(void);
} sections[] = {
	{ "cpuid", bench_section_cpuid },   { "startup", bench_section_startup },
	{ "cache", bench_section_cache },   { "grants", bench_section_grants },
	{ "mounts", bench_section_mounts }, { "throughput", bench_section_throughput },
	{ "memory", bench_section_memory }, { "steady", bench_section_steady },
	{ "jobs", bench_section_jobs },
};

_Noreturn void bench_die(const char *what)
{
	dprintf(bench.out ? fileno(bench.out) : STDERR_FILENO, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

static const struct section *find_section(const char *name)
{
	for (size_t i = 0; i < BENCH_COUNT(sections); i++)
		if (strcmp(sections[i].name, name) == 0)
			return &sections[i];
	return NULL;
}

static int usage(void)
{
	fputs("usage: bench [-n ROUNDS] [-t SECONDS] [-s SEED] BUILD WORK RESULTS [SECTION...]\nsections:", stderr);
	for (size_t i = 0; i < BENCH_COUNT(sections); i++)
		fprintf(stderr, " %s", sections[i].name);
	fputc('\n', stderr);
	return 2;
}

static bool options(int argc, char **argv)
{
	int option;

	while ((option = getopt(argc, argv, "n:t:s:")) != -1) {
		if (option == 'n')
			bench.rounds = (unsigned)strtoul(optarg, NULL, 10);
		else if (option == 't')
			bench.seconds = strtod(optarg, NULL);
		else if (option == 's')
			bench.seed = strtoull(optarg, NULL, 0);
		else
			return false;
	}
	for (int i = optind + DIRECTORIES; i < argc; i++)
		if (!find_section(argv[i]))
			return false;
	return argc - optind >= DIRECTORIES && bench.rounds > 0 && bench.seconds > 0 && bench.seed;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st;
	(void)type;
	(void)at;
	return remove(path);
}

void bench_remove(const char *tree)
{
	nftw(tree, remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
}

/* Where everything is started: "/", which no wrapper has to show as a directory of its own. */
static void prepare(char *const *directories)
{
	int null;

	bench.build = realpath(directories[0], NULL);
	bench.work = realpath(directories[1], NULL);
	bench.results = realpath(directories[2], NULL);
	if (!bench.build || !bench.work || !bench.results)
		bench_die("directories");
	bench.out = fdopen(fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 20), "w");
	null = open("/dev/null", O_RDWR);
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (!bench.out || dup2(null, fd) < 0)
			bench_die("/dev/null");
	if (null > STDERR_FILENO)
		close(null);
	if (chdir("/") < 0)
		bench_die("/");
}

static void print_machine(void)
{
	const time_t now = time(NULL);
	struct utsname name;
	double load = 0;
	char date[32];

	uname(&name);
	strftime(date, sizeof(date), "%Y-%m-%d", gmtime(&now));
	fprintf(bench.out, "%s %s %s, %ld processors, as %s, %s, %u rounds, seed %#llx\n", name.sysname, name.release,
		name.machine, sysconf(_SC_NPROCESSORS_ONLN), geteuid() == 0 ? "root" : "a user", date, bench.rounds,
		(unsigned long long)bench.seed);
	if (getloadavg(&load, 1) == 1)
		fprintf(bench.out, "load average %.2f%s\n", load,
			load > 0.5 ? ": this machine does something else as well, and it shows" : "");
	fflush(bench.out);
}

int main(int argc, char **argv)
{
	if (!options(argc, argv))
		return usage();
	prepare(argv + optind);
	print_machine();
	for (int i = optind + DIRECTORIES; i < argc; i++)
		find_section(argv[i])->run();
	for (size_t i = 0; argc == optind + DIRECTORIES && i < BENCH_COUNT(sections); i++)
		sections[i].run();
	return 0;
}
