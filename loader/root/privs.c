/*
 * privs.c -- gives privileges up. no_new_privs and the locked securebits keep any exec from regaining one; uid 0, for
 * whom exec means capabilities elsewhere, loses its bounding set as well.
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
#define CAP_COUNT_MAX 64

static int drop_capabilities(struct sbx_err *err)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	const struct __user_cap_data_struct none[2] = { { 0, 0, 0 }, { 0, 0, 0 } };
	const bool is_root = geteuid() == 0;

	if (prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |
					     SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED |
					     SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED) < 0 &&
	    errno != EPERM)
		return sbx_err_set(err, SBX_STEP_CAPS, errno, "securebits");
	for (unsigned long cap = 0; is_root && cap < CAP_COUNT_MAX && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0;)
		cap++;
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
