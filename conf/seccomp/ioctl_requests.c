/* SPDX-License-Identifier: MIT */
/*
 * ioctl_requests.c -- the table of ioctl(2)'s requests that a policy may leave to a command. Landlock knows ioctl(2) of
 * devices alone, and what was open before not even there: on a plain file, opened for reading, btrfs would copy a
 * subvolume past every mask, fscrypt lock a directory for all.
 *
 * Numbers are compared as the kernel does, as 32 bits. ioctl_list(2), ioctl_tty(2).
 */
#include "conf/seccomp/ioctl_requests.h"

#include <asm/ioctls.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/sockios.h>

#define ROW(name, group)                         \
	{                                        \
#name, (uint32_t)(name), (group) \
	}

static const struct row {
	const char *name;
	uint32_t request;
	const char *group;
} rows[] = {
	/* Of any descriptor. */
	ROW(FIOCLEX, "@descriptor"),
	ROW(FIONCLEX, "@descriptor"),
	ROW(FIONBIO, "@descriptor"),
	ROW(FIOASYNC, "@descriptor"),
	ROW(FIONREAD, "@descriptor"), /* also TIOCINQ, SIOCINQ */
	ROW(FIOQSIZE, "@descriptor"),
	/* What isatty(3), the shells' job control and full-screen programs need of a terminal. */
	ROW(TCGETS, "@terminal"),
	ROW(TCSETS, "@terminal"),
	ROW(TCSETSW, "@terminal"),
	ROW(TCSETSF, "@terminal"),
	ROW(TCGETA, "@terminal"),
	ROW(TCSETA, "@terminal"),
	ROW(TCSETAW, "@terminal"),
	ROW(TCSETAF, "@terminal"),
	{ "TCGETS2", 0x802c542a, "@terminal" },
	{ "TCSETS2", 0x402c542b, "@terminal" },
	{ "TCSETSW2", 0x402c542c, "@terminal" },
	{ "TCSETSF2", 0x402c542d, "@terminal" },
	ROW(TCSBRK, "@terminal"),
	ROW(TCSBRKP, "@terminal"),
	ROW(TCXONC, "@terminal"),
	ROW(TCFLSH, "@terminal"),
	ROW(TIOCOUTQ, "@terminal"), /* also SIOCOUTQ */
	ROW(TIOCGPGRP, "@terminal"),
	ROW(TIOCSPGRP, "@terminal"),
	ROW(TIOCGSID, "@terminal"),
	ROW(TIOCGWINSZ, "@terminal"),
	ROW(TIOCGETD, "@terminal"),
	ROW(TIOCGEXCL, "@terminal"),
	ROW(TIOCGDEV, "@terminal"),
	ROW(TIOCNOTTY, "@terminal"),
	/* What tmux and script(1) need of the terminals that they make. */
	ROW(TIOCSCTTY, "@pty"),
	ROW(TIOCSWINSZ, "@pty"),
	ROW(TIOCGPTN, "@pty"),
	ROW(TIOCSPTLCK, "@pty"),
	ROW(TIOCGPTLCK, "@pty"),
	ROW(TIOCGPTPEER, "@pty"),
	ROW(TIOCPKT, "@pty"),
	ROW(TIOCGPKT, "@pty"),
	ROW(TIOCSIG, "@pty"),
	/* What tells of files and block devices. */
	ROW(FIGETBSZ, "@file"),
	ROW(FS_IOC_FIEMAP, "@file"),
	ROW(FS_IOC_GETFLAGS, "@file"),
	ROW(FS_IOC_GETVERSION, "@file"),
	ROW(FS_IOC_FSGETXATTR, "@file"),
	ROW(FS_IOC_GETFSLABEL, "@file"),
	ROW(BLKGETSIZE, "@file"),
	ROW(BLKGETSIZE64, "@file"),
	ROW(BLKSSZGET, "@file"),
	ROW(BLKPBSZGET, "@file"),
	ROW(BLKBSZGET, "@file"),
	ROW(BLKROGET, "@file"),
	/* What cp --reflink does, with a file that is open for writing. */
	ROW(FICLONE, "@clone"),
	ROW(FICLONERANGE, "@clone"),
	ROW(FIDEDUPERANGE, "@clone"),
	/* What chmod and setxattr are for files without mode bits: only where fchmod is allowed. */
	ROW(FS_IOC_SETFLAGS, "@attributes"),
	ROW(FS_IOC_SETVERSION, "@attributes"),
	ROW(FS_IOC_FSSETXATTR, "@attributes"),
	/* What tells of sockets and interfaces. */
	ROW(SIOCATMARK, "@socket"),
	ROW(SIOCGPGRP, "@socket"),
	ROW(FIOGETOWN, "@socket"),
	ROW(SIOCOUTQNSD, "@socket"),
	{ "SIOCGSTAMP", 0x8906, "@socket" },
	{ "SIOCGSTAMPNS", 0x8907, "@socket" },
	ROW(SIOCGIFNAME, "@socket"),
	ROW(SIOCGIFCONF, "@socket"),
	ROW(SIOCGIFFLAGS, "@socket"),
	ROW(SIOCGIFADDR, "@socket"),
	ROW(SIOCGIFDSTADDR, "@socket"),
	ROW(SIOCGIFBRDADDR, "@socket"),
	ROW(SIOCGIFNETMASK, "@socket"),
	ROW(SIOCGIFMETRIC, "@socket"),
	ROW(SIOCGIFMTU, "@socket"),
	ROW(SIOCGIFHWADDR, "@socket"),
	ROW(SIOCGIFINDEX, "@socket"),
	ROW(SIOCGIFTXQLEN, "@socket"),
	ROW(SIOCETHTOOL, "@socket"),
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

#define DEVICES "@devices"

/* Terminals, whose numbers are old and bare; sockets; btrfs; file systems in general. */
const struct sbx_ioctl_kind sbx_ioctl_not_devices[SBX_IOCTL_NOT_DEVICES] = {
	{ 0xffffff00, 'T' << 8 }, { 0xff00, 0x8900 },   { 0xff00, 0x9400 },
	{ 0xff00, 'X' << 8 },     { 0xff00, 'f' << 8 }, { 0xff00, 'v' << 8 },
};

static uint32_t type_of(uint32_t request)
{
	return request >> 8 & 0xff;
}

static const uint32_t injections[] = { TIOCSTI, TIOCLINUX, TIOCSETD };
#define INJECTIONS (sizeof(injections) / sizeof(injections[0]))

bool sbx_ioctl_injects(uint32_t request)
{
	for (size_t i = 0; i < INJECTIONS; i++)
		if (request == injections[i])
			return true;
	return false;
}

bool sbx_ioctl_sets_attributes(uint32_t request)
{
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].request == request)
			return !strcmp(rows[i].group, "@attributes");
	return false;
}

/* btrfs beyond the rows; keys of fscrypt, verity; what types into a terminal, takes it, or changes what it is. */
static bool is_hard(uint32_t request)
{
	static const uint32_t hard[] = { TIOCCONS, TIOCEXCL, TIOCVHANGUP };
	static const unsigned char keys[] = { 4, 19, 21, 23, 24, 25, 133 }; /* of 'f' */

	for (size_t i = 0; i < sizeof(hard) / sizeof(hard[0]); i++)
		if (request == hard[i])
			return true;
	for (size_t i = 0; type_of(request) == 'f' && i < sizeof(keys); i++)
		if ((request & 0xff) == keys[i])
			return true;
	return sbx_ioctl_injects(request) || type_of(request) == 0x94;
}

static int add_request(struct sbx_ioctls *set, uint32_t request)
{
	size_t at = 0;

	while (at < set->count && set->request[at] < request)
		at++;
	if (at < set->count && set->request[at] == request)
		return 0;
	if (set->count == SBX_IOCTLS_MAX)
		return SBX_IOCTL_MANY;
	memmove(&set->request[at + 1], &set->request[at], (set->count - at) * sizeof(set->request[0]));
	set->request[at] = request;
	set->count++;
	return 0;
}

static int add_number(struct sbx_ioctls *set, const char *text)
{
	unsigned long request;
	char *end;

	if (text[0] != '0' || text[1] != 'x' || !text[2])
		return SBX_IOCTL_UNKNOWN;
	errno = 0;
	request = strtoul(text, &end, 16);
	if (*end || errno || request > UINT32_MAX || strlen(text) > 10)
		return SBX_IOCTL_UNKNOWN;
	for (size_t i = 0; i < ROWS; i++)
		if (rows[i].request == request)
			return add_request(set, (uint32_t)request);
	return is_hard((uint32_t)request) ? SBX_IOCTL_HARD : add_request(set, (uint32_t)request);
}

int sbx_ioctls_add(struct sbx_ioctls *set, const char *text)
{
	int rc = SBX_IOCTL_UNKNOWN;

	if (!strcmp(text, DEVICES)) {
		set->devices = true;
		return 0;
	}
	for (size_t i = 0; i < ROWS; i++)
		if (!strcmp(text[0] == '@' ? rows[i].group : rows[i].name, text))
			rc = add_request(set, rows[i].request);
	return rc == SBX_IOCTL_UNKNOWN ? add_number(set, text) : rc;
}

void sbx_ioctls_add_injections(struct sbx_ioctls *set)
{
	for (size_t i = 0; i < INJECTIONS; i++)
		add_request(set, injections[i]);
}

void sbx_ioctls_add_named(struct sbx_ioctls *set)
{
	for (size_t i = 0; i < ROWS; i++)
		add_request(set, rows[i].request);
	set->devices = true;
}

bool sbx_ioctls_within(const struct sbx_ioctls *set, const struct sbx_ioctls *other)
{
	for (size_t i = 0, at = 0; i < set->count; i++) {
		while (at < other->count && other->request[at] < set->request[i])
			at++;
		if (at == other->count || other->request[at] != set->request[i])
			return false;
	}
	return !set->devices || other->devices;
}

const char *sbx_ioctl_group_next(const char *group, size_t *at)
{
	while (*at < ROWS)
		if (!strcmp(rows[(*at)++].group, group))
			return rows[*at - 1].name;
	return NULL;
}

void sbx_ioctls_offer(struct sbx_nearest *nearest)
{
	sbx_nearest_offer(nearest, DEVICES);
	for (size_t i = 0; i < ROWS; i++)
		sbx_nearest_offer(nearest, nearest->word[0] == '@' ? rows[i].group : rows[i].name);
}
