/* SPDX-License-Identifier: MIT */
/*
 * test_conf.h -- compiling a policy in a test, and looking into what came of it.
 */
#ifndef SBX_TEST_CONF_H
#define SBX_TEST_CONF_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "conf/compile/compile.h"
#include "conf/config/config_parse.h"
#include "conf/config/config_sources.h"
#include "shim/blob.h"

struct compiled {
	struct sbx_pool pool;
	struct sbx_errs errs;
	struct sbx_config config;
	struct sbx_bytes bytes;
	const struct sbx_policy_blob *blob;
	int rc;
};

/* The built-in policy with each of `set` (--set; ends in NULL, may be NULL) compiled; errors are in it. */
static inline struct compiled *compile(const char *profile, unsigned int abi, const char *const *set)
{
	struct compiled *c = calloc(1, sizeof(*c));
	struct sbx_compile args = { .profile = profile, .abi = abi, .key = "key", .key_len = 3 };

	assert_non_null(c);
	c->errs.pool = &c->pool;
	c->config.pool = &c->pool;
	c->config.errs = &c->errs;
	args.config = &c->config;
	assert_int_equal(sbx_source_builtin(&c->config), 0);
	for (; set && *set; set++)
		assert_int_equal(sbx_parse_set(&c->config, *set), 0);
	c->rc = sbx_compile_policy(&args, &c->bytes);
	c->blob = (const void *)c->bytes.bytes;
	if (c->rc == 0) {
		assert_int_equal(sbx_policy_check(c->bytes.bytes, c->bytes.len), 0);
		assert_int_equal(c->blob->key.len, 3);
		assert_memory_equal(sbx_at(c->blob, c->blob->key), "key", 3);
	}
	return c;
}

static inline void release(struct compiled *c)
{
	sbx_pool_free(&c->pool);
	free(c);
}

static inline const struct sbx_mount *mount_at(const struct compiled *c, const char *dst)
{
	const struct sbx_mount *mounts = sbx_at(c->blob, c->blob->mounts), *found = NULL;

	for (size_t i = 0; i < c->blob->mounts.len / sizeof(*mounts); i++)
		if (!strcmp(sbx_str(c->blob, c->blob->strings, mounts[i].dst), dst))
			found = &mounts[i];
	return found;
}

static inline const struct sbx_rule *rule_at(const struct compiled *c, struct sbx_span span, const char *path)
{
	const struct sbx_layer *layer = sbx_at(c->blob, span);
	const struct sbx_rule *rules = sbx_at(layer, layer->rules);

	for (size_t i = 0; i < layer->rules.len / sizeof(*rules); i++)
		if (!strcmp(sbx_str(layer, layer->strings, rules[i].path), path))
			return &rules[i];
	return NULL;
}

#endif
