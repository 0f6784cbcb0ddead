/*
 * The kinds of statements as data: type line, keys, order and the rule of each value. This table
 * and doc/formats/statements.md are the same thing twice; a test holds them together.
 */
#ifndef CH_KINDS_H
#define CH_KINDS_H

#include "span.h"

#define CH_FIELDS_MAX  48u
#define CH_COLUMNS_MAX 16u

/* What a value must look like. */
typedef enum {
	CH_T_HASH,      /* 64 hex digits                                        */
	CH_T_HEX16,     /* 32 hex digits: mailbox                               */
	CH_T_HANDLE,    /* alpha.example                                        */
	CH_T_CODE,      /* [A-Z]{2,8}                                           */
	CH_T_NUMBER,    /* ALPHA-BRAVO/2026/0001                                */
	CH_T_WHEN,      /* 2026-11-25T12:00:00Z                                 */
	CH_T_DATE,      /* 2026-11-25                                           */
	CH_T_DEC,       /* 64-bit decimal                                       */
	CH_T_KEYNAME,   /* alpha.example/0123abcd                               */
	CH_T_VKEY,      /* signed-note verifier key, type 1 (or 4: cosigner)    */
	CH_T_KEY,       /* base64 of 32 bytes                                   */
	CH_T_SIG,       /* base64 of 64 bytes                                   */
	CH_T_RECIPIENT, /* age1...                                              */
	CH_T_TOKEN,     /* [a-z0-9][a-z0-9.-]*                                  */
	CH_T_TOKENS,    /* tokens joined by single commas, none twice           */
	CH_T_REF,       /* <dec> <hash>                                         */
	CH_T_SEEN,      /* <dec> <hash> <hash>                                  */
	CH_T_RE,        /* <number> <hash>                                      */
	CH_T_ORIGIN,    /* a register's origin: printable ASCII, no space or +  */
	CH_T_MEDIA,     /* a media type: application/pdf                        */
	CH_T_URL,       /* http:// or https://, printable ASCII                 */
	CH_T_TEXT,      /* one line of text, text.h                             */
	CH_T_NUMBERS,   /* ascending decimals joined by single commas           */
	CH_T_COPY,      /* i,n: copy i of n, 1 <= i <= n                        */
	CH_T_LIST,      /* a count, then that many items                        */
} ch_type;

struct ch_schema;

struct ch_field {
	const char *key;
	ch_type type;
	bool optional;                /* may be `-`                          */
	uint16_t max;                 /* TEXT: bytes; LIST: items            */
	const struct ch_schema *item; /* LIST: the columns                   */
};

struct ch_schema {
	const char *name;
	unsigned n;
	const struct ch_field *field;
};

/* The order is fixed: append only. */
typedef enum {
	CH_K_ROSTER,
	CH_K_CHARTER,
	CH_K_ENROLMENT,
	CH_K_SIGN_IN,
	CH_K_PAPER,      /* the text whose hash is D */
	CH_K_PAPER_TEXT, /* the head of paper.txt; never signed itself */
	CH_K_SEEDS,      /* inside the bundle only */
	CH_K_DEPOSIT,    /* inside the deposit only */
	CH_K_SUBMISSION, /* L */
	CH_K_RECEIPT,
	CH_K_DECLINE,
	CH_K_TAKE_BACK,
	CH_K_OPENED,
	CH_K_DEFECT,
	CH_K_KEY_MISSING,
	CH_K_CONFIRMATION,
	CH_K_DISCLOSURE,
	CH_K_STATEMENT,
	CH_K_CONTESTATION,
	CH_K_REGISTRY,
	CH_K_DEPOSIT_KEY,
	CH_K_REGISTERED,
	CH_K_REJECTED,
	CH_K_NOTICE,
	CH_K_HANDOVER,
	CH_K_ENDED,
	CH_K_HEADS,
	CH_K_REQUEST, /* of somebody who is no delegate yet */
	CH_K_WELCOME, /* by the party key */
	CH_K_COUNT,
} ch_kind;

const struct ch_schema *ch_kind_schema(ch_kind k);

/* Fields of each kind, in order. Fields common to all come first: talks (0), party or
 * registry (1). */
enum { CH_ANY_TALKS, CH_ANY_PARTY };
/* Every statement of a party but roster, charter, enrolment and request has its roster third. */
enum { CH_ANY_ROSTER = 2 };

enum {
	CH_ROSTER_TALKS, CH_ROSTER_PARTY, CH_ROSTER_TITLE, CH_ROSTER_VERSION, CH_ROSTER_PREVIOUS,
	CH_ROSTER_PARTY_KEY, CH_ROSTER_TIME, CH_ROSTER_VALID_UNTIL, CH_ROSTER_SUITE,
	CH_ROSTER_Q_SEND, CH_ROSTER_Q_SIGN_FOR, CH_ROSTER_Q_BIND, CH_ROSTER_Q_DISCLOSE,
	CH_ROSTER_Q_SPEAK, CH_ROSTER_Q_ENROL, CH_ROSTER_REGISTRIES, CH_ROSTER_DELEGATES,
	CH_ROSTER_FIELDS
};
enum { CH_REG_ORIGIN, CH_REG_MAILBOX };
enum {
	CH_DEL_NAME, CH_DEL_PERSON, CH_DEL_TITLE, CH_DEL_POWERS, CH_DEL_KEY, CH_DEL_KEY_PROOF,
	CH_DEL_SIGN_IN, CH_DEL_SIGN_IN_PROOF, CH_DEL_COSIGN, CH_DEL_COSIGN_PROOF, CH_DEL_SEAL,
	CH_DEL_AUTH, CH_DEL_PQ, CH_DEL_RECALLED, CH_DEL_COLUMNS
};

enum {
	CH_CHARTER_TALKS, CH_CHARTER_PARTY /* who opened them */, CH_CHARTER_VERSION,
	CH_CHARTER_PREVIOUS, CH_CHARTER_NAME, CH_CHARTER_TITLE, CH_CHARTER_TIME,
	CH_CHARTER_WORD_SET, CH_CHARTER_LANGUAGES, CH_CHARTER_PREVAILS, CH_CHARTER_MODE,
	CH_CHARTER_BASIS, CH_CHARTER_BASES, CH_CHARTER_PACKAGE, CH_CHARTER_CONFIRM,
	CH_CHARTER_LEVEL, CH_CHARTER_ANSWER_DAYS, CH_CHARTER_LAPSE_DAYS, CH_CHARTER_ROUNDS,
	CH_CHARTER_ORDER, CH_CHARTER_EFFECTIVE_REGISTRATION, CH_CHARTER_EFFECTIVE_NOTICE,
	CH_CHARTER_EFFECTIVE_RECEIPT, CH_CHARTER_DEEMED_DAYS, CH_CHARTER_WORKING_DAYS,
	CH_CHARTER_CUT_OFF, CH_CHARTER_OUTAGE_EXTENDS, CH_CHARTER_HOLIDAYS, CH_CHARTER_OFFSETS,
	CH_CHARTER_PARTIES, CH_CHARTER_REGISTRIES, CH_CHARTER_NEUTRALS, CH_CHARTER_OBSERVERS,
	CH_CHARTER_AGENDA, CH_CHARTER_FIELDS
};
enum {
	CH_CP_HANDLE, CH_CP_CODE, CH_CP_TITLE, CH_CP_TIE, CH_CP_KEY, CH_CP_ROSTER
};
enum { CH_CR_ORIGIN, CH_CR_VKEY, CH_CR_COSIGNER, CH_CR_URL };

enum { CH_ENROL_TALKS, CH_ENROL_PARTY, CH_ENROL_PURPOSE, CH_ENROL_KEY };
enum {
	CH_SI_TALKS, CH_SI_PARTY, CH_SI_ROSTER, CH_SI_REGISTRY, CH_SI_TLS_NAME, CH_SI_CHALLENGE,
	CH_SI_TIME
};
enum {
	CH_PAPER_TALKS, CH_PAPER_PARTY, CH_PAPER_ROSTER, CH_PAPER_MODE, CH_PAPER_HEAD,
	CH_PAPER_BODY
};

/* The head of a paper: the design's order. Cover keys: ch_head_is_cover(). */
enum {
	CH_H_TALKS, CH_H_NUMBER, CH_H_COPY, CH_H_FROM, CH_H_BY, CH_H_TO, CH_H_INFO, CH_H_FORM,
	CH_H_ACT, CH_H_BASIS, CH_H_RE, CH_H_EFFECTIVE, CH_H_SUBJECT, CH_H_TITLE, CH_H_DATE,
	CH_H_LANGUAGES, CH_H_CAVEAT, CH_H_CHARACTERISE, CH_H_MAY_CONFIRM, CH_H_ANSWER_BY,
	CH_H_OPERATIVE, CH_H_TEXT, CH_H_POSITIONS, CH_H_ATTACHMENTS, CH_H_KEYS
};
enum { CH_AT_FILE, CH_AT_TYPE, CH_AT_SIZE, CH_AT_DIGEST, CH_AT_NAME };

/* Whether head key i stands in the cover: always the same set. */
bool ch_head_is_cover(unsigned i);

enum { CH_SEEDS_TALKS, CH_SEEDS_PARTY, CH_SEEDS_HEAD, CH_SEEDS_BODY, CH_SEEDS_TEXT };
enum { CH_DEP_TALKS, CH_DEP_PARTY, CH_DEP_SUBMISSION, CH_DEP_IDENTITY };

enum {
	CH_L_TALKS, CH_L_PARTY, CH_L_ROSTER, CH_L_ADDRESSEE, CH_L_ADDRESSEE_ROSTER,
	CH_L_REGISTRIES, CH_L_MAILBOX, CH_L_SERIAL, CH_L_ENVELOPE, CH_L_SIZE, CH_L_KEY,
	CH_L_PAPER, CH_L_COVER, CH_L_LAPSE, CH_L_LAYERS, CH_L_CHECKPOINT, CH_L_PAIR, CH_L_NONCE
};

/* Receipt, decline, take-back, opened, defect, key-missing share their first nine. */
enum {
	CH_D_TALKS, CH_D_PARTY, CH_D_ROSTER, CH_D_REGISTRY, CH_D_SUBMISSION, CH_D_PAPER, CH_D_COVER,
	CH_D_CHECKPOINT, CH_D_PAIR,
	CH_D_REASON,             /* decline, take-back: optional text          */
	CH_D_HANDOVER = 9,       /* opened, defect, key-missing                */
	CH_D_CAUSE = 10          /* defect, key-missing                        */
};

enum {
	CH_CONF_TALKS, CH_CONF_PARTY, CH_CONF_ROSTER, CH_CONF_PAPER, CH_CONF_RECEIPT,
	CH_CONF_LEAVES, CH_CONF_SENTENCE, CH_CONF_NOTE, CH_CONF_CHECKPOINT, CH_CONF_TIME
};
enum {
	CH_DISC_TALKS, CH_DISC_PARTY, CH_DISC_ROSTER, CH_DISC_PAPER, CH_DISC_LEAVES,
	CH_DISC_PASSAGES, CH_DISC_ATTACHMENTS, CH_DISC_NOTE, CH_DISC_CHECKPOINT, CH_DISC_TIME
};
enum {
	CH_ST_TALKS, CH_ST_PARTY, CH_ST_ROSTER, CH_ST_WHAT, CH_ST_ABOUT, CH_ST_PAPER, CH_ST_TEXT,
	CH_ST_CHECKPOINT, CH_ST_TIME
};
enum {
	CH_CON_TALKS, CH_CON_PARTY, CH_CON_ROSTER, CH_CON_ABOUT, CH_CON_PAPER, CH_CON_TEXT,
	CH_CON_CHECKPOINT, CH_CON_TIME
};

/* Statements of a registry. */
enum { CH_RG_TALKS, CH_RG_REGISTRY, CH_RG_VKEY, CH_RG_COSIGNER, CH_RG_TIME };
enum {
	CH_DK_TALKS, CH_DK_REGISTRY, CH_DK_EPOCH, CH_DK_RECIPIENT, CH_DK_FROM, CH_DK_UNTIL
};
/* Registered, rejected, notice, handover and ended share their first four. */
enum {
	CH_EV_TALKS, CH_EV_REGISTRY, CH_EV_SUBMISSION, CH_EV_TIME,
	CH_RGD_ETSI = 4, CH_RGD_PAIR = 5,
	CH_RJ_ETSI = 4, CH_RJ_REASON = 5,
	CH_NO_ETSI = 4, CH_NO_PAIR = 5, CH_NO_ROSTER = 6, CH_NO_DELEGATE = 7,
	CH_HO_ETSI = 4, CH_HO_PAIR = 5, CH_HO_RECEIPT = 6, CH_HO_ROSTER = 7, CH_HO_KEYBOX = 8,
	CH_HO_SIGNERS = 9, CH_HO_RECALLED = 10,
	CH_EN_ETSI = 4, CH_EN_PAIR = 5, CH_EN_END = 6, CH_EN_STATEMENT = 7, CH_EN_REASON = 8,
	CH_EN_CHECKPOINT = 9
};
enum { CH_HD_TALKS, CH_HD_REGISTRY, CH_HD_PARTY, CH_HD_TIME, CH_HD_CHECKPOINT, CH_HD_CHAINS };
enum { CH_CH_FROM, CH_CH_PAIR };

/* The one delegate of a request has the columns of a roster's. */
enum { CH_RQ_TALKS, CH_RQ_PARTY, CH_RQ_SUITE, CH_RQ_TIME, CH_RQ_DELEGATES };
enum {
	CH_WE_TALKS, CH_WE_PARTY, CH_WE_ROSTER, CH_WE_DELEGATE, CH_WE_KEY, CH_WE_HOLDINGS,
	CH_WE_TIME
};

#endif
