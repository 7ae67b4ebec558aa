/* SPDX-License-Identifier: Apache-2.0 */
/* app/answer.h - what a command says: data on stdout, errors on stderr.
 *
 * With --json the answer is one line of JSON that begins with its version, "v":1; an error is such
 * an object too ({"v":1,"error":{code, number, sentence, detail, hint}}), on stdout, so that a
 * reader of stdout always gets one. */
#ifndef PEERWATT_APP_ANSWER_H
#define PEERWATT_APP_ANSWER_H

#include "app/call.h"
#include "base/err.h"

#include <jansson.h>

/* A new object {"v":1} to fill; the caller hands it to answer_give. */
json_t *answer_new(void);

/* Print @answer, which is taken over and freed, in the form the call asked for. */
enum exit_code answer_give(const struct call *call, json_t *answer);

/* Say that @code happened; @detail names the word, file, line or field, and may be NULL. Returns
 * the exit code that belongs to it. */
enum exit_code answer_error(const struct call *call, enum err code, const char *detail);

/* End of output: everything written must have arrived. */
enum exit_code answer_end(const struct call *call, enum exit_code code);

#endif
