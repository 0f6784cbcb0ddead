/* See messages.h. */
#include "messages.h"

#include "hex.h"
#include "pair.h"
#include "rng.h"
#include "setting.h"

void messages_meet(struct messages *m, struct world *w, const char *dir, uint16_t port)
{
	ch_stmt key;

	*m = (struct messages){ .w = w };
	setting_meet(w, dir, port);
	setting_sign_in(m->token[WORLD_ALPHA], w, WORLD_ALPHA);
	setting_sign_in(m->token[WORLD_BRAVO], w, WORLD_BRAVO);
	key = setting_stmt(w, "/v1/deposit-key", CH_K_DEPOSIT_KEY);
	check_ok(ch_age_recipient_parse(&m->deposit_key, key.v[CH_DK_RECIPIENT]));
}

void messages_talks(struct messages *m, int64_t time)
{
	ch_part part = { CH_LIT("charter"), { 0 } };

	m->w->now = time;
	world_charter(m->w);
	part.bytes = m->w->charter;
	(void)setting_ask(m->w, "POST", "/v1/charters",
	    world_pack(m->w, &part, 1, CH_PACK_SUBMISSION), 200);
}

static ch_span seal(struct world *w, ch_span text, const ch_age_recipient *to, size_t n)
{
	struct ch_secret64 wrap[WORLD_DELEGATES];
	struct ch_seal_random random = { .wrap = wrap };
	static uint8_t out[32768];
	struct ch_wr wr = ch_wr_of(out, sizeof out);

	check_ok(ch_random(wrap, sizeof wrap));
	check_ok(ch_random(random.file_key.b, sizeof random.file_key.b));
	check_ok(ch_random(random.nonce, sizeof random.nonce));
	check_ok(ch_seal_buffer(&wr, text, to, n, &random));
	return world_keep(w, ch_wr_span(&wr));
}

/* The one registry of the talks. */
static ch_span registries(struct world *w)
{
	ch_item it = { .v = { w->origin } };
	uint8_t text[CH_NAME_MAX + 64];
	struct ch_wr wr = ch_wr_of(text, sizeof text);

	check_ok(ch_stmt_put_item(&wr, CH_K_SUBMISSION, CH_L_REGISTRIES, &it));
	return world_keep(w, ch_wr_span(&wr));
}

static ch_span roster_of(struct world *w, unsigned party)
{
	return world_ref(w, w->party[party].ref.n, &w->party[party].ref.hash);
}

/* K, and the hash of its recipient. */
static void make_key(ch_hash *out, struct world_delivery *d)
{
	uint8_t text[CH_AGE_RECIPIENT_MAX];
	struct ch_wr t = ch_wr_of(text, sizeof text);
	struct ch_secret32 secret;

	check_ok(ch_random(secret.b, sizeof secret.b));
	check_ok(ch_age_identity_make(&d->k, CH_AGE_HYBRID, &secret));
	ch_age_recipient_put(&t, &d->k.recipient);
	ch_sha256(out, ch_wr_span(&t));
}

/* L with its own envelope, key, nonce and place in the pair. */
static ch_hash write_submission(struct world *w, struct world_delivery *d, ch_span envelope)
{
	ch_stmt s = { .kind = CH_K_SUBMISSION };
	ch_hash e, nonce, key, cover;

	make_key(&key, d);
	check_ok(ch_random(nonce.b, sizeof nonce.b));
	ch_sha256(&e, envelope);
	ch_sha256(&cover, d->cover);
	s.v[CH_L_TALKS] = world_hash(w, &w->talks);
	s.v[CH_L_PARTY] = w->party[WORLD_ALPHA].handle;
	s.v[CH_L_ROSTER] = roster_of(w, WORLD_ALPHA);
	s.v[CH_L_ADDRESSEE] = w->party[WORLD_BRAVO].handle;
	s.v[CH_L_ADDRESSEE_ROSTER] = roster_of(w, WORLD_BRAVO);
	s.v[CH_L_REGISTRIES] = registries(w);
	s.count[CH_L_REGISTRIES] = 1;
	s.v[CH_L_MAILBOX] = CH_LIT("bb0000000000000000000000000000bb");
	s.v[CH_L_SERIAL] = world_dec(w, d->pair.n + 1);
	s.v[CH_L_ENVELOPE] = world_hash(w, &e);
	s.v[CH_L_SIZE] = world_dec(w, envelope.n);
	s.v[CH_L_KEY] = world_hash(w, &key);
	s.v[CH_L_PAPER] = world_hash(w, &d->d);
	s.v[CH_L_COVER] = world_hash(w, &cover);
	s.v[CH_L_LAPSE] = world_when(w, w->now + 7 * 86400);
	s.v[CH_L_CHECKPOINT] = d->seen;
	s.v[CH_L_NONCE] = world_hash(w, &nonce);
	if (d->pair.n)
		s.v[CH_L_PAIR] = world_ref(w, d->pair.n, &d->pair.hash);
	d->submission = world_sign(w, WORLD_ALPHA, 1, world_format(w, &s));
	d->l = world_text_hash(d->submission);
	ch_pair_step(&d->pair, &d->l, false);
	return e;
}

static ch_span write_pack(const struct messages *m, struct world_delivery *d)
{
	struct world *w = m->w;
	uint8_t id[CH_AGE_IDENTITY_MAX];
	struct ch_wr t = ch_wr_of(id, sizeof id);
	ch_stmt s = { .kind = CH_K_DEPOSIT };
	ch_part part[2] = { { CH_LIT("submission"), d->submission }, { CH_LIT("deposit"), { 0 } } };

	ch_age_identity_put(&t, &d->k);
	s.v[CH_DEP_TALKS] = world_hash(w, &w->talks);
	s.v[CH_DEP_PARTY] = w->party[WORLD_ALPHA].handle;
	s.v[CH_DEP_SUBMISSION] = world_hash(w, &d->l);
	s.v[CH_DEP_IDENTITY] = ch_wr_span(&t);
	part[1].bytes = seal(w, world_format(w, &s), &m->deposit_key, 1);
	return world_pack(w, part, 2, CH_PACK_SUBMISSION);
}

static struct load_ask request(struct world *w, const char *method, const char *before,
    const ch_hash *h, const char *after, const char *who, ch_span body, unsigned want)
{
	ch_span name = world_hash(w, h);
	char path[256];

	(void)snprintf(path, sizeof path, "%s%.*s%s", before, (int)name.n, name.p, after);
	return load_ask(method, path, who, body, want);
}

void messages_of_author(struct load_ask out[KINDS], const struct messages *m,
    struct world_delivery *d)
{
	static const uint8_t plain[16384];
	struct world *w = m->w;
	const struct world_party *other = &w->party[WORLD_BRAVO];
	size_t mark = w->used;
	ch_age_recipient to[WORLD_DELEGATES];
	ch_span envelope;
	ch_hash e;

	for (unsigned i = 0; i < other->enrolled; i++)
		to[i] = other->d[i].seal.recipient;
	envelope = seal(w, ch_span_of(plain, sizeof plain), to, other->enrolled);
	e = write_submission(w, d, envelope);
	out[PUT] = request(w, "PUT", "/v1/envelopes/", &e, "", m->token[WORLD_ALPHA], envelope,
	    201);
	out[SUBMIT] = load_ask("POST", "/v1/submissions", m->token[WORLD_ALPHA], write_pack(m, d),
	    201);
	out[FETCH] = request(w, "GET", "/v1/envelopes/", &e, "", m->token[WORLD_BRAVO],
	    (ch_span){ 0 }, 200);
	for (unsigned k = PUT; k <= FETCH; k++)
		out[k].kind = k;
	w->used = mark;
}

void messages_of_addressee(struct load_ask out[KINDS], const struct messages *m,
    struct world_delivery *d)
{
	struct world *w = m->w;
	size_t mark = w->used;
	ch_span receipt = world_sign(w, WORLD_BRAVO, 1,
	    world_about(w, d, CH_K_RECEIPT, WORLD_BRAVO, NULL));

	out[RECEIPT] = request(w, "POST", "/v1/deliveries/", &d->l, "/receipt",
	    m->token[WORLD_BRAVO], receipt, 200);
	out[RECEIPT].kind = RECEIPT;
	w->used = mark;
}
