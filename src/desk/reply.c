/* What we say about a delivery: see reply.h. */
#include "reply.h"

#include <stdio.h>

#include "hex.h"
#include "sign.h"

static ch_err pending_path(char out[CH_PATH_MAX], const struct ch_dossier *d, ch_kind kind)
{
	return ch_path(out, "%s/pending.%s.txt", d->dir, ch_kind_schema(kind)->name);
}

bool ch_reply_pending(const struct ch_dossier *d, ch_kind kind)
{
	char path[CH_PATH_MAX];
	uint64_t size;

	return pending_path(path, d, kind) == CH_OK && ch_file_size(&size, path) == CH_OK;
}

/* It was answered, or refused for good. Left behind it would only be posted once more. */
static void drop_pending(const struct ch_dossier *d, ch_kind kind)
{
	char path[CH_PATH_MAX];
	ch_err e = pending_path(path, d, kind);

	if (e == CH_OK)
		e = ch_file_unlink(path);
	(void)e;
}

/* The bytes to post: those signed before, or fresh ones, on disk before they are used. */
static ch_err statement(struct ch_buf *note, const struct ch_dossier *d,
    const struct ch_watch *w, ch_kind kind, ch_span extra, struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	ch_err e = pending_path(path, d, kind);

	ch_buf_init(note, CH_NOTE_TEXT_MAX * 2);
	if (e == CH_OK)
		e = ch_file_read(note, path);
	if (e != CH_E_ABSENT)
		return e;
	e = ch_sign_about(note, d, w, kind, extra, why);
	if (e == CH_OK)
		e = ch_file_create(path, ch_buf_span(note), 0600);
	if (e != CH_OK)
		ch_problem_set(why, e, "%s could not be written (%s); nothing was sent", path,
		    ch_err_text(e));
	return e;
}

/* Whether it is on file with the registry's answer to it. */
static bool is_answered(const struct ch_dossier *d, ch_kind kind)
{
	const char *name = ch_kind_schema(kind)->name;

	if (ch_dossier_part(d, name).n == 0)
		return false;
	if (kind == CH_K_RECEIPT)
		name = "handover";
	else if (kind == CH_K_DECLINE || kind == CH_K_TAKE_BACK)
		name = "ended";
	return ch_dossier_part(d, name).n > 0;
}

/* The registry said no. Often because it has an end: then the record tells which one. */
static ch_err refused(struct ch_dossier *d, struct ch_watch *w, ch_kind kind, ch_err e,
    const struct ch_problem *said, struct ch_problem *why)
{
	struct ch_problem quiet = { 0 };
	unsigned n_new;

	if (e == CH_E_NET || e == CH_E_FULL || ch_err_is_fault(e))
		return ch_problem_set(why, e, "it is not known yet whether the registry took our "
		    "%s "
		    "for %s (%s); nothing is lost; repeat the command, or run chancery sync",
		    ch_kind_schema(kind)->name, d->number,
		    said->text[0] ? said->text : ch_err_text(e));
	drop_pending(d, kind);
	if (strcmp(said->type, "repeated") == 0 && ch_intake_fetch(&n_new, d, w, &quiet) == CH_OK &&
	    is_answered(d, kind))
		return CH_OK; /* a colleague said so a moment before */
	if (strcmp(said->type, "already-ended") == 0) {
		ch_err fetched = ch_intake_fetch(&n_new, d, w, &quiet);

		if (fetched != CH_OK)
			return ch_problem_set(why, fetched, "%s", quiet.text);
		if (why)
			(void)snprintf(why->type, sizeof why->type, "%s", said->type);
		return ch_problem_set(why, CH_E_CONFLICT, "%s has its end already; nothing changed",
		    d->number);
	}
	return ch_problem_set(why, e, "the registry did not take our %s for %s: %s; nothing "
	    "changed",
	    ch_kind_schema(kind)->name, d->number, said->text[0] ? said->text : ch_err_text(e));
}

ch_err ch_reply_post(struct ch_dossier *d, struct ch_watch *w, ch_kind kind, ch_span extra,
    struct ch_problem *why)
{
	const char *name = ch_kind_schema(kind)->name;
	char path[160], hex[65] = "";
	struct ch_wr x = ch_wr_of(hex, 64);
	struct ch_problem said = { 0 };
	struct ch_buf note;
	ch_part ours;
	ch_span body;
	unsigned n_new;
	ch_err e;

	if (is_answered(d, kind)) {
		drop_pending(d, kind);
		return CH_OK;
	}
	e = statement(&note, d, w, kind, extra, why);
	ch_hex_put(&x, ch_span_of(d->l_hash.b, sizeof d->l_hash.b));
	(void)snprintf(path, sizeof path, "/v1/deliveries/%s/%s", hex, name);
	if (e == CH_OK) {
		e = ch_link_post(&body, w->link, path, ch_buf_span(&note), &said);
		ours = (ch_part){ ch_span_str(name), ch_buf_span(&note) };
		if (e == CH_OK)
			/* `opened` and its like come back logged, and as they were sent. */
			e = ch_intake_pack(&n_new, d, w, body, CH_PACK_ANSWER, &ours, why);
		else
			e = refused(d, w, kind, e, &said, why);
	}
	if (e == CH_OK)
		drop_pending(d, kind);
	ch_buf_deinit(&note);
	return e;
}

ch_err ch_reply_examine(struct ch_reading *r, struct ch_dossier *d, struct ch_watch *w,
    struct ch_problem *why)
{
	struct ch_problem wrong = { 0 };
	ch_kind kind = CH_K_OPENED;
	ch_span cause = { 0 };
	ch_err e = ch_reading_open(r, d, NULL, &wrong), posted;

	if (e == CH_E_AUTH && r->cause != CH_DEFECT_NONE) {
		kind = CH_K_DEFECT;
		cause = ch_span_str(ch_defect_name(r->cause));
	} else if (e == CH_E_AUTH && r->key_fault != CH_KEY_FITS) {
		kind = CH_K_KEY_MISSING;
		cause = ch_span_str(ch_key_fault_name(r->key_fault));
	} else if (e != CH_OK) {
		return ch_problem_set(why, e, "%s", wrong.text);
	}
	posted = ch_reply_post(d, w, kind, cause, why);
	if (posted != CH_OK) {
		ch_reading_close(r);
		return posted;
	}
	return e == CH_OK ? CH_OK : ch_problem_set(why, e, "%s", wrong.text);
}
