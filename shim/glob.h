/*
 * glob.h -- the patterns of the policy: for environment variables, protected names, commands.
 */
#ifndef SBX_GLOB_H
#define SBX_GLOB_H

#include <stdbool.h>

/* glob(7) with * only. */
bool sbx_glob(const char *pattern, const char *text);

#endif
