/* SPDX-License-Identifier: MIT */
/*
 * home.h -- which directory can be somebody's home, and which one in it holds configuration: for loader and conf. Both
 * resolve the paths first.
 */
#ifndef SBX_SHIM_HOME_H
#define SBX_SHIM_HOME_H

#include <stdbool.h>

/* Is it a directory for one person: absolute, not / nor a directory of the system? */
bool sbx_home_is_own(const char *home);

/* What XDG_CONFIG_HOME comes to. */
enum sbx_home_config {
	SBX_HOME_CONFIG_ELSEWHERE, /* not beneath the home: ~/.config holds */
	SBX_HOME_CONFIG_OPEN,      /* beneath it, where projects lie: what a clone or a sandbox wrote may be there */
	SBX_HOME_CONFIG_COUNTS,    /* a dot entry of the home or below one, which no sandbox is granted unasked */
};

#define SBX_HOME_CONFIG_WHY                                                                                         \
	"configuration counts in ~/.config or another dot directory of the home only: move it there, or unset the " \
	"variable"

/*
 * `home` and `dir`, what the variable says, are where the symlinks lead; `usual` is where ~/.config leads, or NULL. A
 * link in that place has been put there by the caller.
 */
enum sbx_home_config sbx_home_config(const char *home, const char *dir, const char *usual);

#endif
