/* SPDX-License-Identifier: Apache-2.0 */
#include "app/answer.h"
#include "app/book_json.h"
#include "app/clearing_json.h"
#include "app/verb_rows.h"
#include "core/certificate.h"

#include <assert.h>
#include <stdlib.h>

static json_t *answer_clearing(const struct call *call, const struct book_file *file)
{
    static struct clearing clearing;
    (void)call; /* a book that was read can be cleared */
    const size_t bytes = clearing_bytes(file->book.order_count);
    void *memory = malloc(bytes);
    assert(memory);
    struct arena arena;
    arena_init(&arena, memory, bytes);
    const bool done = clearing_make(&clearing, &arena, &file->book);
    assert(done); /* clearing_bytes is enough for any book */
    json_t *answer = clearing_to_json(&clearing, file);
    free(memory);
    return answer;
}

enum exit_code verb_study_clear(const struct call *call)
{
    return book_serve(call, answer_clearing);
}

static void add_complaint(json_t *list, const char *code, uint32_t clause, const char *sentence)
{
    json_array_append_new(list, json_pack("{s:s, s:i, s:s}", "code", code, "clause", (int)clause,
                                          "sentence", sentence));
}

static json_t *complaints_json(const struct certificate *judged, const struct clearing_file *file)
{
    json_t *list = json_array();
    if (file->is_of_other_book)
        add_complaint(list, "BOOK", 0, "The record repeats or refuses something else of the book.");
    if (file->contradicts_itself)
        add_complaint(list, "RECORD", 5, "A contract's number or price is not the record's.");
    for (int i = 0; i < CERTIFICATE_COMPLAINTS; i++) {
        const struct certificate_row *row = certificate_get((enum certificate_complaint)i);
        if (judged->has[i])
            add_complaint(list, row->name, row->clause, row->sentence);
    }
    return list;
}

enum exit_code verb_study_clear_check(const struct call *call)
{
    struct book_file book;
    static struct clearing_file file;
    if (!book_file_open(&book, call, call->operand[0]))
        return EXIT_USAGE;
    if (!clearing_file_open(&file, call, call->operand[1], &book)) {
        book_file_close(&book);
        return EXIT_USAGE;
    }
    const size_t bytes = certificate_bytes(&book.book);
    void *memory = malloc(bytes);
    assert(memory);
    struct arena arena;
    arena_init(&arena, memory, bytes);
    struct certificate judged;
    const bool done = certificate_check(&judged, &arena, &book.book, &file.record);
    assert(done); /* certificate_bytes is enough */
    json_t *answer = answer_new(), *complaints = complaints_json(&judged, &file);
    const bool holds = json_array_size(complaints) == 0;
    json_object_set_new(answer, "holds", json_boolean(holds));
    json_object_set_new(answer, "complaints", complaints);
    free(memory);
    clearing_file_close(&file);
    book_file_close(&book);
    const enum exit_code given = answer_give(call, answer);
    return given == EXIT_DONE && !holds ? EXIT_REFUSED : given;
}
