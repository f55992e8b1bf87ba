/*
 * latch_reports.c -- reads struct sbx_claim from a fifo(7) and counts them.
 *
 * UNTRUSTED: every byte. A claim counts by its magic, an entry of the table that has a layer, and a name of the right form;
 * whatever else comes is counted as bytes. Writers can tear a claim apart, so the next is looked for byte by byte. Memory
 * is bounded: programs beyond CLAIMS_ROWS are only counted.
 */
#include "loader/run/latch_reports.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "loader/base/fds.h"
#include "loader/base/channel.h"
#include "shim/paths.h"

#define READS_LAST 1024 /* of the fifo's rest: no fifo holds more */

const struct sbx_children *sbx_run_children(const struct sbx_run *run)
{
	return run->policy->children.len ? sbx_at(run->policy, run->policy->children) : NULL;
}

int sbx_claims_offer(const struct sbx_run *run, struct sbx_err *err)
{
	const struct sbx_msg msg = { .kind = SBX_MSG_CLAIMS };
	cleanup_fd int fd = -1;

	if (!run->options.verbose || !sbx_run_children(run) || run->channel[1] < 0)
		return 0;
	/* For writing, too, so that it never ends while no program has it open. */
	fd = openat(AT_FDCWD, SBX_INNER_CLAIMS, O_RDWR | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || sbx_message_send(run->channel[1], &msg, fd) < 0)
		return sbx_err_set(err, SBX_STEP_ROOT, errno, SBX_INNER_CLAIMS);
	return 0;
}

void sbx_claims_accept(struct sbx_claims *claims, int fd)
{
	struct stat st;

	if (claims->open || fstat(fd, &st) < 0 || !S_ISFIFO(st.st_mode)) {
		close(fd);
		return;
	}
	claims->fd = fd;
	claims->open = true;
}

/* A name of one to SBX_CLAIM_NAME - 1 bytes, and NULs to the end. */
static bool name_ok(const char *name)
{
	size_t len = strnlen(name, SBX_CLAIM_NAME);

	if (!len || len == SBX_CLAIM_NAME)
		return false;
	for (; len < SBX_CLAIM_NAME; len++)
		if (name[len])
			return false;
	return true;
}

static bool claim_ok(const struct sbx_claim *claim, const struct sbx_children *table)
{
	const struct sbx_child *child = sbx_at(table, table->entries);

	return claim->magic == SBX_MAGIC_CLAIM && claim->child < table->entries.len / sizeof(*child) &&
	       child[claim->child].layer != SBX_CHILD_NO_LAYER && name_ok(claim->name);
}

static void count(struct sbx_claims *claims, const struct sbx_claim *claim)
{
	struct sbx_claims_row *row = claims->rows;
	size_t i = 0;

	while (i < claims->count && (row[i].claim.child != claim->child || strcmp(row[i].claim.name, claim->name) != 0))
		i++;
	if (i == SBX_CLAIMS_ROWS) {
		claims->beyond++;
		return;
	}
	row[i].claim = *claim;
	row[i].runs++;
	claims->count += i == claims->count;
}

bool sbx_claims_read(struct sbx_claims *claims, const struct sbx_children *table)
{
	struct sbx_claim claim;
	size_t at = 0;
	ssize_t got;

	if (!claims->open || !table)
		return false;
	got = read(claims->fd, claims->bytes + claims->have, sizeof(claims->bytes) - claims->have);
	if (got <= 0)
		return got < 0 && errno == EINTR;
	claims->have += (size_t)got;
	while (claims->have - at >= sizeof(claim)) {
		memcpy(&claim, claims->bytes + at, sizeof(claim));
		if (claim_ok(&claim, table)) {
			count(claims, &claim);
			at += sizeof(claim);
		} else {
			claims->garbage++;
			at++;
		}
	}
	claims->have -= at;
	memmove(claims->bytes, claims->bytes + at, claims->have);
	return true;
}

/* The name as a terminal may have it: printable ASCII. */
static const char *plain(const struct sbx_claim *claim)
{
	char *name = sbx_strndup(claim->name, strnlen(claim->name, sizeof(claim->name)));

	for (char *p = name; *p; p++)
		if (*p <= ' ' || *p >= 0x7f)
			*p = '?';
	return name;
}

void sbx_claims_report(struct sbx_claims *claims, const struct sbx_children *table)
{
	const struct sbx_child *child;

	if (!table || !claims->open)
		return;
	for (int i = 0; i < READS_LAST && sbx_claims_read(claims, table); i++)
		;
	claims->garbage += claims->have;
	child = sbx_at(table, table->entries);
	fprintf(stderr, "sbx-wrap: children: programs that say they latched (claims, no proof)%s\n",
		claims->count ? ":" : ": none");
	if (claims->count)
		fprintf(stderr, "  %-20s %-20s %s\n", "PROGRAM", "PROFILE", "RUNS");
	for (size_t i = 0; i < claims->count; i++) {
		const struct sbx_claims_row *row = &claims->rows[i];

		fprintf(stderr, "  %-20s %-20s %lu\n", plain(&row->claim),
			sbx_str(table, table->strings, child[row->claim.child].profile), row->runs);
	}
	if (claims->beyond)
		fprintf(stderr, "  and %lu runs of further programs\n", claims->beyond);
	if (claims->garbage)
		fprintf(stderr, "  and %lu bytes that are no claim\n", claims->garbage);
}
