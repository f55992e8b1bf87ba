/* SPDX-License-Identifier: MIT */
/*
 * network.h -- what the keys net.mode, net.connect and net.bind come to. All that a mode of the network changes is
 * here: a new one is a word of the key (conf/config/policy_keys.c, enum sbx_net), a row of the table in network.c, and
 * what only it needs there. The loader goes by `flags`.
 */
#ifndef SBX_CONF_COMPILE_NETWORK_H
#define SBX_CONF_COMPILE_NETWORK_H

#include "conf/config/policy.h"
#include "shim/blob.h"

struct sbx_port_drafts {
	struct sbx_port *items;
	size_t count;
};

struct sbx_network {
	enum sbx_net mode;
	uint32_t namespaces; /* CLONE_NEWNET, or 0: the host's, or the one of an outer sandbox */
	uint32_t flags;      /* SBX_POLICY_*, for the loader */
	uint64_t handled;    /* handled_access_net of the rulesets, and their rules: */
	struct sbx_port_drafts ports;
	bool unheld;       /* lists of ports on a kernel whose Landlock has no ports */
	unsigned int when; /* SBX_WHEN_*, for the filters */
	bool no_listen;    /* listen(2) would bind a port that the kernel chooses, which Landlock doesn't see */
	bool host_files;   /* what names are looked up by is granted */
	bool server_files; /* and what servers are known by */
	const char *env;   /* NAME=VALUE for the environment, or NULL */
};

/* The network of the policy, on Landlock's `abi`. Its lists belong to the pool. */
struct sbx_network sbx_network_resolve(struct sbx_pool *pool, const struct sbx_policy *policy, unsigned int abi);

/*
 * The network of a program that a command with the network `outer` starts: what that has, or less. It can't have a
 * loopback of its own: it keeps the command's, or has none. Where the command has no network, a socket is no harm.
 */
struct sbx_network sbx_network_resolve_child(struct sbx_pool *pool, const struct sbx_policy *policy, unsigned int abi,
					     const struct sbx_network *outer);

/* What of the policy's keys excludes each other: adds errors. */
void sbx_network_check(const struct sbx_policy *policy, struct sbx_errs *errs);

/* Returns -1 with an error added where lists of ports can't be held, and the policy doesn't do without. */
int sbx_network_check_abi(const struct sbx_network *network, const struct sbx_policy *policy, unsigned int abi,
			  struct sbx_errs *errs);

#endif
