/* SPDX-License-Identifier: MIT */
/*
 * seccomp_notify.c -- seccomp_unotify(2). A call is decided by running the very filter that would otherwise be
 * installed.
 *
 * UNTRUSTED: the calls. Only numbers and registers are looked at, which nobody can change while the call waits (what is
 * behind pointers could be, and is never read). Nothing is printed while the command runs: whoever reads our standard
 * error could stop us. A process that is gone by the time of the answer gets none. Without us every call that was asked
 * fails: ENOSYS.
 */
#include "loader/seccomp/seccomp_notify.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "loader/base/cleanup.h"
#include "loader/base/memory.h"
#include "loader/base/say.h"
#include "loader/seccomp/bpf_run.h"
#include "shim/err.h"

void sbx_notify_init(struct sbx_notify *notify, const struct sbx_policy_blob *policy, const char *command)
{
	*notify = (struct sbx_notify){ .policy = policy, .command = command, .fd = -1 };
	if (sbx_notify_asked(policy))
		notify->seen = sbx_alloc(SBX_CALLS_MAX * sizeof(*notify->seen));
}

#define SECOND_CALLS 10000

/* SECCOMP_IOCTL_NOTIF_RECV, _SEND and _ID_VALID, which a libc's macros for ioctl(2) make signed. */
#define NOTIF_RECV 0xc0502100ul
#define NOTIF_SEND 0xc0182101ul
#define NOTIF_ID_VALID 0x40082102ul
_Static_assert(sizeof(struct seccomp_notif) == 0x50 && sizeof(struct seccomp_notif_resp) == 0x18,
	       "their size is in the numbers");

static long call_listener(const struct sbx_notify *notify, unsigned long request, void *argument)
{
	return syscall(SYS_ioctl, notify->fd, request, argument);
}

int sbx_notify_poll(const struct sbx_notify *notify, int64_t *next)
{
	return notify->fd >= 0 && sbx_rate_over(&notify->rate, SECOND_CALLS, next) ? -1 : notify->fd;
}

bool sbx_notify_receive(struct sbx_notify *notify, struct seccomp_notif *call)
{
	sbx_rate_take(&notify->rate, 1);
	memset(call, 0, sizeof(*call));
	return call_listener(notify, NOTIF_RECV, call) == 0;
}

void sbx_notify_close(struct sbx_notify *notify)
{
	close(notify->fd);
	notify->fd = -1;
}

bool sbx_notify_waits(const struct sbx_notify *notify, const struct seccomp_notif *call)
{
	uint64_t id = call->id;

	return call_listener(notify, NOTIF_ID_VALID, &id) == 0;
}

static bool send_response(const struct sbx_notify *notify, const struct seccomp_notif *call, int errnum, uint32_t flags)
{
	struct seccomp_notif_resp resp = { .id = call->id, .error = -errnum, .flags = flags };

	return call_listener(notify, NOTIF_SEND, &resp) == 0 || errno == ENOENT; /* it is gone */
}

bool sbx_notify_return(const struct sbx_notify *notify, const struct seccomp_notif *call, int errnum)
{
	return send_response(notify, call, errnum, 0);
}

/* False with err filled when it can't be answered: it would wait for ever. */
static bool send_answer(const struct sbx_notify *notify, const struct seccomp_notif *call, int errnum,
			struct sbx_err *err)
{
	if (send_response(notify, call, errnum, errnum ? 0 : (uint32_t)SECCOMP_USER_NOTIF_FLAG_CONTINUE))
		return true;
	sbx_err_set(err, SBX_STEP_SECCOMP, errno, "a call that waits can't be answered");
	return false;
}

static const struct sbx_callname *find_call(const struct sbx_policy_blob *policy, int nr)
{
	const struct sbx_callname *call = sbx_at(policy, policy->calls);
	const size_t count = policy->calls.len / sizeof(*call);

	for (size_t i = 0; i < count; i++)
		if (call[i].nr == (uint32_t)nr)
			return &call[i];
	return NULL;
}

static uint32_t run_filter(const void *blob, struct sbx_span filter, const struct seccomp_notif *call)
{
	return sbx_bpf_run(sbx_at(blob, filter), filter.len / sizeof(struct sock_filter), &call->data);
}

static uint32_t run_layer_filter(const struct sbx_policy_blob *policy, enum sbx_phase phase,
				 const struct seccomp_notif *call)
{
	const struct sbx_layer *layer = sbx_at(policy, phase == SBX_PHASE_LATCH ? policy->latch : policy->floor);

	if (phase == SBX_PHASE_STATIC)
		return run_filter(policy, policy->static_latch, call);
	return run_filter(layer, layer->filter, call);
}

/* UNTRUSTED: a program chooses its name. */
static void program_name(pid_t pid, char name[SBX_PROGRAM_MAX])
{
	char path[48];
	cleanup_fd int fd = -1;
	ssize_t len;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)pid);
	fd = openat(AT_FDCWD, path, O_RDONLY | O_CLOEXEC);
	len = fd < 0 ? -1 : read(fd, name, SBX_PROGRAM_MAX - 1);
	if (len <= 0)
		len = snprintf(name, SBX_PROGRAM_MAX, "?");
	name[len] = 0;
	name[strcspn(name, "\n")] = 0;
}

static void describe_refused(const struct sbx_notify *notify, const struct seccomp_notif *call,
			     const struct sbx_callname *name, struct sbx_err *err)
{
	char program[SBX_PROGRAM_MAX];
	const struct sbx_policy_blob *policy = notify->policy;

	program_name((pid_t)call->pid, program);
	sbx_err_set(err, SBX_STEP_CALL, 0,
		    sbx_format("%s: %s called %s, which profile %s does not allow; killed", notify->command, program,
			       name ? sbx_str(policy, policy->strings, name->name) : "a call without a name",
			       sbx_str(policy, policy->strings, policy->profile)));
}

static void note_ioctl(struct sbx_notify *notify, uint32_t request)
{
	for (size_t i = 0; i < notify->ioctls_count; i++)
		if (notify->ioctls[i] == request)
			return;
	if (notify->ioctls_count < SBX_NOTIFY_IOCTLS)
		notify->ioctls[notify->ioctls_count++] = request;
}

static int errno_of(uint32_t result)
{
	const uint32_t errnum = result & SECCOMP_RET_DATA;

	return (result & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO && errnum ? (int)errnum : EPERM;
}

bool sbx_notify_answer(struct sbx_notify *notify, const struct seccomp_notif *call, enum sbx_phase phase,
		       struct sbx_err *err)
{
	const struct sbx_policy_blob *policy = notify->policy;
	const struct sbx_callname *name = find_call(policy, call->data.nr);
	struct sbx_notify_call *seen = name ? &notify->seen[name->nr] : NULL, nobody = { 0 };
	uint32_t result;

	if (phase == SBX_PHASE_LOADER)
		return send_answer(notify, call, 0, err);
	seen = seen ? seen : &nobody;
	if (!seen->program[0])
		program_name((pid_t)call->pid, seen->program);
	seen->named += name && (name->flags & SBX_CALL_NAMED);
	result = run_layer_filter(policy, phase, call);
	if (result != SECCOMP_RET_ALLOW && policy->action == SBX_ACTION_KILL) {
		describe_refused(notify, call, name, err);
		return false;
	}
	if (result != SECCOMP_RET_ALLOW && policy->action == SBX_ACTION_LOG) {
		result = run_filter(policy, policy->open, call);
		if (result == SECCOMP_RET_ALLOW && call->data.nr == SYS_ioctl)
			note_ioctl(notify, (uint32_t)call->data.args[1]);
		else
			seen->let_through += result == SECCOMP_RET_ALLOW;
	}
	seen->denied += result != SECCOMP_RET_ALLOW;
	return send_answer(notify, call, result == SECCOMP_RET_ALLOW ? 0 : errno_of(result), err);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names of the calls for which `wanted` says so, sorted; `count` of them. */
static const char **call_names(const struct sbx_notify *notify,
			       bool (*wanted)(const struct sbx_notify_call *, uint32_t), size_t *count)
{
	const struct sbx_policy_blob *policy = notify->policy;
	const struct sbx_callname *call = sbx_at(policy, policy->calls);
	const size_t total = policy->calls.len / sizeof(*call);
	const char **list = sbx_alloc((total + 1) * sizeof(*list));

	*count = 0;
	for (size_t i = 0; i < total; i++)
		if (wanted(&notify->seen[call[i].nr], call[i].flags))
			list[(*count)++] = sbx_str(policy, policy->strings, call[i].name);
	qsort(list, *count, sizeof(*list), by_name);
	return list;
}

static bool to_allow(const struct sbx_notify_call *seen, uint32_t flags)
{
	return seen->let_through && !(flags & SBX_CALL_MAP_EXEC);
}
static bool to_map(const struct sbx_notify_call *seen, uint32_t flags)
{
	return seen->let_through && (flags & SBX_CALL_MAP_EXEC);
}
static bool still_denied(const struct sbx_notify_call *seen, uint32_t flags)
{
	(void)flags;
	return seen->denied;
}

static const char *list_text(const char *const *list, size_t count, const char *quote)
{
	const char *text = "";

	for (size_t i = 0; i < count; i++)
		text = sbx_join(text, i ? ", " : "", quote, list[i], quote);
	return text;
}

static const char *ioctls_text(const struct sbx_notify *notify)
{
	const char *text = "";

	for (size_t i = 0; i < notify->ioctls_count; i++)
		text = sbx_format("%s%s\"0x%x\"", text, i ? ", " : "", notify->ioctls[i]);
	return text;
}

static void report_log(const struct sbx_notify *notify)
{
	const char **list;
	size_t count;

	list = call_names(notify, to_allow, &count);
	if (count) {
		sbx_say(stderr, "sbx-wrap: seccomp: let through; this would allow it:");
		sbx_say(stderr, "seccomp = { allow = [ \"...\", %s ]; };", list_text(list, count, "\""));
	}
	if (notify->ioctls_count) {
		sbx_say(stderr, "sbx-wrap: seccomp: let through, as requests of ioctl; this would allow it:");
		sbx_say(stderr, "seccomp = { ioctl = [ \"...\", %s ]; };", ioctls_text(notify));
	}
	list = call_names(notify, to_map, &count);
	if (count) {
		sbx_say(stderr, "sbx-wrap: seccomp: let through, as executable memory (%s); this would allow it:",
			list_text(list, count, ""));
		sbx_say(stderr, "map_exec = true;");
	}
	list = call_names(notify, still_denied, &count);
	if (count)
		sbx_say(stderr,
			"sbx-wrap: seccomp: denied all the same: %s; no seccomp.allow gives these, or not with these "
			"arguments",
			list_text(list, count, ""));
}

void sbx_notify_report(const struct sbx_notify *notify)
{
	const struct sbx_policy_blob *policy = notify->policy;
	const struct sbx_callname *call = sbx_at(policy, policy->calls);

	if (!notify->seen)
		return;
	for (size_t i = 0; i < policy->calls.len / sizeof(*call); i++) {
		const struct sbx_notify_call *seen = &notify->seen[call[i].nr];

		if (seen->named)
			sbx_say(stderr, "sbx-wrap: seccomp: %s called %s, %u time%s%s", seen->program,
				sbx_str(policy, policy->strings, call[i].name), seen->named,
				seen->named == 1 ? "" : "s", seen->denied ? "; denied" : "");
	}
	if (policy->action == SBX_ACTION_LOG)
		report_log(notify);
}
