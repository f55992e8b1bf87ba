/* SPDX-License-Identifier: MIT */
/*
 * inherited.h -- what the descriptors that the target keeps refer to, and what it could do by them that the policy
 * doesn't grant.
 */
#ifndef SBX_LOADER_BASE_INHERITED_H
#define SBX_LOADER_BASE_INHERITED_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#include "loader/base/vec.h"
#include "shim/steps.h"

/* What calls for a filter of its own while such a descriptor is there: loader/seccomp/inherited_filter.c. */
enum {
	SBX_INHERITED_UNIX = 1,       /* a Unix socket: its other end may send descriptors of directories */
	SBX_INHERITED_ADDRESS = 2,    /* a connection of the host's network, which the policy doesn't grant */
	SBX_INHERITED_APPEND = 4,     /* a file that is open for appending */
	SBX_INHERITED_MAPPABLE = 8,   /* the same, and can be mapped for writing */
	SBX_INHERITED_DEVICE = 16,    /* a device of the caller's own, whose mode it could change */
	SBX_INHERITED_FIXED = 32,     /* with APPEND: no descriptor's flags lose O_APPEND, none is cut */
	SBX_INHERITED_ASKED = 64,     /* or the waiting loader is asked which file it is */
	SBX_INHERITED_CUTTABLE = 128, /* a file that isn't open for writing anywhere, where Landlock lets it be cut */
	SBX_INHERITED_SEALABLE = 256  /* memory of memfd_create(2) that can still be sealed, for its maker as well */
};

struct sbx_inherited {
	unsigned int kinds;   /* SBX_INHERITED_* */
	uint64_t appended;    /* the size of the largest such file: what is in it already */
	struct sbx_vec files; /* struct sbx_inherited_file: those that are open for appending */
};

struct sbx_inherited_file {
	dev_t dev;
	ino_t ino;
};

/* What the policy says of it. */
struct sbx_inherited_policy {
	bool host_net; /* the host's whole network is granted */
	bool ports;    /* or some of its ports, which Landlock knows from `abi` 4 on */
	bool executes; /* programs that want F_SETFL and ftruncate for pipes, sockets and files of their own */
	bool asks;     /* there is somebody who can be asked about these */
	bool nested;   /* in a sandbox of sbx, where the outer one's are denied or asked about already */
	unsigned int abi;
};

/* Look at descriptors 0 to 2 and `keep` (int). Refuses a socket on 0 to 2 that could be led elsewhere: -1 with err
 * filled. */
int sbx_inherited_look(struct sbx_inherited *inherited, const struct sbx_vec *keep,
		       const struct sbx_inherited_policy *policy, struct sbx_err *err);

/* Is what has the flags `mode` (F_GETFL) a regular file that is open for appending? */
bool sbx_inherited_appends(int mode, const struct stat *st);

#endif
