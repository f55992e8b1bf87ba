/* SPDX-License-Identifier: MIT */
/*
 * network.c -- nothing of the command runs before whom it may connect to is there.
 */
#include "loader/run/network.h"

#include <errno.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "loader/base/channel.h"
#include "loader/net/relay.h"
#include "shim/err.h"

/* Whoever had no namespace to join can't say why, and the child can. */
static void hear_child(int channel, struct sbx_err *err)
{
	struct sbx_msg msg;
	pid_t sender;
	int fd;

	while (sbx_channel_receive(channel, &msg, &sender, &fd) == SBX_RECEIVED) {
		if (fd >= 0)
			close(fd);
		if (msg.kind == SBX_MSG_ERR)
			*err = msg.err;
	}
}

int sbx_network_open(struct sbx_run *run, pid_t child, struct sbx_err *err)
{
	struct stat st;

	if (!run->policy->hosts.len)
		return 0;
	if (sbx_relay_start(&run->relay, run->policy, run->programs.relay, sbx_target_self(&st), child, err) == 0) {
		(void)!write(run->channel[0], "", 1); /* a child that is gone has said why */
		return 0;
	}
	hear_child(run->channel[0], err);
	kill(child, SIGKILL);
	while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	return -1;
}

void sbx_network_close(struct sbx_run *run)
{
	sbx_relay_end(&run->relay, run->options.quiet);
}

void sbx_network_await(const struct sbx_run *run)
{
	char byte;

	while (run->policy->hosts.len && read(run->channel[1], &byte, 1) != 1)
		if (errno != EINTR)
			_exit(SBX_EXIT_FAILED); /* the loader is gone, or has failed */
}
