/* SPDX-License-Identifier: MIT */
/*
 * plan.c -- merges the compiled policy and the late grants into one list of mounts and two lists of rules.
 *
 * Rights and mount flags come from the policy's masks; nothing is chosen here. A grant that an earlier one already
 * covers adds no mount.
 */
#include "loader/plan/plan.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <linux/mount.h>

#include "loader/base/memory.h"
#include "shim/err.h"
#include "shim/lookup.h"
#include "shim/paths.h"

#define INODES_PER_MOUNT 16                                     /* a mount point, and the directories that lead to it */
#define PERMISSIVE_BITS (MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOEXEC) /* their absence permits something */

/* UNTRUSTED: argv. Any part of an argument may be such a name: -o/dev/stdout, in=/dev/fd/3. */
static bool names_proc(char *const *argv)
{
	static const char *const names[] = { "/dev/std", "/dev/fd", "/proc/" };

	for (size_t i = 0; argv[0] && argv[i + 1]; i++)
		for (size_t n = 0; n < sizeof(names) / sizeof(names[0]); n++)
			if (strstr(argv[i + 1], names[n]))
				return true;
	return false;
}

/* The rules of a place that is left out find nothing there; in place they are taken back: landlock_rules.c. */
static bool is_left_out(struct sbx_plan *plan, const struct sbx_mount *mount, const char *dst, bool proc)
{
	if (!((mount->flags & SBX_MOUNT_TERMINAL) && !plan->terminal) && !((mount->flags & SBX_MOUNT_WANTED) && !proc))
		return false;
	sbx_vec_push(&plan->dropped, sizeof(dst), &dst);
	return true;
}

/* A libc that tells constructors nothing: the shim finds the environment by /proc/self/stat. */
static bool is_foreign_libc(const char *interp)
{
	const char *slash = strrchr(interp, '/'), *name = slash ? slash + 1 : interp;

	return strncmp(name, "ld-", 3) == 0 && strncmp(name, "ld-linux", 8) != 0;
}

void sbx_plan_init(struct sbx_plan *plan, const struct sbx_policy_blob *policy, char *const *argv, const char *interp)
{
	const bool proc = names_proc(argv) || is_foreign_libc(interp);
	const struct sbx_mount *mount = sbx_at(policy, policy->mounts);
	const size_t count = policy->mounts.len / sizeof(*mount);

	memset(plan, 0, sizeof(*plan));
	plan->policy = plan->grammar = policy;
	plan->rooted = policy->namespaces & CLONE_NEWNS;
	plan->terminal = isatty(STDIN_FILENO) || isatty(STDOUT_FILENO) || isatty(STDERR_FILENO);
	plan->rank = SBX_RANK_ARGUMENT;
	for (size_t i = 0; i < count; i++) {
		const char *src = sbx_str(policy, policy->strings, mount[i].src);
		const char *dst = sbx_str(policy, policy->strings, mount[i].dst);
		const bool table = mount[i].type == SBX_MOUNT_FILE && strcmp(dst, SBX_INNER_CHILDREN) == 0;
		const struct sbx_plan_mount entry = {
			.type = (enum sbx_mount_type)mount[i].type,
			.rank = mount[i].type == SBX_MOUNT_BIND || (mount[i].flags & SBX_MOUNT_NAMED) ?
					SBX_RANK_POLICY :
					SBX_RANK_BASE,
			.attr = mount[i].attr,
			.mode = mount[i].mode,
			.flags = mount[i].flags,
			.src = src,
			.dst = dst,
			.dst_len = strlen(dst),
			.bytes = table ? sbx_at(policy, policy->children) : src,
			.len = table ? policy->children.len : strlen(src),
			.size = mount[i].size,
			.inodes = mount[i].inodes,
		};

		if (is_left_out(plan, &mount[i], dst, proc))
			continue;
		sbx_vec_push(&plan->mounts, sizeof(entry), &entry);
		if (entry.type == SBX_MOUNT_MASK && !sbx_path_within(entry.dst, "/proc"))
			sbx_vec_push(&plan->hidden, sizeof(entry.dst),
				     &entry.dst); /* fs.hide, wherever it would show */
	}
}

struct sbx_plan_mount *sbx_plan_add(struct sbx_plan *plan, enum sbx_mount_type type, const char *dst)
{
	struct sbx_plan_mount *mount = sbx_vec_push(&plan->mounts, sizeof(*mount), NULL);

	mount->type = type;
	mount->rank = plan->rank;
	mount->option = plan->option;
	mount->dst = dst;
	mount->dst_len = strlen(dst);
	mount->late = true;
	return mount;
}

void sbx_plan_add_empty(struct sbx_plan *plan, const char *dst, uint32_t mode)
{
	struct sbx_plan_mount *mount = sbx_plan_add(plan, SBX_MOUNT_TMPFS, dst);

	mount->attr = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
	mount->mode = mode;
	mount->size = plan->policy->root_size;
}

bool sbx_plan_has(const struct sbx_plan *plan, enum sbx_mount_type type, const char *dst)
{
	for (size_t i = 0; i < plan->mounts.count; i++) {
		const struct sbx_plan_mount *mount = sbx_vec_at(&plan->mounts, i);

		if (mount->type == type && strcmp(mount->dst, dst) == 0)
			return true;
	}
	return false;
}

/* What the caller names by an option holds as named; what an argument names needs no less than is there. */
static bool is_exact_grant(enum sbx_grant grant)
{
	return grant == SBX_GRANT_RO || grant == SBX_GRANT_RW || grant == SBX_GRANT_ROX || grant == SBX_GRANT_RWX;
}

/* An existing mount shows the same thing at dst already, with these permissions or more. */
static bool is_covered(const struct sbx_plan *plan, const char *src, const char *dst, uint32_t attr)
{
	const struct sbx_plan_mount *mount = sbx_plan_find(plan, dst);
	size_t len;

	if (mount && mount->staged && strcmp(mount->dst, dst) == 0)
		return true; /* an output's directory, named as an input: it shows its inputs */
	if (!mount || mount->type != SBX_MOUNT_BIND || (mount->attr & ~attr & PERMISSIVE_BITS))
		return false;
	len = mount->src[1] ? strlen(mount->src) : 0;
	return sbx_path_within(src, mount->src) &&
	       strcmp(src + len, dst + (mount->dst[1] ? strlen(mount->dst) : 0)) == 0;
}

/* What the policy's own rules of the layer give already needs no rule of its own; of what isn't handled there are none.
 */
bool sbx_plan_given(const struct sbx_plan *plan, struct sbx_span span, const char *path, uint64_t access)
{
	const struct sbx_layer *layer = sbx_at(plan->policy, span);
	const struct sbx_rule *rule = span.len ? sbx_at(layer, layer->rules) : NULL;
	const struct sbx_rule *end = span.len ? rule + layer->rules.len / sizeof(*rule) : NULL;

	if (!span.len || !layer->handled_access_fs)
		return true;
	while (rule < end && !(rule->fd < 0 && !(access & ~rule->access) &&
			       sbx_path_within(path, sbx_str(layer, layer->strings, rule->path))))
		rule++;
	return rule < end;
}

struct wanted {
	const struct sbx_vec *rules;
	uint64_t access;
};

static bool gives_wanted(void *context, size_t i)
{
	const struct wanted *wanted = context;

	return !(wanted->access & ~((const struct sbx_plan_rule *)sbx_vec_at(wanted->rules, i))->access);
}

/* Where another one gives as much there is none. `paths` are those of `rules`. */
static void add_rule(struct sbx_vec *rules, struct sbx_path_index *paths, const char *path, uint64_t access)
{
	const struct sbx_plan_rule rule = { .access = access, .path = path, .path_len = strlen(path), .fd = -1 };
	struct wanted wanted = { rules, access };

	if (!access || sbx_path_index_above(paths, path, rule.path_len, gives_wanted, &wanted) != SBX_PATH_INDEX_NONE)
		return;
	sbx_path_index_add(paths, path, rule.path_len, rules->count);
	sbx_vec_push(rules, sizeof(rule), &rule);
}

void sbx_plan_rules(struct sbx_plan *plan, enum sbx_grant grant, const char *path, bool is_dir)
{
	const struct sbx_mask *mask = &plan->policy->masks[grant];
	const uint64_t floor = is_dir ? mask->floor : mask->floor_file, latch = is_dir ? mask->latch : mask->latch_file;

	if (!sbx_plan_given(plan, plan->policy->floor, path, floor))
		add_rule(&plan->floor, &plan->floor_paths, path, floor);
	if (!sbx_plan_given(plan, plan->policy->latch, path, latch))
		add_rule(&plan->latch, &plan->latch_paths, path, latch);
}

/* A symlink of the host is reproduced unless what is above it comes from the host anyway. */
static void add_link(struct sbx_plan *plan, const struct sbx_link *link)
{
	const struct sbx_plan_mount *above = sbx_plan_find(plan, link->at);
	struct sbx_plan_mount *mount;

	if (above && ((above->type == SBX_MOUNT_BIND && !above->staged) || strcmp(above->dst, link->at) == 0))
		return;
	mount = sbx_plan_add(plan, SBX_MOUNT_SYMLINK, link->at);
	mount->src = link->text;
}

void sbx_plan_links(struct sbx_plan *plan, const struct sbx_resolved *from)
{
	for (size_t i = 0; i < from->links.count; i++)
		add_link(plan, sbx_vec_at(&from->links, i));
}

static void plan_grant(struct sbx_plan *plan, enum sbx_grant grant, const struct sbx_resolved *from, const char *dst,
		       bool exact)
{
	const struct sbx_mask *mask = &plan->policy->masks[grant];
	struct sbx_plan_mount *mount;

	if (!dst)
		dst = from->path;
	sbx_plan_rules(plan, grant, plan->rooted ? dst : from->path, S_ISDIR(from->st.st_mode));
	if (plan->rooted && dst == from->path)
		sbx_plan_links(plan, from);
	if (plan->rooted && !exact && is_covered(plan, from->path, dst, mask->attr))
		return;
	mount = sbx_plan_add(plan, SBX_MOUNT_BIND, dst);
	mount->src = from->path;
	mount->attr = mask->attr;
	mount->flags = S_ISDIR(from->st.st_mode) ? 0 : SBX_MOUNT_IS_FILE;
	mount->pinned = grant == SBX_GRANT_TARGET || grant == SBX_GRANT_STATIC || grant == SBX_GRANT_SHIM;
	mount->dev = from->st.st_dev;
	mount->ino = from->st.st_ino;
}

void sbx_plan_grant(struct sbx_plan *plan, enum sbx_grant grant, const struct sbx_resolved *from, const char *dst)
{
	plan_grant(plan, grant, from, dst, is_exact_grant(grant));
}

void sbx_plan_grant_more(struct sbx_plan *plan, enum sbx_grant grant, const struct sbx_resolved *from)
{
	plan_grant(plan, grant, from, NULL, false);
}

char *sbx_plan_inside(const struct sbx_plan *plan, const char *dst)
{
	char *path = sbx_strdup(dst);

	for (int rounds = 0; rounds < 40; rounds++) {
		const struct sbx_plan_mount *mount = sbx_plan_find(plan, path);
		char *next, *dir;

		if (!mount || mount->type != SBX_MOUNT_SYMLINK)
			break;
		dir = sbx_dirname(mount->dst);
		next = sbx_format("%s/%s%s", mount->src[0] == '/' || !dir[1] ? "" : dir,
				  mount->src + strspn(mount->src, "/"), path + strlen(mount->dst));
		path = next;
	}
	return path;
}

void sbx_plan_note(struct sbx_plan *plan, const char *path, const char *reason, const char *remedy)
{
	const struct sbx_note note = { sbx_strdup(path), sbx_strdup(reason), remedy ? sbx_strdup(remedy) : NULL };

	sbx_vec_push(&plan->notes, sizeof(note), &note);
}

/* '/' sorts below everything, so that a directory stands right before what is below it. */
static int path_order(const char *a, const char *b)
{
	while (*a && *a == *b) {
		a++;
		b++;
	}
	if (*a == *b)
		return 0;
	if (!*a || !*b)
		return *a ? 1 : -1;
	return *a == '/' || (*b != '/' && (unsigned char)*a < (unsigned char)*b) ? -1 : 1;
}

/* Which of the entries before `at`, all sorted, entry `at` lies below. */
static const struct sbx_plan_mount *nearest_above(const struct sbx_plan_mount *mount, size_t at)
{
	const struct sbx_plan_mount *above = at ? &mount[at - 1] : NULL;

	while (above && !sbx_path_within(mount[at].dst, above->dst))
		above = above->above;
	return above;
}

/* A node of the compiled policy's skeleton below a directory of the host's that an option granted: the host's own is
 * there. */
static bool shown_by_host(const struct sbx_plan_mount *mount)
{
	const struct sbx_plan_mount *above = mount->above;

	return !mount->late && above && above->late && above->type == SBX_MOUNT_BIND && !above->staged &&
	       (mount->type == SBX_MOUNT_DIR || mount->type == SBX_MOUNT_FILE || mount->type == SBX_MOUNT_FIFO ||
		mount->type == SBX_MOUNT_SYMLINK);
}

/* Of two pointers into one array: of equal places the later one is behind. */
static int by_place(const void *a, const void *b)
{
	const struct sbx_plan_mount *one = *(struct sbx_plan_mount *const *)a,
				    *other = *(struct sbx_plan_mount *const *)b;
	const int order = path_order(one->dst, other->dst);

	return order ? order : (one > other) - (one < other);
}

static void sort_mounts(struct sbx_vec *mounts)
{
	const struct sbx_plan_mount **order = sbx_alloc(mounts->count * sizeof(*order));
	struct sbx_plan_mount *sorted = sbx_alloc(mounts->count * sizeof(*sorted));

	for (size_t i = 0; i < mounts->count; i++)
		order[i] = sbx_vec_at(mounts, i);
	qsort(order, mounts->count, sizeof(*order), by_place);
	for (size_t i = 0; i < mounts->count; i++)
		sorted[i] = *order[i];
	mounts->items = (char *)sorted;
	mounts->room = mounts->count;
}

void sbx_plan_expect(struct sbx_plan *plan, int errnum, const char *path)
{
	if (!plan->failed.errnum && !sbx_lookup_unreachable(errnum))
		sbx_err_set(&plan->failed, SBX_STEP_GRANT, errnum, path);
}

/* The command's own files come last; an option for one of them that says something else is not passed over. */
static int check_replaced(const struct sbx_plan_mount *mount, const struct sbx_plan_mount *by, struct sbx_err *err)
{
	if (!mount->option || by->option || by->type != SBX_MOUNT_BIND || by->staged)
		return 0;
	if (strcmp(mount->src, by->src) == 0 && (mount->attr & MOUNT_ATTR_RDONLY || !(by->attr & MOUNT_ATTR_RDONLY)))
		return 0;
	return sbx_err_set(err, SBX_STEP_GRANT, 0,
			   sbx_format("%s: that is executed, so it must be what it is on the host%s", mount->option,
				      strcmp(mount->src, by->src) == 0 ? "; --rwx lets it be written as well" : ""));
}

int sbx_plan_sort(struct sbx_plan *plan, struct sbx_err *err)
{
	struct sbx_plan_mount *mount;
	size_t kept = 0;

	if (plan->failed.errnum) {
		*err = plan->failed;
		return -1;
	}
	sort_mounts(&plan->mounts);
	mount = (void *)plan->mounts.items;
	for (size_t i = 0; i < plan->mounts.count; i++) {
		if (i + 1 < plan->mounts.count && strcmp(mount[i].dst, mount[i + 1].dst) == 0) {
			if (plan->rooted && check_replaced(&mount[i], &mount[i + 1], err) < 0)
				return -1;
			continue;
		}
		if (!sbx_path_is_plain(mount[i].dst))
			return sbx_err_set(err, SBX_STEP_GRANT, 0,
					   sbx_format("%s: a place inside needs a plain path", mount[i].dst));
		mount[kept] = mount[i];
		mount[kept].above = nearest_above(mount, kept);
		if (mount[kept].above && mount[kept].above->type == SBX_MOUNT_SYMLINK)
			return sbx_err_set(err, SBX_STEP_GRANT, 0,
					   sbx_format("%s: its place inside lies behind the symlink %s",
						      mount[kept].dst, mount[kept].above->dst));
		kept += !shown_by_host(&mount[kept]);
	}
	plan->mounts.count = kept;
	sbx_plan_changed(plan);
	plan->root_inodes = plan->policy->root_inodes + kept * INODES_PER_MOUNT;
	return 0;
}
