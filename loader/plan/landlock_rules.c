/* SPDX-License-Identifier: MIT */
/*
 * landlock_rules.c -- builds the layer blobs that are applied: the policy's layer, the late rules, and rules for
 * descriptors 0-2.
 *
 * The result has the form of a compiled layer (shim/blob.h) and passes the same check, so that one applier serves all.
 */
#include "loader/base/memory.h"
#include "loader/base/vec.h"
#include "loader/plan/plan.h"
#include "loader/plan/rules_around.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <string.h>

#include "loader/base/fds.h"
#include "loader/base/inherited.h"
#include "shim/err.h"
#include "shim/landlock_rights.h"

#define ROUND8(n) (((n) + 7) / 8 * 8)

static void add_fd_rule(struct sbx_plan *plan, int fd)
{
	const struct sbx_layer *latch = plan->policy->latch.len ? sbx_at(plan->policy, plan->policy->latch) : NULL;
	struct sbx_plan_rule rule = { .fd = fd, .flags = SBX_RULE_OPTIONAL };
	const int mode = fcntl(fd, F_GETFL);
	struct stat st;

	if (mode < 0 || (mode & O_PATH) || sbx_fds_stat(fd, &st) < 0 || (!S_ISREG(st.st_mode) && !S_ISCHR(st.st_mode)))
		return;
	if ((mode & O_ACCMODE) != O_WRONLY)
		rule.access |= SBX_FS_READ_FILE;
	if ((mode & O_ACCMODE) != O_RDONLY && !sbx_inherited_appends(mode, &st))
		rule.access |= SBX_FS_WRITE_FILE | SBX_FS_TRUNCATE;
	if (S_ISCHR(st.st_mode))
		rule.access |= SBX_FS_IOCTL_DEV;
	sbx_vec_push(&plan->floor, sizeof(rule), &rule);
	if (latch && latch->handled_access_fs)
		sbx_vec_push(&plan->latch, sizeof(rule), &rule);
}

void sbx_plan_fd_rules(struct sbx_plan *plan, const struct sbx_vec *keep)
{
	for (int fd = 0; fd <= 2; fd++)
		add_fd_rule(plan, fd);
	for (size_t i = 0; i < keep->count; i++)
		add_fd_rule(plan, *(int *)sbx_vec_at(keep, i));
}

static size_t text_size(const struct sbx_vec *rules)
{
	size_t size = 0;

	for (size_t i = 0; i < rules->count; i++) {
		const struct sbx_plan_rule *rule = sbx_vec_at(rules, i);

		size += rule->path ? strlen(rule->path) + 1 : 0;
	}
	return size;
}

int sbx_plan_latch_fits(const struct sbx_plan *plan, struct sbx_err *err)
{
	const struct sbx_layer *base = sbx_at(plan->policy, plan->policy->latch);
	const size_t most = base->head.size + plan->policy->ask_latch.len + 64;

	if (most + plan->latch.count * sizeof(struct sbx_rule) + text_size(&plan->latch) <= SBX_BLOB_MAX)
		return 0;
	return sbx_err_set(err, SBX_STEP_GRANT, E2BIG, sbx_format("%zu paths named", plan->latch.count));
}

static void copy_span(void *to, const struct sbx_layer *from, struct sbx_span *span, size_t *at, size_t more)
{
	const struct sbx_span old = *span;

	memcpy((char *)to + *at, sbx_at(from, old), old.len);
	span->off = (uint32_t)*at;
	span->len = old.len + (uint32_t)more;
	*at += ROUND8(span->len);
}

/* What is dropped may leave nothing at its place. */
static void excuse_dropped(const struct sbx_plan *plan, struct sbx_layer *layer)
{
	struct sbx_rule *rule = (struct sbx_rule *)(uintptr_t)sbx_at(layer, layer->rules);
	const size_t count = layer->rules.len / sizeof(*rule);

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; rule[i].fd < 0 && j < plan->dropped.count; j++)
			if (sbx_path_within(sbx_str(layer, layer->strings, rule[i].path),
					    *(char **)sbx_vec_at(&plan->dropped, j)))
				rule[i].flags |= SBX_RULE_OPTIONAL;
}

/* The late rules behind the policy's own; rights that this kernel's ruleset doesn't handle are not its to give. */
static void append_rules(struct sbx_layer *layer, const struct sbx_vec *rules, size_t first, size_t text)
{
	struct sbx_rule *place = (struct sbx_rule *)(uintptr_t)sbx_at(layer, layer->rules) + first;
	char *strings = (char *)layer + layer->strings.off;

	for (size_t i = 0; i < rules->count; i++) {
		const struct sbx_plan_rule *rule = sbx_vec_at(rules, i);

		place->access = rule->access & layer->handled_access_fs;
		place->access_file = rule->access_file & layer->handled_access_fs;
		place->fd = rule->path ? -1 : rule->fd;
		place->flags = rule->flags;
		if (rule->path) {
			place->path = (uint32_t)text;
			memcpy(strings + text, rule->path, strlen(rule->path) + 1);
			text += strlen(rule->path) + 1;
		}
		place += place->access || place->access_file;
	}
	layer->rules.len = (uint32_t)((char *)place - (const char *)sbx_at(layer, layer->rules));
}

/* In a private root there would be nothing at its path. */
static void leave_out_terminal(struct sbx_layer *layer)
{
	struct sbx_rule *rule = (struct sbx_rule *)(uintptr_t)sbx_at(layer, layer->rules), *kept = rule;
	const struct sbx_rule *end = rule + layer->rules.len / sizeof(*rule);

	for (; rule < end; rule++)
		if (!(rule->flags & SBX_RULE_TERMINAL))
			*kept++ = *rule;
	layer->rules.len = (uint32_t)((char *)kept - (const char *)sbx_at(layer, layer->rules));
}

/* In place the floor's paths are the host's. The latch can't do it (its filter knows no openat2), and only takes away.
 */
static void mark_floor_plain(const struct sbx_plan *plan)
{
	for (size_t i = 0; !plan->rooted && i < plan->floor.count; i++) {
		struct sbx_plan_rule *rule = sbx_vec_at(&plan->floor, i);

		rule->flags |= rule->path ? SBX_RULE_PLAIN : 0;
	}
}

/* A filter of the policy's, as the layer's own. */
static void put_filter(struct sbx_layer *layer, const void *from, struct sbx_span filter, size_t *at)
{
	memcpy((char *)layer + *at, sbx_at(from, filter), filter.len);
	layer->filter = (struct sbx_span){ (uint32_t)*at, filter.len };
	*at += ROUND8(filter.len);
}

/* `filter` is a span of `holder`, which may be the policy or one of its layers. */
static struct sbx_layer *make_layer(const struct sbx_plan *plan, const struct sbx_layer *from,
				    const struct sbx_vec *rules, const void *holder, struct sbx_span filter)
{
	const size_t more_rules = rules->count * sizeof(struct sbx_rule), more_text = text_size(rules);
	const size_t size =
		from->head.size + ROUND8(more_rules) + ROUND8(more_text) + filter.len + 64 - from->filter.len;
	struct sbx_layer *layer = sbx_alloc(size);
	size_t at = sizeof(*layer);

	memcpy(layer, from, sizeof(*layer));
	copy_span(layer, from, &layer->rules, &at, more_rules);
	copy_span(layer, from, &layer->ports, &at, 0);
	put_filter(layer, holder, filter, &at);
	copy_span(layer, from, &layer->strings, &at, more_text);
	excuse_dropped(plan, layer);
	append_rules(layer, rules, from->rules.len / sizeof(struct sbx_rule), from->strings.len);
	if (!plan->terminal)
		leave_out_terminal(layer);
	layer->head.size = (uint32_t)at;
	return layer;
}

static struct sbx_layer *seal_layer(struct sbx_layer *layer)
{
	const size_t covered = offsetof(struct sbx_head, checksum) + sizeof(layer->head.checksum);

	layer->head.checksum = sbx_checksum((char *)layer + covered, layer->head.size - covered);
	return layer;
}

struct sbx_layer *sbx_plan_floor(const struct sbx_plan *plan)
{
	struct sbx_layer *layer;

	mark_floor_plain(plan);
	layer = make_layer(plan, sbx_at(plan->policy, plan->policy->floor), &plan->floor, plan->policy,
			   (struct sbx_span){ 0, 0 });
	sbx_plan_rules_narrow(plan, layer);
	return seal_layer(layer);
}

struct sbx_layer *sbx_plan_latch(const struct sbx_plan *plan)
{
	const struct sbx_policy_blob *policy = plan->policy;
	const struct sbx_layer *from = sbx_at(policy, policy->latch);
	const bool asks = policy->ask_latch.len;

	return seal_layer(make_layer(plan, from, &plan->latch, asks ? (const void *)policy : from,
				     asks ? policy->ask_latch : from->filter));
}
