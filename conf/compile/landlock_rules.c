/* SPDX-License-Identifier: MIT */
/*
 * landlock_rules.c -- the two Landlock rulesets, and what a late grant adds to them; landlock(7).
 *
 * In a private root the floor may read all there is, for only what is granted is there; the latch names what it may
 * read, so that the linker's directories are gone behind it. In place both name everything.
 */
#include "conf/compile/landlock_rules.h"

#include <sched.h>
#include <string.h>

#include <linux/mount.h>

#include "conf/compile/base_grants.h"
#include "conf/compile/landlock_rights.h"
#include "shim/path_text.h"
#include "shim/paths.h"

static void add_rule(struct sbx_build *build, struct sbx_layer_draft *layer, const char *path, uint64_t access,
		     bool is_file)
{
	struct sbx_rule_draft *rule;

	access &= layer->handled_access_fs;
	if (is_file)
		access = sbx_rights_file(access);
	if (!access)
		return;
	for (size_t i = 0; i < layer->rules.count; i++) {
		rule = &layer->rules.items[i];
		if (!strcmp(rule->path, path)) {
			rule->access |= access;
			return;
		}
	}
	rule = SBX_APPEND(build->pool, &layer->rules);
	rule->path = path;
	rule->access = access;
	rule->required = !strcmp(path, "/");
}

/* A rule that a rule above it covers decides nothing. */
static void drop_covered(struct sbx_layer_draft *layer)
{
	size_t kept = 0;

	for (size_t i = 0; i < layer->rules.count; i++) {
		const struct sbx_rule_draft *rule = &layer->rules.items[i];
		bool covered = false;

		for (size_t j = 0; j < layer->rules.count && !covered; j++) {
			const struct sbx_rule_draft *other = &layer->rules.items[j];

			covered = strcmp(other->path, rule->path) != 0 && sbx_path_within(rule->path, other->path) &&
				  !(rule->access & ~other->access);
		}
		if (!covered) { /* exchanged, not overwritten: the others are still compared with all */
			struct sbx_rule_draft keep = *rule;

			layer->rules.items[i] = layer->rules.items[kept];
			layer->rules.items[kept++] = keep;
		}
	}
	layer->rules.count = kept;
}

static uint64_t use_rights(unsigned int use)
{
	uint64_t access = 0;

	if (use & SBX_PLACE_READ)
		access |= SBX_RIGHTS_READ;
	if (use & SBX_PLACE_WRITE)
		access |= SBX_RIGHTS_WRITE;
	if (use & (SBX_PLACE_EXEC | SBX_PLACE_LINK))
		access |= SBX_RIGHTS_READ | SBX_RIGHTS_EXEC;
	if (use & SBX_PLACE_DEVICE)
		access |= SBX_FS_READ_FILE | SBX_FS_READ_DIR | SBX_FS_WRITE_FILE | SBX_FS_TRUNCATE | SBX_FS_IOCTL_DEV;
	if (use & SBX_PLACE_UNIX)
		access |= SBX_FS_RESOLVE_UNIX;
	return access;
}

static void require_rule(struct sbx_layer_draft *layer, const char *path)
{
	for (size_t i = 0; i < layer->rules.count; i++)
		if (!strcmp(layer->rules.items[i].path, path))
			layer->rules.items[i].required = true;
}

static void add_place_rules(struct sbx_build *build)
{
	/* What may execute links as well: in a private root it may read all there is. */
	const bool links = !build->rooted && sbx_policy_list(build->policy, SBX_KEY_FS_EXEC)->count;

	for (size_t i = 0; i < build->places.count; i++) {
		const struct sbx_place *place = &build->places.items[i];
		unsigned int latched = (place->use & ~(unsigned int)SBX_PLACE_LINK) |
				       (links && (place->use & SBX_PLACE_LINK) ? SBX_PLACE_READ : 0);
		uint64_t extra = place->device && (place->use & SBX_PLACE_WRITE) ? SBX_FS_IOCTL_DEV : 0;

		add_rule(build, &build->floor, place->at, use_rights(place->use) | extra, place->is_file);
		add_rule(build, &build->latch, place->at, use_rights(latched) | extra, place->is_file);
		if (place->required) {
			require_rule(&build->floor, place->at);
			require_rule(&build->latch, place->at);
		}
	}
}

static void add_rule_to_both(struct sbx_build *build, const char *path, uint64_t access, bool is_file)
{
	add_rule(build, &build->floor, path, access, is_file);
	add_rule(build, &build->latch, path, access, is_file);
}

static void mark_terminal(struct sbx_layer_draft *layer, const char *path)
{
	for (size_t i = 0; i < layer->rules.count; i++)
		layer->rules.items[i].terminal |= !strcmp(layer->rules.items[i].path, path);
}

static void add_device_rules(struct sbx_build *build)
{
	const char *terminal = "/dev/tty";

	for (int i = 0; sbx_base_devices[i].word; i++)
		if (sbx_policy_has(build->policy, SBX_KEY_DEV, sbx_base_devices[i].word))
			add_rule_to_both(build, sbx_base_devices[i].path, sbx_base_devices[i].access, true);
	mark_terminal(&build->floor, terminal);
	mark_terminal(&build->latch, terminal);
	if (build->rooted && sbx_policy_has(build->policy, SBX_KEY_DEV, "ptmx"))
		add_rule_to_both(build, "/dev/pts",
				 SBX_RIGHTS_READ | SBX_FS_WRITE_FILE | SBX_FS_TRUNCATE | SBX_FS_IOCTL_DEV, false);
}

/*
 * A rule also covers what is mounted below its directory, granted directories of the host with sockets in them: so what
 * is private is no place to look sockets up either. Those that were made in the same domain need no right.
 */
static void add_private_rules(struct sbx_build *build)
{
	unsigned int use = SBX_PLACE_READ | SBX_PLACE_WRITE;

	if (sbx_policy_bool(build->policy, SBX_KEY_UNIX_SOCKETS))
		use |= SBX_PLACE_UNIX;
	for (size_t i = 0; i < build->mounts.count; i++)
		if (build->mounts.items[i].mount.type == SBX_MOUNT_TMPFS &&
		    strcmp(build->mounts.items[i].dst, "/dev") != 0)
			add_rule_to_both(build, build->mounts.items[i].dst, use_rights(use), false);
	if (build->children_len) {
		add_rule_to_both(build, SBX_INNER_CHILDREN, SBX_FS_READ_FILE, true);
		add_rule_to_both(build, SBX_INNER_CHILD_REPORTS, SBX_FS_WRITE_FILE, true);
	}
	for (int i = 0; sbx_base_read[i]; i++)
		add_rule(build, &build->latch, sbx_base_read[i], SBX_RIGHTS_READ, false);
	add_rule(build, &build->floor, "/", SBX_RIGHTS_READ, false);
	if (sbx_policy_list(build->policy, SBX_KEY_FS_EXEC)->count) /* what may execute may list the root, too */
		add_rule(build, &build->latch, "/", SBX_RIGHTS_READ, false);
}

/* For the shim alone whose policy depends on arguments, standalone_latch.c: which files it reads is its own affair. */
#define HANDLED_WITHOUT_LISTS ((uint64_t)(SBX_FS_EXECUTE | SBX_FS_IOCTL_DEV | SBX_FS_REFER))

static void set_handled(const struct sbx_build *build, struct sbx_layer_draft *layer)
{
	layer->handled_access_fs =
		sbx_rights_fs(build->abi) & (build->open_files ? HANDLED_WITHOUT_LISTS : ~(uint64_t)0);
	layer->handled_access_net = build->network.handled;
	layer->ports = build->network.ports;
	layer->scoped = sbx_rights_scoped(build->abi);
}

void sbx_landlock_rules_build(struct sbx_build *build)
{
	set_handled(build, &build->floor);
	set_handled(build, &build->latch);
	if (build->abi >= SBX_RESTRICT_TSYNC_ABI)
		build->latch.restrict_flags = SBX_RESTRICT_TSYNC;
	add_rule_to_both(build, "/", SBX_FS_REFER, false);
	if (build->rooted)
		add_private_rules(build);
	else if (strcmp(build->policy->values[SBX_KEY_PROC].text, "none") != 0)
		add_rule_to_both(build, "/proc", SBX_RIGHTS_READ, false);
	add_device_rules(build);
	add_place_rules(build);
	drop_covered(&build->floor);
	drop_covered(&build->latch);
}

/*
 * No rights to files are handled but to execute, which are gone where the profile has none. REFER is denied by any
 * ruleset that doesn't give it.
 */
void sbx_landlock_rules_child(struct sbx_build *build)
{
	bool exec = sbx_policy_list(build->policy, SBX_KEY_FS_EXEC)->count > 0;

	build->floor.handled_access_fs = 0;
	build->latch.rules.count = 0;
	build->latch.handled_access_fs &= (exec ? 0 : SBX_RIGHTS_EXEC) | SBX_FS_REFER | SBX_FS_IOCTL_DEV;
	add_rule(build, &build->latch, "/", SBX_FS_REFER, false);
	add_device_rules(build);
}

struct late_use {
	unsigned int floor, latch; /* SBX_PLACE_* */
};
static const struct late_use late_uses[SBX_GRANT__COUNT] = {
	[SBX_GRANT_RO] = { SBX_PLACE_READ, SBX_PLACE_READ },
	[SBX_GRANT_RW] = { SBX_PLACE_READ | SBX_PLACE_WRITE, SBX_PLACE_READ | SBX_PLACE_WRITE },
	[SBX_GRANT_ROX] = { SBX_PLACE_READ | SBX_PLACE_EXEC, SBX_PLACE_READ | SBX_PLACE_EXEC },
	[SBX_GRANT_RWX] = { SBX_PLACE_READ | SBX_PLACE_WRITE | SBX_PLACE_EXEC,
			    SBX_PLACE_READ | SBX_PLACE_WRITE | SBX_PLACE_EXEC },
	[SBX_GRANT_INPUT] = { SBX_PLACE_READ, SBX_PLACE_READ },
	[SBX_GRANT_OUTPUT] = { SBX_PLACE_READ | SBX_PLACE_WRITE, SBX_PLACE_READ | SBX_PLACE_WRITE },
	[SBX_GRANT_TARGET] = { SBX_PLACE_READ | SBX_PLACE_EXEC, SBX_PLACE_READ },
	[SBX_GRANT_STATIC] = { SBX_PLACE_READ | SBX_PLACE_EXEC, SBX_PLACE_READ | SBX_PLACE_EXEC },
	[SBX_GRANT_TMPFS] = { SBX_PLACE_READ | SBX_PLACE_WRITE, SBX_PLACE_READ | SBX_PLACE_WRITE },
	[SBX_GRANT_TMPFS_EXEC] = { SBX_PLACE_READ | SBX_PLACE_WRITE | SBX_PLACE_EXEC,
				   SBX_PLACE_READ | SBX_PLACE_WRITE | SBX_PLACE_EXEC },
	[SBX_GRANT_SHIM] = { SBX_PLACE_READ | SBX_PLACE_EXEC, 0 },
};

static uint32_t use_attr(unsigned int use)
{
	uint32_t attr = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;

	if (!(use & SBX_PLACE_WRITE))
		attr |= MOUNT_ATTR_RDONLY;
	if (!(use & SBX_PLACE_EXEC))
		attr |= MOUNT_ATTR_NOEXEC;
	return attr;
}

void sbx_landlock_rules_masks(struct sbx_build *build)
{
	bool exec = sbx_policy_list(build->policy, SBX_KEY_FS_EXEC)->count > 0;
	bool sockets = sbx_policy_bool(build->policy, SBX_KEY_UNIX_SOCKETS);

	for (int grant = 0; grant < SBX_GRANT__COUNT; grant++) {
		struct late_use use = late_uses[grant];
		struct sbx_mask *mask = &build->masks[grant];

		if (grant == SBX_GRANT_SHIM && build->children_len)
			use.latch = SBX_PLACE_READ; /* what the command starts links it */
		if (grant == SBX_GRANT_TARGET && exec)
			use.latch |= SBX_PLACE_EXEC;
		if (sockets && (use.floor & SBX_PLACE_WRITE)) {
			use.floor |= SBX_PLACE_UNIX;
			use.latch |= SBX_PLACE_UNIX;
		}
		mask->attr = use_attr(use.floor);
		mask->floor = use_rights(use.floor) & build->floor.handled_access_fs;
		mask->latch = use_rights(use.latch) & build->latch.handled_access_fs;
		if (build->rooted && use.floor == SBX_PLACE_READ)
			mask->floor = 0; /* / is readable */
		mask->floor_file = sbx_rights_file(mask->floor);
		mask->latch_file = sbx_rights_file(mask->latch);
	}
}

static bool same_rules(const struct sbx_layer_draft *one, const struct sbx_layer_draft *other)
{
	size_t found = 0;

	for (size_t i = 0; i < one->rules.count; i++)
		for (size_t j = 0; j < other->rules.count; j++)
			found += one->rules.items[i].access == other->rules.items[j].access &&
				 !strcmp(one->rules.items[i].path, other->rules.items[j].path);
	return found == one->rules.count && found == other->rules.count;
}

static bool same_ports(const struct sbx_layer_draft *one, const struct sbx_layer_draft *other)
{
	return one->ports.count == other->ports.count &&
	       (!one->ports.count ||
		!memcmp(one->ports.items, other->ports.items, one->ports.count * sizeof(*one->ports.items)));
}

/* The shim stays readable then, which is nobody's secret. What the floor's rule for / gives the latch's does, too. */
static bool same_masks(const struct sbx_build *build)
{
	uint64_t root = 0;

	for (size_t i = 0; i < build->floor.rules.count; i++)
		if (!strcmp(build->floor.rules.items[i].path, "/"))
			root = build->floor.rules.items[i].access;
	for (int grant = 0; grant < SBX_GRANT__COUNT; grant++)
		if (grant != SBX_GRANT_SHIM && ((build->masks[grant].floor ^ build->masks[grant].latch) & ~root))
			return false;
	return true;
}

void sbx_landlock_rules_drop_latch(struct sbx_build *build)
{
	struct sbx_layer_draft *floor = &build->floor, *latch = &build->latch;

	if (floor->handled_access_fs != latch->handled_access_fs ||
	    floor->handled_access_net != latch->handled_access_net || floor->scoped != latch->scoped ||
	    !same_ports(floor, latch) || !same_rules(floor, latch) || !same_masks(build))
		return;
	*latch = (struct sbx_layer_draft){ .filter = latch->filter };
	for (int grant = 0; grant < SBX_GRANT__COUNT; grant++)
		build->masks[grant].latch = build->masks[grant].latch_file = 0;
}
