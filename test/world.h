/*
 * A small world for tests: two parties with two delegates each, a registry that signs and keeps a
 * log in memory, one paper and its delivery. Everything is a function of the seed numbers below;
 * every text is built the long way, so that a test can bend any of it and sign it again.
 */
#ifndef CH_TEST_WORLD_H
#define CH_TEST_WORLD_H

#include "check.h"

#include "age_key.h"
#include "delivery.h"
#include "extract.h"
#include "paper.h"
#include "seal.h"

#define WORLD_ARENA ((size_t)32 << 20)
#define WORLD_LOG_MAX 256u
#define WORLD_T0 1795600000 /* 2026-11-25T08:26:40Z */

enum { WORLD_ALPHA, WORLD_BRAVO, WORLD_PARTIES };
enum { WORLD_DELEGATES = 2 };
/* Who cosigns a checkpoint: bits. */
enum { WORLD_BY_REGISTRY = 1, WORLD_BY_ALPHA = 2, WORLD_BY_BRAVO = 4, WORLD_BY_NEUTRAL = 8 };

struct world_key {
	ch_vkey vkey;
	ch_span text; /* the vkey as text */
	struct ch_edsecret secret;
};

struct world_delegate {
	ch_span name;
	const char *person, *powers;
	bool recalled;
	struct world_key key, sign_in, cosign;
	struct ch_age_identity seal;
};

struct world_party {
	ch_span handle, code;
	ch_span talks; /* of its rosters; empty: for any */
	bool hybrid;   /* the suite of its rosters, keys included */
	struct world_key key;
	struct world_delegate d[WORLD_DELEGATES];
	unsigned enrolled; /* so many of them stand in its rosters */
	unsigned quorum[CH_POW_COUNT];
	uint64_t version;
	ch_hash previous;
	ch_span roster; /* the newest, as a note */
	ch_ref ref;
};

struct world {
	bool exercise;
	uint8_t *arena;
	size_t used;
	struct world_party party[WORLD_PARTIES];
	ch_span origin;
	struct world_key registry, cosigner, neutral;
	int64_t now;
	/* the register */
	ch_hash leaf[WORLD_LOG_MAX];
	ch_salt salt[WORLD_LOG_MAX];
	size_t n_log;
	/* the talks */
	ch_span charter; /* signed by both */
	ch_span registry_note; /* the registry's own statement: its cosigner */
	ch_hash talks;
	ch_trust trust;
};

/* One paper from alpha to bravo and all that can be said of it. Unset spans are empty. */
struct world_delivery {
	ch_span paper_text, signature, leaves, cover, bundle_key;
	ch_hash d, l;
	struct ch_seeds seeds;
	struct ch_age_identity k;
	ch_span submission, registered, notice, receipt, handover, keybox, decline, take_back;
	ch_span ended, opened, defect, key_missing, key;
	ch_span checkpoint_name, checkpoint; /* one that a statement names as seen */
	size_t at_registered, at_notice, at_handover, at_ended;
	ch_ref pair;
	ch_span subject; /* of the paper; empty: the same for all */
	ch_span seen; /* what L, receipt, decline and take-back name; may be empty */
	uint64_t serial;
};

/* Both parties classic, as in the first published vectors; or both hybrid. */
void world_start(struct world *w, bool exercise);
void world_start_hybrid(struct world *w, bool exercise);
/* Make the sealing keys of a party anew, of one suite; world_enrol() puts them into a roster. */
void world_seals(struct world *w, int party, bool hybrid);
void world_stop(struct world *w);

/* Bytes that live as long as the world. */
ch_span world_keep(struct world *w, ch_span s);
ch_span world_str(struct world *w, const char *s);
ch_span world_hash(struct world *w, const ch_hash *h);
ch_span world_ref(struct world *w, uint64_t n, const ch_hash *h);
ch_span world_when(struct world *w, int64_t t);
ch_span world_dec(struct world *w, uint64_t n);
ch_span world_format(struct world *w, const ch_stmt *s);
/* SHA-256 of a note's text. */
ch_hash world_text_hash(ch_span note);

/* Signed notes: by delegates of a party (bits), or by one key. */
ch_span world_sign(struct world *w, int party, unsigned delegates, ch_span text);
ch_span world_sign_key(struct world *w, const struct world_key *k, ch_span text);
struct world_key world_key_make(struct world *w, ch_span name, uint8_t type, uint8_t a, uint8_t b);

/* The next version of a party's roster, from what stands in w->party. */
void world_enrol(struct world *w, int party);
/* The same with so many delegates more, of whom nobody keeps the keys. */
void world_enrol_more(struct world *w, int party, unsigned more);
/* What delegate i asks of its party; the item of its text is `it` when that is not NULL, the one
 * that fits else. Signed by its statement key. */
ch_item world_asks(struct world *w, int party, unsigned i);
ch_span world_request(struct world *w, int party, unsigned i, const ch_item *it);
/* A new charter over the newest rosters, signed by both. */
void world_charter(struct world *w);

/* Append an entry for a note's text; its index. */
size_t world_log(struct world *w, ch_span note);
/* A checkpoint of the register as it is now, cosigned at a time, and the value that names it. */
ch_span world_checkpoint(struct world *w, unsigned by, int64_t when);
ch_span world_seen(struct world *w, ch_span checkpoint);
ch_span world_proof(struct world *w, size_t index, unsigned by, int64_t when);

/* Paper and cover; `to` is the line of the head, body may be NULL. */
void world_paper(struct world *w, struct world_delivery *d, ch_span to, const char *body);
/* Leaves by selection, for an extract. */
ch_span world_leaves(struct world *w, const struct world_delivery *d, const ch_selection *s);
void world_submit(struct world *w, struct world_delivery *d);
void world_register(struct world *w, struct world_delivery *d);
void world_notice(struct world *w, struct world_delivery *d);
/* Texts of receipt, decline, take-back, opened, defect, key-missing. */
ch_span world_about(struct world *w, const struct world_delivery *d, ch_kind kind, int party,
    const char *last);
void world_receive(struct world *w, struct world_delivery *d);
void world_hand_over(struct world *w, struct world_delivery *d);
/* `declined`, `taken-back` or `lapsed`; seen: the checkpoint that a lapse rests on. */
void world_end(struct world *w, struct world_delivery *d, const char *end, ch_span seen);
/* Submission to handover. */
void world_deliver(struct world *w, struct world_delivery *d);

/* The parts of a record or extract; proofs are cosigned by `by` at `when`. */
size_t world_record(ch_part part[32], struct world *w, const struct world_delivery *d, unsigned by,
    int64_t when);
size_t world_extract(ch_part part[32], struct world *w, const struct world_delivery *d,
    ch_span leaves, bool delivery);
void world_add(ch_part part[32], size_t *n, struct world *w, const char *name, ch_span bytes);
ch_part *world_part(ch_part *part, size_t n, const char *name);
void world_drop(ch_part *part, size_t *n, const char *name);
ch_span world_pack(struct world *w, const ch_part *part, size_t n, ch_pack_kind kind);
/* The registry's own statement of its keys, a part of records. */
ch_span world_registry(struct world *w);
/* The trust file's text. */
ch_span world_trust(struct world *w);

#endif
