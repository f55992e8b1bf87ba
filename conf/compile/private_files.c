/* SPDX-License-Identifier: MIT */
/*
 * private_files.c -- files of the private root that are made up for it: passwd(5), group(5), hosts(5).
 */
#include "conf/compile/private_files.h"

#include <string.h>
#include <sys/stat.h>

#include "conf/compile/allowed_calls.h"
#include "conf/compile/preload.h"
#include "conf/config/host_values.h"

#define JAVA_DIR "/usr/lib/jvm"
#define PAGE 4096 /* what a file of a tmpfs takes, at least */

static void append_file(struct sbx_build *build, const char *dst, const char *text, uint32_t mode)
{
	struct sbx_mount_draft *draft = SBX_APPEND(build->pool, &build->mounts);

	draft->dst = dst;
	draft->src = text;
	draft->mount.type = SBX_MOUNT_FILE;
	draft->mount.mode = mode;
}

/* root, the caller and nobody: with a map of one id there is nobody else. */
static void add_accounts(struct sbx_build *build)
{
	const struct sbx_user *user = &build->user;
	const char *home = *user->home ? user->home : "/";
	bool root = user->uid == 0 || sbx_policy_bool(build->policy, SBX_KEY_MAP_ROOT);
	const char *passwd = sbx_pool_printf(build->pool, "root:x:0:0:root:%s:%s\n", root ? home : "/nonexistent",
					     root ? user->shell : "/bin/sh");
	const char *group = "root:x:0:\n";

	if (!root && user->uid != 65534)
		passwd = sbx_pool_printf(build->pool, "%s%s:x:%u:%u:%s:%s:%s\n", passwd, user->name, user->uid,
					 user->gid, user->name, home, user->shell);
	if (user->gid != 0 && user->gid != 65534 && !sbx_policy_bool(build->policy, SBX_KEY_MAP_ROOT))
		group = sbx_pool_printf(build->pool, "%s%s:x:%u:\n", group, user->group, user->gid);
	passwd = sbx_pool_printf(build->pool, "%snobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n", passwd);
	group = sbx_pool_printf(build->pool, "%snogroup:x:65534:\n", group);
	append_file(build, "/etc/passwd", passwd, 0444);
	append_file(build, "/etc/group", group, 0444);
}

/* hosts(5): the names that the relay knows, by the addresses that it gives them. */
static void add_hosts(struct sbx_build *build)
{
	const struct sbx_list *list = sbx_policy_list(build->policy, SBX_KEY_NET_HOSTS);
	struct sbx_host_entry *entries = sbx_pool_alloc(build->pool, list->count * sizeof(*entries));
	const char *text = "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n";

	for (size_t i = 0; i < list->count; i++) {
		uint32_t at;

		(void)sbx_host_entry_parse(list->items[i].text, &entries[i]); /* config_values.c has */
		at = sbx_host_inside(entries, i);
		if (at == SBX_HOST_NET + i + 1) /* the first of its name */
			text = sbx_pool_printf(build->pool, "%s%u.%u.%u.%u %s\n", text, at >> 24, at >> 16 & 255,
					       at >> 8 & 255, at & 255, entries[i].name);
	}
	append_file(build, "/etc/hosts", text, 0444);
	build->texts_len += strlen(text) + PAGE;
}

/*
 * Where Java's virtual machine keeps its counters it changes to, and back by opening ".": where that can't be listed,
 * the program would stay there. Where a file is in the place of its directory it keeps none, without a word.
 */
static void add_java_counters(struct sbx_build *build)
{
	const char *user = sbx_policy_bool(build->policy, SBX_KEY_MAP_ROOT) ? "root" : build->user.name;
	struct stat st;

	if (!sbx_allowed_calls_have_exec(build))
		return;
	sbx_preload_watch(build, JAVA_DIR);
	if (stat(JAVA_DIR, &st) == 0)
		append_file(build, sbx_pool_printf(build->pool, "/tmp/hsperfdata_%s", user), "", 0444);
}

void sbx_private_files_build(struct sbx_build *build)
{
	add_accounts(build);
	if (build->network.mode == SBX_NET_HOSTS)
		add_hosts(build);
	add_java_counters(build);
}
