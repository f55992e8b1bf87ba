/* SPDX-License-Identifier: MIT */
/*
 * paths.h -- the places that loader, shim and conf must agree on.
 */
#ifndef SBX_SHIM_PATHS_H
#define SBX_SHIM_PATHS_H

#define SBX_CONF_FILE SBX_SYSCONFDIR "/sbx.conf" /* the Makefile says where: /etc */
#define SBX_CONF_DIR SBX_CONF_FILE ".d"          /* more of them, *.conf */
#define SBX_ROOT_CACHE "/var/cache/sbx"          /* root's cache directory */
#define SBX_USER_CACHE ".cache/sbx"              /* below the caller's home by the passwd database */
#define SBX_KEPT_LIST "kept"                     /* in the cache directory: what runs have kept aside */
#define SBX_KEPT_PREFIX ".sbx-kept-"    /* of the directories that it is kept in, before 16 hexadecimal digits */
#define SBX_KEPT_GUARDED "sbx-guarded%" /* before the escaped path, in them, of what fs.guard had moved */
#define SBX_CONFIG_DIR ".config"        /* likewise */
#define SBX_CONFIG_SUB "sbx"            /* in that, or in XDG_CONFIG_HOME where it counts; never writable from inside */
#define SBX_USER_CONF SBX_CONFIG_DIR "/" SBX_CONFIG_SUB
#define SBX_USER_CONF_FILE "sbx.conf" /* in that directory, and beside it sbx.conf.d */

#define SBX_SHIM_NAME "libsbx-shim.so"
#define SBX_COMPILER_NAME "sbx-policy"
#define SBX_LOADER_NAME "sbx-wrap"
#define SBX_SCOPE_NAME "sbx-scope" /* asks systemd for a cgroup */
#define SBX_RELAY_NAME "sbx-relay"
#define SBX_INNER_DIR "/run/sbx" /* the sandbox's own directory in the private root */
#define SBX_INNER_SHIM SBX_INNER_DIR "/" SBX_SHIM_NAME
#define SBX_INNER_EMPTY_DIR SBX_INNER_DIR "/empty" /* mode 0: what a masked directory shows */
#define SBX_INNER_EMPTY_FILE SBX_INNER_DIR "/none" /* mode 0: what a masked file shows */

#define SBX_INNER_MARK SBX_INNER_DIR "/inside"       /* says that this is the inside of a sandbox */
#define SBX_INNER_CONF SBX_INNER_DIR "/conf.d"       /* the texts that the policy was made of, for sbx-wrap inside */
#define SBX_INNER_CHILDREN SBX_INNER_DIR "/children" /* the table of children, a struct sbx_children */
#define SBX_INNER_CHILD_REPORTS \
	SBX_INNER_DIR "/claims" /* a fifo: what programs say of themselves, struct sbx_child_report */

/*
 * How the loader tells the shim what it left open, and how many of LD_PRELOAD's first entries it takes out before main:
 * SBX_LATCH=<memfd>,<ack fd or ->,<count>, which it takes out as well.
 */
#define SBX_LATCH_ENV "SBX_LATCH"

/* That the programs which the command starts latch as well, and which layers are in force: see shim/children.h. */
#define SBX_CHILDREN_ENV "SBX_CHILDREN"

/* Without the loader: the file that holds the layer. */
#define SBX_POLICY_ENV "SBX_POLICY"

#endif
