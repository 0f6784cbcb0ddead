/* outbox: what waits here, what is out there unsigned, what was taken back. */
#include <stdio.h>

#include "colleagues.h"
#include "commands.h"
#include "common.h"
#include "outbox.h"
#include "say.h"
#include "shelf.h"

static void print_waiting(struct ch_cli *c, const ch_outbox_item *it, int64_t now)
{
	char when[CH_SAY_WHEN];
	const char *state = it->rejected ? "rejected" : it->not_before > now ? "held" : "retrying";

	ch_out_list_item(&c->out);
	ch_out_put_string(&c->out, "number", ch_span_str(it->number));
	ch_out_put_string(&c->out, "to", ch_span_str(it->to));
	ch_out_put_string(&c->out, "talks", ch_span_str(it->talks));
	ch_out_put_string(&c->out, "id", ch_span_str(it->id));
	ch_out_put_string(&c->out, "state", ch_span_str(state));
	ch_say_when(when, it->not_before);
	ch_out_put_string(&c->out, "not_before", ch_span_str(when));
	ch_out_say(&c->out, "%-24s %-10s to %s%s%s\n  %s", it->number, state, it->to,
	    it->not_before > now ? ", not before " : "", it->not_before > now ? when : "", it->id);
}

/* `by`: who sent it, when that was another home of ours. */
static void print_one(struct ch_cli *c, const struct ch_talks *t, const char *number,
    const ch_delivery *v, const ch_persons *by)
{
	ch_out_list_item(&c->out);
	ch_out_put_string(&c->out, "number", ch_span_str(number));
	ch_out_put_string(&c->out, "to", v->addressee);
	ch_out_put_string(&c->out, "talks", ch_span_str(t->name));
	ch_out_put_string(&c->out, "state", ch_span_str(ch_state_name(v->state)));
	if (by->n > 0)
		ch_out_put_string(&c->out, "sent_by", ch_span_str(by->text));
	ch_out_say(&c->out, "%-24s %s%s%s", number, ch_say_state(v, true, CH_HOLD_WHOLE),
	    by->n > 0 ? "; sent by " : "", by->text);
}

static void sender(ch_persons *by, const struct ch_dossier *d)
{
	*by = (ch_persons){ 0 };
	if (d->hold == CH_HOLD_SENT)
		ch_colleagues_signed(by, d, "submission");
}

/* One that is settled, by its mark; a glance says whether another home of ours sent it. */
static bool print_settled(struct ch_cli *c, const struct ch_talks *t, const char *name,
    ch_delivery *v)
{
	char number[CH_NUMBER_MAX + 1];
	struct ch_dossier d = { 0 };
	ch_persons by = { 0 };
	ch_settled s;

	if (!ch_shelf_settled(&s, &c->home, t, name) ||
	    ch_dossier_number(number, ch_span_str(name)) != CH_OK)
		return false;
	*v = (ch_delivery){ .state = s.state, .told = s.told,
		.addressee = ch_span_str(s.addressee) };
	v->step[s.last].present = true;
	v->step[CH_STEP_HANDOVER].present = s.state == CH_STATE_DELIVERED;
	if (s.ours && ch_dossier_glance(&d, &c->home, t, ch_span_str(name)) == CH_OK)
		sender(&by, &d);
	ch_dossier_close(&d);
	if (s.ours)
		print_one(c, t, number, v, &by);
	return true;
}

static ch_err print_sent(struct ch_cli *c, const struct ch_talks *t)
{
	struct ch_dir dir = { 0 };
	ch_delivery *v = ch_alloc(sizeof *v);
	ch_err e = v ? ch_dossier_list(&dir, &c->home, t) : CH_E_NOMEM;

	for (size_t i = 0; e == CH_OK && i < dir.n; i++) {
		struct ch_dossier d;
		ch_persons by;

		if (print_settled(c, t, dir.names[i], v))
			continue;
		e = ch_dossier_open(&d, &c->home, t, ch_span_str(dir.names[i]), NULL);
		if (e == CH_E_ABSENT) {
			e = CH_OK;
			continue;
		}
		if (e == CH_OK && d.ours && (e = ch_dossier_judge(v, &d, &c->why)) == CH_OK) {
			sender(&by, &d);
			print_one(c, t, d.number, v, &by);
		}
		ch_dossier_close(&d);
	}
	ch_dir_deinit(&dir);
	ch_free(v, sizeof *v);
	return e;
}

static ch_err list(struct ch_cli *c)
{
	struct ch_arena a;
	ch_outbox_item *item;
	struct ch_dir names = { 0 };
	size_t n = 0;
	int64_t now;
	ch_err e = ch_home_now(&now, &c->home);

	ch_arena_init(&a, (size_t)1 << 20);
	if (e == CH_OK)
		e = ch_outbox_list(&item, &n, &a, &c->home, &c->why);
	ch_out_list_begin(&c->out, "waiting");
	for (size_t i = 0; e == CH_OK && i < n; i++)
		print_waiting(c, &item[i], now);
	ch_out_list_end(&c->out);
	ch_arena_deinit(&a);
	ch_out_list_begin(&c->out, "sent");
	if (e == CH_OK)
		e = ch_cli_talks_names(&names, c);
	for (size_t i = 0; e == CH_OK && i < names.n; i++) {
		struct ch_talks t = { 0 };
		struct ch_problem quiet = { 0 };

		if (ch_talks_load(&t, &c->home, names.names[i], &quiet) == CH_OK &&
		    t.state == CH_TALKS_FORCE)
			e = print_sent(c, &t);
		ch_talks_deinit(&t);
	}
	ch_dir_deinit(&names);
	ch_out_list_end(&c->out);
	return e;
}

int ch_cmd_outbox(int argc, char **argv)
{
	const char *cancel = NULL;
	const ch_opt own[] = {
		{ .name = "cancel", .arg = "ID", .value = &cancel,
		    .help = "take one out before it was sent" },
	};
	const ch_usage u = {
		.usage = "outbox [--cancel ID]",
		.about = "Lists papers of ours: those that wait here to be sent, and those sent "
		    "with their\n"
		    "state. One that was sent is taken back with chancery take-back.",
		.example = "  chancery outbox", .opts = own, .n_opts = CH_COUNT(own), .max = 0,
	};
	struct ch_cli *c;
	int end = ch_cli_start(&c, argc, argv, &u);
	ch_err e;

	if (end != CH_EXIT_GO_ON)
		return end;
	e = ch_cli_open(c, cancel ? CH_CLI_LOCK : 0);
	if (e == CH_OK && cancel) {
		e = ch_outbox_cancel(&c->home, cancel, &c->why);
		if (e == CH_OK)
			ch_out_say(&c->out, "It was taken out of the outbox; it was never sent.");
	} else if (e == CH_OK) {
		e = list(c);
	}
	return ch_cli_close(c, e);
}
