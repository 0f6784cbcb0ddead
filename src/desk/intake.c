/* Taking in what a registry says: see intake.h. Trusts nothing but the charter's pinned keys. */
#include "intake.h"

#include <stdio.h>

#include "hex.h"

#define ANSWER_MAX ((size_t)34 << 20)

/* Which fact of the judge speaks for which part, in the order in which they are stored. */
static const struct {
	const char *name;
	ch_step step;
	ch_kind kind;
	bool logged;
} parts[] = {
	{ "submission", CH_STEP_SUBMITTED, CH_K_SUBMISSION, false },
	{ "registered", CH_STEP_REGISTERED, CH_K_REGISTERED, true },
	{ "notice", CH_STEP_NOTICED, CH_K_NOTICE, true },
	{ "receipt", CH_STEP_RECEIPT, CH_K_RECEIPT, false },
	{ "handover", CH_STEP_HANDOVER, CH_K_HANDOVER, true },
	{ "decline", CH_STEP_DECLINE, CH_K_DECLINE, false },
	{ "take-back", CH_STEP_TAKE_BACK, CH_K_TAKE_BACK, false },
	{ "ended", CH_STEP_ENDED, CH_K_ENDED, true },
	{ "opened", CH_STEP_OPENED, CH_K_OPENED, true },
	{ "defect", CH_STEP_DEFECT, CH_K_DEFECT, true },
	{ "key-missing", CH_STEP_KEY_MISSING, CH_K_KEY_MISSING, true },
};

static ch_span find(const ch_part *p, size_t n, const char *name, const char *suffix)
{
	char full[40];

	(void)snprintf(full, sizeof full, "%s%s", name, suffix);
	const ch_part *found = ch_pack_find(p, n, ch_span_str(full));
	return found ? found->bytes : (ch_span){ 0 };
}

/* Whether a part is on file with these bytes (YES), with others (it goes to the judge of
 * conflicts: ch_dossier_put), or not at all. */
static bool on_file(const struct ch_dossier *d, const char *name)
{
	char path[CH_PATH_MAX];
	uint64_t size;

	return ch_dossier_file(path, d, name) == CH_OK && ch_file_size(&size, path) == CH_OK;
}

static ch_err note_text(ch_span *text, ch_span bytes)
{
	ch_note note;
	ch_err e = ch_note_parse(&note, bytes, CH_NOTE_TEXT_MAX);

	*text = e == CH_OK ? note.text : (ch_span){ 0 };
	return e;
}

static ch_err refuse(const struct ch_dossier *d, const char *name, const char *because,
    struct ch_problem *why)
{
	return ch_problem_set(why, CH_E_AUTH, "the registry's “%s” for %s does not hold (%s); it "
	    "was "
	    "not kept, and nothing on file was changed; run chancery sync again, then ask its "
	    "operator",
	    name, d->number, because ? because : "not proven");
}

/* What the receipt, decline or take-back of ours that was just posted asks for; empty: nothing else
 * than its own place. */
static const char *answer_to(ch_span ours)
{
	if (ch_span_eq(ours, CH_LIT("receipt")))
		return "handover";
	return ch_span_eq(ours, CH_LIT("decline")) || ch_span_eq(ours, CH_LIT("take-back")) ?
	    "ended" : "";
}

/* Receipt and key are one record: without its keybox a handover is none. */
static ch_err check_whole(const ch_delivery *v, const struct ch_dossier *d, const ch_part *part,
    size_t n, const ch_part *ours, struct ch_problem *why)
{
	const char *answer = ours ? answer_to(ours->name) : "";

	if (*answer && find(part, n, answer, "").n == 0 && !on_file(d, answer))
		return refuse(d, answer, "it is missing in the answer", why);
	if ((v->findings >> CH_FIND_KEYBOX_ABSENT & 1) && !on_file(d, "handover"))
		return refuse(d, "handover", "the keybox that it names did not come along", why);
	return CH_OK;
}

/* What this home saw of the register before, by the hand of the registry's own cosigner, dates what
 * came into it later. It is kept where it contradicts the registry's word: for the judge. */
static ch_err keep_earlier(const struct ch_dossier *d, const struct ch_watch *w, const ch_fact *f,
    uint64_t index, struct ch_problem *why)
{
	if (w->before_time == 0 || index < w->before_size || w->before_time <= f->claimed ||
	    w->before_time - f->claimed <= CH_DELIVERY_SLACK)
		return CH_OK;
	return ch_dossier_put_checkpoint(d, w->before_size, ch_buf_span(&w->before), why);
}

/* All new parts must hold before any is stored. */
static ch_err check(const ch_delivery *v, struct ch_dossier *d, struct ch_watch *w,
    const ch_part *part, size_t n, struct ch_problem *why)
{
	ch_span text;
	uint64_t index;
	ch_salt salt;
	ch_err e = CH_OK;

	for (size_t i = 0; e == CH_OK && i < CH_COUNT(parts); i++) {
		const ch_fact *f = &v->step[parts[i].step];
		ch_span bytes = find(part, n, parts[i].name, "");

		if (bytes.n == 0 || on_file(d, parts[i].name))
			continue;
		if (!f->present || !f->signed_ || (parts[i].logged && !f->logged))
			return refuse(d, parts[i].name, f->why, why);
		if (!parts[i].logged)
			continue;
		e = note_text(&text, bytes);
		if (e == CH_OK)
			e = ch_watch_check_proof(&index, &salt, w,
			    find(part, n, parts[i].name, ".proof"), text, why);
		if (e == CH_OK)
			e = keep_earlier(d, w, f, index, why);
	}
	if (e == CH_OK && (v->findings >> CH_FIND_KEYBOX_DIFFERS & 1) &&
	    find(part, n, "keybox", "").n > 0)
		e = refuse(d, "keybox", "it is not the file that the handover names", why);
	return e;
}

static ch_err store(unsigned *n_new, const struct ch_dossier *d, const ch_part *part, size_t n,
    struct ch_problem *why)
{
	ch_err e = CH_OK;

	for (size_t i = 0; e == CH_OK && i < CH_COUNT(parts); i++) {
		char name[40];
		ch_span proof = find(part, n, parts[i].name, ".proof");

		(void)snprintf(name, sizeof name, "%s.proof", parts[i].name);
		if (proof.n > 0 && parts[i].logged && !on_file(d, name))
			e = ch_dossier_put_proof(d, name, proof, why);
	}
	if (e == CH_OK && find(part, n, "keybox", "").n > 0)
		e = ch_dossier_put(d, "keybox", find(part, n, "keybox", ""), why);
	for (size_t i = 0; e == CH_OK && i < CH_COUNT(parts); i++) {
		ch_span bytes = find(part, n, parts[i].name, "");

		if (bytes.n == 0)
			continue;
		*n_new += !on_file(d, parts[i].name);
		e = ch_dossier_put(d, parts[i].name, bytes, why);
	}
	for (size_t i = 0; e == CH_OK && i < n; i++)
		if (ch_dossier_dates_lapse(d, ch_dossier_part(d, "ended"), &part[i]))
			e = ch_dossier_put_lapse(d, &part[i], why);
	return e;
}

static ch_err intake(unsigned *n_new, struct ch_dossier *d, struct ch_watch *w,
    const ch_part *part, size_t n, const ch_part *ours, struct ch_problem *why)
{
	ch_delivery *v = ch_alloc(sizeof *v);
	ch_err e = v ? ch_dossier_load_with(d, part, n, why) : CH_E_NOMEM;

	*n_new = 0;
	if (e == CH_OK)
		e = ch_dossier_judge(v, d, why);
	if (e == CH_OK)
		e = check(v, d, w, part, n, why);
	if (e == CH_OK)
		e = check_whole(v, d, part, n, ours, why);
	if (e == CH_OK)
		e = store(n_new, d, part, n, why);
	ch_free(v, sizeof *v);
	ch_err again = ch_dossier_load(d, why);
	return e != CH_OK ? e : again;
}

ch_err ch_intake_parts(unsigned *n_new, struct ch_dossier *d, struct ch_watch *w,
    const ch_part *part, size_t n, struct ch_problem *why)
{
	return intake(n_new, d, w, part, n, NULL, why);
}

ch_err ch_intake_pack(unsigned *n_new, struct ch_dossier *d, struct ch_watch *w, ch_span pack,
    ch_pack_kind kind, const ch_part *ours, struct ch_problem *why)
{
	struct ch_arena a;
	ch_part *part;
	size_t n = 0, kept = 0;
	ch_span copy, ended;
	ch_err e;

	*n_new = 0;
	ch_arena_init(&a, ANSWER_MAX);
	part = ch_arena_alloc(&a, (CH_PACK_PARTS_MAX + 1) * sizeof *part);
	copy = ch_arena_copy(&a, pack); /* the link's memory goes with the next request */
	e = part && copy.p ? ch_pack_parse(part, &n, CH_PACK_PARTS_MAX, copy, kind,
	    d->home->exercise) : a.err;
	if (e != CH_OK)
		ch_problem_set(why, e, "the registry's answer about %s cannot be understood (%s); "
		    "nothing was kept; run chancery sync", d->number, ch_err_text(e));
	ended = find(part, n, "ended", "");
	if (ended.n == 0)
		ended = ch_dossier_part(d, "ended");
	for (size_t i = 0; e == CH_OK && i < n; i++)
		if ((ch_dossier_is_part(part[i].name) ||
		    ch_dossier_dates_lapse(d, ended, &part[i])) &&
		    !(ours && ch_span_eq(part[i].name, ours->name)))
			part[kept++] = part[i];
	if (e == CH_OK && ours)
		part[kept++] = *ours;
	if (e == CH_OK)
		e = intake(n_new, d, w, part, kept, ours, why);
	ch_arena_deinit(&a);
	return e;
}

ch_err ch_intake_fetch(unsigned *n_new, struct ch_dossier *d, struct ch_watch *w,
    struct ch_problem *why)
{
	char path[128], hex[65] = "";
	struct ch_wr x = ch_wr_of(hex, 64);
	ch_span body;

	*n_new = 0;
	ch_hex_put(&x, ch_span_of(d->l_hash.b, sizeof d->l_hash.b));
	(void)snprintf(path, sizeof path, "/v1/deliveries/%s", hex);
	ch_err e = ch_link_get(&body, w->link, path, why);
	return e == CH_OK ? ch_intake_pack(n_new, d, w, body, CH_PACK_RECORD, NULL, why) : e;
}

/* ---- times ---- */

/* The same entry under a checkpoint that somebody cosigned. */
static ch_err bound(struct ch_dossier *d, struct ch_watch *w, const char *name,
    struct ch_problem *why)
{
	char part[40];
	struct ch_buf note, proof;
	struct ch_problem quiet = { 0 };
	ch_span text, old;
	uint64_t index;
	ch_salt salt;
	ch_err e;

	(void)snprintf(part, sizeof part, "%s.proof", name);
	ch_buf_init(&note, CH_WATCH_NOTE_MAX);
	ch_buf_init(&proof, CH_WATCH_PROOF_MAX);
	old = ch_dossier_part(d, part);
	e = note_text(&text, ch_dossier_part(d, name));
	if (e == CH_OK)
		e = ch_watch_check_proof(&index, &salt, w, old, text, why);
	if (e == CH_OK)
		e = ch_watch_bound(&note, w, index, &quiet);
	if (e == CH_E_ABSENT) {
		e = CH_OK; /* nobody cosigned above it yet */
	} else {
		if (e == CH_OK)
			e = ch_watch_prove(&proof, w, text, &salt, index, ch_buf_span(&note), why);
		if (e == CH_OK)
			e = ch_dossier_put_proof(d, part, ch_buf_span(&proof), why);
	}
	ch_buf_deinit(&proof);
	ch_buf_deinit(&note);
	if (e != CH_OK)
		ch_problem_set(why, e, "%s", quiet.text);
	return e;
}

ch_err ch_intake_bounds(struct ch_dossier *d, struct ch_watch *w, struct ch_problem *why)
{
	ch_delivery *v = ch_alloc(sizeof *v);
	ch_err e = v ? ch_dossier_judge(v, d, why) : CH_E_NOMEM;
	bool any = false;

	for (size_t i = 0; e == CH_OK && i < CH_COUNT(parts); i++) {
		const ch_fact *f = &v->step[parts[i].step];

		if (!parts[i].logged || !f->logged || ch_times_earliest(&f->before, NULL) != 0)
			continue;
		e = bound(d, w, parts[i].name, why);
		any = true;
	}
	ch_free(v, sizeof *v);
	return e == CH_OK && any ? ch_dossier_load(d, why) : e;
}
