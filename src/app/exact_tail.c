/* SPDX-License-Identifier: Apache-2.0 */
#include "app/exact_tail.h"

#include <assert.h>

enum { LOG2_BITS_FIRST = 128 };

void exact_ways(mpz_t ways, const struct urn *u, uint32_t k, uint32_t x)
{
    mpz_t of_good;
    mpz_init(of_good);
    if (u->kind == URN_KEPT) {
        mpz_bin_uiui(ways, u->bad, x);
        mpz_bin_uiui(of_good, u->good, k - x);
    } else {
        mpz_bin_uiui(ways, k, x);
        mpz_ui_pow_ui(of_good, u->bad, x);
        mpz_mul(ways, ways, of_good);
        mpz_ui_pow_ui(of_good, u->good, k - x);
    }
    mpz_mul(ways, ways, of_good);
    mpz_clear(of_good);
}

/* From the number of ways with @x bad ones to that with one more; the division leaves no rest. */
static void step_ways(mpz_t ways, const struct urn *u, uint32_t k, uint32_t x)
{
    const bool is_kept = u->kind == URN_KEPT;
    mpz_mul_ui(ways, ways, k - x);
    mpz_mul_ui(ways, ways, is_kept ? u->bad - x : u->bad);
    mpz_divexact_ui(ways, ways, x + 1);
    mpz_divexact_ui(ways, ways, is_kept ? (uint64_t)u->good + x + 1 - k : u->good);
}

void exact_tail(mpq_t out, const struct urn *u, uint32_t k, uint32_t threshold)
{
    const bool is_kept = u->kind == URN_KEPT;
    const uint32_t first = is_kept && k > u->good ? k - u->good : 0;
    uint32_t x = threshold > first ? threshold : first;
    mpz_t ways;
    mpz_init(ways);
    mpq_set_ui(out, 0, 1);
    if (!is_kept && u->good == 0)
        x = k; /* no ratio leads there */
    exact_ways(ways, u, k, x);
    while (mpz_sgn(ways) > 0) {
        mpz_add(mpq_numref(out), mpq_numref(out), ways);
        if (x == k)
            break;
        step_ways(ways, u, k, x);
        x++;
    }
    if (is_kept)
        mpz_bin_uiui(mpq_denref(out), u->bad + u->good, k);
    else
        mpz_ui_pow_ui(mpq_denref(out), u->bad + u->good, k);
    mpq_canonicalize(out);
    mpz_clear(ways);
}

/* floor(1000 * log2(number / 2^shift)) */
static int64_t log2_milli_of(const mpz_t number, mp_bitcnt_t shift)
{
    mpz_t power;
    mpz_init(power);
    mpz_pow_ui(power, number, 1000);
    const int64_t bits = (int64_t)mpz_sizeinbase(power, 2);
    mpz_clear(power);
    return bits - 1 - 1000 * (int64_t)shift;
}

int64_t exact_log2_milli(const mpq_t p)
{
    assert(mpq_sgn(p) > 0);
    /* Enough bits for a quotient of LOG2_BITS_FIRST; doubled while the number above it has another
     * logarithm. That ends: only powers of two have a whole one, and they leave no rest. */
    const size_t below = mpz_sizeinbase(mpq_denref(p), 2), above = mpz_sizeinbase(mpq_numref(p), 2);
    mp_bitcnt_t shift = (below > above ? below - above : 0) + LOG2_BITS_FIRST;
    mpz_t quotient, rest;
    mpz_init(quotient);
    mpz_init(rest);
    int64_t low, high;
    do {
        mpz_mul_2exp(rest, mpq_numref(p), shift);
        mpz_fdiv_qr(quotient, rest, rest, mpq_denref(p));
        low = high = log2_milli_of(quotient, shift);
        if (mpz_sgn(rest) > 0) {
            mpz_add_ui(quotient, quotient, 1);
            high = log2_milli_of(quotient, shift);
        }
        shift *= 2;
    } while (low != high);
    mpz_clear(quotient);
    mpz_clear(rest);
    return low;
}
