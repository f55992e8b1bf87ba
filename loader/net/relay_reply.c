/* SPDX-License-Identifier: MIT */
#include "loader/net/relay_reply.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union control {
	char bytes[CMSG_SPACE(sizeof(int))];
	struct cmsghdr align;
};

int sbx_relay_reply_send(int link, const struct sbx_relay_reply *reply, int fd)
{
	struct iovec iov = { .iov_base = (void *)reply, .iov_len = sizeof(*reply) };
	union control control = { .bytes = { 0 } };
	struct msghdr message = { .msg_iov = &iov, .msg_iovlen = 1 };

	if (fd >= 0) {
		struct cmsghdr *head;

		message.msg_control = &control;
		message.msg_controllen = sizeof(control.bytes);
		head = CMSG_FIRSTHDR(&message);
		head->cmsg_level = SOL_SOCKET;
		head->cmsg_type = SCM_RIGHTS;
		head->cmsg_len = CMSG_LEN(sizeof(fd));
		memcpy(CMSG_DATA(head), &fd, sizeof(fd));
	}
	return sendmsg(link, &message, MSG_NOSIGNAL) == (ssize_t)sizeof(*reply) ? 0 : -1;
}

int sbx_relay_reply_receive(int link, struct sbx_relay_reply *reply, int *fd)
{
	struct iovec iov = { .iov_base = reply, .iov_len = sizeof(*reply) };
	union control control = { .bytes = { 0 } };
	struct msghdr message = {
		.msg_iov = &iov, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof(control.bytes)
	};
	const ssize_t got = recvmsg(link, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	struct cmsghdr *head = got < 0 ? NULL : CMSG_FIRSTHDR(&message);

	*fd = -1;
	if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR))
		return -1;
	if (head && head->cmsg_level == SOL_SOCKET && head->cmsg_type == SCM_RIGHTS &&
	    head->cmsg_len == CMSG_LEN(sizeof(*fd)))
		memcpy(fd, CMSG_DATA(head), sizeof(*fd));
	if (got != (ssize_t)sizeof(*reply))
		*reply = (struct sbx_relay_reply){ .id = SBX_RELAY_HELLO - 1 }; /* nobody's */
	return 0;
}
