/* SPDX-License-Identifier: MIT */
/*
 * test_blob.c -- a compiled blob is refused when it is cut at any byte, damaged, or made of a lie.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <linux/filter.h>

#include "shim/blob.h"
#include "shim/sys.h"

struct layer_blob {
	struct sbx_layer layer;
	struct sbx_rule rules[2];
	struct sock_filter filter[1];
	char strings[16];
};

struct children_blob {
	struct sbx_children table;
	struct sbx_child entries[2];
	struct sbx_span layers[1];
	char strings[16];
	struct layer_blob layer; /* not under the table's head */
};

struct policy_blob {
	struct sbx_policy_blob policy;
	struct layer_blob floor, latch;
	struct children_blob children;
	struct sbx_mount mounts[1];
	struct sbx_envrule env[2];
	struct sock_filter ask[1];
	struct sbx_callname calls[2];
	char key[8];
	char strings[16];
};

#define COVERED (offsetof(struct sbx_head, checksum) + sizeof(uint64_t))

static void seal(void *blob, size_t size, uint32_t magic)
{
	struct sbx_head *head = blob;

	*head = (struct sbx_head){
		.magic = magic, .version = SBX_BLOB_VERSION, .size = (uint32_t)size, .arch = SBX_AUDIT_ARCH
	};
	head->checksum = sbx_checksum((char *)blob + COVERED, size - COVERED);
}

static struct sbx_span span(size_t off, size_t len)
{
	return (struct sbx_span){ (uint32_t)off, (uint32_t)len };
}

static void make_layer(struct layer_blob *blob)
{
	memset(blob, 0, sizeof(*blob));
	blob->layer.handled_access_fs = 6;
	blob->layer.rules = span(offsetof(struct layer_blob, rules), sizeof(blob->rules));
	blob->layer.ports = span(offsetof(struct layer_blob, filter), 0);
	blob->layer.filter = span(offsetof(struct layer_blob, filter), sizeof(blob->filter));
	blob->layer.strings = span(offsetof(struct layer_blob, strings), sizeof(blob->strings));
	blob->rules[0] = (struct sbx_rule){ .access = 4, .path = 1, .fd = -1 };
	blob->rules[1] = (struct sbx_rule){ .access = 4, .fd = 0 };
	memcpy(blob->strings, "\0/usr", 6);
	seal(blob, sizeof(*blob), SBX_MAGIC_LAYER);
}

static void seal_children(struct children_blob *blob)
{
	seal(blob, offsetof(struct children_blob, layer), SBX_MAGIC_CHILDREN);
}

static void make_children(struct children_blob *blob)
{
	memset(blob, 0, sizeof(*blob));
	make_layer(&blob->layer);
	blob->table.size = sizeof(*blob);
	blob->table.entries = span(offsetof(struct children_blob, entries), sizeof(blob->entries));
	blob->table.layers = span(offsetof(struct children_blob, layers), sizeof(blob->layers));
	blob->table.strings = span(offsetof(struct children_blob, strings), sizeof(blob->strings));
	blob->entries[0] = (struct sbx_child){ .pattern = 1, .profile = 1 };
	blob->entries[1] = (struct sbx_child){ .pattern = 1, .profile = 1, .layer = SBX_CHILD_NO_LAYER };
	blob->layers[0] = span(offsetof(struct children_blob, layer), sizeof(blob->layer));
	memcpy(blob->strings, "\0tool", 6);
	seal_children(blob);
}

static void make_policy(struct policy_blob *blob)
{
	struct sbx_policy_blob *policy = &blob->policy;

	memset(blob, 0, sizeof(*blob));
	make_layer(&blob->floor);
	make_layer(&blob->latch);
	make_children(&blob->children);
	policy->children = span(offsetof(struct policy_blob, children), sizeof(blob->children));
	policy->floor = span(offsetof(struct policy_blob, floor), sizeof(blob->floor));
	policy->latch = span(offsetof(struct policy_blob, latch), sizeof(blob->latch));
	policy->reaper = policy->static_latch = policy->late = policy->protect = policy->args = policy->preload =
		policy->alternatives = policy->hosts = span(sizeof(*policy), 0);
	policy->ask = policy->ask_latch = policy->open = span(offsetof(struct policy_blob, ask), sizeof(blob->ask));
	policy->calls = span(offsetof(struct policy_blob, calls), sizeof(blob->calls));
	policy->action = SBX_ACTION_LOG;
	blob->calls[1] = (struct sbx_callname){ SBX_CALLS_MAX - 1, 1, SBX_CALL_FLAGS, 0 };
	policy->mounts = span(offsetof(struct policy_blob, mounts), sizeof(blob->mounts));
	policy->env = span(offsetof(struct policy_blob, env), sizeof(blob->env));
	policy->key = span(offsetof(struct policy_blob, key), 3);
	policy->strings = span(offsetof(struct policy_blob, strings), sizeof(blob->strings));
	blob->mounts[0] = (struct sbx_mount){ .type = SBX_MOUNT_BIND, .src = 1, .dst = 1 };
	memcpy(blob->strings, "\0/usr", 6);
	seal(blob, sizeof(*blob), SBX_MAGIC_POLICY);
}

static void whole_blobs_accepted(void **state)
{
	struct policy_blob *policy = calloc(1, sizeof(*policy));

	(void)state;
	make_policy(policy);
	assert_int_equal(sbx_policy_check(policy, sizeof(*policy)), 0);
	assert_int_equal(sbx_layer_check(&policy->floor, sizeof(policy->floor)), 0);
	assert_int_equal(sbx_children_check(&policy->children, sizeof(policy->children)), 0);
	policy->policy.children.len = 0;
	seal(policy, sizeof(*policy), SBX_MAGIC_POLICY);
	assert_int_equal(sbx_policy_check(policy, sizeof(*policy)), 0);
	free(policy);
}

static void cut_at_every_byte_refused(void **state)
{
	struct policy_blob whole;

	(void)state;
	make_policy(&whole);
	for (size_t size = 0; size < sizeof(whole); size++) {
		void *cut = aligned_alloc(8, (size + 8) / 8 * 8);

		memcpy(cut, &whole, size);
		assert_int_equal(sbx_policy_check(cut, size), -1);
		free(cut);
	}
}

static void every_flipped_bit_refused(void **state)
{
	struct policy_blob blob;

	(void)state;
	make_policy(&blob);
	for (size_t bit = 0; bit < sizeof(blob) * 8; bit++) {
		((unsigned char *)&blob)[bit / 8] ^= (unsigned char)(1u << bit % 8);
		assert_int_equal(sbx_policy_check(&blob, sizeof(blob)), -1);
		((unsigned char *)&blob)[bit / 8] ^= (unsigned char)(1u << bit % 8);
	}
}

/* With the checksum made right again: what remains is the check of the contents. */
static void refused_after(void (*spoil)(struct policy_blob *))
{
	struct policy_blob blob;

	make_policy(&blob);
	spoil(&blob);
	seal(&blob, sizeof(blob), SBX_MAGIC_POLICY);
	assert_int_equal(sbx_policy_check(&blob, sizeof(blob)), -1);
}

static void span_outside(struct policy_blob *blob)
{
	blob->policy.mounts.off = sizeof(*blob);
}

static void span_wraps(struct policy_blob *blob)
{
	blob->policy.mounts.len = UINT32_MAX / sizeof(struct sbx_mount) * sizeof(struct sbx_mount);
}

static void span_over_head(struct policy_blob *blob)
{
	blob->policy.strings.off = 0;
}

static void strings_without_end(struct policy_blob *blob)
{
	memset(blob->strings, 'x', sizeof(blob->strings));
}

static void string_outside(struct policy_blob *blob)
{
	blob->mounts[0].dst = sizeof(blob->strings);
}

static void relative_mount(struct policy_blob *blob)
{
	blob->mounts[0].dst = 0;
}

static void unknown_type(struct policy_blob *blob)
{
	blob->mounts[0].type = SBX_MOUNT__COUNT;
}

static void unknown_env(struct policy_blob *blob)
{
	blob->env[1].op = SBX_ENV__COUNT;
}

static void unknown_flag(struct policy_blob *blob)
{
	blob->policy.flags = SBX_POLICY_FLAGS + 1;
}

static void latch_missing(struct policy_blob *blob)
{
	blob->policy.latch.len = 0;
}

static void half_entry(struct policy_blob *blob)
{
	blob->policy.env.len -= 4;
}

static void half_filter(struct policy_blob *blob)
{
	blob->policy.ask.len -= 4;
}

static void filter_missing(struct policy_blob *blob)
{
	blob->policy.open.len = 0;
}

static void log_without_asking(struct policy_blob *blob)
{
	blob->policy.ask.len = blob->policy.ask_latch.len = blob->policy.open.len = 0;
}

static void unknown_action(struct policy_blob *blob)
{
	blob->policy.action = SBX_ACTION__COUNT;
}

static void call_outside(struct policy_blob *blob)
{
	blob->calls[1].nr = SBX_CALLS_MAX;
}

static void call_without_name(struct policy_blob *blob)
{
	blob->calls[1].name = sizeof(blob->strings);
}

static void contents_refused(void **state)
{
	void (*const spoils[])(struct policy_blob *) = {
		span_outside,   span_wraps,        span_over_head, strings_without_end, string_outside,
		relative_mount, unknown_type,      unknown_env,    unknown_flag,        latch_missing,
		half_entry,     half_filter,       filter_missing, log_without_asking,  unknown_action,
		call_outside,   call_without_name,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(spoils) / sizeof(spoils[0]); i++)
		refused_after(spoils[i]);
}

static void layer_rules_refused(void **state)
{
	struct layer_blob blob;

	(void)state;
	make_layer(&blob);
	blob.rules[0].path = sizeof(blob.strings);
	seal(&blob, sizeof(blob), SBX_MAGIC_LAYER);
	assert_int_equal(sbx_layer_check(&blob, sizeof(blob)), -1);
	make_layer(&blob);
	blob.rules[1].access = 0;
	seal(&blob, sizeof(blob), SBX_MAGIC_LAYER);
	assert_int_equal(sbx_layer_check(&blob, sizeof(blob)), -1);
}

/* Every bit belongs to the index, which the table's head covers, or to a layer, which its own does. */
static void children_damaged_refused(void **state)
{
	struct children_blob blob;

	(void)state;
	make_children(&blob);
	for (size_t bit = 0; bit < sizeof(blob) * 8; bit++) {
		((unsigned char *)&blob)[bit / 8] ^= (unsigned char)(1u << bit % 8);
		assert_true(sbx_children_check(&blob, sizeof(blob)) < 0 ||
			    sbx_layer_check(&blob.layer, sizeof(blob.layer)) < 0);
		((unsigned char *)&blob)[bit / 8] ^= (unsigned char)(1u << bit % 8);
	}
	for (size_t size = 0; size < sizeof(blob); size++) {
		void *cut = aligned_alloc(8, (size + 8) / 8 * 8);

		memcpy(cut, &blob, size);
		assert_int_equal(sbx_children_check(cut, size), -1);
		free(cut);
	}
}

static void layer_inside_index(struct children_blob *blob)
{
	blob->layers[0].off = 0;
}

static void layer_outside(struct children_blob *blob)
{
	blob->layers[0].len += 8;
}

static void no_such_layer(struct children_blob *blob)
{
	blob->entries[0].layer = 1;
}

static void pattern_outside(struct children_blob *blob)
{
	blob->entries[1].pattern = sizeof(blob->strings);
}

static void profile_outside(struct children_blob *blob)
{
	blob->entries[1].profile = UINT32_MAX;
}

static void strings_in_layer(struct children_blob *blob)
{
	blob->table.strings.off = offsetof(struct children_blob, layer);
}

static void size_is_a_lie(struct children_blob *blob)
{
	blob->table.size += 8;
}

static void children_contents_refused(void **state)
{
	void (*const spoils[])(struct children_blob *) = {
		layer_inside_index, layer_outside,    no_such_layer, pattern_outside,
		profile_outside,    strings_in_layer, size_is_a_lie,
	};
	struct children_blob blob;

	(void)state;
	for (size_t i = 0; i < sizeof(spoils) / sizeof(spoils[0]); i++) {
		make_children(&blob);
		spoils[i](&blob);
		seal_children(&blob);
		assert_int_equal(sbx_children_check(&blob, sizeof(blob)), -1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whole_blobs_accepted),      cmocka_unit_test(cut_at_every_byte_refused),
		cmocka_unit_test(every_flipped_bit_refused), cmocka_unit_test(contents_refused),
		cmocka_unit_test(layer_rules_refused),       cmocka_unit_test(children_damaged_refused),
		cmocka_unit_test(children_contents_refused),
	};

	return cmocka_run_group_tests_name("blob", tests, NULL, NULL);
}
