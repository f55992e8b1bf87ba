/* SPDX-License-Identifier: MIT */
/*
 * key_needs.c -- an option or key is never void: it brings the system calls that it needs, over lists of calls that
 * were given before it. Lists that were given after it narrow it.
 */
#include "conf/compile/key_needs.h"

#include <string.h>

#define CLIENT_CALLS                                                                                          \
	"socket connect bind getpeername getsockname getsockopt setsockopt sendto sendmsg sendmmsg recvfrom " \
	"recvmsg recvmmsg shutdown socketpair"
#define SERVER_CALLS "socket bind listen accept accept4 getpeername getsockname getsockopt setsockopt"

static unsigned int rank_of(const struct sbx_policy *policy, enum sbx_key_id id)
{
	return policy->values[id].rank;
}

static bool has_network(const struct sbx_policy *policy)
{
	return policy->values[SBX_KEY_NET_MODE].number != SBX_NET_NONE;
}

/* Who gives ports to connect to along with the network, and none to listen on, asks for a client's. */
static bool serves(const struct sbx_policy *policy)
{
	return has_network(policy) && !(sbx_policy_ports(policy, SBX_KEY_NET_CONNECT) &&
					rank_of(policy, SBX_KEY_NET_CONNECT) == rank_of(policy, SBX_KEY_NET_MODE));
}

static bool connects_to_ports(const struct sbx_policy *policy)
{
	return has_network(policy) && sbx_policy_list(policy, SBX_KEY_NET_CONNECT)->count &&
	       sbx_policy_ports(policy, SBX_KEY_NET_CONNECT);
}

static bool listens_on_ports(const struct sbx_policy *policy)
{
	return has_network(policy) && sbx_policy_list(policy, SBX_KEY_NET_BIND)->count &&
	       sbx_policy_ports(policy, SBX_KEY_NET_BIND);
}

static bool has_unix_sockets(const struct sbx_policy *policy)
{
	return sbx_policy_bool(policy, SBX_KEY_UNIX_SOCKETS);
}

static const struct need {
	enum sbx_key_id key;
	bool (*wanted)(const struct sbx_policy *);
	const char *calls; /* without the first the key is void */
} needs[] = {
	{ SBX_KEY_NET_MODE, has_network, CLIENT_CALLS },
	{ SBX_KEY_NET_MODE, serves, SERVER_CALLS },
	{ SBX_KEY_NET_CONNECT, connects_to_ports, CLIENT_CALLS },
	{ SBX_KEY_NET_BIND, listens_on_ports, SERVER_CALLS },
	{ SBX_KEY_UNIX_SOCKETS, has_unix_sockets, CLIENT_CALLS " " SERVER_CALLS },
};

/* A list of calls and the rank at which each came in. */
struct ranked {
	enum sbx_key_id key; /* the list that leaves a call out */
	unsigned int rank;
};

/* What keeps the call out: the later of seccomp.allow, if it lacks it, and of the items of seccomp.deny that name it.
 */
static bool keeps_out(const struct sbx_policy *policy, int nr, struct ranked *by)
{
	const struct sbx_list *allow = sbx_policy_list(policy, SBX_KEY_SECCOMP_ALLOW);
	const struct sbx_list *deny = sbx_policy_list(policy, SBX_KEY_SECCOMP_DENY);
	struct sbx_syscalls allowed = { { 0 } };
	bool out;

	for (size_t i = 0; i < allow->count; i++)
		sbx_syscalls_add(&allowed, allow->items[i].text);
	out = allowed.nr[nr] == SBX_CALL_DENIED;
	*by = (struct ranked){ SBX_KEY_SECCOMP_ALLOW, out ? rank_of(policy, SBX_KEY_SECCOMP_ALLOW) : 0 };
	for (size_t i = 0; i < deny->count; i++) {
		struct sbx_syscalls denied = { { 0 } };

		sbx_syscalls_add(&denied, deny->items[i].text);
		if (denied.nr[nr] == SBX_CALL_DENIED)
			continue;
		if (!out || deny->items[i].rank >= by->rank)
			*by = (struct ranked){ SBX_KEY_SECCOMP_DENY, deny->items[i].rank };
		out = true;
	}
	return out;
}

static void bring_calls(const struct sbx_policy *policy, const struct need *need, struct sbx_syscalls *set)
{
	struct sbx_syscalls calls = { { 0 } };
	struct ranked by;

	sbx_syscalls_add_words(&calls, need->calls);
	for (int nr = 0; nr < SBX_SYSCALL_MAX; nr++)
		if (calls.nr[nr] != SBX_CALL_DENIED && keeps_out(policy, nr, &by) &&
		    by.rank < rank_of(policy, need->key))
			set->nr[nr] = SBX_CALL_ALLOWED;
}

void sbx_key_needs_add(const struct sbx_policy *policy, struct sbx_syscalls *set)
{
	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++)
		if (needs[i].wanted(policy))
			bring_calls(policy, &needs[i], set);
}

void sbx_key_needs_check(const struct sbx_policy *policy, struct sbx_errs *errs)
{
	char key[SBX_KEY_PATH_MAX], list[SBX_KEY_PATH_MAX];
	struct ranked by;

	for (size_t i = 0; i < sizeof(needs) / sizeof(needs[0]); i++) {
		const struct need *need = &needs[i];

		if (need->wanted(policy) && keeps_out(policy, sbx_syscall_number("socket"), &by) &&
		    by.rank == rank_of(policy, need->key)) {
			sbx_errs_add(errs, policy->values[need->key].origin,
				     "%s needs the call socket, which %s, given along with it, keeps out: leave one of "
				     "them out",
				     sbx_key_path(need->key, key), sbx_key_path(by.key, list));
			return;
		}
	}
}
