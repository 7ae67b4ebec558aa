/* SPDX-License-Identifier: Apache-2.0 */
/* study continuous: the orders of a book, by heights and drawn queues, through the continuous
 * market (docs/study-json.md "continuous", RULE market.19, market.20). */
#include "app/answer.h"
#include "app/book_json.h"
#include "app/input.h"
#include "app/input_node.h"
#include "app/verb_rows.h"
#include "core/continuous.h"
#include "text/bytes_json.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

enum { SEEDS_MAX = 1 << 20 };

struct drawn_seed {
    uint64_t height; /* of the block that made it */
    struct hash seed;
};

struct flow {
    const struct book_file *file;
    struct drawn_seed *seeds; /* ascending heights */
    uint32_t seed_count;
    uint64_t *heights; /* of admission, by order of the book; they rise with the numbers */
    struct continuous market;
    struct sort_item *queue, *scratch;
    uint32_t *ran; /* orders in the order in which they were run */
    uint32_t ran_count;
    struct continuous_match *matches;
    uint64_t *match_heights;
    uint32_t match_count, match_room;
};

static bool read_seeds(struct flow *f, const struct call *call)
{
    struct input_node list, item;
    if (!input_node_list(&list, call, f->file->at, "seeds"))
        return false;
    if (input_node_count(&list) > SEEDS_MAX) {
        input_node_refuse(call, &list, NULL, "at most 1,048,576 can be read");
        return false;
    }
    f->seed_count = (uint32_t)input_node_count(&list);
    f->seeds = input_room(f->seed_count, sizeof *f->seeds);
    for (uint32_t i = 0; i < f->seed_count; i++) {
        struct drawn_seed *s = &f->seeds[i];
        if (!input_node_item(&item, call, &list, i) ||
            !input_node_number(&s->height, call, &item, "height", INT64_MAX, NULL) ||
            !input_node_id(s->seed.bytes, HASH_BYTES, call, &item, "seed"))
            return false;
        if (i > 0 && s->height <= f->seeds[i - 1].height) {
            input_node_refuse(call, &item, "height", "heights must rise");
            return false;
        }
    }
    return true;
}

/* Refused orders have a height too. */
static bool read_heights(struct flow *f, const struct call *call)
{
    const uint64_t none = 0;
    uint64_t before = 0;
    uint32_t count = 0;
    f->heights = input_room(f->file->book.order_count, sizeof *f->heights);
    for (uint32_t i = 0; i < f->file->listed_count; i++) {
        const struct input_node order = book_order_place(f->file, &f->file->listed[i]);
        uint64_t height;
        if (!input_node_number(&height, call, &order, "height", INT64_MAX, &none))
            return false;
        if (height < before) {
            input_node_refuse(call, &order, "height",
                              "numbers are given by height: it must not fall");
            return false;
        }
        before = height;
        if (!f->file->listed[i].refused)
            f->heights[count++] = height;
    }
    return true;
}

static void open_market(struct flow *f)
{
    const struct book *book = &f->file->book;
    const uint32_t count = book->order_count;
    f->market.book = book;
    f->market.bids.resting = input_room(count, sizeof *f->market.bids.resting);
    f->market.offers.resting = input_room(count, sizeof *f->market.offers.resting);
    f->market.funds_micro = input_room(book->member_count, sizeof *f->market.funds_micro);
    for (uint32_t m = 0; m < book->member_count; m++)
        f->market.funds_micro[m] = book->members[m].funds_micro;
    f->queue = input_room(count, sizeof *f->queue);
    f->scratch = input_room(count, sizeof *f->scratch);
    f->ran = input_room(count, sizeof *f->ran);
}

static void close_flow(struct flow *f)
{
    free(f->seeds);
    free(f->heights);
    free(f->market.bids.resting);
    free(f->market.offers.resting);
    free(f->market.funds_micro);
    free(f->queue);
    free(f->scratch);
    free(f->ran);
    free(f->matches);
    free(f->match_heights);
}

static void run_order(struct flow *f, uint32_t order, uint64_t height)
{
    if (f->match_room - f->match_count < CONTINUOUS_LOOKS_MAX) {
        f->match_room = 2 * f->match_room + CONTINUOUS_LOOKS_MAX;
        f->matches = realloc(f->matches, f->match_room * sizeof *f->matches);
        f->match_heights = realloc(f->match_heights, f->match_room * sizeof *f->match_heights);
        assert(f->matches && f->match_heights);
    }
    f->ran[f->ran_count++] = order;
    const uint32_t made = continuous_run(f->matches + f->match_count, &f->market, order);
    for (uint32_t i = 0; i < made; i++)
        f->match_heights[f->match_count++] = height;
}

/* At the end of a block that made a seed: all that waits from before it, a height at a time. */
static void run_block(struct flow *f, const struct drawn_seed *s)
{
    const struct book *book = &f->file->book;
    while (f->ran_count < book->order_count && f->heights[f->ran_count] < s->height) {
        const uint64_t admitted = f->heights[f->ran_count];
        uint32_t count = 0;
        for (uint32_t i = f->ran_count; i < book->order_count && f->heights[i] == admitted; i++)
            f->queue[count++] = (struct sort_item){0, i};
        continuous_queue(f->queue, f->scratch, count, book, &s->seed, admitted);
        for (uint32_t i = 0; i < count; i++)
            run_order(f, (uint32_t)f->queue[i].number, s->height);
    }
}

static const char *id_of(const struct flow *f, uint32_t order)
{
    return f->file->listed[f->file->listed_of[order]].id;
}

static json_t *matches_json(const struct flow *f)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < f->match_count; i++) {
        const struct continuous_match *m = &f->matches[i];
        json_array_append_new(
            list, json_pack("{s:I, s:s, s:s, s:I, s:I, s:I, s:I, s:I}", "height",
                            (json_int_t)f->match_heights[i], "bid", id_of(f, m->bid), "offer",
                            id_of(f, m->offer), "energy_wh", (json_int_t)m->energy_wh,
                            "price_micro_per_kwh", (json_int_t)m->price, "payment_micro",
                            (json_int_t)m->payment_micro, "fee_micro_per_kwh", (json_int_t)m->fee,
                            "fee_micro", (json_int_t)m->fee_micro));
    }
    return list;
}

static json_t *side_json(const struct flow *f, const struct continuous_side *side)
{
    json_t *list = json_array();
    for (uint32_t i = 0; i < side->count; i++)
        json_array_append_new(list, json_pack("{s:s, s:I}", "id", id_of(f, side->resting[i].order),
                                              "energy_wh", (json_int_t)side->resting[i].rest_wh));
    return list;
}

static json_t *flow_json(const struct flow *f)
{
    json_t *answer = json_object(), *ran = json_array(), *waiting = json_array(),
           *refused = json_array();
    for (uint32_t i = 0; i < f->ran_count; i++)
        json_array_append_new(ran, json_string(id_of(f, f->ran[i])));
    for (uint32_t i = f->ran_count; i < f->file->book.order_count; i++)
        json_array_append_new(waiting, json_string(id_of(f, i)));
    for (uint32_t i = 0; i < f->file->listed_count; i++) {
        const struct book_file_order *l = &f->file->listed[i];
        if (l->refused)
            json_array_append_new(
                refused, json_pack("{s:s, s:s}", "id", l->id, "code", err_get(l->refused)->name));
    }
    const struct hash digest = continuous_digest(&f->market, f->matches, f->match_count);
    json_object_set_new(answer, "interval", json_integer((json_int_t)f->file->book.interval));
    json_object_set_new(answer, "ran", ran);
    json_object_set_new(answer, "matches", matches_json(f));
    json_object_set_new(answer, "bids", side_json(f, &f->market.bids));
    json_object_set_new(answer, "offers", side_json(f, &f->market.offers));
    json_object_set_new(answer, "waiting", waiting);
    json_object_set_new(answer, "refused", refused);
    json_object_set_new(answer, "digest", bytes_to_json((struct span){digest.bytes, HASH_BYTES}));
    return answer;
}

static json_t *answer_flow(const struct call *call, const struct book_file *file)
{
    struct flow f;
    memset(&f, 0, sizeof f);
    f.file = file;
    json_t *answer = NULL;
    if (read_seeds(&f, call) && read_heights(&f, call)) {
        open_market(&f);
        for (uint32_t i = 0; i < f.seed_count; i++)
            run_block(&f, &f.seeds[i]);
        answer = flow_json(&f);
    }
    close_flow(&f);
    return answer;
}

enum exit_code verb_study_continuous(const struct call *call)
{
    return book_serve(call, answer_flow);
}
