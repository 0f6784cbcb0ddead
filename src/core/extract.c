/* The judge of extracts and public statements: see extract.h. Trusts the keys of the trust file. */
#include "extract.h"

#include "judge.h"

struct ch_xjudge {
	ch_extract *out;
	struct ch_extract_work *work;
	const ch_evidence *ev;
	struct ch_diag *diag;
	ch_span registry; /* the origin that the proofs or the handover name */
	ch_hash receipt_l;
	bool receipt_fits;
};

static ch_err ch_xjudge_say(struct ch_xjudge *j, const char *what, ch_err e)
{
	if (j->diag && !j->diag->what)
		*j->diag = (struct ch_diag){ what, 0 };
	return e;
}

static void ch_xjudge_find(struct ch_xjudge *j, ch_extract_finding f)
{
	j->out->findings |= (uint64_t)1 << f;
}

static ch_err ch_xjudge_open(struct ch_xjudge *j, ch_extract_step s, const char *name, ch_kind k)
{
	ch_err e = ch_evidence_open(&j->out->step[s], &j->work->ev, j->ev, name, k);

	if (e != CH_OK && e != CH_E_ABSENT)
		return ch_xjudge_say(j, name, e);
	return e;
}

/* ---- names ---- */

static bool ch_extract_knows(ch_span name)
{
	static const char *const parts[] = {
		"paper", "leaves", "receipt", "handover", "handover.proof", "confirmation",
		"confirmation.proof", "disclosure", "disclosure.proof", "statement",
		"statement.proof", "contestation", "contestation.proof", "registry",
	};
	struct ch_rd r = ch_rd_of(name);
	ch_span stem = name.n > 6 ? ch_rd_take(&r, name.n - 6) : name;

	for (size_t i = 0; i < CH_COUNT(parts); i++)
		if (ch_span_eq(name, ch_span_str(parts[i])))
			return true;
	return ch_part_is_roster(name, NULL) || ch_part_is_checkpoint(name) ||
	    (ch_span_eq(ch_rd_rest(&r), CH_LIT(".proof")) && ch_part_is_roster(stem, NULL));
}

static ch_err ch_xjudge_names(struct ch_xjudge *j)
{
	static const char *const private_[] = { "submission", "keybox", "key", "cover" };

	for (size_t i = 0; i < j->ev->n; i++) {
		ch_span name = j->ev->part[i].name;

		for (size_t k = 0; k < CH_COUNT(private_); k++)
			if (ch_span_eq(name, ch_span_str(private_[k])))
				return ch_xjudge_say(j, "a part that no extract may hold",
				    CH_E_FORMAT);
		if (!ch_extract_knows(name))
			return ch_xjudge_say(j, "a part of unknown name", CH_E_FORMAT);
	}
	return CH_OK;
}

/* The origin of the register: the handover's word, else that of the first proof's checkpoint. */
static void ch_xjudge_registry(struct ch_xjudge *j)
{
	static const char *const proofs[] = {
		"confirmation.proof", "disclosure.proof", "statement.proof", "contestation.proof",
	};
	struct ch_evidence_work *w = &j->work->ev;
	ch_proof *p = &w->proof.proof;

	if (ch_xjudge_open(j, CH_XS_HANDOVER, "handover", CH_K_HANDOVER) == CH_OK)
		j->registry = w->stmt.v[CH_EV_REGISTRY];
	for (size_t i = 0; i < CH_COUNT(proofs) && j->registry.n == 0; i++) {
		ch_span in = ch_evidence_find(j->ev, ch_span_str(proofs[i]));

		if (in.n == 0 || ch_proof_parse(p, in) != CH_OK)
			continue;
		struct ch_rd r = ch_rd_of(p->checkpoint);

		j->registry = ch_rd_line(&r);
	}
	j->out->step[CH_XS_HANDOVER] = (ch_fact){ 0 };
}

/* ---- the paper ---- */

/* What D's statement says of itself must not differ from the head lines that are shown. */
static bool ch_xjudge_head_agrees(const struct ch_xjudge *j)
{
	const ch_leaves *l = &j->out->leaves;
	const ch_span *v = j->work->paper.v;
	ch_span x;

	if (ch_leaves_head(&x, l, CH_H_TALKS) == CH_OK && !ch_span_eq(x, v[CH_PAPER_TALKS]))
		return false;
	if (ch_leaves_head(&x, l, CH_H_FROM) == CH_OK && !ch_span_eq(x, v[CH_PAPER_PARTY]))
		return false;
	if (ch_leaves_head(&x, l, CH_H_BY) == CH_OK) {
		struct ch_rd r = ch_rd_of(x);

		return ch_span_eq(ch_rd_until(&r, '/'), v[CH_PAPER_PARTY]);
	}
	return true;
}

static ch_err ch_xjudge_paper(struct ch_xjudge *j)
{
	ch_extract *x = j->out;
	ch_fact *f = &x->step[CH_XS_PAPER];
	struct ch_evidence_work *w = &j->work->ev;
	ch_err e = ch_xjudge_open(j, CH_XS_PAPER, "paper", CH_K_PAPER);

	if (e != CH_OK)
		return e;
	j->work->paper = w->stmt;
	if (!ch_span_eq(w->stmt.v[CH_PAPER_MODE], CH_LIT("signed")))
		return ch_xjudge_say(j, "an off-record paper carries no proof", CH_E_FORMAT);
	x->has_paper = true;
	x->paper = f->hash;
	x->talks = ch_val_hash(w->stmt.v[CH_PAPER_TALKS]);
	x->author = w->stmt.v[CH_PAPER_PARTY];
	e = ch_leaves_verify(&x->leaves, ch_evidence_find(j->ev, CH_LIT("leaves")), &w->stmt);
	if (e != CH_OK)
		return ch_xjudge_say(j, "leaves", e);
	if (!ch_xjudge_head_agrees(j))
		ch_fact_fail(f, "the head names another author or other talks than its signature");
	else
		(void)ch_evidence_by_party(f, &w->author, w, j->ev);
	return CH_OK;
}

/* ---- delivery ---- */

static ch_err ch_xjudge_receipt(struct ch_xjudge *j)
{
	ch_fact *f = &j->out->step[CH_XS_RECEIPT];
	struct ch_evidence_work *w = &j->work->ev;
	ch_err e = ch_xjudge_open(j, CH_XS_RECEIPT, "receipt", CH_K_RECEIPT);
	ch_span to;

	if (e != CH_OK)
		return e;
	ch_hash paper = ch_val_hash(w->stmt.v[CH_D_PAPER]);
	ch_hash talks = ch_val_hash(w->stmt.v[CH_D_TALKS]);

	if (!ch_hash_eq(&paper, &j->out->paper) || !ch_hash_eq(&talks, &j->out->talks)) {
		ch_xjudge_find(j, CH_XF_OTHER_PAPER);
		ch_fact_fail(f, "it is for another paper");
	} else if ((ch_leaves_head(&to, &j->out->leaves, CH_H_TO) == CH_OK &&
	    !ch_span_eq(to, w->stmt.v[CH_D_PARTY])) ||
	    ch_span_eq(j->out->author, w->stmt.v[CH_D_PARTY])) {
		ch_xjudge_find(j, CH_XF_NOT_ADDRESSEE);
		ch_fact_fail(f, "it is by one to whom the paper is not addressed");
	} else if (ch_evidence_by_party(f, &w->addressee, w, j->ev) && f->signed_ &&
	    w->author.n > 0 && ch_roster_distinct(&w->author, &w->addressee) != CH_OK) {
		f->signed_ = false;
		ch_fact_fail(f, "one key stands in the rosters of both parties");
	}
	if (f->signed_)
		j->out->addressee = w->stmt.v[CH_D_PARTY];
	j->receipt_l = ch_val_hash(w->stmt.v[CH_D_SUBMISSION]);
	j->receipt_fits = f->signed_ && ch_span_eq(w->stmt.v[CH_D_REGISTRY], j->registry);
	return CH_OK;
}

/* Whether the handover in w->stmt is for the receipt that is here. */
static void ch_xjudge_delivered(struct ch_xjudge *j, ch_fact *f)
{
	struct ch_evidence_work *w = &j->work->ev;
	const ch_fact *rc = &j->out->step[CH_XS_RECEIPT];
	ch_hash receipt = ch_val_hash(w->stmt.v[CH_HO_RECEIPT]);
	ch_hash l = ch_val_hash(w->stmt.v[CH_EV_SUBMISSION]);
	ch_ref ref = ch_val_ref(w->stmt.v[CH_HO_ROSTER]);

	if (!rc->present) {
		ch_fact_fail(f, "the receipt it names is not here");
	} else if (!ch_hash_eq(&receipt, &rc->hash) || !ch_hash_eq(&l, &j->receipt_l)) {
		ch_xjudge_find(j, CH_XF_RECEIPT_DIFFERS);
		ch_fact_fail(f, "it is for another receipt");
	} else if (!j->receipt_fits || ref.n != rc->roster.n ||
	    !ch_hash_eq(&ref.hash, &rc->roster.hash)) {
		ch_fact_fail(f, "the receipt it names does not hold");
	} else if (!ch_evidence_same_signers(&w->stmt, &w->addressee, &rc->who)) {
		ch_xjudge_find(j, CH_XF_SIGNERS_DIFFER);
		ch_fact_fail(f, "it lists other signers than the receipt has");
	} else {
		j->out->delivered = true;
	}
}

static ch_err ch_xjudge_handover(struct ch_xjudge *j)
{
	ch_fact *f = &j->out->step[CH_XS_HANDOVER];
	struct ch_evidence_work *w = &j->work->ev;
	ch_err e = ch_xjudge_open(j, CH_XS_HANDOVER, "handover", CH_K_HANDOVER);

	if (e != CH_OK)
		return e;
	ch_hash talks = ch_val_hash(w->stmt.v[CH_EV_TALKS]);

	f->claimed = ch_val_when(w->stmt.v[CH_EV_TIME]);
	if (!ch_hash_eq(&talks, &j->out->talks)) {
		ch_fact_fail(f, "it is of other talks");
		return CH_OK;
	}
	ch_evidence_by_registry(f, w);
	if (!f->signed_)
		return CH_OK;
	ch_xjudge_delivered(j, f);
	if (ch_evidence_proof(f, w, j->ev, CH_LIT("handover")) != CH_OK)
		f->logged = false;
	return CH_OK;
}

/* ---- statements ---- */

static ch_roster *ch_xjudge_slot(struct ch_xjudge *j)
{
	struct ch_evidence_work *w = &j->work->ev;
	ch_ref ref = ch_val_ref(w->stmt.v[CH_ANY_ROSTER]);
	ch_span party = w->stmt.v[CH_ANY_PARTY];

	if (ch_span_eq(party, j->out->author) && ch_hash_eq(&w->author.hash, &ref.hash))
		return &w->author;
	if (w->addressee.n > 0 && ch_hash_eq(&w->addressee.hash, &ref.hash))
		return &w->addressee;
	return &w->other;
}

/* Signatures, bounds and place of a public statement that stands in w->stmt. */
static void ch_xjudge_public(struct ch_xjudge *j, ch_fact *f, const char *name, unsigned paper,
    unsigned seen, unsigned time)
{
	struct ch_evidence_work *w = &j->work->ev;
	const ch_span *v = w->stmt.v;
	ch_hash d = ch_val_hash(v[paper]), talks = ch_val_hash(v[CH_ANY_TALKS]);
	bool known;

	j->out->kind = w->stmt.kind;
	j->out->speaker = v[CH_ANY_PARTY];
	f->claimed = ch_val_when(v[time]);
	if (!j->out->has_paper) {
		j->out->paper = d;
		j->out->talks = talks;
	} else if ((v[paper].n && !ch_hash_eq(&d, &j->out->paper)) ||
	    !ch_hash_eq(&talks, &j->out->talks)) {
		ch_xjudge_find(j, CH_XF_OTHER_PAPER);
		ch_fact_fail(f, "it is about another paper");
		return;
	}
	(void)ch_evidence_by_party(f, ch_xjudge_slot(j), w, j->ev);
	if (ch_evidence_seen(&f->after, &known, w, j->ev, v[seen]) == CH_E_AUTH)
		ch_fact_fail(f, "the checkpoint here is not the one it saw");
	if (f->signed_ && ch_evidence_proof(f, w, j->ev, ch_span_str(name)) != CH_OK)
		f->logged = false;
}

bool ch_head_may_confirm(unsigned i, ch_span may_confirm)
{
	static const ch_span usual = { (const uint8_t *)"from,to,form,act,date", 21 };
	const char *key = ch_kind_schema(CH_K_PAPER_TEXT)->field[i].key;

	return ch_val_has(may_confirm.n ? may_confirm : usual, ch_span_str(key));
}

/* Every leaf that is shown must be listed; `may-confirm` itself comes along unasked. */
static void ch_xjudge_confirmed_keys(struct ch_xjudge *j, ch_span listed)
{
	const struct ch_schema *head = ch_kind_schema(CH_K_PAPER_TEXT);
	const ch_leaves *l = &j->out->leaves;
	bool by_author = ch_span_eq(j->out->speaker, j->out->author);
	ch_span may = { 0 };
	bool may_known = ch_leaves_head(&may, l, CH_H_MAY_CONFIRM) == CH_OK;

	if (l->n_shown[CH_LEAF_PASSAGE] + l->n_shown[CH_LEAF_ATTACHMENT] +
	    l->n_shown[CH_LEAF_INFO] + l->n_shown[CH_LEAF_POSITION] > 0)
		ch_xjudge_find(j, CH_XF_KEY_NOT_CONFIRMED);
	for (unsigned i = 0; i < CH_H_KEYS; i++) {
		bool is_listed = ch_val_has(listed, ch_span_str(head->field[i].key));

		if (i != CH_H_MAY_CONFIRM && !is_listed &&
		    ch_selection_has(&l->shown, CH_LEAF_HEAD, i))
			ch_xjudge_find(j, CH_XF_KEY_NOT_CONFIRMED);
		if (is_listed && !by_author && may_known && !ch_head_may_confirm(i, may))
			ch_xjudge_find(j, CH_XF_KEY_NOT_ALLOWED);
	}
	if (!by_author && !may_known && listed.n > 0)
		ch_xjudge_find(j, CH_XF_MAY_CONFIRM_HIDDEN);
}

static void ch_xjudge_speaker(struct ch_xjudge *j)
{
	ch_span to;

	if (ch_span_eq(j->out->speaker, j->out->author) ||
	    (j->out->addressee.n && ch_span_eq(j->out->speaker, j->out->addressee)))
		return;
	if (ch_leaves_head(&to, &j->out->leaves, CH_H_TO) == CH_OK &&
	    ch_span_eq(to, j->out->speaker))
		return;
	ch_xjudge_find(j, CH_XF_SPEAKER_NO_PARTY);
}

/* The author says that it sent, the addressee that it received; there is no third sentence. */
static void ch_xjudge_sentence(struct ch_xjudge *j)
{
	bool by_author = ch_span_eq(j->out->speaker, j->out->author);

	if (!ch_span_eq(j->out->sentence, by_author ? CH_LIT("sent") : CH_LIT("received")))
		ch_xjudge_find(j, CH_XF_SENTENCE_UNFIT);
}

static ch_err ch_xjudge_confirmation(struct ch_xjudge *j)
{
	static const uint64_t against = 1u << CH_XF_KEY_NOT_CONFIRMED |
	    1u << CH_XF_KEY_NOT_ALLOWED | 1u << CH_XF_SPEAKER_NO_PARTY |
	    1u << CH_XF_OTHER_PAPER | 1u << CH_XF_RECEIPT_DIFFERS |
	    1u << CH_XF_SENTENCE_UNFIT;
	struct ch_evidence_work *w = &j->work->ev;
	ch_extract *x = j->out;
	ch_fact *f = &x->step[CH_XS_CONFIRMATION];
	const ch_fact *rc = &x->step[CH_XS_RECEIPT];
	ch_err e = ch_xjudge_open(j, CH_XS_CONFIRMATION, "confirmation", CH_K_CONFIRMATION);

	if (e != CH_OK)
		return e;
	ch_hash named = ch_val_hash(w->stmt.v[CH_CONF_RECEIPT]);

	x->sentence = w->stmt.v[CH_CONF_SENTENCE];
	x->note = w->stmt.v[CH_CONF_NOTE];
	ch_xjudge_public(j, f, "confirmation", CH_CONF_PAPER, CH_CONF_CHECKPOINT, CH_CONF_TIME);
	if (w->stmt.v[CH_CONF_RECEIPT].n && rc->present && !ch_hash_eq(&named, &rc->hash))
		ch_xjudge_find(j, CH_XF_RECEIPT_DIFFERS);
	if (x->has_paper) {
		ch_xjudge_speaker(j);
		ch_xjudge_sentence(j);
		ch_xjudge_confirmed_keys(j, w->stmt.v[CH_CONF_LEAVES]);
	}
	x->confirmed = f->signed_ && !(x->findings & against);
	return CH_OK;
}

static bool ch_xjudge_has_number(ch_span numbers, uint32_t n)
{
	for (size_t at = 0; at < numbers.n;)
		if (ch_val_dec(ch_val_next(numbers, &at)) == n)
			return true;
	return false;
}

/* Whether the author's disclosure lists this leaf. Items of info and positions go with their
 * list's line. */
static bool ch_xjudge_is_disclosed(const ch_stmt *s, const ch_leaf *leaf)
{
	const struct ch_schema *head = ch_kind_schema(CH_K_PAPER_TEXT);
	unsigned key = leaf->index;

	if (leaf->kind == CH_LEAF_PASSAGE)
		return ch_xjudge_has_number(s->v[CH_DISC_PASSAGES], leaf->index);
	if (leaf->kind == CH_LEAF_ATTACHMENT)
		return ch_xjudge_has_number(s->v[CH_DISC_ATTACHMENTS], leaf->index);
	if (leaf->kind != CH_LEAF_HEAD)
		key = ch_leaf_field(leaf->kind);
	if (key == CH_H_ATTACHMENTS && s->v[CH_DISC_ATTACHMENTS].n)
		return true; /* the line that the items are checked against */
	return key < CH_H_KEYS &&
	    ch_val_has(s->v[CH_DISC_LEAVES], ch_span_str(head->field[key].key));
}

static ch_err ch_xjudge_disclosure(struct ch_xjudge *j)
{
	struct ch_evidence_work *w = &j->work->ev;
	ch_extract *x = j->out;
	ch_fact *f = &x->step[CH_XS_DISCLOSURE];
	ch_err e = ch_xjudge_open(j, CH_XS_DISCLOSURE, "disclosure", CH_K_DISCLOSURE);
	bool covers = true;
	ch_leaf leaf;

	if (e != CH_OK)
		return e;
	x->note = w->stmt.v[CH_DISC_NOTE];
	ch_xjudge_public(j, f, "disclosure", CH_DISC_PAPER, CH_DISC_CHECKPOINT, CH_DISC_TIME);
	if (!x->has_paper)
		return CH_OK;
	for (struct ch_rd r = ch_rd_of(x->leaves.block); ch_leaves_next(&leaf, &r);)
		covers = covers && ch_xjudge_is_disclosed(&w->stmt, &leaf);
	if (!covers)
		ch_xjudge_find(j, CH_XF_LEAF_NOT_DISCLOSED);
	if (!ch_span_eq(x->speaker, x->author))
		ch_xjudge_find(j, CH_XF_DISCLOSED_BY_OTHER);
	else
		x->disclosed = f->signed_ && covers && x->step[CH_XS_PAPER].signed_;
	return CH_OK;
}

static ch_err ch_xjudge_statement(struct ch_xjudge *j)
{
	struct ch_evidence_work *w = &j->work->ev;
	ch_extract *x = j->out;
	ch_fact *f = &x->step[CH_XS_STATEMENT];
	ch_err e = ch_xjudge_open(j, CH_XS_STATEMENT, "statement", CH_K_STATEMENT);

	if (e == CH_OK) {
		x->what = w->stmt.v[CH_ST_WHAT];
		x->text = w->stmt.v[CH_ST_TEXT];
		x->about = ch_val_hash(w->stmt.v[CH_ST_ABOUT]);
		ch_xjudge_public(j, f, "statement", CH_ST_PAPER, CH_ST_CHECKPOINT, CH_ST_TIME);
		return CH_OK;
	}
	if (e == CH_E_ABSENT)
		e = ch_xjudge_open(j, CH_XS_STATEMENT, "contestation", CH_K_CONTESTATION);
	if (e == CH_OK) {
		x->text = w->stmt.v[CH_CON_TEXT];
		x->about = ch_val_hash(w->stmt.v[CH_CON_ABOUT]);
		ch_xjudge_public(j, f, "contestation", CH_CON_PAPER, CH_CON_CHECKPOINT,
		    CH_CON_TIME);
	}
	return e;
}

/* ---- all of it ---- */

/* One public statement a file: two would speak with one voice of different things. */
static ch_err ch_xjudge_count(struct ch_xjudge *j)
{
	static const char *const public_[] = {
		"confirmation", "disclosure", "statement", "contestation",
	};
	static const char *const of_paper[] = { "leaves", "receipt", "handover", "handover.proof" };
	size_t n = 0;

	for (size_t i = 0; i < CH_COUNT(public_); i++)
		n += ch_evidence_find(j->ev, ch_span_str(public_[i])).n > 0;
	if (n > 1)
		return ch_xjudge_say(j, "more than one public statement", CH_E_FORMAT);
	if (n == 0 && ch_evidence_find(j->ev, CH_LIT("paper")).n == 0)
		return ch_xjudge_say(j, "neither a paper nor a public statement", CH_E_FORMAT);
	for (size_t i = 0; i < CH_COUNT(of_paper); i++)
		if (ch_evidence_find(j->ev, CH_LIT("paper")).n == 0 &&
		    ch_pack_find(j->ev->part, j->ev->n, ch_span_str(of_paper[i])))
			return ch_xjudge_say(j, "a part without the paper it is of", CH_E_FORMAT);
	return CH_OK;
}

static ch_err ch_xjudge_steps(struct ch_xjudge *j)
{
	ch_err e = ch_xjudge_names(j);

	if (e == CH_OK)
		e = ch_xjudge_count(j);
	if (e != CH_OK)
		return e;
	ch_xjudge_registry(j);
	if (j->registry.n && ch_origin_is_exercise(j->registry) != j->ev->exercise)
		return ch_xjudge_say(j, "an exercise and real traffic are mixed", CH_E_FORMAT);
	ch_evidence_begin(&j->work->ev, j->ev, j->registry);
	if (j->work->ev.bad_registry)
		ch_xjudge_find(j, CH_XF_NOT_REGISTRY);
	e = ch_xjudge_paper(j);
	if (e == CH_OK)
		e = ch_xjudge_receipt(j);
	if (e == CH_OK || e == CH_E_ABSENT)
		e = ch_xjudge_handover(j);
	if (e == CH_OK || e == CH_E_ABSENT)
		e = ch_xjudge_confirmation(j);
	if (e == CH_OK || e == CH_E_ABSENT)
		e = ch_xjudge_disclosure(j);
	if (e == CH_OK || e == CH_E_ABSENT)
		e = ch_xjudge_statement(j);
	return e == CH_E_ABSENT ? CH_OK : e;
}

ch_err ch_extract_judge(ch_extract *out, struct ch_extract_work *work, const ch_evidence *ev,
    struct ch_diag *diag)
{
	struct ch_xjudge j = { .out = out, .work = work, .ev = ev, .diag = diag };
	ch_err e;

	memset(out, 0, sizeof *out);
	if (diag)
		*diag = (struct ch_diag){ 0 };
	out->exercise = ev->exercise;
	e = ch_xjudge_steps(&j);
	if (e != CH_OK)
		memset(out, 0, sizeof *out);
	return e;
}

const char *ch_extract_shown_by(const ch_extract *x)
{
	return x->disclosed ? "disclosed by its author"
			    : "shown by a holder, not disclosed by its author";
}

const char *ch_extract_finding_text(ch_extract_finding f)
{
	static const char *const text[CH_XF_COUNT] = {
		[CH_XF_LEAF_NOT_DISCLOSED] = "more of the paper is shown than its author's"
		    " disclosure lists",
		[CH_XF_KEY_NOT_CONFIRMED] =
		    "more of the paper is shown than the confirmation lists",
		[CH_XF_KEY_NOT_ALLOWED] = "the confirmation tells what the paper's author did not"
		    " allow to be confirmed",
		[CH_XF_MAY_CONFIRM_HIDDEN] = "whether the author allowed these lines to be"
		    " confirmed is not shown",
		[CH_XF_OTHER_PAPER] = "a statement in this file is about another paper",
		[CH_XF_RECEIPT_DIFFERS] = "a statement in this file is about another receipt",
		[CH_XF_SIGNERS_DIFFER] =
		    "the handover lists other signers than the receipt here has",
		[CH_XF_NOT_ADDRESSEE] = "the receipt is by one to whom the paper is not addressed",
		[CH_XF_SPEAKER_NO_PARTY] = "the confirmation is by neither the author nor the"
		    " addressee as far as is shown",
		[CH_XF_NOT_REGISTRY] =
		    "a statement said to be the registry's is not signed by it",
		[CH_XF_DISCLOSED_BY_OTHER] = "the disclosure is signed by another than the author",
		[CH_XF_SENTENCE_UNFIT] =
		    "the confirmation's sentence is not one that its speaker can"
		    " say of this paper",
	};

	CH_ASSERT(f < CH_XF_COUNT);
	return text[f];
}
