/* SPDX-License-Identifier: MIT */
/*
 * policy_keys.h -- every key of a policy, once: what the parser accepts, `--set` sets, `show` prints and sbx.conf(5)
 * explains.
 */
#ifndef SBX_CONF_CONFIG_POLICY_KEYS_H
#define SBX_CONF_CONFIG_POLICY_KEYS_H

#include <stddef.h>

#include "shim/limits.h"

enum sbx_key_id {
	SBX_KEY_FS_READ,
	SBX_KEY_FS_WRITE,
	SBX_KEY_FS_EXEC,
	SBX_KEY_FS_HIDE,
	SBX_KEY_FS_TMPFS,
	SBX_KEY_FS_OPTIONAL,
	SBX_KEY_FS_PROTECT,
	SBX_KEY_FS_SECRETS,
	SBX_KEY_FS_GUARD,
	SBX_KEY_ARGS_GRANTS,
	SBX_KEY_ARGS_VALUES,
	SBX_KEY_ARGS_FLAGS,
	SBX_KEY_ARGS_INPUTS,
	SBX_KEY_ARGS_OUTPUTS,
	SBX_KEY_ARGS_OUT,
	SBX_KEY_NET_MODE,
	SBX_KEY_NET_CONNECT,
	SBX_KEY_NET_BIND,
	SBX_KEY_NET_HOSTS,
	SBX_KEY_NAMESPACES,
	SBX_KEY_SECCOMP_ALLOW,
	SBX_KEY_SECCOMP_DENY,
	SBX_KEY_SECCOMP_ACTION,
	SBX_KEY_SECCOMP_LOG,
	SBX_KEY_SECCOMP_IOCTL,
	SBX_KEY_MAP_EXEC,
	SBX_KEY_UNIX_SOCKETS,
	SBX_KEY_HUGE_PAGES,
	SBX_KEY_LATCH,
	SBX_KEY_CHILDREN,
	SBX_KEY_PRELOAD,
	SBX_KEY_ENV_KEEP,
	SBX_KEY_ENV_DROP,
	SBX_KEY_ENV_SET,
	SBX_KEY_LIMITS_TMP,
	SBX_KEY_LIMITS_TMP_INODES,
	SBX_KEY_LIMITS_HOME,
	SBX_KEY_LIMITS_SHM,
#define X(id, ...) SBX_KEY_LIMITS_##id, /* see sbx_key_of_limit */
	SBX_LIMITS(X, X)
#undef X
		SBX_KEY_DEV,
	SBX_KEY_PROC,
	SBX_KEY_HOME,
	SBX_KEY_MAP_ROOT,
	SBX_KEY_AS_PID_1,
	SBX_KEY_BEST_EFFORT,
	SBX_KEY__COUNT
};

enum sbx_key_type {
	SBX_TYPE_BOOL,
	SBX_TYPE_WORD,      /* one of words */
	SBX_TYPE_WORDS,     /* a list of some of words */
	SBX_TYPE_SIZE,      /* bytes: 4096, "256M", "1.5G"; a percentage of the machine's memory; "auto" */
	SBX_TYPE_COUNT,     /* a positive number */
	SBX_TYPE_MEMORY,    /* bytes, a percentage of the machine's memory, or "unlimited" */
	SBX_TYPE_AMOUNT,    /* bytes, 0 among them, or "unlimited" */
	SBX_TYPE_SPACE,     /* bytes, a percentage of a file system, or "unlimited" */
	SBX_TYPE_NUMBER,    /* a positive number, or "unlimited" */
	SBX_TYPE_PERCENT,   /* "150%", or "unlimited" */
	SBX_TYPE_DURATION,  /* 30, "30s", "1.5h", or "unlimited" */
	SBX_TYPE_PATHS,     /* a list of paths */
	SBX_TYPE_PROTECT,   /* a list of paths and name patterns */
	SBX_TYPE_SECRETS,   /* a list of name patterns, ! before those that are none */
	SBX_TYPE_SYSCALLS,  /* a list of system calls and @groups */
	SBX_TYPE_IOCTLS,    /* a list of ioctl(2)'s requests and @groups of them */
	SBX_TYPE_STRINGS,   /* a list of strings that are not empty */
	SBX_TYPE_INPUTS,    /* a list of input forms */
	SBX_TYPE_OUTPUTS,   /* a list of output forms */
	SBX_TYPE_PORTS,     /* a list of port numbers, or [ "any" ] */
	SBX_TYPE_HOSTS,     /* a list of hosts: shim/host_entry.h */
	SBX_TYPE_LIBRARIES, /* a list of names of shared libraries, or absolute paths */
	SBX_TYPE_DEVICES,   /* a list of some of words, and of paths in /dev */
	SBX_TYPE_SETTINGS   /* a list of NAME=VALUE */
};

struct sbx_key {
	const char *group; /* "" at the top of a policy */
	const char *name;
	enum sbx_key_type type;
	const char *const *words; /* ends in NULL */
	const char *doc;          /* for sbx.conf(5), one paragraph */
};

extern const struct sbx_key sbx_keys[SBX_KEY__COUNT];

/* What holds each limit. */
extern const enum sbx_limit_by sbx_limit_by[SBX_LIMIT__COUNT];

/* The key of a limit. */
static inline enum sbx_key_id sbx_key_of_limit(enum sbx_limit_id id)
{
	return (enum sbx_key_id)(SBX_KEY_LIMITS_MEMORY - SBX_LIMIT_MEMORY + id);
}

/* What a value of that type looks like, for messages: "a list of paths". */
const char *sbx_key_expects(enum sbx_key_type type);

/* Does the type hold a list? */
int sbx_key_is_list(enum sbx_key_type type);

/* The key `name` of `group`, or -1. */
int sbx_key_find(const char *group, const char *name);

/* Is there a key in that group? */
int sbx_key_is_group(const char *group);

/* The key by its dotted name ("fs.read", "latch"), or -1. */
int sbx_key_by_path(const char *path);

/* The key that a group's name stands for where a value follows: net = "host" is net.mode. -1 for other names. */
int sbx_key_by_short(const char *name);

/* Its dotted name into `buf`. */
#define SBX_KEY_PATH_MAX 48
const char *sbx_key_path(enum sbx_key_id id, char buf[SBX_KEY_PATH_MAX]);

/* The position of `word` in `words`, or -1. */
int sbx_word_find(const char *const *words, const char *word);

#endif
