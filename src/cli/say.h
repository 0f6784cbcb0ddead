/* Papers and deliveries in plain words: covers, records, what can be shown to whom. */
#ifndef CH_SAY_H
#define CH_SAY_H

#include "common.h"
#include "dossier.h"

/* The cover, one key a line; v as in ch_cover.v or in a head. */
void ch_say_cover(struct ch_out *o, const ch_span v[CH_H_KEYS]);

/* What becomes visible and provable to whom, before a paper is sealed. */
void ch_say_provable(struct ch_out *o, const ch_span v[CH_H_KEYS]);

/* The delivery record: submission, delivery, opening are different things, each with its place in
 * the register and its cosigned times. Findings last. */
void ch_say_record(struct ch_out *o, const ch_delivery *v);

/* The state in the words of a person: "waits for your signature". */
const char *ch_say_state(const ch_delivery *v, bool ours, ch_hold hold);

/* Who of the parties sent it and who ended it; where its text is, when that is not here. */
void ch_say_persons(struct ch_out *o, const struct ch_dossier *d, const ch_delivery *v);

/* What its holder can show to others as it stands. */
void ch_say_showable(struct ch_out *o, const ch_delivery *v, const struct ch_dossier *d);

/* `2026-11-25T12:00:00Z`, or empty for 0. */
#define CH_SAY_WHEN 24
const char *ch_say_when(char out[CH_SAY_WHEN], int64_t t);

#endif
