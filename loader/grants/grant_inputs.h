/* SPDX-License-Identifier: MIT */
/*
 * grant_inputs.h -- inputs that arguments name, and what is seen of a directory that a stage has replaced.
 */
#ifndef SBX_LOADER_GRANTS_GRANT_INPUTS_H
#define SBX_LOADER_GRANTS_GRANT_INPUTS_H

#include "loader/output/output_grants.h"

/* UNTRUSTED: `word`. What exists is granted for reading; what is protected gets a note. */
int sbx_input_grant_word(const struct sbx_outputs *outputs, const char *word);

/* Inputs that are known by a pattern: those of `dir` that are there. */
int sbx_input_grant_fitting(const struct sbx_outputs *outputs, const char *dir, const struct sbx_pattern *pattern);

/* What an option or the policy grants of a directory is seen in the stage that has taken its place. */
void sbx_input_show_granted(const struct sbx_outputs *outputs);

#endif
