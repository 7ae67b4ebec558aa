/* SPDX-License-Identifier: Apache-2.0 */
/* RULE ledger.1, ledger.4: rows and entries that a client may believe with an app hash alone. */
#include "ledger/test_proofs.h"

static void log_number(struct fixture *f, uint64_t number)
{
    bytes_write_u64(log_begin(f->l, RECORD_CREDIT), number);
    log_end(f->l);
}

static struct proofs_row prove(struct fixture *f, enum store_view view, const char *name,
                               uint64_t number)
{
    struct proofs_row p;
    assert_true(proofs_row(&p, f->l, view, store(name), number, value_bytes));
    assert_int_equal(p.number, number);
    return p;
}

/* The micro of a payout's row: kind, number, member, micro. */
static int64_t micro_of(const struct proofs_row *p)
{
    struct store_meta meta;
    struct span row;
    struct bytes_reader r;
    assert_true(proofs_row_read(p, &meta, &row));
    bytes_reader_init(&r, row);
    assert_int_equal(bytes_read_u8(&r), ROW_PAYOUT);
    assert_int_equal(bytes_read_u64(&r), p->number);
    assert_int_equal(bytes_read_u32(&r), 1);
    return (int64_t)bytes_read_u64(&r);
}

static struct store_meta meta_of(const struct proofs_row *p)
{
    struct store_meta meta;
    struct span row;
    assert_true(proofs_row_read(p, &meta, &row));
    return meta;
}

static void assert_holds(struct fixture *f, enum store_view view, const char *name, uint64_t number)
{
    const struct proofs_row p = prove(f, view, name, number);
    assert_true(proofs_row_holds(&p, view == STORE_NOW ? &f->app_hash : &f->before));
    assert_false(proofs_row_holds(&p, view == STORE_NOW ? &f->before : &f->app_hash));
}

static void stores_are_known_by_their_names(void **state)
{
    (void)state;
    unsigned lists = 0, rows = 0;
    for (uint32_t i = 0; i < STATE_STORES; i++) {
        const struct state_store *s = state_store_at(i);
        assert_ptr_equal(store(s->name), s);
        assert_string_equal(proofs_store_name(s), s->name);
        lists += proofs_is_list(s);
        rows += !proofs_is_list(s);
    }
    assert_int_equal(lists, RANGE_COUNT);
    assert_int_equal(rows, STORE_COUNT);
    assert_null(proofs_store(span_of_text("member")));
    assert_null(proofs_store(span_of_text("")));
}

/* RULE ledger.4 */
static void rows_of_every_kind_of_key_are_proved(void **state)
{
    (void)state;
    struct fixture *f = open_ledger();
    begin(f);
    struct ledger_contract *c = table_edit(&f->l->contracts, 7);
    c->machine.number = 12;
    state_mark(f->l, STORE_CONTRACTS, 7);
    struct page_member *said = table_edit(&f->l->page_members, (f->l->sizes.members + 1) + 3);
    said->interval = 5;
    state_mark(f->l, STORE_STATEMENTS, f->l->sizes.members + 2);
    state_mark(f->l, STORE_WINDOWS, 0);
    set_payout(f, 4, 9, 100);
    seal(f);
    assert_holds(f, STORE_NOW, "contracts", 12);
    assert_holds(f, STORE_NOW, "statements", index_key(3, 5));
    assert_holds(f, STORE_NOW, "windows", 0);
    assert_holds(f, STORE_NOW, "payouts", 9);
    assert_holds(f, STORE_NOW, "head", 0);
    for (uint64_t slot = 1; slot <= 3; slot++)
        assert_holds(f, STORE_NOW, "members", slot);
    for (uint64_t number = 1; number <= STATE_PARAMS_LEAVES; number++)
        assert_holds(f, STORE_NOW, "params", number);
    close_ledger(f);
}

static void what_is_not_there_has_no_proof(void **state)
{
    (void)state;
    static const struct {
        const char *store;
        uint64_t number;
    } absent[] = {{"members", 0},
                  {"members", 4},
                  {"members", UINT64_C(1) << 32 | 1},
                  {"params", STATE_PARAMS_LEAVES + 1},
                  {"head", 1},
                  {"windows", UINT32_MAX},
                  {"payouts", 0},
                  {"payouts", 10},
                  {"contracts", 1},
                  {"statements", 0},
                  {"statements", (UINT64_C(1) << 40) | 5},
                  {"statements", UINT64_MAX >> 1},
                  {"orders", 1},
                  {"joins", 1},
                  {"intervals", 1},
                  {"eligible", 0},
                  {"log", 0},
                  {"chain", 1}};
    struct fixture *f = open_ledger();
    begin(f);
    set_payout(f, 4, 9, 100);
    seal(f);
    assert_true(exists(f, STORE_NOW, "payouts", 9));
    for (size_t i = 0; i < sizeof absent / sizeof absent[0]; i++) {
        assert_false(exists(f, STORE_NOW, absent[i].store, absent[i].number));
        assert_false(exists(f, STORE_BEFORE, absent[i].store, absent[i].number));
    }
    close_ledger(f);
}

static void before_the_first_block_there_is_no_state_before(void **state)
{
    (void)state;
    struct fixture *f = open_ledger();
    assert_holds(f, STORE_NOW, "members", 1);
    assert_false(exists(f, STORE_BEFORE, "members", 1));
    begin(f);
    seal(f);
    assert_holds(f, STORE_BEFORE, "members", 1);
    close_ledger(f);
}

/* RULE ledger.4: what is agreed on is the state that the last header names. */
static void the_state_before_a_block_is_proved_until_the_next_one(void **state)
{
    (void)state;
    struct fixture *f = open_ledger();
    begin(f);
    set_payout(f, 0, 1, 100);
    set_payout(f, 1, 2, 200);
    set_payout(f, 2, 3, 300);
    seal(f);
    begin(f);
    set_payout(f, 0, 1, 111); /* changed */
    set_payout(f, 1, 4, 400); /* 2 is gone, 4 has its place */
    set_payout(f, 3, 5, 500); /* new; 3 is as it was */
    seal(f);
    static const struct {
        uint64_t number;
        int64_t before, now; /* -1: there is none */
    } rows[] = {{1, 100, 111}, {2, 200, -1}, {3, 300, 300}, {4, -1, 400}, {5, -1, 500}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(exists(f, STORE_NOW, "payouts", rows[i].number), rows[i].now >= 0);
        assert_int_equal(exists(f, STORE_BEFORE, "payouts", rows[i].number), rows[i].before >= 0);
        if (rows[i].now >= 0) {
            assert_holds(f, STORE_NOW, "payouts", rows[i].number);
            const struct proofs_row p = prove(f, STORE_NOW, "payouts", rows[i].number);
            assert_int_equal(micro_of(&p), rows[i].now);
        }
        if (rows[i].before >= 0) {
            assert_holds(f, STORE_BEFORE, "payouts", rows[i].number);
            const struct proofs_row p = prove(f, STORE_BEFORE, "payouts", rows[i].number);
            assert_int_equal(micro_of(&p), rows[i].before);
        }
    }
    assert_holds(f, STORE_BEFORE, "head", 0);
    assert_int_equal(proofs_height(f->l, STORE_BEFORE), 1);
    assert_int_equal(proofs_height(f->l, STORE_NOW), 2);
    const struct hash before = proofs_app_hash(f->l, STORE_BEFORE);
    assert_true(hash_equal(&before, &f->before));
    const struct hash now = ledger_app_hash(f->l); /* asking has changed nothing */
    assert_true(hash_equal(&now, &f->app_hash));
    const struct proofs_row p = prove(f, STORE_NOW, "payouts", 1);
    assert_int_equal(meta_of(&p).version, 2);
    assert_int_equal(meta_of(&p).prev_height, 1);
    close_ledger(f);
}

static void spoil_step(struct proofs_row *p, struct stores_step *step, const struct hash *app_hash)
{
    for (uint32_t i = 0; i < step->proof.count; i++)
        for (uint32_t b = 0; b < HASH_BYTES; b++) {
            step->proof.path[i].bytes[b] ^= 1;
            assert_false(proofs_row_holds(p, app_hash));
            step->proof.path[i].bytes[b] ^= 1;
        }
    for (uint64_t index = 0; index < step->size + 3; index++) {
        const uint64_t right = step->index;
        step->index = index;
        assert_int_equal(proofs_row_holds(p, app_hash), index == right);
        step->index = right;
    }
    step->proof.count--;
    assert_false(proofs_row_holds(p, app_hash));
    step->proof.count += 2;
    assert_false(proofs_row_holds(p, app_hash));
    step->proof.count--;
}

/* RULE ledger.4 */
static void no_spoiled_byte_of_a_row_is_believed(void **state)
{
    (void)state;
    struct fixture *f = open_ledger();
    begin(f);
    for (uint32_t place = 0; place < 11; place++)
        set_payout(f, place, place + 1, 100);
    seal(f);
    struct proofs_row p = prove(f, STORE_NOW, "payouts", 11);
    assert_true(proofs_row_holds(&p, &f->app_hash));
    for (size_t i = 0; i < p.value.len; i++) {
        value_bytes[i] ^= 1;
        assert_false(proofs_row_holds(&p, &f->app_hash));
        value_bytes[i] ^= 1;
    }
    for (uint32_t b = 0; b < HASH_BYTES; b++) {
        p.root.bytes[b] ^= 1;
        assert_false(proofs_row_holds(&p, &f->app_hash));
        p.root.bytes[b] ^= 1;
    }
    for (uint64_t number = 0; number < 20; number++) {
        p.number = number;
        assert_int_equal(proofs_row_holds(&p, &f->app_hash), number == 11);
    }
    p.number = 11;
    for (uint32_t i = 0; i < STATE_STORES; i++) {
        p.store = state_store_at(i);
        assert_int_equal(proofs_row_holds(&p, &f->app_hash), p.store == store("payouts"));
    }
    p.store = store("payouts");
    spoil_step(&p, &p.in_store, &f->app_hash);
    spoil_step(&p, &p.in_app_hash, &f->app_hash);
    const size_t len = p.value.len;
    for (p.value.len = 0; p.value.len < len; p.value.len++)
        assert_false(proofs_row_holds(&p, &f->app_hash));
    assert_true(proofs_row_holds(&p, &f->app_hash));
    close_ledger(f);
}

static void fill_log(struct fixture *f, uint32_t blocks)
{
    for (uint32_t b = 0; b < blocks; b++) {
        begin(f);
        for (uint32_t i = 0; i < b % 4; i++)
            log_number(f, b * 10 + i);
        seal(f);
    }
}

static struct span entry_of(const struct fixture *f, uint64_t index)
{
    return (struct span){f->entries[index], f->entry_lens[index]};
}

/* RULE ledger.1 */
static void every_log_entry_is_proved_in_every_state(void **state)
{
    (void)state;
    struct fixture *f = open_ledger();
    const struct proofs_list list = {.store = store("log"), .nodes = f->log.at};
    struct proofs_entry p;
    unsigned proved = 0, empty = 0;
    for (uint32_t block = 0; block < 16; block++) {
        begin(f);
        for (uint32_t i = 0; i < block % 4; i++)
            log_number(f, block * 10 + i);
        seal(f);
        for (enum store_view view = STORE_NOW; view <= STORE_BEFORE; view++) {
            const struct hash *app_hash = view == STORE_NOW ? &f->app_hash : &f->before;
            const uint64_t size = proofs_list_size(f->l, view, list.store);
            empty += size == 0;
            for (uint64_t i = 0; i < size; i++) {
                assert_true(proofs_entry(&p, f->l, view, &list, i, value_bytes));
                assert_true(proofs_entry_holds(&p, app_hash, entry_of(f, i)));
                assert_false(proofs_entry_holds(&p, app_hash, entry_of(f, (i + 1) % 8)));
                proved++;
            }
            assert_false(proofs_entry(&p, f->l, view, &list, size, value_bytes));
        }
    }
    assert_true(proved > 200 && empty == 3);
    close_ledger(f);
}

/* In a tree of 3 the last entry has the path that the second has in a tree of 2. */
static void an_entry_cannot_be_shown_at_another_place(void **state)
{
    (void)state;
    struct fixture *f = open_ledger();
    const struct proofs_list list = {.store = store("log"), .nodes = f->log.at};
    struct proofs_entry p;
    begin(f);
    for (uint32_t i = 0; i < 3; i++)
        log_number(f, i);
    seal(f);
    assert_true(proofs_entry(&p, f->l, STORE_NOW, &list, 2, value_bytes));
    assert_true(proofs_entry_holds(&p, &f->app_hash, entry_of(f, 2)));
    const struct hash leaf = merkle_leaf(entry_of(f, 2));
    assert_true(merkle_check_inclusion(&p.root, &leaf, 1, 2, &p.in_list.proof));
    for (uint64_t size = 0; size < 6; size++)
        for (uint64_t index = 0; index < 6; index++) {
            p.in_list.size = size;
            p.in_list.index = index;
            assert_int_equal(proofs_entry_holds(&p, &f->app_hash, entry_of(f, 2)),
                             size == 3 && index == 2);
        }
    p.in_list.size = 3;
    p.in_list.index = 2;
    const struct proofs_row head = p.head;
    p.head = prove(f, STORE_NOW, "params", 1); /* a row that holds, but not the head */
    assert_true(proofs_row_holds(&p.head, &f->app_hash));
    assert_false(proofs_entry_holds(&p, &f->app_hash, entry_of(f, 2)));
    p.head = prove(f, STORE_BEFORE, "head", 0);
    assert_false(proofs_entry_holds(&p, &f->app_hash, entry_of(f, 2)));
    p.head = head;
    (void)prove(f, STORE_NOW, "head", 0); /* its bytes stand in value_bytes again */
    assert_true(proofs_entry_holds(&p, &f->app_hash, entry_of(f, 2)));
    p.store = store("history");
    assert_false(proofs_entry_holds(&p, &f->app_hash, entry_of(f, 2)));
    p.store = store("payouts");
    assert_false(proofs_entry_holds(&p, &f->app_hash, entry_of(f, 2)));
    p.store = store("log");
    p.root.bytes[3] ^= 1;
    assert_false(proofs_entry_holds(&p, &f->app_hash, entry_of(f, 2)));
    close_ledger(f);
}

/* RULE ledger.1: never rewritten. */
static void the_log_is_proved_to_have_grown_only(void **state)
{
    (void)state;
    struct fixture *f = open_ledger();
    const struct proofs_list list = {.store = store("log"), .nodes = f->log.at};
    struct hash roots[ENTRIES_MAX];
    struct mmr again;
    struct hash made[MMR_MADE_MAX];
    struct merkle_proof proof;
    fill_log(f, 20);
    mmr_init(&again);
    const uint64_t size = proofs_list_size(f->l, STORE_NOW, list.store);
    assert_true(size > 20);
    for (uint64_t i = 0; i < size; i++) {
        const struct hash leaf = merkle_leaf(entry_of(f, i));
        mmr_append(&again, made, &leaf);
        roots[i + 1] = mmr_root(&again);
    }
    for (uint64_t old = 1; old <= size; old++) {
        proofs_growth(&proof, &list, old, size);
        assert_true(merkle_check_consistency(&roots[old], old, &roots[size], size, &proof));
        struct hash other = roots[old];
        other.bytes[0] ^= 1;
        assert_false(merkle_check_consistency(&other, old, &roots[size], size, &proof));
    }
    close_ledger(f);
}

static void a_value_without_its_meta_is_none(void **state)
{
    (void)state;
    struct store_meta meta;
    struct span row;
    const uint8_t bytes[STORE_META_BYTES + 1] = {3, 0};
    struct proofs_row p = {.value = {bytes, sizeof bytes}};
    assert_true(proofs_row_read(&p, &meta, &row));
    assert_int_equal(meta.version, 3);
    assert_int_equal(row.len, 1);
    for (p.value.len = 0; p.value.len <= STORE_META_BYTES; p.value.len++)
        assert_false(proofs_row_read(&p, &meta, &row));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(stores_are_known_by_their_names),
        cmocka_unit_test(rows_of_every_kind_of_key_are_proved),
        cmocka_unit_test(what_is_not_there_has_no_proof),
        cmocka_unit_test(before_the_first_block_there_is_no_state_before),
        cmocka_unit_test(the_state_before_a_block_is_proved_until_the_next_one),
        cmocka_unit_test(no_spoiled_byte_of_a_row_is_believed),
        cmocka_unit_test(every_log_entry_is_proved_in_every_state),
        cmocka_unit_test(an_entry_cannot_be_shown_at_another_place),
        cmocka_unit_test(the_log_is_proved_to_have_grown_only),
        cmocka_unit_test(a_value_without_its_meta_is_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
