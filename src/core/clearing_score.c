/* SPDX-License-Identifier: Apache-2.0 */
/* RULE market.13: scores. A maximum flow over at most 64 + 64 classes, whatever the book; the
 * order in which it is augmented is part of the rule, for it decides which flow is found. */
#include "core/clearing_work.h"

#include <assert.h>
#include <string.h>

enum {
    NODES = 2 * BOOK_CLASSES,
    NO_NODE = -1
}; /* seller class c is node c, buyer class d 64 + d */

struct rest { /* Wh that a class has not sent or got yet */
    int64_t supply[BOOK_CLASSES], demand[BOOK_CLASSES];
};

struct search {
    int came_from[NODES]; /* the node itself where the search began */
    bool is_seen[NODES];
    int queue[NODES];
    uint32_t head, tail;
};

static void see(struct search *s, int node, int from)
{
    s->is_seen[node] = true;
    s->came_from[node] = from;
    s->queue[s->tail++] = node;
}

/* Look at what @node leads to; the buyer class with rest demand that was found, or NO_NODE. */
static int expand(struct search *s, const struct clearing *out, const struct rest *rest, int node)
{
    const bool from_seller = node < BOOK_CLASSES;
    for (int other = 0; other < BOOK_CLASSES; other++) {
        const int to = from_seller ? BOOK_CLASSES + other : other;
        if (s->is_seen[to])
            continue;
        if (from_seller ? !book_may_meet((uint32_t)node, (uint32_t)other)
                        : out->flow[other][node - BOOK_CLASSES] == 0)
            continue;
        see(s, to, node);
        if (from_seller && rest->demand[other] > 0)
            return to;
    }
    return NO_NODE;
}

static int find_path(struct search *s, const struct clearing *out, const struct rest *rest)
{
    memset(s, 0, sizeof *s);
    for (int c = 0; c < BOOK_CLASSES; c++)
        if (rest->supply[c] > 0)
            see(s, c, c);
    while (s->head < s->tail) {
        const int found = expand(s, out, rest, s->queue[s->head++]);
        if (found != NO_NODE)
            return found;
    }
    return NO_NODE;
}

static int64_t smaller(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

/* Push the path's bottleneck; returns it. */
static int64_t push(struct clearing *out, struct rest *rest, const struct search *s, int sink)
{
    int64_t wh = rest->demand[sink - BOOK_CLASSES];
    int node = sink;
    for (; s->came_from[node] != node; node = s->came_from[node])
        if (node < BOOK_CLASSES) /* reached backwards, over a flow that shrinks */
            wh = smaller(wh, out->flow[node][s->came_from[node] - BOOK_CLASSES]);
    wh = smaller(wh, rest->supply[node]);
    rest->supply[node] -= wh;
    rest->demand[sink - BOOK_CLASSES] -= wh;
    for (node = sink; s->came_from[node] != node; node = s->came_from[node]) {
        const int from = s->came_from[node];
        if (node < BOOK_CLASSES)
            out->flow[node][from - BOOK_CLASSES] -= wh;
        else
            out->flow[from][node - BOOK_CLASSES] += wh;
    }
    return wh;
}

/* Augment until nothing is found; the seller classes seen last. */
static uint64_t augment(struct clearing *out, struct rest *rest)
{
    struct search s;
    for (int sink = 0; (sink = find_path(&s, out, rest)) != NO_NODE;)
        out->paired_wh += push(out, rest, &s, sink);
    uint64_t seen = 0;
    for (int c = 0; c < BOOK_CLASSES; c++)
        seen |= (uint64_t)s.is_seen[c] << c;
    return seen;
}

/* Add to @rest the crossing quantities, or all that accepts the price beyond them. */
static void add_claims(const struct clearing_work *w, struct rest *rest, bool beyond)
{
    for (uint32_t i = 0; i < w->book->order_count; i++) {
        const struct clearing_quantity *q = &w->out->quantities[i];
        const struct book_order *o = &w->book->orders[i];
        int64_t wh = q->crossing_wh;
        if (beyond)
            wh = clearing_is_live(w, i) && clearing_accepts(w, i) ? q->funded_wh - q->crossing_wh
                                                                  : 0;
        const uint8_t class = book_class(w->book, o);
        if (o->side == ORDER_BID)
            rest->demand[class] += wh;
        else
            rest->supply[class] += wh;
    }
}

static uint64_t key_in_class(const struct clearing_work *w, uint32_t order)
{
    const struct book_order *o = &w->book->orders[order];
    const int64_t net = clearing_net(w->book, order);
    const uint64_t list = book_class(w->book, o) + (o->side == ORDER_BID ? BOOK_CLASSES : 0u);
    return list << 32 | (uint64_t)(BOOK_PRICE_MAX + (o->side == ORDER_BID ? -net : net));
}

/* The flow through a list: seller classes 0 to 63, then buyer classes. */
static int64_t flow_of(const struct clearing *out, uint64_t list)
{
    int64_t wh = 0;
    for (uint32_t i = 0; i < BOOK_CLASSES; i++)
        wh += list < BOOK_CLASSES ? out->flow[list][i] : out->flow[i][list - BOOK_CLASSES];
    return wh;
}

/* The items of a class come with their crossing quantities. */
static void settle_class(struct clearing_work *w, uint32_t first, uint32_t end)
{
    int64_t crossing = 0;
    for (uint32_t i = first; i < end; i++)
        crossing += clearing_wh_of(&w->sorted[i]);
    const int64_t flow = flow_of(w->out, w->sorted[first].key >> 32);
    if (flow <= crossing) {
        clearing_award(w, AWARD_SHRINK, first, end, flow, NULL);
        return;
    }
    for (uint32_t i = first; i < end; i++) {
        const uint32_t order = clearing_order_of(&w->sorted[i]);
        struct clearing_quantity *q = &w->out->quantities[order];
        const uint32_t beyond = clearing_accepts(w, order) ? q->funded_wh - q->crossing_wh : 0;
        q->final_wh = q->crossing_wh;
        w->sorted[i].number = clearing_number(order, beyond);
    }
    clearing_award(w, AWARD_GROW, first, end, flow - crossing, NULL);
}

/* Binding scores: hand each class's flow to its orders. */
static void settle_classes(struct clearing_work *w)
{
    uint32_t count = 0;
    for (uint32_t i = 0; i < w->book->order_count; i++)
        if (clearing_is_live(w, i))
            w->sorted[count++] = (struct sort_item){
                key_in_class(w, i), clearing_number(i, w->out->quantities[i].crossing_wh)};
    sort_keys(w->sorted, w->scratch, count);
    for (uint32_t first = 0, end; first < count; first = end) {
        for (end = first; end < count && w->sorted[end].key >> 32 == w->sorted[first].key >> 32;)
            end++;
        settle_class(w, first, end);
    }
}

void clearing_score(struct clearing_work *w)
{
    struct rest rest;
    memset(&rest, 0, sizeof rest);
    add_claims(w, &rest, false);
    augment(w->out, &rest);
    w->out->has_cut = w->out->paired_wh < w->out->crossing_wh;
    if (w->out->has_cut) {
        add_claims(w, &rest, true);
        w->out->cut = augment(w->out, &rest);
        settle_classes(w);
        return;
    }
    for (uint32_t i = 0; i < w->book->order_count; i++)
        w->out->quantities[i].final_wh = w->out->quantities[i].crossing_wh;
}
