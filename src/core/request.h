/*
 * Requests: what somebody writes who wants to be a delegate of a party, before any roster names
 * them. One signed note, its only line by the statement key that it brings. It proves that all its
 * keys come from one hand; whose hand that is, a person compares by the words of that key.
 *
 * Format: doc/formats/statements.md, `delegate-request`. Public data, variable time, no allocation.
 */
#ifndef CH_REQUEST_H
#define CH_REQUEST_H

#include "roster.h"

/* Spans point into the note's bytes. */
typedef struct {
	ch_stmt stmt;
	ch_item item;    /* as it goes into a roster, but for the powers     */
	ch_delegate who; /* the same, read: no powers yet, and not recalled  */
	ch_span party;
	int64_t time;
	bool exercise, hybrid;
} ch_request;

/*
 * Open a request note: exactly one delegate, named after the party, without powers; every key sound
 * and enrolled by itself, the sealing key of the suite; signed by the statement key alone.
 * FORMAT: not a sound request        AUTH: the signature or an enrolment proof does not verify
 * as ch_note_parse() besides
 */
CH_MUST_USE ch_err ch_request_open(ch_request *out, ch_span note, struct ch_diag *diag);

#endif
