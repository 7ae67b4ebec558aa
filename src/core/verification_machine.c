/* SPDX-License-Identifier: Apache-2.0 */
#include "core/verification_machine.h"

enum block_state verification_machine(const struct block_tally *t)
{
    if (t->has_voting)
        return BLOCK_OFFERED;
    if (t->has_decided)
        return BLOCK_DECIDED;
    if (t->is_struck)
        return BLOCK_STRUCK;
    return t->has_timed_out ? BLOCK_TIMED_OUT : BLOCK_DECLINED;
}

bool verification_machine_lost_seats(const struct request *r)
{
    return r->seats - r->disagree >= request_machine_quorum(r->seats);
}
