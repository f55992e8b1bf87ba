/* SPDX-License-Identifier: MIT */
/*
 * landlock.c -- the one applier of Landlock layers: linked into the loader for the floor, into the shim for the latch.
 *
 * The layer has been checked (blob.c); its rights were chosen by conf for this kernel's ABI. Paths are opened with
 * O_PATH, which Landlock never restricts, in the file system view of the caller: after pivot_root, the private root.
 * Linux >= 5.13, landlock(7), Documentation/userspace-api/landlock.rst.
 */
#include "shim/landlock.h"

#include <asm/errno.h>
#include <asm/stat.h>
#include <linux/fcntl.h>
#include <linux/landlock.h>

#include "shim/err.h"
#include "shim/plain.h"
#include "shim/sys.h"

#define TYPE_MASK_ 0170000u
#define TYPE_DIRECTORY_ 0040000u
#define RULE_NET_PORT 2 /* newer than Debian 12's headers, like the longer struct */

struct ruleset_attr {
	uint64_t handled_access_fs;
	uint64_t handled_access_net;
	uint64_t scoped;
};

unsigned int sbx_landlock_abi(void)
{
	long abi = sbx_sys(__NR_landlock_create_ruleset, 0, 0, LANDLOCK_CREATE_RULESET_VERSION, 0);

	return abi > 0 ? (unsigned int)abi : 0;
}

int sbx_landlock_missing(void)
{
	long abi = sbx_sys(__NR_landlock_create_ruleset, 0, 0, LANDLOCK_CREATE_RULESET_VERSION, 0);

	return abi < 0 ? (int)-abi : 0;
}

/* The ruleset's size as this kernel knows it: an older one refuses a longer struct only when its tail isn't zero. */
static long create_ruleset(const struct sbx_layer *layer)
{
	const struct ruleset_attr attr = {
		.handled_access_fs = layer->handled_access_fs,
		.handled_access_net = layer->handled_access_net,
		.scoped = layer->scoped,
	};

	return sbx_sys(__NR_landlock_create_ruleset, &attr, sizeof(attr), 0, 0);
}

static long add_beneath(int ruleset, int parent, uint64_t access)
{
	const struct landlock_path_beneath_attr attr = { .allowed_access = access, .parent_fd = parent };

	return sbx_sys(__NR_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &attr, 0);
}

/* Of no directory are only rights of files accepted. */
static int takes_all_rights(int fd)
{
	struct stat st;

	return sbx_sys(__NR_fstat, fd, &st, 0, 0) < 0 || (st.st_mode & TYPE_MASK_) == TYPE_DIRECTORY_;
}

static long add_rule(int ruleset, const struct sbx_rule *rule, const char *path)
{
	long parent = rule->fd, ret;

	if (rule->fd < 0)
		parent = rule->flags & SBX_RULE_PLAIN ? sbx_open_plain(path) : sbx_sys_open(path, O_PATH | O_CLOEXEC);
	if (parent < 0)
		return parent == -ENOENT && (rule->flags & SBX_RULE_OPTIONAL) ? 0 : parent;
	ret = rule->access ? add_beneath(ruleset, (int)parent, rule->access) : -EINVAL;
	if (ret == -EINVAL && rule->access_file && !(rule->access && takes_all_rights((int)parent)))
		ret = add_beneath(ruleset, (int)parent, rule->access_file);
	if (rule->fd < 0)
		sbx_sys_close((int)parent);
	else if (ret == -EBADFD && (rule->flags & SBX_RULE_OPTIONAL))
		ret = 0; /* a pipe, a memfd: Landlock doesn't restrict the kernel's internal file systems */
	return ret;
}

static int fill(int ruleset, const struct sbx_layer *layer, struct sbx_err *err)
{
	const struct sbx_rule *rule = sbx_at(layer, layer->rules);
	const struct sbx_rule *rules_end = rule + layer->rules.len / sizeof(*rule);
	const struct sbx_port *port = sbx_at(layer, layer->ports);
	const struct sbx_port *ports_end = port + layer->ports.len / sizeof(*port);
	long ret;

	for (; rule < rules_end; rule++) {
		const char *path = rule->fd < 0 ? sbx_str(layer, layer->strings, rule->path) : "inherited descriptor";

		ret = add_rule(ruleset, rule, path);
		if (ret < 0)
			return sbx_err_set(err, SBX_STEP_LANDLOCK, ret, path);
	}
	for (; port < ports_end; port++) {
		ret = sbx_sys(__NR_landlock_add_rule, ruleset, RULE_NET_PORT, port, 0);
		if (ret < 0)
			return sbx_err_set(err, SBX_STEP_LANDLOCK, ret, "port rule");
	}
	return 0;
}

int sbx_landlock_apply(const struct sbx_layer *layer, struct sbx_err *err)
{
	static const char newer[] = "the policy was compiled for a newer kernel";
	long ruleset, ret;

	if (!layer->handled_access_fs && !layer->handled_access_net && !layer->scoped)
		return 0;
	ruleset = create_ruleset(layer);
	if (ruleset < 0)
		return sbx_err_set(err, SBX_STEP_LANDLOCK, ruleset,
				   ruleset == -EINVAL || ruleset == -E2BIG ? newer : "landlock_create_ruleset");
	if (fill((int)ruleset, layer, err) < 0) {
		sbx_sys_close((int)ruleset);
		return -1;
	}
	ret = sbx_sys(__NR_landlock_restrict_self, ruleset, layer->restrict_flags, 0, 0);
	sbx_sys_close((int)ruleset);
	if (ret < 0)
		return sbx_err_set(err, SBX_STEP_LANDLOCK, ret, ret == -EINVAL ? newer : "landlock_restrict_self");
	return 0;
}
