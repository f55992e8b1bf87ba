/* SPDX-License-Identifier: MIT */
/*
 * candidates.c -- what is compared, as one table. Each peer has the flags of the least that compares: its own choice of
 * namespaces, the programs and what the dynamic linker reads, private /dev, /proc and /tmp. Where a peer could be asked
 * for more (bwrap --disable-userns, --new-session) it isn't: flags favour the peer.
 */
#include "bench/bench.h"

#include <string.h>

#define TRUE "/usr/bin/true"
#define BWRAP_NO_NET                                                                                                   \
	"/usr/bin/bwrap", "--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup",     \
		"--die-with-parent", "--cap-drop", "ALL", "--ro-bind", "/usr", "/usr", "--symlink", "usr/bin", "/bin", \
		"--symlink", "usr/lib", "/lib", "--symlink", "usr/lib64", "/lib64", "--ro-bind", "/etc/ld.so.cache",   \
		"/etc/ld.so.cache", "--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"
#define BWRAP_NET BWRAP_NO_NET, "--unshare-net"
#define SECCOMP "--seccomp", "9"
#define FLOOR(mode) "@bench/floor", (mode)
#define SBX "@sbx-wrap"
#define NO_NETNS "namespaces=[\"user\",\"mount\",\"pid\",\"uts\",\"ipc\",\"cgroup\"]"

const struct bench_candidate bench_startup[] = {
	{ .name = "true", .argv = BENCH_WORDS(TRUE) },
	{ .name = "static", .argv = BENCH_WORDS("@bench/noop") },
	{ .name = "noop", .argv = BENCH_WORDS("@bench/noop", TRUE) },
	{ "floor-inplace", BENCH_WORDS(FLOOR("inplace"), TRUE), .peer = "bwrap-net-seccomp" },
	{ "floor-nonet", BENCH_WORDS(FLOOR("nonet"), TRUE), .peer = "bwrap-seccomp" },
	{ "floor-full", BENCH_WORDS(FLOOR("full"), TRUE), .peer = "bwrap-net-seccomp" },
	{ "floor-full-lean", BENCH_WORDS(FLOOR("lean"), TRUE), .peer = "bwrap-net-seccomp" },
	{ "sbx-inplace", BENCH_WORDS(SBX, "--set", "namespaces=[]", TRUE), .floor = "floor-inplace",
	  .peer = "bwrap-net-seccomp" },
	{ "sbx-inplace-latch", BENCH_WORDS(SBX, "--set", "namespaces=[]", "--set", "map_exec=false", TRUE),
	  .floor = "floor-inplace", .peer = "bwrap-net-seccomp" },
	{ "sbx-inplace-parser", BENCH_WORDS(SBX, "-p", "pdftotext", "--latch", "auto", "--set", "namespaces=[]", TRUE),
	  .floor = "floor-inplace", .peer = "bwrap-net-seccomp" },
	{ "sbx-share-net", BENCH_WORDS(SBX, "--share-net", TRUE), .floor = "floor-nonet", .peer = "bwrap-seccomp" },
	{ "sbx-nonet", BENCH_WORDS(SBX, "--set", NO_NETNS, TRUE), .floor = "floor-nonet", .peer = "bwrap-seccomp" },
	{ "sbx-full", BENCH_WORDS(SBX, TRUE), .floor = "floor-full", .peer = "bwrap-net-seccomp" },
	{ "sbx-full-parser", BENCH_WORDS(SBX, "-p", "pdftotext", TRUE), .floor = "floor-full",
	  .peer = "bwrap-net-seccomp" },
	{ "sbx-latch-alone", BENCH_WORDS(TRUE), .floor = "floor-inplace", .peer = "bwrap-net-seccomp",
	  .env = BENCH_WORDS("LD_PRELOAD=@libsbx-shim.so", "SBX_POLICY=%true.sbx") },
	{ "bwrap", BENCH_WORDS(BWRAP_NO_NET, TRUE), .floor = "floor-nonet" },
	{ "bwrap-seccomp", BENCH_WORDS(BWRAP_NO_NET, SECCOMP, TRUE), .floor = "floor-nonet", .filter = true },
	{ "bwrap-net", BENCH_WORDS(BWRAP_NET, TRUE), .floor = "floor-full" },
	{ "bwrap-net-seccomp", BENCH_WORDS(BWRAP_NET, SECCOMP, TRUE), .floor = "floor-full", .filter = true },
	{ "firejail",
	  BENCH_WORDS("/usr/bin/firejail", "--quiet", "--noprofile", "--net=none", "--private-dev", "--private-tmp",
		      "--caps.drop=all", "--nonewprivs", "--seccomp", TRUE),
	  .floor = "floor-full", .peer = "bwrap-net-seccomp" },
	{ "unshare", BENCH_WORDS("/usr/bin/unshare", "-Urmpn", "--fork", TRUE), .floor = "floor-full",
	  .peer = "bwrap-net-seccomp" },
	{ "setpriv", BENCH_WORDS("/usr/bin/setpriv", "--no-new-privs", TRUE), .floor = "floor-inplace",
	  .peer = "bwrap-net-seccomp" },
	{ "systemd-run",
	  BENCH_WORDS("/usr/bin/systemd-run", "--quiet", "--collect", "--wait", "-p", "PrivateNetwork=yes", "-p",
		      "NoNewPrivileges=yes", "-p", "ProtectSystem=strict", "-p", "ProtectHome=tmpfs", "-p",
		      "PrivateTmp=yes", "-p", "PrivateDevices=yes", "-p", "SystemCallFilter=@system-service", TRUE),
	  .floor = "floor-full", .peer = "bwrap-net-seccomp", .needs = "/run/systemd/system" },
};
const size_t bench_startup_count = BENCH_COUNT(bench_startup);

const struct bench_candidate *bench_find(const char *name)
{
	for (size_t i = 0; i < bench_startup_count; i++)
		if (strcmp(bench_startup[i].name, name) == 0)
			return &bench_startup[i];
	return NULL;
}

const char *const *bench_wrap(const char *name, const char *const *command)
{
	const struct bench_candidate *wrapper = bench_find(name);
	size_t before = 0, count = 0;
	const char **argv;

	if (!wrapper)
		return NULL;
	while (strcmp(wrapper->argv[before], TRUE) != 0)
		before++;
	while (command[count])
		count++;
	argv = bench_alloc((before + count + 1) * sizeof(*argv));
	memcpy(argv, wrapper->argv, before * sizeof(*argv));
	memcpy(argv + before, command, count * sizeof(*argv));
	return argv;
}
