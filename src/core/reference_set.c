/* SPDX-License-Identifier: Apache-2.0 */
#include "core/reference_set.h"

#include <assert.h>
#include <string.h>

static bool is_free(const struct hash *place)
{
    static const struct hash zero;
    return hash_equal(place, &zero);
}

/* Where @reference stands, or the free place where it belongs. */
static uint32_t place_of(const struct reference_set *set, const struct hash *reference)
{
    uint32_t start;
    memcpy(&start, reference->bytes, sizeof start); /* any order of bytes gives the same answers */
    const uint32_t mask = set->place_count - 1;
    uint32_t at = start & mask;
    while (!is_free(&set->places[at]) && !hash_equal(&set->places[at], reference))
        at = (at + 1) & mask;
    return at;
}

void reference_set_init(struct reference_set *set, struct hash *places, uint32_t place_count)
{
    assert(place_count > 0 && (place_count & (place_count - 1)) == 0);
    *set = (struct reference_set){.places = places, .place_count = place_count};
}

bool reference_set_has(const struct reference_set *set, const struct hash *reference)
{
    return is_free(reference) || !is_free(&set->places[place_of(set, reference)]);
}

void reference_set_add(struct reference_set *set, const struct hash *reference)
{
    assert(!is_free(reference) && set->used < set->place_count / 2);
    const uint32_t at = place_of(set, reference);
    assert(is_free(&set->places[at]));
    set->places[at] = *reference;
    set->used++;
}
