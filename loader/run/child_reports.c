/* SPDX-License-Identifier: MIT */
/*
 * child_reports.c -- reads struct sbx_child_report from a fifo(7) and counts them.
 *
 * UNTRUSTED: every byte. A report counts by its magic, an entry of the table that has a layer, and a name of the right
 * form; whatever else comes is counted as bytes. Writers can tear a report apart, so the next is looked for byte by
 * byte. Memory is bounded: programs beyond SBX_CHILD_REPORTS_ROWS are only counted. So is the time, which no limit of
 * the sandbox holds: in each second so much is read, and what finds the fifo full is lost.
 */
#include "loader/run/child_reports.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "loader/base/cleanup.h"
#include "loader/base/fds.h"
#include "loader/base/channel.h"
#include "loader/base/memory.h"
#include "loader/base/say.h"
#include "shim/paths.h"

#define SECOND_BYTES (1u << 20) /* 16,384 claims */
#define READS_LAST 1024         /* of the fifo's rest: no fifo holds more */

int sbx_child_reports_offer(int channel, struct sbx_err *err)
{
	const struct sbx_msg msg = { .kind = SBX_MSG_CHILD_REPORTS };
	cleanup_fd int fd = -1;

	/* For writing, too, so that it never ends while no program has it open. */
	fd = openat(AT_FDCWD, SBX_INNER_CHILD_REPORTS, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || sbx_channel_send(channel, &msg, fd) < 0)
		return sbx_err_set(err, SBX_STEP_ROOT, errno, SBX_INNER_CHILD_REPORTS);
	return 0;
}

void sbx_child_reports_accept(struct sbx_child_reports *reports, int fd)
{
	struct stat st;

	if (reports->open || fstat(fd, &st) < 0 || !S_ISFIFO(st.st_mode)) {
		close(fd);
		return;
	}
	reports->fd = fd;
	reports->open = true;
}

/* A name of one to SBX_CHILD_REPORT_NAME - 1 bytes, and NULs to the end. */
static bool name_ok(const char *name)
{
	size_t len = strnlen(name, SBX_CHILD_REPORT_NAME);

	if (!len || len == SBX_CHILD_REPORT_NAME)
		return false;
	for (; len < SBX_CHILD_REPORT_NAME; len++)
		if (name[len])
			return false;
	return true;
}

static bool report_ok(const struct sbx_child_report *report, const struct sbx_children *table)
{
	const struct sbx_child *child = sbx_at(table, table->entries);

	return report->magic == SBX_MAGIC_CHILD_REPORT && report->child < table->entries.len / sizeof(*child) &&
	       child[report->child].layer != SBX_CHILD_NO_LAYER && name_ok(report->name);
}

static void count_report(struct sbx_child_reports *reports, const struct sbx_child_report *report)
{
	struct sbx_child_reports_row *row = reports->rows;
	size_t i = 0;

	while (i < reports->count &&
	       (row[i].report.child != report->child || strcmp(row[i].report.name, report->name) != 0))
		i++;
	if (i == SBX_CHILD_REPORTS_ROWS) {
		reports->beyond++;
		return;
	}
	row[i].report = *report;
	row[i].runs++;
	reports->count += i == reports->count;
}

int sbx_child_reports_poll(struct sbx_child_reports *reports, int64_t *next)
{
	const bool over = reports->open && sbx_rate_over(&reports->rate, SECOND_BYTES, next);

	reports->flooded |= over;
	return reports->open && !over ? reports->fd : -1;
}

bool sbx_child_reports_read(struct sbx_child_reports *reports, const struct sbx_children *table)
{
	struct sbx_child_report report;
	size_t at = 0;
	ssize_t got;

	if (!reports->open || !table)
		return false;
	got = read(reports->fd, reports->bytes + reports->have, sizeof(reports->bytes) - reports->have);
	if (got <= 0)
		return got < 0 && errno == EINTR;
	sbx_rate_take(&reports->rate, (size_t)got);
	reports->have += (size_t)got;
	while (reports->have - at >= sizeof(report)) {
		memcpy(&report, reports->bytes + at, sizeof(report));
		if (report_ok(&report, table)) {
			count_report(reports, &report);
			at += sizeof(report);
		} else {
			reports->garbage++;
			at++;
		}
	}
	reports->have -= at;
	memmove(reports->bytes, reports->bytes + at, reports->have);
	return true;
}

void sbx_child_reports_report(struct sbx_child_reports *reports, const struct sbx_children *table)
{
	const struct sbx_child *child;

	if (!table || !reports->open)
		return;
	for (int i = 0; i < READS_LAST && sbx_child_reports_read(reports, table); i++)
		;
	reports->garbage += reports->have;
	child = sbx_at(table, table->entries);
	sbx_say(stderr, "sbx-wrap: children: programs that say they latched (claims, no proof)%s",
		reports->count ? ":" : ": none");
	if (reports->count)
		sbx_say(stderr, "  %-20s %-20s %s", "PROGRAM", "PROFILE", "RUNS");
	for (size_t i = 0; i < reports->count; i++) {
		const struct sbx_child_reports_row *row = &reports->rows[i];

		sbx_say(stderr, "  %-20s %-20s %lu", row->report.name,
			sbx_str(table, table->strings, child[row->report.child].profile), row->runs);
	}
	if (reports->beyond)
		sbx_say(stderr, "  and %lu runs of further programs", reports->beyond);
	if (reports->flooded)
		sbx_say(stderr, "  and what came when more was said than is read in a second");
	if (reports->garbage)
		sbx_say(stderr, "  and %lu bytes that are no claim", reports->garbage);
}
