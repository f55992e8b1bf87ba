/* SPDX-License-Identifier: MIT */
/*
 * network.c -- what a mode of the network and its lists of ports mean for the namespaces, both rulesets, the filters,
 * the environment and the grants. network_namespaces(7); Landlock has ports of TCP from Linux 6.7 on, landlock(7).
 */
#include "conf/compile/network.h"

#include <sched.h>
#include <stdlib.h>

#include "conf/compile/landlock_rights.h"
#include "conf/seccomp/filter_compile.h"
#include "shim/host_entry.h"

#define CONNECT_RIGHTS ((uint64_t)(SBX_NET_CONNECT_TCP | SBX_NET_CONNECT_SEND_UDP))
#define BIND_RIGHTS ((uint64_t)(SBX_NET_BIND_TCP | SBX_NET_BIND_UDP))
#define DNS_PORT "53"

static const struct mode {
	bool host;      /* the host's network, which lists of ports can narrow; else a namespace of its own, if any */
	bool namespace; /* nothing without one */
	bool closed;    /* Landlock leaves no port */
	uint32_t flags; /* without lists of ports */
} modes[] = {
	[SBX_NET_NONE] = { .closed = true },
	[SBX_NET_LOOPBACK] = { .namespace = true, .flags = SBX_POLICY_LO_UP },
	[SBX_NET_HOST] = { .host = true, .flags = SBX_POLICY_HOST_NET },
	[SBX_NET_HOSTS] = { .namespace = true, .flags = SBX_POLICY_LO_UP },
};

static enum sbx_net network_mode(const struct sbx_policy *policy)
{
	return (enum sbx_net)policy->values[SBX_KEY_NET_MODE].number;
}

static void add_ports(struct sbx_pool *pool, struct sbx_network *network, const struct sbx_list *list, uint64_t access)
{
	access &= network->handled;
	for (size_t i = 0; access && i < list->count; i++)
		*SBX_APPEND(pool, &network->ports) =
			(struct sbx_port){ access, strtoul(list->items[i].text, NULL, 10) };
}

/* Names can be looked up over TCP: resolv.conf(5), use-vc. */
static bool reaches_dns(const struct sbx_policy *policy)
{
	return sbx_policy_has(policy, SBX_KEY_NET_CONNECT, "any") ||
	       sbx_policy_has(policy, SBX_KEY_NET_CONNECT, DNS_PORT);
}

/* Before Landlock knows ports of UDP, lists of ports leave no UDP at all. */
static void narrow_to_ports(struct sbx_pool *pool, const struct sbx_policy *policy, unsigned int abi,
			    struct sbx_network *network)
{
	const struct sbx_list *connect = sbx_policy_list(policy, SBX_KEY_NET_CONNECT);
	const struct sbx_list *bind = sbx_policy_list(policy, SBX_KEY_NET_BIND);

	network->flags = SBX_POLICY_PORTS;
	network->when |= SBX_WHEN_PORTS;
	network->unheld = abi && abi < SBX_NET_BIND_TCP_ABI;
	network->no_listen = !bind->count;
	if (abi < SBX_NET_BIND_UDP_ABI) {
		network->when &= ~(unsigned int)SBX_WHEN_UDP;
		network->env = reaches_dns(policy) ? "RES_OPTIONS=use-vc" : NULL;
	}
	/* A datagram that is sent from a socket without a port makes the kernel bind one, which Landlock counts as
	 * binding port 0. */
	if (connect->count && (network->handled & SBX_NET_BIND_UDP))
		*SBX_APPEND(pool, &network->ports) = (struct sbx_port){ SBX_NET_BIND_UDP, 0 };
	if (sbx_policy_ports(policy, SBX_KEY_NET_CONNECT))
		add_ports(pool, network, connect, CONNECT_RIGHTS);
	if (sbx_policy_ports(policy, SBX_KEY_NET_BIND))
		add_ports(pool, network, bind, BIND_RIGHTS);
}

static struct sbx_network resolve_mode(struct sbx_pool *pool, const struct sbx_policy *policy, unsigned int abi,
				       enum sbx_net mode, uint32_t namespaces)
{
	const bool connect = sbx_policy_ports(policy, SBX_KEY_NET_CONNECT);
	const bool bind = sbx_policy_ports(policy, SBX_KEY_NET_BIND);
	struct sbx_network network = { .mode = mode,
				       .namespaces = namespaces,
				       .flags = modes[mode].flags,
				       .when = SBX_WHEN_UDP,
				       .host_files = modes[mode].host,
				       .server_files = modes[mode].host || mode == SBX_NET_HOSTS };

	if (modes[mode].closed || connect)
		network.handled |= CONNECT_RIGHTS;
	if (modes[mode].closed || bind)
		network.handled |= BIND_RIGHTS;
	network.handled &= sbx_rights_net(abi);
	network.when |= mode != SBX_NET_NONE ? SBX_WHEN_ROUTE : SBX_WHEN_NO_ROUTE;
	network.when |= modes[mode].host && !connect && !bind ? SBX_WHEN_PING : SBX_WHEN_NO_PING;
	if (modes[mode].host || namespaces)
		network.when |= SBX_WHEN_INET;
	if (modes[mode].closed)
		network.when |= SBX_WHEN_PORTS;
	if (modes[mode].host && (connect || bind))
		narrow_to_ports(pool, policy, abi, &network);
	return network;
}

struct sbx_network sbx_network_resolve(struct sbx_pool *pool, const struct sbx_policy *policy, unsigned int abi)
{
	const enum sbx_net mode = network_mode(policy);
	const bool own = !modes[mode].host && sbx_policy_has(policy, SBX_KEY_NAMESPACES, "net");

	return resolve_mode(pool, policy, abi, mode, own ? CLONE_NEWNET : 0);
}

struct sbx_network sbx_network_resolve_child(struct sbx_pool *pool, const struct sbx_policy *policy, unsigned int abi,
					     const struct sbx_network *outer)
{
	enum sbx_net mode = network_mode(policy);

	if (modes[mode].namespace && outer->mode != mode)
		mode = SBX_NET_NONE;
	return resolve_mode(pool, policy, abi, mode,
			    mode == SBX_NET_NONE && outer->mode != SBX_NET_NONE ? 0 : outer->namespaces);
}

void sbx_network_check(const struct sbx_policy *policy, struct sbx_errs *errs)
{
	static const enum sbx_key_id lists[] = { SBX_KEY_NET_CONNECT, SBX_KEY_NET_BIND };
	const struct sbx_value *mode = &policy->values[SBX_KEY_NET_MODE];
	const struct sbx_value *hosts = &policy->values[SBX_KEY_NET_HOSTS];
	const struct mode *row = &modes[mode->number];
	char key[SBX_KEY_PATH_MAX];

	if (row->namespace && !sbx_policy_has(policy, SBX_KEY_NAMESPACES, "net"))
		sbx_errs_add(errs, mode->origin, "net: \"%s\" needs \"net\" in namespaces", mode->text);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (sbx_policy_has(policy, lists[i], "any") && sbx_policy_list(policy, lists[i])->count > 1)
			sbx_errs_add(errs, policy->values[lists[i]].origin,
				     "%s: \"any\" is every port and stands alone; leave it out to name ports",
				     sbx_key_path(lists[i], key));
	if (mode->number == SBX_NET_HOSTS && !sbx_policy_has(policy, SBX_KEY_NAMESPACES, "mount"))
		sbx_errs_add(errs, mode->origin, "net: \"hosts\" needs \"mount\" in namespaces");
	if (mode->number == SBX_NET_HOSTS ? !hosts->list.count : hosts->list.count > 0)
		sbx_errs_add(errs, mode->number == SBX_NET_HOSTS ? mode->origin : hosts->origin,
			     mode->number == SBX_NET_HOSTS ? "net: \"hosts\" needs somebody in net.hosts" :
							     "net.hosts needs net.mode = \"hosts\"");
	if (hosts->list.count > SBX_HOSTS_MAX)
		sbx_errs_add(errs, hosts->origin, "net.hosts: more than %d hosts", SBX_HOSTS_MAX);
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
		if (sbx_policy_ports(policy, lists[i]) && !row->host)
			sbx_errs_add(errs, policy->values[lists[i]].origin,
				     "%s: a list of ports needs net.mode = \"host\"", sbx_key_path(lists[i], key));
}

int sbx_network_check_abi(const struct sbx_network *network, const struct sbx_policy *policy, unsigned int abi,
			  struct sbx_errs *errs)
{
	const bool connect = sbx_policy_ports(policy, SBX_KEY_NET_CONNECT);

	if (!network->unheld || sbx_policy_has(policy, SBX_KEY_BEST_EFFORT, "landlock"))
		return 0;
	return sbx_errs_add(errs, policy->values[connect ? SBX_KEY_NET_CONNECT : SBX_KEY_NET_BIND].origin,
			    "layer landlock: lists of ports need ABI %u (Linux 6.7), this kernel has ABI %u; leave "
			    "net.connect and net.bind at \"any\", or list \"landlock\" in best_effort",
			    SBX_NET_BIND_TCP_ABI, abi);
}
