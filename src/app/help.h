/* SPDX-License-Identifier: Apache-2.0 */
/* app/help.h - help texts, made from the table of verbs. */
#ifndef PEERWATT_APP_HELP_H
#define PEERWATT_APP_HELP_H

#include "app/call.h"

#include <stdio.h>

/* One line: how @verb is written. */
void help_print_usage(FILE *out, const struct verb *verb);

/* Three examples, then options; the whole list of commands if @verb is NULL. */
void help_print(FILE *out, const struct verb *verb);

/* The commands whose path begins with what was typed. */
void help_print_group(FILE *out, const char *typed);

#endif
