/* SPDX-License-Identifier: Apache-2.0 */
/* base/err.h - the one table of errors: number, name, sentence, hint.
 *
 * CLI, API, web and documents show the same text; `peerwatt explain NAME` prints a row and
 * docs/errors.md is generated from the table. Rows are appended, never renumbered, and a number
 * is never used again.
 *
 *   1 .. 32767       refusals by a rule. They become part of a block's results (2 bytes, hashed).
 *   32768 .. 65535   everything else: unreadable input, wrong usage, a failing world. Never on
 *                    the ledger, so nodes may differ in them.
 *
 * Pure: constant data only. */
#ifndef PEERWATT_BASE_ERR_H
#define PEERWATT_BASE_ERR_H

#include <stdint.h>

/* X(NAME, number, sentence, hint). The sentence says what is wrong, the hint what to do now. */
#define ERR_TABLE(X)                                                                               \
    X(OK, 0, "No error.", "Nothing needs to be done.")                                             \
    X(ENVELOPE_FORM, 1, "The envelope cannot be read.",                                            \
      "Encode it as schema/peerwatt.proto says; one bad envelope fails alone.")                    \
    X(SIGNER_UNKNOWN, 2, "The signer is not known, or may not act any more.",                      \
      "Check the slot; a key that is no member's may only ask to join.")                           \
    X(SIGNATURE, 3, "The signature does not fit.",                                                 \
      "Sign with the key that the ledger holds now, for this chain.")                              \
    X(EXPIRED, 4, "The envelope has expired.", "Sign it again with a later expires_height.")       \
    X(EXPIRES_FAR, 5, "The envelope expires too far ahead.",                                       \
      "Keep expires_height within ttl_max blocks of the height.")                                  \
    X(NONCE_USED, 6, "This nonce was used already.",                                               \
      "Nothing needs to be done if the envelope was sent twice; otherwise use a higher nonce.")    \
    X(NONCE_FAR, 7, "The nonce is too far above the highest one taken.",                           \
      "Count nonces on one by one; at most 1,024 may be skipped.")                                 \
    X(BLOCK_FULL, 8, "The block holds as many signatures as it may.",                              \
      "Send it again; it fits into a later block.")                                                \
    X(OP_SIGNER, 9, "This signer may not say this.",                                               \
      "See section 13 of docs/protocol.md for who signs what.")                                    \
    X(OP_PROOF, 10, "A signature or proof inside the operation does not hold.",                    \
      "Check the keys, the order of the parts and, for a proof, epoch and slot.")                  \
    X(AUTHORITY_SEQUENCE, 16, "This is not the authority's next sequence number.",                 \
      "Use the last one plus one.")                                                                \
    X(VOUCHER_EXPIRED, 17, "The voucher has expired.", "Ask the authority for a new one.")         \
    X(NULLIFIER_HELD, 18, "This delivery point is held by a member or a request.",                 \
      "Leave with the old meter first, or wait for the open request to end.")                      \
    X(KEY_SEEN, 19, "A key was seen before.", "Make new keys; a key is never taken twice.")        \
    X(JOINS_FULL, 20, "As many join requests are open as may be.",                                 \
      "Try again when some are decided, or in the next epoch.")                                    \
    X(FEEDER_UNKNOWN, 21, "There is no feeder with this number.",                                  \
      "Ask the authority for a voucher that names a feeder of the genesis file.")                  \
    X(MEMBERS_FULL, 22, "The community has as many members as its ledger can hold.",               \
      "Raise limits.members_max in a new genesis file.")                                           \
    X(NO_REQUEST, 23, "There is no open join request with this number.",                           \
      "Look the number up; it may have ended.")                                                    \
    X(CSR_OTHER, 24, "The certificate belongs to another signing request.",                        \
      "Issue it over the request that the join named.")                                            \
    X(EPOCH_OTHER, 25, "This names another epoch.",                                                \
      "Look at the present epoch and its verifiers.")                                              \
    X(NOT_LEADER, 26, "The signer is not the leader of this slot.",                                \
      "Leaders follow from eq. 1; wait for a slot of your own.")                                   \
    X(VERIFY_BUSY, 27, "Another verification block is still undecided.",                           \
      "Offer it in your next slot.")                                                               \
    X(PREVIOUS_OTHER, 28, "The block does not follow the head of the verification chain.",         \
      "Name the hash of the last block that joined the chain.")                                    \
    X(TIME_OTHER, 29, "The block's time is not that of its slot.",                                 \
      "T_s is t0 plus slot times tau, exactly.")                                                   \
    X(VERDICTS_OTHER, 30, "The verdicts are not those of the requests that were due.",             \
      "Give one for every request due at the slot's first block, lowest numbers first.")           \
    X(NOT_DUE, 31, "Nothing was due here.", "Nothing needs to be done.")                           \
    X(ADMIT_EARLY, 32, "The verifiers decide this request.",                                       \
      "The authority decides alone only where there are no or too few verifiers.")                 \
    X(ROTATE_SOON, 33, "Keys were changed too recently.", "Wait rotate_min_ms between changes.")   \
    X(NO_RECEIPT, 34, "No document of this request is to be erased by this member.",               \
      "Nothing needs to be done.")                                                                 \
    X(KEYS_FULL, 35, "The ledger can remember no more keys.",                                      \
      "Start a new chain with a larger limits.members_max.")                                       \
    X(EVIDENCE_NONE, 37, "The two envelopes do not contradict each other.",                        \
      "Evidence is two different items of one signer for one and the same thing.")                 \
    X(EVIDENCE_OLD, 38, "The evidence is too old.",                                                \
      "It counts for evidence_ms after the envelopes expired.")                                    \
    X(EVIDENCE_KEY, 39, "The member's key is known as lost.",                                      \
      "Whoever has found it can sign anything; what it signed proves nothing.")                    \
    X(NO_MEMBER, 40, "There is no member with this slot.",                                         \
      "Look the slot up in the list of members.")                                                  \
    X(AMOUNT_RANGE, 41, "The amount is not in its range.",                                         \
      "Amounts of money in and out are above zero; deposits and credit limits stay below 2^62 in " \
      "all.")                                                                                      \
    X(WRONG_STATE, 42, "This is not possible in the present state.",                               \
      "Look at the object's state first; somebody else may have been earlier.")                    \
    X(DUPLICATE, 43, "This was already taken.",                                                    \
      "Nothing needs to be done if it was meant once; otherwise use a new reference.")             \
    X(MEMBER_CLOSED, 44, "The member has left or was expelled.",                                   \
      "Pay it back to where it came from; a closed account takes nothing new.")                    \
    X(NEEDS_AUTHORITY, 45,                                                                         \
      "The deposits of the day or of all days are above the treasury's limit.",                    \
      "Have the authority sign it too, or wait for the next day.")                                 \
    X(CREDIT_IN_USE, 46, "The credit limit would be below the debt.",                              \
      "Collect the debt first, or set a limit that covers it.")                                    \
    X(FUNDS, 47, "The money available is not enough.",                                             \
      "Pay in, or ask for less; credit cannot be paid out.")                                       \
    X(NO_PAYOUT, 48, "There is no open withdrawal with this number.",                              \
      "Look the number up; it may have been paid already.")                                        \
    X(PAYOUTS_FULL, 49, "As many withdrawals are open as may be.",                                 \
      "Try again when the treasury has paid some.")                                                \
    X(REFERENCES_FULL, 50, "The ledger can remember no more bank references.",                     \
      "Start a new chain with a larger limits.members_max.")                                       \
    X(INADMISSIBLE, 60, "The signer may not act.",                                                 \
      "Check that the member is active and that its key and nonce are right.")                     \
    X(NO_CONTRACT, 61, "There is no contract with this number.",                                   \
      "Look the number up; what could not be funded never became a contract.")                     \
    X(CLOSED, 62, "The contract has ended.",                                                       \
      "Nothing needs to be done; its record shows how it ended.")                                  \
    X(EARLY, 63, "It is too early for this.",                                                      \
      "Wait for the window to open; the duty list says when.")                                     \
    X(LATE, 64, "The window has closed.",                                                          \
      "Nothing needs to be done; check why it was sent so late.")                                  \
    X(NOT_MEMBER, 65, "The signer has no seat here.", "Vote only on what the duty list shows.")    \
    X(VOTED, 66, "This seat has voted already.",                                                   \
      "Nothing needs to be done; the first vote counts.")                                          \
    X(NOT_RANK, 67, "Another rank holds the office.", "Wait until the office comes to this rank.") \
    X(RESULT_WRONG, 68, "The result differs from what the statements say.",                        \
      "Compare the statements and the allotment; the next rank leads now.")                        \
    X(SEQUENCE, 69, "This is not the next number of its sequence.",                                \
      "Use the last number plus one; the first is zero.")                                          \
    X(RECORD_ONLY, 70, "The statement came after the close and moves nothing.",                    \
      "It is kept for bill and audit.")                                                            \
    X(NO_DUTY, 71, "The ballot names a duty that the signer does not have.",                       \
      "Vote only on positions of your own duty list.")                                             \
    X(NO_ROUND, 72, "There is no such round.", "Look the interval up; it may be over.")            \
    X(NO_ORDER, 73, "There is no order with this number.", "Look the number up.")                  \
    X(CONTRACTS_FULL, 74, "As many contracts are open as the ledger can hold.",                    \
      "Try again when some have been settled.")                                                    \
    X(CLUSTER_TOO_SMALL, 75,                                                                       \
      "Nobody could witness this trade, and the community refuses such trades.",                   \
      "Wait for more members, or set trade.unwitnessed to allow.")                                 \
    X(CORRECTS_OTHER, 76, "The correction names another statement than the last one.",             \
      "Name the hash of the statement that it corrects.")                                          \
    X(CHANGES_FULL, 77, "As many parameter changes wait as may.", "Wait for one to bind or fail.") \
    X(NO_CHANGE, 78, "There is no open parameter change with this number.", "Look the number up.") \
    X(OVER_SOON, 79, "The change binds too soon.",                                                 \
      "Leave param_delay_ms, and name the start of an interval.")                                  \
    X(STATEMENT_RANGE, 80,                                                                         \
      "The statement is more than the connection can deliver or take in an interval.",             \
      "Check the reading; what is above max_export_wh or max_import_wh is stated as the limit.")   \
    X(ORDER_NOT_ACTIVE, 100, "The member is not active.",                                          \
      "Wait until the certificate is issued, or ask the authority.")                               \
    X(ORDER_SCORE_GATE, 101, "The member's score is below the trading threshold.",                 \
      "Wait until the penance is over, or win score back by duties.")                              \
    X(ORDER_LATE, 102, "The gate of this interval has been reached.",                              \
      "Send the order for a later interval.")                                                      \
    X(ORDER_EARLY, 103, "The interval is beyond the horizon.",                                     \
      "Send the order when the interval is nearer.")                                               \
    X(ORDER_ENERGY_RANGE, 104,                                                                     \
      "The energy is zero or outside the community's limits for an order.",                        \
      "Keep between order_min_wh and order_max_wh.")                                               \
    X(ORDER_PRICE_RANGE, 105, "The limit is below the feed-in price or above the retail price.",   \
      "Choose a limit between the two tariffs.")                                                   \
    X(ORDER_SCORE_LEVEL, 106, "There is no such score level.",                                     \
      "Ask for a level from 0 to 7; 0 asks nothing.")                                              \
    X(ORDER_CROSSES_OWN, 107, "A bid and an offer of one household would meet.",                   \
      "Keep every own bid strictly below every own offer of the interval.")                        \
    X(ORDER_CAPACITY, 108, "The order is more than the connection can deliver or take.",           \
      "Keep open forward energy within the connection's limits.")                                  \
    X(ORDER_LIMIT_MEMBER, 109, "The member has as many orders for this interval as it may have.",  \
      "Cancel one, or put the energy into fewer orders.")                                          \
    X(ORDER_LIMIT_BOOK, 110, "The book of this interval is full.", "Try another interval.")        \
    X(ORDER_NO_BOOK, 111, "This market keeps no book for such an order.",                          \
      "Look at the community's mechanism and timing; agreements are always possible.")             \
    X(AGREE_NOT_ACTIVE, 120, "One of the two parties is not active.",                              \
      "Both must be active members.")                                                              \
    X(AGREE_SCORE_GATE, 121,                                                                       \
      "A party's score is below the trading threshold or the other's minimum.",                    \
      "Lower the minimum, or trade with somebody else.")                                           \
    X(AGREE_OWN_HOUSEHOLD, 122, "Both parties belong to one household.",                           \
      "A household cannot trade with itself.")                                                     \
    X(AGREE_LATE, 123, "The gate has passed or the agreement has expired.",                        \
      "Agree anew on a later interval.")                                                           \
    X(AGREE_EARLY, 124, "The interval is beyond the horizon.",                                     \
      "Submit the agreement when the interval is nearer.")                                         \
    X(AGREE_ENERGY_RANGE, 125, "The energy is zero or outside the community's limits.",            \
      "Keep between order_min_wh and order_max_wh.")                                               \
    X(AGREE_PRICE_RANGE, 126,                                                                      \
      "The price is below the feed-in price, or above the retail price with the grid fee.",        \
      "Choose a price that leaves nobody worse off than with the utility.")                        \
    X(AGREE_TERMS, 127, "The terms of delivery are not possible.",                                 \
      "Choose min_delivery up to 1,000,000 ppm and a tolerance up to the energy.")                 \
    X(AGREE_CAPACITY, 128, "The agreement is more than a party's connection can deliver or take.", \
      "Keep open forward energy within the connections' limits.")                                  \
    X(AGREE_LIMIT_MEMBER, 129,                                                                     \
      "A party has as many agreements or as much exposure as it may have.",                        \
      "Wait until one is closed.")                                                                 \
    X(AGREE_FUNDS, 130, "The buyer's money does not cover the payment.",                           \
      "Pay in, or agree on less energy.")                                                          \
    X(AGREE_TWICE, 131, "This agreement has been taken already.",                                  \
      "Nothing needs to be done; a new one needs a new nonce.")                                    \
    X(PARAM_UNKNOWN, 140, "There is no parameter with this number.",                               \
      "Run `peerwatt genesis parameters` for the list.")                                           \
    X(PARAM_FIXED, 141, "This parameter never changes.",                                           \
      "It is fixed in the genesis file; another value needs another community.")                   \
    X(PARAM_FORM, 142, "The setting does not have the form of its parameter.",                     \
      "A number has a value only, a text or key bytes only, an item of a list its index as well.") \
    X(PARAM_INDEX, 143, "The list has no such place.",                                             \
      "Name a place that is there, or the one behind the last.")                                   \
    X(PARAM_RANGE, 144, "The value is outside the parameter's range.",                             \
      "Keep within the range; `peerwatt genesis parameters` lists them.")                          \
    X(PARAM_RELATION, 145, "The value does not fit the other parameters.",                         \
      "Change it together with the parameters it depends on.")                                     \
    X(PARAM_SIZE, 149, "The change needs more memory than the ledger was given.",                  \
      "What sizes the ledger may shrink but not grow; start a new chain for that.")                \
    X(NUMBER_SYNTAX, 32768, "This is not a decimal number.",                                       \
      "Write digits with at most one point: 12, 0.5 or 1.25e3.")                                   \
    X(NUMBER_LENGTH, 32769, "The number has too many digits to be read.",                          \
      "Shorten it to 128 characters.")                                                             \
    X(NUMBER_FINE, 32770, "The number is finer than the smallest unit.",                           \
      "The smallest units are 1 Wh, 1 W and 0.000001 of the currency.")                            \
    X(NUMBER_LARGE, 32771, "The number is larger than this program can count.",                    \
      "Amounts go up to 9,223,372,036,854,775,807 of the smallest unit.")                          \
    X(UNIT_MISSING, 32772, "The quantity has no unit.",                                            \
      "Write the unit: 2.5kWh, 2500Wh, 400W, 0.18/kWh or 5EUR.")                                   \
    X(UNIT_UNKNOWN, 32773, "The unit does not fit here.",                                          \
      "Energy is in Wh, kWh or MWh, power in W, kW or MW, a price is 0.18/kWh, money 5EUR.")       \
    X(CURRENCY_OTHER, 32774, "The amount is in another currency than the community's.",            \
      "Write the community's own three-letter currency code, for example 5EUR.")                   \
    X(HEX_SYNTAX, 32775, "This is not lower-case hexadecimal text.",                               \
      "Write two of 0-9 and a-f for each byte.")                                                   \
    X(HEX_LENGTH, 32776, "The hexadecimal text has the wrong length.",                             \
      "Write exactly as many bytes as are asked for.")                                             \
    X(USAGE, 32777, "The command is not complete or has a word that does not fit.",                \
      "Run the same verb with -h for three examples.")                                             \
    X(VERB_UNKNOWN, 32778, "There is no such command.", "Run `peerwatt help` for the list.")       \
    X(OPTION_UNKNOWN, 32779, "There is no such option for this command.",                          \
      "Run the same verb with -h for its options.")                                                \
    X(NAME_UNKNOWN, 32780, "There is no error of this name or number.",                            \
      "Run `peerwatt explain` without a name for the whole list.")                                 \
    X(FILE_READ, 32781, "The file cannot be read.",                                                \
      "Check that it exists and that you may read it.")                                            \
    X(FILE_LARGE, 32782, "The file is larger than this command reads.",                            \
      "Split it, or leave out what the command does not need.")                                    \
    X(JSON_SYNTAX, 32783, "The file is not one JSON object.",                                      \
      "Mend it at the line and column that are named; numbers must be whole.")                     \
    X(JSON_FIELD, 32784, "A field is missing or has a value that is not possible.",                \
      "The formats are in docs/study-json.md and docs/chain-json.md.")                             \
    X(OUTPUT_WRITE, 32785, "The answer could not be written.",                                     \
      "Check the disk or the program that reads the output; nothing else was changed.")            \
    X(CRYPTO_START, 32786, "The cryptographic library could not start.",                           \
      "Check that libsodium is installed whole and that /dev/urandom can be read.")                \
    X(YAML_SYNTAX, 32800, "This is not YAML.", "Mend the file at the line and column named.")      \
    X(YAML_FEATURE, 32801, "This part of YAML is not read here.",                                  \
      "Use plain keys, values and lists: no anchors, aliases, tags or second document.")           \
    X(YAML_LARGE, 32802, "The file is too large, too deep or has too many items.",                 \
      "A genesis file has up to 8 MiB, a million items and six levels.")                           \
    X(GENESIS_KEY, 32803, "There is no such key here.",                                            \
      "Run `peerwatt genesis parameters` for all keys, or look for a slip of the pen.")            \
    X(GENESIS_TWICE, 32804, "The key stands here twice.", "Keep one of the two.")                  \
    X(GENESIS_MISSING, 32805, "A key that has no default is missing.",                             \
      "Add it; `peerwatt genesis example` shows a whole file.")                                    \
    X(GENESIS_VALUE, 32806, "The value does not have the form that is needed here.",               \
      "Write whole numbers with digits only, keys and hashes in lower-case hexadecimal.")          \
    X(FILE_EXISTS, 32807, "The file is there already.",                                            \
      "Choose another name, or remove it yourself; nothing was written.")                          \
    X(CHAIN_DIFFERS, 32830, "The chain is not what its rules make of its blocks.",                 \
      "Run `peerwatt chain verify` on it, and get the file from somewhere else.")                  \
    X(HEIGHT_UNKNOWN, 32831, "There is no block at this height.",                                  \
      "Run `peerwatt chain show` without a height for the last one.")                              \
    X(STORE_UNKNOWN, 32832, "There is no such store.",                                             \
      "Stores: contracts, eligible, head, history, intervals, joins, log, members, orders, "       \
      "params, "                                                                                   \
      "payouts, statements, windows.")                                                             \
    X(ROW_UNKNOWN, 32833, "There is no such row or entry in this state.",                          \
      "Rows end and their places are given on: try another height with --height.")                 \
    X(HISTORY_LONG, 32834, "The row has more versions than this command shows.",                   \
      "Give an earlier height with --height.")                                                     \
    X(STORE_ROW, 32840, "A row of the store is not one that was written.",                         \
      "Restore a snapshot or a backup; nothing was changed.")                                      \
    X(STORE_STATE, 32841, "The rows of the store do not give the app hash that was stored.",       \
      "Restore a snapshot or a backup; nothing was changed.")                                      \
    X(STORE_FOREIGN, 32842, "This is the store of another community, or of another program.",      \
      "Name the folder of this community; nothing was changed.")                                   \
    X(STORE_NEWER, 32843, "The store was written by a newer program.",                             \
      "Start the newer program again; this one cannot read what it wrote.")                        \
    X(STORE_OPEN, 32844, "The store cannot be opened.",                                            \
      "Look at the folder: it must be there, be yours and lie on a disk of this machine.")         \
    X(STORE_READ, 32845, "The disk fails to read the store.",                                      \
      "Look at the disk; if it is lost, restore a snapshot or a backup.")                          \
    X(STORE_WRITE, 32846, "The disk fails to write the store.",                                    \
      "Look at the disk, then start again: the last blocks that were agreed on are all there.")    \
    X(STORE_FULL, 32847, "The disk is too full for further blocks.",                               \
      "Make room, then start again; nothing is lost.")                                             \
    X(STORE_READ_ONLY, 32848, "The store may only be read.",                                       \
      "Mount the disk for writing, or give the folder to the user that runs the node.")            \
    X(STORE_DAMAGED, 32849, "The store is damaged.",                                               \
      "Restore a snapshot or a backup; the place that is named cannot be read.")                   \
    X(STORE_BUSY, 32850, "Another program has opened this store.",                                 \
      "Stop the other node; two of them never share a folder.")                                    \
    X(STORE_MAP, 32851, "The store does not fit into the address space given to it.",              \
      "Lift the limit on virtual memory of this user or service.")

enum err {
#define ERR_ENUM(name, number, sentence, hint) ERR_##name = (number),
    ERR_TABLE(ERR_ENUM)
#undef ERR_ENUM
};

enum { ERR_REFUSAL_MAX = 32767 };

struct err_row {
    uint16_t number;
    const char *name;     /* stable, upper case, without the ERR_ */
    const char *sentence; /* one sentence: what is wrong */
    const char *hint;     /* one sentence: what to do now */
};

/* The row of @code, which must be in the table. Points to constant data. */
const struct err_row *err_get(enum err code);

/* The row at @index in the table's order, NULL behind the last. Points to constant data. */
const struct err_row *err_at(uint32_t index);

/* The row with this name ("NUMBER_FINE"), or NULL. @name ends with a zero byte. */
const struct err_row *err_find(const char *name);

#endif
