/* SPDX-License-Identifier: MIT */
/*
 * arguments.h -- the profile's grammar of arguments as the blob holds it: conf reads it out of args.*, the loader reads
 * argv by it. sbx.conf(5), ARGUMENTS.
 */
#ifndef SBX_SHIM_ARGUMENTS_H
#define SBX_SHIM_ARGUMENTS_H

#include <stdint.h>

/* Which options take a value, which arguments name inputs and outputs. */
enum sbx_arg_role {
	SBX_ARG_VALUE, /* an option (glob `text`) takes the next argument as its value; with `n` 1 all up to -- */
	SBX_ARG_FLAG,  /* an option (glob `text`) takes none, though another entry says so */
	SBX_ARG_INPUT,
	SBX_ARG_OUTPUT,
	SBX_ARG__COUNT
};
enum sbx_arg_where {
	SBX_WHERE_EXISTING, /* every operand, and every value of an option */
	SBX_WHERE_NTH,      /* the n-th operand, from 1 */
	SBX_WHERE_FROM,     /* the n-th and those behind it */
	SBX_WHERE_LAST,     /* the last operand; an output when there are at least two */
	SBX_WHERE_AFTER,    /* the value of the option (glob) `text` */
	SBX_WHERE_WITHIN,   /* the rest of an argument that begins with `text` */
	SBX_WHERE_NAME,     /* no word's: the name `text`, in the current directory */
	SBX_WHERE_CWD,      /* the current directory, when nothing else is an output; as an input, when there is no
			       n-th operand */
	SBX_WHERE_ELSE,     /* the same, when nothing else is an output */
	SBX_WHERE_ABSENT,   /* what isn't there and looks like a file that the command is to make: designation.h */
	SBX_WHERE_ASSIGNED, /* the value after = in an option or an operand, when it exists */
	SBX_WHERE_INTO,     /* of each operand, its name in the directory that the last, or the value of `text`, is */
	SBX_WHERE_COMMAND,  /* the n-th operand begins a command, whose own grammar reads the words from there on */
	SBX_WHERE__COUNT
};
/* The name that is meant, from the word that stands there. PATTERN ones match any number of files beside it. */
enum sbx_arg_derive {
	SBX_DERIVE_NONE,
	SBX_DERIVE_REPLACE,       /* its extension replaced by `suffix`; of the n-th operand only without an n+1st */
	SBX_DERIVE_REPLACE_KNOWN, /* `suffix` is OLD>NEW: its extension OLD, in small letters or capitals, replaced by
				     NEW; NEW appended to a name without; as REPLACE otherwise */
	SBX_DERIVE_APPEND,        /* `suffix` appended */
	SBX_DERIVE_APPEND_VALUE,  /* the value of an option appended; `suffix` holds the options: "-S,--suffix" */
	SBX_DERIVE_REMOVE,        /* `suffix`, which it ends in, removed */
	SBX_DERIVE_REMOVE_ANY,    /* its extension removed */
	SBX_DERIVE_REPLACE_ANY, /* a PATTERN: its extension replaced by one of `suffix` ("ppm,png"), by any one without
				 */
	SBX_DERIVE_APPEND_ANY,  /* a PATTERN: one of `suffix` appended, any one without */
	SBX_DERIVE_NUMBERED, /* a PATTERN: page-01.png for page.png, out001.png for out%03d.png; one of `suffix`, too */
	SBX_DERIVE_URL,      /* the last part of a URL, in the current directory */
	SBX_DERIVE_URL_COUNTED, /* a PATTERN too: that, and with .1, .2 and so on behind it where it exists */
	SBX_DERIVE_PREFIXED,    /* behind a prefix of letters and digits and a colon: png:FILE */
	SBX_DERIVE_INDEXED,     /* before a final [...]: FILE[0] */
	SBX_DERIVE_SEQUENCE,    /* a PATTERN: 01.png, 02.png for %02d.png or %02d.png[1-2]; a.7z.002 for a.7z.001 */
	SBX_DERIVE_LETTERED,    /* a PATTERN: with small letters and digits behind it: xaa, xab for x */
	SBX_DERIVE__COUNT
};
struct sbx_arg {
	uint32_t role;   /* enum sbx_arg_role; of VALUE and FLAG only `text` counts */
	uint32_t where;  /* enum sbx_arg_where */
	uint32_t derive; /* enum sbx_arg_derive */
	uint32_t n;
	uint32_t text;   /* string offset */
	uint32_t suffix; /* string offset */
	uint32_t flags;  /* SBX_ARG_* */
	uint32_t pad;
};
#define SBX_ARG_TREE 1u      /* an output that may be a directory, when it isn't there yet */
#define SBX_ARG_CHAIN 2u     /* and the command makes the directories above it */
#define SBX_ARG_LINK 4u      /* it may be a symlink, when it isn't there yet */
#define SBX_ARG_SELF 8u      /* the entry itself is replaced or removed: a symlink, with TREE a directory */
#define SBX_ARG_OLD 16u      /* only what is there */
#define SBX_ARG_CONTENTS 32u /* of a directory with a slash at its end what is in it, not itself */
#define SBX_ARG_FLAGS 63u

#endif
