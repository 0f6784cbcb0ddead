/* inbox: what waits for our signature. Before it there is only the cover, so nothing is "read". */
#include <stdio.h>

#include "colleagues.h"
#include "commands.h"
#include "common.h"
#include "say.h"
#include "shelf.h"
#include "waiting.h"

static void print_one(struct ch_cli *c, const struct ch_dossier *d, const ch_delivery *v,
    const ch_cover *cover, const char *talks)
{
	char when[CH_SAY_WHEN];
	struct ch_out *o = &c->out;
	const ch_fact *reg = &v->step[CH_STEP_REGISTERED];

	ch_out_list_item(o);
	ch_out_put_string(o, "talks", ch_span_str(talks));
	ch_out_head(o, "%s", d->number);
	ch_out_put_string(o, "state", ch_span_str(ch_state_name(v->state)));
	ch_say_cover(o, cover->v);
	ch_out_pair(o, "registered", "Registered", ch_span_str(ch_say_when(when, reg->claimed)));
	ch_out_pair(o, "lapses", "Lapses", ch_span_str(ch_say_when(when, v->lapse)));
}

/* One that only other delegates of our party can sign for. */
static void print_other(struct ch_cli *c, const struct ch_dossier *d, const ch_delivery *v,
    const char *talks)
{
	char when[CH_SAY_WHEN];
	struct ch_problem where = { 0 };
	struct ch_out *o = &c->out;

	if (ch_colleagues_say(d, v, &where) == CH_OK)
		return;
	ch_out_list_item(o);
	ch_out_put_string(o, "talks", ch_span_str(talks));
	ch_out_put_string(o, "number", ch_span_str(d->number));
	ch_out_put_string(o, "state", ch_span_str(ch_state_name(v->state)));
	ch_out_put_string(o, "text", ch_span_str(where.text));
	ch_out_say(o, "%s", where.text);
	ch_out_pair(o, "lapses", "Lapses", ch_span_str(ch_say_when(when, v->lapse)));
}

static ch_err print_waiting(struct ch_cli *c, const struct ch_dossier *d, const ch_delivery *v,
    const char *talks)
{
	struct ch_buf text = { 0 };
	ch_cover cover;
	ch_err e = CH_OK;

	if (d->hold == CH_HOLD_BEFORE)
		print_other(c, d, v, talks);
	else if ((e = ch_dossier_cover(&cover, &text, d, &c->why)) == CH_OK)
		print_one(c, d, v, &cover, talks);
	ch_buf_deinit(&text);
	return e;
}

/* Those of one hold that wait. */
static ch_err of_talks(struct ch_cli *c, const struct ch_talks *t, ch_hold hold, unsigned *n)
{
	struct ch_dir dir;
	ch_delivery *v = ch_alloc(sizeof *v);
	ch_err e = v ? ch_dossier_list(&dir, &c->home, t) : CH_E_NOMEM;

	for (size_t i = 0; e == CH_OK && i < dir.n; i++) {
		struct ch_dossier d;
		ch_settled settled;

		if (ch_shelf_settled(&settled, &c->home, t, dir.names[i]))
			continue;
		e = ch_dossier_open(&d, &c->home, t, ch_span_str(dir.names[i]), NULL);
		if (e == CH_E_ABSENT) {
			e = CH_OK;
			continue;
		}
		bool is = e == CH_OK && !d.ours && d.hold == hold;

		if (is)
			e = ch_dossier_judge(v, &d, &c->why);
		if (e == CH_OK && is && !v->step[CH_STEP_HANDOVER].present &&
		    (v->state == CH_STATE_REGISTERED || v->state == CH_STATE_NOTICED)) {
			e = print_waiting(c, &d, v, t->name);
			*n += e == CH_OK;
		}
		ch_dossier_close(&d);
	}
	if (v)
		ch_dir_deinit(&dir);
	ch_free(v, sizeof *v);
	return e;
}

static ch_err list(struct ch_cli *c, ch_err e, const struct ch_dir *names, ch_hold hold,
    unsigned *n)
{
	ch_out_list_begin(&c->out, hold == CH_HOLD_WHOLE ? "waiting" : "waiting_for_others");
	for (size_t i = 0; e == CH_OK && i < names->n; i++) {
		struct ch_talks t = { 0 };
		struct ch_problem quiet = { 0 };

		if (ch_talks_load(&t, &c->home, names->names[i], &quiet) == CH_OK &&
		    t.state == CH_TALKS_FORCE)
			e = of_talks(c, &t, hold, n);
		ch_talks_deinit(&t);
	}
	ch_out_list_end(&c->out);
	return e;
}

int ch_cmd_inbox(int argc, char **argv)
{
	const ch_usage u = {
		.usage = "inbox",
		.about = "Lists the papers that wait for your signature, by their covers. Run "
		    "chancery sync\n"
		    "first: this looks only at what is here.",
		.example = "  chancery inbox", .max = 0,
	};
	struct ch_cli *c;
	struct ch_dir names = { 0 };
	struct ch_problem may = { 0 };
	unsigned n = 0, others = 0;
	size_t waiting;
	int end = ch_cli_start(&c, argc, argv, &u);
	ch_err e;

	if (end != CH_EXIT_GO_ON)
		return end;
	e = ch_cli_open(c, CH_CLI_UNLOCK);
	if (e == CH_OK)
		e = ch_cli_talks_names(&names, c);
	e = list(c, e, &names, CH_HOLD_WHOLE, &n);
	e = list(c, e, &names, CH_HOLD_BEFORE, &others);
	if (e == CH_OK && n > 0 && ch_colleagues_may(&c->home, CH_POW_SIGN_FOR, &may) !=
	    CH_OK)
		ch_out_say(&c->out, "They wait for a colleague: %s.", may.text);
	waiting = e == CH_OK ? ch_waiting_n(&c->home) : 0;
	ch_out_put_number(&c->out, "waiting_for_token", waiting);
	if (waiting > 0)
		ch_out_say(&c->out, "Sealed to your hardware key and not opened here yet: %zu; "
		    "chancery sync names each.", waiting);
	else if (e == CH_OK && n + others == 0)
		ch_out_say(&c->out, "Nothing waits for your signature.");
	ch_dir_deinit(&names);
	return ch_cli_close(c, e);
}
