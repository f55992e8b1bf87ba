/* SPDX-License-Identifier: MIT */
/*
 * privs.c -- gives privileges up: capabilities(7). no_new_privs alone keeps any exec from regaining one. Securebits and
 * the bounding set say so once more where they can be changed at all: by root, and in a user namespace of ours, but not
 * by a user in place.
 */
#include "loader/root/privs.h"

#include <errno.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/capability.h>
#include <linux/securebits.h>

#include "loader/policy/best_effort.h"
#include "shim/err.h"

#define KEYCTL_JOIN_SESSION_KEYRING 1
#define LAST_CAP CAP_CHECKPOINT_RESTORE /* every kernel that sbx runs on has it: Linux 5.9 */

/* To the last that the kernel has, which may have more than we know. */
static int drop_bounding_set(void)
{
	unsigned long cap = 0;

	while (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0)
		cap++;
	return errno == EINVAL && cap > LAST_CAP ? 0 : -1;
}

static int drop_capabilities(struct sbx_err *err)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	const struct __user_cap_data_struct none[2] = { { 0, 0, 0 }, { 0, 0, 0 } };
	struct __user_cap_data_struct have[2];

	if (syscall(SYS_capget, &header, have) < 0)
		return sbx_err_set(err, SBX_STEP_CAPS, errno, "capget");
	if (have[0].effective & (1u << CAP_SETPCAP)) {
		if (prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |
						     SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_NO_CAP_AMBIENT_RAISE |
						     SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED) < 0)
			return sbx_err_set(err, SBX_STEP_CAPS, errno, "securebits");
		if (drop_bounding_set() < 0)
			return sbx_err_set(err, SBX_STEP_CAPS, errno, "the bounding set");
	}
	if (syscall(SYS_capset, &header, none) < 0)
		return sbx_err_set(err, SBX_STEP_CAPS, errno, "capset");
	return 0;
}

int sbx_privs_drop(const struct sbx_policy_blob *policy, struct sbx_err *err)
{
	if (!(policy->flags & SBX_POLICY_NESTED) && syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL) < 0 &&
	    errno != ENOSYS && !sbx_best_effort(policy, SBX_LAYER_KEYRING, errno))
		return sbx_err_set(err, SBX_STEP_KEYRING, errno, "a session keyring of its own");
	if (drop_capabilities(err) < 0)
		return -1;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return sbx_err_set(err, SBX_STEP_NNP, errno, "PR_SET_NO_NEW_PRIVS");
	return 0;
}
