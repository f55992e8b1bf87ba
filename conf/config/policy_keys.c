/* SPDX-License-Identifier: MIT */
/*
 * policy_keys.c -- the table of policy keys.
 */
#include "conf/config/policy_keys.h"

#include <stdio.h>
#include <string.h>

#include "shim/blob.h"

#define X(id, name) (name),
static const char *const out_words[] = { SBX_OUT_MODES(X) NULL };
static const char *const action_words[] = { SBX_ACTIONS(X) NULL };
static const char *const latch_words[] = { SBX_LATCH_MODES(X) NULL };
#undef X
#define X(id, name, flag) (name),
static const char *const ns_words[] = { SBX_NAMESPACES(X) NULL };
static const char *const layer_words[] = { SBX_KERNEL_LAYERS(X) NULL };
#undef X
static const char *const net_words[] = { "none", "loopback", "host", "hosts", NULL }; /* enum sbx_net */
static const char *const dev_words[] = { "null", "zero", "full", "random", "urandom", "tty", "ptmx", "shm", NULL };
static const char *const proc_words[] = { "new", "pids", "named", "none", NULL }; /* the later, the tighter */
static const char *const home_words[] = { "tmpfs", "none", NULL };

#define KEY(id, in, as, of_type, of_words, text) \
	[SBX_KEY_##id] = { .group = (in), .name = (as), .type = SBX_TYPE_##of_type, .words = (of_words), .doc = (text) }

const struct sbx_key sbx_keys[SBX_KEY__COUNT] = {
	KEY(FS_READ, "fs", "read", PATHS, NULL, "Paths that may be read, with all that is below them."),
	KEY(FS_WRITE, "fs", "write", PATHS, NULL,
	    "Paths that may be read and written. What is written there can't be executed unless the path stands in "
	    "fs.exec too."),
	KEY(FS_EXEC, "fs", "exec", PATHS, NULL,
	    "Paths that may be read and executed. An empty list makes the latch take away every right to execute."),
	KEY(FS_HIDE, "fs", "hide", PATHS, NULL, "Paths below granted ones that become empty and unreadable."),
	KEY(FS_TMPFS, "fs", "tmpfs", PATHS, NULL,
	    "Paths at which an empty private directory stands, as large as limits.tmp."),
	KEY(FS_OPTIONAL, "fs", "optional", PATHS, NULL,
	    "Those of the paths above, and of preload, that may be absent. Any other that is absent is an error."),
	KEY(FS_PROTECT, "fs", "protect", PROTECT, NULL,
	    "Paths, and name patterns such as *.gpg, that no argument of the command can get granted, besides the "
	    "built-in ones."),
	KEY(FS_SECRETS, "fs", "secrets", SECRETS, NULL,
	    "Patterns of the names of files that hold keys and passwords: no argument of the command gets one that "
	    "exists granted. See Secrets."),
	KEY(FS_GUARD, "fs", "guard", SECRETS, NULL,
	    "Patterns of the names of files and directories that programs of the host execute or obey: below what may "
	    "be written, those that exist are read-only, and what has appeared is moved aside after the run. See "
	    "Guarded names."),
	KEY(ARGS_GRANTS, "args", "grants", BOOL, NULL,
	    "Whether an argument that names an existing file or directory is granted for reading."),
	KEY(ARGS_VALUES, "args", "values", STRINGS, NULL,
	    "Patterns of the command's options that take the next argument as their value, so that it isn't taken for "
	    "an operand; with \" ... --\" behind, all arguments up to --: \"--pages ... --\"."),
	KEY(ARGS_FLAGS, "args", "flags", STRINGS, NULL,
	    "Patterns of options that take no value although args.values or a form matches them: what stands behind "
	    "them is an operand."),
	KEY(ARGS_INPUTS, "args", "inputs", INPUTS, NULL,
	    "Which arguments are inputs, granted for reading if they exist; the section ARGUMENTS lists the forms. "
	    "\"existing\" is any operand and any option's value."),
	KEY(ARGS_OUTPUTS, "args", "outputs", OUTPUTS, NULL,
	    "Which arguments are outputs, and what the command derives their names from; the section ARGUMENTS lists "
	    "the forms."),
	KEY(ARGS_OUT, "args", "out", WORD, out_words,
	    "What a named output gets: stage, a fresh directory out of which only the named files are moved into "
	    "place; copy, the same, but what exists is there as a copy and not as a second link, for commands that "
	    "refuse files with several; file, the file itself; directory, the directory it names or stands in, "
	    "writable."),
	KEY(NET_MODE, "net", "mode", WORD, net_words,
	    "none: no network at all; loopback: an own one with only the loopback interface; host: the host's; hosts: "
	    "an own one, out of which only the hosts of net.hosts are reached: see Hosts. net = \"host\" is short for "
	    "net = { mode = \"host\"; }. What isn't none brings the system calls of sockets, over lists in seccomp "
	    "that are inherited; so do net.connect, net.bind and unix_sockets. Where such a list takes them away in "
	    "the same profile or by an option, that is an error."),
	KEY(NET_CONNECT, "net", "connect", PORTS, NULL,
	    "With the host's network: the ports that may be connected to. Landlock holds them, from ABI 4 on. They are "
	    "UDP's as well from ABI 10 on; before, a list here or in net.bind leaves no UDP at all, and names are "
	    "looked up over TCP if port 53 is listed: use-vc is added to RES_OPTIONS, see resolv.conf(5)."),
	KEY(NET_BIND, "net", "bind", PORTS, NULL,
	    "With the host's network: the ports that may be bound, held as net.connect is; 0 stands for those that the "
	    "kernel chooses. Without any, nothing can listen, Unix sockets included. With some, what listens without "
	    "having bound a port gets one that the kernel chooses."),
	KEY(NET_HOSTS, "net", "hosts", HOSTS, NULL,
	    "With net.mode = \"hosts\": whom the command may connect to over TCP, as HOST, HOST:PORT, ADDRESS, "
	    "ADDRESS/BITS:PORT, [ADDRESS6]:PORT or localhost:PORT; the port is 443 where none is given. See Hosts."),
	KEY(NAMESPACES, "", "namespaces", WORDS, ns_words,
	    "The namespaces the command gets of its own. An empty list means in place: only Landlock, seccomp and the "
	    "latch confine, and no new process is made unless something has to wait for the command: latch = "
	    "\"required\", a limit that is named, seccomp.action or seccomp.log. What it leaves running ends with it "
	    "then. An output that doesn't exist needs its directory granted."),
	KEY(SECCOMP_ALLOW, "seccomp", "allow", SYSCALLS, NULL,
	    "System calls and @groups of them that are allowed; the groups are named as systemd.exec(5) names them. "
	    "What is dangerous to the fence itself is never allowed, whatever stands here."),
	KEY(SECCOMP_DENY, "seccomp", "deny", SYSCALLS, NULL,
	    "System calls and @groups taken out of seccomp.allow again."),
	KEY(SECCOMP_ACTION, "seccomp", "action", WORD, action_words,
	    "What happens to a call that isn't allowed: errno, it fails; kill, the command is killed and the call is "
	    "named; log, it is let through and named, which is no sandbox and runs only with --try."),
	KEY(SECCOMP_LOG, "seccomp", "log", SYSCALLS, NULL,
	    "System calls and @groups that are named when they are made."),
	KEY(SECCOMP_IOCTL, "seccomp", "ioctl", IOCTLS, NULL,
	    "Requests of ioctl(2) that are allowed, where seccomp.allow has the call: @groups of them, names such as "
	    "TIOCGWINSZ, and numbers such as 0x5413. Any other fails with ENOTTY, as where nothing knows it. "
	    "sbx-policy show lists what the groups hold. @descriptor, @terminal, @file and @socket ask and set what "
	    "programs ordinarily do; @clone shares blocks of files; @attributes changes files' attributes, and only "
	    "where fchmod is allowed; @pty, for terminals of one's own, comes with ptmx in dev; @devices, all that "
	    "isn't asked of terminals, sockets and file systems, comes with paths in dev. What types into a terminal, "
	    "takes it or changes what it is, copies subvolumes of btrfs, or handles the keys of encrypted directories "
	    "is never allowed."),
	KEY(MAP_EXEC, "", "map_exec", BOOL, NULL,
	    "Whether memory can be made executable after the latch: just-in-time compilers and late dlopen(3) need "
	    "it."),
	KEY(UNIX_SOCKETS, "", "unix_sockets", BOOL, NULL,
	    "Whether sockets of the host that lie in granted directories may be used. Before Landlock ABI 9 that can't "
	    "be told from other uses, and without it Unix sockets are only to be had as socket pairs."),
	KEY(HUGE_PAGES, "", "huge_pages", BOOL, NULL,
	    "Whether memory may be taken from the machine's pool of huge pages (java -XX:+UseLargePages): they don't "
	    "count for limits.memory, and what is taken others lack. Without it such a request fails as where the "
	    "pool is empty; transparent huge pages don't need it."),
	KEY(LATCH, "", "latch", WORD, latch_words,
	    "auto: latch where that takes something away, if the command can, and say so where it can't; required: "
	    "refuse to run a command that can't; off."),
	KEY(CHILDREN, "", "children", BOOL, NULL,
	    "Whether each program that the command starts stacks the latch of the profile that matches it on itself: "
	    "see Children. It changes nothing where the command can execute nothing."),
	KEY(PRELOAD, "", "preload", LIBRARIES, NULL,
	    "Shared libraries that are mapped before the latch, which the command would load later with dlopen(3): "
	    "names such as libgcc_s.so.1, absolute paths, or patterns of glob(7), {a,b} included. A path may begin "
	    "with $LIB, the machine's library directory. They stay readable behind the latch; one that isn't there is "
	    "an error unless it is listed in fs.optional."),
	KEY(ENV_KEEP, "env", "keep", STRINGS, NULL,
	    "Patterns of environment variables that are kept though env.drop names them."),
	KEY(ENV_DROP, "env", "drop", STRINGS, NULL,
	    "Patterns of environment variables that the command doesn't get to see: of their names, or, with = in the "
	    "pattern, of NAME=VALUE. The * of ://*@ matches what may stand before a URL's host: no slash, no blank."),
	KEY(ENV_SET, "env", "set", SETTINGS, NULL, "Environment variables to set, as NAME=VALUE."),
	KEY(LIMITS_TMP, "limits", "tmp", SIZE, NULL,
	    "The size of /tmp, of /var/tmp, and of each of fs.tmpfs: bytes; a percentage of the machine's memory, at "
	    "least 256M; or auto, a tenth of it, from 256M to 2G. The last two are no more than limits.memory where "
	    "that is held: what is written there counts for it."),
	KEY(LIMITS_TMP_INODES, "limits", "tmp_inodes", COUNT, NULL,
	    "How many files each private file system may hold."),
	KEY(LIMITS_HOME, "limits", "home", SIZE, NULL, "The size of the private home directory, as in limits.tmp."),
	KEY(LIMITS_SHM, "limits", "shm", SIZE, NULL, "The size of /dev/shm, as in limits.tmp."),
	KEY(DEV, "", "dev", DEVICES, dev_words,
	    "What /dev holds: these, and devices or directories of them by their paths there, such as /dev/kvm and "
	    "/dev/dri, which can be read, written and controlled by ioctl(2). /dev/tty is there where descriptor 0, "
	    "1 or 2 is a terminal."),
	KEY(PROC, "", "proc", WORD, proc_words,
	    "new: a fresh read-only /proc that shows the sandbox only; pids: the same with nothing but processes in it "
	    "(subset=pid, see proc(5)), and without /proc/sys, cpuinfo and the like; named: the same as new where an "
	    "argument names /dev/stdin, /dev/stdout, /dev/stderr, /dev/fd or something in /proc, or with children = "
	    "true, and none elsewhere; none: no /proc."),
	KEY(HOME, "", "home", WORD, home_words, "tmpfs: the home directory is empty and private; none: there is none."),
	KEY(MAP_ROOT, "", "map_root", BOOL, NULL, "Whether the command sees itself as uid and gid 0."),
	KEY(AS_PID_1, "", "as_pid_1", BOOL, NULL, "Whether the command is PID 1 of its namespace, without a reaper."),
	KEY(BEST_EFFORT, "", "best_effort", WORDS, layer_words,
	    "Layers that may be missing on this kernel. A layer that is configured, missing and not listed here is an "
	    "error."),
#define X(id, key, type, by, doc, ...) KEY(LIMITS_##id, "limits", key, type, NULL, doc),
	SBX_LIMITS(X, X)
#undef X
};

const enum sbx_limit_by sbx_limit_by[SBX_LIMIT__COUNT] = {
#define X(id, key, type, by, ...) [SBX_LIMIT_##id] = SBX_LIMIT_BY_##by,
	SBX_LIMITS(X, X)
#undef X
};

static const char *const expects[] = {
	[SBX_TYPE_BOOL] = "true or false",
	[SBX_TYPE_WORD] = "a string",
	[SBX_TYPE_WORDS] = "a list of strings",
	[SBX_TYPE_SIZE] =
		"a size such as 4096, \"256M\" or \"1.5G\", a percentage of the machine's memory, or \"auto\"",
	[SBX_TYPE_COUNT] = "a positive number",
	[SBX_TYPE_MEMORY] =
		"a size such as \"512M\", a percentage of the machine's memory such as \"50%\", or \"unlimited\"",
	[SBX_TYPE_SPACE] = "a size such as \"512M\", a percentage of the file system such as \"95%\", or \"unlimited\"",
	[SBX_TYPE_AMOUNT] = "a size such as 0, \"256M\" or \"1.5G\", or \"unlimited\"",
	[SBX_TYPE_NUMBER] = "a positive number, or \"unlimited\"",
	[SBX_TYPE_PERCENT] = "a percentage such as \"50%\" or \"200%\", or \"unlimited\"",
	[SBX_TYPE_DURATION] = "a duration such as 30, \"500ms\", \"30s\", \"2m\" or \"1.5h\", or \"unlimited\"",
	[SBX_TYPE_PATHS] = "a list of paths",
	[SBX_TYPE_PROTECT] = "a list of paths and name patterns",
	[SBX_TYPE_SECRETS] = "a list of name patterns",
	[SBX_TYPE_SYSCALLS] = "a list of system calls and @groups",
	[SBX_TYPE_IOCTLS] = "a list of requests of ioctl(2) and @groups",
	[SBX_TYPE_STRINGS] = "a list of strings",
	[SBX_TYPE_INPUTS] = "a list of inputs such as \"existing\", \"2\", \"2...\", \"last\", \"-i\" or \"--input=\"",
	[SBX_TYPE_HOSTS] = "a list of hosts such as \"example.org\", \"example.org:22\", \"192.0.2.0/24:80\" or "
			   "\"localhost:5432\"",
	[SBX_TYPE_PORTS] = "a list of port numbers up to 65535, or [ \"any\" ]",
	[SBX_TYPE_LIBRARIES] = "a list of shared libraries",
	[SBX_TYPE_OUTPUTS] = "a list of outputs such as \"2\", \"last\", \"-o\", \"--output=\" or \"1>.txt\"",
	[SBX_TYPE_DEVICES] = "a list of words, and of paths in /dev",
	[SBX_TYPE_SETTINGS] = "a list of \"NAME=VALUE\"",
};

const char *sbx_key_expects(enum sbx_key_type type)
{
	return expects[type];
}

int sbx_key_is_list(enum sbx_key_type type)
{
	return type == SBX_TYPE_WORDS || type >= SBX_TYPE_PATHS;
}

int sbx_key_find(const char *group, const char *name)
{
	for (int id = 0; id < SBX_KEY__COUNT; id++)
		if (!strcmp(sbx_keys[id].group, group) && !strcmp(sbx_keys[id].name, name))
			return id;
	return -1;
}

int sbx_key_is_group(const char *group)
{
	for (int id = 0; id < SBX_KEY__COUNT; id++)
		if (*group && !strcmp(sbx_keys[id].group, group))
			return 1;
	return 0;
}

int sbx_key_by_path(const char *path)
{
	char buf[SBX_KEY_PATH_MAX];

	for (int id = 0; id < SBX_KEY__COUNT; id++)
		if (!strcmp(sbx_key_path((enum sbx_key_id)id, buf), path))
			return id;
	return -1;
}

int sbx_key_by_short(const char *name)
{
	return strcmp(name, "net") ? -1 : SBX_KEY_NET_MODE;
}

const char *sbx_key_path(enum sbx_key_id id, char buf[SBX_KEY_PATH_MAX])
{
	const struct sbx_key *key = &sbx_keys[id];

	snprintf(buf, SBX_KEY_PATH_MAX, "%s%s%s", key->group, *key->group ? "." : "", key->name);
	return buf;
}

int sbx_word_find(const char *const *words, const char *word)
{
	for (int i = 0; words[i]; i++)
		if (!strcmp(words[i], word))
			return i;
	return -1;
}
