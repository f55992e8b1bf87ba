/*
 * builtin_choice.h -- which of the built-in files one command's policy can come from.
 */
#ifndef SBX_CONF_CONFIG_BUILTIN_CHOICE_H
#define SBX_CONF_CONFIG_BUILTIN_CHOICE_H

#include "conf/config/profile_match.h"

/*
 * One bool for each of sbx_builtins(), in the pool: the defaults; what has a profile for a command of these `names`, or
 * called `profile` (NULL: by the names); what has one that the configuration's own `texts` speak of; and what those
 * inherit from. The others can't change the policy, and to parse them takes longer than all the rest.
 */
const bool *sbx_builtins_choose(struct sbx_pool *pool, const struct sbx_names *names, const char *profile,
				const struct sbx_list *texts);

#endif
