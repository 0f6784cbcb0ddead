/*
 * What was opened before: rosters by their hash, the newest of each party, the charter in force of
 * each talks. A roster costs three verifications a delegate, a charter one a key, and both stand
 * under thousands of statements: their bytes are judged once. Tables of fixed size in one arena;
 * full ones are emptied between two batches, when nothing points into them.
 *
 * What is newest and in force is believed within a batch alone, after its transaction began: from
 * then on nobody else writes. Whoever writes such a row calls ch_known_forget.
 */
#ifndef CH_KNOWN_H
#define CH_KNOWN_H

#include "age_key.h"
#include "charter.h"
#include "mem.h"
#include "thread.h"

#define CH_KNOWN_PLACES 1024

struct ch_op;
struct ch_reg;
struct ch_store;

/* A roster judged under this pin; all spans point into its own note. */
struct ch_known_roster {
	ch_span pin, note;
	ch_roster r;
	const ch_age_ready *seal; /* r.n of them; zero for who was recalled */
};

struct ch_known_place {
	ch_hash key;
	const void *what; /* NULL: free */
};

struct ch_known {
	struct ch_monitor lock; /* the crew looks for rosters while the loop adds some */
	struct ch_arena mem;
	struct ch_known_place roster[CH_KNOWN_PLACES];  /* by its hash: ch_known_roster      */
	struct ch_known_place newest[CH_KNOWN_PLACES];  /* by the hash of its party: the same */
	struct ch_known_place charter[CH_KNOWN_PLACES]; /* by its talks: ch_charter          */
	uint64_t data; /* the store's data version when the last batch began */
	bool full;
};

CH_MUST_USE ch_err ch_known_init(struct ch_known *k); /* NOMEM */
void ch_known_deinit(struct ch_known *k);
/* Between batches, with a settled crew: full tables are emptied. */
void ch_known_tidy(struct ch_known *k);
/* A transaction began: did others write since the last? Faults of the store. */
CH_MUST_USE ch_err ch_known_begin(struct ch_known *k, struct ch_store *s);
/* A roster or a charter came, or was rolled back. */
void ch_known_forget(struct ch_known *k);

/* A delegate's sealing key, made ready. */
CH_MUST_USE ch_err ch_delegate_ready(ch_age_ready *out, const ch_delegate *d);
/* A roster that was opened before, by its hash; or NULL. Whether it still counts is not said. From
 * any thread. */
const struct ch_known_roster *ch_known_find(struct ch_known *k, const ch_hash *hash);
/* The party's roster of that version (0: newest), opened under its pinned key. False: a problem or
 * a fault is said. */
bool ch_reg_roster(ch_roster *out, struct ch_reg *reg, struct ch_op *op, ch_span party,
    uint64_t version);
/* Within a batch: the newest complete charter of the talks; NULL in `out`: there is none. False:
 * a fault. */
bool ch_reg_charter(const ch_charter **out, struct ch_reg *reg, struct ch_op *op,
    const ch_hash *talks);

#endif
