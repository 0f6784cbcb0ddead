/* A conversation with a plugin: see plugin_run.h. The protocol is age_plugin.c's. */
#include "plugin_run.h"

#include <stdio.h>

#include "child.h"
#include "clock.h"
#include "rng.h"
#include "term.h"
#include "text.h"
#include "wipe.h"

#define FIRST_WAIT 5000   /* ms, until the person is told that we wait */
#define GRACE 2000        /* ms, for it to end by itself               */
#define COMPLAINTS 200    /* lines of its errors that are passed on    */
#define TEXT_SHOWN 600
#define LINE_MAX_ (10 * TEXT_SHOWN + 3072)

struct talk {
	const ch_plugin_ask *ask;
	struct ch_plugin *p;
	struct ch_child child;
	struct ch_problem *why;
	uint64_t heard;      /* when it last said something */
	bool told, spoke, over;
	size_t n_line;       /* of its errors */
	unsigned n_complaints;
	char line[256];
	struct ch_wr w;      /* what we say: secret */
	ch_span out;         /* and what of it is left */
	uint8_t buf[2 * CH_AGE_HEADER_MAX];
};

/* ---- the person ---- */

/* One line of "age-plugin-x: " and the text, which may hold anything; a very long one is cut. */
static void line_of(char out[LINE_MAX_], const struct talk *t, ch_span text, const char *after)
{
	struct ch_wr w = ch_wr_of(out, LINE_MAX_ - 1);
	size_t from;

	CH_WR_LIT(&w, "age-plugin-");
	ch_wr_str(&w, t->ask->name);
	CH_WR_LIT(&w, ": ");
	from = w.n;
	ch_text_mark(&w, ch_span_of(text.p, text.n < TEXT_SHOWN ? text.n : TEXT_SHOWN));
	for (size_t i = from; w.err == CH_OK && i < w.n; i++)
		if (out[i] == '\n' || out[i] == '\t')
			out[i] = ' ';
	ch_wr_str(&w, after);
	out[w.err == CH_OK ? w.n : 0] = '\0';
}

static CH_OWN_FRAME void show(struct talk *t, ch_span text)
{
	char line[LINE_MAX_];

	if (t->ask->silent)
		return;
	line_of(line, t, text, "");
	t->ask->say(t->ask->ctx, line);
}

static ch_span text_of(const struct talk *t)
{
	return ch_span_of(t->p->text, t->p->n_text);
}

static CH_OWN_FRAME void ask_line(struct talk *t, bool echo)
{
	struct ch_pass got = { 0 };
	char line[LINE_MAX_];
	ch_err e;

	line_of(line, t, text_of(t), ": ");
	e = ch_term_ask(&got, line, echo);
	if (e == CH_OK && got.n > CH_PLUGIN_ANSWER_MAX)
		e = CH_E_LIMIT;
	ch_plugin_answer(&t->w, e == CH_OK, ch_pass_span(&got));
	ch_pass_wipe(&got);
}

static bool one_of(const struct ch_pass *p, const char *a, const char *b)
{
	return ch_span_eq(ch_pass_span(p), ch_span_str(a)) ||
	    ch_span_eq(ch_pass_span(p), ch_span_str(b));
}

/* "text [y: YES, n: NO] ": y or n; anything else is asked again, three times. */
static CH_OWN_FRAME void ask_choice(struct talk *t)
{
	char line[LINE_MAX_], yes[CH_PLUGIN_CHOICE_MAX * 10 + 1];
	char no[CH_PLUGIN_CHOICE_MAX * 10 + 1];
	char after[sizeof yes + sizeof no + 16];
	struct ch_wr wy = ch_wr_of(yes, sizeof yes - 1), wn = ch_wr_of(no, sizeof no - 1);
	struct ch_pass got;

	ch_text_mark(&wy, ch_span_of(t->p->yes, t->p->n_yes));
	ch_text_mark(&wn, ch_span_of(t->p->no, t->p->n_no));
	yes[wy.n] = no[wn.n] = '\0';
	(void)snprintf(after, sizeof after, t->p->has_no ? " [y: %s, n: %s] " : " [y: %s] ", yes,
	    no);
	line_of(line, t, text_of(t), after);
	for (unsigned i = 0; i < 3; i++) {
		if (ch_term_ask(&got, line, true) != CH_OK)
			break;
		if (one_of(&got, "y", "yes") || (t->p->has_no && one_of(&got, "n", "no"))) {
			ch_plugin_answer_choice(&t->w, got.b[0] == 'y');
			return;
		}
	}
	ch_plugin_answer(&t->w, false, (ch_span){ 0 });
}

/* ---- its errors ---- */

/* Passed on line by line, marked; a flood is cut. */
static void complain(struct talk *t, ch_span bytes)
{
	for (size_t i = 0; i < bytes.n; i++) {
		bool end = bytes.p[i] == '\n';

		if (!end && t->n_line < sizeof t->line)
			t->line[t->n_line++] = (char)bytes.p[i];
		if (!end && t->n_line < sizeof t->line)
			continue;
		if (t->n_line > 0 && t->n_complaints++ < COMPLAINTS)
			show(t, ch_span_of(t->line, t->n_line));
		t->n_line = 0;
	}
}

/* ---- the conversation ---- */

static ch_err broke(struct talk *t, ch_err e)
{
	return ch_problem_set(t->why, e, "age-plugin-%s does not keep to age's plugin protocol: %s",
	    t->ask->name, e == CH_E_LIMIT ? "it says more than is allowed" :
	    "a message is malformed or out of place");
}

static CH_OWN_FRAME ch_err says_error(struct talk *t)
{
	char line[LINE_MAX_];

	line_of(line, t, text_of(t), "");
	return ch_problem_set(t->why, CH_E_DENIED, "%s", line);
}

/* Take up whatever it said; what we answer waits in t->w. */
static ch_err heard(struct talk *t)
{
	ch_plugin_event ev;
	ch_err e;

	while ((e = ch_plugin_next(&ev, &t->w, t->p)) == CH_OK && ev != CH_PLUGIN_MORE) {
		if (ev == CH_PLUGIN_SHOW) {
			show(t, text_of(t));
			ch_plugin_answer(&t->w, true, (ch_span){ 0 });
		} else if (t->ask->silent && (ev == CH_PLUGIN_CHOICE || ev == CH_PLUGIN_PUBLIC ||
		    ev == CH_PLUGIN_SECRET)) {
			ch_plugin_answer(&t->w, false, (ch_span){ 0 });
		} else if (ev == CH_PLUGIN_CHOICE) {
			ask_choice(t);
		} else if (ev == CH_PLUGIN_PUBLIC || ev == CH_PLUGIN_SECRET) {
			ask_line(t, ev == CH_PLUGIN_PUBLIC);
		} else if (ev == CH_PLUGIN_DONE) {
			t->over = true;
			return CH_OK;
		} else if (ev == CH_PLUGIN_ERROR) {
			return says_error(t);
		}
		if (t->w.err != CH_OK)
			return broke(t, CH_E_LIMIT); /* it asks, and does not take the answers */
	}
	return e == CH_OK ? CH_OK : broke(t, e);
}

/* What was said is gone; what is left of it moves to the front. */
static void settle(struct talk *t)
{
	size_t left = t->out.n;

	if (left > 0)
		memmove(t->buf, t->out.p, left);
	ch_wipe(&t->buf[left], t->w.n - left);
	t->w.n = left;
}

/* Milliseconds until our patience is over. */
static uint64_t ms_left(const struct talk *t)
{
	uint64_t all = UINT64_C(1000) * (t->ask->patience ? t->ask->patience : CH_PLUGIN_PATIENCE);
	uint64_t gone = ch_clock_ms() - t->heard;

	return gone < all ? all - gone : 0;
}

static ch_err over(struct talk *t)
{
	return ch_problem_set(t->why, CH_E_DENIED, t->spoke ? "age-plugin-%s was not done after %u "
	    "seconds and was stopped" : "age-plugin-%s has said nothing for %u seconds and was "
	    "stopped", t->ask->name, t->ask->patience ? t->ask->patience : CH_PLUGIN_PATIENCE);
}

static int wait_ms(const struct talk *t)
{
	uint64_t gone = ch_clock_ms() - t->heard, ms = ms_left(t);

	if (!t->told && ms > FIRST_WAIT)
		ms = gone < FIRST_WAIT ? FIRST_WAIT - gone : 0;
	return ms > 60000 ? 60000 : (int)ms;
}

static ch_err step(struct talk *t)
{
	uint8_t errors[256];
	ch_child_did did;
	size_t cap, n;
	uint8_t *in = ch_plugin_room(&cap, t->p);
	ch_err e;

	if (ms_left(t) == 0)
		return over(t);
	t->out = ch_span_of(t->buf, t->w.n);
	e = ch_child_talk(&did, &n, &t->child, &t->out, in, cap, errors, wait_ms(t));
	settle(t);
	if (e != CH_OK)
		return e;
	switch (did) {
	case CH_CHILD_WAITED:
		if (!t->told)
			show(t, CH_LIT("we wait for it; Ctrl-C ends the waiting"));
		t->told = true;
		return CH_OK;
	case CH_CHILD_COMPLAINED:
		complain(t, ch_span_of(errors, n));
		return CH_OK;
	case CH_CHILD_SAID:
		ch_plugin_came(t->p, n);
		e = heard(t);
		t->spoke = t->ask->silent; /* then its words win no time */
		if (!t->spoke)
			t->heard = ch_clock_ms();
		t->told = false;
		return e;
	case CH_CHILD_CLOSED:
		break;
	}
	return ch_problem_set(t->why, CH_E_DENIED, "age-plugin-%s ended before it was done",
	    t->ask->name);
}

static ch_err start(struct talk *t, const char *arg)
{
	char program[80], path[CH_PATH_MAX];
	ch_err e;

	(void)snprintf(program, sizeof program, "age-plugin-%s", t->ask->name);
	e = ch_child_find(path, program);
	if (e == CH_E_ABSENT)
		return ch_problem_set(t->why, e, "that key needs the program %s, and no folder of "
		    "PATH has it; install it and repeat", program);
	if (e == CH_OK)
		e = ch_child_start(&t->child, path, arg);
	return e == CH_OK ? CH_OK : ch_problem_set(t->why, e, "%s could not be started", program);
}

static ch_err converse(struct talk *t, const char *arg)
{
	int status;
	ch_err e = t->w.err == CH_OK ? start(t, arg) : t->w.err;

	t->heard = ch_clock_ms();
	while (e == CH_OK && !t->over)
		e = step(t);
	ch_child_end(&t->child, &status, e == CH_OK ? GRACE : 100);
	if (e == CH_OK && t->w.err != CH_OK)
		e = t->w.err;
	return e;
}

static struct talk *begin(struct ch_plugin *p, const ch_plugin_ask *ask, struct ch_problem *why)
{
	struct talk *t = ch_alloc(sizeof *t);

	if (!t)
		return NULL;
	t->ask = ask;
	t->p = p;
	t->why = why;
	t->child = (struct ch_child){ .pid = -1, .to = -1, .from = -1, .errors = -1 };
	t->w = ch_wr_of(t->buf, sizeof t->buf);
	return t;
}

ch_err ch_plugin_run_wrap(struct ch_plugin *p, const ch_plugin_ask *ask, ch_span text,
    bool identity, const struct ch_file_key *key, struct ch_problem *why)
{
	struct talk *t = begin(p, ask, why);
	uint8_t grease[CH_PLUGIN_GREASE];
	ch_err e = t ? ch_random(grease, sizeof grease) : CH_E_NOMEM;

	if (e == CH_OK) {
		ch_plugin_wrap(&t->w, p, text, identity, key, grease);
		e = converse(t, "--age-plugin=recipient-v1");
	}
	if (e == CH_OK && p->n_stanzas == 0)
		e = ch_problem_set(why, CH_E_DENIED, "age-plugin-%s sealed for nobody", ask->name);
	ch_free(t, sizeof *t);
	return e;
}

ch_err ch_plugin_run_unwrap(struct ch_plugin *p, const ch_plugin_ask *ask, ch_span identity,
    ch_span stanzas, struct ch_problem *why)
{
	struct talk *t = begin(p, ask, why);
	uint8_t grease[CH_PLUGIN_GREASE];
	ch_err e = t ? ch_random(grease, sizeof grease) : CH_E_NOMEM;

	if (e == CH_OK) {
		ch_plugin_unwrap(&t->w, p, identity, stanzas, grease);
		e = converse(t, "--age-plugin=identity-v1");
	}
	ch_free(t, sizeof *t);
	return e;
}
