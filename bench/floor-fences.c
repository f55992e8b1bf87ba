/* SPDX-License-Identifier: MIT */
/*
 * floor-fences.c -- what the floor takes away without mounts: keyring, capabilities, no_new_privs, files by Landlock,
 * system calls by the filters of sbx's default profile (mkfilter.c). landlock(7), seccomp(2), capabilities(7).
 */
#include "bench/floor.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>

#include "shim/sys.h"

#define KEYCTL_JOIN_SESSION_KEYRING 1
#define RULE_PATH_BENEATH 1
#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* Landlock's rights, by number: headers may be older than the kernel. */
enum {
	EXECUTE = 1 << 0,
	WRITE = 1 << 1,
	READ = 1 << 2,
	LIST = 1 << 3,
	ALL_DIR = 0x1fff & ~(EXECUTE | WRITE | READ | LIST),
	REFER = 1 << 13,
	TRUNCATE = 1 << 14,
	IOCTL = 1 << 15,
	SEE = READ | LIST,
	RUN = SEE | EXECUTE,
	CHANGE = SEE | WRITE | TRUNCATE | (ALL_DIR & ~(1 << 6 | 1 << 11)),
};

struct rule {
	const char *path; /* NULL: descriptor `fd` */
	int access, fd;
};

static const struct rule rooted_rules[] = {
	{ "/", SEE | REFER, 0 },
	{ "/dev/shm", CHANGE, 0 },
	{ "/root", CHANGE, 0 },
	{ "/tmp", CHANGE, 0 },
	{ "/var/tmp", CHANGE, 0 },
	{ "/dev/null", READ | WRITE | TRUNCATE, 0 },
	{ "/dev/full", READ | WRITE | TRUNCATE, 0 },
	{ "/dev/tty", READ | WRITE | TRUNCATE | IOCTL, 0 },
	{ "/dev/pts", SEE | WRITE | TRUNCATE | IOCTL, 0 },
	{ "/usr", RUN, 0 },
	{ NULL, READ | IOCTL, 0 },
	{ NULL, WRITE | TRUNCATE, 1 },
	{ NULL, WRITE | TRUNCATE, 2 },
};

static const struct rule host_rules[] = {
	{ "/", REFER, 0 },
	{ "/proc", SEE, 0 },
	{ "/dev/null", READ | WRITE | TRUNCATE, 0 },
	{ "/dev/zero", READ, 0 },
	{ "/dev/full", READ | WRITE | TRUNCATE, 0 },
	{ "/dev/random", READ, 0 },
	{ "/dev/urandom", READ, 0 },
	{ "/dev/tty", READ | WRITE | TRUNCATE | IOCTL, 0 },
	{ "/usr", RUN, 0 },
	{ "/etc/alternatives", SEE, 0 },
	{ "/etc/bash.bashrc", READ, 0 },
	{ "/etc/fonts", SEE, 0 },
	{ "/etc/host.conf", READ, 0 },
	{ "/etc/hosts", READ, 0 },
	{ "/etc/inputrc", READ, 0 },
	{ "/etc/ld.so.cache", READ, 0 },
	{ "/etc/magic", READ, 0 },
	{ "/etc/mime.types", READ, 0 },
	{ "/etc/nsswitch.conf", READ, 0 },
	{ "/etc/profile", READ, 0 },
	{ "/etc/profile.d", SEE, 0 },
	{ "/etc/protocols", READ, 0 },
	{ "/etc/services", READ, 0 },
	{ "/etc/terminfo", SEE, 0 },
	{ "/etc/timezone", READ, 0 },
	{ "/sys/devices/system/cpu", SEE, 0 },
	{ "/var/cache/fontconfig", SEE, 0 },
	{ "/etc/group", READ, 0 },
	{ "/etc/passwd", READ, 0 },
	{ NULL, READ | IOCTL, 0 },
	{ NULL, WRITE | TRUNCATE, 1 },
	{ NULL, WRITE | TRUNCATE, 2 },
};

struct ruleset {
	uint64_t fs, net, scoped;
};

struct beneath {
	uint64_t access;
	int32_t parent;
} __attribute__((packed));

/* All that this kernel's Landlock knows of. */
static struct ruleset handled(long abi)
{
	const struct ruleset all = {
		.fs = 0x1fff | (abi >= 2 ? REFER : 0) | (abi >= 3 ? TRUNCATE : 0) | (abi >= 5 ? IOCTL : 0),
		.net = abi >= 4 ? 3 : 0,
		.scoped = abi >= 6 ? 3 : 0,
	};

	return all;
}

static void landlock(const struct rule *rules, size_t count)
{
	const long abi = sbx_sys(__NR_landlock_create_ruleset, 0, 0, 1, 0);
	const struct ruleset attr = handled(abi);
	const long ruleset = sbx_sys(__NR_landlock_create_ruleset, &attr, abi >= 6 ? 24 : abi >= 4 ? 16 : 8, 0, 0);

	for (size_t i = 0; ruleset >= 0 && i < count; i++) {
		struct beneath beneath = { (uint64_t)rules[i].access & attr.fs, rules[i].fd };

		if (rules[i].path)
			beneath.parent = (int)sbx_sys_open(rules[i].path, O_PATH | O_CLOEXEC);
		if (beneath.parent < 0)
			continue; /* not on this system */
		sbx_sys(__NR_landlock_add_rule, ruleset, RULE_PATH_BENEATH, &beneath,
			0); /* a pipe on 0 to 2 takes none */
		if (rules[i].path)
			sbx_sys_close(beneath.parent);
	}
	if (ruleset < 0 || sbx_sys(__NR_landlock_restrict_self, ruleset, 0, 0, 0) < 0)
		floor_die("landlock");
	sbx_sys_close((int)ruleset);
}

static void drop_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	const struct __user_cap_data_struct none[2] = { { 0, 0, 0 }, { 0, 0, 0 } };

	prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED | SECBIT_NO_SETUID_FIXUP |
					 SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED |
					 SECBIT_NO_CAP_AMBIENT_RAISE | SECBIT_NO_CAP_AMBIENT_RAISE_LOCKED);
	for (unsigned long cap = 0, end = geteuid() == 0 ? 64 : 0;
	     cap < end && prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0;)
		cap++;
	if (syscall(SYS_capset, &header, none) < 0)
		floor_die("capset");
}

void floor_fences(bool rooted)
{
	syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);
	drop_capabilities();
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		floor_die("no_new_privs");
	if (rooted)
		landlock(rooted_rules, COUNT(rooted_rules));
	else
		landlock(host_rules, COUNT(host_rules));
}

#define FILTER(name)                                                                                           \
	__asm__(".section .rodata\n.balign 8\n" #name ":\n.incbin \"" FLOOR_FILTERS "/" #name ".bpf\"\n" #name \
		"_end:\n"                                                                                      \
		".balign 8\n" #name "_size: .8byte " #name "_end - " #name "\n.previous\n");                   \
	extern const struct sock_filter name[];                                                                \
	extern const uint64_t name##_size

FILTER(inplace);
FILTER(rooted);
FILTER(reaper);

static void load(const struct sock_filter *filter, uint64_t size)
{
	const struct sock_fprog program = { (unsigned short)(size / sizeof(*filter)),
					    (struct sock_filter *)(uintptr_t)filter };

	if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) != 0)
		floor_die("seccomp");
}

void floor_filter(bool in_root)
{
	if (in_root)
		load(rooted, rooted_size);
	else
		load(inplace, inplace_size);
}

void floor_filter_reaper(void)
{
	load(reaper, reaper_size);
}
