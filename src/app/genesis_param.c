/* SPDX-License-Identifier: Apache-2.0 */
#include "app/genesis_param.h"

#include "app/answer.h"
#include "app/input.h"
#include "base/ids.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DETAIL_CHARS = 512 };

bool genesis_param_file(struct genesis_file *out, const struct call *call)
{
    const char *path = call->operand[0];
    struct input_bytes bytes;
    struct yaml_fault fault;
    char detail[DETAIL_CHARS];
    if (!input_file(&bytes, call, path))
        return false;
    const enum err bad = genesis_yaml_read(out, (struct span){bytes.at, bytes.len}, &fault);
    input_free(&bytes);
    if (!bad)
        return true;
    if (fault.line > 0)
        snprintf(detail, sizeof detail, "%.120s, line %u, column %u: %s", path, fault.line,
                 fault.column, fault.what);
    else
        snprintf(detail, sizeof detail, "%.120s: %s", path, fault.what);
    answer_error(call, bad, detail);
    return false;
}

const char *genesis_param_name(char out[GENESIS_PARAM_CHARS], const struct param *param)
{
    snprintf(out, GENESIS_PARAM_CHARS, "%s%s%s", param->group, *param->key ? "." : "", param->key);
    return out;
}

bool genesis_param_is_number(const struct param *param)
{
    return param->kind == PARAM_IS_NUMBER || param->kind == PARAM_IS_CHOICE;
}

static json_t *number_json(const struct param *param, uint64_t value)
{
    if (param->kind == PARAM_IS_CHOICE)
        return json_string(param->words[value]);
    return json_integer((json_int_t)value);
}

static json_t *text_json(const struct genesis *g, const struct param *param)
{
    struct span text;
    memcpy(&text, (const uint8_t *)g + param->offset, sizeof text);
    return json_stringn((const char *)text.at, text.len);
}

static json_t *count_json(const struct genesis *g, const struct param *param)
{
    if (param->number == PARAM_FEES)
        return json_integer(g->market.fee_count);
    if (param->number == PARAM_AUTHORITY_KEYS)
        return json_integer(g->authority.key_count);
    return json_integer(param->number == PARAM_FEEDERS ? g->feeder_count : g->founder_count);
}

json_t *genesis_param_value(const struct genesis *g, const struct param *param)
{
    char hex[2 * PUBKEY_BYTES + 1];
    switch (param->kind) {
    case PARAM_IS_NUMBER:
    case PARAM_IS_CHOICE:
        return number_json(param, params_get(g, param));
    case PARAM_IS_TEXT:
        return text_json(g, param);
    case PARAM_IS_KEY:
        hex_format(hex, (struct span){g->treasury.bytes, PUBKEY_BYTES});
        return json_string(hex);
    case PARAM_IS_LIST:
        break;
    }
    return count_json(g, param);
}

json_t *genesis_param_default(const struct genesis *g, const struct param *param)
{
    if (param->origin == PARAM_REQUIRED)
        return json_null();
    if (param->kind == PARAM_IS_LIST)
        return json_integer((json_int_t)param->least);
    return number_json(param, params_default(g, param));
}

const char *genesis_param_digits(char out[32], uint64_t value, bool commas)
{
    char digits[24];
    const int len = snprintf(digits, sizeof digits, "%llu", (unsigned long long)value);
    size_t at = 0;
    for (int i = 0; i < len; i++) {
        if (commas && i > 0 && (len - i) % 3 == 0)
            out[at++] = ',';
        out[at++] = digits[i];
    }
    out[at] = '\0';
    return out;
}

static void list_words(char out[GENESIS_RANGE_CHARS], const struct param *param)
{
    out[0] = '\0';
    for (uint32_t word = 1; param->words[word]; word++) {
        const size_t len = strlen(out);
        snprintf(out + len, GENESIS_RANGE_CHARS - len, "%s%s", word > 1 ? ", " : "",
                 param->words[word]);
    }
}

const char *genesis_param_range(char out[GENESIS_RANGE_CHARS], const struct param *param,
                                bool commas)
{
    char least[32], most[32];
    const char *unit = "";
    if (param->kind == PARAM_IS_CHOICE) {
        list_words(out, param);
        return out;
    }
    if (param->kind == PARAM_IS_LIST)
        unit = " items";
    else if (param->kind != PARAM_IS_NUMBER)
        unit = " bytes";
    genesis_param_digits(least, param->least, commas);
    genesis_param_digits(most, param->most, commas);
    if (param->least == param->most)
        snprintf(out, GENESIS_RANGE_CHARS, "%s%s", most, unit);
    else
        snprintf(out, GENESIS_RANGE_CHARS, "%s to %s%s", least, most, unit);
    return out;
}
