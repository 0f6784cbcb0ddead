/* The index: see index.h. */
#include "index.h"

#include <stdlib.h>

#include "clock.h"
#include "colleagues.h"
#include "shelf.h"
#include "when.h"

#define ARENA_MAX ((size_t)192 << 20)
#define FRESH_NS  2000000000 /* a folder that young may change within its stamp */

static const char none[] = "";

static const char *keep(struct ch_index *x, ch_span s)
{
	ch_span c = s.n ? ch_arena_copy(&x->arena, s) : (ch_span){ 0 };

	return c.p ? (const char *)c.p : none;
}

static const char *again(struct ch_index *x, const char *s)
{
	return keep(x, ch_span_str(s));
}

/* ---- a row from the record ---- */

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t step_time(const ch_fact *f)
{
	return f->claimed ? f->claimed : ch_times_earliest(&f->before, NULL);
}

static void row_times(ch_row *r, const ch_delivery *v)
{
	static const ch_step ends[] = { CH_STEP_HANDOVER, CH_STEP_ENDED };

	r->registered = step_time(&v->step[CH_STEP_REGISTERED]);
	for (size_t i = 0; i < CH_COUNT(ends); i++)
		if (v->step[ends[i]].present)
			r->ended = step_time(&v->step[ends[i]]);
	for (unsigned i = CH_STEP_REGISTERED; i <= CH_STEP_KEY_MISSING; i++)
		if (v->step[i].present)
			r->last = later(r->last, step_time(&v->step[i]));
	r->lapse = v->lapse;
}

static void row_cover(struct ch_index *x, ch_row *r, const struct ch_dossier *d)
{
	struct ch_buf text = { 0 };
	ch_cover c;

	if (ch_dossier_cover(&c, &text, d, NULL) == CH_OK) {
		r->form = keep(x, c.v[CH_H_FORM]);
		r->act = keep(x, c.v[CH_H_ACT]);
		r->basis = keep(x, c.v[CH_H_BASIS]);
		r->subject = keep(x, c.v[CH_H_SUBJECT]);
		r->caveat = keep(x, c.v[CH_H_CAVEAT]);
		if (c.v[CH_H_RE].n > 0)
			r->re = keep(x, ch_val_re(c.v[CH_H_RE]).number);
		if (c.v[CH_H_ANSWER_BY].n > 0 &&
		    ch_when_parse(&r->answer_by, c.v[CH_H_ANSWER_BY]) != CH_OK)
			r->answer_by = 0;
	}
	ch_buf_deinit(&text);
}

/* ---- a settled one: its mark says the state, its texts the times; nobody judges again ---- */

static int64_t time_of(const struct ch_dossier *d, const char *part, ch_kind kind)
{
	ch_note note;
	ch_stmt s;
	int64_t t = 0;

	if (ch_note_parse(&note, ch_dossier_part(d, part), CH_NOTE_TEXT_MAX) != CH_OK ||
	    ch_stmt_parse_as(&s, note.text, kind, d->home->exercise) != CH_OK ||
	    ch_when_parse(&t, s.v[CH_EV_TIME]) != CH_OK)
		return 0;
	return t;
}

static void settled_row(ch_row *r, const struct ch_dossier *d, const ch_settled *s,
    ch_delivery *v)
{
	memset(v, 0, sizeof *v);
	v->state = s->state;
	v->told = s->told;
	v->step[s->last].present = true;
	v->step[CH_STEP_HANDOVER].present = s->last == CH_STEP_KEY_MISSING;
	r->standing = ch_standing_of(v, s->ours, d->hold);
	r->registered = time_of(d, "registered", CH_K_REGISTERED);
	r->ended = s->state == CH_STATE_DELIVERED ? time_of(d, "handover", CH_K_HANDOVER) :
	    time_of(d, "ended", CH_K_ENDED);
	r->last = later(r->registered, r->ended);
	if (ch_when_parse(&r->lapse, d->l->v[CH_L_LAPSE]) != CH_OK)
		r->lapse = 0;
}

static bool judged_row(ch_row *r, const struct ch_dossier *d, ch_delivery *v)
{
	if (ch_dossier_judge(v, d, NULL) != CH_OK)
		return false;
	r->standing = ch_standing_of(v, d->ours, d->hold);
	row_times(r, v);
	return true;
}

/* A settled one is only glanced at: its mark was made by the judge. */
static bool open_for_row(struct ch_dossier *d, const struct ch_home *h, const struct ch_talks *t,
    const char *folder, bool settled)
{
	ch_span name = ch_span_str(folder);
	ch_err e = settled ? ch_dossier_glance(d, h, t, name) :
	    ch_dossier_open(d, h, t, name, NULL);

	return e == CH_OK && d->l;
}

static void row_sender(struct ch_index *x, ch_row *r, const struct ch_dossier *d)
{
	ch_persons by = { 0 };

	if (d->hold == CH_HOLD_SENT)
		ch_colleagues_signed(&by, d, "submission");
	r->by = again(x, by.text);
}

/* A paper whose record cannot be judged keeps its number; its page says why. */
static void make_row(struct ch_index *x, ch_row *r, const struct ch_home *h,
    const struct ch_talks *t, ch_delivery *v)
{
	struct ch_dossier d = { 0 };
	char number[CH_NUMBER_MAX + 1];
	ch_settled s;
	bool settled = ch_shelf_settled(&s, h, t, r->folder);

	if (ch_dossier_number(number, ch_span_str(r->folder)) == CH_OK)
		r->number = again(x, number);
	if (open_for_row(&d, h, t, r->folder, settled)) {
		if (settled)
			settled_row(r, &d, &s, v);
		if (settled || judged_row(r, &d, v)) {
			r->ours = d.ours;
			r->hold = d.hold;
			row_sender(x, r, &d);
			r->party = keep(x, d.l->v[d.ours ? CH_L_ADDRESSEE : CH_L_PARTY]);
			row_cover(x, r, &d);
		}
	}
	ch_dossier_close(&d);
}

static void copy_row(struct ch_index *x, ch_row *r, const ch_row *old)
{
	unsigned talks = r->talks;

	*r = *old;
	r->talks = talks;
	r->answered = false;
	r->number = again(x, old->number);
	r->folder = again(x, old->folder);
	r->party = again(x, old->party);
	r->form = again(x, old->form);
	r->act = again(x, old->act);
	r->basis = again(x, old->basis);
	r->subject = again(x, old->subject);
	r->caveat = again(x, old->caveat);
	r->re = again(x, old->re);
	r->by = again(x, old->by);
}

/* ---- finding ---- */

const ch_row_talks *ch_index_talks(const struct ch_index *x, ch_span name)
{
	for (size_t i = 0; x && i < x->n_talks; i++)
		if (ch_span_eq(name, ch_span_str(x->talks[i].name)))
			return &x->talks[i];
	return NULL;
}

static int row_cmp(const void *key, const void *row)
{
	return ch_span_cmp(*(const ch_span *)key, ch_span_str(((const ch_row *)row)->folder));
}

const ch_row *ch_index_row(const struct ch_index *x, const ch_row_talks *t, ch_span folder)
{
	if (!x || !t || t->n == 0)
		return NULL;
	return bsearch(&folder, &x->row[t->first], t->n, sizeof(ch_row), row_cmp);
}

int ch_row_newest_first(const void *a, const void *b)
{
	const ch_row *x = ((const ch_row_ref *)a)->row, *y = ((const ch_row_ref *)b)->row;

	if (x->registered != y->registered)
		return x->registered > y->registered ? -1 : 1;
	return strcmp(y->folder, x->folder);
}

bool ch_row_waits(const ch_row *r)
{
	return !r->ours && r->standing == CH_STANDING_WAITS;
}

bool ch_row_wants_answer(const ch_row *r)
{
	return !r->ours && !r->answered && r->answer_by != 0 &&
	    (r->standing == CH_STANDING_OPENED || r->standing == CH_STANDING_SIGNED);
}

/* ---- the whole ---- */

/* One run of making. */
struct making {
	struct ch_index *x;
	const struct ch_home *h;
	const struct ch_index *before;
	uint64_t until_ms;
	int64_t now_ns;
	ch_delivery *v;
	size_t cap;
};

static ch_err room(struct making *m, size_t more)
{
	struct ch_index *x = m->x;
	ch_row *row;

	if (x->n + more <= m->cap)
		return CH_OK;
	row = ch_arena_alloc(&x->arena, (x->n + more) * sizeof *row);
	if (!row)
		return ch_arena_got(&x->arena, row);
	if (x->n > 0)
		memcpy(row, x->row, x->n * sizeof *row);
	x->row = row;
	m->cap = x->n + more;
	return CH_OK;
}

static ch_err add_row(struct making *m, const struct ch_talks *t, unsigned talks,
    const ch_row_talks *old_talks, const char *name)
{
	struct ch_index *x = m->x;
	ch_row *r = &x->row[x->n];
	const ch_row *old = ch_index_row(m->before, old_talks, ch_span_str(name));
	char path[CH_PATH_MAX];
	int64_t stamp;

	*r = (ch_row){ .talks = talks, .folder = again(x, name), .number = none, .party = none,
		.form = none, .act = none, .basis = none, .subject = none, .caveat = none,
		.re = none, .by = none };
	if (ch_home_path(path, m->h, "talks/%s/%s", t->name, name) != CH_OK ||
	    ch_dir_stamp(&stamp, path) != CH_OK)
		return CH_OK; /* went away meanwhile */
	x->n++;
	if (old && old->stamp != 0 && old->stamp == stamp) {
		copy_row(x, r, old);
		return x->arena.err;
	}
	x->changed = true;
	if (ch_clock_ms() > m->until_ms) {
		x->n_left++;
		if (old) {
			copy_row(x, r, old);
			r->stamp = 0;
		} else {
			x->n--; /* appears when it was looked at */
		}
		return x->arena.err;
	}
	make_row(x, r, m->h, t, m->v);
	r->stamp = m->now_ns - stamp > FRESH_NS ? stamp : 0;
	return x->arena.err;
}

/* Folders of papers have a code in capitals; `public` and the like are none. */
static bool is_paper(const char *name)
{
	return name[0] >= 'A' && name[0] <= 'Z' && !strchr(name, '.');
}

static void turn_round(ch_row *row, size_t n)
{
	for (size_t i = 0; i < n / 2; i++) {
		ch_row r = row[i];

		row[i] = row[n - 1 - i];
		row[n - 1 - i] = r;
	}
}

static ch_err add_papers(struct making *m, const struct ch_talks *t, ch_row_talks *rt,
    unsigned talks)
{
	const ch_row_talks *old = ch_index_talks(m->before, ch_span_str(t->name));
	struct ch_dir dir = { 0 };
	ch_err e = ch_dossier_list(&dir, m->h, t);

	rt->first = m->x->n;
	if (e == CH_OK)
		e = room(m, dir.n);
	/* The newest numbers first: what the time does not suffice for is what is oldest. */
	for (size_t i = dir.n; e == CH_OK && i > 0; i--)
		if (is_paper(dir.names[i - 1]))
			e = add_row(m, t, talks, old, dir.names[i - 1]);
	rt->n = m->x->n - rt->first;
	turn_round(&m->x->row[rt->first], rt->n);
	ch_dir_deinit(&dir);
	return e;
}

static const char *others_of(struct ch_index *x, const struct ch_talks *t, const char *own)
{
	char text[1024];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	ch_item it;

	for (uint32_t i = 0; i < t->charter.count[CH_CHARTER_PARTIES]; i++) {
		if (ch_stmt_item(&it, &t->charter, CH_CHARTER_PARTIES, i) != CH_OK ||
		    ch_span_eq(it.v[CH_CP_HANDLE], ch_span_str(own)))
			continue;
		if (w.n > 0)
			CH_WR_LIT(&w, ", ");
		ch_wr_put(&w, it.v[CH_CP_HANDLE]);
	}
	return keep(x, ch_wr_span(&w));
}

static ch_err add_talks(struct making *m, ch_row_talks *rt, unsigned talks, const char *name)
{
	struct ch_index *x = m->x;
	struct ch_talks t = { 0 };
	ch_item reg, own;
	ch_err e;

	*rt = (ch_row_talks){ .name = again(x, name), .title = none, .code = none, .origin = none,
		.word_set = none, .others = none, .first = x->n };
	if (ch_talks_load(&t, m->h, name, NULL) != CH_OK)
		return x->arena.err; /* its own page says why */
	rt->state = t.state;
	rt->title = keep(x, t.charter.v[CH_CHARTER_TITLE]);
	rt->word_set = keep(x, t.charter.v[CH_CHARTER_WORD_SET]);
	rt->others = others_of(x, &t, m->h->handle);
	if (ch_talks_party(&own, &t, ch_span_str(m->h->handle)) == CH_OK)
		rt->code = keep(x, own.v[CH_CP_CODE]);
	if (ch_talks_registry(&reg, &t) == CH_OK)
		rt->origin = keep(x, reg.v[CH_CR_ORIGIN]);
	e = add_papers(m, &t, rt, talks);
	ch_talks_deinit(&t);
	return e == CH_OK ? x->arena.err : e;
}

/* ---- what follows from all rows together ---- */

struct numbered {
	ch_row *row;
};

static int number_cmp(const void *a, const void *b)
{
	const struct numbered *x = a, *y = b;

	return strcmp(x->row->number, y->row->number);
}

static void mark_answered(struct ch_index *x, const ch_row_talks *t)
{
	struct numbered *by = ch_alloc_array(t->n + 1, sizeof *by);

	if (!by)
		return;
	for (size_t i = 0; i < t->n; i++)
		by[i].row = &x->row[t->first + i];
	qsort(by, t->n, sizeof *by, number_cmp);
	for (size_t i = 0; i < t->n; i++) {
		const ch_row *r = &x->row[t->first + i];
		ch_row asked = { .number = r->re };
		const struct numbered key = { &asked };
		const struct numbered *hit;

		if (!r->re[0] || ch_standing_is_unsigned_end(r->standing))
			continue;
		hit = bsearch(&key, by, t->n, sizeof *by, number_cmp);
		if (hit && hit->row->ours != r->ours)
			hit->row->answered = true;
	}
	ch_free(by, (t->n + 1) * sizeof *by);
}

static void sum_up(struct ch_index *x, ch_row_talks *t)
{
	mark_answered(x, t);
	for (size_t i = t->first; i < t->first + t->n; i++) {
		const ch_row *r = &x->row[i];
		int64_t clock = ch_row_waits(r) ? r->lapse :
		    ch_row_wants_answer(r) ? r->answer_by : 0;

		t->n_waiting += ch_row_waits(r);
		t->n_to_answer += ch_row_wants_answer(r);
		if (clock != 0 && (t->clock == 0 || clock < t->clock))
			t->clock = clock;
		t->last = later(t->last, r->last);
	}
}

ch_err ch_index_make(struct ch_index **out, const struct ch_home *h,
    const struct ch_index *before, unsigned budget_ms)
{
	struct making m = { .h = h, .before = before, .until_ms = ch_clock_ms() + budget_ms,
		.now_ns = ch_clock_wall() * 1000000000 };
	struct ch_dir dir = { 0 };
	ch_err e;

	*out = NULL;
	m.x = ch_alloc(sizeof *m.x);
	m.v = ch_alloc(sizeof *m.v);
	e = m.x && m.v ? CH_OK : CH_E_NOMEM;
	if (e == CH_OK) {
		ch_arena_init(&m.x->arena, ARENA_MAX);
		e = ch_talks_names(&dir, h);
	}
	if (e == CH_OK) {
		m.x->talks = ch_arena_alloc(&m.x->arena, (dir.n + 1) * sizeof *m.x->talks);
		e = ch_arena_got(&m.x->arena, m.x->talks);
	}
	for (size_t i = 0; e == CH_OK && i < dir.n; i++) {
		e = add_talks(&m, &m.x->talks[i], (unsigned)i, dir.names[i]);
		m.x->n_talks++;
	}
	for (size_t i = 0; e == CH_OK && i < m.x->n_talks; i++)
		sum_up(m.x, &m.x->talks[i]);
	ch_dir_deinit(&dir);
	ch_free(m.v, sizeof *m.v);
	if (e != CH_OK) {
		ch_index_free(m.x);
		return e;
	}
	*out = m.x;
	return CH_OK;
}

void ch_index_free(struct ch_index *x)
{
	if (!x)
		return;
	ch_arena_deinit(&x->arena);
	ch_free(x, sizeof *x);
}
