/* SPDX-License-Identifier: MIT */
/*
 * base_grants.c -- what every sandbox has without being told: the least that ordinary programs need.
 */
#include "conf/compile/base_grants.h"

#include <fnmatch.h>

#include "conf/compile/landlock_rights.h"
#include "shim/path_text.h"
#include "shim/paths.h"

/* Read-only; what a host doesn't have is left out. */
const struct sbx_base_grant sbx_base_grants[] = {
	{ "/etc/alternatives", SBX_BASE_ALWAYS },
	{ "/etc/bash.bashrc", SBX_BASE_ALWAYS },
	{ "/etc/fonts", SBX_BASE_ALWAYS },
	{ "/etc/host.conf", SBX_BASE_ALWAYS },
	{ "/etc/hosts", SBX_BASE_NOT_NAMED },
	{ "/etc/inputrc", SBX_BASE_ALWAYS },
	{ "/etc/ld.so.cache", SBX_BASE_ALWAYS },
	{ "/etc/localtime", SBX_BASE_ALWAYS },
	{ "/etc/magic", SBX_BASE_ALWAYS },
	{ "/etc/mime.types", SBX_BASE_ALWAYS },
	{ "/etc/nsswitch.conf", SBX_BASE_ALWAYS },
	{ "/etc/os-release", SBX_BASE_ALWAYS },
	{ "/etc/profile", SBX_BASE_ALWAYS },
	{ "/etc/profile.d", SBX_BASE_ALWAYS },
	{ "/etc/protocols", SBX_BASE_ALWAYS },
	{ "/etc/services", SBX_BASE_ALWAYS },
	{ "/etc/terminfo", SBX_BASE_ALWAYS },
	{ "/etc/timezone", SBX_BASE_ALWAYS },
	{ "/sys/devices/system/cpu", SBX_BASE_ALWAYS },
	{ "/var/cache/fontconfig", SBX_BASE_ALWAYS },
	{ "/etc/ca-certificates", SBX_BASE_NET_SERVERS },
	{ "/etc/gai.conf", SBX_BASE_NET_HOST },
	{ "/etc/pki/ca-trust/extracted", SBX_BASE_NET_SERVERS },
	{ "/etc/pki/tls/certs", SBX_BASE_NET_SERVERS },
	{ "/etc/ssh/ssh_config", SBX_BASE_NET_SERVERS },
	{ "/etc/ssh/ssh_config.d", SBX_BASE_NET_SERVERS },
	{ "/etc/ssh/ssh_known_hosts", SBX_BASE_NET_SERVERS },
	{ "/etc/ssl/cert.pem", SBX_BASE_NET_SERVERS }, /* not all of /etc/ssl: root could read its private keys */
	{ "/etc/ssl/certs", SBX_BASE_NET_SERVERS },
	{ "/etc/ssl/openssl.cnf", SBX_BASE_NET_SERVERS },
	{ "/etc/group", SBX_BASE_IN_PLACE }, /* a private root has its own */
	{ "/etc/passwd", SBX_BASE_IN_PLACE },
	{ NULL, 0 },
};

/* Not what may hold a password or a token: npmrc, pip.conf, wgetrc, curlrc, maven's settings.xml, krb5.conf,
 * environment. */
const char *const sbx_base_config[] = {
	"/etc/ImageMagick-[67]",
	"/etc/R",
	"/etc/chromium",
	"/etc/debian_version",
	"/etc/dictionaries-common",
	"/etc/dpkg",
	"/etc/emacs",
	"/etc/foremost.conf",
	"/etc/fpc*.cfg",
	"/etc/gitconfig",
	"/etc/gnucobol",
	"/etc/groff",
	"/etc/java-*-openjdk",
	"/etc/lsb-release",
	"/etc/lynx",
	"/etc/manpath.config",
	"/etc/maven/logging",
	"/etc/maven/m2.conf",
	"/etc/mke2fs.conf",
	"/etc/nanorc",
	"/etc/perl",
	"/etc/php",
	"/etc/ssl/openssl.cnf",
	"/etc/texmf",
	"/etc/xml",
	"/var/lib/ghostscript",
	"/var/lib/texmf",
	NULL,
};

const char *const sbx_base_linker[] = { "/lib",       "/lib32",     "/lib64",      "/libx32",        "/usr/lib",
					"/usr/lib32", "/usr/lib64", "/usr/libx32", "/usr/local/lib", NULL };

bool sbx_base_is_system(const char *path)
{
	for (int i = 0; sbx_base_grants[i].path; i++)
		if (sbx_path_within(path, sbx_base_grants[i].path))
			return true;
	for (int i = 0; sbx_base_linker[i]; i++)
		if (sbx_path_within(path, sbx_base_linker[i]))
			return true;
	for (int i = 0; sbx_base_config[i]; i++)
		if (fnmatch(sbx_base_config[i], path, FNM_PATHNAME | FNM_LEADING_DIR) == 0)
			return true;
	return sbx_path_within(path, "/usr") || sbx_path_within(path, "/etc") || sbx_path_within(path, "/dev");
}

const char *const sbx_base_private[] = { "/tmp", "/var/tmp", "/dev/shm", NULL };

const char *const sbx_base_read[] = { "/dev", "/etc", "/proc", "/sys", "/var", NULL };

#define RO ((uint64_t)SBX_FS_READ_FILE)
#define RW (RO | SBX_FS_WRITE_FILE | SBX_FS_TRUNCATE)

const struct sbx_base_device sbx_base_devices[] = {
	{ "null", "/dev/null", RW },
	{ "zero", "/dev/zero", RO },
	{ "full", "/dev/full", RW },
	{ "random", "/dev/random", RO },
	{ "urandom", "/dev/urandom", RO },
	{ "tty", "/dev/tty", RW | SBX_FS_IOCTL_DEV },
	{ NULL, NULL, 0 },
};

/* What an argument never gets granted; names of secrets are the key fs.secrets. */
const struct sbx_base_text sbx_base_protect[] = {
	{ SBX_PROTECT_PATH, "/boot" },
	{ SBX_PROTECT_PATH, "/dev" },
	{ SBX_PROTECT_PATH, "/etc" },
	{ SBX_PROTECT_PATH, "/proc" },
	{ SBX_PROTECT_PATH, "/root" },
	{ SBX_PROTECT_PATH, "/run" },
	{ SBX_PROTECT_PATH, "/sys" },
	{ SBX_PROTECT_PATH, "/var/run" },
	{ SBX_PROTECT_PATH, "/var/spool/cron" },
	{ SBX_PROTECT_SYSTEM, "/bin" },
	{ SBX_PROTECT_SYSTEM, "/lib" },
	{ SBX_PROTECT_SYSTEM, "/lib32" },
	{ SBX_PROTECT_SYSTEM, "/lib64" },
	{ SBX_PROTECT_SYSTEM, "/libx32" },
	{ SBX_PROTECT_SYSTEM, "/sbin" },
	{ SBX_PROTECT_SYSTEM, "/usr/bin" },
	{ SBX_PROTECT_SYSTEM, "/usr/lib" },
	{ SBX_PROTECT_SYSTEM, "/usr/lib32" },
	{ SBX_PROTECT_SYSTEM, "/usr/lib64" },
	{ SBX_PROTECT_SYSTEM, "/usr/libexec" },
	{ SBX_PROTECT_SYSTEM, "/usr/libx32" },
	{ SBX_PROTECT_SYSTEM, "/usr/local/bin" },
	{ SBX_PROTECT_SYSTEM, "/usr/local/lib" },
	{ SBX_PROTECT_SYSTEM, "/usr/local/sbin" },
	{ SBX_PROTECT_SYSTEM, "/usr/sbin" },
	{ SBX_PROTECT_SYSTEM, "/usr/share" },
	{ SBX_PROTECT_SYSTEM, "/var/lib/apt" },
	{ SBX_PROTECT_SYSTEM, "/var/lib/dpkg" },
	{ SBX_PROTECT_SYSTEM, "/var/lib/systemd" },
	{ SBX_PROTECT_SELF, SBX_CONF_FILE },
	{ SBX_PROTECT_SELF, SBX_CONF_DIR },
	{ SBX_PROTECT_SELF, SBX_CONF_FILE ".d" },
	{ SBX_PROTECT_SELF, SBX_ROOT_CACHE },
	{ 0, NULL },
};

const struct sbx_base_mask sbx_base_proc[] = {
	{ "/proc/acpi", false },      { "/proc/config.gz", true },   { "/proc/interrupts", true },
	{ "/proc/kallsyms", true },   { "/proc/kcore", true },       { "/proc/key-users", true },
	{ "/proc/keys", true },       { "/proc/kmsg", true },        { "/proc/kpagecgroup", true },
	{ "/proc/kpagecount", true }, { "/proc/kpageflags", true },  { "/proc/sched_debug", true },
	{ "/proc/scsi", false },      { "/proc/slabinfo", true },    { "/proc/sysrq-trigger", true },
	{ "/proc/timer_list", true }, { "/proc/vmallocinfo", true }, { NULL, false },
};
