/* SPDX-License-Identifier: Apache-2.0 */
#include "app/verbs.h"

#include "app/verb_rows.h"

#include <stdio.h>
#include <string.h>

enum { WORDS_MAX = 3 };

static const struct verb rows[] = {
    {"help",
     "[COMMAND...]",
     "Shows all commands, or one with its options.",
     0,
     WORDS_MAX,
     {{"--man", NULL, "the manual page, in roff"}},
     {"help", "help study merkle proof", "help --man"},
     verb_help},
    {"version",
     "",
     "Shows the version of this program and of its cryptographic libraries.",
     0,
     0,
     {{NULL, NULL, NULL}},
     {"version", "version --json", "version -h"},
     verb_version},
    {"explain",
     "[CODE]",
     "Explains an error by its name or number, or lists all.",
     0,
     1,
     {{"--markdown", NULL, "the whole list as a Markdown table"}},
     {"explain UNIT_MISSING", "explain 32772", "explain --json"},
     verb_explain},
    {"genesis check",
     "FILE",
     "Reads a community's genesis file: what it begins with, its hash, what to think about.",
     1,
     1,
     {{NULL, NULL, NULL}},
     {"genesis check genesis.yaml", "genesis check - < genesis.yaml",
      "genesis check genesis.yaml --json"},
     verb_genesis_check},
    {"genesis show",
     "FILE",
     "Shows every parameter of a genesis file with its default and its range.",
     1,
     1,
     {{NULL, NULL, NULL}},
     {"genesis show genesis.yaml", "genesis show - < genesis.yaml",
      "genesis show genesis.yaml --json"},
     verb_genesis_show},
    {"genesis write",
     "FILE OUT",
     "Writes a genesis file's canonical bytes, whose hash names the chain, to a new file.",
     2,
     2,
     {{NULL, NULL, NULL}},
     {"genesis write genesis.yaml genesis.bin", "genesis write - genesis.bin < genesis.yaml",
      "genesis write genesis.yaml genesis.bin --json"},
     verb_genesis_write},
    {"genesis parameters",
     "",
     "Lists all parameters a genesis file may have: number, default, range, whether it changes.",
     0,
     0,
     {{"--markdown", NULL, "as the table of docs/protocol.md"}},
     {"genesis parameters", "genesis parameters --json", "genesis parameters --markdown"},
     verb_genesis_parameters},
    {"genesis example",
     "",
     "Prints a genesis file with all keys, to start from.",
     0,
     0,
     {{NULL, NULL, NULL}},
     {"genesis example", "genesis example > genesis.yaml", "genesis example -h"},
     verb_genesis_example},
    {"study vrf prove",
     "",
     "Computes the verifiable random output of a key for an input (RFC 9381).",
     0,
     0,
     {{"--key", "FILE", "file with the 32-byte secret key as 64 hexadecimal digits"},
      {"--input", "HEX", "the input, as hexadecimal text"}},
     {"study vrf prove --key seed.hex --input af82", "study vrf prove --key seed.hex --input ''",
      "study vrf prove --key seed.hex --input af82 --json"},
     verb_study_vrf_prove},
    {"study vrf verify",
     "",
     "Checks a proof by public key and input; an invalid one is an answer, not an error.",
     0,
     0,
     {{"--key", "HEX", "the public key, 32 bytes"},
      {"--input", "HEX", "the input, as hexadecimal text"},
      {"--proof", "HEX", "the proof, 80 bytes"}},
     {"study vrf verify --key HEX --input af82 --proof HEX",
      "study vrf verify --key HEX --input '' --proof HEX",
      "study vrf verify --key HEX --input af82 --proof HEX --json"},
     verb_study_vrf_verify},
    {"study hash",
     "FILE",
     "Computes SHA-256 of a 16-byte domain tag and a file's bytes.",
     1,
     1,
     {{"--tag", "TEXT", "the tag, 1 to 16 bytes, padded with zeros"}},
     {"study hash --tag pw-genesis genesis.bin", "study hash --tag pw-genesis - < genesis.bin",
      "study hash --tag pw-genesis genesis.bin --json"},
     verb_study_hash},
    {"study merkle root",
     "FILE",
     "Computes the root of the RFC 9162 tree over `leaves`.",
     1,
     1,
     {{NULL, NULL, NULL}},
     {"study merkle root leaves.json", "study merkle root - < leaves.json",
      "study merkle root leaves.json --json"},
     verb_study_merkle_root},
    {"study merkle proof",
     "FILE",
     "Proves that leaf `index` is in the tree over `leaves`.",
     1,
     1,
     {{NULL, NULL, NULL}},
     {"study merkle proof leaves.json", "study merkle proof - < leaves.json",
      "study merkle proof leaves.json --json"},
     verb_study_merkle_proof},
    {"study merkle verify",
     "FILE",
     "Checks an inclusion proof; an invalid one is an answer, not an error.",
     1,
     1,
     {{NULL, NULL, NULL}},
     {"study merkle verify proof.json", "study merkle verify - < proof.json",
      "study merkle verify proof.json --json"},
     verb_study_merkle_verify},
    {"study merkle consistency",
     "FILE",
     "Proves that the tree over `leaves` begins with its first `size` leaves.",
     1,
     1,
     {{NULL, NULL, NULL}},
     {"study merkle consistency leaves.json", "study merkle consistency - < leaves.json",
      "study merkle consistency leaves.json --json"},
     verb_study_merkle_consistency},
    {"study clear",
     "BOOK",
     "Clears a book by the call auction: price, quantities, contracts, digest.",
     1,
     1,
     {{NULL, NULL, NULL}},
     {"study clear book.json", "study clear - < book.json", "study clear book.json --json"},
     verb_study_clear},
    {"study clear check",
     "BOOK CLEARING",
     "Judges a clearing by its certificate alone; exit 1 and complaints if it does not hold.",
     2,
     2,
     {{NULL, NULL, NULL}},
     {"study clear check book.json clearing.json", "study clear check book.json - < clearing.json",
      "study clear check book.json clearing.json --json"},
     verb_study_clear_check},
    {"study clear from-gsy",
     "FILE",
     "Converts a book in gsy's shape to whole Wh and micro.",
     1,
     1,
     {{NULL, NULL, NULL}},
     {"study clear from-gsy orders.json --json", "study clear from-gsy - --json < orders.json",
      "study clear from-gsy orders.json"},
     verb_study_clear_from_gsy},
    {"study clear to-gsy",
     "BOOK",
     "Writes a book in gsy's shape, with everything that it says beside.",
     1,
     1,
     {{NULL, NULL, NULL}},
     {"study clear to-gsy book.json --json", "study clear to-gsy - --json < book.json",
      "study clear to-gsy book.json"},
     verb_study_clear_to_gsy},
    {"study continuous",
     "BOOK",
     "Runs a book's orders by height and draw through a continuous market: matches, what rests.",
     1,
     1,
     {{NULL, NULL, NULL}},
     {"study continuous book.json", "study continuous - < book.json",
      "study continuous book.json --json"},
     verb_study_continuous},
    {"study draw",
     "FILE",
     "Draws validation clusters or a verifier set from a seed.",
     1,
     1,
     {{NULL, NULL, NULL}},
     {"study draw draw.json", "study draw - < draw.json", "study draw draw.json --json"},
     verb_study_draw},
    {"study leader",
     "FILE",
     "Tells each block's slot and leader, and which leaders were silent.",
     1,
     1,
     {{NULL, NULL, NULL}},
     {"study leader leader.json", "study leader - < leader.json",
      "study leader leader.json --json"},
     verb_study_leader},
    {"study beacon",
     "FILE",
     "Follows the seed through reveals and fallbacks, and what is drawn from it.",
     1,
     1,
     {{NULL, NULL, NULL}},
     {"study beacon beacon.json", "study beacon - < beacon.json",
      "study beacon beacon.json --json"},
     verb_study_beacon},
    {"study tail",
     "FILE",
     "Computes how likely a drawn cluster is captured, and the size that a target needs.",
     1,
     1,
     {{NULL, NULL, NULL}},
     {"study tail tail.json", "study tail - < tail.json", "study tail tail.json --json"},
     verb_study_tail},
    {"study judge",
     "FILE",
     "Judges the contracts of an interval by the statements of its parties.",
     1,
     1,
     {{NULL, NULL, NULL}},
     {"study judge judge.json", "study judge - < judge.json", "study judge judge.json --json"},
     verb_study_judge},
    {"study contract",
     "FILE",
     "Runs the contracts of an interval through blocks of operations to their ends.",
     1,
     1,
     {{NULL, NULL, NULL}},
     {"study contract contract.json", "study contract - < contract.json",
      "study contract contract.json --json"},
     verb_study_contract},
    {"study funds",
     "FILE",
     "Runs operations on accounts: deposits, payouts, reservations, escrow.",
     1,
     1,
     {{NULL, NULL, NULL}},
     {"study funds funds.json", "study funds - < funds.json", "study funds funds.json --json"},
     verb_study_funds},
    {"study score",
     "FILE",
     "Scores closed contracts and verification blocks: each step, each record, who stands where.",
     1,
     1,
     {{NULL, NULL, NULL}},
     {"study score closed.json", "study score - < closed.json", "study score closed.json --json"},
     verb_study_score},
    {"study qot",
     "FILE",
     "Follows equation (2) of the paper to the letter, to show what it does.",
     1,
     1,
     {{"--paper", NULL, "by the paper's own recurrences, which is the only form"}},
     {"study qot rows.json", "study qot - < rows.json", "study qot rows.json --paper --json"},
     verb_study_qot},
    {"study machine",
     "FILE",
     "Takes orders and join requests through events, by the tables of their states.",
     1,
     1,
     {{NULL, NULL, NULL}},
     {"study machine runs.json", "study machine - < runs.json", "study machine runs.json --json"},
     verb_study_machine},
    {"study strategy",
     "FILE",
     "Says what a home's automatic strategy would offer or bid.",
     1,
     1,
     {{NULL, NULL, NULL}},
     {"study strategy homes.json", "study strategy - < homes.json",
      "study strategy homes.json --json"},
     verb_study_strategy},
    {"sim run",
     "",
     "Runs a community of honest homes in virtual time, from its founders to its trades.",
     0,
     0,
     {{"--households", "N", "how many homes, 1 to 300 (12)"},
      {"--blocks", "N", "how many blocks of a second each, 0 to 100000 (600)"},
      {"--seed", "N", "the same seed gives the same bytes (1)"},
      {"--out", "FILE", "where the chain is written; nothing is overwritten"},
      {NULL, NULL, NULL}},
     {"sim run", "sim run --households 30 --blocks 900 --out elm.chain",
      "sim run --seed 7 --out elm.chain --json"},
     verb_sim_run},
    {"chain show",
     "FILE [HEIGHT]",
     "Shows what a chain file holds, in all or at one height, and what became of each operation.",
     1,
     2,
     {{NULL, NULL, NULL}},
     {"chain show elm.chain", "chain show elm.chain 12", "chain show elm.chain 12 --json"},
     verb_chain_show},
    {"chain verify",
     "FILE",
     "Executes a chain again from its genesis and names the first difference.",
     1,
     1,
     {{NULL, NULL, NULL}},
     {"chain verify elm.chain", "chain verify - < elm.chain", "chain verify elm.chain --json"},
     verb_chain_verify},
    {"bench apply",
     "",
     "Measures what a settled trade costs the ledger in memory, by part.",
     0,
     0,
     {{"--members", "N", "who trade, 4 to 1000000 (default 1000)"},
      {"--cluster", "K", "verifiers of a trade, odd (default 5)"},
      {"--feeders", "F", "over which they are spread (default 20)"},
      {"--trades-per-member", "M", "in an interval, 1 to 4 (default 1)"},
      {"--intervals", "N", "in which they trade (default 1)"},
      {"--block", "N", "envelopes in a block, about (default 4000)"}},
     {"bench apply", "bench apply --members 100000 --cluster 111", "bench apply --json"},
     verb_bench_apply},
    {"chain prove",
     "FILE STORE NUMBER",
     "Shows a row of the state or an entry of the log with its proof under the app hash.",
     3,
     3,
     {{"--height", "H", "in the state after this block (default: the last one)"}},
     {"chain prove elm.chain members 3", "chain prove elm.chain log 5 --json",
      "chain prove elm.chain params 7 --height 12 --json"},
     verb_chain_prove},
    {"chain history",
     "FILE STORE NUMBER",
     "Shows every version of a row, proved, and whether any is missing.",
     3,
     3,
     {{"--height", "H", "up to this block (default: the last one)"}},
     {"chain history elm.chain members 3", "chain history elm.chain contracts 12 --json",
      "chain history elm.chain members 3 --height 40 --json"},
     verb_chain_history},
    {"chain check-proof",
     "FILE",
     "Checks what chain prove or chain history has said, by an app hash alone.",
     1,
     1,
     {{"--app-hash", "HEX", "the app hash that is trusted (default: the one in the file)"}},
     {"chain check-proof proof.json --app-hash HEX", "chain check-proof - < proof.json",
      "chain check-proof proof.json --json"},
     verb_chain_check_proof},
    {"bench clearing",
     "",
     "Measures the call auction on this machine, sorted and crossed and with contracts.",
     0,
     0,
     {{"--orders", "N", "largest book, 1000 to 1000000 orders (default 1000000)"}},
     {"bench clearing", "bench clearing --orders 10000", "bench clearing --json"},
     verb_bench_clearing},
    {"bench crypto",
     "",
     "Measures signatures, hashes, proofs and trees on this machine, as ratios in one run.",
     0,
     0,
     {{"--leaves", "N", "largest tree, 1000 to 1000000 leaves (default 1000000)"}},
     {"bench crypto", "bench crypto --leaves 100000", "bench crypto --json"},
     verb_bench_crypto},
    {"bench wire",
     "",
     "Measures reading and writing envelopes of 1, 8 and 64 operations.",
     0,
     0,
     {{NULL, NULL, NULL}},
     {"bench wire", "bench wire --json", "bench wire -h"},
     verb_bench_wire},
    {"bench sampling",
     "",
     "Measures drawing a cluster of 111 from a thousand and a million members.",
     0,
     0,
     {{NULL, NULL, NULL}},
     {"bench sampling", "bench sampling --json", "bench sampling -h"},
     verb_bench_sampling},
};

const struct verb *verbs_at(uint32_t index)
{
    return index < sizeof rows / sizeof rows[0] ? &rows[index] : NULL;
}

/* How many of the words spell @path, or 0. */
static int words_in_path(const char *path, int count, const char *const *words)
{
    for (int used = 0; used < count;) {
        const size_t len = strlen(words[used]);
        if (strncmp(path, words[used], len) != 0 || (path[len] != '\0' && path[len] != ' '))
            return 0;
        used++;
        if (path[len] == '\0')
            return used;
        path += len + 1;
    }
    return 0;
}

const struct verb *verbs_find(int *used, int count, const char *const *words)
{
    const struct verb *found = NULL;
    *used = 0;
    for (uint32_t i = 0; verbs_at(i); i++) {
        const int taken = words_in_path(rows[i].path, count, words);
        if (taken > *used) {
            *used = taken;
            found = &rows[i];
        }
    }
    return found;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Levenshtein distance, row by row; both texts are shorter than VERB_PATH_CHARS_MAX. */
static size_t distance(const char *a, const char *b)
{
    size_t row[VERB_PATH_CHARS_MAX];
    const size_t b_len = strlen(b);
    for (size_t j = 0; j <= b_len; j++)
        row[j] = j;
    for (size_t i = 0; a[i]; i++) {
        size_t diagonal = row[0];
        row[0] = i + 1;
        for (size_t j = 0; j < b_len; j++) {
            const size_t above = row[j + 1];
            const size_t replaced = diagonal + (a[i] != b[j]);
            row[j + 1] = least(replaced, 1 + least(above, row[j]));
            diagonal = above;
        }
    }
    return row[b_len];
}

/* The first @words words of @from. */
static void first_words(char out[VERB_PATH_CHARS_MAX], const char *from, int words)
{
    size_t len = 0;
    for (; from[len] && len + 1 < VERB_PATH_CHARS_MAX; len++) {
        if (from[len] == ' ' && --words == 0)
            break;
        out[len] = from[len];
    }
    out[len] = '\0';
}

static int count_words(const char *path)
{
    int words = 1;
    for (; *path; path++)
        words += *path == ' ';
    return words;
}

void verbs_typed(char out[VERB_PATH_CHARS_MAX], int count, const char *const *words)
{
    out[0] = '\0';
    for (int i = 0; i < count && i < WORDS_MAX && words[i][0] != '-'; i++) {
        const size_t len = strlen(out);
        snprintf(out + len, VERB_PATH_CHARS_MAX - len, "%s%s", i > 0 ? " " : "", words[i]);
    }
}

const char *verbs_nearest(const char *typed)
{
    const char *nearest = NULL;
    size_t nearest_distance = SIZE_MAX;
    for (uint32_t i = 0; verbs_at(i); i++) {
        char path[VERB_PATH_CHARS_MAX], start[VERB_PATH_CHARS_MAX];
        const int in_path = count_words(rows[i].path), in_typed = count_words(typed);
        const int compared = in_path < in_typed ? in_path : in_typed;
        first_words(path, rows[i].path, compared);
        first_words(start, typed, compared);
        const size_t d = distance(start, path);
        /* A guess that changes more than half of the letters only annoys. */
        if (d < nearest_distance && d <= strlen(start) / 2) {
            nearest_distance = d;
            nearest = rows[i].path;
        }
    }
    return nearest;
}

bool verbs_is_in_group(const char *path, const char *typed)
{
    const size_t len = strlen(typed);
    return strncmp(path, typed, len) == 0 && path[len] == ' ';
}
