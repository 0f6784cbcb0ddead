/*
 * Inside the judge of delivery records (delivery.h): what its files share. Nobody else includes
 * this.
 */
#ifndef CH_JUDGE_H
#define CH_JUDGE_H

#include "delivery.h"

struct ch_judge {
	ch_delivery *out;
	struct ch_delivery_work *work;
	const ch_evidence *ev;
	struct ch_diag *diag;
	ch_ref pair;           /* of the registry's first signed word on L */
	bool has_pair;
	ch_span receipt_talks; /* `talks` of the roster that judged the receipt: its chain */
	bool receipt_is_for_l; /* its text says so, whoever signed it      */
	bool decline_is_for_l, take_back_is_for_l;
	ch_step cause;         /* of the end: the statement here that it names by hash */
	bool has_cause, receipt_is_named;
	ch_ref receipt_roster; /* as its text says                         */
	bool handover_holds;   /* all but K, should key-missing be signed  */
	bool ended_holds;
	ch_state end;          /* what `ended` says                        */
};

void ch_judge_find(struct ch_judge *j, ch_finding f);

/* A statement of the registry or of a party: open, subject, signatures, bounds, proof. It stays in
 * work->ev.stmt. ABSENT: no such part        FORMAT: it spoils the record */
CH_MUST_USE ch_err ch_judge_event(struct ch_judge *j, ch_step s, const char *name, ch_kind kind);
CH_MUST_USE ch_err ch_judge_statement(struct ch_judge *j, ch_step s, const char *name,
    ch_kind kind, ch_span party);
/* Whether the text of work->ev.stmt is about this L, by `party`. */
bool ch_judge_is_about_l(const struct ch_judge *j, ch_span party);
/* Whether a party's roster is older than the one that L names, or a twin of it. */
bool ch_judge_is_stale(const struct ch_judge *j, ch_span party, const ch_ref *ref);
/* The roster slot for work->ev.stmt. */
ch_roster *ch_judge_slot(struct ch_judge *j);

/* delivery_ends.c. Errors as above. */
CH_MUST_USE ch_err ch_judge_receipt(struct ch_judge *j);
CH_MUST_USE ch_err ch_judge_handover(struct ch_judge *j);
CH_MUST_USE ch_err ch_judge_ended(struct ch_judge *j);
CH_MUST_USE ch_err ch_judge_after(struct ch_judge *j, ch_step s, const char *name, ch_kind kind);
void ch_judge_old_roster(struct ch_judge *j);
bool ch_judge_key_shown(struct ch_judge *j);

/* delivery_places.c: places and times held against each other, once all steps are judged. */
void ch_judge_places(struct ch_judge *j);

/* delivery_names.c: whether a part of this name may stand in a record; whether it is a roster, and
 * which version (may be NULL). */
bool ch_record_knows(ch_span name);
bool ch_part_is_roster(ch_span name, uint64_t *version);
bool ch_part_is_checkpoint(ch_span name);

#endif
