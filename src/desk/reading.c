/*
 * Opening a paper: file -> opening sink (E) -> outer archive -> opening sink (body.age) -> bundle,
 * one chunk at a time. What comes out is kept only when the whole chain ended well.
 */
#include "reading.h"

#include <stdio.h>

#include "colleagues.h"
#include "hex.h"
#include "seal_sink.h"
#include "token.h"
#include "wipe.h"

#define PIECE ((size_t)128 << 10) /* the longest header fits */
#define KEY_TEXT_MAX 512u

/* Everything big, in one block of the shell's memory. */
struct ch_reading_room {
	struct ch_age_identity k;
	struct ch_file_key file_key; /* of E */
	struct ch_open_keys e_keys, k_keys;
	struct ch_open_sink e, b;
	struct ch_outer_reader outer;
	struct ch_bundle_reader bundle;
	ch_bundle_room bundle_room;
	ch_passage passage[CH_PASSAGES_MAX];
	struct ch_paper_work work;
	size_t paper_cap; /* no paper is longer than the envelope around it */
	bool e_live, b_live, bundle_live;
	bool texts_only;
	/* attachments */
	const char *save;
	struct ch_outfile file[CH_ATTACHMENTS_MAX];
	struct ch_outfile *now;
	struct ch_problem *why;
	uint8_t piece[PIECE];
};

const char *ch_key_fault_name(ch_key_fault f)
{
	switch (f) {
	case CH_KEYBOX_DOES_NOT_OPEN:
		return "keybox-does-not-open";
	case CH_KEY_NOT_CANONICAL:
		return "key-not-canonical";
	case CH_KEY_DIFFERS:
		return "key-differs";
	default:
		return "";
	}
}

/* ---- keys ---- */

/* Whether K is the one of L: its recipient's hash stands there. */
static bool fits_l(const struct ch_age_identity *k, const ch_stmt *l)
{
	uint8_t text[CH_AGE_RECIPIENT_MAX];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	ch_hash h, want = ch_val_hash(l->v[CH_L_KEY]);

	ch_age_recipient_put(&w, &k->recipient);
	ch_sha256(&h, ch_wr_span(&w));
	return w.err == CH_OK && ch_hash_eq(&h, &want);
}

/* key.age: K's identity line, then `# file-key <hex>`. */
static ch_err read_own_key(struct ch_reading_room *m, const struct ch_dossier *d)
{
	char path[CH_PATH_MAX];
	struct ch_buf b;
	ch_err e = ch_path(path, "%s/key.age", d->dir);

	ch_buf_init(&b, KEY_TEXT_MAX);
	if (e == CH_OK)
		e = ch_home_unseal(&b, d->home, path);
	if (e == CH_OK) {
		struct ch_rd r = ch_rd_of(ch_buf_span(&b));
		ch_span id = ch_rd_line1(&r);

		CH_RD_LIT(&r, "# file-key ");
		ch_span key = ch_rd_line1(&r);
		e = ch_rd_done(&r);
		if (e == CH_OK)
			e = ch_age_identity_parse(&m->k, id);
		if (e == CH_OK)
			e = ch_hex_parse(m->file_key.b, sizeof m->file_key.b, key);
	}
	ch_buf_deinit(&b); /* wipes */
	return e;
}

/* keybox.age, by our sealing keys: K's identity and LF. LOCKED, with a sentence: the hardware key
 * did not open it, which says nothing of the keybox. */
static ch_err read_keybox(struct ch_reading *r, struct ch_reading_room *m,
    const struct ch_dossier *d, struct ch_problem *why)
{
	uint8_t text[KEY_TEXT_MAX];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	ch_span box = ch_dossier_part(d, "keybox");
	struct ch_file_key key;
	const struct ch_open_keys keys = { .file_key = &key };
	ch_err e;

	if (box.n == 0)
		return CH_E_ABSENT;
	e = ch_token_file_key(&key, d->home, box, why);
	if (e == CH_OK)
		e = ch_open_buffer(&w, NULL, box, &keys);
	ch_wipe(&key, sizeof key);
	if (e == CH_E_LOCKED)
		return e;
	if (e == CH_OK) {
		struct ch_rd rd = ch_rd_of(ch_wr_span(&w));
		ch_span id = ch_rd_line1(&rd);

		e = ch_rd_done(&rd);
		if (e == CH_OK)
			e = ch_age_identity_parse(&m->k, id);
		if (e != CH_OK)
			r->key_fault = CH_KEY_NOT_CANONICAL;
	} else if (!ch_err_is_fault(e)) {
		r->key_fault = CH_KEYBOX_DOES_NOT_OPEN;
	}
	ch_wipe(text, sizeof text);
	if (e == CH_OK && !fits_l(&m->k, d->l)) {
		r->key_fault = CH_KEY_DIFFERS;
		e = CH_E_AUTH;
	}
	return r->key_fault == CH_KEY_FITS ? e : CH_E_AUTH;
}

static ch_err keys(struct ch_reading *r, struct ch_reading_room *m, const struct ch_dossier *d,
    struct ch_problem *why)
{
	ch_err e = d->ours ? read_own_key(m, d) : read_keybox(r, m, d, why);

	m->k_keys = (struct ch_open_keys){ .ids = &m->k, .n_ids = 1 };
	m->e_keys = (struct ch_open_keys){ .file_key = &m->file_key };
	if (e == CH_E_LOCKED && !d->ours)
		return e;
	if (e == CH_E_ABSENT && !d->ours)
		return ch_problem_set(why, e, "%s is sealed until signed for; chancery sign-for "
		    "%s opens it", d->number, d->number);
	if (r->key_fault != CH_KEY_FITS)
		return ch_problem_set(why, e, "the registry handed over no key that opens %s (%s); "
		    "the receipt does not count unless the key is shown", d->number,
		    ch_key_fault_name(r->key_fault));
	if (e != CH_OK)
		ch_problem_set(why, e, "our own key to %s cannot be read (%s); see %s/key.age",
		    d->number, ch_err_text(e), d->dir);
	return e;
}

/* ---- attachments ---- */

static ch_err on_begin(void *ctx, uint32_t index, const ch_item *a)
{
	struct ch_reading_room *m = ctx;
	char path[CH_PATH_MAX];
	ch_span name = a->v[CH_AT_FILE]; /* NN.ext: checked by the bundle reader */
	ch_err e;

	m->now = NULL;
	if (!m->save || index >= CH_ATTACHMENTS_MAX)
		return CH_OK;
	e = ch_path(path, "%s/%.*s", m->save, (int)name.n, (const char *)name.p);
	if (e == CH_OK)
		e = ch_outfile_open(&m->file[index], path, 0600);
	if (e != CH_OK)
		return ch_problem_set(m->why, e, "%s could not be written: %s", path,
		    ch_err_text(e));
	m->now = &m->file[index];
	return CH_OK;
}

static ch_err on_data(void *ctx, ch_span bytes)
{
	struct ch_reading_room *m = ctx;

	return m->now ? ch_outfile_write(m->now, bytes) : CH_OK;
}

static ch_err on_end(void *ctx)
{
	(void)ctx;
	return CH_OK;
}

static const ch_attachment_events events = { on_begin, on_data, on_end };

/* All is verified: the attachments get their names. */
static ch_err commit(struct ch_reading_room *m)
{
	ch_err e = CH_OK;

	for (size_t i = 0; e == CH_OK && i < CH_ATTACHMENTS_MAX; i++) {
		if (!m->file[i].open)
			continue;
		e = ch_outfile_commit_new(&m->file[i]);
		if (e != CH_OK)
			ch_problem_set(m->why, e, "%s was not written: %s; choose an empty folder",
			    m->file[i].path, ch_err_text(e));
	}
	return e;
}

/* ---- the chain ---- */

static ch_err start(struct ch_reading *r, struct ch_reading_room *m)
{
	ch_err e = ch_open_sink_init(&m->b, ch_bundle_reader_emit, &m->bundle, &m->k_keys);

	if (e != CH_OK)
		return e;
	m->b_live = true;
	e = ch_open_sink_init(&m->e, ch_outer_reader_emit, &m->outer, &m->e_keys);
	if (e != CH_OK)
		return e;
	m->e_live = true;
	ch_outer_reader_init(&m->outer, ch_open_sink_emit, &m->b);
	m->bundle_room = (ch_bundle_room){ .paper_cap = m->paper_cap, .passage = m->passage,
		.work = &m->work, .paper_txt = ch_alloc(m->paper_cap) };
	if (!m->bundle_room.paper_txt)
		return CH_E_NOMEM;
	ch_bundle_reader_init(&m->bundle, &m->bundle_room, &r->cover, m->save ? &events : NULL, m);
	m->bundle_live = true;
	return CH_OK;
}

static bool is_enough(const struct ch_reading_room *m)
{
	return m->texts_only && ch_bundle_reader_has_texts(&m->bundle);
}

static ch_err pump(struct ch_reading_room *m, const struct ch_dossier *d, const char *path)
{
	struct ch_infile f;
	size_t n = 0;
	ch_err e = ch_infile_open(&f, path);

	if (e == CH_OK)
		e = ch_infile_read(m->piece, &n, &f, PIECE);
	if (e == CH_OK && !d->ours)
		e = ch_token_file_key(&m->file_key, d->home, ch_span_of(m->piece, n), m->why);
	if (e == CH_OK)
		e = ch_open_sink_write(&m->e, ch_span_of(m->piece, n));
	while (e == CH_OK && n == PIECE && !is_enough(m)) {
		e = ch_infile_read(m->piece, &n, &f, PIECE);
		if (e == CH_OK)
			e = ch_open_sink_write(&m->e, ch_span_of(m->piece, n));
	}
	ch_infile_close(&f);
	if (e == CH_OK && is_enough(m))
		return CH_OK;
	if (e == CH_OK)
		e = ch_open_sink_finish(&m->e);
	if (e == CH_OK)
		e = ch_outer_reader_finish(&m->outer);
	if (e == CH_OK)
		e = ch_open_sink_finish(&m->b);
	return e == CH_OK ? ch_bundle_reader_finish(&m->bundle) : e;
}

/* Which of the two is at fault: what the author sealed (a defect), or our copy of E. */
static ch_err blame(struct ch_reading *r, struct ch_reading_room *m, const struct ch_dossier *d,
    ch_err e, struct ch_problem *why)
{
	if (m->bundle.cause != CH_DEFECT_NONE)
		r->cause = m->bundle.cause;
	else if (m->b.err != CH_OK && !ch_err_is_fault(m->b.err) && e == m->b.err)
		r->cause = CH_DEFECT_BODY_DOES_NOT_OPEN;
	if (r->cause != CH_DEFECT_NONE)
		return ch_problem_set(why, CH_E_AUTH, "%s is defective: %s; nothing of it is shown",
		    d->number, ch_defect_text(r->cause));
	if (ch_err_is_fault(e))
		return ch_problem_set(why, e, "%s could not be opened or its attachments written "
		    "(%s); nothing was kept; mend that and repeat", d->number, ch_err_text(e));
	return ch_problem_set(why, e, "%s/envelope.age could not be opened (%s); nothing of it is "
	    "shown; put it back from a backup, or run chancery sync", d->dir, ch_err_text(e));
}

static ch_err read_all(struct ch_reading *r, struct ch_reading_room *m,
    const struct ch_dossier *d, struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	uint64_t size = 0;
	ch_err e = ch_path(path, "%s/envelope.age", d->dir);

	if (e == CH_OK && (e = ch_file_size(&size, path)) != CH_OK)
		return blame(r, m, d, e, why);
	m->paper_cap = size < CH_PAPER_MAX ? (size_t)size : CH_PAPER_MAX;
	if (e == CH_OK)
		e = start(r, m);
	if (e == CH_OK && (e = pump(m, d, path)) != CH_OK)
		return e == CH_E_LOCKED ? e : blame(r, m, d, e, why);
	/* The cover on file is the one inside: it fits L, and so must the one in E. */
	if (e == CH_OK && !ch_span_eq(ch_outer_reader_cover(&m->outer), r->cover.text))
		e = ch_problem_set(why, CH_E_CONFLICT, "the cover in %s is not the one on file",
		    path);
	if (e == CH_OK)
		e = commit(m);
	return e;
}

static ch_err open_it(struct ch_reading *r, const struct ch_dossier *d, const char *save,
    bool texts_only, struct ch_problem *why)
{
	struct ch_reading_room *m;
	ch_err e;

	*r = (struct ch_reading){ 0 };
	if (!d->home->unlocked || !d->l)
		return ch_problem_set(why, d->l ? CH_E_LOCKED : CH_E_ABSENT,
		    "%s cannot be opened here", d->number);
	if (d->hold != CH_HOLD_WHOLE) /* no defect, and no key is missing */
		return ch_colleagues_must_hold(d, why);
	m = ch_alloc(sizeof *m);
	if (!m)
		return CH_E_NOMEM;
	r->room = m;
	m->save = save;
	m->texts_only = texts_only;
	m->why = why;
	e = keys(r, m, d, why);
	if (e == CH_OK)
		e = ch_dossier_cover(&r->cover, &r->cover_text, d, why);
	if (e == CH_OK)
		e = read_all(r, m, d, why);
	if (e == CH_OK) {
		r->paper = &m->bundle.paper;
		r->seeds = &m->bundle.seeds;
		r->work = &m->work;
		return CH_OK;
	}
	struct ch_reading said = { .cause = r->cause, .key_fault = r->key_fault };
	ch_reading_close(r);
	*r = said;
	return e;
}

ch_err ch_reading_open(struct ch_reading *r, const struct ch_dossier *d, const char *save,
    struct ch_problem *why)
{
	return open_it(r, d, save, false, why);
}

ch_err ch_reading_open_texts(struct ch_reading *r, const struct ch_dossier *d)
{
	return open_it(r, d, NULL, true, NULL);
}

void ch_reading_close(struct ch_reading *r)
{
	struct ch_reading_room *m = r->room;

	if (m) {
		for (size_t i = 0; i < CH_ATTACHMENTS_MAX; i++)
			ch_outfile_abort(&m->file[i]);
		if (m->b_live)
			ch_open_sink_deinit(&m->b);
		if (m->e_live)
			ch_open_sink_deinit(&m->e);
		if (m->bundle_live)
			ch_bundle_reader_deinit(&m->bundle);
		if (m->bundle_room.paper_txt)
			ch_free(m->bundle_room.paper_txt, m->paper_cap);
		ch_free(m, sizeof *m); /* wipes the keys */
	}
	ch_buf_deinit(&r->cover_text);
	*r = (struct ch_reading){ 0 };
}
