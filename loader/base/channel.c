/* SPDX-License-Identifier: MIT */
/*
 * channel.c -- sendmsg(2) and recvmsg(2) on the SOCK_SEQPACKET channel.
 *
 * Both ends are our own code's: it is closed on exec. A message counts by its exact size; the pid that the kernel
 * attaches names the target as it is seen from outside.
 */
#include "loader/base/channel.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union control {
	char bytes[CMSG_SPACE(sizeof(struct ucred)) + CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

int sbx_channel_send(int channel, const struct sbx_msg *msg, int fd)
{
	struct sbx_msg copy = *msg;
	struct iovec iov = { .iov_base = &copy, .iov_len = sizeof(copy) };
	union control control = { .bytes = { 0 } };
	struct msghdr hdr = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *cmsg;

	if (fd >= 0) {
		hdr.msg_control = &control;
		hdr.msg_controllen = CMSG_SPACE(sizeof(fd));
		cmsg = CMSG_FIRSTHDR(&hdr);
		cmsg->cmsg_level = SOL_SOCKET;
		cmsg->cmsg_type = SCM_RIGHTS;
		cmsg->cmsg_len = CMSG_LEN(sizeof(fd));
		memcpy(CMSG_DATA(cmsg), &fd, sizeof(fd));
	}
	return sendmsg(channel, &hdr, MSG_NOSIGNAL) == (ssize_t)sizeof(copy) ? 0 : -1;
}

/* The only descriptor of the message, or -1 with all of them closed: alignment leaves room for two. */
static int take_descriptor(const struct cmsghdr *cmsg)
{
	const size_t count = (cmsg->cmsg_len - CMSG_LEN(0)) / sizeof(int);
	int fd = -1;

	for (size_t i = 0; i < count; i++) {
		memcpy(&fd, CMSG_DATA(cmsg) + i * sizeof(fd), sizeof(fd));
		if (count > 1)
			close(fd);
	}
	return count == 1 ? fd : -1;
}

enum sbx_received sbx_channel_receive(int channel, struct sbx_msg *msg, pid_t *sender, int *fd)
{
	union control control;
	struct iovec iov = { .iov_base = msg, .iov_len = sizeof(*msg) };
	struct msghdr hdr = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control)
	};
	const ssize_t len = recvmsg(channel, &hdr, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	*sender = 0;
	*fd = -1;
	if (len == 0 || (len < 0 && errno == ECONNRESET))
		return SBX_CLOSED;
	if (len < 0 && errno != EINTR)
		return SBX_NOTHING; /* what is there is still there: EAGAIN, ENOMEM */
	for (size_t at = 0; len >= 0 && at + sizeof(struct cmsghdr) <= hdr.msg_controllen;) {
		const struct cmsghdr *cmsg = (const void *)(control.bytes + at);

		if (cmsg->cmsg_len < sizeof(*cmsg))
			break;
		at += CMSG_ALIGN(cmsg->cmsg_len);
		if (cmsg->cmsg_level != SOL_SOCKET)
			continue;
		if (cmsg->cmsg_type == SCM_CREDENTIALS)
			*sender = ((const struct ucred *)(const void *)CMSG_DATA(cmsg))->pid;
		else if (cmsg->cmsg_type == SCM_RIGHTS)
			*fd = take_descriptor(cmsg);
	}
	if (len != (ssize_t)sizeof(*msg) || (hdr.msg_flags & MSG_TRUNC) || !*sender)
		msg->kind = SBX_MSG__COUNT;
	return SBX_RECEIVED;
}
