/*
 * The client's side of c2sp.org/age-plugin: see age_plugin.h. Messages are age stanzas, so the
 * reader and the writer of headers are used for them.
 */
#include "age_plugin.h"

#include <stddef.h>

#include "b64.h"
#include "dec.h"
#include "hex.h"
#include "wipe.h"

/* ---- phase 1 ---- */

/* "a client MAY send grease": two runs in three do, so that plugins do not come to rely on none. */
static void ch_plugin_grease(struct ch_wr *w, const uint8_t g[CH_PLUGIN_GREASE])
{
	uint8_t line[64];
	struct ch_wr args = ch_wr_of(line, sizeof line);

	if (g[0] % 3 == 0)
		return;
	CH_WR_LIT(&args, "grease-");
	ch_hex_put(&args, ch_span_of(&g[1], 8));
	for (unsigned i = 0; i < g[9] % 3u; i++) {
		CH_WR_LIT(&args, " ");
		ch_dec_put(&args, g[10 + i]);
	}
	ch_age_stanza_put(w, ch_wr_span(&args), ch_span_of(&g[12], g[9] % 2 ? g[10] % 20u : 0));
}

static void ch_plugin_begin(struct ch_plugin *p, bool wrapping)
{
	memset(p, 0, offsetof(struct ch_plugin, text));
	p->wrapping = wrapping;
	p->out = ch_wr_of(p->out_buf, sizeof p->out_buf);
	p->labels = ch_wr_of(p->label_buf, sizeof p->label_buf);
}

/* "-> command text", and an empty body. */
static void ch_plugin_say(struct ch_wr *w, ch_span command, ch_span text)
{
	CH_WR_LIT(w, "-> ");
	ch_wr_put(w, command);
	CH_WR_LIT(w, " ");
	ch_wr_put(w, text);
	CH_WR_LIT(w, "\n\n");
}

void ch_plugin_wrap(struct ch_wr *w, struct ch_plugin *p, ch_span text, bool identity,
    const struct ch_file_key *key, const uint8_t grease[CH_PLUGIN_GREASE])
{
	ch_plugin_begin(p, true);
	ch_plugin_say(w, identity ? CH_LIT("add-identity") : CH_LIT("add-recipient"), text);
	ch_plugin_grease(w, grease);
	ch_age_stanza_put(w, CH_LIT("wrap-file-key"), ch_span_of(key->b, sizeof key->b));
	ch_age_stanza_put(w, CH_LIT("extension-labels"), (ch_span){ 0 });
	ch_age_stanza_put(w, CH_LIT("done"), (ch_span){ 0 });
}

/* "Clients pass all recipient stanzas to every connected plugin"; we have one file: index 0. */
void ch_plugin_unwrap(struct ch_wr *w, struct ch_plugin *p, ch_span identity, ch_span stanzas,
    const uint8_t grease[CH_PLUGIN_GREASE])
{
	struct ch_rd r = ch_rd_of(stanzas);
	ch_age_stanza s;

	ch_plugin_begin(p, false);
	ch_plugin_say(w, CH_LIT("add-identity"), identity);
	ch_plugin_grease(w, grease);
	while (!ch_rd_at_end(&r) && r.err == CH_OK) {
		ch_age_stanza_rd(&s, &r);
		CH_WR_LIT(w, "-> recipient-stanza 0 ");
		ch_wr_put(w, s.type);
		if (s.n_args > 0)
			CH_WR_LIT(w, " ");
		ch_wr_put(w, s.args);
		CH_WR_LIT(w, "\n");
		ch_wr_put(w, s.body);
	}
	if (r.err != CH_OK)
		ch_wr_fail(w, r.err);
	ch_age_stanza_put(w, CH_LIT("done"), (ch_span){ 0 });
}

void ch_plugin_wipe(struct ch_plugin *p)
{
	ch_wipe(p, sizeof *p);
}

/* ---- bytes from the plugin ---- */

/* What was used goes, what is left moves to the front. */
uint8_t *ch_plugin_room(size_t *n, struct ch_plugin *p)
{
	struct ch_rd r = ch_rd_of(ch_span_of(p->in, p->n_in));
	ch_span rest;

	(void)ch_rd_take(&r, p->used);
	rest = ch_rd_rest(&r);
	if (rest.n > 0 && p->used > 0)
		memmove(p->in, rest.p, rest.n);
	p->n_in = rest.n;
	p->used = 0;
	CH_ASSERT(p->n_in < sizeof p->in); /* ch_plugin_next() refused a message that is full */
	*n = sizeof p->in - p->n_in;
	return &p->in[p->n_in];
}

void ch_plugin_came(struct ch_plugin *p, size_t n)
{
	CH_ASSERT(n <= sizeof p->in - p->n_in);
	p->n_in += n;
}

/* ---- messages ---- */

static ch_err ch_plugin_text(uint8_t *out, size_t *n, size_t cap, const ch_age_stanza *s)
{
	*n = 0;
	if (s->n_body > cap)
		return CH_E_LIMIT;
	*n = s->n_body;
	return ch_age_stanza_body(out, s->n_body, s);
}

/* The arguments behind the first, which must be the index of our one file. */
static ch_err ch_plugin_index(ch_span *rest, const ch_age_stanza *s)
{
	struct ch_rd r = ch_rd_of(s->args);

	CH_RD_LIT(&r, "0");
	if (s->n_args > 1)
		CH_RD_LIT(&r, " ");
	*rest = ch_rd_rest(&r);
	return r.err == CH_OK && (s->n_args > 1) == (rest->n > 0) ? CH_OK : CH_E_FORMAT;
}

static ch_err ch_plugin_stanza(struct ch_plugin *p, const ch_age_stanza *s)
{
	ch_span line;
	ch_err e = ch_plugin_index(&line, s);

	if (e != CH_OK || line.n == 0)
		return CH_E_FORMAT;
	CH_WR_LIT(&p->out, "-> ");
	ch_wr_put(&p->out, line);
	CH_WR_LIT(&p->out, "\n");
	ch_wr_put(&p->out, s->body);
	p->n_stanzas++;
	return p->out.err;
}

/* "Plugins MUST NOT send duplicate labels, and MUST NOT send labels more than once." */
static ch_err ch_plugin_take_labels(struct ch_plugin *p, const ch_age_stanza *s)
{
	if (p->has_labels || s->n_body > 0)
		return CH_E_FORMAT;
	if (s->n_args > CH_PLUGIN_LABELS)
		return CH_E_LIMIT;
	for (size_t i = 0; i < s->n_args; i++)
		for (size_t k = 0; k < i; k++)
			if (ch_span_eq(ch_age_stanza_arg(s, i), ch_age_stanza_arg(s, k)))
				return CH_E_FORMAT;
	p->has_labels = true;
	p->n_labels = s->n_args;
	ch_wr_put(&p->labels, s->args);
	return p->labels.err;
}

/* "The plugin sends no more than one file key per file index." */
static ch_err ch_plugin_file_key(struct ch_plugin *p, const ch_age_stanza *s)
{
	ch_span rest;
	ch_err e = ch_plugin_index(&rest, s);

	if (e != CH_OK || rest.n > 0 || p->has_key)
		return CH_E_FORMAT;
	e = ch_age_stanza_body(p->key.b, sizeof p->key.b, s);
	p->has_key = e == CH_OK;
	return e;
}

static ch_err ch_plugin_choice(struct ch_plugin *p, const ch_age_stanza *s)
{
	ch_err e;

	if (s->n_args < 1 || s->n_args > 2)
		return CH_E_FORMAT;
	e = ch_plugin_text(p->text, &p->n_text, sizeof p->text, s);
	if (e == CH_OK)
		e = ch_b64_parse(p->yes, &p->n_yes, sizeof p->yes, ch_age_stanza_arg(s, 0),
		    CH_B64_RAW);
	p->has_no = s->n_args == 2;
	p->n_no = 0;
	if (e == CH_OK && p->has_no)
		e = ch_b64_parse(p->no, &p->n_no, sizeof p->no, ch_age_stanza_arg(s, 1),
		    CH_B64_RAW);
	return e;
}

/* Only the form of the three variants is judged: whom it blames is in its own words. */
static ch_err ch_plugin_error(struct ch_plugin *p, const ch_age_stanza *s)
{
	return s->n_args == 0 ? CH_E_FORMAT :
	    ch_plugin_text(p->text, &p->n_text, sizeof p->text, s);
}

typedef struct {
	const char *name;
	ch_plugin_event event; /* ANSWERED: with ok */
	bool wrap, unwrap;     /* in which conversation it is known */
	ch_err (*take)(struct ch_plugin *p, const ch_age_stanza *s);
} ch_plugin_command;

static ch_err ch_plugin_show(struct ch_plugin *p, const ch_age_stanza *s)
{
	return s->n_args > 0 ? CH_E_FORMAT :
	    ch_plugin_text(p->text, &p->n_text, sizeof p->text, s);
}

static ch_err ch_plugin_done(struct ch_plugin *p, const ch_age_stanza *s)
{
	(void)p;
	return s->n_args > 0 || s->n_body > 0 ? CH_E_FORMAT : CH_OK;
}

static const ch_plugin_command ch_plugin_commands[] = {
	{ "msg", CH_PLUGIN_SHOW, true, true, ch_plugin_show },
	{ "confirm", CH_PLUGIN_CHOICE, true, true, ch_plugin_choice },
	{ "request-public", CH_PLUGIN_PUBLIC, true, true, ch_plugin_show },
	{ "request-secret", CH_PLUGIN_SECRET, true, true, ch_plugin_show },
	{ "recipient-stanza", CH_PLUGIN_ANSWERED, true, false, ch_plugin_stanza },
	{ "labels", CH_PLUGIN_ANSWERED, true, false, ch_plugin_take_labels },
	{ "file-key", CH_PLUGIN_ANSWERED, false, true, ch_plugin_file_key },
	{ "error", CH_PLUGIN_ERROR, true, true, ch_plugin_error },
	{ "done", CH_PLUGIN_DONE, true, true, ch_plugin_done },
};

/* NULL: "the other party MUST respond with an `unsupported` command". */
static const ch_plugin_command *ch_plugin_find(const struct ch_plugin *p, ch_span type)
{
	for (size_t i = 0; i < CH_COUNT(ch_plugin_commands); i++) {
		const ch_plugin_command *c = &ch_plugin_commands[i];

		if (ch_span_eq(type, ch_span_str(c->name)))
			return (p->wrapping ? c->wrap : c->unwrap) ? c : NULL;
	}
	return NULL;
}

static ch_err ch_plugin_take(ch_plugin_event *ev, struct ch_wr *w, struct ch_plugin *p,
    const ch_age_stanza *s)
{
	const ch_plugin_command *c = ch_plugin_find(p, s->type);
	ch_err e = c ? c->take(p, s) : CH_OK;

	if (e != CH_OK)
		return e;
	*ev = c ? c->event : CH_PLUGIN_ANSWERED;
	if (!c)
		ch_age_stanza_put(w, CH_LIT("unsupported"), (ch_span){ 0 });
	else if (*ev == CH_PLUGIN_ANSWERED || *ev == CH_PLUGIN_ERROR)
		ch_plugin_answer(w, true, (ch_span){ 0 });
	return CH_OK;
}

ch_err ch_plugin_next(ch_plugin_event *ev, struct ch_wr *w, struct ch_plugin *p)
{
	struct ch_rd r = ch_rd_of(ch_span_of(p->in, p->n_in));
	ch_age_stanza s;

	*ev = CH_PLUGIN_MORE;
	if (p->err != CH_OK)
		return p->err;
	(void)ch_rd_take(&r, p->used);
	ch_age_stanza_rd(&s, &r);
	if (r.err == CH_E_TRUNCATED) {
		if (p->n_in - p->used == sizeof p->in)
			p->err = CH_E_LIMIT;
		return p->err;
	}
	p->err = r.err;
	if (p->err == CH_OK && ++p->n_messages > CH_PLUGIN_MESSAGES)
		p->err = CH_E_LIMIT;
	if (p->err == CH_OK)
		p->err = ch_plugin_take(ev, w, p, &s);
	p->used = r.err == CH_OK ? r.at : p->used;
	return p->err;
}

/* ---- answers ---- */

void ch_plugin_answer(struct ch_wr *w, bool ok, ch_span body)
{
	ch_age_stanza_put(w, ok ? CH_LIT("ok") : CH_LIT("fail"), ok ? body : (ch_span){ 0 });
}

void ch_plugin_answer_choice(struct ch_wr *w, bool yes)
{
	ch_age_stanza_put(w, yes ? CH_LIT("ok yes") : CH_LIT("ok no"), (ch_span){ 0 });
}

/* ---- labels ---- */

static bool ch_plugin_label(ch_span *one, struct ch_rd *r)
{
	struct ch_rd probe = *r;

	if (ch_rd_at_end(r))
		return false;
	*one = ch_rd_until(&probe, ' ');
	if (probe.err == CH_OK)
		*r = probe;
	else
		*one = ch_rd_rest(r);
	return true;
}

bool ch_plugin_labels_have(ch_span labels, ch_span one)
{
	struct ch_rd r = ch_rd_of(labels);
	ch_span got;

	while (ch_plugin_label(&got, &r))
		if (ch_span_eq(got, one))
			return true;
	return false;
}

/* Neither has one twice, so two of a size that hold each other's are equal. */
bool ch_plugin_labels_eq(ch_span a, ch_span b)
{
	struct ch_rd ra = ch_rd_of(a), rb = ch_rd_of(b);
	ch_span one;

	while (ch_plugin_label(&one, &ra))
		if (!ch_plugin_labels_have(b, one))
			return false;
	while (ch_plugin_label(&one, &rb))
		if (!ch_plugin_labels_have(a, one))
			return false;
	return true;
}
