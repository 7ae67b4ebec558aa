/* SPDX-License-Identifier: Apache-2.0 */
/* node/genesis_yaml.h - the file that a community begins with (protocol section 15).
 *
 * One YAML file: groups and keys of the table in core/params.h, lists with the field names of
 * schema/peerwatt.proto. A missing key takes its default; an unknown or repeated one is refused,
 * with line and column. What comes out has passed params_check and stands as canonical bytes,
 * from which the genesis was read back: so a file and its bytes say the same. The signatures of
 * vouchers are not checked here.
 *
 * Heap: the result owns its bytes and the memory of its lists until genesis_file_free. */
#ifndef PEERWATT_NODE_GENESIS_YAML_H
#define PEERWATT_NODE_GENESIS_YAML_H

#include "base/must_use.h"
#include "core/params.h"
#include "node/yaml_tree.h"
#include "wire/genesis.h"

struct genesis_file {
    struct genesis genesis;  /* borrows from canonical and memory */
    struct span canonical;   /* the bytes whose hash names the chain */
    uint8_t *bytes, *memory; /* to be freed */
};

/* On an error nothing is left to be freed: YAML_..., GENESIS_..., PARAM_RANGE, PARAM_RELATION. */
MUST_USE enum err genesis_yaml_read(struct genesis_file *out, struct span yaml,
                                    struct yaml_fault *fault);
void genesis_file_free(struct genesis_file *file);

#endif
