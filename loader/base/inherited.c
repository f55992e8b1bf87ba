/* SPDX-License-Identifier: MIT */
/*
 * inherited.c -- a descriptor conveys what it is, and nothing more: fcntl(2), getsockopt(2).
 *
 * Neither a namespace nor Landlock says anything of what is open already: a connection can be dissolved and made anew,
 * a Unix socket brings descriptors, a file that is open for appending can be cut.
 */
#include "loader/base/inherited.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "loader/base/fds.h"
#include "loader/base/memory.h"
#include "shim/err.h"
#include "shim/landlock_rights.h"

/* F_GET_SEALS and F_SEAL_SEAL, which only <linux/fcntl.h> has everywhere. */
#define F_GET_SEALS_NR 1034
#define F_SEAL_SEAL_BIT 1

struct kind {
	int domain, type, protocol;
	bool connected;
};

static int ask_socket(int fd, struct kind *kind)
{
	const struct {
		int name, *value;
	} asked[] = { { SO_DOMAIN, &kind->domain }, { SO_TYPE, &kind->type }, { SO_PROTOCOL, &kind->protocol } };
	struct sockaddr_storage peer;
	socklen_t len = sizeof(peer);

	for (size_t i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		socklen_t size = sizeof(int);

		if (getsockopt(fd, SOL_SOCKET, asked[i].name, asked[i].value, &size) < 0)
			return -1;
	}
	kind->connected = getpeername(fd, (struct sockaddr *)&peer, &len) == 0;
	return 0;
}

static bool is_stream(const struct kind *kind)
{
	return kind->type == SOCK_STREAM || kind->type == SOCK_SEQPACKET;
}

static bool is_inet(const struct kind *kind)
{
	return kind->domain == AF_INET || kind->domain == AF_INET6;
}

/* A connection that somebody has made stays what it is, with the filter, or with Landlock's rules for ports. Those know
 * TCP alone: MPTCP connects past them. */
static bool is_bound_to_stay(const struct kind *kind, const struct sbx_inherited_policy *policy)
{
	if (kind->domain == AF_UNIX)
		return kind->connected && is_stream(kind);
	if (!is_inet(kind))
		return false;
	if (policy->host_net)
		return true;
	return kind->connected && kind->type == SOCK_STREAM && kind->protocol == IPPROTO_TCP &&
	       (!policy->ports || policy->abi >= SBX_NET_BIND_TCP_ABI);
}

static int refuse_socket(int fd, const struct kind *kind, const struct sbx_inherited_policy *policy,
			 struct sbx_err *err)
{
	const char *why = kind->domain == AF_UNIX ? "is a Unix socket that could reach any other of the host's" :
			  is_inet(kind) ? "is a socket of the host's network that could be connected anywhere; "
					  "--share-net grants the network" :
					  "is a socket of a kind that no policy grants";

	if (is_inet(kind) && kind->protocol == IPPROTO_MPTCP && policy->ports)
		why = "is a socket of multipath TCP, which no list of ports holds; --share-net grants the network";
	return sbx_err_set(err, SBX_STEP_FDS, 0, sbx_format("descriptor %d %s", fd, why));
}

static int look_at_socket(struct sbx_inherited *inherited, int fd, const struct sbx_inherited_policy *policy,
			  struct sbx_err *err)
{
	struct kind kind;

	if (ask_socket(fd, &kind) < 0)
		return sbx_err_set(err, SBX_STEP_FDS, errno, sbx_format("descriptor %d, a socket", fd));
	if (kind.domain == AF_UNIX)
		inherited->kinds |= SBX_INHERITED_UNIX;
	if (fd > 2) /* named by an option, for what it is */
		return 0;
	if (!is_bound_to_stay(&kind, policy))
		return refuse_socket(fd, &kind, policy, err);
	if (is_inet(&kind) && !policy->host_net && !policy->ports)
		inherited->kinds |= SBX_INHERITED_ADDRESS;
	return 0;
}

bool sbx_inherited_appends(int mode, const struct stat *st)
{
	return !(mode & O_PATH) && (mode & O_APPEND) && (mode & O_ACCMODE) != O_RDONLY && S_ISREG(st->st_mode);
}

/* Programs that are executed set flags of their own pipes, and cut files of their own. */
static unsigned int kept_by(const struct sbx_inherited_policy *policy)
{
	if (!policy->executes)
		return SBX_INHERITED_FIXED;
	if (policy->nested)
		return 0;
	return policy->asks ? SBX_INHERITED_ASKED : SBX_INHERITED_FIXED;
}

/* Files of a tmpfs can't be sealed: they have the seal that says so. */
static bool is_sealable(int fd)
{
	const int seals = fcntl(fd, F_GET_SEALS_NR);

	return seals >= 0 && !(seals & F_SEAL_SEAL_BIT);
}

/* By its link in /proc, which leads to the caller's mount. */
static bool is_cuttable(int mode, const struct stat *st, unsigned int abi)
{
	return abi < SBX_FS_TRUNCATE_ABI && S_ISREG(st->st_mode) &&
	       ((mode & (O_ACCMODE | O_PATH)) == O_RDONLY || (mode & O_APPEND));
}

static int look_at(struct sbx_inherited *inherited, int fd, const struct sbx_inherited_policy *policy,
		   struct sbx_err *err)
{
	const int mode = fcntl(fd, F_GETFL);
	struct sbx_inherited_file file;
	struct stat st;

	if (sbx_fds_stat(fd, &st) < 0)
		return 0; /* closed, or refused already */
	if (S_ISSOCK(st.st_mode))
		return look_at_socket(inherited, fd, policy, err);
	if (mode < 0)
		return sbx_err_set(err, SBX_STEP_FDS, errno, sbx_format("descriptor %d", fd));
	if (is_sealable(fd))
		inherited->kinds |= SBX_INHERITED_SEALABLE;
	if (is_cuttable(mode, &st, policy->abi))
		inherited->kinds |= SBX_INHERITED_CUTTABLE;
	if (!sbx_inherited_appends(mode, &st))
		return 0;
	file = (struct sbx_inherited_file){ st.st_dev, st.st_ino };
	sbx_vec_push(&inherited->files, sizeof(file), &file);
	inherited->kinds |= SBX_INHERITED_APPEND | kept_by(policy);
	if ((mode & O_ACCMODE) == O_RDWR)
		inherited->kinds |= SBX_INHERITED_MAPPABLE;
	if ((uint64_t)st.st_size > inherited->appended)
		inherited->appended = (uint64_t)st.st_size;
	return 0;
}

int sbx_inherited_look(struct sbx_inherited *inherited, const struct sbx_vec *keep,
		       const struct sbx_inherited_policy *policy, struct sbx_err *err)
{
	for (int fd = 0; fd <= 2; fd++)
		if (look_at(inherited, fd, policy, err) < 0)
			return -1;
	for (size_t i = 0; i < keep->count; i++)
		if (look_at(inherited, *(int *)sbx_vec_at(keep, i), policy, err) < 0)
			return -1;
	return 0;
}
