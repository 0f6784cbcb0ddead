/*
 * Which number comes next. Our folders say what this home sent; the registry says what our party
 * sent from anywhere. The serial is the greater of the two and one; the registry takes no other.
 */
#include "letter.h"

#include <stdio.h>

#include "hex.h"
#include "outbox.h"
#include "pack.h"
#include "shelf.h"
#include "value.h"

static ch_err place_of(ch_ref *pair, ch_span registered, bool exercise, const ch_vkey *by)
{
	ch_note note;
	ch_stmt s;
	ch_err e = ch_note_parse(&note, registered, CH_NOTE_TEXT_MAX);

	if (e == CH_OK)
		e = ch_note_verify(&note, by);
	if (e == CH_OK)
		e = ch_stmt_parse_as(&s, note.text, CH_K_REGISTERED, exercise);
	*pair = e == CH_OK ? ch_val_ref(s.v[CH_RGD_PAIR]) : (ch_ref){ 0 };
	return e;
}

/* A folder without a submission is one of a paper that was never taken. */
static bool has_submission(const struct ch_letter *l, const char *name)
{
	char path[CH_PATH_MAX];
	uint64_t size;

	return ch_home_path(path, l->home, "talks/%s/%s/submission.txt", l->talks->name,
	    name) == CH_OK && ch_file_size(&size, path) == CH_OK;
}

/* The last one on file towards this addressee. */
static ch_err own_last(uint64_t *serial, ch_ref *pair, struct ch_letter *l,
    struct ch_problem *why)
{
	char best[CH_NUMBER_MAX + 1] = "", number[CH_NUMBER_MAX + 1];
	struct ch_dir dir;
	struct ch_dossier d;
	ch_err e = ch_dossier_list(&dir, l->home, l->talks);

	for (size_t i = 0; e == CH_OK && i < dir.n; i++) {
		ch_number n;

		if (ch_dossier_number(number, ch_span_str(dir.names[i])) != CH_OK ||
		    ch_number_parse(&n, ch_span_str(number)) != CH_OK ||
		    !ch_span_eq(n.from, l->from.v[CH_CP_CODE]) ||
		    !ch_span_eq(n.to, l->to.v[CH_CP_CODE]) || n.serial <= *serial ||
		    !has_submission(l, dir.names[i]))
			continue;
		*serial = n.serial;
		memcpy(best, number, sizeof best);
	}
	ch_dir_deinit(&dir);
	if (e != CH_OK || best[0] == '\0')
		return e;
	e = ch_dossier_open(&d, l->home, l->talks, ch_span_str(best), why);
	if (e == CH_OK) {
		e = place_of(pair, ch_dossier_part(&d, "registered"), l->home->exercise,
		    &l->watch->vkey);
		if (e != CH_OK)
			ch_problem_set(why, e, "%s is not known to be registered; run chancery "
			    "sync "
			    "first; nothing was sent", best);
	}
	ch_dossier_close(&d);
	return e;
}

/* One that this home did not send: a second desk of our party did, or this is a restored home. */
static ch_err foreign(uint64_t *serial, ch_ref *pair, struct ch_letter *l, ch_span hex,
    struct ch_problem *why)
{
	char path[96];
	ch_part *part = ch_arena_alloc(&l->arena, CH_PACK_PARTS_MAX * sizeof *part);
	const ch_part *sub, *reg;
	ch_note note;
	ch_stmt s;
	ch_span body;
	size_t n;
	ch_err e = ch_arena_got(&l->arena, part);

	(void)snprintf(path, sizeof path, "/v1/deliveries/%.*s", (int)hex.n, (const char *)hex.p);
	if (e == CH_OK)
		e = ch_link_get(&body, l->watch->link, path, why);
	if (e == CH_OK)
		e = ch_pack_parse(part, &n, CH_PACK_PARTS_MAX, body, CH_PACK_RECORD,
		    l->home->exercise);
	if (e != CH_OK)
		return e;
	sub = ch_pack_find(part, n, CH_LIT("submission"));
	reg = ch_pack_find(part, n, CH_LIT("registered"));
	if (!sub || !reg)
		return CH_E_FORMAT;
	e = ch_note_parse(&note, sub->bytes, CH_NOTE_TEXT_MAX);
	if (e == CH_OK)
		e = ch_stmt_parse_as(&s, note.text, CH_K_SUBMISSION, l->home->exercise);
	if (e != CH_OK || !ch_span_eq(s.v[CH_L_ADDRESSEE], l->to.v[CH_CP_HANDLE]) ||
	    ch_val_dec(s.v[CH_L_SERIAL]) <= *serial)
		return e;
	*serial = ch_val_dec(s.v[CH_L_SERIAL]);
	return place_of(pair, reg->bytes, l->home->exercise, &l->watch->vkey);
}

/* One page of what our party sent, from behind `after` on (UINT64_MAX: from the start). */
static ch_err page(size_t *n, uint64_t *after, uint64_t *serial, ch_ref *pair,
    struct ch_letter *l, const struct ch_shelf *shelf, struct ch_problem *why)
{
	char path[160];
	struct ch_link_list list = { 0 };
	ch_err e;

	(void)snprintf(path, sizeof path, *after == UINT64_MAX ? "/v1/talks/%s/sent" :
	    "/v1/talks/%s/sent?after=%llu", l->talks->id_text, (unsigned long long)*after);
	e = ch_link_get_list(&list, l->watch->link, path, why);
	*n = list.n;
	for (size_t i = 0; e == CH_OK && i < list.n; i++) {
		ch_span hex = ch_link_list_string(&list, i, "submission");
		uint64_t of;
		ch_hash h;

		e = ch_link_list_go(after, &list, i, why);
		if (e == CH_OK)
			e = ch_link_list_number(&of, &list, i, "serial");
		if (e == CH_OK)
			e = ch_hex_parse(h.b, sizeof h.b, hex);
		if (e != CH_OK || of <= *serial)
			continue;
		if (!ch_shelf_has(shelf, &h))
			e = foreign(serial, pair, l, hex, why);
	}
	ch_link_list_deinit(&list);
	return e;
}

static ch_err theirs(uint64_t *serial, ch_ref *pair, struct ch_letter *l,
    struct ch_problem *why)
{
	uint64_t after = UINT64_MAX;
	struct ch_shelf shelf = { .a = &l->arena };
	size_t n = 1;
	ch_err e = ch_shelf_add(&shelf, l->home, l->talks);

	while (e == CH_OK && n > 0)
		e = page(&n, &after, serial, pair, l, &shelf, why);
	return e;
}

/* A sealed paper holds its serial: a second one to the same party waits for it. */
static ch_err none_waits(struct ch_letter *l, struct ch_problem *why)
{
	ch_outbox_item *item;
	size_t n;
	ch_err e = ch_outbox_list(&item, &n, &l->arena, l->home, why);

	for (size_t i = 0; e == CH_OK && i < n; i++)
		if (!item[i].rejected && strcmp(item[i].talks, l->talks->name) == 0 &&
		    ch_span_eq(ch_span_str(item[i].to), l->to.v[CH_CP_HANDLE]))
			e = ch_problem_set(why, CH_E_CONFLICT, "%s to %s waits in the outbox and "
			    "comes "
			    "first; nothing was sent; run chancery sync, or chancery outbox "
			    "--cancel "
			    "%s", item[i].number, item[i].to, item[i].id);
	return e;
}

ch_err ch_letter_last(uint64_t *serial, ch_ref *pair, struct ch_letter *l,
    struct ch_problem *why)
{
	ch_err e = none_waits(l, why);

	*serial = 0;
	*pair = (ch_ref){ 0 };
	if (e == CH_OK)
		e = own_last(serial, pair, l, why);
	if (e == CH_OK)
		e = theirs(serial, pair, l, why);
	return e;
}
