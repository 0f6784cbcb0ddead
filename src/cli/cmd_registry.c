/* registry init, run, enrol, status (restore stands by itself): the server in the middle. */
#include "commands.h"
#include "common.h"
#include "hex.h"
#include "party.h"
#include "proc.h"
#include "registry.h"
#include "when.h"

/* The end of a command that works without a home. */
static int end(struct ch_out *out, ch_err e, const char *sentence)
{
	struct ch_problem why = { 0 };

	if (e != CH_OK && sentence[0] != '\0')
		e = ch_problem_set(&why, e, "%s", sentence);
	return ch_out_end(out, e, &why);
}

static int cmd_init(int argc, char **argv)
{
	const char *origin = NULL, *url = NULL, *why = "";
	const ch_opt opt[] = {
		{ .name = "origin", .arg = "NAME", .help = "name of the register, for ever",
		    .value = &origin },
		{ .name = "url", .arg = "URL", .help = "where parties will reach it",
		    .value = &url },
	};
	const ch_usage u = {
		.usage = "registry init DIR --origin NAME [--url URL]",
		.about = "Makes the folder of a registry with new keys. A name that begins with\n"
		    "exercise. makes a registry for drills.",
		.example = "  chancery registry init /srv/registry --origin registry.example",
		.opts = opt, .n_opts = CH_COUNT(opt), .min = 1, .max = 1,
	};
	struct ch_opts o;
	struct ch_out out;
	ch_err e;
	int code = ch_opts_read(&o, argc, argv, &u);

	if (code != CH_EXIT_GO_ON)
		return code;
	if (!origin)
		return ch_out_usage("registry init", "--origin is missing");
	ch_out_begin(&out, &o);
	e = ch_registry_init(o.argv[0], ch_span_str(origin),
	    url ? ch_span_str(url) : (ch_span){ 0 }, &why);
	if (e == CH_OK) {
		ch_out_pair(&out, "origin", "Registry", ch_span_str(origin));
		ch_out_say(&out, "Its keys are in %s/keys: whoever has that file is the registry.",
		    o.argv[0]);
	}
	return end(&out, e, why);
}

static int cmd_run(int argc, char **argv)
{
	struct ch_cli_serve run = { .o.ready = stdout };
	const ch_opt opt[] = { CH_CLI_SERVE_OPTS(&run) };
	const ch_usage u = {
		.usage = "registry run DIR [--listen ADDRESS:PORT] [--tls-cert FILE]",
		.about = "Runs a registry until it is told to stop. One line says when it is\n"
		    "ready. Ends with 5 when a write to the disk failed: nothing acknowledged"
		    " is lost.",
		.example = "  chancery registry run /srv/registry --listen 127.0.0.1:8443",
		.opts = opt, .n_opts = CH_COUNT(opt), .min = 1, .max = 1,
	};
	struct ch_problem why = { 0 };
	const char *bad;
	ch_err e;
	struct ch_opts o;
	struct ch_out out;
	int code = ch_opts_read(&o, argc, argv, &u);

	if (code != CH_EXIT_GO_ON)
		return code;
	ch_out_begin(&out, &o);
	if ((bad = ch_cli_serve_begin(&run)))
		return ch_out_usage("registry run", "%s", bad);
	if (run.with_parent && ch_proc_end_with_parent() != CH_OK)
		return CH_EXIT_FAULT;
	e = ch_registry_run(o.argv[0], &run.o, &why); /* before `why` is read */
	return ch_out_end(&out, e, &why);
}

/* Whom the operator just let in, in words that can be compared by voice. */
static ch_err say_party(struct ch_out *out, ch_span roster)
{
	char words[CH_WORDS_LEN + 1];
	ch_roster r;
	ch_err e = ch_roster_open(&r, roster, NULL, NULL);

	if (e != CH_OK)
		return e;
	ch_party_words(words, r.stmt.v[CH_ROSTER_PARTY_KEY]);
	ch_out_pair(out, "party", "Party", r.party);
	ch_out_pair(out, "words", "Words of its key", ch_span_str(words));
	return CH_OK;
}

static int cmd_enrol(int argc, char **argv)
{
	const ch_usage u = {
		.usage = "registry enrol DIR ROSTER",
		.about = "Admits the party of a roster and pins its party key. Compare the key\n"
		    "with the party out of band first. Works while the registry runs.",
		.example = "  chancery registry enrol /srv/registry alpha.roster.txt",
		.min = 2, .max = 2,
	};
	struct ch_buf b;
	struct ch_opts o;
	struct ch_out out;
	struct ch_problem problem = { 0 };
	const char *why = "";
	ch_err e;
	int code = ch_opts_read(&o, argc, argv, &u);

	if (code != CH_EXIT_GO_ON)
		return code;
	ch_out_begin(&out, &o);
	ch_buf_init(&b, 1u << 20);
	e = ch_cli_read_file(&b, o.argv[1], &problem);
	if (e == CH_OK && (e = ch_registry_enrol(o.argv[0], ch_buf_span(&b), &why)) != CH_OK)
		e = ch_problem_set(&problem, e, "%s", why);
	if (e == CH_OK)
		e = say_party(&out, ch_buf_span(&b));
	if (e == CH_OK)
		ch_out_say(&out, "The party is admitted. Its desk may now send its roster.");
	ch_buf_deinit(&b);
	return ch_out_end(&out, e, &problem);
}

static void say_witnesses(struct ch_out *out, const ch_registry_facts *f)
{
	ch_out_list_begin(out, "witnesses");
	for (size_t i = 0; i < f->n_witnesses; i++) {
		const ch_registry_witness *w = &f->witness[i];
		char when[32] = { 0 };
		struct ch_wr b = ch_wr_of(when, sizeof when - 1);

		ch_out_list_item(out);
		ch_out_pair(out, "name", "Witness", ch_span_str(w->name));
		ch_out_put_number(out, "size", w->size);
		ch_out_put_number(out, "behind", f->size - w->size);
		if (w->size == 0) {
			ch_out_say(out, "  has cosigned nothing yet");
			continue;
		}
		ch_when_put(&b, w->time);
		ch_out_pair(out, "time", "  cosigned last", ch_wr_span(&b));
		ch_out_say(out, w->size < f->size ? "  %llu entries, %llu behind" :
		    "  %llu entries, all there are", (unsigned long long)w->size,
		    (unsigned long long)(f->size - w->size));
	}
	ch_out_list_end(out);
}

static int cmd_status(int argc, char **argv)
{
	const ch_usage u = {
		.usage = "registry status DIR",
		.about = "Shows what a registry is and holds, running or not.",
		.example = "  chancery registry status /srv/registry --json", .min = 1, .max = 1,
	};
	static ch_registry_facts f;
	char hex[65] = { 0 };
	struct ch_wr w = ch_wr_of(hex, 64);
	struct ch_opts o;
	struct ch_out out;
	const char *why = "";
	ch_err e;
	int code = ch_opts_read(&o, argc, argv, &u);

	if (code != CH_EXIT_GO_ON)
		return code;
	ch_out_begin(&out, &o);
	if ((e = ch_registry_status(&f, o.argv[0], &why)) != CH_OK)
		return end(&out, e, why);
	ch_hex_put(&w, ch_span_of(f.root.b, sizeof f.root.b));
	ch_out_pair(&out, "origin", "Registry", ch_span_str(f.origin));
	ch_out_pair(&out, "vkey", "Log key", ch_span_str(f.vkey));
	ch_out_pair(&out, "cosigner", "Cosigner", ch_span_str(f.cosigner));
	ch_out_pair(&out, "root", "Root", ch_span_str(hex));
	ch_out_say(&out, "%llu entries, %llu submissions without an end, %llu KiB on the disk.",
	    (unsigned long long)f.size, (unsigned long long)f.open,
	    (unsigned long long)(f.disk / 1024));
	ch_out_say(&out, f.running ? "It is running." : "It is not running.");
	ch_out_put_number(&out, "size", f.size);
	ch_out_put_number(&out, "open", f.open);
	ch_out_put_number(&out, "disk", f.disk);
	ch_out_put_bool(&out, "exercise", f.exercise);
	ch_out_put_bool(&out, "running", f.running);
	if (f.n_witnesses > 0)
		say_witnesses(&out, &f);
	return end(&out, CH_OK, "");
}

int ch_cmd_registry(int argc, char **argv)
{
	static const ch_command_row rows[] = {
		{ "init", cmd_init, "make a registry's folder", NULL },
		{ "run", cmd_run, "run a registry", NULL },
		{ "enrol", cmd_enrol, "admit a party", NULL },
		{ "status", cmd_status, "show what a registry holds", NULL },
		{ "restore", ch_cmd_registry_restore, "after a restored backup", NULL },
		{ NULL, NULL, NULL, NULL },
	};

	return ch_command_sub("registry", rows, argc, argv);
}
