/* SPDX-License-Identifier: MIT */
/*
 * enter.c -- the constructor: stacks the latch on the process after linking and before anything else of it runs.
 *
 * Loaded by LD_PRELOAD under -z initfirst (ld.so(8)). Trusts the loader's memfd only because it is sealed and checked;
 * what comes from elsewhere is alone.c's business, and a process that was given nothing is one that the command
 * started, or nobody's: children.c. No heap, no globals, no libc. Every failure ends the process with 125: a target
 * that asked for a latch never runs on without it. What this proves about a hostile binary: nothing (CONTRIBUTING.md);
 * the floor holds that one.
 */
#include <asm/errno.h>
#include <linux/fcntl.h>
#include <linux/fs.h>
#include <linux/mman.h>

#include "shim/alone.h"
#include "shim/blob.h"
#include "shim/children.h"
#include "shim/environ.h"
#include "shim/err.h"
#include "shim/landlock.h"
#include "shim/paths.h"
#include "shim/seccomp.h"
#include "shim/sys.h"

#define SEALS (F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

struct handles {
	int layer; /* the sealed memfd */
	int ack;   /* the loader's socket, or -1: in place */
	int own;   /* how many entries of LD_PRELOAD are the loader's */
};

/* UNTRUSTED: the environment. A descriptor number of at most six digits. */
static const char *number(const char *text, int *value)
{
	int digits = 0;

	for (*value = 0; *text >= '0' && *text <= '9' && digits < 6; text++, digits++)
		*value = *value * 10 + (*text - '0');
	return digits ? text : NULL;
}

/* "<memfd>,<ack or ->,<own>" */
static int parse_handles(const char *text, struct handles *handles)
{
	handles->ack = -1;
	text = number(text, &handles->layer);
	if (!text || *text++ != ',')
		return -1;
	if (*text == '-')
		text++;
	else
		text = number(text, &handles->ack);
	if (!text || *text++ != ',')
		return -1;
	text = number(text, &handles->own);
	return text && !*text ? 0 : -1;
}

/* Most are small, and read: that is cheaper than a mapping, which is taken away again. */
struct room {
	_Alignas(16) unsigned char bytes[4096];
};

static long get_layer(int fd, long size, struct room *room)
{
	if (size > (long)sizeof(room->bytes))
		return sbx_syscall6(__NR_mmap, 0, size, PROT_READ, MAP_PRIVATE, fd, 0);
	return sbx_sys(__NR_pread64, fd, room->bytes, size, 0) == size ? (long)room->bytes : -EIO;
}

static const struct sbx_layer *read_layer(int fd, struct room *room, size_t *size, struct sbx_err *err)
{
	long seals = sbx_sys(__NR_fcntl, fd, F_GET_SEALS, 0, 0);
	long end = sbx_sys(__NR_lseek, fd, 0, SEEK_END, 0);
	long at;

	if (seals < 0 || (seals & SEALS) != SEALS || end <= 0 || end > (long)SBX_BLOB_MAX) {
		sbx_err_set(err, SBX_STEP_LATCH, seals < 0 ? seals : 0, "no sealed policy");
		return NULL;
	}
	at = get_layer(fd, end, room);
	if (at < 0) {
		sbx_err_set(err, SBX_STEP_LATCH, at, "the policy can't be read");
		return NULL;
	}
	*size = (size_t)end;
	if (sbx_layer_check((const void *)at, *size) < 0) {
		sbx_err_set(err, SBX_STEP_LATCH, 0, "the policy is damaged, or of another build of sbx");
		return NULL;
	}
	return (const struct sbx_layer *)at;
}

static int latch(const struct handles *handles, struct sbx_err *err)
{
	struct room room;
	size_t size = 0;
	const struct sbx_layer *layer = read_layer(handles->layer, &room, &size, err);

	if (!layer || sbx_landlock_apply(layer, err) < 0 || sbx_seccomp_apply(layer, layer->filter, err) < 0)
		return -1;
	if ((const void *)layer != room.bytes)
		sbx_sys(__NR_munmap, layer, size, 0, 0);
	return 0;
}

/* The loader would wait for it, and kill what is waited for. */
static void acknowledge(int fd)
{
	struct sbx_msg msg = { .kind = SBX_MSG_ACK };
	struct sbx_err err;
	long sent;

	if (fd < 0)
		return;
	sent = sbx_sys_write(fd, &msg, sizeof(msg));
	if (sent != (long)sizeof(msg)) {
		sbx_err_set(&err, SBX_STEP_LATCH, sent < 0 ? sent : 0, "the acknowledgement");
		sbx_fail(fd, &err);
	}
	sbx_sys_close(fd);
}

/* What the loader has left open. */
static void latch_by(const char *text, char **envp)
{
	struct handles handles = { .layer = -1, .ack = -1 };
	struct sbx_err err;

	if (parse_handles(text, &handles) < 0) {
		sbx_err_set(&err, SBX_STEP_SHIM, 0, SBX_LATCH_ENV " is none of sbx-wrap's");
		sbx_fail(-1, &err);
	}
	if (latch(&handles, &err) < 0)
		sbx_fail(handles.ack, &err);
	sbx_sys_close(handles.layer);
	acknowledge(handles.ack);
	sbx_environ_clean(envp, handles.own);
}

/* Where the layer comes from: the loader's descriptor; or the table of what the command starts, and the file that
 * SBX_POLICY names. */
__attribute__((constructor)) static void enter(int argc, char **argv, char **envp)
{
	struct sbx_err err;
	const char *text;
	int child = 0, alone = 0;

	envp = sbx_environ_find(argc, argv, envp);
	text = envp ? sbx_environ_get(envp, SBX_LATCH_ENV "=") : NULL;
	if (text) {
		latch_by(text, envp);
		return;
	}
	if (envp)
		child = sbx_children_latch(envp, &err);
	if (envp && child >= 0)
		alone = sbx_alone_latch(envp, child, &err);
	if (child == 0 && alone == 0)
		sbx_err_set(&err, SBX_STEP_SHIM, 0,
			    "preloaded without a policy: start the program with sbx-wrap, or set " SBX_POLICY_ENV);
	if (child < 0 || alone < 0 || (child == 0 && alone == 0))
		sbx_fail(-1, &err);
}
