/* A paper that arrives: see arrive.h. Everything here is hostile until it was judged. */
#include "arrive.h"

#include <stdio.h>

#include "digest.h"
#include "envelope.h"
#include "hex.h"
#include "intake.h"
#include "seal_sink.h"
#include "token.h"
#include "waiting.h"
#include "when.h"
#include "wipe.h"

#define PIECE ((size_t)128 << 10)

/* All that is known of it while it is looked at. */
struct arrival {
	struct ch_watch *w;
	const struct ch_home *home;
	const struct ch_talks *talks; /* which of them, once known */
	ch_span hex;
	struct ch_arena a;
	ch_span record;               /* the pack, copied */
	ch_span sub_bytes;
	ch_note sub_note;
	ch_stmt l;
	char file[CH_PATH_MAX];       /* E as fetched, below incoming/ */
	bool have_e;                  /* ... and it is the one that L names */
	bool ended;                   /* the record says so */
	bool hybrid;                  /* the suite of our roster that L names */
	bool for_here;                /* ... and this home is one of its delegates */
	ch_cover cover;
	ch_span cover_text;
	struct ch_problem *why;
};

bool ch_arrive_is_quarantined(const struct ch_home *home, ch_span l_hex)
{
	char path[CH_PATH_MAX];
	uint64_t size;

	return ch_home_path(path, home, "quarantine/%.*s/envelope.age", (int)l_hex.n,
	    (const char *)l_hex.p) == CH_OK && ch_file_size(&size, path) == CH_OK;
}

static ch_err bad(struct arrival *a, const char *what)
{
	return ch_problem_set(a->why, CH_E_AUTH, "%s", what);
}

/* ---- L ---- */

static ch_err fetch_record(struct arrival *a)
{
	char path[96];
	ch_span body;
	ch_part *part = ch_arena_alloc(&a->a, CH_PACK_PARTS_MAX * sizeof *part);
	const ch_part *sub;
	ch_hash have, want;
	size_t n;

	(void)snprintf(path, sizeof path, "/v1/deliveries/%.*s", (int)a->hex.n,
	    (const char *)a->hex.p);
	ch_err e = ch_link_get(&body, a->w->link, path, a->why);
	if (e != CH_OK)
		return e;
	a->record = ch_arena_copy(&a->a, body);
	if (!part || !a->record.p)
		return a->a.err;
	if (ch_pack_parse(part, &n, CH_PACK_PARTS_MAX, a->record, CH_PACK_RECORD,
	    a->home->exercise) != CH_OK ||
	    !(sub = ch_pack_find(part, n, CH_LIT("submission"))))
		return bad(a, "the registry gave no submission");
	a->sub_bytes = sub->bytes;
	a->ended = ch_pack_find(part, n, CH_LIT("ended")) != NULL;
	if (ch_note_parse(&a->sub_note, sub->bytes, CH_NOTE_TEXT_MAX) != CH_OK ||
	    ch_stmt_parse_as(&a->l, a->sub_note.text, CH_K_SUBMISSION, a->home->exercise) !=
	    CH_OK ||
	    ch_hex_parse(want.b, sizeof want.b, a->hex) != CH_OK)
		return bad(a, "the submission is malformed, or mixes exercise and real");
	ch_stmt_hash(&have, a->sub_note.text);
	return ch_hash_eq(&have, &want) ? CH_OK : bad(a, "the registry gave another submission");
}

/* The statement's roster, and the signature under it. */
static ch_err judge(struct arrival *a, const ch_note *note, const ch_stmt *s)
{
	struct ch_roster_file r = { 0 };
	struct ch_problem quiet = { 0 };
	ch_ref ref = ch_val_ref(s->v[CH_ANY_ROSTER]);
	ch_span party = s->v[CH_ANY_PARTY];
	ch_signers who;
	ch_err e = ch_party_roster(&r, a->home, party, ref.n, &quiet);

	if (e == CH_E_ABSENT) {
		e = ch_party_fetch(a->w, party, &quiet);
		if (e == CH_OK)
			e = ch_party_roster(&r, a->home, party, ref.n, &quiet);
	}
	if (e == CH_OK)
		e = ch_roster_judge(&who, note, s, &r.roster, CH_POW_SEND);
	ch_roster_file_deinit(&r);
	if (e == CH_OK || ch_err_is_fault(e))
		return e == CH_OK ? e : ch_problem_set(a->why, e, "%s", quiet.text);
	return bad(a, "it is not signed as its author's roster asks");
}

/* Whether it names one of our rosters, as it is. */
static bool names_us(struct arrival *a)
{
	struct ch_roster_file r = { 0 };
	ch_ref ref = ch_val_ref(a->l.v[CH_L_ADDRESSEE_ROSTER]);
	ch_span me = ch_span_str(a->home->handle);
	ch_delegate own;
	bool yes;

	yes = ref.n > 0 && ch_span_eq(a->l.v[CH_L_ADDRESSEE], me) &&
	    ch_party_roster(&r, a->home, me, ref.n, NULL) == CH_OK && ch_hash_eq(&r.hash,
	    &ref.hash) &&
	    ch_span_eq(ch_roster_mailbox(&r.roster, ch_span_str(a->w->link->origin)),
		a->l.v[CH_L_MAILBOX]);
	a->hybrid = r.roster.hybrid;
	a->for_here = yes && ch_roster_find(&own, NULL, &r.roster,
	    ch_span_str(a->home->delegate)) == CH_OK && !own.recalled;
	ch_roster_file_deinit(&r);
	return yes;
}

/* Whichever side we are: talks and registry are ours, and its author signed it. */
static ch_err check_place(struct arrival *a, const struct ch_talks *talks, size_t n_talks)
{
	ch_item it, party;
	ch_hash id = ch_val_hash(a->l.v[CH_L_TALKS]);

	for (size_t i = 0; i < n_talks; i++)
		if (ch_hash_eq(&talks[i].id, &id))
			a->talks = &talks[i];
	if (!a->talks)
		return bad(a, "it is of talks that we are not in");
	if (ch_talks_party(&party, a->talks, a->l.v[CH_L_PARTY]) != CH_OK)
		return bad(a, "its author is no party of the talks");
	if (ch_stmt_item(&it, &a->l, CH_L_REGISTRIES, 0) != CH_OK ||
	    !ch_span_eq(it.v[0], ch_span_str(a->w->link->origin)))
		return bad(a, "it names another registry");
	return judge(a, &a->sub_note, &a->l);
}

/* Author, addressee and colleagues must have been shown one register. */
static ch_err check_seen(struct arrival *a)
{
	ch_seen seen = ch_val_seen(a->l.v[CH_L_CHECKPOINT]);

	return a->l.v[CH_L_CHECKPOINT].n == 0 ? CH_OK :
	    ch_watch_compare_seen(a->w, &seen, a->sub_bytes, a->why);
}

static ch_err check_l(struct arrival *a, const struct ch_talks *talks, size_t n_talks)
{
	ch_err e = check_place(a, talks, n_talks);

	if (e == CH_OK && !names_us(a))
		e = bad(a, "it is not addressed to us, by our roster and our mailbox");
	return e == CH_OK ? check_seen(a) : e;
}

/* ---- E ---- */

static ch_err waiting_path(char out[CH_PATH_MAX], const struct arrival *a, const char *file)
{
	return ch_home_path(out, a->home, "waiting/%.*s%s", (int)a->hex.n, (const char *)a->hex.p,
	    file);
}

/* It is here already when it waits for a hardware key. */
static bool is_here(struct arrival *a, uint64_t announced, const ch_hash *want)
{
	char path[CH_PATH_MAX];
	ch_hash have;
	uint64_t size;

	if (a->ended || waiting_path(path, a, "/envelope.age") != CH_OK ||
	    ch_digest_file(&have, &size, path) != CH_OK || size != announced ||
	    !ch_hash_eq(&have, want))
		return false;
	memcpy(a->file, path, sizeof path);
	return true;
}

static ch_err download(struct arrival *a, const char *path, uint64_t announced)
{
	struct ch_outfile f = { 0 };
	ch_err e = ch_outfile_open(&f, a->file, 0600);

	if (e == CH_OK)
		e = ch_link_get_file(a->w->link, path, &f, announced, a->why);
	if (e == CH_OK)
		e = ch_outfile_commit(&f);
	ch_outfile_abort(&f);
	return e;
}

static ch_err fetch_e(struct arrival *a)
{
	char path[96], dir[CH_PATH_MAX];
	ch_span hex = a->l.v[CH_L_ENVELOPE];
	ch_hash have = { 0 }, want = ch_val_hash(hex);
	uint64_t size = 0, announced = ch_val_dec(a->l.v[CH_L_SIZE]);
	ch_err e = ch_home_path(dir, a->home, "incoming");

	(void)snprintf(path, sizeof path, "/v1/envelopes/%.*s", (int)hex.n, (const char *)hex.p);
	if (e == CH_OK)
		e = ch_dir_make(dir);
	if (e == CH_OK)
		e = ch_dir_sweep(dir);
	if (e == CH_OK)
		e = ch_path(a->file, "%s/%.*s.age", dir, (int)a->hex.n, (const char *)a->hex.p);
	if (e == CH_OK && (a->have_e = is_here(a, announced, &want)))
		return CH_OK;
	if (e == CH_OK)
		e = download(a, path, announced);
	if (e == CH_OK)
		e = ch_digest_file(&have, &size, a->file);
	if (e == CH_E_LIMIT)
		return bad(a, "the envelope is larger than announced");
	if (e != CH_OK)
		return e;
	a->have_e = size == announced && ch_hash_eq(&have, &want);
	return a->have_e ? CH_OK : bad(a, "the envelope that the registry gave is not the one that "
	    "was submitted; it is asked for again at the next sync");
}

struct opening {
	struct ch_file_key key;
	struct ch_open_keys keys;
	struct ch_open_sink sink;
	struct ch_outer_reader outer;
	uint8_t piece[PIECE]; /* the longest header fits */
};

static ch_err open_outer(struct arrival *a, struct opening *o)
{
	struct ch_infile f;
	size_t n = 0;
	ch_err e = ch_infile_open(&f, a->file);

	if (e == CH_OK)
		e = ch_infile_read(o->piece, &n, &f, PIECE);
	if (e == CH_OK)
		e = ch_token_file_key(&o->key, a->home, ch_span_of(o->piece, n), a->why);
	if (e == CH_OK)
		e = ch_open_sink_write(&o->sink, ch_span_of(o->piece, n));
	while (e == CH_OK && n == PIECE) {
		e = ch_infile_read(o->piece, &n, &f, PIECE);
		if (e == CH_OK)
			e = ch_open_sink_write(&o->sink, ch_span_of(o->piece, n));
	}
	ch_infile_close(&f);
	if (e == CH_OK)
		e = ch_open_sink_finish(&o->sink);
	return e == CH_OK ? ch_outer_reader_finish(&o->outer) : e;
}

/* LOCKED: it waits for the hardware key. */
static ch_err open_e(struct arrival *a)
{
	struct opening *o = ch_alloc(sizeof *o);
	bool fits;
	ch_err e;

	if (!o)
		return CH_E_NOMEM;
	o->keys = (struct ch_open_keys){ .file_key = &o->key };
	ch_outer_reader_init(&o->outer, NULL, NULL);
	e = ch_open_sink_init(&o->sink, ch_outer_reader_emit, &o->outer, &o->keys);
	if (e == CH_OK) {
		e = open_outer(a, o);
		ch_open_sink_deinit(&o->sink);
	}
	if (e == CH_OK)
		a->cover_text = ch_arena_copy(&a->a, ch_outer_reader_cover(&o->outer));
	fits = o->outer.k_type == (a->hybrid ? CH_AGE_HYBRID : CH_AGE_X25519);
	ch_free(o, sizeof *o); /* wipes */
	if (e == CH_OK && !fits)
		return bad(a, "the body is sealed by another suite than that of our roster");
	if (e != CH_OK && e != CH_E_LOCKED && !ch_err_is_fault(e))
		return bad(a, "the envelope does not open to a cover and one sealed body");
	return e != CH_OK ? e : a->a.err;
}

static ch_err check_cover(struct arrival *a)
{
	ch_item from, to;
	ch_err e = ch_talks_party(&from, a->talks, a->l.v[CH_L_PARTY]);

	if (e == CH_OK)
		e = ch_talks_party(&to, a->talks, a->l.v[CH_L_ADDRESSEE]);
	if (e == CH_OK)
		e = ch_cover_parse(&a->cover, a->cover_text, a->home->exercise);
	if (e == CH_OK)
		e = ch_cover_check(&a->cover, &a->l, from.v[CH_CP_CODE], to.v[CH_CP_CODE]);
	if (e != CH_OK)
		return ch_err_is_fault(e) ? e : bad(a, "the cover is not the one that was "
		    "submitted, "
		    "or contradicts the submission");
	if (!ch_span_eq(a->cover.paper.v[CH_PAPER_MODE], CH_LIT("signed")))
		return bad(a, "it says that it is off the record; such papers are not taken yet");
	return judge(a, &a->cover.note, &a->cover.paper);
}

/* ---- keeping it ---- */

static ch_err store(struct arrival *a, char number[CH_NUMBER_MAX + 1])
{
	char path[CH_PATH_MAX];
	struct ch_dossier d;
	ch_hash l;
	unsigned n_new;
	ch_err e = ch_dossier_make(&d, a->home, a->talks, a->cover.v[CH_H_NUMBER], a->why);

	if (e != CH_OK)
		return e;
	ch_stmt_hash(&l, a->sub_note.text);
	if (d.l && !ch_hash_eq(&d.l_hash, &l))
		e = bad(a, "another paper has this number already");
	if (e == CH_OK)
		e = ch_path(path, "%s/cover.age", d.dir);
	if (e == CH_OK)
		e = ch_home_seal(a->home, path, a->cover_text);
	if (e == CH_OK)
		e = ch_path(path, "%s/envelope.age", d.dir);
	if (e == CH_OK)
		e = ch_file_rename(path, a->file);
	if (e == CH_OK)
		e = ch_intake_pack(&n_new, &d, a->w, a->record, CH_PACK_RECORD, NULL, a->why);
	if (e == CH_OK)
		memcpy(number, d.number, CH_NUMBER_MAX + 1);
	ch_dossier_close(&d);
	return e;
}

static ch_err put(const char *dir, const char *name, ch_span bytes)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_path(path, "%s/%s", dir, name);

	return e == CH_OK ? ch_file_write(path, bytes, 0600) : e;
}

/* The number that L has, with the year in which it was registered: the cover alone has the
 * whole. */
static ch_err number_of(char out[CH_NUMBER_MAX + 1], struct arrival *a)
{
	ch_part *part = ch_arena_alloc(&a->a, CH_PACK_PARTS_MAX * sizeof *part);
	const ch_part *reg;
	ch_item from, to;
	ch_note note;
	ch_stmt s;
	size_t n;

	memset(out, 0, CH_NUMBER_MAX + 1);
	if (!part)
		return a->a.err;
	if (ch_pack_parse(part, &n, CH_PACK_PARTS_MAX, a->record, CH_PACK_RECORD,
	    a->home->exercise) != CH_OK ||
	    !(reg = ch_pack_find(part, n, CH_LIT("registered"))) ||
	    ch_note_parse(&note, reg->bytes, CH_NOTE_TEXT_MAX) != CH_OK ||
	    ch_stmt_parse_as(&s, note.text, CH_K_REGISTERED, a->home->exercise) != CH_OK ||
	    ch_talks_party(&from, a->talks, a->l.v[CH_L_PARTY]) != CH_OK ||
	    ch_talks_party(&to, a->talks, a->l.v[CH_L_ADDRESSEE]) != CH_OK)
		return bad(a, "the registry gave no word of its registration");
	(void)snprintf(out, CH_NUMBER_MAX + 1, "%.*s-%.*s/%04u/%04llu", (int)from.v[CH_CP_CODE].n,
	    (const char *)from.v[CH_CP_CODE].p, (int)to.v[CH_CP_CODE].n,
	    (const char *)to.v[CH_CP_CODE].p, ch_when_year(ch_val_when(s.v[CH_EV_TIME])),
	    (unsigned long long)ch_val_dec(a->l.v[CH_L_SERIAL]));
	return CH_OK;
}

/* Its record alone: it ended before we fetched it, it was sealed before this home was one of the
 * party's, or a colleague sent it. No envelope and no cover will ever come; what stays is the proof
 * that it was there and how it ended, which the pair chain counts. */
static ch_err store_record(struct arrival *a, char number[CH_NUMBER_MAX + 1])
{
	struct ch_dossier d;
	ch_hash l;
	unsigned n_new;
	ch_err e;

	*a->why = (struct ch_problem){ 0 };
	if ((e = number_of(number, a)) != CH_OK ||
	    (e = ch_dossier_make(&d, a->home, a->talks, ch_span_str(number), a->why)) != CH_OK)
		return e;
	ch_stmt_hash(&l, a->sub_note.text);
	if (d.l && !ch_hash_eq(&d.l_hash, &l))
		e = bad(a, "another paper has this number already");
	if (e == CH_OK)
		e = ch_intake_pack(&n_new, &d, a->w, a->record, CH_PACK_RECORD, NULL, a->why);
	ch_dossier_close(&d);
	return e;
}

/* Away from the papers, with the reason; E goes along only when it is the one L names. */
static ch_err quarantine(struct arrival *a)
{
	char dir[CH_PATH_MAX], path[CH_PATH_MAX], said[sizeof a->why->text];
	uint64_t size;
	ch_err e = ch_home_path(dir, a->home, "quarantine/%.*s", (int)a->hex.n,
	    (const char *)a->hex.p);

	(void)snprintf(said, sizeof said, "%s", a->why->text);
	if (e == CH_OK)
		e = ch_dir_make(dir);
	if (e == CH_OK && a->sub_bytes.n > 0)
		e = put(dir, "submission.txt", a->sub_bytes);
	if (e == CH_OK)
		e = put(dir, "why.txt", ch_span_str(said));
	if (e == CH_OK && a->file[0] != '\0' && ch_file_size(&size, a->file) == CH_OK) {
		e = ch_path(path, "%s/%s", dir, a->have_e ? "envelope.age" : "given.age");
		if (e == CH_OK)
			e = ch_file_rename(path, a->file);
	}
	*a->why = (struct ch_problem){ 0 };
	if (e != CH_OK)
		return ch_problem_set(a->why, e, "%s could not be written: %s", dir,
		    ch_err_text(e));
	return ch_problem_set(a->why, CH_E_AUTH, "a paper from %.*s was put aside: %s; it is not "
	    "shown and nothing of it was signed for; see %s", (int)a->l.v[CH_L_PARTY].n,
	    a->l.v[CH_L_PARTY].n ? (const char *)a->l.v[CH_L_PARTY].p : "", said, dir);
}

/* It came well after all: what was put aside of it earlier goes. */
static ch_err unquarantine(const struct arrival *a)
{
	char dir[CH_PATH_MAX];
	ch_err e = ch_home_path(dir, a->home, "quarantine/%.*s", (int)a->hex.n,
	    (const char *)a->hex.p);

	return e == CH_OK ? ch_dir_remove(dir) : e;
}

/* ---- waiting for a hardware key ---- */

/* E and L stay at hand: without the key nothing more can be known. LOCKED when all is kept. */
static ch_err keep_waiting(char number[CH_NUMBER_MAX + 1], struct arrival *a)
{
	char dir[CH_PATH_MAX], path[CH_PATH_MAX], text[CH_PATH_MAX];
	ch_err e = number_of(number, a);

	if (e == CH_OK)
		e = ch_home_path(dir, a->home, "waiting");
	if (e == CH_OK)
		e = ch_dir_make(dir);
	if (e == CH_OK)
		e = waiting_path(dir, a, "");
	if (e == CH_OK)
		e = ch_dir_make(dir);
	if (e == CH_OK)
		e = put(dir, "submission.txt", a->sub_bytes);
	if (e == CH_OK)
		e = ch_waiting_text(text, a->talks, number);
	if (e == CH_OK)
		e = put(dir, "number.txt", ch_span_str(text));
	if (e == CH_OK)
		e = ch_path(path, "%s/envelope.age", dir);
	if (e == CH_OK && strcmp(path, a->file) != 0)
		e = ch_file_rename(path, a->file);
	return e == CH_OK ? CH_E_LOCKED : e;
}

static ch_err stop_waiting(const struct arrival *a)
{
	char dir[CH_PATH_MAX];
	ch_err e = waiting_path(dir, a, "");

	return e == CH_OK ? ch_dir_remove(dir) : e;
}

/* What does not hold goes aside; what does is put aside and waited for no more. */
static ch_err settle(struct arrival *a, ch_err e)
{
	ch_err gone;

	if (e == CH_OK)
		e = unquarantine(a);
	else if (e == CH_E_AUTH)
		e = quarantine(a);
	if (e != CH_OK && e != CH_E_AUTH)
		return e;
	gone = stop_waiting(a);
	return e == CH_OK ? gone : e;
}

static ch_err run(char number[CH_NUMBER_MAX + 1], struct arrival *a, const struct ch_talks *talks,
    size_t n_talks)
{
	ch_err e = fetch_record(a);
	bool whole;

	if (e == CH_OK)
		e = check_l(a, talks, n_talks);
	whole = e == CH_OK && a->for_here;
	if (whole && (e = fetch_e(a)) == CH_OK && (e = open_e(a)) == CH_OK &&
	    (e = check_cover(a)) == CH_OK)
		e = store(a, number);
	else if (e == CH_E_LOCKED)
		e = keep_waiting(number, a);
	else if (e == CH_OK || strcmp(a->why->type, "already-ended") == 0)
		e = store_record(a, number);
	return settle(a, e);
}

static ch_err run_sent(char number[CH_NUMBER_MAX + 1], struct arrival *a,
    const struct ch_talks *talks)
{
	ch_err e = fetch_record(a);

	if (e == CH_OK)
		e = check_place(a, talks, 1);
	if (e == CH_OK && !ch_span_eq(a->l.v[CH_L_PARTY], ch_span_str(a->home->handle)))
		e = bad(a, "the registry lists it as ours, and it is not");
	if (e == CH_OK)
		e = check_seen(a);
	if (e == CH_OK)
		e = store_record(a, number);
	return settle(a, e);
}

static ch_err take(char number[CH_NUMBER_MAX + 1], struct ch_watch *w, const struct ch_talks *talks,
    size_t n_talks, bool sent, ch_span l_hex, struct ch_problem *why)
{
	struct arrival *a = ch_alloc(sizeof *a);
	ch_err e;

	memset(number, 0, CH_NUMBER_MAX + 1);
	if (!a)
		return CH_E_NOMEM;
	a->w = w;
	a->home = w->home;
	a->hex = l_hex;
	a->why = why;
	ch_arena_init(&a->a, (size_t)64 << 20);
	e = sent ? run_sent(number, a, talks) : run(number, a, talks, n_talks);
	ch_arena_deinit(&a->a);
	ch_free(a, sizeof *a);
	return e;
}

ch_err ch_arrive(char number[CH_NUMBER_MAX + 1], struct ch_watch *w, const struct ch_talks *talks,
    size_t n_talks, ch_span l_hex, struct ch_problem *why)
{
	return take(number, w, talks, n_talks, false, l_hex, why);
}

ch_err ch_arrive_sent(char number[CH_NUMBER_MAX + 1], struct ch_watch *w,
    const struct ch_talks *talks, ch_span l_hex, struct ch_problem *why)
{
	return take(number, w, talks, 1, true, l_hex, why);
}
