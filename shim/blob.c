/* SPDX-License-Identifier: MIT */
/*
 * blob.c -- the check that stands between bytes from a file or memfd and everybody who reads a blob.
 *
 * UNTRUSTED: every byte. Integers are compared before they are used, sizes in 64 bits so that nothing wraps; no loop
 * runs over a count that hasn't been checked against the blob's size. No libc, no allocation, no system call.
 */
#include "shim/blob.h"

#include "shim/sys.h"

#include <linux/filter.h>

uint64_t sbx_checksum(const void *bytes, size_t size)
{
	const uint64_t *word = bytes;
	uint64_t hash = 0xcbf29ce484222325u, other = ~hash;
	size_t count = size / sizeof(*word);

	for (; count >= 2; count -= 2, word += 2) { /* two at once: neither waits for the other's product */
		hash = (hash ^ word[0]) * 0x100000001b3u;
		hash ^= hash >> 29;
		other = (other ^ word[1]) * 0x100000001b3u;
		other ^= other >> 29;
	}
	hash = (hash ^ (count ? *word : 0)) * 0x100000001b3u;
	hash = (hash ^ hash >> 29 ^ other) * 0x100000001b3u;
	return hash ^ hash >> 29;
}

static int head_ok(const void *blob, size_t size, uint32_t magic, size_t least)
{
	const struct sbx_head *head = blob;
	const size_t covered = offsetof(struct sbx_head, checksum) + sizeof(head->checksum);

	return size >= least && size <= SBX_BLOB_MAX && size % 8 == 0 && head->magic == magic &&
	       head->version == SBX_BLOB_VERSION && head->size == size && head->arch == SBX_AUDIT_ARCH &&
	       head->checksum == sbx_checksum((const char *)blob + covered, size - covered);
}

static int span_ok(size_t size, struct sbx_span span, size_t entry, size_t least)
{
	return span.off % 8 == 0 && span.off >= least && span.off <= size && span.len <= size - span.off &&
	       span.len % entry == 0;
}

/* A strings span holds at least the empty string and ends in a NUL, so that every offset inside it is a string. */
static int strings_ok(const void *blob, size_t size, struct sbx_span span, size_t least)
{
	return span_ok(size, span, 1, least) && span.len > 0 && ((const char *)blob)[span.off + span.len - 1] == 0;
}

static int filter_ok(size_t size, struct sbx_span span, size_t least)
{
	return span_ok(size, span, sizeof(struct sock_filter), least) &&
	       span.len / sizeof(struct sock_filter) <= SBX_FILTER_MAX;
}

static int rules_ok(const struct sbx_layer *layer)
{
	const struct sbx_rule *rule = sbx_at(layer, layer->rules);
	size_t count = layer->rules.len / sizeof(*rule);

	for (size_t i = 0; i < count; i++)
		if ((rule[i].fd < 0 && rule[i].path >= layer->strings.len) || (rule[i].flags & ~SBX_RULE_FLAGS) ||
		    (!rule[i].access && !rule[i].access_file))
			return 0;
	return 1;
}

int sbx_layer_check(const void *blob, size_t size)
{
	const struct sbx_layer *layer = blob;
	const size_t least = sizeof(*layer);

	if (!head_ok(blob, size, SBX_MAGIC_LAYER, least) ||
	    !span_ok(size, layer->rules, sizeof(struct sbx_rule), least) ||
	    !span_ok(size, layer->ports, sizeof(struct sbx_port), least) || !filter_ok(size, layer->filter, least) ||
	    !strings_ok(blob, size, layer->strings, least) || !rules_ok(layer))
		return -1;
	return 0;
}

static int entries_ok(const struct sbx_children *table)
{
	const struct sbx_child *child = sbx_at(table, table->entries);
	const uint32_t layers = table->layers.len / sizeof(struct sbx_span);

	for (size_t i = 0; i < table->entries.len / sizeof(*child); i++)
		if (child[i].pattern >= table->strings.len || child[i].profile >= table->strings.len ||
		    (child[i].layer >= layers && child[i].layer != SBX_CHILD_NO_LAYER))
			return 0;
	return 1;
}

int sbx_children_check(const void *blob, size_t size)
{
	const struct sbx_children *table = blob;
	const size_t least = sizeof(*table);
	const struct sbx_span *layer;
	size_t index;

	if (size < least || size > SBX_BLOB_MAX || size % 8 || table->size != size || table->head.size > size)
		return -1;
	index = table->head.size;
	if (!head_ok(blob, index, SBX_MAGIC_CHILDREN, least) ||
	    !span_ok(index, table->entries, sizeof(struct sbx_child), least) ||
	    !span_ok(index, table->layers, sizeof(struct sbx_span), least) ||
	    table->layers.len / sizeof(struct sbx_span) > SBX_CHILDREN_MAX ||
	    !strings_ok(blob, index, table->strings, least) || !entries_ok(table))
		return -1;
	layer = sbx_at(table, table->layers);
	for (size_t i = 0; i < table->layers.len / sizeof(*layer); i++)
		if (!span_ok(size, layer[i], 8, index))
			return -1;
	return 0;
}

/* The whole table, as the loader passes it on. */
static int children_ok(const struct sbx_policy_blob *policy)
{
	const struct sbx_children *table = sbx_at(policy, policy->children);
	const struct sbx_span *layer;

	if (!policy->children.len)
		return 1;
	if (sbx_children_check(table, policy->children.len) < 0)
		return 0;
	layer = sbx_at(table, table->layers);
	for (size_t i = 0; i < table->layers.len / sizeof(*layer); i++)
		if (sbx_layer_check(sbx_at(table, layer[i]), layer[i].len) < 0)
			return 0;
	return 1;
}

static int mounts_ok(const struct sbx_policy_blob *policy)
{
	const struct sbx_mount *mount = sbx_at(policy, policy->mounts);
	size_t count = policy->mounts.len / sizeof(*mount);

	for (size_t i = 0; i < count; i++)
		if (mount[i].type >= SBX_MOUNT__COUNT || mount[i].src >= policy->strings.len ||
		    mount[i].dst >= policy->strings.len || mount[i].mode > 07777 ||
		    (mount[i].flags & ~SBX_MOUNT_FLAGS) || sbx_str(policy, policy->strings, mount[i].dst)[0] != '/')
			return 0;
	return 1;
}

static int late_ok(const struct sbx_policy_blob *policy)
{
	const struct sbx_late *late = sbx_at(policy, policy->late);
	size_t count = policy->late.len / sizeof(*late);

	for (size_t i = 0; i < count; i++)
		if (late[i].grant >= SBX_GRANT__COUNT || late[i].path >= policy->strings.len ||
		    late[i].arg > SBX_LATE_ARG_MAX || (late[i].flags & ~SBX_LATE_OPTIONAL))
			return 0;
	return 1;
}

/* Tables whose entries are an enum (or a string offset, below `kinds`) and a string offset. */
static int table_ok(const struct sbx_policy_blob *policy, struct sbx_span span, size_t entry, uint32_t kinds)
{
	const char *base = sbx_at(policy, span);

	for (size_t off = 0; off < span.len; off += entry) {
		uint32_t kind = *(const uint32_t *)(const void *)(base + off);
		uint32_t text = *(const uint32_t *)(const void *)(base + off + sizeof(kind));

		if (kind >= kinds || text >= policy->strings.len)
			return 0;
	}
	return 1;
}

static int args_ok(const struct sbx_policy_blob *policy)
{
	const struct sbx_arg *arg = sbx_at(policy, policy->args);
	size_t count = policy->args.len / sizeof(*arg);

	for (size_t i = 0; i < count; i++)
		if (arg[i].role >= SBX_ARG__COUNT || arg[i].where >= SBX_WHERE__COUNT ||
		    arg[i].derive >= SBX_DERIVE__COUNT || arg[i].text >= policy->strings.len ||
		    arg[i].suffix >= policy->strings.len || (arg[i].flags & ~SBX_ARG_FLAGS))
			return 0;
	return 1;
}

static int spans_ok(const struct sbx_policy_blob *policy, size_t size)
{
	const size_t least = sizeof(*policy);

	return strings_ok(policy, size, policy->strings, least) && span_ok(size, policy->floor, 8, least) &&
	       span_ok(size, policy->latch, 8, least) && span_ok(size, policy->children, 8, least) &&
	       filter_ok(size, policy->reaper, least) && filter_ok(size, policy->static_latch, least) &&
	       span_ok(size, policy->mounts, sizeof(struct sbx_mount), least) &&
	       span_ok(size, policy->late, sizeof(struct sbx_late), least) &&
	       span_ok(size, policy->protect, sizeof(struct sbx_protect), least) &&
	       span_ok(size, policy->env, sizeof(struct sbx_envrule), least) &&
	       span_ok(size, policy->args, sizeof(struct sbx_arg), least) &&
	       span_ok(size, policy->preload, sizeof(struct sbx_preload), least) &&
	       span_ok(size, policy->alternatives, sizeof(struct sbx_choice), least) &&
	       span_ok(size, policy->hosts, sizeof(struct sbx_host_entry), least) &&
	       span_ok(size, policy->key, 1, least);
}

/* Who is to decide needs all of it. */
static int calls_ok(const struct sbx_policy_blob *policy, size_t size)
{
	const size_t least = sizeof(*policy);
	const struct sbx_callname *call = sbx_at(policy, policy->calls);
	size_t count = policy->calls.len / sizeof(*call);

	if (!filter_ok(size, policy->ask, least) || !filter_ok(size, policy->ask_latch, least) ||
	    !filter_ok(size, policy->open, least) || !span_ok(size, policy->calls, sizeof(*call), least))
		return 0;
	for (size_t i = 0; i < count; i++)
		if (call[i].nr >= SBX_CALLS_MAX || call[i].name >= policy->strings.len ||
		    (call[i].flags & ~SBX_CALL_FLAGS))
			return 0;
	return policy->action < SBX_ACTION__COUNT && !policy->ask.len == !policy->ask_latch.len &&
	       !policy->ask.len == !policy->open.len && (policy->ask.len || policy->action != SBX_ACTION_LOG);
}

static int hosts_ok(const struct sbx_policy_blob *policy)
{
	const struct sbx_host_entry *entry = sbx_at(policy, policy->hosts);
	const size_t count = policy->hosts.len / sizeof(*entry);

	for (size_t i = 0; i < count; i++)
		if (!sbx_host_entry_ok(&entry[i]))
			return 0;
	return count <= SBX_HOSTS_MAX;
}

static int limits_ok(const struct sbx_policy_blob *policy)
{
	for (int id = 0; id < SBX_LIMIT__COUNT; id++)
		if (policy->limits[id].named > 1 ||
		    policy->limits[id].share > (sbx_limit_is_shared((enum sbx_limit_id)id) ? SBX_WHOLE : 0))
			return 0;
	return policy->limits[SBX_LIMIT_GRACE].value != SBX_UNLIMITED;
}

static int scalars_ok(const struct sbx_policy_blob *policy)
{
	return !(policy->flags & ~SBX_POLICY_FLAGS) && policy->latch_mode < SBX_LATCH__COUNT &&
	       policy->out_mode < SBX_OUT__COUNT && policy->profile < policy->strings.len &&
	       policy->home < policy->strings.len && !(policy->best_effort >> SBX_LAYER__COUNT) &&
	       (policy->latch_mode == SBX_LATCH_OFF) == (policy->latch.len == 0) && limits_ok(policy);
}

int sbx_policy_check(const void *blob, size_t size)
{
	const struct sbx_policy_blob *policy = blob;

	if (!head_ok(blob, size, SBX_MAGIC_POLICY, sizeof(*policy)) || !spans_ok(policy, size) || !scalars_ok(policy) ||
	    !mounts_ok(policy) || !args_ok(policy) || !late_ok(policy) || !calls_ok(policy, size))
		return -1;
	if (!table_ok(policy, policy->protect, sizeof(struct sbx_protect), SBX_PROTECT__COUNT) ||
	    !table_ok(policy, policy->env, sizeof(struct sbx_envrule), SBX_ENV__COUNT) ||
	    !table_ok(policy, policy->preload, sizeof(struct sbx_preload), SBX_PRELOAD__COUNT) ||
	    !table_ok(policy, policy->alternatives, sizeof(struct sbx_choice), policy->strings.len))
		return -1;
	if (!hosts_ok(policy))
		return -1;
	if (sbx_layer_check(sbx_at(policy, policy->floor), policy->floor.len) < 0 || !children_ok(policy))
		return -1;
	return policy->latch.len && sbx_layer_check(sbx_at(policy, policy->latch), policy->latch.len) < 0 ? -1 : 0;
}
