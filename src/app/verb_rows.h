/* SPDX-License-Identifier: Apache-2.0 */
/* app/verb_rows.h - what each command runs, one function a row of the table in verbs.c. Each
 * prints its answer or its error and returns the exit code. */
#ifndef PEERWATT_APP_VERB_ROWS_H
#define PEERWATT_APP_VERB_ROWS_H

#include "app/call.h"

enum exit_code verb_help(const struct call *call);
enum exit_code verb_version(const struct call *call);
enum exit_code verb_explain(const struct call *call);
enum exit_code verb_genesis_check(const struct call *call);
enum exit_code verb_genesis_show(const struct call *call);
enum exit_code verb_genesis_write(const struct call *call);
enum exit_code verb_genesis_parameters(const struct call *call);
enum exit_code verb_genesis_example(const struct call *call);
enum exit_code verb_study_vrf_prove(const struct call *call);
enum exit_code verb_study_vrf_verify(const struct call *call);
enum exit_code verb_study_hash(const struct call *call);
enum exit_code verb_study_merkle_root(const struct call *call);
enum exit_code verb_study_merkle_proof(const struct call *call);
enum exit_code verb_study_merkle_verify(const struct call *call);
enum exit_code verb_study_merkle_consistency(const struct call *call);
enum exit_code verb_study_clear(const struct call *call);
enum exit_code verb_study_clear_check(const struct call *call);
enum exit_code verb_study_clear_from_gsy(const struct call *call);
enum exit_code verb_study_clear_to_gsy(const struct call *call);
enum exit_code verb_study_continuous(const struct call *call);
enum exit_code verb_bench_apply(const struct call *call);
enum exit_code verb_bench_clearing(const struct call *call);
enum exit_code verb_study_draw(const struct call *call);
enum exit_code verb_study_leader(const struct call *call);
enum exit_code verb_study_beacon(const struct call *call);
enum exit_code verb_study_tail(const struct call *call);
enum exit_code verb_study_judge(const struct call *call);
enum exit_code verb_study_contract(const struct call *call);
enum exit_code verb_study_funds(const struct call *call);
enum exit_code verb_study_score(const struct call *call);
enum exit_code verb_study_qot(const struct call *call);
enum exit_code verb_study_machine(const struct call *call);
enum exit_code verb_study_strategy(const struct call *call);
enum exit_code verb_bench_crypto(const struct call *call);
enum exit_code verb_bench_wire(const struct call *call);
enum exit_code verb_bench_sampling(const struct call *call);
enum exit_code verb_chain_check_proof(const struct call *call);
enum exit_code verb_chain_history(const struct call *call);
enum exit_code verb_chain_prove(const struct call *call);
enum exit_code verb_chain_show(const struct call *call);
enum exit_code verb_chain_verify(const struct call *call);
enum exit_code verb_sim_run(const struct call *call);

#endif
