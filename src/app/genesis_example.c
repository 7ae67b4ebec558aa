/* SPDX-License-Identifier: Apache-2.0 */
/* genesis example: a whole genesis file to start from. */
#include "app/answer.h"
#include "app/genesis_param.h"
#include "app/verb_rows.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char head[] =
    "# A genesis file with everything that can stand in one, as `peerwatt genesis example` prints "
    "it.\n"
    "# What has no default is filled in; the other lines are the defaults, as remarks. Times are\n"
    "# milliseconds, money is millionths of the currency, each key ends with its unit.\n"
    "#\n"
    "# THE KEYS BELOW ARE TEST KEYS: their secret halves are published (RFC 8032, section 7.1).\n"
    "# Whoever uses them gives the community away. `peerwatt genesis check` warns of them.\n";

/* What a file must say, by the number of the parameter. */
static const char *required_value(const struct param *param)
{
    switch ((uint32_t)param->number) {
    case PARAM_NAME:
        return "Example Street";
    case PARAM_CHAIN_ID:
        return "peerwatt-example-1";
    case PARAM_CURRENCY:
        return "EUR";
    case PARAM_T0:
        return "1767225600000";
    case PARAM_AUTHORITY_KEYS:
        return "[" GENESIS_TEST_AUTHORITY "] # TEST KEY";
    case PARAM_THRESHOLD:
        return "1";
    case PARAM_TREASURY:
        return GENESIS_TEST_TREASURY " # TEST KEY";
    default:
        return "";
    }
}

static void print_remark(FILE *out, const struct param *param)
{
    char range[GENESIS_RANGE_CHARS];
    if (param->kind == PARAM_IS_KEY)
        return;
    fprintf(out, "%s# %s%s%s%s\n", *param->key ? "  " : "",
            genesis_param_range(range, param, false), *param->note ? "; " : "", param->note,
            param->change == PARAM_FIXED ? "; never changes" : "");
}

static const char fees[] = "  # fees:\n"
                           "  #   - {seller_feeder: 1, buyer_feeder: 2, micro_per_kwh: 20000}\n";
static const char feeders[] = "# feeders:\n#   - name: " PARAMS_FEEDER_DEFAULT "\n";
static const char founders[] = "# founders:\n"
                               "#   - voucher:\n"
                               "#       sign_key: 64 digits\n"
                               "#       vrf_key: 64 digits\n"
                               "#       seal_key: 64 digits\n"
                               "#       feeder: 1\n"
                               "#       household: 64 digits\n"
                               "#       nullifier: 64 digits\n"
                               "#       max_export_wh: 5000\n"
                               "#       max_import_wh: 5000\n"
                               "#       payout: 64 digits\n"
                               "#       identity_commitment: 64 digits\n"
                               "#       expires_ms: 1798761600000\n"
                               "#     parts:\n"
                               "#       - key: 0\n"
                               "#         signature: 128 digits\n"
                               "#     certificate: 64 digits\n"
                               "#     volunteer: true\n";

static const char *list_text(const struct param *param)
{
    if (param->number == PARAM_FEES)
        return fees;
    return param->number == PARAM_FEEDERS ? feeders : founders;
}

static void print_default(FILE *out, const struct genesis *g, const struct param *param)
{
    if (param->kind == PARAM_IS_LIST)
        fprintf(out, "%s", list_text(param));
    else if (param->kind == PARAM_IS_CHOICE)
        fprintf(out, "  # %s: %s\n", param->key, param->words[params_default(g, param)]);
    else
        fprintf(out, "  # %s: %llu\n", param->key, (unsigned long long)params_default(g, param));
}

static void print_example(FILE *out)
{
    struct genesis g;
    const char *group = "";
    params_fill(&g);
    fprintf(out, "%s", head);
    for (uint32_t i = 0; params_at(i); i++) {
        const struct param *param = params_at(i);
        if (strcmp(group, param->group) != 0)
            fprintf(out, "\n");
        if (strcmp(group, param->group) != 0 && *param->key)
            fprintf(out, "%s:\n", param->group);
        group = param->group;
        print_remark(out, param);
        if (param->origin == PARAM_REQUIRED)
            fprintf(out, "  %s: %s\n", param->key, required_value(param));
        else
            print_default(out, &g, param);
    }
}

enum exit_code verb_genesis_example(const struct call *call)
{
    if (call->format == ANSWER_TEXT) {
        print_example(stdout);
        return answer_end(call, EXIT_DONE);
    }
    char *text = NULL;
    size_t len = 0;
    FILE *out = open_memstream(&text, &len);
    assert(out);
    print_example(out);
    fclose(out);
    json_t *answer = answer_new();
    json_object_set_new(answer, "yaml", json_stringn(text, len));
    free(text);
    return answer_give(call, answer);
}
