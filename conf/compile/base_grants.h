/* SPDX-License-Identifier: MIT */
/*
 * base_grants.h -- the tables of what every sandbox has.
 */
#ifndef SBX_CONF_COMPILE_BASE_GRANTS_H
#define SBX_CONF_COMPILE_BASE_GRANTS_H

#include "conf/compile/build.h"

enum {
	SBX_BASE_ALWAYS,
	SBX_BASE_NET_HOST,    /* with the host's network */
	SBX_BASE_NET_SERVERS, /* where servers outside are reached */
	SBX_BASE_NOT_NAMED,   /* but with net.mode = "hosts", which has one of its own */
	SBX_BASE_IN_PLACE
};
struct sbx_base_grant {
	const char *path;
	unsigned int when; /* SBX_BASE_* */
};
extern const struct sbx_base_grant sbx_base_grants[]; /* ends with path NULL */
/*
 * What programs of /usr are configured by, patterns of glob(7): granted where it is root's and readable by all,
 * directories only to what can execute programs. Nothing here holds keys or passwords.
 */
extern const char *const sbx_base_config[]; /* ends with NULL */
extern const char *const sbx_base_linker[]; /* the dynamic linker's directories; ends with NULL */
/* Is that a directory of the operating system's, or in one? */
bool sbx_base_is_system(const char *path);

extern const char *const sbx_base_private[]; /* where a sandbox's own temporary files are; ends with NULL */
extern const char *const sbx_base_read[];    /* readable behind the latch in a private root */

struct sbx_base_device {
	const char *word; /* of the key dev */
	const char *path;
	uint64_t access; /* Landlock rights */
};
extern const struct sbx_base_device sbx_base_devices[]; /* ends with word NULL */

extern const struct sbx_base_text sbx_base_protect[]; /* ends with text NULL */

struct sbx_base_mask {
	const char *path;
	bool is_file;
};
extern const struct sbx_base_mask sbx_base_proc[]; /* what /proc doesn't show; ends with path NULL */

#endif
