/* SPDX-License-Identifier: MIT */
/*
 * client_hello.c -- reads records, the one handshake message in them, its extensions. UNTRUSTED: a program inside the
 * sandbox has written every byte. Nothing is taken that isn't complete and well-formed to its end: what a server might
 * read otherwise than we do must not pass.
 */
#include "loader/net/client_hello.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "shim/host_entry.h"

#define RECORD_HANDSHAKE 22
#define RECORD_HEAD 5
#define RECORD_MAX 16384u
#define CLIENT_HELLO 1
#define MESSAGE_HEAD 4
#define EXTENSION_SERVER_NAME 0
#define EXTENSION_ENCRYPTED_HELLO 0xfe0d
#define NAME_OF_HOST 0

/* What is left to be read. A read beyond its end sets `bad`, and gives 0 or nothing. */
struct bytes {
	const unsigned char *at;
	size_t left;
	bool bad;
};

static const unsigned char *take(struct bytes *from, size_t count)
{
	const unsigned char *at = from->at;

	if (from->bad || count > from->left) {
		from->bad = true;
		return NULL;
	}
	from->at += count;
	from->left -= count;
	return at;
}

static unsigned int take_number(struct bytes *from, size_t width)
{
	const unsigned char *at = take(from, width);
	unsigned int number = 0;

	for (size_t i = 0; at && i < width; i++)
		number = number << 8 | at[i];
	return number;
}

/* What stands behind its own length, which `width` bytes give. */
static struct bytes take_vector(struct bytes *from, size_t width)
{
	const size_t len = take_number(from, width);
	const unsigned char *at = take(from, len);

	return (struct bytes){ at, at ? len : 0, !at };
}

/* One name, and of a host: a server that gets several may choose any. */
static bool read_name(struct bytes extension, char name[SBX_HELLO_NAME_MAX])
{
	struct bytes list = take_vector(&extension, 2), host;

	if (list.bad || extension.left || take_number(&list, 1) != NAME_OF_HOST)
		return false;
	host = take_vector(&list, 2);
	if (host.bad || list.left || !sbx_host_name_ok((const char *)host.at, host.left))
		return false;
	for (size_t i = 0; i < host.left; i++)
		name[i] = (char)(host.at[i] >= 'A' && host.at[i] <= 'Z' ? host.at[i] + 32 : host.at[i]);
	name[host.left] = 0;
	return true;
}

static enum sbx_hello read_extensions(struct bytes extensions, char name[SBX_HELLO_NAME_MAX])
{
	enum sbx_hello found = SBX_HELLO_NAMELESS;

	while (extensions.left && !extensions.bad) {
		const unsigned int type = take_number(&extensions, 2);
		const struct bytes body = take_vector(&extensions, 2);

		if (extensions.bad || body.bad)
			return SBX_HELLO_NONE;
		if (type == EXTENSION_ENCRYPTED_HELLO)
			found = SBX_HELLO_HIDDEN;
		if (type != EXTENSION_SERVER_NAME)
			continue;
		if (name[0] || !read_name(body, name))
			return SBX_HELLO_NONE;
		if (found != SBX_HELLO_HIDDEN)
			found = SBX_HELLO_NAMED;
	}
	return extensions.bad ? SBX_HELLO_NONE : found;
}

static enum sbx_hello read_message(struct bytes body, char name[SBX_HELLO_NAME_MAX])
{
	struct bytes extensions;

	take(&body, 2 + 32);   /* version, random */
	take_vector(&body, 1); /* session */
	take_vector(&body, 2); /* cipher suites */
	take_vector(&body, 1); /* compression */
	if (body.bad)
		return SBX_HELLO_NONE;
	if (!body.left)
		return SBX_HELLO_NAMELESS;
	extensions = take_vector(&body, 2);
	return extensions.bad || body.left ? SBX_HELLO_NONE : read_extensions(extensions, name);
}

enum sbx_hello sbx_client_hello(const unsigned char *bytes, size_t len, char name[SBX_HELLO_NAME_MAX])
{
	static unsigned char message[SBX_HELLO_MAX];
	struct bytes in = { bytes, len, false };
	size_t have = 0, want = MESSAGE_HEAD;

	name[0] = 0;
	/* The message may be cut into records at any place. */
	while (have < want) {
		size_t size;

		if (in.left && in.at[0] != RECORD_HANDSHAKE)
			return SBX_HELLO_NONE;
		if (in.left >= 2 && in.at[1] != 3)
			return SBX_HELLO_NONE;
		if (in.left < RECORD_HEAD)
			return SBX_HELLO_MORE;
		size = (size_t)in.at[3] << 8 | in.at[4];
		if (!size || size > RECORD_MAX || have + size > sizeof(message))
			return SBX_HELLO_NONE;
		if (in.left < RECORD_HEAD + size)
			size = in.left - RECORD_HEAD;
		memcpy(message + have, in.at + RECORD_HEAD, size);
		have += size;
		if (have && message[0] != CLIENT_HELLO)
			return SBX_HELLO_NONE;
		if (have >= MESSAGE_HEAD)
			want = MESSAGE_HEAD + ((size_t)message[1] << 16 | (size_t)message[2] << 8 | message[3]);
		if (want > sizeof(message))
			return SBX_HELLO_NONE;
		if (size < ((size_t)in.at[3] << 8 | in.at[4]) && have < want)
			return SBX_HELLO_MORE;
		take(&in, RECORD_HEAD + size);
	}
	if (have != want) /* something behind it in its last record */
		return SBX_HELLO_NONE;
	return read_message((struct bytes){ message + MESSAGE_HEAD, want - MESSAGE_HEAD, false }, name);
}
