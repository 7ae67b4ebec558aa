/* SPDX-License-Identifier: Apache-2.0 */
#include "core/settlement.h"

#include "base/wide.h"
#include "core/score.h"

#include <assert.h>

static const char *const names[VERDICT_COUNT] = {"VOID", "pass", "C1", "C2", "C3", "C4"};

const char *settlement_verdict_name(enum settlement_verdict verdict)
{
    assert(verdict < VERDICT_COUNT);
    return names[verdict];
}

struct energy settlement_need(const struct settlement_terms *terms)
{
    const int64_t energy = terms->energy.wh;
    const u128 share = (u128)energy * terms->min_delivery_ppm;
    const int64_t least = (int64_t)((share + SETTLEMENT_PPM - 1) / SETTLEMENT_PPM);
    const int64_t may_miss =
        energy - least > terms->tolerance.wh ? energy - least : terms->tolerance.wh;
    return (struct energy){energy - may_miss > 1 ? energy - may_miss : 1};
}

static bool is_refused(const struct settlement_party *buyer, uint64_t number)
{
    for (uint32_t i = 0; i < buyer->refused_count; i++) {
        if (buyer->refused[i] == number)
            return true;
    }
    return false;
}

/* RULE trade.13: so many silent meters are a failure of the network, not of their owners. Each
 * party counts once, however many contracts it has. */
static bool mass_applies(const struct settlement_terms *terms, uint32_t count,
                         struct settlement_party *parties)
{
    uint64_t party_count = 0, silent = 0;
    for (uint32_t i = 0; i < count; i++) {
        parties[terms[i].seller].is_party = false;
        parties[terms[i].buyer].is_party = false;
    }
    for (uint32_t i = 0; i < 2 * count; i++) {
        struct settlement_party *party = &parties[i % 2 ? terms[i / 2].buyer : terms[i / 2].seller];
        if (party->is_party)
            continue;
        party->is_party = true;
        party_count++;
        silent += !party->has_stated;
    }
    return 2 * silent > party_count;
}

static bool both_stated(const struct settlement_terms *terms,
                        const struct settlement_party *parties)
{
    return parties[terms->seller].has_stated && parties[terms->buyer].has_stated;
}

static struct energy take_from(struct energy *left, struct energy wanted)
{
    const struct energy taken = energy_min(*left, wanted);
    left->wh -= taken.wh; /* both are >= 0 */
    return taken;
}

/* First the sellers' totals, in contract order; then who fails C1 or C2 is known. */
static void allot_sellers(struct settlement_result *results, const struct settlement_terms *terms,
                          uint32_t count, struct settlement_party *parties, bool mass)
{
    for (uint32_t i = 0; i < count; i++) {
        struct settlement_party *seller = &parties[terms[i].seller];
        results[i] = (struct settlement_result){.need = settlement_need(&terms[i])};
        const bool takes_part = seller->has_stated && !(mass && !both_stated(&terms[i], parties));
        if (takes_part)
            results[i].s = take_from(&seller->delivered_left, terms[i].energy);
    }
}

/* VERDICT_PASS: neither C1 nor C2, and at least one party has stated. */
static enum settlement_verdict first_verdict(const struct settlement_result *result,
                                             const struct settlement_terms *terms,
                                             const struct settlement_party *parties, bool mass)
{
    const struct settlement_party *seller = &parties[terms->seller];
    const struct settlement_party *buyer = &parties[terms->buyer];
    if (mass && !both_stated(terms, parties))
        return VERDICT_VOID;
    if (!seller->has_stated && !buyer->has_stated)
        return VERDICT_VOID;
    if (!seller->has_stated || result->s.wh < result->need.wh)
        return VERDICT_C1;
    const bool is_unpaid = !buyer->has_stated || is_refused(buyer, terms->number);
    return is_unpaid && terms->take != TAKE_PAY ? VERDICT_C2 : VERDICT_PASS;
}

/* RULE trade.3: a pay contract uses up its buyer's total like any other but is judged by the
 * whole contract. */
static void allot_buyer(struct settlement_result *result, const struct settlement_terms *terms,
                        struct settlement_party *buyer)
{
    if (result->verdict == VERDICT_PASS && buyer->has_stated)
        result->b = take_from(&buyer->taken_left, terms->energy);
    if (terms->take == TAKE_PAY)
        result->b = terms->energy;
}

static enum settlement_verdict last_verdict(const struct settlement_result *result,
                                            const struct settlement_terms *terms)
{
    if (terms->take == TAKE_FIRM && result->b.wh < result->need.wh)
        return VERDICT_C3;
    return energy_min(result->s, result->b).wh == 0 ? VERDICT_VOID : VERDICT_PASS;
}

static void conclude(struct settlement_result *result, const struct settlement_terms *terms)
{
    if (result->verdict == VERDICT_PASS || result->verdict == VERDICT_C3) {
        result->settled = energy_min(result->s, result->b);
        const bool fits = price_payment(&result->payment, terms->price, result->settled);
        assert(fits); /* the whole contract's payment does */
    }
    switch (result->verdict) {
    case VERDICT_PASS:
        result->x = score_x_success(result->settled.wh, result->b.wh);
        break;
    case VERDICT_C1:
        result->alpha = 1;
        result->x = score_x_failure(terms->energy.wh - result->s.wh, terms->energy.wh);
        break;
    case VERDICT_C2:
        result->alpha = -1;
        result->x = score_x_failure(terms->energy.wh, terms->energy.wh);
        break;
    case VERDICT_C3:
        result->alpha = -1;
        result->x = score_x_failure(terms->energy.wh - result->b.wh, terms->energy.wh);
        break;
    case VERDICT_VOID:
    case VERDICT_C4:
    case VERDICT_COUNT:
        break;
    }
}

/* RULE trade.12, in the order in which it names the conditions. */
bool settlement_judge(struct settlement_result *results, const struct settlement_terms *terms,
                      uint32_t count, struct settlement_party *parties)
{
    const bool mass = mass_applies(terms, count, parties);
    allot_sellers(results, terms, count, parties, mass);
    for (uint32_t i = 0; i < count; i++) {
        struct settlement_result *result = &results[i];
        const bool by_mass = mass && !both_stated(&terms[i], parties);
        assert(i == 0 || terms[i - 1].number < terms[i].number);
        result->verdict = first_verdict(result, &terms[i], parties, mass);
        if (!by_mass)
            allot_buyer(result, &terms[i], &parties[terms[i].buyer]);
        if (result->verdict == VERDICT_PASS)
            result->verdict = last_verdict(result, &terms[i]);
        conclude(result, &terms[i]);
    }
    return mass;
}
