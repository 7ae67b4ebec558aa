/* SPDX-License-Identifier: Apache-2.0 */
/* wire/tags.h - what a signature or a hash is for: the domain tags of RULE num.3, zero-padded to
 * their fixed length. The list stands in docs/protocol.md.
 *
 * Pure. What is signed is tag || SHA-256(chain id) || bytes (crypto/sign.h); each kind of statement
 * has its own tag, so that no signature over one can be shown as one over another. */
#ifndef PEERWATT_WIRE_TAGS_H
#define PEERWATT_WIRE_TAGS_H

#include "crypto/hash.h"

/* X(NAME, text of at most 15 characters) */
#define TAGS_TABLE(X)                                                                              \
    X(ENVELOPE, "pw.envelope")    /* body of an envelope, by its signer */                         \
    X(VOUCHER, "pw.voucher")      /* Voucher, by the authority */                                  \
    X(AGREEMENT, "pw.agreement")  /* AgreementTerms, by seller and buyer */                        \
    X(ROTATE, "pw.rotate")        /* NewKeys, by the new key */                                    \
    X(ISSUED, "pw.cert-issued")   /* CertIssuedStatement, by the authority */                      \
    X(REVOKED, "pw.cert-revoked") /* CertRevokedStatement, by the authority */                     \
    X(ADMIT, "pw.admit")          /* AuthorityAdmitStatement, by the authority */                  \
    X(DEPOSIT, "pw.deposit")      /* DepositStatement, by the authority */                         \
    X(PARAMETER, "pw.parameter")  /* ParameterChangeStatement, by the authority */                 \
    X(BLOCK, "pw.verification")   /* hash of a verification block */                               \
    X(STATEMENT, "pw.statement")  /* hash of an interval statement, for corrections */             \
    X(TERMS, "pw.terms")          /* hash of an agreement, its id */

enum tag {
#define TAGS_ENUM(name, text) TAG_##name,
    TAGS_TABLE(TAGS_ENUM)
#undef TAGS_ENUM
        TAG_COUNT
};

/* Constant data. */
const struct hash_tag *tag_get(enum tag tag);

#endif
