/* Sending what is staged: steps 2 to 5 of outbox.h, listing and cancelling. */
#include "outbox.h"

#include <stdio.h>

#include "hex.h"
#include "intake.h"
#include "pack_buf.h"
#include "pair.h"
#include "when.h"
#include "wipe.h"

#define REJECTED "rejected-"

static ch_err item_path(char out[CH_PATH_MAX], const struct ch_home *home, const char *id,
    const char *file)
{
	return ch_home_path(out, home, file[0] ? "outbox/%s/%s" : "outbox/%s%s", id, file);
}

static ch_err item_read(struct ch_buf *b, const struct ch_home *home, const char *id,
    const char *file)
{
	char path[CH_PATH_MAX];
	ch_err e = item_path(path, home, id, file);

	ch_buf_init(b, CH_NOTE_TEXT_MAX * 2);
	return e == CH_OK ? ch_file_read(b, path) : e;
}

/* ---- listing ---- */

static void field(char *out, size_t cap, struct ch_rd *r, ch_span key)
{
	ch_rd_lit(r, key);
	ch_span v = ch_rd_line1(r);

	if (v.n >= cap)
		ch_rd_fail(r, CH_E_LIMIT);
	else if (v.n > 0)
		memcpy(out, v.p, v.n);
}

static ch_err read_item(ch_outbox_item *out, const struct ch_home *home, const char *id)
{
	char when[CH_WHEN_LEN + 1] = "", path[CH_PATH_MAX];
	uint64_t size;
	struct ch_buf b;
	ch_err e = item_read(&b, home, id, "number.txt");

	*out = (ch_outbox_item){ 0 };
	if (e == CH_OK) {
		struct ch_rd r = ch_rd_of(ch_buf_span(&b));

		(void)snprintf(out->id, sizeof out->id, "%s", id);
		out->maybe_sent = item_path(path, home, id, "sent.txt") == CH_OK &&
		    ch_file_size(&size, path) == CH_OK;
		out->rejected = strncmp(id, REJECTED, sizeof REJECTED - 1) == 0;
		field(out->number, sizeof out->number, &r, CH_LIT("number "));
		field(out->talks, sizeof out->talks, &r, CH_LIT("talks "));
		field(out->to, sizeof out->to, &r, CH_LIT("to "));
		field(when, sizeof when, &r, CH_LIT("not-before "));
		e = ch_rd_done(&r);
		if (e == CH_OK)
			e = ch_when_parse(&out->not_before, ch_span_str(when));
	}
	ch_buf_deinit(&b);
	return e;
}

ch_err ch_outbox_list(ch_outbox_item **out, size_t *n, struct ch_arena *a,
    const struct ch_home *home, struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	struct ch_dir dir = { 0 };
	ch_err e = ch_home_path(path, home, "outbox");

	*n = 0;
	*out = NULL;
	if (e == CH_OK && home->lock.held)
		e = ch_dir_sweep(path);
	if (e == CH_OK)
		e = ch_dir_list(&dir, path, CH_OUTBOX_MAX);
	if (e == CH_E_ABSENT)
		return CH_OK;
	if (e == CH_OK) {
		*out = ch_arena_alloc(a, (dir.n + 1) * sizeof **out);
		e = ch_arena_got(a, *out);
	}
	for (size_t i = 0; e == CH_OK && i < dir.n; i++) {
		e = read_item(&(*out)[*n], home, dir.names[i]);
		size_t at = (*n)++;

		for (; e == CH_OK && at > 0 && strcmp((*out)[at].number, (*out)[at - 1].number) < 0;
		     at--) {
			ch_outbox_item swap = (*out)[at];

			(*out)[at] = (*out)[at - 1];
			(*out)[at - 1] = swap;
		}
	}
	ch_dir_deinit(&dir);
	if (e != CH_OK)
		ch_problem_set(why, e, "the outbox %s cannot be read: %s", path, ch_err_text(e));
	return e;
}

/* ---- sending ---- */

struct sending {
	const ch_outbox_item *item;
	struct ch_watch *w;
	struct ch_dossier *d;
	struct ch_buf submission, deposit, pack;
	ch_note note;
	ch_stmt l;
	ch_hash hash;
	struct ch_problem *why;
};

static ch_err load(struct sending *s)
{
	const struct ch_home *home = s->w->home;
	ch_err e = item_read(&s->submission, home, s->item->id, "submission.txt");

	if (e == CH_OK)
		e = ch_note_parse(&s->note, ch_buf_span(&s->submission), CH_NOTE_TEXT_MAX);
	if (e == CH_OK)
		e = ch_stmt_parse_as(&s->l, s->note.text, CH_K_SUBMISSION, home->exercise);
	if (e == CH_OK)
		ch_stmt_hash(&s->hash, s->note.text);
	return e;
}

/* From here on it may be on its way: it cannot be cancelled any more, only taken back. */
static ch_err mark_sent(const struct sending *s)
{
	char path[CH_PATH_MAX];
	ch_err e = item_path(path, s->w->home, s->item->id, "sent.txt");

	return e == CH_OK ? ch_file_write(path, CH_LIT("sent\n"), 0600) : e;
}

/* What may fail without harm: the next run does it again. */
static void best_effort(ch_err e)
{
	(void)e;
}

static void unmark_sent(const struct sending *s)
{
	char path[CH_PATH_MAX];

	if (item_path(path, s->w->home, s->item->id, "sent.txt") == CH_OK)
		best_effort(ch_file_unlink(path)); /* if it stays, cancel asks to sync first */
}

static ch_err put_envelope(struct sending *s)
{
	char path[96], file[CH_PATH_MAX];
	ch_span hex = s->l.v[CH_L_ENVELOPE];
	ch_err e = item_path(file, s->w->home, s->item->id, "envelope.age");

	(void)snprintf(path, sizeof path, "/v1/envelopes/%.*s", (int)hex.n, (const char *)hex.p);
	return e == CH_OK ? ch_link_put_file(s->w->link, path, file, s->why) : e;
}

static ch_err post(ch_span *body, struct sending *s, struct ch_problem *why)
{
	ch_part part[2] = { { CH_LIT("submission"), ch_buf_span(&s->submission) } };
	ch_err e;

	ch_buf_deinit(&s->deposit);
	e = item_read(&s->deposit, s->w->home, s->item->id, "deposit.age");
	if (e != CH_OK)
		return e;
	part[1] = (ch_part){ CH_LIT("deposit"), ch_buf_span(&s->deposit) };
	ch_buf_deinit(&s->pack);
	ch_buf_init(&s->pack, CH_PACK_MAX);
	e = ch_pack_put(&s->pack, part, 2, CH_PACK_SUBMISSION, s->w->home->exercise);
	return e == CH_OK ? ch_link_post(body, s->w->link, "/v1/submissions",
	    ch_buf_span(&s->pack), why) : e;
}

/* The registry destroyed the deposit key meanwhile (a long delay): seal K to the one of now. */
static ch_err deposit_again(struct sending *s)
{
	char path[CH_PATH_MAX];
	struct ch_buf key;
	struct ch_age_identity k = { 0 };
	ch_err e = item_path(path, s->w->home, s->item->id, "key.age");

	ch_buf_init(&key, 512);
	if (e == CH_OK)
		e = ch_home_unseal(&key, s->w->home, path);
	if (e == CH_OK) {
		struct ch_rd r = ch_rd_of(ch_buf_span(&key));

		e = ch_age_identity_parse(&k, ch_rd_line1(&r));
	}
	if (e == CH_OK)
		e = item_path(path, s->w->home, s->item->id, "deposit.age");
	if (e == CH_OK)
		e = ch_outbox_deposit(path, s->w, &s->hash, s->l.v[CH_L_TALKS], &k, s->why);
	ch_age_identity_wipe(&k);
	ch_buf_deinit(&key);
	return e;
}

/* The registry's signed word about this very L. Anything else is none: it may have registered
 * it. */
static bool is_word(const struct sending *s, ch_span text)
{
	ch_note note;
	ch_stmt r;
	ch_hash l;

	if (ch_note_parse(&note, text, CH_NOTE_TEXT_MAX) != CH_OK ||
	    ch_stmt_parse_as(&r, note.text, CH_K_REJECTED, s->w->home->exercise) != CH_OK ||
	    ch_note_verify(&note, &s->w->vkey) != CH_OK)
		return false;
	l = ch_val_hash(r.v[CH_EV_SUBMISSION]);
	return ch_hash_eq(&l, &s->hash);
}

/* Refused for good: keep the registry's signed word, and the paper as it was. */
static ch_err rejected(struct sending *s, ch_err e, const struct ch_problem *said)
{
	char from[CH_PATH_MAX], to[CH_PATH_MAX], name[80];
	uint8_t *text = ch_alloc(CH_NOTE_TEXT_MAX);
	bool have = text && ch_link_problem_string((char *)text, CH_NOTE_TEXT_MAX, s->w->link,
	    "rejected") == CH_OK && is_word(s, ch_span_str((const char *)text));
	bool serial = strcmp(said->type, "wrong-serial") == 0;

	if (have && item_path(to, s->w->home, s->item->id, "rejected.txt") == CH_OK)
		best_effort(ch_file_write(to, ch_span_str((const char *)text), 0600));
	ch_free(text, CH_NOTE_TEXT_MAX);
	(void)snprintf(name, sizeof name, REJECTED "%.64s", s->item->id);
	if ((have || serial) && item_path(from, s->w->home, s->item->id, "") == CH_OK &&
	    item_path(to, s->w->home, name, "") == CH_OK)
		best_effort(ch_file_rename(to, from));
	else
		unmark_sent(s);
	if (serial)
		return ch_problem_set(s->why, e, "another paper of ours took the number %s first; "
		    "nothing was sent; run chancery sync and send it again", s->item->number);
	return ch_problem_set(s->why, e, "the registry did not take %s: %s; nothing was sent",
	    s->item->number, said->text[0] ? said->text : ch_err_text(e));
}

static ch_err submit(struct sending *s)
{
	struct ch_problem said = { 0 };
	ch_part ours = { CH_LIT("submission"), ch_buf_span(&s->submission) };
	ch_span body;
	unsigned n_new;
	ch_err e = put_envelope(s);

	if (e == CH_OK)
		e = mark_sent(s);
	if (e != CH_OK)
		return e;
	e = post(&body, s, &said);
	if (e != CH_OK && strcmp(said.type, "key-does-not-fit") == 0) {
		e = deposit_again(s);
		said = (struct ch_problem){ 0 };
		if (e == CH_OK)
			e = post(&body, s, &said);
	}
	if (e == CH_E_NET || e == CH_E_FULL || (ch_err_is_fault(e) && said.status == 0))
		return ch_problem_set(s->why, e, "it is not known yet whether %s was registered "
		    "(%s); "
		    "nothing is lost; run chancery sync, which sends the same bytes again",
		    s->item->number, said.text[0] ? said.text : ch_err_text(e));
	if (e != CH_OK)
		return rejected(s, e, &said);
	return ch_intake_pack(&n_new, s->d, s->w, body, CH_PACK_ANSWER, &ours, s->why);
}

/* The place that the registry gave it must follow the last one that we know. */
static ch_err check_pair(struct sending *s)
{
	ch_ref last = ch_val_ref(s->l.v[CH_L_PAIR]), place;
	ch_note note;
	ch_stmt r;
	ch_err e = ch_note_parse(&note, ch_dossier_part(s->d, "registered"), CH_NOTE_TEXT_MAX);

	if (e == CH_OK)
		e = ch_stmt_parse_as(&r, note.text, CH_K_REGISTERED, s->w->home->exercise);
	if (e != CH_OK)
		return e;
	place = ch_val_ref(r.v[CH_RGD_PAIR]);
	if (ch_pair_fits(&place, &last, &s->hash, s->w->home->exercise))
		return CH_OK;
	return ch_problem_set(s->why, CH_E_CONFLICT, "%s is registered, at a place in the chain of "
	    "our papers that does not fit: the registry may be hiding one; its word is kept in %s; "
	    "show it to the other party", s->item->number, s->d->dir);
}

static ch_err move(struct sending *s, const char *file)
{
	char from[CH_PATH_MAX], to[CH_PATH_MAX];
	uint64_t size;
	ch_err e = item_path(from, s->w->home, s->item->id, file);

	if (e == CH_OK)
		e = ch_path(to, "%s/%s", s->d->dir, file);
	if (e == CH_OK)
		e = ch_file_size(&size, from);
	if (e == CH_E_ABSENT)
		return CH_OK; /* moved before */
	return e == CH_OK ? ch_file_rename(to, from) : e;
}

/* Steps 4 and 5: into the paper's folder; then the rest goes by way of a name that is swept. */
static ch_err finish(struct sending *s)
{
	static const char *const files[] = { "envelope.age", "cover.age", "key.age" };
	char from[CH_PATH_MAX], to[CH_PATH_MAX], name[80];
	ch_seen seen = ch_val_seen(s->l.v[CH_L_CHECKPOINT]);
	ch_err e = CH_OK;

	for (size_t i = 0; e == CH_OK && i < CH_COUNT(files); i++)
		e = move(s, files[i]);
	if (e == CH_OK && s->l.v[CH_L_CHECKPOINT].n > 0) {
		(void)snprintf(name, sizeof name, "checkpoint.%llu.txt",
		    (unsigned long long)seen.size);
		e = move(s, name);
	}
	(void)snprintf(name, sizeof name, ".new-%.64s", s->item->id);
	if (e == CH_OK)
		e = item_path(from, s->w->home, s->item->id, "");
	if (e == CH_OK)
		e = item_path(to, s->w->home, name, "");
	if (e == CH_OK)
		e = ch_file_rename(to, from);
	return e == CH_OK ? ch_dir_remove(to) : e;
}

ch_err ch_outbox_submit(const ch_outbox_item *item, struct ch_watch *w,
    const struct ch_talks *talks, struct ch_problem *why)
{
	struct ch_dossier d;
	struct sending s = { .item = item, .w = w, .d = &d, .why = why };
	ch_err e = load(&s);

	if (e != CH_OK)
		return ch_problem_set(why, e, "%s in the outbox cannot be read (%s); it was not "
		    "sent",
		    item->number, ch_err_text(e));
	e = ch_dossier_make(&d, w->home, talks, ch_span_str(item->number), why);
	if (e == CH_OK && ch_dossier_part(&d, "registered").n == 0)
		e = submit(&s);
	if (e == CH_OK && (!d.l || !ch_hash_eq(&d.l_hash, &s.hash)))
		e = ch_problem_set(why, CH_E_CONFLICT, "another paper is on file as %s",
		    item->number);
	ch_err pair = e == CH_OK ? check_pair(&s) : CH_OK;
	if (e == CH_OK)
		e = finish(&s);
	ch_dossier_close(&d);
	ch_buf_deinit(&s.submission);
	ch_buf_deinit(&s.deposit);
	ch_buf_deinit(&s.pack);
	return e == CH_OK ? pair : e;
}

static ch_err find(ch_outbox_item *item, const struct ch_home *home, const char *id,
    struct ch_problem *why)
{
	ch_err e = strchr(id, '/') || id[0] == '.' ? CH_E_ABSENT : read_item(item, home, id);

	if (e != CH_OK)
		ch_problem_set(why, e, "there is no such paper in the outbox; chancery outbox "
		    "lists them");
	return e;
}

ch_err ch_outbox_hasten(const struct ch_home *home, const char *id, struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	ch_outbox_item item;
	int64_t now = 0;
	ch_err e = find(&item, home, id, why);

	if (e == CH_OK)
		e = ch_home_now(&now, home);
	if (e != CH_OK || item.not_before <= now)
		return e;
	item.not_before = now;
	e = item_path(path, home, id, "");
	return e == CH_OK ? ch_outbox_put_number(path, &item) : e;
}

ch_err ch_outbox_cancel(const struct ch_home *home, const char *id, struct ch_problem *why)
{
	char path[CH_PATH_MAX], gone[CH_PATH_MAX];
	ch_outbox_item item;
	ch_err e = find(&item, home, id, why);

	if (e != CH_OK)
		return e;
	if (item.maybe_sent && !item.rejected)
		return ch_problem_set(why, CH_E_CONFLICT, "%s may be registered already; run "
		    "chancery "
		    "sync, then chancery take-back %s", item.number, item.number);
	e = item_path(path, home, id, "");
	if (e == CH_OK)
		e = ch_home_path(gone, home, "outbox/.new-%s", id);
	if (e == CH_OK)
		e = ch_file_rename(gone, path);
	if (e == CH_OK)
		e = ch_dir_remove(gone);
	if (e != CH_OK)
		ch_problem_set(why, e, "%s could not be removed: %s", path, ch_err_text(e));
	return e;
}
