/*
 * What a file of evidence shows, in words: opened, judged by the core (extract.h, delivery.h,
 * split.h), and told to a person or a program. chancery-verify and the checking page say what
 * stands here and nothing else. Pure: bytes to bytes, the caller's memory. doc/verify.md explains
 * each sentence.
 */
#ifndef CH_VERDICT_H
#define CH_VERDICT_H

#include "delivery.h"
#include "extract.h"
#include "split.h"
#include "tell.h"

/* One thing to judge: the parts of a pack, or of a folder's files under the names of parts. Large
 * (about 70 KiB). */
struct ch_verdict {
	ch_pack_kind kind; /* EXTRACT, RECORD or SPLIT */
	bool exercise;
	ch_part part[CH_PACK_PARTS_MAX];
	size_t n;
	bool own_trust;    /* asker's: the keys came with the evidence itself */

	/* By ch_verdict_judge(). */
	bool holds;        /* all that it claims is proven */
	ch_extract extract;
	ch_delivery record;
	ch_split split;
	union {
		struct ch_extract_work extract;
		struct ch_delivery_work record;
		struct ch_split_work split;
	} work;

	/* After a refusal: what is wrong and what to do, two phrases. */
	const char *what, *advice;
};

/* The parts of a pack; spans point into `in`. FORMAT, TRUNCATED, LIMIT; what and advice are set. */
CH_MUST_USE ch_err ch_verdict_open(struct ch_verdict *v, ch_span in);

/* Judge the parts by keys that the asker believes. AUTH: leaves that the paper does not commit to;
 * FORMAT …: not sound; what and advice are set. All else is CH_OK and told below. */
CH_MUST_USE ch_err ch_verdict_judge(struct ch_verdict *v, const ch_trust *trust);

/* The event that orders it among others. False: no proven place in a register. */
bool ch_verdict_place(uint64_t *index, const struct ch_verdict *v);

/* The paper that it is about; zero when it is about none. */
ch_hash ch_verdict_paper(const struct ch_verdict *v);

/* The origin of its register; empty when it names none. */
ch_span ch_verdict_registry(const struct ch_verdict *v);

/* The keys that the evidence carries in its own rosters, registry statement, charter or split view,
 * as a trust file in w (32 KiB hold any) and in t. They make a file agree with itself and prove no
 * name. After ch_verdict_open(); a judgement made before is lost. */
void ch_verdict_carried(struct ch_wr *w, ch_trust *t, struct ch_verdict *v);

/* ---- told, after ch_verdict_judge() ---- */

/* Sentences: what is shown, and what is not. `name` is what the reader calls the file. */
void ch_verdict_tell(struct ch_tell *o, const struct ch_verdict *v, ch_span name);

/* One JSON object. */
void ch_verdict_json(struct ch_tell *o, const struct ch_verdict *v, ch_span name);

/* One sentence without a full stop; nothing for a record. */
void ch_verdict_story(struct ch_tell *o, const struct ch_verdict *v);

/* The keys of a trust with their fingerprint words, one JSON list. */
void ch_verdict_json_keys(struct ch_tell *o, const ch_trust *t);

/* ---- inside ---- */

#define CH_SPLIT_TEXT "its key signed two trees that cannot both be of one log"

void ch_verdict_tell_extract(struct ch_tell *o, const struct ch_verdict *v);
void ch_verdict_tell_record(struct ch_tell *o, const struct ch_verdict *v);
void ch_verdict_tell_split(struct ch_tell *o, const struct ch_verdict *v);
bool ch_verdict_extract_holds(const ch_extract *x);
bool ch_verdict_record_holds(const ch_delivery *d);
/* The public statement of an extract; its fact is not present when there is none. */
const ch_fact *ch_verdict_statement(const ch_extract *x);

#endif
