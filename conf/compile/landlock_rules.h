/* SPDX-License-Identifier: MIT */
/*
 * landlock_rules.h -- the rulesets of floor and latch, and what late grants add to them.
 */
#ifndef SBX_CONF_COMPILE_LANDLOCK_RULES_H
#define SBX_CONF_COMPILE_LANDLOCK_RULES_H

#include "conf/compile/build.h"

/* Handled rights and rules into build->floor and build->latch. */
void sbx_landlock_rules_build(struct sbx_build *build);

/* What of the latch's ruleset a program stacks that the command starts: it keeps the files. Into build->latch. */
void sbx_landlock_rules_child(struct sbx_build *build);

/* What a late grant adds to both rulesets, into build->masks. */
void sbx_landlock_rules_masks(struct sbx_build *build);

/* Where the latch's rules and masks say what the floor's say, once is enough. After the filters, which go by them. */
void sbx_landlock_rules_drop_latch(struct sbx_build *build);

#endif
