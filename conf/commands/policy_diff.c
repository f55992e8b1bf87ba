/* SPDX-License-Identifier: MIT */
/*
 * policy_diff.c -- what two profiles grant differently, key by key. The order of a list's items doesn't count.
 */
#include "conf/commands/commands.h"

#include <stdio.h>
#include <string.h>

#include "conf/base/say.h"
#include "conf/commands/policy_print.h"
#include "conf/compile/allowed_calls.h"
#include "conf/seccomp/syscall_groups.h"

#define EXIT_TROUBLE 2 /* as of diff(1): 1 says that there are differences */

static bool list_holds(const struct sbx_list *list, const char *text)
{
	for (size_t i = 0; i < list->count; i++)
		if (!strcmp(list->items[i].text, text))
			return true;
	return false;
}

/* Say the key, once, before its first difference. */
static void print_key_once(enum sbx_key_id id, bool *said)
{
	char key[SBX_KEY_PATH_MAX];

	if (!*said)
		sbx_say(stdout, "%s", sbx_key_path(id, key));
	*said = true;
}

static void print_only_in(enum sbx_key_id id, const struct sbx_list *list, const struct sbx_list *other, char sign,
			  bool *said)
{
	for (size_t i = 0; i < list->count; i++) {
		if (list_holds(other, list->items[i].text))
			continue;
		print_key_once(id, said);
		printf("  %c ", sign);
		sbx_print_item(stdout, sbx_keys[id].type, list->items[i].text);
		putchar('\n');
	}
}

bool sbx_diff_key(enum sbx_key_id id, const struct sbx_value *a, const struct sbx_value *b)
{
	enum sbx_key_type type = sbx_keys[id].type;
	bool said = false;

	if (sbx_key_is_list(type)) {
		print_only_in(id, &a->list, &b->list, '-', &said);
		print_only_in(id, &b->list, &a->list, '+', &said);
	} else if (a->number != b->number) {
		print_key_once(id, &said);
		fputs("  - ", stdout);
		sbx_print_scalar(stdout, type, a);
		fputs("\n  + ", stdout);
		sbx_print_scalar(stdout, type, b);
		putchar('\n');
	}
	return said;
}

/* What the seccomp keys come to, group by group spelled out. */
static void diff_calls(const struct sbx_policy *a, const struct sbx_policy *b)
{
	static const char *const how[] = { [SBX_CALL_THREADS] = " (for threads only)", [SBX_CALL_ALLOWED] = "" };
	struct sbx_syscalls calls[2] = { { { 0 } } };
	char buf[SBX_SYSCALL_NAME_MAX];
	bool said = false;

	sbx_allowed_calls_listed(a, &calls[0]);
	sbx_allowed_calls_listed(b, &calls[1]);
	sbx_syscalls_harden(&calls[0]);
	sbx_syscalls_harden(&calls[1]);
	for (int side = 0; side < 2; side++)
		for (int nr = 0; nr < SBX_SYSCALL_MAX; nr++) {
			unsigned int mine = calls[side].nr[nr];
			const char *name = sbx_syscall_name(nr, buf);

			if (mine == calls[!side].nr[nr] || mine == SBX_CALL_DENIED || !name)
				continue;
			if (!said)
				sbx_say(stdout, "system calls that are allowed");
			said = true;
			sbx_say(stdout, "  %c %s%s", side ? '+' : '-', name, how[mine]);
		}
}

static int diff_profiles(const struct sbx_config *config, const char *const names[2])
{
	struct sbx_policy policies[2];
	bool differs = false;

	if (sbx_policy_resolve(config, names[0], &policies[0]) < 0 ||
	    sbx_policy_resolve(config, names[1], &policies[1]) < 0)
		return EXIT_TROUBLE;
	for (int id = 0; id < SBX_KEY__COUNT; id++)
		differs |= sbx_diff_key((enum sbx_key_id)id, &policies[0].values[id], &policies[1].values[id]);
	diff_calls(&policies[0], &policies[1]);
	return differs;
}

int sbx_command_diff(const struct sbx_command *command)
{
	const char *names[2] = { SBX_DEFAULT_PROFILE, SBX_DEFAULT_PROFILE };
	struct sbx_config config;

	if (!command->operands.count) {
		sbx_errs_add(command->errs, (struct sbx_origin){ "diff", 0 }, "which profiles?");
		return EXIT_TROUBLE;
	}
	for (size_t i = 0; i < command->operands.count; i++)
		names[2 - command->operands.count + i] = command->operands.items[i];
	return sbx_command_load(command, &config) < 0 ? EXIT_TROUBLE : diff_profiles(&config, names);
}
