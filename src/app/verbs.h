/* SPDX-License-Identifier: Apache-2.0 */
/* app/verbs.h - the table of all commands. Help, man page, "did you mean" and the parser read it;
 * a new command is a new row. */
#ifndef PEERWATT_APP_VERBS_H
#define PEERWATT_APP_VERBS_H

#include "app/call.h"

#include <stdbool.h>
#include <stdint.h>

/* The row at @index in the order in which help shows them, NULL behind the last. */
const struct verb *verbs_at(uint32_t index);

/* The verb with the longest path that the words begin with; *@used is its number of words. NULL
 * if there is none. */
const struct verb *verbs_find(int *used, int count, const char *const *words);

/* The command as it was typed: the words before the first option, cut to the longest path. */
void verbs_typed(char out[VERB_PATH_CHARS_MAX], int count, const char *const *words);

/* The path that differs least from what was typed, or NULL if nothing is near. */
const char *verbs_nearest(const char *typed);

/* True if @path goes on after what was typed: "study" begins a group of commands. */
bool verbs_is_in_group(const char *path, const char *typed);

#endif
