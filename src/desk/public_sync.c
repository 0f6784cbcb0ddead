/*
 * Public statements and the registry: posting ours, fetching those of the others. What came from
 * outside is kept only when its signature, its place and, where there is one, its extract hold.
 */
#include "public.h"

#include <stdio.h>

#include "hex.h"
#include "public_inner.h"

#define ANSWER_MAX ((size_t)1 << 20)

/* A hash in a path of the API. */
static void api_path(char out[160], const ch_hash *hash, const char *suffix)
{
	char hex[65] = "";
	struct ch_wr w = ch_wr_of(hex, 64);

	ch_hex_put(&w, ch_span_of(hash->b, sizeof hash->b));
	(void)snprintf(out, 160, "/v1/statements/%s%s", hex, suffix);
}

static ch_err item_file(char out[CH_PATH_MAX], const char *dir, ch_kind kind, const char *suffix)
{
	return ch_path(out, "%s/%s%s", dir, ch_kind_schema(kind)->name, suffix);
}

/* ---- an answer: statement and proof ---- */

struct answer {
	struct ch_arena arena;
	ch_part *part;
	size_t n;
};

static ch_err answer_take(struct answer *a, ch_span body, bool exercise)
{
	ch_span copy;

	ch_arena_init(&a->arena, ANSWER_MAX);
	a->part = ch_arena_alloc(&a->arena, CH_PACK_PARTS_MAX * sizeof *a->part);
	copy = ch_arena_copy(&a->arena, body); /* the link's memory goes with the next request */
	return a->part && copy.p ? ch_pack_parse(a->part, &a->n, CH_PACK_PARTS_MAX, copy,
	    CH_PACK_ANSWER, exercise) : a->arena.err;
}

static ch_span answer_part(const struct answer *a, ch_kind kind, const char *suffix)
{
	char name[40];
	const ch_part *p;

	(void)snprintf(name, sizeof name, "%s%s", ch_kind_schema(kind)->name, suffix);
	p = ch_pack_find(a->part, a->n, ch_span_str(name));
	return p ? p->bytes : (ch_span){ 0 };
}

/* ---- posting ---- */

static ch_err post_note(const ch_public_item *it, struct ch_watch *w, struct ch_problem *why)
{
	struct answer a = { 0 };
	char path[CH_PATH_MAX];
	ch_note note;
	ch_span body, proof = { 0 };
	ch_salt salt;
	uint64_t index;
	ch_err e = ch_link_post(&body, w->link, "/v1/statements", it->note, why);

	if (e != CH_OK)
		return e;
	e = answer_take(&a, body, w->home->exercise);
	if (e == CH_OK)
		e = ch_note_parse(&note, it->note, CH_NOTE_TEXT_MAX);
	if (e == CH_OK) {
		proof = answer_part(&a, it->kind, ".proof");
		e = ch_watch_check_proof(&index, &salt, w, proof, note.text, why);
	}
	if (e == CH_OK)
		e = item_file(path, it->dir, it->kind, ".proof.txt");
	if (e == CH_OK)
		e = ch_file_write(path, proof, 0600);
	ch_arena_deinit(&a.arena);
	if (e != CH_OK)
		ch_problem_set(why, e, "the registry's answer to the %s cannot be used (%s); it "
		    "is kept "
		    "and chancery sync posts it again", ch_kind_schema(it->kind)->name,
		    ch_err_text(e));
	return e;
}

/* Our extract, with its proof from now on, for everybody. A registry that does not take extracts is
 * no reason to fail: our own folder has it. */
static ch_err post_extract(const ch_public_item *it, struct ch_watch *w,
    const struct ch_talks *talks, struct ch_problem *why)
{
	char file[CH_PATH_MAX], mark[CH_PATH_MAX], path[160];
	struct ch_problem quiet = { 0 };
	struct ch_buf extract;
	uint64_t size;
	ch_err e = ch_path(mark, "%s/posted.txt", it->dir);

	if (e == CH_OK && ch_file_size(&size, mark) == CH_OK)
		return CH_OK;
	if (e == CH_OK)
		e = ch_path(file, "%s/extract.txt", it->dir);
	if (e != CH_OK)
		return e;
	if (ch_file_size(&size, file) != CH_OK)
		return CH_OK; /* made by another desk of our party, which posts it */
	e = ch_public_extract(&extract, it, w, talks, (ch_span){ 0 }, why);
	if (e == CH_OK)
		e = ch_file_write(file, ch_buf_span(&extract), 0600);
	ch_buf_deinit(&extract);
	if (e != CH_OK)
		return e;
	api_path(path, &it->hash, "/extract");
	e = ch_link_put_file(w->link, path, file, &quiet);
	if (e == CH_OK)
		return ch_file_write(mark, CH_LIT("posted\n"), 0600);
	if (e == CH_E_ABSENT || quiet.status == 405)
		return CH_OK;
	return ch_problem_set(why, e, "%s", quiet.text);
}

ch_err ch_public_post(uint64_t *index, struct ch_watch *w, const struct ch_talks *talks,
    const ch_hash *hash, struct ch_problem *why)
{
	struct ch_public p;
	const ch_public_item *it;
	ch_err e = ch_public_load(&p, w->home, talks, why);

	*index = 0;
	if (e == CH_OK)
		e = ch_public_find(&it, &p, hash);
	if (e == CH_OK && it->proof.n == 0) {
		e = post_note(it, w, why);
		ch_public_close(&p);
		if (e == CH_OK)
			e = ch_public_load(&p, w->home, talks, why);
		if (e == CH_OK)
			e = ch_public_find(&it, &p, hash);
	}
	if (e == CH_OK)
		*index = it->index;
	if (e == CH_OK)
		e = post_extract(it, w, talks, why);
	ch_public_close(&p);
	return e;
}

static ch_err post_waiting(struct ch_public *p, struct ch_watch *w, const struct ch_talks *talks,
    struct ch_problem *why)
{
	uint64_t index;
	ch_err e = CH_OK;

	for (size_t i = 0; e == CH_OK && i < p->n; i++)
		if (p->item[i].ours)
			e = ch_public_post(&index, w, talks, &p->item[i].hash, why);
	return e;
}

/* ---- fetching ---- */

/* The roster it is judged by; fetched when it is newer than what we know. */
static ch_err roster_for(struct ch_roster_file *r, struct ch_watch *w, const ch_stmt *s,
    struct ch_problem *why)
{
	ch_ref ref = ch_val_ref(s->v[CH_ANY_ROSTER]);
	ch_span party = s->v[CH_ANY_PARTY];
	ch_err e = ch_party_roster(r, w->home, party, ref.n, NULL);

	if (e == CH_E_ABSENT) {
		e = ch_party_fetch(w, party, why);
		if (e == CH_OK)
			e = ch_party_roster(r, w->home, party, ref.n, NULL);
	}
	if (e == CH_OK && !ch_hash_eq(&r->hash, &ref.hash))
		e = CH_E_AUTH;
	return e;
}

static ch_err judge_note(ch_kind *kind, struct ch_watch *w, const struct ch_talks *talks,
    const ch_hash *hash, ch_span bytes, ch_span *text, struct ch_problem *why)
{
	struct ch_roster_file *r = ch_alloc(sizeof *r);
	ch_signers who;
	ch_note note;
	ch_stmt s;
	ch_item party;
	ch_hash h;
	ch_err e = r ? ch_note_parse(&note, bytes, CH_NOTE_TEXT_MAX) : CH_E_NOMEM;

	if (e == CH_OK)
		e = ch_stmt_parse(&s, note.text);
	if (e == CH_OK && (!ch_kind_is_public(s.kind) || s.exercise != w->home->exercise ||
	    !ch_span_eq(s.v[CH_ANY_TALKS], ch_span_str(talks->id_text))))
		e = CH_E_FORMAT;
	if (e == CH_OK)
		e = ch_talks_party(&party, talks, s.v[CH_ANY_PARTY]);
	if (e == CH_OK) {
		ch_stmt_hash(&h, note.text);
		e = ch_hash_eq(&h, hash) ? roster_for(r, w, &s, why) : CH_E_AUTH;
	}
	if (e == CH_OK)
		e = ch_roster_judge(&who, &note, &s, &r->roster, ch_kind_power(s.kind));
	*kind = e == CH_OK ? s.kind : (ch_kind)0;
	*text = e == CH_OK ? note.text : (ch_span){ .n = 0 };
	if (r)
		ch_roster_file_deinit(r);
	ch_free(r, sizeof *r);
	return e;
}

/* Note and proof of one statement, in a folder that appears whole. */
static ch_err keep_foreign(struct ch_watch *w, const struct ch_talks *talks, const ch_hash *hash,
    ch_kind kind, ch_span note, ch_span proof)
{
	char dir[CH_PATH_MAX], stage[CH_PATH_MAX], path[CH_PATH_MAX], mark[17] = "";
	struct ch_wr m = ch_wr_of(mark, 16);
	ch_err e;

	ch_hex_put(&m, ch_span_of(hash->b, 8));
	e = ch_public_path(dir, w->home, talks, hash, "");
	if (e == CH_OK)
		e = ch_home_path(stage, w->home, "talks/%s/public/.new-%s", talks->name, mark);
	if (e == CH_OK)
		e = ch_dir_make(stage);
	if (e == CH_OK)
		e = item_file(path, stage, kind, ".txt");
	if (e == CH_OK)
		e = ch_file_write(path, note, 0600);
	if (e == CH_OK)
		e = item_file(path, stage, kind, ".proof.txt");
	if (e == CH_OK)
		e = ch_file_write(path, proof, 0600);
	return e == CH_OK ? ch_file_rename(dir, stage) : e;
}

static ch_err fetch_note(struct ch_watch *w, const struct ch_talks *talks, const ch_hash *hash,
    ch_span kind_name, struct ch_problem *why)
{
	struct answer a = { 0 };
	ch_kind kind = CH_K_COUNT, said;
	ch_span body, text, note;
	ch_salt salt;
	uint64_t index;
	char path[160];
	ch_err e;

	for (ch_kind k = CH_K_CONFIRMATION; k <= CH_K_CONTESTATION; k++)
		if (ch_span_eq(kind_name, ch_span_str(ch_kind_schema(k)->name)))
			kind = k;
	if (kind == CH_K_COUNT)
		return CH_E_FORMAT;
	api_path(path, hash, "");
	e = ch_link_get(&body, w->link, path, why);
	if (e != CH_OK)
		return e;
	e = answer_take(&a, body, w->home->exercise);
	note = e == CH_OK ? answer_part(&a, kind, "") : (ch_span){ 0 };
	if (e == CH_OK)
		e = judge_note(&said, w, talks, hash, note, &text, why);
	if (e == CH_OK && said != kind)
		e = CH_E_FORMAT;
	if (e == CH_OK)
		e = ch_watch_check_proof(&index, &salt, w, answer_part(&a, kind, ".proof"), text,
		    why);
	if (e == CH_OK)
		e = keep_foreign(w, talks, hash, kind, note, answer_part(&a, kind, ".proof"));
	ch_arena_deinit(&a.arena);
	return e;
}

/* Whether a pack is the extract of this statement, and holds under the charter's keys. */
static ch_err judge_extract(const ch_public_item *it, ch_span pack, bool exercise,
    const struct ch_talks *talks)
{
	struct ch_arena a;
	struct ch_extract_work *work = ch_alloc(sizeof *work);
	ch_extract *x = ch_alloc(sizeof *x);
	ch_trust *trust = ch_alloc(sizeof *trust);
	ch_part *part = ch_alloc_array(CH_PACK_PARTS_MAX, sizeof *part);
	size_t n = 0;
	ch_err e = work && x && trust && part ? CH_OK : CH_E_NOMEM;
	unsigned step = (unsigned)(it->kind == CH_K_CONFIRMATION ? CH_XS_CONFIRMATION :
	    it->kind == CH_K_DISCLOSURE ? CH_XS_DISCLOSURE : CH_XS_STATEMENT);

	ch_arena_init(&a, (size_t)1 << 20);
	if (e == CH_OK)
		e = ch_pack_parse(part, &n, CH_PACK_PARTS_MAX, pack, CH_PACK_EXTRACT, exercise);
	if (e == CH_OK)
		e = ch_public_trust(trust, &a, talks);
	if (e == CH_OK) {
		ch_evidence ev = { part, n, exercise, trust };

		e = ch_extract_judge(x, work, &ev, NULL);
	}
	if (e == CH_OK && (!x->step[step].signed_ || !ch_hash_eq(&x->step[step].hash, &it->hash) ||
	    (x->has_paper && !x->step[CH_XS_PAPER].signed_)))
		e = CH_E_AUTH;
	ch_arena_deinit(&a);
	ch_free(part, CH_PACK_PARTS_MAX * sizeof *part);
	ch_free(trust, sizeof *trust);
	ch_free(x, sizeof *x);
	ch_free(work, sizeof *work);
	return e;
}

/* The extract of a statement that was not made here, if it has been posted. */
static ch_err fetch_extract(const ch_public_item *it, struct ch_watch *w,
    const struct ch_talks *talks, struct ch_problem *why)
{
	char file[CH_PATH_MAX], path[160];
	struct ch_problem quiet = { 0 };
	uint64_t size;
	ch_span body;
	ch_err e = ch_path(file, "%s/extract.txt", it->dir);

	if (e != CH_OK || ch_file_size(&size, file) == CH_OK)
		return e;
	api_path(path, &it->hash, "/extract");
	e = ch_link_get(&body, w->link, path, &quiet);
	if (e == CH_E_ABSENT || quiet.status == 405)
		return CH_OK; /* not posted, or not yet */
	if (e != CH_OK)
		return ch_problem_set(why, e, "%s", quiet.text);
	e = judge_extract(it, body, w->home->exercise, talks);
	if (e == CH_OK)
		e = ch_file_write(file, body, 0600);
	if (e == CH_OK && it->ours) /* a colleague's: it is there */
		e = ch_path(file, "%s/posted.txt", it->dir);
	if (e == CH_OK && it->ours)
		e = ch_file_write(file, CH_LIT("posted\n"), 0600);
	if (e != CH_OK)
		ch_problem_set(why, e, "the extract to a public %s of another party does not "
		    "hold (%s); it "
		    "was not kept", ch_kind_schema(it->kind)->name, ch_err_text(e));
	return e;
}

/* One page of the list; *last moves on. */
static ch_err fetch_page(unsigned *n_new, size_t *n, uint64_t *last, const struct ch_public *p,
    struct ch_watch *w, const struct ch_talks *talks, struct ch_problem *why)
{
	char path[192];
	struct ch_link_list list = { 0 };
	const ch_public_item *known;
	ch_hash hash;
	ch_err e, bad = CH_OK;

	(void)snprintf(path, sizeof path, "/v1/talks/%s/statements?after=%llu", talks->id_text,
	    (unsigned long long)*last);
	e = ch_link_get_list(&list, w->link, path, why);
	*n = e == CH_OK ? list.n : 0;
	for (size_t i = 0; e == CH_OK && i < list.n; i++) {
		e = ch_hex_parse(hash.b, sizeof hash.b, ch_link_list_string(&list, i, "hash"));
		if (e == CH_OK)
			e = ch_link_list_number(last, &list, i, "index");
		if (e != CH_OK || ch_public_find(&known, p, &hash) == CH_OK)
			continue;
		e = fetch_note(w, talks, &hash, ch_link_list_string(&list, i, "kind"), why);
		*n_new += e == CH_OK;
		if (e != CH_OK && !ch_err_is_fault(e)) {
			bad = e;
			e = CH_OK;
		}
	}
	ch_link_list_deinit(&list);
	return e == CH_OK ? bad : e;
}

static ch_err fetch_all(unsigned *n_new, struct ch_watch *w, const struct ch_talks *talks,
    struct ch_problem *why)
{
	struct ch_public p;
	uint64_t last = 0, before;
	size_t n = 0;
	ch_err bad = CH_OK, e = ch_public_load(&p, w->home, talks, why);

	do {
		before = last;
		if (e == CH_OK)
			e = fetch_page(n_new, &n, &last, &p, w, talks, why);
		if (e != CH_OK && !ch_err_is_fault(e)) {
			bad = e;
			e = CH_OK;
		}
	} while (e == CH_OK && n > 0 && last > before);
	ch_public_close(&p);
	if (e == CH_OK)
		e = ch_public_load(&p, w->home, talks, why);
	for (size_t i = 0; e == CH_OK && i < p.n; i++)
		e = fetch_extract(&p.item[i], w, talks, why);
	ch_public_close(&p);
	return e == CH_OK ? bad : e;
}

ch_err ch_public_sync(unsigned *n_new, struct ch_watch *w, const struct ch_talks *talks,
    struct ch_problem *why)
{
	struct ch_public p;
	ch_err e = ch_public_load(&p, w->home, talks, why);

	*n_new = 0;
	if (e == CH_OK)
		e = post_waiting(&p, w, talks, why);
	ch_public_close(&p);
	if (e == CH_OK)
		e = fetch_all(n_new, w, talks, why);
	if (e != CH_OK)
		ch_problem_set(why, e, "a public statement that the registry lists does not hold "
		    "(%s); it "
		    "was not kept", ch_err_text(e));
	return e;
}
