/*
 * Split views: see split.h. Trusts the keys of the asker's trust file; nothing in the file.
 * Sources: RFC 6962 section 2.1.2 (a consistency proof fixes both of its trees),
 * c2sp.org/tlog-checkpoint.
 */
#include "split.h"

#define N_EQUAL 3u /* parts for one size; with hashes one more */

static ch_err ch_split_refuse(struct ch_diag *diag, const char *what)
{
	if (diag)
		*diag = (struct ch_diag){ what, 0 };
	return CH_E_FORMAT;
}

/* ---- reading ---- */

static bool ch_split_named(const ch_evidence *ev)
{
	static const char *const name[N_EQUAL + 1] = { "log", "first", "second", "hashes" };

	if (ev->n != N_EQUAL && ev->n != N_EQUAL + 1)
		return false;
	for (size_t i = 0; i < ev->n; i++)
		if (!ch_span_eq(ev->part[i].name, ch_span_str(name[i])))
			return false;
	return true;
}

static ch_err ch_split_read_key(ch_vkey *out, ch_span part)
{
	struct ch_rd r = ch_rd_of(part);
	ch_span line = ch_rd_line1(&r);
	ch_err e = ch_rd_done(&r);

	if (e == CH_OK)
		e = ch_vkey_parse(out, line);
	return e == CH_OK && out->type != CH_VKEY_ED25519 ? CH_E_FORMAT : e;
}

static ch_err ch_split_read_tree(ch_checkpoint *out, struct ch_split_work *work, ch_span part)
{
	ch_err e = ch_note_parse(&work->note, part, CH_CHECKPOINT_TEXT_MAX);

	return e == CH_OK ? ch_checkpoint_parse(out, work->note.text) : e;
}

static ch_err ch_split_read_hashes(struct ch_split_work *work, ch_span part)
{
	struct ch_rd r = ch_rd_of(part);

	work->n = ch_proof_take_hashes(work->hash, CH_COUNT(work->hash), &r);
	ch_rd_need(&r, work->n > 0, CH_E_FORMAT);
	return ch_rd_done(&r);
}

/* Smaller first; of one size the lower root first: one file for one pair. */
static int ch_split_order(const ch_checkpoint *a, const ch_checkpoint *b)
{
	if (a->size != b->size)
		return a->size < b->size ? -1 : 1;
	return ch_span_cmp(ch_span_of(a->root.b, sizeof a->root.b),
	    ch_span_of(b->root.b, sizeof b->root.b));
}

static ch_err ch_split_take(ch_split *out, struct ch_split_work *work, const ch_evidence *ev,
    struct ch_diag *diag)
{
	const ch_checkpoint *a = &out->tree[0], *b = &out->tree[1];

	if (!ch_split_named(ev))
		return ch_split_refuse(diag, "its parts are not those of a split view");
	if (ch_split_read_key(&out->log, ev->part[0].bytes) != CH_OK)
		return ch_split_refuse(diag, "`log` is not a log's verifier key");
	for (size_t i = 0; i < 2; i++)
		if (ch_split_read_tree(&out->tree[i], work, ev->part[1 + i].bytes) != CH_OK)
			return ch_split_refuse(diag, "one of the two is not a checkpoint");
	if (!ch_span_eq(a->origin, out->log.name) || !ch_span_eq(b->origin, out->log.name))
		return ch_split_refuse(diag, "the two are not both of the log that it names");
	if (ch_origin_is_exercise(a->origin) != ev->exercise)
		return ch_split_refuse(diag, "an exercise and real traffic are mixed");
	if (ch_split_order(a, b) > 0)
		return ch_split_refuse(diag, "the two stand in the wrong order");
	if ((ev->n == N_EQUAL) != (a->size == b->size) ||
	    (ev->n > N_EQUAL && (a->size == 0 ||
	    ch_split_read_hashes(work, ev->part[N_EQUAL].bytes) != CH_OK)))
		return ch_split_refuse(diag, "its hashes are not such hashes");
	return CH_OK;
}

/* ---- judging ---- */

/* Times are told, and prove nothing here: a line that does not verify gives none. */
static uint64_t ch_split_time(struct ch_split_work *work, const ch_policy *policy)
{
	uint64_t t = 0;

	if (!policy || ch_policy_cosigned(&work->cosigners, policy, &work->note) != CH_OK)
		return 0;
	for (size_t i = 0; i < policy->n_witnesses; i++)
		if ((work->cosigners.witnesses >> i & 1) &&
		    (t == 0 || work->cosigners.time[i] < t))
			t = work->cosigners.time[i];
	return t;
}

static const char *ch_split_signed(ch_split *out, struct ch_split_work *work,
    const ch_evidence *ev)
{
	const ch_vkey *key = ch_trust_registry(ev->trust, out->log.name);

	if (!key)
		return "no key of this log is among those that you trust";
	out->log = *key;
	for (size_t i = 0; i < 2; i++) {
		ch_checkpoint again;

		if (ch_checkpoint_open(&again, &work->note, ev->part[1 + i].bytes, key) != CH_OK)
			return "not both are signed by the key that you trust for this log";
		out->cosigned[i] = ch_split_time(work, ev->trust->policy);
	}
	return NULL;
}

static const char *ch_split_contradiction(ch_split *out, const struct ch_split_work *work)
{
	const ch_checkpoint *a = &out->tree[0], *b = &out->tree[1];

	out->prefix = b->root;
	if (a->size < b->size) {
		if (ch_merkle_verify_consistency(a->size, &work->hash[0], b->size, &b->root,
		    &work->hash[1], work->n - 1) != CH_OK) {
			out->prefix = (ch_hash){ 0 };
			return "its hashes do not make the larger tree";
		}
		out->prefix = work->hash[0];
	}
	return ch_hash_eq(&out->prefix, &a->root) ? "the two are of one tree: nothing is wrong "
						    "with them" : NULL;
}

ch_err ch_split_judge(ch_split *out, struct ch_split_work *work, const ch_evidence *ev,
    struct ch_diag *diag)
{
	ch_err e;

	memset(out, 0, sizeof *out);
	memset(work, 0, sizeof *work);
	e = ch_split_take(out, work, ev, diag);
	if (e != CH_OK) {
		memset(out, 0, sizeof *out);
		return e;
	}
	out->exercise = ev->exercise;
	out->why = ch_split_contradiction(out, work);
	if (!out->why)
		out->why = ch_split_signed(out, work, ev);
	return CH_OK;
}

/* ---- making ---- */

static ch_err ch_split_find(struct ch_split_work *work, const ch_checkpoint *a,
    const ch_checkpoint *b, ch_merkle_fetch fetch, void *ctx)
{
	ch_err e;

	if (a->size == 0 || !fetch)
		return CH_E_ABSENT;
	e = ch_merkle_fetch_root(&work->hash[0], a->size, fetch, ctx);
	if (e == CH_OK)
		e = ch_merkle_prove_consistency(&work->hash[1], &work->n, a->size, b->size, fetch,
		    ctx);
	if (e != CH_OK)
		return e;
	e = ch_merkle_verify_consistency(a->size, &work->hash[0], b->size, &b->root,
	    &work->hash[1], work->n);
	work->n++;
	return e != CH_OK || ch_hash_eq(&work->hash[0], &a->root) ? CH_E_ABSENT : CH_OK;
}

ch_err ch_split_put(struct ch_wr *w, struct ch_split_work *work, const ch_vkey *log, ch_span a,
    ch_span b, ch_merkle_fetch fetch, void *ctx)
{
	struct ch_wr key = ch_wr_of(work->key, sizeof work->key);
	struct ch_wr hashes = ch_wr_of(work->path, sizeof work->path);
	ch_part part[N_EQUAL + 1] = { { CH_LIT("log"), { 0 } }, { CH_LIT("first"), a },
		{ CH_LIT("second"), b }, { CH_LIT("hashes"), { 0 } } };
	ch_checkpoint ta, tb;
	int order;
	ch_err e;

	if ((e = ch_checkpoint_open(&ta, &work->note, a, log)) != CH_OK ||
	    (e = ch_checkpoint_open(&tb, &work->note, b, log)) != CH_OK)
		return e;
	order = ch_split_order(&ta, &tb);
	if (order == 0)
		return CH_E_ABSENT;
	if (order > 0) {
		part[1].bytes = b;
		part[2].bytes = a;
	}
	work->n = 0;
	if (ta.size != tb.size)
		e = order < 0 ? ch_split_find(work, &ta, &tb, fetch, ctx)
			      : ch_split_find(work, &tb, &ta, fetch, ctx);
	if (e != CH_OK)
		return e;
	ch_vkey_put(&key, log);
	CH_WR_LIT(&key, "\n");
	ch_proof_put_hashes(&hashes, work->hash, work->n);
	part[0].bytes = ch_wr_span(&key);
	part[N_EQUAL].bytes = ch_wr_span(&hashes);
	return ch_pack_format(w, part, work->n > 0 ? N_EQUAL + 1 : N_EQUAL, CH_PACK_SPLIT,
	    ch_origin_is_exercise(log->name));
}
