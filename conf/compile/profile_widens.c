/* SPDX-License-Identifier: MIT */
/*
 * profile_widens.c -- compares a profile with the default, key by key. What isn't known to be as tight counts as wider:
 * a key without a row in the table mustn't differ at all.
 */
#include "conf/compile/profile_widens.h"

#include <string.h>

#include "conf/compile/allowed_calls.h"
#include "conf/config/amounts.h"
#include "conf/config/argument_forms.h"

/* Which difference widens. */
enum widens {
	ANY,       /* each */
	NONE,      /* none: what it says is harmless, or another key tells */
	MORE,      /* an item that the default doesn't have */
	LESS,      /* an item of the default's that is missing */
	HIGHER,    /* a greater number, a later word, true for false */
	LOWER,     /* the reverse */
	READS,     /* a path that the default doesn't let read */
	WRITES,    /* ... write */
	EXECS,     /* ... execute */
	LIBRARIES, /* READS, of those that are paths */
	INPUTS,    /* a derived name, or one where the default takes no arguments for inputs */
	CALLS,     /* a system call */
	IOCTLS,    /* a request of ioctl(2) */
	PORTS,     /* MORE, unless the default has "any" */
	ACTION,    /* letting through */
	LATCH      /* a looser latch */
};

static const enum widens table[SBX_KEY__COUNT] = {
	[SBX_KEY_FS_READ] = READS,
	[SBX_KEY_FS_WRITE] = WRITES,
	[SBX_KEY_FS_EXEC] = EXECS,
	[SBX_KEY_FS_HIDE] = LESS,
	[SBX_KEY_FS_TMPFS] = NONE,
	[SBX_KEY_FS_OPTIONAL] = NONE,
	[SBX_KEY_FS_PROTECT] = LESS,
	[SBX_KEY_ARGS_GRANTS] = HIGHER,
	[SBX_KEY_ARGS_VALUES] = NONE,
	[SBX_KEY_ARGS_FLAGS] = NONE,
	[SBX_KEY_ARGS_INPUTS] = INPUTS,
	[SBX_KEY_ARGS_OUTPUTS] = MORE,
	[SBX_KEY_ARGS_OUT] = NONE,
	[SBX_KEY_NET_MODE] = HIGHER,
	[SBX_KEY_NET_CONNECT] = PORTS,
	[SBX_KEY_NET_BIND] = PORTS,
	[SBX_KEY_NAMESPACES] = LESS,
	[SBX_KEY_SECCOMP_ALLOW] = CALLS,
	[SBX_KEY_SECCOMP_DENY] = NONE,
	[SBX_KEY_SECCOMP_ACTION] = ACTION,
	[SBX_KEY_SECCOMP_LOG] = NONE,
	[SBX_KEY_SECCOMP_IOCTL] = IOCTLS,
	[SBX_KEY_MAP_EXEC] = HIGHER,
	[SBX_KEY_UNIX_SOCKETS] = HIGHER,
	[SBX_KEY_HUGE_PAGES] = HIGHER,
	[SBX_KEY_LATCH] = LATCH,
	[SBX_KEY_CHILDREN] = LOWER,
	[SBX_KEY_PRELOAD] = LIBRARIES,
	[SBX_KEY_ENV_KEEP] = MORE,
	[SBX_KEY_ENV_DROP] = LESS,
	[SBX_KEY_ENV_SET] = MORE,
	[SBX_KEY_LIMITS_TMP] = HIGHER,
	[SBX_KEY_LIMITS_TMP_INODES] = HIGHER,
	[SBX_KEY_LIMITS_HOME] = HIGHER,
	[SBX_KEY_LIMITS_SHM] = HIGHER,
#define X(id, ...) [SBX_KEY_LIMITS_##id] = HIGHER,
	SBX_LIMITS(X, X)
#undef X
		[SBX_KEY_DEV] = MORE,
	[SBX_KEY_PROC] = LOWER,
	[SBX_KEY_HOME] = LOWER,
	[SBX_KEY_MAP_ROOT] = HIGHER,
	[SBX_KEY_AS_PID_1] = HIGHER,
	[SBX_KEY_BEST_EFFORT] = MORE,
};

static bool list_holds(const struct sbx_list *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i].text, text))
			return true;
	return false;
}

static bool list_within(const struct sbx_list *list, const struct sbx_list *other)
{
	for (size_t i = 0; i < list->count; i++)
		if (!list_holds(other, list->items[i].text))
			return false;
	return true;
}

/* The path is one of the list's, or below one. */
static bool list_covers(const struct sbx_list *list, const char *path)
{
	for (size_t i = 0; i < list->count; i++) {
		const char *above = list->items[i].text;
		const size_t len = strlen(above);

		if (!strncmp(path, above, len) && (!path[len] || (len > 1 && path[len] == '/')))
			return true;
	}
	return false;
}

static bool paths_within(const struct sbx_list *list, const struct sbx_policy *base, enum widens how)
{
	const struct sbx_list *read = sbx_policy_list(base, SBX_KEY_FS_READ);
	const struct sbx_list *write = sbx_policy_list(base, SBX_KEY_FS_WRITE);
	const struct sbx_list *exec = sbx_policy_list(base, SBX_KEY_FS_EXEC);
	const bool reads = how == READS || how == LIBRARIES;

	for (size_t i = 0; i < list->count; i++) {
		const char *path = list->items[i].text;

		if (how == LIBRARIES && path[0] != '/')
			continue;
		if (!(reads && list_covers(read, path)) && !(how != EXECS && list_covers(write, path)) &&
		    !(how != WRITES && list_covers(exec, path)))
			return false;
	}
	return true;
}

/* What exists and is named by an argument may be read by default, too. */
static bool inputs_within(struct sbx_pool *pool, const struct sbx_list *list, const struct sbx_list *base)
{
	for (size_t i = 0; i < list->count; i++) {
		struct sbx_form form = { .n = 0 };

		if (list_holds(base, list->items[i].text))
			continue;
		if (!list_holds(base, "existing") ||
		    sbx_form_parse(pool, SBX_ARG_INPUT, list->items[i].text, &form) < 0 ||
		    form.derive != SBX_DERIVE_NONE || form.where == SBX_WHERE_CWD || form.where == SBX_WHERE_COMMAND)
			return false;
	}
	return true;
}

static bool calls_within(const struct sbx_policy *policy, const struct sbx_policy *base)
{
	struct sbx_syscalls calls = { { 0 } }, base_calls = { { 0 } };

	sbx_allowed_calls_listed(policy, &calls);
	sbx_allowed_calls_listed(base, &base_calls);
	sbx_syscalls_harden(&calls);
	for (int nr = 0; nr < SBX_SYSCALL_MAX; nr++)
		if (calls.nr[nr] > base_calls.nr[nr])
			return false;
	return true;
}

static bool ioctls_within(const struct sbx_policy *policy, const struct sbx_policy *base)
{
	struct sbx_ioctls ioctls, base_ioctls;

	sbx_allowed_calls_ioctls(policy, &ioctls);
	sbx_allowed_calls_ioctls(base, &base_ioctls);
	return sbx_ioctls_within(&ioctls, &base_ioctls);
}

/* Bytes or shares of the machine's: the one can't be compared with the other. */
static bool memory_within(const struct sbx_value *value, const struct sbx_value *base)
{
	const uint32_t share = sbx_amount_share(value->text), base_share = sbx_amount_share(base->text);

	if (base->number == SBX_UNLIMITED && !base_share)
		return true;
	if (!share != !base_share)
		return false;
	return share ? share <= base_share : value->number <= base->number;
}

static unsigned int latch_rank(const struct sbx_value *value)
{
	return value->number == SBX_LATCH_REQUIRED ? 2 : value->number == SBX_LATCH_AUTO;
}

static bool key_within(const struct sbx_config *config, enum sbx_key_id id, const struct sbx_policy *policy,
		       const struct sbx_policy *base)
{
	const struct sbx_value *a = &policy->values[id], *b = &base->values[id];

	switch (table[id]) {
	case ANY:
		return a->number == b->number && list_within(&a->list, &b->list) && list_within(&b->list, &a->list);
	case NONE:
		return true;
	case MORE:
		return list_within(&a->list, &b->list);
	case LESS:
		return list_within(&b->list, &a->list);
	case HIGHER:
		if (sbx_keys[id].type == SBX_TYPE_SIZE) /* a share of the memory is bounded by what that is */
			return (a->number & SBX_SIZE_SHARE) || a->number <= b->number;
		return id == SBX_KEY_LIMITS_MEMORY ? memory_within(a, b) : a->number <= b->number;
	case LOWER:
		return a->number >= b->number;
	case READS:
	case WRITES:
	case EXECS:
	case LIBRARIES:
		return paths_within(&a->list, base, table[id]);
	case INPUTS:
		return inputs_within(config->pool, &a->list, &b->list);
	case CALLS:
		return calls_within(policy, base);
	case IOCTLS:
		return ioctls_within(policy, base);
	case PORTS:
		return list_holds(&b->list, "any") || list_within(&a->list, &b->list);
	case ACTION:
		return a->number != SBX_ACTION_LOG || b->number == SBX_ACTION_LOG;
	case LATCH:
		return latch_rank(a) >= latch_rank(b);
	}
	return false;
}

bool sbx_profile_widens(const struct sbx_config *config, const char *name)
{
	struct sbx_config plain = *config;
	struct sbx_policy policy, base;

	memset(&plain.set, 0, sizeof(plain.set));
	if (sbx_policy_resolve(&plain, name, &policy) < 0 || sbx_policy_resolve(&plain, SBX_DEFAULT_PROFILE, &base) < 0)
		return true;
	for (int id = 0; id < SBX_KEY__COUNT; id++)
		if (!key_within(&plain, (enum sbx_key_id)id, &policy, &base))
			return true;
	return false;
}
