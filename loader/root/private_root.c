/* SPDX-License-Identifier: MIT */
/*
 * private_root.c -- builds the private root on a tmpfs and pivots into it.
 *
 * Sources are taken by path from the host's tree and checked by device and inode where the plan has seen them; mount
 * points are made by path only in directories that hold nothing but our own. Below a directory of the host's, where a
 * component may have become a symlink meanwhile, they are opened with openat2(RESOLVE_NO_SYMLINKS) and mounted on by
 * descriptor. Nothing of the target runs yet. Linux >= 5.12.
 */
#include "loader/root/private_root.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "loader/base/cleanup.h"
#include "loader/base/memory.h"
#include "loader/base/path.h"
#include "loader/base/vec.h"
#include "loader/policy/best_effort.h"
#include "loader/base/mounts.h"
#include "loader/root/skeleton.h"
#include "loader/cli/timing.h"
#include "shim/err.h"
#include "shim/paths.h"

struct root {
	const struct sbx_plan *plan;
	int fd;              /* the new root's mount; also the working directory */
	bool locked;         /* what masks are made of stands in the skeleton, and is read-only when they are made */
	const char **closed; /* the directory that was masked last because we can't search it, or NULL */
	struct sbx_err *err;
};

static int fail_root(const struct root *root, const char *path)
{
	return sbx_err_set(root->err, SBX_STEP_ROOT, errno, path);
}

/* The nearest thing above that is mounted, not just a node of the skeleton; NULL: the new root itself. */
static const struct sbx_plan_mount *mounted_above(const struct sbx_plan_mount *mount)
{
	const struct sbx_plan_mount *above = mount->above;

	while (above && above->type == SBX_MOUNT_DIR)
		above = above->above;
	return above;
}

static bool in_skeleton(const struct sbx_plan_mount *mount)
{
	return !mounted_above(mount);
}

static bool is_node(const struct sbx_plan *plan, const char *dst)
{
	const struct sbx_plan_mount *mount = sbx_plan_find(plan, dst);

	return mount && (mount->type == SBX_MOUNT_DIR || mount->type == SBX_MOUNT_FILE) &&
	       strcmp(mount->dst, dst) == 0 && in_skeleton(mount);
}

/* What stands above is the host's own content: nothing may be made there, and no component may be a symlink. */
static bool in_host_tree(const struct sbx_plan_mount *mount)
{
	const struct sbx_plan_mount *above = mounted_above(mount);

	return above && above->type == SBX_MOUNT_BIND && !above->staged;
}

/* The place of something that is to be mounted; in the skeleton they were all made before it became read-only. */
static int make_own_point(const struct sbx_plan_mount *mount)
{
	const bool is_file = mount->flags & SBX_MOUNT_IS_FILE;

	return is_file ? sbx_skeleton_file(mount->dst, 0444, NULL, 0) : sbx_skeleton_dir(mount->dst, 0755);
}

static int attach_tree(const struct root *root, int tree, const struct sbx_plan_mount *mount)
{
	int point, ret;

	if (!in_host_tree(mount)) {
		if (!in_skeleton(mount) && make_own_point(mount) < 0)
			return -1;
		return sbx_mounts_move(tree, AT_FDCWD, sbx_skeleton_relative(mount->dst));
	}
	point = sbx_mounts_open_point(root->fd, sbx_skeleton_relative(mount->dst));
	if (point < 0)
		return -1;
	ret = sbx_mounts_move(tree, point, "");
	close(point);
	return ret;
}

/* What stands in the skeleton and is locked entirely gets its attributes from one recursive call over the whole root.
 */
static bool is_locked_early(const struct sbx_plan_mount *mount)
{
	return in_skeleton(mount) && mount->type == SBX_MOUNT_BIND && mount->attr == SBX_MOUNTS_LOCKED;
}

static bool is_root(const struct sbx_plan_mount *mount)
{
	return mount->type == SBX_MOUNT_BIND && !mount->dst[1];
}

/* The source, through no symlink that somebody else could have put there; where the plan has seen it, that very inode.
 */
static int clone_source(const struct sbx_plan_mount *mount)
{
	cleanup_fd int fd = -1;
	struct stat st;

	if (mount->flags & SBX_MOUNT_SYSTEM)
		return sbx_mounts_clone(mount->src);
	fd = sbx_mounts_open_plain(mount->src);
	if (fd < 0)
		return -1;
	if (mount->pinned && (fstat(fd, &st) < 0 || st.st_dev != mount->dev || st.st_ino != mount->ino)) {
		errno = ESTALE;
		return -1;
	}
	return sbx_mounts_clone_fd(fd);
}

static int do_bind(const struct root *root, const struct sbx_plan_mount *mount)
{
	cleanup_fd int tree = is_root(mount) ? -1 : clone_source(mount);

	if (is_root(mount)) /* the new root itself: new_root() */
		return 0;
	if (tree < 0)
		return errno == ENOENT && (mount->flags & SBX_MOUNT_OPTIONAL) ? 0 : fail_root(root, mount->src);
	if ((!is_locked_early(mount) && sbx_mounts_restrict(tree, "", mount->attr, true) < 0) ||
	    attach_tree(root, tree, mount) < 0)
		return fail_root(root, mount->dst);
	return 0;
}

static int do_symlink(const struct root *root, const struct sbx_plan_mount *mount)
{
	return sbx_skeleton_symlink(mount->dst, mount->src) < 0 ? fail_root(root, mount->dst) : 0;
}

static int do_dir(const struct root *root, const struct sbx_plan_mount *mount)
{
	return sbx_skeleton_dir(mount->dst, mount->mode) < 0 ? fail_root(root, mount->dst) : 0;
}

static int do_file(const struct root *root, const struct sbx_plan_mount *mount)
{
	return sbx_skeleton_file(mount->dst, mount->mode, mount->bytes, mount->len) < 0 ? fail_root(root, mount->dst) :
											  0;
}

static int do_fifo(const struct root *root, const struct sbx_plan_mount *mount)
{
	return sbx_skeleton_fifo(mount->dst, mount->mode) < 0 ? fail_root(root, mount->dst) : 0;
}

/* mount(2) by path is one call where the new interface takes eight; the mount point is in the skeleton. */
static int mount_fresh(const struct root *root, const struct sbx_plan_mount *entry, const char *type, const char *data)
{
	const unsigned long flags = sbx_mounts_classic_flags(entry->attr);

	if (in_host_tree(entry))
		return sbx_mounts_fresh_over(root->fd, sbx_skeleton_relative(entry->dst), type, entry->attr, data) < 0 ?
			       fail_root(root, entry->dst) :
			       0;
	if ((!in_skeleton(entry) && make_own_point(entry) < 0) ||
	    mount(type, sbx_skeleton_relative(entry->dst), type, flags, data) < 0)
		return fail_root(root, entry->dst);
	return 0;
}

static int do_tmpfs(const struct root *root, const struct sbx_plan_mount *mount)
{
	/* What is to be read-only has to be filled first: sbx_root_enter seals it. */
	struct sbx_plan_mount open_mount = *mount;
	const bool skeleton = mount->attr & MOUNT_ATTR_RDONLY;
	char data[128];

	open_mount.attr &= ~(uint32_t)MOUNT_ATTR_RDONLY;
	snprintf(data, sizeof(data), "size=%llu,nr_inodes=%llu,mode=%o", (unsigned long long)mount->size,
		 (unsigned long long)(skeleton ? root->plan->root_inodes : mount->inodes), mount->mode);
	return mount_fresh(root, &open_mount, "tmpfs", data);
}

static int do_proc(const struct root *root, const struct sbx_plan_mount *mount)
{
	if (mount_fresh(root, mount, "proc", mount->src[0] ? mount->src : NULL) == 0 ||
	    (root->err->errnum == EPERM && sbx_best_effort(root->plan->policy, SBX_LAYER_PROC, EPERM)))
		return 0;
	root->err->step = SBX_STEP_PROC;
	return -1;
}

static int do_devpts(const struct root *root, const struct sbx_plan_mount *mount)
{
	/* all instances share what the machine has */
	return mount_fresh(root, mount, "devpts", "newinstance,ptmxmode=0666,mode=620,max=64");
}

/* Its name stands right in /proc, ours or what best_effort has left of it: there is no link on the way to it. */
static bool is_in_proc(const struct sbx_plan_mount *mount)
{
	const struct sbx_plan_mount *above = mounted_above(mount);

	return above && above->type == SBX_MOUNT_PROC && !strchr(mount->dst + above->dst_len + 1, '/');
}

/*
 * Inside, root has no power over other users' files: where a directory on the way may not be searched, neither the mask
 * nor the target gets to what lies there. The directory itself is masked, for its owner may open it during the run.
 * What was granted as such is not: a grant that would show nothing is an error.
 */
static int open_closed(const struct root *root, const struct sbx_plan_mount *mount)
{
	const struct sbx_plan_mount *above = mounted_above(mount);
	char *path = sbx_strdup(mount->dst), *slash;
	int point = -1;

	while (point < 0 && errno == EACCES && above && (slash = strrchr(path, '/')) &&
	       (size_t)(slash - path) > above->dst_len) {
		*slash = 0;
		point = sbx_mounts_open_point(root->fd, sbx_skeleton_relative(path));
	}
	if (point >= 0)
		*root->closed = path;
	return point;
}

static int do_mask(const struct root *root, const struct sbx_plan_mount *mount)
{
	const bool direct = is_in_proc(mount);
	bool is_file = mount->flags & SBX_MOUNT_IS_FILE;
	cleanup_fd int point = -1, tree = -1;

	if ((mount->above && mount->above->type == SBX_MOUNT_MASK) ||
	    (*root->closed && sbx_path_within(mount->dst, *root->closed)))
		return 0; /* masked with what is above it */
	if (!direct)
		point = sbx_mounts_open_point(root->fd, sbx_skeleton_relative(mount->dst));
	if (!direct && point < 0 && errno == EACCES) {
		point = open_closed(root, mount);
		is_file = false;
	}
	if (!direct && point < 0)
		return errno == ENOENT && (mount->flags & SBX_MOUNT_OPTIONAL) ? 0 : fail_root(root, mount->dst);
	tree = sbx_mounts_clone(sbx_skeleton_relative(is_file ? SBX_INNER_EMPTY_FILE : SBX_INNER_EMPTY_DIR));
	if (tree < 0 || (!root->locked && sbx_mounts_restrict(tree, "", SBX_MOUNTS_LOCKED, false) < 0))
		return fail_root(root, mount->dst);
	if (!direct)
		return sbx_mounts_move(tree, point, "") < 0 ? fail_root(root, mount->dst) : 0;
	if (sbx_mounts_move(tree, AT_FDCWD, sbx_skeleton_relative(mount->dst)) < 0)
		return errno == ENOENT && (mount->flags & SBX_MOUNT_OPTIONAL) ? 0 : fail_root(root, mount->dst);
	return 0;
}

static int (*const apply[SBX_MOUNT__COUNT])(const struct root *, const struct sbx_plan_mount *) = {
	[SBX_MOUNT_BIND] = do_bind,     [SBX_MOUNT_SYMLINK] = do_symlink, [SBX_MOUNT_DIR] = do_dir,
	[SBX_MOUNT_FILE] = do_file,     [SBX_MOUNT_TMPFS] = do_tmpfs,     [SBX_MOUNT_PROC] = do_proc,
	[SBX_MOUNT_DEVPTS] = do_devpts, [SBX_MOUNT_MASK] = do_mask,       [SBX_MOUNT_FIFO] = do_fifo,
};

/*
 * Symlinks come behind everything that is made by path, so that no path of ours ever leads through one: before the
 * pivot an absolute one would lead to the host.
 */
enum pass { PASS_NODES, PASS_NODE_LINKS, PASS_LOCKED, PASS_REST, PASS_LINKS, PASS_MASKS };

static enum pass pass_of_mount(const struct sbx_plan_mount *mount)
{
	if (mount->type == SBX_MOUNT_MASK)
		return PASS_MASKS;
	if (mount->type == SBX_MOUNT_SYMLINK)
		return in_skeleton(mount) ? PASS_NODE_LINKS : PASS_LINKS;
	if ((mount->type == SBX_MOUNT_DIR || mount->type == SBX_MOUNT_FILE || mount->type == SBX_MOUNT_FIFO) &&
	    in_skeleton(mount))
		return PASS_NODES;
	return is_locked_early(mount) ? PASS_LOCKED : PASS_REST;
}

/* Something is mounted at a place in the skeleton: its mount point is made with the nodes. */
static bool wants_point(const struct sbx_plan_mount *mount)
{
	return in_skeleton(mount) && mount->type != SBX_MOUNT_MASK && mount->type != SBX_MOUNT_SYMLINK;
}

static int run_pass(const struct root *root, enum pass pass)
{
	const struct sbx_vec *mounts = &root->plan->mounts;
	int ret = 0;

	for (size_t i = 0; i < mounts->count && ret == 0; i++) {
		const struct sbx_plan_mount *mount = sbx_vec_at(mounts, i);

		if (pass_of_mount(mount) == pass)
			ret = apply[mount->type](root, mount);
		else if (pass == PASS_NODES && wants_point(mount))
			ret = make_own_point(mount) < 0 ? fail_root(root, mount->dst) : 0;
	}
	return ret;
}

/* The caller's directory, where no mount makes it. */
static int make_cwd(const struct root *root, const char *cwd)
{
	const struct sbx_plan_mount *at = sbx_plan_find(root->plan, cwd);

	while (at && at->type == SBX_MOUNT_DIR)
		at = at->above;
	return !at && sbx_skeleton_dir(cwd, SBX_MODE_WAY) < 0 ? fail_root(root, cwd) : 0;
}

/* The skeleton; what is locked like it, with it, in one call; then the rest, masks last. */
static int fill_root(const struct root *root, const char *cwd)
{
	if (run_pass(root, PASS_NODES) < 0 || make_cwd(root, cwd) < 0 || run_pass(root, PASS_NODE_LINKS) < 0)
		return -1;
	sbx_timing_mark(SBX_MOMENT_SKELETON);
	if (run_pass(root, PASS_LOCKED) < 0)
		return -1;
	sbx_timing_mark(SBX_MOMENT_BINDS);
	/* The host's own root was restricted when it was bound; what it holds is mounted already. */
	if (sbx_mounts_restrict(root->fd, "", SBX_MOUNTS_LOCKED, true) < 0)
		return fail_root(root, "/");
	return run_pass(root, PASS_REST) < 0 || run_pass(root, PASS_LINKS) < 0 || run_pass(root, PASS_MASKS) < 0 ? -1 :
														   0;
}

/* Every tmpfs that is to be read-only becomes so when it is complete. */
static int seal_tmpfs(const struct root *root)
{
	const struct sbx_vec *mounts = &root->plan->mounts;

	for (size_t i = 0; i < mounts->count; i++) {
		const struct sbx_plan_mount *mount = sbx_vec_at(mounts, i);

		if (mount->type == SBX_MOUNT_TMPFS && (mount->attr & MOUNT_ATTR_RDONLY) &&
		    sbx_mounts_restrict(root->fd, sbx_skeleton_relative(mount->dst), MOUNT_ATTR_RDONLY, false) < 0)
			return fail_root(root, mount->dst);
	}
	return 0;
}

static int pivot_to_root(const struct root *root)
{
	if (syscall(SYS_pivot_root, ".", ".") < 0 || umount2(".", MNT_DETACH) < 0 || chdir("/") < 0)
		return fail_root(root, "pivot_root");
	return 0;
}

/* A tmpfs of our own, or the host's root when that is what is granted at "/". Attached, as a descriptor. */
static int open_new_root(const struct sbx_plan *plan)
{
	const struct sbx_plan_mount *first = sbx_vec_at(&plan->mounts, 0);
	int tree;

	if (!plan->mounts.count || !is_root(first))
		return sbx_mounts_new_root(plan->policy->root_size, plan->root_inodes);
	tree = clone_source(first);
	return tree < 0 || sbx_mounts_restrict(tree, "", first->attr, true) < 0 ||
			       sbx_mounts_move(tree, AT_FDCWD, "/") < 0 ?
		       -1 :
		       tree;
}

int sbx_root_enter(const struct sbx_plan *plan, const char *cwd, struct sbx_err *err)
{
	const char *closed = NULL;
	struct root root = {
		.plan = plan,
		.fd = -1,
		.locked = is_node(plan, SBX_INNER_EMPTY_FILE) && is_node(plan, SBX_INNER_EMPTY_DIR),
		.closed = &closed,
		.err = err,
	};
	int ret;

	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return fail_root(&root, "making mounts private");
	root.fd = open_new_root(plan);
	if (root.fd < 0 || fchdir(root.fd) < 0)
		return fail_root(&root, "a tmpfs");
	ret = fill_root(&root, cwd);
	if (ret == 0)
		ret = seal_tmpfs(&root);
	sbx_timing_mark(SBX_MOMENT_MOUNTS);
	if (ret == 0)
		ret = pivot_to_root(&root);
	sbx_timing_mark(SBX_MOMENT_ROOT);
	close(root.fd);
	return ret;
}
