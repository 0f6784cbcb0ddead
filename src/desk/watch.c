/*
 * Watching a register: see watch.h. Trusts the pinned card and the last checkpoint on file, nothing
 * else. c2sp.org: tlog-checkpoint, tlog-cosignature, tlog-proof.
 */
#include "watch.h"

#include <stdio.h>
#include <string.h>

#include "hex.h"
#include "watch_tiles.h"
#include "wipe.h"

#define TILES_MAX ((size_t)64 << 20)
#define NAMES_MAX 1000

static ch_err registry_path(char out[CH_PATH_MAX], const struct ch_watch *w, const char *name)
{
	return ch_home_path(out, w->home, "registries/%s/%s", w->link->origin, name);
}

/* ---- opening ---- */

static ch_err look_for_alarm(const struct ch_watch *w, struct ch_problem *why)
{
	char dir[CH_PATH_MAX];
	struct ch_dir d = { 0 };
	ch_err e = registry_path(dir, w, "");

	if (e == CH_OK)
		e = ch_dir_list(&d, dir, NAMES_MAX);
	for (size_t i = 0; e == CH_OK && i < d.n; i++)
		if (strncmp(d.names[i], "alarm-", 6) == 0)
			e = ch_problem_set(why, CH_E_CONFLICT, "there is evidence against the "
			    "registry %s on file (%s/%s); it is not used until a person has looked "
			    "and moved that evidence away", w->link->origin, dir, d.names[i]);
	ch_dir_deinit(&d);
	return e;
}

static ch_err take_card(struct ch_watch *w, struct ch_problem *why)
{
	struct ch_buf card;
	ch_watch_card c;
	struct ch_wr a = ch_wr_of(w->vkey_text, CH_VKEY_MAX);
	struct ch_wr b = ch_wr_of(w->cosigner_text, CH_VKEY_MAX);
	ch_err e;

	ch_buf_init(&card, CH_WATCH_NOTE_MAX);
	e = ch_watch_card_file(&card, w->home, ch_span_str(w->link->origin));
	if (e != CH_OK)
		ch_problem_set(why, e, "the key of the registry %s is not on file; join the "
		    "talks that use it", w->link->origin);
	if (e == CH_OK)
		e = ch_watch_read_card(&c, ch_buf_span(&card), w->home->exercise, why);
	if (e == CH_OK) {
		ch_vkey_put(&a, &c.vkey);
		ch_vkey_put(&b, &c.cosigner);
		e = ch_wr_done(&a);
	}
	if (e == CH_OK)
		e = ch_wr_done(&b);
	if (e == CH_OK)
		e = ch_vkey_parse(&w->vkey, ch_span_of(w->vkey_text, a.n));
	if (e == CH_OK)
		e = ch_vkey_parse(&w->cosigner, ch_span_of(w->cosigner_text, b.n));
	w->has_cosigner = e == CH_OK;
	ch_buf_deinit(&card);
	return e;
}

/* Memory that was lost must not cosign: we would vouch for growth that we cannot compare. */
static ch_err never_cosigned(const struct ch_watch *w, struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	uint64_t size;
	ch_err e = registry_path(path, w, "cosigned.txt");

	if (e != CH_OK || ch_file_size(&size, path) != CH_OK)
		return e;
	return ch_problem_set(why, CH_E_CONFLICT, "this home cosigned the register of %s "
	    "before, and its checkpoint.txt is gone; put it back from a backup, or enrol a new "
	    "delegate",
	    w->link->origin);
}

/* Once, before the first cosignature leaves. */
static ch_err mark_cosigned(const struct ch_watch *w)
{
	char path[CH_PATH_MAX];
	uint64_t size;
	ch_err e = registry_path(path, w, "cosigned.txt");

	if (e != CH_OK || ch_file_size(&size, path) == CH_OK)
		return e;
	return ch_file_write(path, CH_LIT("this home cosigns this register\n"), 0600);
}

static ch_err take_last(struct ch_watch *w, struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	ch_checkpoint cp;
	ch_note note;
	uint64_t time;
	ch_err e = registry_path(path, w, "checkpoint.txt");

	if (e == CH_OK)
		e = ch_file_read(&w->note, path);
	if (e == CH_E_ABSENT)
		return never_cosigned(w, why);
	if (e == CH_OK)
		e = ch_checkpoint_open(&cp, &note, ch_buf_span(&w->note), &w->vkey);
	if (e != CH_OK)
		return ch_problem_set(why, e, "%s is damaged; put it back from a backup", path);
	w->size = w->newest = cp.size;
	w->root = cp.root;
	w->before_size = cp.size;
	if (ch_cosignature_verify(&time, &note, &w->cosigner) == CH_OK && time <= INT64_MAX)
		w->before_time = (int64_t)time;
	return ch_buf_put(&w->before, ch_buf_span(&w->note));
}

ch_err ch_watch_open(struct ch_watch *w, struct ch_home *home, struct ch_link *link,
    struct ch_problem *why)
{
	ch_err e;

	*w = (struct ch_watch){ .home = home, .link = link, .open = true };
	ch_buf_init(&w->note, CH_WATCH_NOTE_MAX);
	ch_buf_init(&w->before, CH_WATCH_NOTE_MAX);
	ch_arena_init(&w->tiles, TILES_MAX);
	e = take_card(w, why);
	if (e == CH_OK)
		e = look_for_alarm(w, why);
	if (e == CH_OK)
		e = take_last(w, why);
	return e;
}

void ch_watch_close(struct ch_watch *w)
{
	if (w->open) {
		ch_buf_deinit(&w->note);
		ch_buf_deinit(&w->before);
		ch_arena_deinit(&w->tiles);
	}
	*w = (struct ch_watch){ 0 };
}

/* ---- alarms ---- */

/* With the two notes on the disk: one file beside them that proves it to anybody, if it can be made
 * from what the register still serves. It is then the one to name. */
static void keep_split(char named[CH_PATH_MAX], struct ch_watch *w, const char *mark,
    ch_span theirs)
{
	char path[CH_PATH_MAX], name[64];

	(void)snprintf(name, sizeof name, "alarm-%s-split-view.txt", mark);
	if (registry_path(path, w, name) == CH_OK && ch_watch_split(w, path, theirs) == CH_OK)
		memcpy(named, path, CH_PATH_MAX);
}

/* Keep two texts that contradict each other, for any judge, and say so. */
ch_err ch_watch_alarm(struct ch_watch *w, ch_span theirs, struct ch_problem *why)
{
	char mark[9], path[CH_PATH_MAX], name[64];
	struct ch_wr m = ch_wr_of(mark, sizeof mark - 1);
	ch_hash h;
	ch_err e;

	ch_sha256(&h, theirs);
	ch_hex_put(&m, ch_span_of(h.b, 4));
	mark[m.n] = '\0';
	(void)snprintf(name, sizeof name, "alarm-%s-ours.txt", mark);
	e = registry_path(path, w, name);
	if (e == CH_OK)
		e = ch_file_write(path, ch_buf_span(&w->note), 0600);
	(void)snprintf(name, sizeof name, "alarm-%s-theirs.txt", mark);
	if (e == CH_OK)
		e = registry_path(path, w, name);
	if (e == CH_OK)
		e = ch_file_write(path, theirs, 0600);
	if (e != CH_OK)
		return ch_problem_set(why, e, "the registry %s contradicts itself, and the "
		    "evidence could not be written: %s", w->link->origin, ch_err_text(e));
	keep_split(path, w, mark, theirs);
	return ch_problem_set(why, CH_E_CONFLICT, "the registry %s contradicts itself: its "
	    "register "
	    "shrank or forked since we last looked; both signed checkpoints are kept beside %s; "
	    "stop using it and show them to the other parties", w->link->origin, path);
}

/* ---- comparing ---- */

static ch_err compare(struct ch_watch *w, uint64_t size, const ch_hash *root,
    struct ch_problem *why)
{
	if (w->size == 0)
		return CH_OK;
	if (size <= w->size)
		return ch_watch_consistent(w, size, root, w->size, &w->root, why);
	return ch_watch_consistent(w, w->size, &w->root, size, root, why);
}

ch_err ch_watch_compare(struct ch_watch *w, ch_span text, struct ch_problem *why)
{
	ch_checkpoint cp;
	ch_note note;
	ch_err e = ch_checkpoint_open(&cp, &note, text, &w->vkey);

	if (e != CH_OK)
		return ch_problem_set(why, e, "a checkpoint is not signed by the registry %s as we "
		    "know it", w->link->origin);
	if (cp.size > w->size) {
		e = ch_watch_look(w, why);
		if (e != CH_OK)
			return e;
	}
	e = compare(w, cp.size, &cp.root, why);
	return e == CH_E_CONFLICT ? ch_watch_alarm(w, text, why) : e;
}

ch_err ch_watch_compare_seen(struct ch_watch *w, const ch_seen *seen, ch_span said,
    struct ch_problem *why)
{
	ch_err e = seen->size > w->size ? ch_watch_look(w, why) : CH_OK;
	bool old = seen->size > w->size;

	if (e == CH_OK)
		e = old ? CH_E_CONFLICT : compare(w, seen->size, &seen->root, why);
	else
		return e; /* that look has said what it saw */
	if (e != CH_E_CONFLICT)
		return e;
	e = ch_watch_alarm(w, said, why);
	if (e != CH_E_CONFLICT)
		return e;
	if (why)
		*why = (struct ch_problem){ 0 };
	if (old)
		return ch_problem_set(why, e, "the registry %s shows us its register with %llu "
		    "entries and passes on a statement by somebody to whom it showed %llu: ours "
		    "is kept old; both are kept as registries/%s/alarm-…; stop using it and show "
		    "them to the other parties", w->link->origin, (unsigned long long)w->size,
		    (unsigned long long)seen->size, w->link->origin);
	return ch_problem_set(why, e, "the registry %s shows two registers: the author of a "
	    "statement that it passed on was shown another one of %llu entries than we are; both "
	    "are kept as registries/%s/alarm-…; stop using it and show them to the other parties",
	    w->link->origin, (unsigned long long)seen->size, w->link->origin);
}

/* ---- looking ---- */

static ch_err store(struct ch_watch *w, const ch_checkpoint *cp, ch_span text)
{
	char path[CH_PATH_MAX];
	ch_err e = registry_path(path, w, "checkpoint.txt");

	if (e == CH_OK && !ch_span_eq(text, ch_buf_span(&w->note)))
		e = ch_file_write(path, text, 0600);
	if (e != CH_OK)
		return e;
	w->size = cp->size;
	w->root = cp->root;
	if (cp->size > w->newest)
		w->newest = cp->size;
	if (ch_span_eq(text, ch_buf_span(&w->note)))
		return CH_OK;
	ch_buf_reset(&w->note);
	return ch_buf_put(&w->note, text);
}

ch_err ch_watch_keep(struct ch_watch *w, const ch_checkpoint *cp, ch_span note)
{
	ch_err e = store(w, cp, note);

	return e == CH_OK ? mark_cosigned(w) : e;
}

/* The registry's own line and ours. That it is refused (our roster is not published yet, say) is
 * no reason to stop: what we saw is on file. */
static ch_err cosign(struct ch_watch *w)
{
	uint8_t *out = ch_alloc(CH_WATCH_NOTE_MAX);
	struct ch_wr o = ch_wr_of(out, out ? CH_WATCH_NOTE_MAX : 0);
	struct ch_problem unheard = { 0 };
	struct ch_edsecret sec;
	ch_edkey pub;
	ch_note note;
	ch_span body;
	int64_t now;
	ch_err e = ch_note_parse(&note, ch_buf_span(&w->note), CH_NOTE_TEXT_MAX);

	w->cosigned = false;
	if (e == CH_OK)
		e = ch_home_now(&now, w->home);
	if (e == CH_OK) {
		ch_note_put_text(&o, note.text);
		for (size_t i = 0; i < note.n; i++)
			if (ch_note_line_is_by(&note.line[i], &w->vkey))
				ch_note_put_line(&o, &note.line[i]);
		ch_home_cosign_key(&pub, &sec, w->home);
		ch_cosignature_put(&o, ch_span_str(w->home->delegate), note.text, (uint64_t)now,
		    &sec);
		e = ch_wr_done(&o);
	}
	ch_wipe(&sec, sizeof sec);
	if (e == CH_OK)
		e = mark_cosigned(w);
	if (e == CH_OK)
		w->cosigned = ch_link_post(&body, w->link, "/v1/cosignatures", ch_wr_span(&o),
		    &unheard) == CH_OK;
	ch_free(out, CH_WATCH_NOTE_MAX);
	return e;
}

/* Verify, compare, store, cosign. */
static ch_err take_note(struct ch_watch *w, ch_span text, struct ch_problem *why)
{
	ch_checkpoint cp;
	ch_note note;
	ch_err e = ch_checkpoint_open(&cp, &note, text, &w->vkey);

	if (e != CH_OK)
		return ch_problem_set(why, CH_E_AUTH, "the checkpoint at %s is not signed by the "
		    "key of %s that we pinned; nothing was sent", w->link->url, w->link->origin);
	e = cp.size < w->size ? CH_E_CONFLICT : compare(w, cp.size, &cp.root, why);
	if (e == CH_E_CONFLICT)
		return ch_watch_alarm(w, text, why);
	if (e == CH_OK)
		e = store(w, &cp, text);
	if (e == CH_OK && w->home->unlocked && cp.size > 0)
		e = cosign(w);
	return e;
}

ch_err ch_watch_look(struct ch_watch *w, struct ch_problem *why)
{
	struct ch_buf text;
	ch_span body;
	ch_err e = ch_link_get(&body, w->link, "/log/checkpoint", why);

	ch_buf_init(&text, CH_WATCH_NOTE_MAX);
	if (e == CH_OK)
		e = ch_buf_put(&text, body); /* the next request reuses the link's buffer */
	if (e == CH_E_LIMIT)
		ch_problem_set(why, e, "the checkpoint of %s is too long", w->link->origin);
	if (e == CH_OK)
		e = take_note(w, ch_buf_span(&text), why);
	ch_buf_deinit(&text);
	return e;
}

bool ch_watch_seen(ch_seen *out, const struct ch_watch *w)
{
	*out = (ch_seen){ 0 };
	if (w->size == 0)
		return false;
	out->size = w->size;
	out->root = w->root;
	ch_sha256(&out->note, ch_buf_span(&w->note));
	return true;
}

/* ---- proofs ---- */

ch_err ch_watch_check_proof(uint64_t *index, ch_salt *salt, struct ch_watch *w, ch_span proof,
    ch_span text, struct ch_problem *why)
{
	struct ch_proof_facts facts;
	ch_proof p;
	ch_hash entry;
	ch_salt s;
	size_t n = 0;
	ch_err e = ch_proof_parse(&p, proof);

	*index = 0;
	*salt = (ch_salt){ 0 };
	if (e == CH_OK)
		e = ch_proof_extra(s.b, &n, sizeof s.b, &p);
	if (e == CH_OK && n != sizeof s.b)
		e = CH_E_FORMAT;
	if (e == CH_OK) {
		ch_entry_make(&entry, &s, text, w->home->exercise);
		e = ch_proof_verify(&facts, proof, ch_span_of(entry.b, sizeof entry.b), &w->vkey,
		    NULL);
	}
	if (e != CH_OK)
		return ch_problem_set(why, e, "the registry %s gave a proof that does not hold; "
		    "nothing of its answer was believed", w->link->origin);
	e = ch_watch_compare(w, facts.proof.checkpoint, why);
	if (e != CH_OK)
		return e;
	*index = facts.proof.index;
	*salt = s;
	return CH_OK;
}

ch_err ch_watch_prove(struct ch_buf *out, struct ch_watch *w, ch_span text, const ch_salt *salt,
    uint64_t index, ch_span under, struct ch_problem *why)
{
	ch_hash proof[CH_MERKLE_PROOF_MAX], entry, leaf;
	ch_checkpoint cp;
	ch_note note;
	struct ch_wr o;
	uint8_t *at;
	size_t n = 0;
	ch_err e;

	if (under.n == 0)
		under = ch_buf_span(&w->note);
	e = ch_checkpoint_open(&cp, &note, under, &w->vkey);
	if (e != CH_OK)
		return ch_problem_set(why, e, "no checkpoint of %s is at hand",
		    w->link->origin);
	ch_entry_make(&entry, salt, text, w->home->exercise);
	ch_merkle_leaf(&leaf, ch_span_of(entry.b, sizeof entry.b));
	e = ch_watch_include(proof, &n, w, index, &leaf, cp.size, &cp.root, why);
	if (e == CH_OK)
		e = ch_buf_reserve(&at, out, CH_WATCH_PROOF_MAX);
	if (e != CH_OK)
		return e;
	o = ch_wr_of(at, CH_WATCH_PROOF_MAX);
	ch_proof_put(&o, ch_span_of(salt->b, sizeof salt->b), index, proof, n, under);
	e = ch_wr_done(&o);
	if (e == CH_OK)
		ch_buf_commit(out, o.n);
	return e;
}

ch_err ch_watch_bound(struct ch_buf *out, struct ch_watch *w, uint64_t index,
    struct ch_problem *why)
{
	char path[64];
	ch_span body;
	ch_err e;

	(void)snprintf(path, sizeof path, "/v1/checkpoints?above=%llu", (unsigned long long)index);
	e = ch_link_get(&body, w->link, path, why);
	if (e == CH_OK)
		e = ch_buf_put(out, body);
	if (e == CH_OK)
		e = ch_watch_compare(w, ch_buf_span(out), why);
	if (e != CH_OK)
		ch_buf_reset(out);
	return e;
}

ch_err ch_watch_keep_cosigners(struct ch_watch *w, struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	struct ch_buf note;
	ch_err e;

	if (w->size == 0)
		return CH_OK;
	ch_buf_init(&note, CH_WATCH_NOTE_MAX);
	e = ch_watch_bound(&note, w, w->size - 1, why);
	if (e == CH_OK)
		e = registry_path(path, w, "cosigners.txt");
	if (e == CH_OK)
		e = ch_file_write(path, ch_buf_span(&note), 0600);
	ch_buf_deinit(&note);
	if (e == CH_E_ABSENT)
		*why = (struct ch_problem){ 0 };
	return e == CH_E_ABSENT ? CH_OK : e;
}
