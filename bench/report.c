/* SPDX-License-Identifier: MIT */
/*
 * report.c -- a table for people and a CSV for programs, from the same results.
 */
#include "bench/bench.h"

#include <errno.h>
#include <math.h>
#include <string.h>

void bench_title(const char *title)
{
	fprintf(bench.out, "\n%s\n", title);
	fflush(bench.out);
}

FILE *bench_csv(const char *name, const char *header)
{
	char *path = bench_format("%s/%s.csv", bench.results, name);
	FILE *csv = fopen(path, "we");

	if (!csv)
		bench_die(path);
	fprintf(csv, "%s\n", header);
	return csv;
}

static double overhead(const struct bench_result *results, size_t i)
{
	return results[i].failed[0] || results[0].failed[0] ? NAN :
							      (double)(results[i].median - results[0].median) / 1e3;
}

/* The overhead over that of the candidate called `name`; NAN where there is none. */
static double ratio(const struct bench_result *results, size_t count, size_t i, const char *name)
{
	for (size_t j = 0; name && j < count; j++)
		if (strcmp(results[j].candidate->name, name) == 0)
			return overhead(results, i) / overhead(results, j);
	return NAN;
}

static void cell(FILE *to, const char *format, const char *empty, double value)
{
	if (isnan(value))
		fputs(empty, to);
	else
		fprintf(to, format, value);
}

static void quoted(FILE *csv, const char *text)
{
	fputc('"', csv);
	for (; *text; text++) {
		if (*text == '"')
			fputc('"', csv);
		fputc(*text, csv);
	}
	fputc('"', csv);
}

static void csv_row(FILE *csv, const struct bench_result *results, size_t count, size_t i)
{
	const struct bench_candidate *candidate = results[i].candidate;
	char *line = bench_line(candidate);

	fprintf(csv, "%s,%zu,", candidate->name, results[i].count);
	if (results[i].failed[0])
		fputs(",,,,,,", csv);
	else
		fprintf(csv, "%.1f,%.1f,%.1f,%.1f,", (double)results[i].median / 1e3, (double)results[i].p10 / 1e3,
			(double)results[i].p90 / 1e3, overhead(results, i));
	if (!results[i].failed[0]) {
		cell(csv, "%.3f", "", ratio(results, count, i, candidate->floor));
		fputc(',', csv);
		cell(csv, "%.3f", "", ratio(results, count, i, candidate->peer));
		fputc(',', csv);
	}
	quoted(csv, line);
	fputc(',', csv);
	quoted(csv, results[i].failed);
	fputc('\n', csv);
}

static void table_row(const struct bench_result *results, size_t count, size_t i)
{
	const struct bench_candidate *candidate = results[i].candidate;

	fprintf(bench.out, "  %-26s ", candidate->name);
	if (results[i].failed[0]) {
		fprintf(bench.out, "%s\n", results[i].failed);
		return;
	}
	fprintf(bench.out, "%9.0f %9.0f %9.0f %9.0f ", (double)results[i].median / 1e3, (double)results[i].p10 / 1e3,
		(double)results[i].p90 / 1e3, overhead(results, i));
	cell(bench.out, "%8.2f ", "       - ", ratio(results, count, i, candidate->floor));
	cell(bench.out, "%8.2f\n", "       -\n", ratio(results, count, i, candidate->peer));
}

void bench_report(const char *name, const char *title, const struct bench_result *results, size_t count)
{
	FILE *csv =
		bench_csv(name, "candidate,n,median_us,p10_us,p90_us,overhead_us,ratio_floor,ratio_bwrap,flags,note");

	bench_title(title);
	fprintf(bench.out, "  %-26s %9s %9s %9s %9s %8s %8s\n", "us", "median", "p10", "p90", "overhead", "x floor",
		"x bwrap");
	for (size_t i = 0; i < count; i++) {
		table_row(results, count, i);
		csv_row(csv, results, count, i);
	}
	fflush(bench.out);
	fclose(csv);
}
