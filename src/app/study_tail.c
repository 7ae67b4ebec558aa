/* SPDX-License-Identifier: Apache-2.0 */
#include "app/answer.h"
#include "app/exact_stratified.h"
#include "app/exact_tail.h"
#include "app/input_node.h"
#include "app/verb_rows.h"
#include "base/arena.h"
#include "sampling/stratified.h"
#include "sampling/tail.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { K_MAX_DEFAULT = 1001, STRATIFIED_BYTES_MAX = 1 << 30 };

struct feeder_list {
    uint32_t count;
    uint32_t at[LOTS_FEEDERS_MAX];
};

struct question { /* RULE sample.3, as docs/study-json.md writes it */
    uint64_t f_ppm, k, target, k_max;
    uint64_t members, bad; /* members 0: infinitely many, and no bad ones counted */
    enum tail_rule rule;
    bool is_exact, has_target, has_placement;
    struct feeder_list size, placement;
};

static bool has(const struct input_node *input, const char *field)
{
    return json_object_get(input->value, field) != NULL;
}

static bool field_holds(bool holds, const struct call *call, const struct input_node *input,
                        const char *field, const char *why)
{
    if (!holds)
        input_node_refuse(call, input, field, why);
    return holds;
}

static uint64_t sum_of(const struct feeder_list *list)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < list->count; i++)
        sum += list->at[i];
    return sum;
}

static bool read_rule(struct question *q, const struct call *call, const struct input_node *input)
{
    const json_t *exact = json_object_get(input->value, "exact"),
                 *rule = json_object_get(input->value, "rule");
    const char *name = rule ? json_string_value(rule) : "majority";
    const bool is_third = name && strcmp(name, "third") == 0;
    q->rule = is_third ? TAIL_THIRD : TAIL_MAJORITY;
    q->is_exact = json_is_true(exact);
    return field_holds(is_third || (name && strcmp(name, "majority") == 0), call, input, "rule",
                       "\"majority\" or \"third\" is needed") &&
           field_holds(!exact || json_is_boolean(exact), call, input, "exact",
                       "true or false is needed") &&
           field_holds(!q->is_exact || q->k <= EXACT_TAIL_K_MAX, call, input, "exact",
                       "fractions are given for k up to 10,000");
}

static bool read_list(struct feeder_list *out, const struct call *call,
                      const struct input_node *input, const char *field)
{
    const json_t *list = json_object_get(input->value, field);
    out->count = 0;
    if (!list)
        return true;
    bool is_readable = json_is_array(list) && json_array_size(list) <= LOTS_FEEDERS_MAX;
    for (size_t i = 0; is_readable && i < json_array_size(list); i++) {
        const json_t *item = json_array_get(list, i);
        const json_int_t number = json_is_integer(item) ? json_integer_value(item) : -1;
        is_readable = number >= 0 && number <= TAIL_MEMBERS_MAX;
        out->at[out->count++] = is_readable ? (uint32_t)number : 0;
    }
    return field_holds(is_readable, call, input, field,
                       "a list of up to 256 whole numbers up to 16,777,216 is needed");
}

static bool read_feeders(struct question *q, const struct call *call,
                         const struct input_node *input)
{
    q->has_placement = has(input, "placement");
    if (!read_list(&q->size, call, input, "feeders") ||
        !read_list(&q->placement, call, input, "placement"))
        return false;
    bool fits = !q->has_placement || q->placement.count == q->size.count;
    for (uint32_t f = 0; fits && q->has_placement && f < q->size.count; f++)
        fits = q->placement.at[f] <= q->size.at[f];
    return field_holds(fits, call, input, "placement",
                       "a number for each feeder is needed, at most its members") &&
           field_holds(!has(input, "feeders") || sum_of(&q->size) > 0, call, input, "feeders",
                       "at least one member is needed");
}

static bool read_members(struct question *q, const struct call *call,
                         const struct input_node *input)
{
    const uint64_t in_feeders = sum_of(&q->size);
    if (!input_node_number(&q->members, call, input, "n", TAIL_MEMBERS_MAX, &in_feeders))
        return false;
    if (!field_holds(!has(input, "n") || q->members > 0, call, input, "n",
                     "at least 1 is needed") ||
        !field_holds(q->size.count == 0 || q->members == in_feeders, call, input, "n",
                     "it is not the sum of the feeders") ||
        !field_holds(q->members <= TAIL_MEMBERS_MAX, call, input, "feeders",
                     "up to 16,777,216 members in all are read"))
        return false;
    const uint64_t by_share = q->f_ppm * q->members / TAIL_PPM;
    if (!input_node_number(&q->bad, call, input, "bad", TAIL_MEMBERS_MAX, &by_share))
        return false;
    return field_holds(q->members == 0 || q->bad <= q->members, call, input, "bad",
                       "there are fewer members") &&
           field_holds(!has(input, "bad") || !q->has_placement || sum_of(&q->placement) == q->bad,
                       call, input, "placement", "it does not add up to \"bad\"");
}

static bool read_target(struct question *q, const struct call *call, const struct input_node *input)
{
    const uint64_t none = 0, k_max = q->members > 0 ? q->members : K_MAX_DEFAULT;
    q->has_target = has(input, "target");
    return input_node_number(&q->target, call, input, "target", TAIL_TARGET_BITS_MAX, &none) &&
           input_node_number(&q->k_max, call, input, "k_max", TAIL_MEMBERS_MAX, &k_max) &&
           field_holds(q->k_max > 0, call, input, "k_max", "at least 1 is needed");
}

static bool read_question(struct question *q, const struct call *call,
                          const struct input_node *input)
{
    return input_node_number(&q->f_ppm, call, input, "f_ppm", TAIL_PPM, NULL) &&
           input_node_number(&q->k, call, input, "k", TAIL_MEMBERS_MAX, NULL) &&
           field_holds(q->k > 0, call, input, "k", "at least 1 is needed") &&
           read_rule(q, call, input) && read_feeders(q, call, input) &&
           read_members(q, call, input) && read_target(q, call, input);
}

static json_t *rounded_answer(struct rounded p)
{
    json_t *answer = json_object();
    json_object_set_new(answer, "log2_milli",
                        p.mantissa == 0 ? json_null() : json_integer(rounded_log2_milli(p)));
    return answer;
}

static json_t *whole_number(const mpz_t number)
{
    char *text = mpz_get_str(NULL, 10, number);
    json_t *value = json_string(text);
    free(text); /* GMP's memory is the C library's unless it is told otherwise */
    return value;
}

static json_t *exact_answer(const mpq_t p)
{
    json_t *answer = json_object(), *fraction = json_array();
    json_object_set_new(answer, "log2_milli",
                        mpq_sgn(p) == 0 ? json_null() : json_integer(exact_log2_milli(p)));
    json_array_append_new(fraction, whole_number(mpq_numref(p)));
    json_array_append_new(fraction, whole_number(mpq_denref(p)));
    json_object_set_new(answer, "p", fraction);
    return answer;
}

/* RULE sample.3: a cluster has no more than all members. */
static uint32_t seats_of(const struct question *q)
{
    return (uint32_t)(q->members > 0 && q->members < q->k ? q->members : q->k);
}

static json_t *urn_answer(const struct question *q, const struct urn *u)
{
    const uint32_t k = u->kind == URN_KEPT ? seats_of(q) : (uint32_t)q->k;
    const uint32_t threshold = tail_threshold(q->rule, k);
    if (!q->is_exact)
        return rounded_answer(tail_probability(u, k, threshold));
    mpq_t p;
    mpq_init(p);
    exact_tail(p, u, k, threshold);
    json_t *answer = exact_answer(p);
    mpq_clear(p);
    return answer;
}

static struct urn urn_of(const struct question *q)
{
    return (struct urn){URN_KEPT, (uint32_t)q->bad, (uint32_t)(q->members - q->bad)};
}

static json_t *random_answer(const struct question *q)
{
    if (q->members == 0)
        return json_null();
    const struct urn u = urn_of(q);
    json_t *answer = urn_answer(q, &u);
    json_object_set_new(answer, "bad", json_integer((json_int_t)q->bad));
    return answer;
}

static json_t *exact_stratified_answer(const struct question *q, struct placements *p,
                                       struct stratified *s)
{
    struct exact_lots lots;
    mpq_t tail;
    mpq_init(tail);
    exact_lots_new(&lots, s->lots);
    if (q->has_placement)
        exact_stratified_tail(tail, &lots, p->at, s->threshold);
    else
        exact_stratified_worst(tail, p, &lots, s, (uint32_t)q->bad);
    json_t *answer = exact_answer(tail);
    exact_lots_free(&lots);
    mpq_clear(tail);
    return answer;
}

static json_t *tail_of_lots(const struct question *q, struct placements *p, const struct lots *l)
{
    const uint32_t threshold = tail_threshold(q->rule, l->seats);
    const size_t size = stratified_size(l, threshold);
    struct stratified s;
    struct arena arena;
    void *memory = malloc(size);
    assert(memory);
    arena_init(&arena, memory, size);
    stratified_init(&s, &arena, l, threshold);
    json_t *answer = NULL;
    if (q->is_exact)
        answer = exact_stratified_answer(q, p, &s);
    else if (q->has_placement)
        answer = rounded_answer(stratified_tail(&s, p->at, 0));
    else
        answer = rounded_answer(stratified_worst(p, &s, (uint32_t)q->bad));
    free(memory);
    return answer;
}

/* NULL if the reason against it has been said. */
static json_t *stratified_answer(const struct question *q, const struct call *call,
                                 const struct input_node *input)
{
    if (q->size.count == 0)
        return json_null();
    struct lots l;
    struct placements p = {0};
    if (!field_holds(lots_init(&l, q->size.at, q->size.count, seats_of(q)), call, input, "feeders",
                     "too many of different sizes; about ten can be computed") ||
        !field_holds(stratified_size(&l, tail_threshold(q->rule, l.seats)) <= STRATIFIED_BYTES_MAX,
                     call, input, "feeders", "too many of different sizes for so large a k") ||
        !field_holds(
            q->has_placement || placements_are_few(&l, (uint32_t)q->bad, STRATIFIED_PLACEMENTS_MAX),
            call, input, "feeders", "more than 200,000 placements; name one as \"placement\""))
        return NULL;
    memcpy(p.at, q->placement.at, sizeof p.at);
    json_t *answer = tail_of_lots(q, &p, &l), *placement = json_array();
    for (uint32_t f = 0; f < q->size.count; f++)
        json_array_append_new(placement, json_integer((json_int_t)p.at[f]));
    json_object_set_new(answer, "placement", placement);
    return answer;
}

static json_t *smallest_of(const struct question *q, const struct urn *u)
{
    const uint32_t k = tail_smallest_k(u, q->rule, (uint32_t)q->target, (uint32_t)q->k_max);
    return k > 0 ? json_integer((json_int_t)k) : json_null();
}

static json_t *smallest_k_answer(const struct question *q, const struct urn *bound)
{
    if (!q->has_target)
        return json_null();
    json_t *answer = json_object();
    json_object_set_new(answer, "binomial", smallest_of(q, bound));
    if (q->members > 0) {
        const struct urn u = urn_of(q);
        json_object_set_new(answer, "random", smallest_of(q, &u));
    } else {
        json_object_set_new(answer, "random", json_null());
    }
    return answer;
}

static enum exit_code run(const struct call *call, const struct input_node *input)
{
    struct question q = {0};
    if (!read_question(&q, call, input))
        return EXIT_USAGE;
    json_t *stratified = stratified_answer(&q, call, input);
    if (!stratified)
        return EXIT_USAGE;
    const struct urn bound = urn_of_share((uint32_t)q.f_ppm);
    json_t *answer = answer_new();
    json_object_set_new(answer, "binomial", urn_answer(&q, &bound));
    json_object_set_new(answer, "random", random_answer(&q));
    json_object_set_new(answer, "stratified", stratified);
    json_object_set_new(answer, "smallest_k", smallest_k_answer(&q, &bound));
    return answer_give(call, answer);
}

enum exit_code verb_study_tail(const struct call *call)
{
    return input_node_serve(call, run);
}
