/* SPDX-License-Identifier: MIT */
/*
 * landlock_rights.h -- Landlock's rights by ABI, and what the policy's words mean in them.
 */
#ifndef SBX_CONF_COMPILE_LANDLOCK_RIGHTS_H
#define SBX_CONF_COMPILE_LANDLOCK_RIGHTS_H

#include <stdint.h>

#include "shim/landlock_rights.h"

/* What reading and writing a tree mean. Nobody needs to make device nodes. REFER is given on / alone. */
#define SBX_RIGHTS_READ ((uint64_t)(SBX_FS_READ_FILE | SBX_FS_READ_DIR))
#define SBX_RIGHTS_EXEC ((uint64_t)SBX_FS_EXECUTE)
#define SBX_RIGHTS_WRITE                                                                                             \
	((uint64_t)(SBX_FS_WRITE_FILE | SBX_FS_REMOVE_DIR | SBX_FS_REMOVE_FILE | SBX_FS_MAKE_DIR | SBX_FS_MAKE_REG | \
		    SBX_FS_MAKE_SOCK | SBX_FS_MAKE_FIFO | SBX_FS_MAKE_SYM | SBX_FS_TRUNCATE))

/* All rights that the ABI knows. */
uint64_t sbx_rights_fs(unsigned int abi);
uint64_t sbx_rights_net(unsigned int abi);
uint64_t sbx_rights_scoped(unsigned int abi);

/* Those of `access` that a rule on something other than a directory may carry. */
uint64_t sbx_rights_file(uint64_t access);

#endif
