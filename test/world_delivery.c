/* One paper and its delivery in the small world: see world.h. */
#include "world.h"

#include "cover.h"
#include "pair.h"

static struct ch_wr world_out(struct world *w)
{
	return ch_wr_of(w->arena + w->used, WORLD_ARENA - w->used);
}

static ch_span world_done(struct world *w, struct ch_wr *wr)
{
	ch_span s = ch_wr_span(wr);

	check_ok(ch_wr_done(wr));
	w->used += s.n;
	return s;
}

/* ---- the paper ---- */

static ch_passage world_passage[CH_PASSAGES_MAX];
static struct ch_paper_work world_work;

static ch_paper world_parse(const struct world *w, const struct world_delivery *d)
{
	ch_paper p;

	check_ok(ch_paper_parse(&p, world_passage, d->paper_text, w->exercise));
	return p;
}

static ch_stmt world_head(struct world *w, ch_span to, uint64_t serial)
{
	ch_stmt h = { .kind = CH_K_PAPER_TEXT, .exercise = w->exercise };
	struct ch_wr wr = world_out(w);

	CH_WR_LIT(&wr, "ALPHA-BRAVO/2026/");
	for (uint64_t least = 1000; serial < least && least > 1; least /= 10)
		CH_WR_LIT(&wr, "0");
	(void)ch_val_put_dec(&wr, serial);
	h.v[CH_H_NUMBER] = world_done(w, &wr);
	h.v[CH_H_TALKS] = world_hash(w, &w->talks);
	h.v[CH_H_FROM] = w->party[0].handle;
	h.v[CH_H_BY] = w->party[0].d[0].name;
	h.v[CH_H_TO] = to;
	h.v[CH_H_FORM] = CH_LIT("note");
	h.v[CH_H_ACT] = CH_LIT("follow-up");
	h.v[CH_H_BASIS] = CH_LIT("confidential");
	h.v[CH_H_SUBJECT] = CH_LIT("The strait");
	h.v[CH_H_DATE] = CH_LIT("2026-11-25");
	return h;
}

void world_paper(struct world *w, struct world_delivery *d, ch_span to, const char *body)
{
	ch_span text = body ? world_str(w, body)
			    : CH_LIT("# Ships\n\nWe do not agree.\n\n# Ports\n\nWe agree.\n");
	ch_stmt h = world_head(w, to, d->serial ? d->serial : 1);
	struct ch_wr wr;
	ch_paper p;
	ch_hash line;

	if (d->subject.n > 0)
		h.v[CH_H_SUBJECT] = d->subject;
	memset(&d->seeds, 0x21, sizeof d->seeds);
	d->seeds.body.b[0] = (uint8_t)(d->serial + 1);
	d->seeds.head.b[0] = (uint8_t)(d->serial + 3);
	ch_paper_text_line(&line, &h, text, &d->seeds.text);
	h.v[CH_H_TEXT] = world_hash(w, &line);
	wr = world_out(w);
	check_ok(ch_paper_format(&wr, &h, text));
	d->paper_text = world_done(w, &wr);
	p = world_parse(w, d);
	wr = world_out(w);
	check_ok(ch_paper_commit(&wr, &d->d, &p, &d->seeds, &w->party[0].ref, CH_LIT("signed"),
	    &world_work));
	d->signature = world_sign(w, WORLD_ALPHA, 1, world_done(w, &wr));
	wr = world_out(w);
	check_ok(ch_cover_format(&wr, &p, &d->seeds, d->signature, &world_work));
	d->cover = world_done(w, &wr);
}

ch_span world_leaves(struct world *w, const struct world_delivery *d, const ch_selection *s)
{
	ch_paper p = world_parse(w, d);
	struct ch_wr wr = world_out(w);

	check_ok(ch_leaves_format(&wr, &p, &d->seeds, s, &world_work));
	return world_done(w, &wr);
}

/* ---- statements ---- */

static ch_hash world_sum(ch_span s)
{
	ch_hash h;

	ch_sha256(&h, s);
	return h;
}

void world_submit(struct world *w, struct world_delivery *d)
{
	ch_stmt s = { .kind = CH_K_SUBMISSION, .exercise = w->exercise };
	struct ch_secret32 r = { { 77, (uint8_t)d->serial } };
	ch_hash cover = world_sum(d->cover), key, other;
	ch_item reg = { 0 };
	struct ch_wr wr = world_out(w);

	if (!d->serial)
		d->serial = 1;
	check_ok(ch_age_identity_make(&d->k,
	    w->party[1].hybrid ? CH_AGE_HYBRID : CH_AGE_X25519, &r));
	ch_age_recipient_put(&wr, &d->k.recipient);
	key = world_sum(world_done(w, &wr));
	memset(&other, (int)(0x40 + d->serial), sizeof other);
	s.v[CH_L_TALKS] = world_hash(w, &w->talks);
	s.v[CH_L_PARTY] = w->party[0].handle;
	s.v[CH_L_ROSTER] = world_ref(w, w->party[0].ref.n, &w->party[0].ref.hash);
	s.v[CH_L_ADDRESSEE] = w->party[1].handle;
	s.v[CH_L_ADDRESSEE_ROSTER] = world_ref(w, w->party[1].ref.n, &w->party[1].ref.hash);
	reg.v[0] = w->origin;
	wr = world_out(w);
	check_ok(ch_stmt_put_item(&wr, CH_K_SUBMISSION, CH_L_REGISTRIES, &reg));
	s.v[CH_L_REGISTRIES] = world_done(w, &wr);
	s.count[CH_L_REGISTRIES] = 1;
	s.v[CH_L_MAILBOX] = CH_LIT("bb0000000000000000000000000000bb");
	s.v[CH_L_SERIAL] = world_dec(w, d->serial);
	s.v[CH_L_ENVELOPE] = world_hash(w, &other);
	s.v[CH_L_SIZE] = CH_LIT("16896");
	s.v[CH_L_KEY] = world_hash(w, &key);
	s.v[CH_L_PAPER] = world_hash(w, &d->d);
	s.v[CH_L_COVER] = world_hash(w, &cover);
	s.v[CH_L_LAPSE] = world_when(w, w->now + 7 * 86400);
	s.v[CH_L_CHECKPOINT] = d->seen;
	s.v[CH_L_NONCE] = world_hash(w, &other);
	d->submission = world_sign(w, WORLD_ALPHA, 1, world_format(w, &s));
	d->l = world_text_hash(d->submission);
	if (d->pair.n == 0)
		ch_pair_step(&d->pair, &d->l, w->exercise);
}

static ch_stmt world_event(struct world *w, const struct world_delivery *d, ch_kind kind,
    const char *etsi)
{
	ch_stmt s = { .kind = kind, .exercise = w->exercise };

	w->now += 60;
	s.v[CH_EV_TALKS] = world_hash(w, &w->talks);
	s.v[CH_EV_REGISTRY] = w->origin;
	s.v[CH_EV_SUBMISSION] = world_hash(w, &d->l);
	s.v[CH_EV_TIME] = world_when(w, w->now);
	s.v[CH_RGD_ETSI] = world_str(w, etsi);
	s.v[CH_RGD_PAIR] = world_ref(w, d->pair.n, &d->pair.hash);
	return s;
}

void world_register(struct world *w, struct world_delivery *d)
{
	ch_stmt s = world_event(w, d, CH_K_REGISTERED, "A.1");

	d->registered = world_sign_key(w, &w->registry, world_format(w, &s));
	d->at_registered = world_log(w, d->registered);
}

void world_notice(struct world *w, struct world_delivery *d)
{
	ch_stmt s = world_event(w, d, CH_K_NOTICE, "C.1");

	s.v[CH_NO_ROSTER] = world_ref(w, w->party[1].ref.n, &w->party[1].ref.hash);
	s.v[CH_NO_DELEGATE] = w->party[1].d[0].name;
	d->notice = world_sign_key(w, &w->registry, world_format(w, &s));
	d->at_notice = world_log(w, d->notice);
}

ch_span world_about(struct world *w, const struct world_delivery *d, ch_kind kind, int party,
    const char *last)
{
	ch_stmt s = { .kind = kind, .exercise = w->exercise };
	ch_hash cover = world_sum(d->cover), ho;

	s.v[CH_D_TALKS] = world_hash(w, &w->talks);
	s.v[CH_D_PARTY] = w->party[party].handle;
	s.v[CH_D_ROSTER] = world_ref(w, w->party[party].ref.n, &w->party[party].ref.hash);
	s.v[CH_D_REGISTRY] = w->origin;
	s.v[CH_D_SUBMISSION] = world_hash(w, &d->l);
	s.v[CH_D_PAPER] = world_hash(w, &d->d);
	s.v[CH_D_COVER] = world_hash(w, &cover);
	s.v[CH_D_CHECKPOINT] = d->seen;
	s.v[CH_D_PAIR] = world_ref(w, d->pair.n, &d->pair.hash);
	if (kind == CH_K_OPENED || kind == CH_K_DEFECT || kind == CH_K_KEY_MISSING) {
		ho = world_text_hash(d->handover);
		s.v[CH_D_HANDOVER] = world_hash(w, &ho);
		if (kind != CH_K_OPENED)
			s.v[CH_D_CAUSE] = world_str(w, last);
	} else if (last) {
		s.v[CH_D_REASON] = world_str(w, last);
	}
	return world_format(w, &s);
}

void world_receive(struct world *w, struct world_delivery *d)
{
	unsigned who = (1u << w->party[1].quorum[CH_POW_SIGN_FOR]) - 1;

	d->receipt = world_sign(w, WORLD_BRAVO, who,
	    world_about(w, d, CH_K_RECEIPT, WORLD_BRAVO, NULL));
}

static void world_keybox(struct world *w, struct world_delivery *d)
{
	struct ch_secret64 wrap[WORLD_DELEGATES] = { { { 1 } }, { { 2 } } };
	struct ch_seal_random random = { .wrap = wrap };
	ch_age_recipient to[WORLD_DELEGATES];
	struct ch_wr wr = world_out(w);

	ch_age_identity_put(&wr, &d->k);
	CH_WR_LIT(&wr, "\n");
	d->bundle_key = world_done(w, &wr);
	for (unsigned i = 0; i < WORLD_DELEGATES; i++)
		to[i] = w->party[1].d[i].seal.recipient;
	wr = world_out(w);
	check_ok(ch_seal_buffer(&wr, d->bundle_key, to, WORLD_DELEGATES, &random));
	d->keybox = world_done(w, &wr);
}

void world_hand_over(struct world *w, struct world_delivery *d)
{
	ch_stmt s = world_event(w, d, CH_K_HANDOVER, "E.1");
	ch_hash receipt = world_text_hash(d->receipt), keybox;
	struct ch_wr wr;

	world_keybox(w, d);
	keybox = world_sum(d->keybox);
	s.v[CH_HO_RECEIPT] = world_hash(w, &receipt);
	s.v[CH_HO_ROSTER] = world_ref(w, w->party[1].ref.n, &w->party[1].ref.hash);
	s.v[CH_HO_KEYBOX] = world_hash(w, &keybox);
	wr = world_out(w);
	for (unsigned i = 0; i < w->party[1].quorum[CH_POW_SIGN_FOR]; i++) {
		ch_item it = { 0 };

		it.v[0] = w->party[1].d[i].key.text;
		check_ok(ch_stmt_put_item(&wr, CH_K_HANDOVER, CH_HO_SIGNERS, &it));
		s.count[CH_HO_SIGNERS]++;
	}
	s.v[CH_HO_SIGNERS] = world_done(w, &wr);
	d->handover = world_sign_key(w, &w->registry, world_format(w, &s));
	d->at_handover = world_log(w, d->handover);
}

void world_end(struct world *w, struct world_delivery *d, const char *end, ch_span seen)
{
	bool lapsed = strcmp(end, "lapsed") == 0, declined = strcmp(end, "declined") == 0;
	ch_stmt s = world_event(w, d, CH_K_ENDED, lapsed ? "C.5" : "C.4");
	ch_hash cause;

	s.v[CH_EN_END] = world_str(w, end);
	if (!lapsed) {
		cause = world_text_hash(declined ? d->decline : d->take_back);
		s.v[CH_EN_STATEMENT] = world_hash(w, &cause);
	}
	s.v[CH_EN_REASON] = world_str(w, lapsed ? "lapse-time-reached"
	    : declined ? "declined-by-addressee" : "taken-back-by-author");
	s.v[CH_EN_CHECKPOINT] = seen;
	d->ended = world_sign_key(w, &w->registry, world_format(w, &s));
	d->at_ended = world_log(w, d->ended);
}

void world_deliver(struct world *w, struct world_delivery *d)
{
	world_paper(w, d, w->party[1].handle, NULL);
	world_submit(w, d);
	world_register(w, d);
	world_notice(w, d);
	world_receive(w, d);
	world_hand_over(w, d);
}

/* ---- parts ---- */

void world_add(ch_part part[32], size_t *n, struct world *w, const char *name, ch_span bytes)
{
	if (bytes.n == 0)
		return;
	assert_true(*n < 32);
	part[(*n)++] = (ch_part){ world_str(w, name), bytes };
}

static void world_add_roster(ch_part part[32], size_t *n, struct world *w, int party)
{
	struct ch_wr wr = world_out(w);

	CH_WR_LIT(&wr, "roster.");
	ch_wr_put(&wr, w->party[party].handle);
	CH_WR_LIT(&wr, ".");
	(void)ch_val_put_dec(&wr, w->party[party].version);
	part[(*n)++] = (ch_part){ world_done(w, &wr), w->party[party].roster };
}

static void world_add_logged(ch_part part[32], size_t *n, struct world *w, const char *name,
    ch_span bytes, size_t index, unsigned by, int64_t when)
{
	struct ch_wr wr = world_out(w);

	if (bytes.n == 0)
		return;
	world_add(part, n, w, name, bytes);
	ch_wr_str(&wr, name);
	CH_WR_LIT(&wr, ".proof");
	ch_span proof_name = world_done(w, &wr);

	part[(*n)++] = (ch_part){ proof_name, world_proof(w, index, by, when) };
}

size_t world_record(ch_part part[32], struct world *w, const struct world_delivery *d, unsigned by,
    int64_t when)
{
	size_t n = 0;

	world_add(part, &n, w, "charter", w->charter);
	world_add_roster(part, &n, w, WORLD_ALPHA);
	world_add_roster(part, &n, w, WORLD_BRAVO);
	world_add(part, &n, w, "submission", d->submission);
	world_add_logged(part, &n, w, "registered", d->registered, d->at_registered, by, when);
	world_add_logged(part, &n, w, "notice", d->notice, d->at_notice, by, when);
	world_add(part, &n, w, "receipt", d->receipt);
	world_add_logged(part, &n, w, "handover", d->handover, d->at_handover, by, when);
	world_add(part, &n, w, "keybox", d->keybox);
	world_add(part, &n, w, "decline", d->decline);
	world_add(part, &n, w, "take-back", d->take_back);
	world_add_logged(part, &n, w, "ended", d->ended, d->at_ended, by, when);
	world_add(part, &n, w, "opened", d->opened);
	world_add(part, &n, w, "defect", d->defect);
	world_add(part, &n, w, "key-missing", d->key_missing);
	world_add(part, &n, w, "key", d->key);
	world_add(part, &n, w, "cover", d->cover);
	if (d->checkpoint.n)
		part[n++] = (ch_part){ d->checkpoint_name, d->checkpoint };
	return n;
}

size_t world_extract(ch_part part[32], struct world *w, const struct world_delivery *d,
    ch_span leaves, bool delivery)
{
	size_t n = 0;

	world_add(part, &n, w, "paper", d->signature);
	world_add(part, &n, w, "leaves", leaves);
	if (delivery) {
		world_add(part, &n, w, "receipt", d->receipt);
		world_add_logged(part, &n, w, "handover", d->handover, d->at_handover,
		    WORLD_BY_REGISTRY | WORLD_BY_ALPHA, w->now + 60);
	}
	world_add(part, &n, w, "registry", w->registry_note);
	world_add_roster(part, &n, w, WORLD_ALPHA);
	world_add_roster(part, &n, w, WORLD_BRAVO);
	return n;
}

ch_part *world_part(ch_part *part, size_t n, const char *name)
{
	for (size_t i = 0; i < n; i++)
		if (ch_span_eq(part[i].name, ch_span_str(name)))
			return &part[i];
	fail_msg("no part %s", name);
	return NULL;
}

void world_drop(ch_part *part, size_t *n, const char *name)
{
	ch_part *p = world_part(part, *n, name);
	size_t i = (size_t)(p - part);

	memmove(p, p + 1, (--*n - i) * sizeof *p);
}

ch_span world_pack(struct world *w, const ch_part *part, size_t n, ch_pack_kind kind)
{
	struct ch_wr wr = world_out(w);

	check_ok(ch_pack_format(&wr, part, n, kind, w->exercise));
	return world_done(w, &wr);
}
