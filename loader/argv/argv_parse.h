/* SPDX-License-Identifier: MIT */
/*
 * argv_parse.h -- the command's arguments as its profile's grammar reads them: options, their values, operands.
 */
#ifndef SBX_LOADER_ARGV_ARGV_PARSE_H
#define SBX_LOADER_ARGV_ARGV_PARSE_H

#include <stdbool.h>
#include <stddef.h>

#include "loader/base/vec.h"
#include "shim/blob.h"

struct sbx_argv_word {
	const char *text;
	const char *behind; /* the option that stands before it, or NULL */
	bool value;         /* it is that option's */
	bool output;        /* set by whoever has granted it as one */
	bool into;          /* and it is the directory of an "into" form */
	bool self;          /* and it is the entry itself: what it leads to isn't */
	size_t operand;     /* which one, from 1; 0: none */
};
struct sbx_argv {
	const struct sbx_policy_blob *policy;
	struct sbx_vec list; /* struct sbx_argv_word */
	size_t operands;
};

/* UNTRUSTED: argv, NULL-terminated, with the command's name first. */
void sbx_argv_parse(struct sbx_argv *words, const struct sbx_policy_blob *policy, char *const *argv);

/*
 * Is the argument behind `word` its value, by the policy's grammar? Not that of one which holds its value itself.
 * UNTRUSTED: word, an option, or the letters that some commands take as their first argument.
 */
bool sbx_argv_takes_value(const struct sbx_policy_blob *policy, const char *word);

/*
 * Where among the arguments a command of its own begins by the policy's grammar: what stands before its name is read as
 * far as there, as commands do that start others. 0: none. UNTRUSTED: argv.
 */
size_t sbx_argv_command(const struct sbx_policy_blob *policy, char *const *argv);

/* What `word` gives at the place that `arg` means, or NULL: the word, or the rest of it. */
const char *sbx_argv_at(const struct sbx_argv *words, const struct sbx_arg *arg, const struct sbx_argv_word *word);

/*
 * The value that `word` gives to one of `options`, "-S,--suffix": the word behind one of them, or the rest of one; NULL
 * when it gives none.
 */
const char *sbx_argv_value_of(const char *options, const struct sbx_argv_word *word);

/* Is there no operand of the number that `arg`, SBX_WHERE_CWD, says? An option of its list counts as one. */
bool sbx_argv_lacks(const struct sbx_argv *words, const struct sbx_arg *arg);

/* scheme://... is no path. */
bool sbx_argv_is_url(const char *text);

#endif
