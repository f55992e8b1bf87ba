/* SPDX-License-Identifier: MIT */
/*
 * fds.h -- file descriptors: 0 to 2 as the caller had them, the shim's at 10 and above, nothing else for the target.
 */
#ifndef SBX_LOADER_BASE_FDS_H
#define SBX_LOADER_BASE_FDS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "loader/base/vec.h"
#include "shim/steps.h"

/*
 * First thing in main: fill those of 0 to 2 that are closed with descriptors that close on exec, so that nothing of
 * ours ever takes their place and the target finds them closed again. Returns them as bits 1 << fd, or -1 with err.
 */
int sbx_fds_guard(struct sbx_err *err);

/* fstat(2), for which those of 0 to 2 that sbx_fds_guard() has found open are not asked again. */
int sbx_fds_stat(int fd, struct stat *st);

/*
 * Refuse what would carry the target out of its root: a directory on 0 to 2 or on a kept descriptor, or a kept one that
 * isn't open. `guarded` is what sbx_fds_guard returned. Returns 0, or -1 with err filled.
 */
int sbx_fds_check(int guarded, const struct sbx_vec *keep, struct sbx_err *err);

/*
 * UNTRUSTED: argv. The pipes above 2 that it names as /dev/fd/N or /proc/self/fd/N are put into `pipes` (int): a
 * shell's <(...) and >(...). Called before there is any descriptor of ours.
 */
void sbx_fds_named_pipes(char *const *argv, struct sbx_vec *pipes);

/* `fd` moved to 10 or above, close-on-exec; the old number is closed. -1 with errno set. */
int sbx_fds_high(int fd);

/* Close every descriptor but `fd`. -1 with errno set. */
int sbx_fds_close_but(int fd);

/* Before exec: everything above 2 closes on exec, but for `keep` (int) and the `count` descriptors in `pass`. */
int sbx_fds_seal(const struct sbx_vec *keep, const int *pass, size_t count, struct sbx_err *err);

#endif
