/* SPDX-License-Identifier: Apache-2.0 */
/* RULE ledger.2: a row's history is shown without a gap, or it is seen that it is not. */
#include "ledger/delta.h"
#include "ledger/history.h"
#include "tests/cmocka_all.h"
#include "tests/exact_memory.h"

enum { LEAVES = 9, ROW = 4, VERSIONS = 5, HEAD = 40 };

/* Row 4 is written at these heights, the rows around it at every height. */
static const uint64_t heights[VERSIONS] = {3, 10, 11, 25, 37};

struct fixture {
    uint8_t value[VERSIONS];
    struct history_version versions[VERSIONS];
    struct history_delta deltas[VERSIONS];
    struct history history; /* all of it */
};

static struct fixture chain; /* made once */
static const uint32_t row_key = ROW;

static struct span key_of(const uint32_t *leaf)
{
    return (struct span){(const uint8_t *)leaf, sizeof *leaf};
}

/* One block; returns the row's place in the delta. */
static uint32_t apply(struct store *s, struct delta *d, uint64_t height, bool with_row,
                      struct span value)
{
    store_begin(s);
    delta_begin(d);
    for (uint32_t i = 0; i < LEAVES; i++)
        if (i != ROW || with_row)
            store_mark(s, i);
    const uint32_t *leaves;
    const uint32_t count = store_dirty(s, &leaves);
    for (uint32_t i = 0; i < count; i++) {
        const uint32_t leaf = leaves[i];
        const struct hash hash = store_put(s, leaf, height, key_of(&leaf), value);
        delta_add(d, &hash);
    }
    (void)store_root(s).bytes[0];
    return ROW;
}

static int chain_make(void **state)
{
    (void)state;
    struct arena memory = exact_memory(store_bytes(LEAVES) + delta_bytes(LEAVES));
    struct store store;
    struct delta delta;
    store_init(&store, &memory, LEAVES);
    delta_init(&delta, &memory, LEAVES);
    uint32_t made = 0;
    for (uint64_t height = 1; height <= HEAD; height++) {
        const bool is_written = made < VERSIONS && heights[made] == height;
        const uint8_t value = (uint8_t)(100 + made);
        const uint32_t at = apply(&store, &delta, height, is_written, (struct span){&value, 1});
        if (!is_written)
            continue;
        struct history_version *v = &chain.versions[made];
        chain.value[made] = value;
        v->meta = store_meta(&store, STORE_NOW, ROW);
        v->value = (struct span){&chain.value[made], 1};
        delta_prove(&v->in_delta, &delta, at);
        chain.deltas[made++] = (struct history_delta){height, delta_root(&delta)};
    }
    chain.history = (struct history){.key = key_of(&row_key),
                                     .versions = chain.versions,
                                     .deltas = chain.deltas,
                                     .count = VERSIONS,
                                     .state_root = store_root(&store),
                                     .first_height = 1,
                                     .last_height = HEAD};
    store_prove(&chain.history.in_state, &store, STORE_NOW, ROW);
    free(memory.memory);
    return 0;
}

static enum history_verdict check_from(uint32_t first, uint64_t first_height)
{
    struct history h = chain.history;
    h.versions += first;
    h.deltas += first;
    h.count -= first;
    h.first_height = first_height;
    return history_check(&h);
}

static void a_complete_history_is_complete(void **state)
{
    (void)state;
    assert_int_equal(history_check(&chain.history), HISTORY_COMPLETE);
}

static void a_span_begins_with_the_first_version_written_in_it(void **state)
{
    (void)state;
    for (uint32_t first = 1; first < VERSIONS; first++) {
        assert_int_equal(check_from(first, heights[first - 1]), HISTORY_BEGIN);
        assert_int_equal(check_from(first, heights[first - 1] + 1), HISTORY_COMPLETE);
        assert_int_equal(check_from(first, heights[first]), HISTORY_COMPLETE);
        assert_int_equal(check_from(first - 1, heights[first]), HISTORY_COMPLETE); /* one more */
    }
    assert_int_equal(check_from(VERSIONS - 1, HEAD), HISTORY_COMPLETE); /* nothing in the span */
    assert_int_equal(check_from(VERSIONS, HEAD), HISTORY_EMPTY);
}

static void a_version_left_out_is_seen(void **state)
{
    (void)state;
    for (uint32_t out = 0; out < VERSIONS; out++) {
        struct history_version versions[VERSIONS];
        struct history_delta deltas[VERSIONS];
        uint32_t count = 0;
        for (uint32_t i = 0; i < VERSIONS; i++)
            if (i != out) {
                versions[count] = chain.versions[i];
                deltas[count++] = chain.deltas[i];
            }
        struct history h = chain.history;
        h.versions = versions;
        h.deltas = deltas;
        h.count = count;
        const enum history_verdict expected = out == 0              ? HISTORY_BEGIN
                                              : out == VERSIONS - 1 ? HISTORY_STATE
                                                                    : HISTORY_LINK;
        assert_int_equal(history_check(&h), expected);
    }
}

static enum history_verdict check_with(uint32_t at, struct store_meta meta, struct span value)
{
    struct history_version versions[VERSIONS];
    memcpy(versions, chain.versions, sizeof versions);
    versions[at].meta = meta;
    versions[at].value = value;
    struct history h = chain.history;
    h.versions = versions;
    return history_check(&h);
}

static void whatever_is_changed_in_a_version_is_seen(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < VERSIONS; i++) {
        const struct store_meta meta = chain.versions[i].meta;
        const struct span value = chain.versions[i].value;
        const uint8_t other = 7;
        assert_int_equal(check_with(i, meta, value), HISTORY_COMPLETE);
        assert_int_equal(check_with(i, meta, (struct span){&other, 1}), HISTORY_DELTA);
        for (int step = -1; step <= 1; step += 2) {
            const bool is_first = i == 0, is_last = i == VERSIONS - 1;
            struct store_meta bent = meta;
            bent.version += (uint64_t)step;
            assert_int_equal(check_with(i, bent, value),
                             is_first && step < 0 ? HISTORY_BEGIN : HISTORY_LINK);
            bent = meta;
            bent.height += (uint64_t)step;
            assert_int_equal(check_with(i, bent, value), is_last ? HISTORY_DELTA : HISTORY_LINK);
            bent = meta;
            bent.prev_height += (uint64_t)step;
            assert_int_equal(check_with(i, bent, value), is_first ? HISTORY_BEGIN : HISTORY_LINK);
        }
    }
}

static void heights_rise(void **state)
{
    (void)state;
    const struct span value = chain.versions[VERSIONS - 1].value;
    struct store_meta meta = chain.versions[VERSIONS - 1].meta;
    meta.height = meta.prev_height;
    assert_int_equal(check_with(VERSIONS - 1, meta, value), HISTORY_LINK);
    meta.height++;
    assert_int_equal(check_with(VERSIONS - 1, meta, value), HISTORY_DELTA);

    struct history_version last = chain.versions[VERSIONS - 1];
    struct history h = chain.history;
    h.versions = &last;
    h.deltas = &chain.deltas[VERSIONS - 1];
    h.count = 1;
    h.first_height = HEAD;
    assert_int_equal(history_check(&h), HISTORY_COMPLETE);
    last.meta.prev_height = last.meta.height;
    assert_int_equal(history_check(&h), HISTORY_BEGIN);
    last.meta.prev_height--;
    assert_int_equal(history_check(&h), HISTORY_DELTA);
}

/* A server that leaves out the middle can forge the links, but not the versions. */
static void forged_links_are_not_under_the_deltas(void **state)
{
    (void)state;
    struct history_version versions[2] = {chain.versions[0], chain.versions[4]};
    const struct history_delta deltas[2] = {chain.deltas[0], chain.deltas[4]};
    versions[1].meta.version = 2;
    versions[1].meta.prev_height = heights[0];
    struct history h = chain.history;
    h.versions = versions;
    h.deltas = deltas;
    h.count = 2;
    assert_int_equal(history_check(&h), HISTORY_DELTA);
}

static void a_version_stands_under_the_delta_of_its_own_height(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < VERSIONS; i++) {
        struct history_delta deltas[VERSIONS];
        memcpy(deltas, chain.deltas, sizeof deltas);
        struct history h = chain.history;
        h.deltas = deltas;
        deltas[i].height++;
        assert_int_equal(history_check(&h), HISTORY_DELTA);
        deltas[i] = chain.deltas[(i + 1) % VERSIONS];
        deltas[i].height = heights[i];
        assert_int_equal(history_check(&h), HISTORY_DELTA);
    }
}

static void the_end_is_shown_by_the_state(void **state)
{
    (void)state;
    struct history h = chain.history;
    h.last_height = heights[VERSIONS - 1]; /* the row as it is stood there already */
    assert_int_equal(history_check(&h), HISTORY_COMPLETE);
    h.last_height--;
    assert_int_equal(history_check(&h), HISTORY_LINK);
    h = chain.history;
    h.state_root.bytes[0]++;
    assert_int_equal(history_check(&h), HISTORY_STATE);
    h = chain.history;
    h.in_state.proof.path[0].bytes[0]++;
    assert_int_equal(history_check(&h), HISTORY_STATE);
    h = chain.history;
    h.in_state.size = h.in_state.index;
    assert_int_equal(history_check(&h), HISTORY_STATE);
}

static void a_first_version_has_none_before_it(void **state)
{
    (void)state;
    struct store_meta meta = chain.versions[0].meta;
    assert_true(meta.version == 1 && meta.prev_height == 0);
    meta.prev_height = 1;
    assert_int_equal(check_with(0, meta, chain.versions[0].value), HISTORY_BEGIN);
    meta = (struct store_meta){.version = 0, .height = heights[0]};
    assert_int_equal(check_with(0, meta, chain.versions[0].value), HISTORY_BEGIN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_complete_history_is_complete),
        cmocka_unit_test(a_span_begins_with_the_first_version_written_in_it),
        cmocka_unit_test(a_version_left_out_is_seen),
        cmocka_unit_test(whatever_is_changed_in_a_version_is_seen),
        cmocka_unit_test(heights_rise),
        cmocka_unit_test(forged_links_are_not_under_the_deltas),
        cmocka_unit_test(a_version_stands_under_the_delta_of_its_own_height),
        cmocka_unit_test(the_end_is_shown_by_the_state),
        cmocka_unit_test(a_first_version_has_none_before_it),
    };
    return cmocka_run_group_tests(tests, chain_make, NULL);
}
