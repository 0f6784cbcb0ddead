/* status: what this home holds, from its files alone. Asks nobody and needs no passphrase. */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "cosigners.h"
#include "talks_cli.h"
#include "when.h"

#define NAMES_MAX 10000

static void print_roster(struct ch_cli *c)
{
	struct ch_roster_file r = { 0 };
	struct ch_buf proof;
	char text[128];
	int64_t now = 0;
	bool published, current;

	if (ch_party_roster(&r, &c->home, ch_span_str(c->home.handle), 0, NULL) != CH_OK)
		return;
	ch_buf_init(&proof, CH_WATCH_PROOF_MAX);
	published = ch_party_roster_proof(&proof, &c->home, ch_span_str(c->home.handle),
	    r.version) == CH_OK;
	ch_buf_deinit(&proof);
	current = ch_home_now(&now, &c->home) != CH_OK || ch_roster_is_current(&r.roster, now);
	(void)snprintf(text, sizeof text, "version %llu, valid until %.*s%s%s",
	    (unsigned long long)r.version, (int)r.roster.stmt.v[CH_ROSTER_VALID_UNTIL].n,
	    (const char *)r.roster.stmt.v[CH_ROSTER_VALID_UNTIL].p,
	    published ? "" : ", not published", current ? "" : ", PAST ITS DATE");
	ch_out_pair(&c->out, "roster", "Roster", ch_span_str(text));
	ch_out_put_number(&c->out, "roster_version", r.version);
	ch_out_put_bool(&c->out, "roster_published", published);
	if (!current)
		ch_out_warn("our roster is past its date; chancery roster renew");
	ch_roster_file_deinit(&r);
}

static void put_time(struct ch_wr *w, int64_t t, const char *none)
{
	if (t > 0)
		ch_when_put(w, t);
	else
		ch_wr_str(w, none);
}

/* Who cosigned the newest checkpoint of which that was asked, and when. */
static void print_cosigners(struct ch_cli *c, const struct ch_watch *v)
{
	char names[1024] = "", times[1024] = "", one[CH_KEYNAME_MAX + 40];
	struct ch_wr wn = ch_wr_of(names, sizeof names - 1), wt = ch_wr_of(times, sizeof times - 1);
	struct ch_buf kept;
	ch_cosigner_who who;
	ch_checkpoint cp;
	ch_note note;
	int64_t t;
	ch_err e = ch_cosigners_open(&cp, &note, &kept, v);

	for (size_t i = 0; e == CH_OK && i < note.n; i++) {
		struct ch_wr w = ch_wr_of(one, sizeof one);

		if (!ch_cosigner_at(&who, &t, v, &note, i))
			continue;
		ch_wr_str(&wn, wn.n > 0 ? " " : "");
		ch_wr_put(&wn, note.line[i].name);
		ch_wr_str(&wt, wt.n > 0 ? " " : "");
		put_time(&wt, t, "-");
		ch_wr_put(&w, note.line[i].name);
		ch_wr_str(&w, " ");
		put_time(&w, t, "(no key on file shows it)");
		if (!c->out.json)
			ch_out_pair(&c->out, "", "  cosigned by", ch_wr_span(&w));
	}
	if (wn.n > 0 && ch_wr_done(&wn) == CH_OK && ch_wr_done(&wt) == CH_OK) {
		ch_out_put_string(&c->out, "cosigners", ch_wr_span(&wn));
		ch_out_put_string(&c->out, "cosigned", ch_wr_span(&wt));
	}
	ch_buf_deinit(&kept);
}

/* Size and cosigners of the last checkpoint on file. */
static void print_checkpoint(struct ch_cli *c, const char *origin)
{
	char path[CH_PATH_MAX], text[96];
	struct ch_buf b;
	ch_checkpoint cp;
	ch_note note;

	ch_buf_init(&b, CH_WATCH_NOTE_MAX);
	if (ch_home_path(path, &c->home, "registries/%s/checkpoint.txt", origin) == CH_OK &&
	    ch_file_read(&b, path) == CH_OK &&
	    ch_note_parse(&note, ch_buf_span(&b), CH_NOTE_TEXT_MAX) == CH_OK &&
	    ch_checkpoint_parse(&cp, note.text) == CH_OK) {
		(void)snprintf(text, sizeof text, "%llu entries, %zu cosigners",
		    (unsigned long long)cp.size, note.n - 1);
		ch_out_pair(&c->out, "checkpoint", "  last seen", ch_span_str(text));
		ch_out_put_number(&c->out, "size", cp.size);
	}
	ch_buf_deinit(&b);
}

/* An alarm is told beside it; without a card there are no keys to judge by. */
static void print_watched(struct ch_cli *c, const char *origin)
{
	struct ch_problem quiet = { 0 };
	struct ch_link link = { 0 };
	struct ch_watch v = { 0 };
	ch_err e = ch_link_open(&link, &c->home, ch_span_str(origin), &quiet);

	if (e == CH_OK)
		e = ch_watch_open(&v, &c->home, &link, &quiet);
	if (v.vkey_text[0] && (e == CH_OK || e == CH_E_CONFLICT))
		print_cosigners(c, &v);
	ch_watch_close(&v);
	ch_link_close(&link);
}

static size_t count_alarms(struct ch_cli *c, const char *origin)
{
	char path[CH_PATH_MAX];
	struct ch_dir d = { 0 };
	size_t n = 0;

	if (ch_home_path(path, &c->home, "registries/%s", origin) == CH_OK &&
	    ch_dir_list(&d, path, NAMES_MAX) == CH_OK)
		for (size_t i = 0; i < d.n; i++)
			n += strncmp(d.names[i], "alarm-", 6) == 0;
	ch_dir_deinit(&d);
	return n;
}

static ch_err print_registries(struct ch_cli *c)
{
	char path[CH_PATH_MAX];
	struct ch_dir d = { 0 };
	ch_err e = ch_home_path(path, &c->home, "registries");

	if (e == CH_OK)
		e = ch_dir_list(&d, path, NAMES_MAX);
	ch_out_list_begin(&c->out, "registries");
	for (size_t i = 0; e == CH_OK && i < d.n; i++) {
		size_t alarms = count_alarms(c, d.names[i]);

		ch_out_list_item(&c->out);
		ch_out_pair(&c->out, "registry", "Registry", ch_span_str(d.names[i]));
		print_checkpoint(c, d.names[i]);
		print_watched(c, d.names[i]);
		ch_out_put_bool(&c->out, "alarm", alarms > 0);
		if (alarms > 0)
			ch_out_head(&c->out, "  ALARM: evidence against it is in %s/%s", path,
			    d.names[i]);
	}
	ch_out_list_end(&c->out);
	ch_dir_deinit(&d);
	return e;
}

static void print_talks_alarm(struct ch_cli *c)
{
	char path[CH_PATH_MAX];
	bool alarm = ch_talks_alarm(path, &c->home, c->talks.name) == CH_OK;

	ch_out_put_bool(&c->out, "alarm", alarm);
	if (alarm)
		ch_out_head(&c->out, "  ALARM: evidence against its registry is in %s", path);
}

static ch_err print_talks(struct ch_cli *c)
{
	struct ch_dir d = { 0 };
	ch_err e = ch_talks_names(&d, &c->home);

	ch_out_list_begin(&c->out, "talks");
	for (size_t i = 0; e == CH_OK && i < d.n; i++) {
		e = ch_talks_load(&c->talks, &c->home, d.names[i], &c->why);
		if (e != CH_OK)
			break;
		ch_out_list_item(&c->out);
		ch_out_pair(&c->out, "talks", "Talks", ch_span_str(c->talks.name));
		ch_out_pair(&c->out, "state", "  state",
		    ch_span_str(ch_talks_state_name(c->talks.state)));
		print_talks_alarm(c);
		ch_talks_deinit(&c->talks);
	}
	ch_out_list_end(&c->out);
	ch_dir_deinit(&d);
	return e;
}

static ch_err print_outbox(struct ch_cli *c)
{
	char path[CH_PATH_MAX];
	struct ch_dir d = { 0 };
	ch_err e = ch_home_path(path, &c->home, "outbox");

	if (e == CH_OK)
		e = ch_dir_list(&d, path, NAMES_MAX);
	if (e == CH_OK && d.n > 0)
		ch_out_say(&c->out, "%zu papers wait in the outbox: chancery outbox", d.n);
	ch_out_put_number(&c->out, "outbox", d.n);
	ch_dir_deinit(&d);
	return e == CH_E_ABSENT ? CH_OK : e;
}

/* Where we are, and what we are not any more. */
static void print_home(struct ch_cli *c)
{
	struct ch_problem gone = { 0 };

	ch_out_pair(&c->out, "party", "Party", ch_span_str(c->home.handle));
	ch_out_pair(&c->out, "delegate", "Delegate", ch_span_str(c->home.delegate));
	ch_out_pair(&c->out, "home", "Home", ch_span_str(c->home.dir));
	ch_out_put_bool(&c->out, "exercise", c->home.exercise);
	if (c->home.exercise)
		ch_out_head(&c->out, "This is an exercise: nothing here is real.");
	if (ch_delegate_must_stand(&c->home, &gone) != CH_OK)
		ch_out_pair(&c->out, "recalled", "Recalled", ch_span_str(gone.text));
}

int ch_cmd_status(int argc, char **argv)
{
	const ch_usage u = {
		.usage = "status",
		.about = "Shows what this home holds and what waits, from its files alone.",
		.example = "  chancery status --json", .max = 0,
	};
	struct ch_cli *c;
	int end = ch_cli_start(&c, argc, argv, &u);
	ch_err e;

	if (end != CH_EXIT_GO_ON)
		return end;
	e = ch_cli_open(c, CH_CLI_LOOK);
	if (e == CH_OK) {
		print_home(c);
		print_roster(c);
		e = print_registries(c);
	}
	if (e == CH_OK)
		e = print_talks(c);
	if (e == CH_OK)
		e = print_outbox(c);
	return ch_cli_close(c, e);
}
