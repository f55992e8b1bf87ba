/* SPDX-License-Identifier: MIT */
/*
 * blob_emit.c -- laying out blobs as shim/blob.h describes them.
 */
#include "conf/compile/blob_emit.h"

#include <seccomp.h>
#include <string.h>

#include "conf/compile/build.h"
#include "conf/compile/landlock_rights.h"

static void bytes_reserve(struct sbx_bytes *out, size_t room)
{
	unsigned char *bytes;

	if (room <= out->room)
		return;
	room = room < 2 * out->room ? 2 * out->room : room;
	bytes = sbx_pool_alloc(out->pool, room);
	if (out->len)
		memcpy(bytes, out->bytes, out->len);
	out->bytes = bytes;
	out->room = room;
}

struct sbx_span sbx_bytes_put(struct sbx_bytes *out, const void *data, size_t len)
{
	size_t off = (out->len + 7) & ~(size_t)7;

	bytes_reserve(out, off + len + 8);
	if (data && len)
		memcpy(out->bytes + off, data, len);
	out->len = off + len;
	return (struct sbx_span){ (uint32_t)off, (uint32_t)len };
}

uint32_t sbx_strings_put(struct sbx_strings *strings, const char *text)
{
	struct sbx_bytes *bytes = &strings->bytes;
	size_t len = strlen(text) + 1, at = 0;

	bytes_reserve(bytes, 1);
	bytes->len = bytes->len ? bytes->len : 1;
	while (at < bytes->len) {
		size_t here = strlen((const char *)bytes->bytes + at) + 1;

		if (here == len && !memcmp(bytes->bytes + at, text, len))
			return (uint32_t)at;
		at += here;
	}
	bytes_reserve(bytes, bytes->len + len);
	memcpy(bytes->bytes + bytes->len, text, len);
	bytes->len += len;
	return (uint32_t)at;
}

void sbx_emit_seal(struct sbx_bytes *out, uint32_t magic)
{
	const size_t covered = offsetof(struct sbx_head, checksum) + sizeof(uint64_t);
	struct sbx_head *head;

	sbx_bytes_put(out, NULL, 0);
	head = (struct sbx_head *)(void *)out->bytes;
	head->magic = magic;
	head->version = SBX_BLOB_VERSION;
	head->size = (uint32_t)out->len;
	head->arch = seccomp_arch_native();
	head->checksum = sbx_checksum(out->bytes + covered, out->len - covered);
}

static struct sbx_span put_rules(struct sbx_bytes *out, struct sbx_strings *strings,
				 const struct sbx_rule_drafts *drafts)
{
	struct sbx_span span = sbx_bytes_put(out, NULL, drafts->count * sizeof(struct sbx_rule));
	struct sbx_rule *rules = (struct sbx_rule *)(void *)(out->bytes + span.off);

	for (size_t i = 0; i < drafts->count; i++) {
		const struct sbx_rule_draft *draft = &drafts->items[i];

		rules[i] = (struct sbx_rule){ .access = draft->access,
					      .access_file = sbx_rights_file(draft->access),
					      .path = sbx_strings_put(strings, draft->path),
					      .fd = -1,
					      .flags = (draft->required ? 0 : SBX_RULE_OPTIONAL) |
						       (draft->terminal ? SBX_RULE_TERMINAL : 0) };
	}
	return span;
}

void sbx_emit_layer(struct sbx_pool *pool, const struct sbx_layer_draft *draft, struct sbx_bytes *out)
{
	struct sbx_strings strings = { { .pool = pool } };
	struct sbx_layer layer = { .handled_access_fs = draft->handled_access_fs,
				   .handled_access_net = draft->handled_access_net,
				   .scoped = draft->scoped,
				   .restrict_flags = draft->restrict_flags };

	*out = (struct sbx_bytes){ .pool = pool };
	sbx_strings_put(&strings, "");
	sbx_bytes_put(out, NULL, sizeof(layer));
	layer.rules = put_rules(out, &strings, &draft->rules);
	layer.ports = sbx_bytes_put(out, draft->ports.items, draft->ports.count * sizeof(*draft->ports.items));
	layer.filter = sbx_bytes_put(out, draft->filter.insns, draft->filter.count * sizeof(*draft->filter.insns));
	layer.strings = sbx_bytes_put(out, strings.bytes.bytes, strings.bytes.len);
	memcpy(out->bytes, &layer, sizeof(layer));
	sbx_emit_seal(out, SBX_MAGIC_LAYER);
}
