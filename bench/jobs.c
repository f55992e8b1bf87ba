/* SPDX-License-Identifier: MIT */
/*
 * jobs.c -- whole jobs, as scripts have them: each unwrapped and under sbx-wrap, with the profile that its name
 * chooses. What they work on was made by bench/material.
 */
#include "bench/bench.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void clear(const char *name)
{
	char *dir = bench_format("%s/%s", bench.work, name);

	bench_remove(dir);
	mkdir(dir, 0755);
	free(dir);
}

static void clear_out(void)
{
	clear("out");
}

static void clear_unzip(void)
{
	clear("unzip");
}

/* The sources, without what was built of them. */
static void fresh_sources(void)
{
	bench_remove(bench_words(BENCH_WORDS("%src"))[0]);
	free(bench_output(bench_words(BENCH_WORDS("/usr/bin/cp", "-r", "@bench/material/src", "%src")), NULL));
}

#define PLAIN(...) BENCH_WORDS(__VA_ARGS__)
#define SBX(...) BENCH_WORDS("@sbx-wrap", __VA_ARGS__)
#define PAIR(what, file, prepare, directory, options, ...)                                                \
	{ .name = what, .argv = PLAIN(__VA_ARGS__), .needs = file, .before = prepare, .dir = directory }, \
	{                                                                                                 \
		.name = what "-sbx", .argv = SBX(options, __VA_ARGS__), .needs = file, .before = prepare, \
		.dir = directory                                                                          \
	}

/* Each unwrapped, and behind it the same one wrapped. */
static const struct bench_candidate jobs[] = {
	PAIR("pdftotext", "/usr/bin/pdftotext", clear_out, NULL, "-q", "/usr/bin/pdftotext", "@bench/material/in.pdf",
	     "%out/out.txt"),
	PAIR("unzip", "/usr/bin/unzip", clear_unzip, NULL, "-q", "/usr/bin/unzip", "-q", "@bench/material/files.zip",
	     "-d", "%unzip"),
	PAIR("make", "/usr/bin/make", fresh_sources, "%src", "-q", "/usr/bin/make", "-s", "-j2"),
	PAIR("script", NULL, NULL, NULL, "--set=children=true", "/bin/sh", "@bench/material/script.sh"),
	PAIR("ffmpeg", "/usr/bin/ffmpeg", clear_out, NULL, "-q", "/usr/bin/ffmpeg", "-v", "error", "-i",
	     "@bench/material/in.avi", "-c:v", "mpeg4", "%out/out.avi"),
};

void bench_section_jobs(void)
{
	const size_t count = BENCH_COUNT(jobs);
	const struct bench_result *results = bench_series(jobs, count, bench_few());
	FILE *csv = bench_csv("jobs", "job,n,plain_ms,sbx_ms,ratio,note");

	bench_title("Whole jobs: milliseconds unwrapped, under sbx-wrap, and the ratio");
	for (size_t i = 0; i < count; i += 2) {
		const char *why = results[i].failed[0] ? results[i].failed : results[i + 1].failed;
		const double plain = (double)results[i].median / 1e6, wrapped = (double)results[i + 1].median / 1e6;

		if (*why) {
			fprintf(bench.out, "  %-12s %s\n", jobs[i].name, why);
			fprintf(csv, "%s,0,,,,\"%s\"\n", jobs[i].name, why);
			continue;
		}
		fprintf(bench.out, "  %-12s %9.1f %9.1f %7.3f\n", jobs[i].name, plain, wrapped, wrapped / plain);
		fprintf(csv, "%s,%zu,%.2f,%.2f,%.4f,\n", jobs[i].name, results[i].count, plain, wrapped,
			wrapped / plain);
	}
	fflush(bench.out);
	fclose(csv);
}
