/* SPDX-License-Identifier: MIT */
/*
 * fuzz_blob.c -- what the check of a blob accepts can be read to its end: every table, every string.
 */
#include <stdlib.h>
#include <string.h>

#include <linux/filter.h>

#include "shim/blob.h"
#include "shim/sys.h"
#include "tests/fuzz/fuzz.h"

#define COVERED (offsetof(struct sbx_head, checksum) + sizeof(uint64_t))

static volatile size_t sink;

static void read_bytes(const void *blob, struct sbx_span span)
{
	for (size_t i = 0; i < span.len; i++)
		sink += ((const unsigned char *)sbx_at(blob, span))[i];
}

static void read_layer(const struct sbx_layer *layer)
{
	const struct sbx_rule *rule = sbx_at(layer, layer->rules);

	for (size_t i = 0; i < layer->rules.len / sizeof(*rule); i++)
		if (rule[i].fd < 0)
			sink += strlen(sbx_str(layer, layer->strings, rule[i].path));
	read_bytes(layer, layer->filter);
}

static void read_children(const struct sbx_children *table)
{
	const struct sbx_child *child = sbx_at(table, table->entries);
	const struct sbx_span *layer = sbx_at(table, table->layers);

	for (size_t i = 0; i < table->entries.len / sizeof(*child); i++) {
		sink += strlen(sbx_str(table, table->strings, child[i].pattern)) +
			strlen(sbx_str(table, table->strings, child[i].profile));
		if (child[i].layer == SBX_CHILD_NO_LAYER)
			continue;
		if (sbx_layer_check(sbx_at(table, layer[child[i].layer]), layer[child[i].layer].len) == 0)
			read_layer(sbx_at(table, layer[child[i].layer]));
	}
}

static void read_policy(const struct sbx_policy_blob *policy)
{
	const struct sbx_mount *mount = sbx_at(policy, policy->mounts);
	const struct sbx_arg *arg = sbx_at(policy, policy->args);
	const struct sbx_preload *preload = sbx_at(policy, policy->preload);
	const struct sbx_callname *call = sbx_at(policy, policy->calls);

	for (size_t i = 0; i < policy->mounts.len / sizeof(*mount); i++)
		sink += strlen(sbx_str(policy, policy->strings, mount[i].dst)) +
			strlen(sbx_str(policy, policy->strings, mount[i].src));
	for (size_t i = 0; i < policy->preload.len / sizeof(*preload); i++)
		sink += strlen(sbx_str(policy, policy->strings, preload[i].path));
	for (size_t i = 0; i < policy->args.len / sizeof(*arg); i++)
		sink += strlen(sbx_str(policy, policy->strings, arg[i].text));
	sink += strlen(sbx_str(policy, policy->strings, policy->home));
	if (policy->children.len)
		read_children(sbx_at(policy, policy->children));
	for (size_t i = 0; i < policy->calls.len / sizeof(*call); i++)
		sink += strlen(sbx_str(policy, policy->strings, call[i].name));
	read_bytes(policy, policy->ask);
	read_bytes(policy, policy->ask_latch);
	read_bytes(policy, policy->open);
	read_layer(sbx_at(policy, policy->floor));
	if (policy->latch.len)
		read_layer(sbx_at(policy, policy->latch));
}

/* Heads are made right again, or hardly any input would come past the checksum. */
static void mend(unsigned char *blob, size_t size, uint32_t magic)
{
	struct sbx_head *head = (void *)blob;

	if (size < sizeof(*head))
		return;
	*head = (struct sbx_head){ magic, SBX_BLOB_VERSION, (uint32_t)size, SBX_AUDIT_ARCH, 0 };
	head->checksum = sbx_checksum(blob + COVERED, size / 8 * 8 - COVERED);
}

/* A table's index says where it ends, and where the layers are, which have heads of their own. */
static void mend_children(unsigned char *blob, size_t size)
{
	struct sbx_children *table = (void *)blob;
	const struct sbx_span *layer;
	size_t index;

	if (size < sizeof(*table))
		return;
	index = table->head.size / 8 * 8;
	index = index >= sizeof(*table) && index <= size ? index : size;
	table->size = (uint32_t)size;
	if (table->layers.off % 8 == 0 && table->layers.off >= sizeof(*table) && table->layers.off <= index - 8) {
		layer = (const void *)(blob + table->layers.off);
		if (layer->off % 8 == 0 && layer->off >= index && layer->off < size && layer->len <= size - layer->off)
			mend(blob + layer->off, layer->len, SBX_MAGIC_LAYER);
	}
	mend(blob, index, SBX_MAGIC_CHILDREN);
}

struct seed {
	struct sbx_policy_blob policy;
	struct sbx_layer floor;
	struct sbx_rule rules[2];
	char layer_strings[16];
	struct sbx_mount mounts[2];
	struct sbx_arg args[1];
	struct sbx_callname calls[2];
	struct sock_filter ask[2];
	char strings[32];
	struct sbx_children children;
	struct sbx_child child[2];
	struct sbx_span layers[1];
	char children_strings[16];
	struct sbx_layer layer;
	struct sbx_rule layer_rules[1];
	char layer_strings2[8];
};
#define CHILDREN_AT offsetof(struct seed, children)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *blob = aligned_alloc(8, (size + 8) / 8 * 8);
	struct sbx_policy_blob *policy = (void *)blob;

	size = size / 8 * 8;
	memcpy(blob, data, size);
	if (size >= sizeof(*policy) && policy->floor.off % 8 == 0 && policy->floor.off < size &&
	    policy->floor.len <= size - policy->floor.off)
		mend(blob + policy->floor.off, policy->floor.len, SBX_MAGIC_LAYER);
	mend(blob, size, SBX_MAGIC_POLICY);
	if (sbx_policy_check(blob, size) == 0)
		read_policy(policy);
	memcpy(blob, data, size);
	mend_children(blob, size);
	if (sbx_children_check(blob, size) == 0)
		read_children((void *)blob);
	if (size > CHILDREN_AT) { /* the seed's table, behind its policy */
		mend_children(blob + CHILDREN_AT, size - CHILDREN_AT);
		if (sbx_children_check(blob + CHILDREN_AT, size - CHILDREN_AT) == 0)
			read_children((void *)(blob + CHILDREN_AT));
	}
	memcpy(blob, data, size);
	mend(blob, size, SBX_MAGIC_LAYER);
	if (sbx_layer_check(blob, size) == 0)
		read_layer((void *)blob);
	free(blob);
	return 0;
}

size_t sbx_fuzz_seed(uint8_t *seed, size_t room)
{
	struct seed blob = { .strings = "\0/usr\0/etc", .layer_strings = "\0/usr", .children_strings = "\0tool" };
	struct sbx_policy_blob *policy = &blob.policy;
	const size_t at = offsetof(__typeof__(blob), floor);

#define SPAN(field) { (uint32_t)offsetof(__typeof__(blob), field), sizeof(blob.field) }
	policy->latch_mode = SBX_LATCH_OFF;
	policy->floor = (struct sbx_span){ (uint32_t)at, (uint32_t)(offsetof(__typeof__(blob), mounts) - at) };
	policy->mounts = (struct sbx_span)SPAN(mounts);
	policy->args = (struct sbx_span)SPAN(args);
	policy->strings = (struct sbx_span)SPAN(strings);
	policy->children = policy->latch = policy->reaper = policy->static_latch = policy->late = policy->protect =
		policy->env = policy->key = policy->preload = policy->alternatives = policy->hosts =
			(struct sbx_span){ (uint32_t)at, 0 };
	policy->calls = (struct sbx_span)SPAN(calls);
	policy->ask = policy->ask_latch = policy->open = (struct sbx_span)SPAN(ask);
	blob.mounts[0] = blob.mounts[1] = (struct sbx_mount){ .dst = 1, .src = 6 };
	blob.floor.rules = (struct sbx_span){ sizeof(blob.floor), sizeof(blob.rules) };
	blob.floor.ports = blob.floor.filter = (struct sbx_span){ sizeof(blob.floor), 0 };
	blob.floor.strings = (struct sbx_span){ sizeof(blob.floor) + sizeof(blob.rules), sizeof(blob.layer_strings) };
	blob.rules[0] = blob.rules[1] = (struct sbx_rule){ .access = 4, .path = 1, .fd = -1 };
#define FROM(field) ((uint32_t)(offsetof(struct seed, field) - CHILDREN_AT))
	blob.children.head.size = FROM(layer);
	blob.children.size = (uint32_t)(sizeof(blob) - CHILDREN_AT);
	blob.children.entries = (struct sbx_span){ FROM(child), sizeof(blob.child) };
	blob.children.layers = (struct sbx_span){ FROM(layers), sizeof(blob.layers) };
	blob.children.strings = (struct sbx_span){ FROM(children_strings), sizeof(blob.children_strings) };
	blob.child[0] = (struct sbx_child){ .pattern = 1, .profile = 1 };
	blob.child[1] = (struct sbx_child){ .pattern = 2, .profile = 0, .layer = SBX_CHILD_NO_LAYER };
	blob.layers[0] = (struct sbx_span){ FROM(layer), (uint32_t)(sizeof(blob) - offsetof(struct seed, layer)) };
	blob.layer.rules = (struct sbx_span){ sizeof(blob.layer), sizeof(blob.layer_rules) };
	blob.layer.ports = blob.layer.filter = (struct sbx_span){ sizeof(blob.layer), 0 };
	blob.layer.strings =
		(struct sbx_span){ sizeof(blob.layer) + sizeof(blob.layer_rules), sizeof(blob.layer_strings2) };
	blob.layer_rules[0] = (struct sbx_rule){ .access = 1, .fd = -1 };
	if (sizeof(blob) > room)
		return 0;
	memcpy(seed, &blob, sizeof(blob));
	return sizeof(blob);
}
