/*
 * The welcome of a new delegate: all that a home of our party holds beside its papers, signed as a
 * whole by the party key and sealed to the delegate. Format: doc/formats/home.md. See delegates.h.
 */
#include <stdio.h>
#include <string.h>

#include "delegates_inner.h"
#include "pack_buf.h"
#include "talks.h"
#include "wipe.h"

#define PARTIES_MAX 4096u
#define REGISTRIES_MAX 256u

/* Holdings under construction. */
struct gather {
	const struct ch_home *h;
	struct ch_arena arena;
	ch_part *part;
	size_t n;
	unsigned n_rosters, n_registries, n_charters;
	struct ch_problem *why;
};

static ch_err put(struct gather *g, const char *what, unsigned number, const char *ending,
    ch_span bytes)
{
	char name[64];
	ch_span kept_name, kept;
	int n = snprintf(name, sizeof name, "%s.%u%s", what, number, ending);

	CH_ASSERT(n > 0 && (size_t)n < sizeof name);
	if (g->n == CH_PACK_HOLDINGS_MAX)
		return CH_E_LIMIT;
	kept_name = ch_arena_copy(&g->arena, ch_span_of(name, (size_t)n));
	kept = ch_arena_copy(&g->arena, bytes);
	if (!kept_name.p || (bytes.n > 0 && !kept.p))
		return CH_E_LIMIT;
	g->part[g->n++] = (ch_part){ kept_name, kept };
	return CH_OK;
}

/* A file that may be absent. */
static ch_err put_file(struct gather *g, const char *what, unsigned number, const char *ending,
    size_t max, ch_err (*read)(struct ch_buf *out, const struct gather *g, ch_span which),
    ch_span which)
{
	struct ch_buf bytes;
	ch_err e;

	ch_buf_init(&bytes, max);
	e = read(&bytes, g, which);
	e = e == CH_OK ? put(g, what, number, ending, ch_buf_span(&bytes)) : e;
	ch_buf_deinit(&bytes);
	return e;
}

/* ---- rosters ---- */

static ch_err put_version(struct gather *g, ch_span handle, uint64_t version)
{
	struct ch_roster_file r = { 0 };
	struct ch_buf proof;
	ch_err e = ch_party_roster(&r, g->h, handle, version, NULL);

	if (e == CH_E_ABSENT) /* another party's may begin later than with 1 */
		return CH_OK;
	ch_buf_init(&proof, CH_WATCH_PROOF_MAX);
	if (e == CH_OK)
		e = put(g, "roster", ++g->n_rosters, "", ch_buf_span(&r.bytes));
	if (e == CH_OK) {
		e = ch_party_roster_proof(&proof, g->h, handle, version);
		e = e == CH_OK ? put(g, "roster", g->n_rosters, ".proof", ch_buf_span(&proof)) :
		    e == CH_E_ABSENT ? CH_OK : e;
	}
	ch_buf_deinit(&proof);
	ch_roster_file_deinit(&r);
	return e;
}

static ch_err put_party(struct gather *g, ch_span handle)
{
	struct ch_roster_file newest = { 0 };
	ch_err e = ch_party_roster(&newest, g->h, handle, 0, g->why);
	uint64_t n = newest.version;

	ch_roster_file_deinit(&newest);
	for (uint64_t v = 1; e == CH_OK && v <= n; v++)
		e = put_version(g, handle, v);
	return e;
}

/* Ours first, the others by name. */
static ch_err put_rosters(struct gather *g)
{
	char path[CH_PATH_MAX];
	struct ch_dir d = { 0 };
	ch_err e = put_party(g, ch_span_str(g->h->handle));

	if (e == CH_OK)
		e = ch_home_path(path, g->h, "rosters");
	if (e == CH_OK)
		e = ch_dir_list(&d, path, PARTIES_MAX);
	for (size_t i = 0; e == CH_OK && i < d.n; i++)
		if (strcmp(d.names[i], g->h->handle) != 0)
			e = put_party(g, ch_span_str(d.names[i]));
	ch_dir_deinit(&d);
	return e;
}

/* ---- registries ---- */

static ch_err read_card(struct ch_buf *out, const struct gather *g, ch_span origin)
{
	return ch_watch_card_file(out, g->h, origin);
}

static ch_err read_url(struct ch_buf *out, const struct gather *g, ch_span origin)
{
	return ch_watch_url_file(out, g->h, origin);
}

static ch_err read_checkpoint(struct ch_buf *out, const struct gather *g, ch_span origin)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_home_path(path, g->h, "registries/%.*s/checkpoint.txt", (int)origin.n,
	    (const char *)origin.p);

	return e == CH_OK ? ch_file_read(out, path) : e;
}

static ch_err put_registry(struct gather *g, ch_span origin)
{
	unsigned i = ++g->n_registries;
	ch_err e = put_file(g, "registry", i, "", CH_WATCH_NOTE_MAX, read_card, origin);

	if (e == CH_OK)
		e = put_file(g, "url", i, "", CH_LINK_URL_MAX + 1, read_url, origin);
	if (e == CH_OK) {
		e = put_file(g, "checkpoint", i, "", CH_WATCH_NOTE_MAX, read_checkpoint, origin);
		e = e == CH_E_ABSENT ? CH_OK : e;
	}
	return e;
}

static ch_err put_registries(struct gather *g)
{
	char path[CH_PATH_MAX];
	struct ch_dir d = { 0 };
	ch_err e = ch_home_path(path, g->h, "registries");

	if (e == CH_OK)
		e = ch_dir_list(&d, path, REGISTRIES_MAX);
	for (size_t i = 0; e == CH_OK && i < d.n; i++)
		e = put_registry(g, ch_span_str(d.names[i]));
	ch_dir_deinit(&d);
	return e;
}

/* ---- talks ---- */

static ch_err read_proof(struct ch_buf *out, const struct gather *g, ch_span name)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_home_path(path, g->h, "talks/%.*s/charter.proof.txt", (int)name.n,
	    (const char *)name.p);

	return e == CH_OK ? ch_file_read(out, path) : e;
}

/* In force alone: the rest is still the business of the home that is at it. */
static ch_err put_talks(struct gather *g)
{
	struct ch_dir d = { 0 };
	ch_err e = ch_talks_names(&d, g->h);

	for (size_t i = 0; e == CH_OK && i < d.n; i++) {
		struct ch_talks t;

		e = ch_talks_load(&t, g->h, d.names[i], g->why);
		if (e == CH_OK && t.state == CH_TALKS_FORCE) {
			e = put(g, "charter", ++g->n_charters, "", ch_buf_span(&t.bytes));
			if (e == CH_OK)
				e = put_file(g, "charter", g->n_charters, ".proof",
				    CH_WATCH_PROOF_MAX, read_proof, ch_span_str(t.name));
		}
		ch_talks_deinit(&t);
	}
	ch_dir_deinit(&d);
	return e;
}

static ch_err hold(struct ch_buf *out, const struct ch_home *h, struct ch_problem *why)
{
	struct gather g = { .h = h, .why = why };
	ch_err e;

	ch_arena_init(&g.arena, 2 * CH_PACK_MAX);
	g.part = ch_alloc_array(CH_PACK_HOLDINGS_MAX, sizeof *g.part);
	e = g.part ? put_rosters(&g) : CH_E_NOMEM;
	if (e == CH_OK)
		e = put_registries(&g);
	if (e == CH_OK)
		e = put_talks(&g);
	if (e == CH_OK)
		e = ch_pack_put(out, g.part, g.n, CH_PACK_HOLDINGS, h->exercise);
	ch_free(g.part, g.part ? CH_PACK_HOLDINGS_MAX * sizeof *g.part : 0);
	ch_arena_deinit(&g.arena);
	return e;
}

/* ---- signing and sealing ---- */

/* By the party key: who, and the hash of what they get. */
static ch_err sign(struct ch_wr *note, const struct ch_home *h, const ch_item *to,
    const struct ch_roster_file *r, ch_span holdings, const struct ch_secret32 *seed)
{
	uint8_t text[CH_STMT_LINE_MAX], small[512];
	struct ch_wr w = ch_wr_of(text, sizeof text), s = ch_wr_of(small, sizeof small);
	ch_stmt st = { .kind = CH_K_WELCOME, .exercise = h->exercise };
	const ch_ref ref = { r->version, r->hash };
	struct ch_edsecret sec;
	ch_edkey pub;
	ch_hash sum;
	int64_t now = 0;
	ch_err e = ch_home_now(&now, h);

	ch_sha256(&sum, holdings);
	st.v[CH_WE_PARTY] = ch_span_str(h->handle);
	st.v[CH_WE_ROSTER] = ch_val_put_ref(&s, &ref);
	st.v[CH_WE_DELEGATE] = to->v[CH_DEL_NAME];
	st.v[CH_WE_KEY] = to->v[CH_DEL_KEY];
	st.v[CH_WE_HOLDINGS] = ch_val_put_hash(&s, &sum);
	st.v[CH_WE_TIME] = ch_val_put_when(&s, now);
	if (e == CH_OK)
		e = ch_stmt_format(&w, &st);
	if (e != CH_OK)
		return e;
	ch_ed25519_keypair(&pub, &sec, seed);
	ch_note_put_text(note, ch_wr_span(&w));
	ch_note_sign_line(note, ch_span_str(h->handle), ch_wr_span(&w), &sec);
	ch_wipe(&sec, sizeof sec);
	return ch_wr_done(note);
}

static ch_err wrap(struct ch_buf *pack, const struct ch_home *h, const ch_item *to,
    const struct ch_roster_file *r, const struct ch_secret32 *seed, struct ch_problem *why)
{
	uint8_t note[CH_STMT_LINE_MAX];
	struct ch_wr w = ch_wr_of(note, sizeof note);
	struct ch_buf holdings;
	ch_part part[2];
	ch_err e;

	ch_buf_init(&holdings, CH_PACK_MAX);
	e = hold(&holdings, h, why);
	if (e == CH_OK)
		e = sign(&w, h, to, r, ch_buf_span(&holdings), seed);
	if (e == CH_OK) {
		part[0] = (ch_part){ CH_LIT("welcome"), ch_wr_span(&w) };
		part[1] = (ch_part){ CH_LIT("holdings"), ch_buf_span(&holdings) };
		e = ch_pack_put(pack, part, CH_COUNT(part), CH_PACK_WELCOME, h->exercise);
	}
	ch_buf_deinit(&holdings);
	return e;
}

/* Whether our newest roster has this delegate, with these keys. */
static ch_err is_ours(const struct ch_roster_file *r, const ch_item *to)
{
	ch_delegate d;
	uint32_t at;
	ch_item it;
	ch_err e = ch_roster_find(&d, &at, &r->roster, to->v[CH_DEL_NAME]);

	if (e == CH_OK)
		e = ch_delegate_item(&it, &r->roster, at);
	return e == CH_OK && (d.recalled || !ch_delegate_same_keys(&it, to)) ? CH_E_CONFLICT : e;
}

ch_err ch_delegate_welcome(struct ch_buf *out, const struct ch_home *h, const ch_item *to,
    const struct ch_secret32 *seed, struct ch_problem *why)
{
	struct ch_roster_file r = { 0 };
	struct ch_buf pack;
	ch_age_recipient seal;
	ch_err e = ch_party_roster(&r, h, ch_span_str(h->handle), 0, why);

	ch_buf_init(&pack, CH_PACK_MAX);
	if (e == CH_OK)
		e = is_ours(&r, to);
	if (e == CH_OK)
		e = ch_age_recipient_parse(&seal, to->v[CH_DEL_SEAL]);
	if (e == CH_OK)
		e = wrap(&pack, h, to, &r, seed, why);
	if (e == CH_OK)
		e = ch_home_seal_to(out, &seal, ch_buf_span(&pack));
	ch_buf_deinit(&pack);
	ch_roster_file_deinit(&r);
	if (e == CH_E_LIMIT)
		return ch_problem_set(why, e, "all that this party holds does not fit into one "
		    "welcome of 16 MiB; the roster is signed and nothing was lost; a new party "
		    "with a short history can be welcomed");
	return e == CH_OK ? e : ch_problem_set(why, e, "the welcome could not be made: %s; the "
	    "roster is signed and nothing was lost; repeat", ch_err_text(e));
}
