/*
 * Sealing E in one stream, in constant memory:
 *
 *   bundle (tar) -> age to K -> body.age in the outer tar -> age to the delegates -> file
 *
 * All sizes are known before the first byte, because tar headers announce them. Attachments are
 * hashed again on their way in: what was signed is what is sealed.
 */
#include "letter.h"

#include "rng.h"
#include "seal_sink.h"
#include "wipe.h"

struct chain {
	struct ch_seal_sink e, b;
	struct ch_tar_writer outer, bundle;
	struct ch_seal_random e_random, b_random;
	struct ch_secret64 e_wrap[CH_LETTER_DELEGATES], b_wrap;
	struct ch_outfile file;
	struct ch_sha256 sha;
	uint64_t size;
	bool e_live, b_live;
};

/* The end of the chain: the file, hashed as it grows. */
static ch_err to_file(void *ctx, ch_span bytes)
{
	struct chain *c = ctx;

	ch_sha256_update(&c->sha, bytes);
	c->size += bytes.n;
	return ch_outfile_write(&c->file, bytes);
}

static ch_err start(struct chain *c, struct ch_sealed *out, const struct ch_letter *l,
    const char *path)
{
	struct ch_secret32 k = { 0 };
	ch_err e;

	if ((e = ch_random(&k, sizeof k)) != CH_OK ||
	    (e = ch_random(&c->e_random.file_key, sizeof c->e_random.file_key)) != CH_OK ||
	    (e = ch_random(c->e_random.nonce, sizeof c->e_random.nonce)) != CH_OK ||
	    (e = ch_random(c->e_wrap, sizeof c->e_wrap)) != CH_OK ||
	    (e = ch_random(&c->b_random.file_key, sizeof c->b_random.file_key)) != CH_OK ||
	    (e = ch_random(c->b_random.nonce, sizeof c->b_random.nonce)) != CH_OK ||
	    (e = ch_random(&c->b_wrap, sizeof c->b_wrap)) != CH_OK)
		return e;
	c->e_random.wrap = c->e_wrap;
	c->b_random.wrap = &c->b_wrap;
	/* K is of the addressee's suite, so that one tool opens all of an envelope. */
	e = ch_age_identity_make(&out->k,
	    l->other.roster.hybrid ? CH_AGE_HYBRID : CH_AGE_X25519, &k);
	ch_wipe(&k, sizeof k);
	if (e != CH_OK)
		return e;
	out->file_key = c->e_random.file_key;
	ch_sha256_init(&c->sha);
	if ((e = ch_outfile_open(&c->file, path, 0600)) != CH_OK ||
	    (e = ch_seal_sink_init(&c->e, to_file, c)) != CH_OK)
		return e;
	c->e_live = true;
	ch_tar_writer_init(&c->outer, ch_seal_sink_emit, &c->e);
	if ((e = ch_seal_sink_init(&c->b, ch_tar_writer_emit, &c->outer)) != CH_OK)
		return e;
	c->b_live = true;
	ch_tar_writer_init(&c->bundle, ch_seal_sink_emit, &c->b);
	return ch_seal_sink_start(&c->e, l->recipient, l->n_recipients, &c->e_random);
}

struct going {
	struct chain *c;
	struct ch_sha256 sha;
	uint64_t n, size; /* so far; what the paper says */
};

static ch_err go(void *ctx, ch_span bytes)
{
	struct going *g = ctx;

	if (g->n + bytes.n > g->size)
		return CH_E_LIMIT;
	g->n += bytes.n;
	ch_sha256_update(&g->sha, bytes);
	return ch_tar_writer_write(&g->c->bundle, bytes);
}

static ch_err put_attachment(struct chain *c, const struct ch_letter *l, uint32_t i,
    struct ch_problem *why)
{
	struct going g = { .c = c };
	ch_item it;
	ch_hash h, want;
	ch_err e = ch_stmt_item(&it, &l->paper.head, CH_H_ATTACHMENTS, i);

	if (e == CH_OK)
		e = ch_bundle_begin_attachment(&c->bundle, &l->paper.head, i);
	if (e != CH_OK)
		return e;
	g.size = ch_val_dec(it.v[CH_AT_SIZE]);
	ch_sha256_init(&g.sha);
	e = ch_letter_file(l, i, go, &g);
	if (e == CH_OK && g.n == g.size)
		e = ch_tar_writer_end(&c->bundle);
	ch_sha256_final(&g.sha, &h);
	want = ch_val_hash(it.v[CH_AT_DIGEST]);
	if (e == CH_E_TRUNCATED || e == CH_E_LIMIT || e == CH_E_AUTH ||
	    (e == CH_OK && (g.n != g.size || !ch_hash_eq(&h, &want))))
		e = ch_problem_set(why, CH_E_CONFLICT, "the attachment %.*s changed while it was "
		    "being sealed; nothing was sent; try again", (int)it.v[CH_AT_NAME].n,
		    (const char *)it.v[CH_AT_NAME].p);
	return e;
}

static ch_err put_bundle(struct chain *c, const struct ch_letter *l, struct ch_problem *why)
{
	ch_err e = ch_bundle_put_texts(&c->bundle, l->paper_txt, &l->paper.head, &l->seeds,
	    l->signature);

	for (uint32_t i = 0; e == CH_OK && i < l->paper.head.count[CH_H_ATTACHMENTS]; i++)
		e = put_attachment(c, l, i, why);
	return e == CH_OK ? ch_tar_writer_finish(&c->bundle, 0) : e;
}

static ch_err run(struct chain *c, struct ch_sealed *out, const struct ch_letter *l,
    struct ch_problem *why)
{
	uint64_t bundle, body;
	ch_err e = ch_bundle_size(&bundle, &l->paper.head, l->paper_txt.n, l->signature.n);

	if (e != CH_OK)
		return ch_problem_set(why, e, "the paper and its attachments are larger than one "
		    "paper may be (8 GiB); nothing was sent");
	body = ch_body_size(bundle, &out->k.recipient);
	if ((e = ch_tar_writer_member(&c->outer, CH_LIT("cover.txt"), l->cover)) != CH_OK ||
	    (e = ch_tar_writer_begin(&c->outer, CH_LIT("body.age"), body)) != CH_OK ||
	    (e = ch_seal_sink_start(&c->b, &out->k.recipient, 1, &c->b_random)) != CH_OK ||
	    (e = put_bundle(c, l, why)) != CH_OK ||
	    (e = ch_seal_sink_finish(&c->b)) != CH_OK ||
	    (e = ch_tar_writer_end(&c->outer)) != CH_OK ||
	    (e = ch_tar_writer_finish(&c->outer, ch_outer_size(l->cover.n, body))) != CH_OK ||
	    (e = ch_seal_sink_finish(&c->e)) != CH_OK)
		return e;
	return ch_outfile_commit(&c->file);
}

ch_err ch_letter_seal(struct ch_sealed *out, const struct ch_letter *l, const char *path,
    struct ch_problem *why)
{
	struct chain *c = ch_alloc(sizeof *c);
	ch_err e;

	*out = (struct ch_sealed){ 0 };
	if (!c)
		return CH_E_NOMEM;
	e = start(c, out, l, path);
	if (e == CH_OK)
		e = run(c, out, l, why);
	if (e == CH_OK) {
		ch_sha256_final(&c->sha, &out->hash);
		out->size = c->size;
	} else {
		ch_wipe(out, sizeof *out);
		ch_problem_set(why, e, "%s could not be sealed (%s); nothing was sent", l->number,
		    ch_err_text(e));
	}
	ch_outfile_abort(&c->file);
	if (c->b_live)
		ch_seal_sink_deinit(&c->b);
	if (c->e_live)
		ch_seal_sink_deinit(&c->e);
	ch_free(c, sizeof *c); /* wipes */
	return e;
}
