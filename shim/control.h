/* SPDX-License-Identifier: MIT */
/*
 * control.h -- what a terminal obeys and doesn't show: names and texts from outside may hold anything.
 */
#ifndef SBX_SHIM_CONTROL_H
#define SBX_SHIM_CONTROL_H

#include <stddef.h>

/*
 * How many bytes the control character takes that `text` begins with: one of ASCII's, or in UTF-8 one of ISO 6429's C1
 * set. 0 when it begins with none, or is empty.
 */
size_t sbx_control(const char *text);

#endif
