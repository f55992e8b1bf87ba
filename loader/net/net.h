/* SPDX-License-Identifier: MIT */
/*
 * loader/net -- the network by name (net.mode = "hosts"): two processes that stand between a command without a network
 * and the hosts that its policy names. relay.c starts and ends them; sbx-relay is the program that both are.
 *
 * Used by: loader/run; sbx-relay.c is a program of its own, of glibc.
 * Touches: the pump enters the command's user and network namespace, the connector the network of the host.
 * Includes: loader/base shim
 */
#ifndef SBX_LOADER_NET_NET_H
#define SBX_LOADER_NET_NET_H

#endif
