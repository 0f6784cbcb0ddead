/* seal: any file, for recipients or under a passphrase; with the flags of age. */
#include <stdio.h>

#include "commands.h"
#include "files_cli.h"
#include "flow.h"
#include "rng.h"
#include "wipe.h"
#include "words.h"

#define WORK 18    /* scrypt: 256 MiB, under a second, as age has it */
#define GROUPS 7   /* of a passphrase that we make: 112 bits          */

struct ask {
	struct ch_opt_many to, files, own, plugins;
	const char *output;
	bool pass, armor, encrypt;
	uint64_t threads, patience;
};

/* Large and secret: from ch_alloc(). */
struct seal_job {
	struct ch_ring ring;
	struct ch_flow flow;
	struct ch_seal seal;
	struct ch_seal_random random;
	struct ch_secret64 *wrap;
	struct ch_buf foreign; /* stanzas of plugins */
	uint8_t salt[CH_AGE_SCRYPT_SALT];
	uint8_t head[CH_AGE_HEADER_MAX + CH_AGE_NONCE];
};

/* ---- for whom ---- */

static ch_err check_usage(const struct ask *a, struct ch_cli *c)
{
	bool keys = a->to.n || a->files.n || a->own.n || a->plugins.n;

	if (a->pass && keys)
		return ch_problem_set(&c->why, CH_E_FORMAT, "a file is sealed for recipients or "
		    "under a passphrase, not both (age's rule); nothing was sealed");
	if (!a->pass && !keys)
		return ch_problem_set(&c->why, CH_E_FORMAT, "for whom? give -r RECIPIENT, -R FILE, "
		    "-i FILE, or -p for a passphrase; nothing was sealed");
	if (!a->output && !a->armor && ch_term_is_tty(1))
		return ch_problem_set(&c->why, CH_E_FORMAT, "sealed bytes are nothing for a "
		    "terminal; give -o FILE, or -a for text, or -o - to have it anyhow");
	return ch_files_json(c, a->output);
}

static ch_err gather(struct seal_job *j, const struct ask *a, struct ch_cli *c)
{
	ch_err e = CH_OK;

	for (size_t i = 0; e == CH_OK && i < a->to.n; i++)
		e = ch_ring_recipient(&j->ring, ch_span_str(a->to.v[i]), &c->why);
	for (size_t i = 0; e == CH_OK && i < a->files.n; i++)
		e = ch_ring_recipients(&j->ring, a->files.v[i], &c->why);
	for (size_t i = 0; e == CH_OK && i < a->own.n; i++)
		e = ch_ring_identities(&j->ring, a->own.v[i], &c->why);
	for (size_t i = 0; e == CH_OK && i < a->plugins.n; i++)
		e = ch_ring_plugin(&j->ring, a->plugins.v[i], &c->why);
	return e == CH_OK ? ch_ring_to_own(&j->ring, &c->why) : e;
}

/* ---- passphrases ---- */

static ch_err make_pass(struct ch_pass *out)
{
	uint8_t bits[2 * GROUPS];
	ch_err e = ch_random(bits, sizeof bits);

	for (size_t i = 0; e == CH_OK && i < GROUPS; i++) {
		if (i > 0)
			out->b[out->n++] = '-';
		ch_word_group(&out->b[out->n], (unsigned)bits[2 * i] << 8 | bits[2 * i + 1]);
		out->n += CH_WORD_GROUP;
	}
	ch_wipe(bits, sizeof bits);
	return e;
}

static ch_err show_pass(const struct ch_pass *p)
{
	char line[128];
	ch_err e;

	(void)snprintf(line, sizeof line, "The passphrase is  %.*s\nIt is shown this once.\n",
	    (int)p->n, (const char *)p->b);
	e = ch_term_tell(line);
	ch_wipe(line, sizeof line);
	return e;
}

/* Asked twice; an empty one is age's wish to be given one. */
static ch_err new_pass(struct ch_pass *out, struct ch_cli *c)
{
	ch_err e;

	if (c->opts.pass_file || c->opts.pass_fd >= 0)
		return ch_cli_pass(out, &c->opts, true, &c->why);
	e = ch_term_ask(out, "New passphrase (leave it empty to be given a strong one): ", false);
	if (e == CH_OK && out->n > 0)
		return ch_cli_pass_again(out, &c->why);
	if (e == CH_OK)
		e = make_pass(out);
	if (e == CH_OK)
		e = show_pass(out);
	return ch_cli_pass_fault(&c->why, e);
}

/* ---- sealing ---- */

static ch_err randomness(struct seal_job *j)
{
	size_t n = j->ring.n_to ? j->ring.n_to : 1;
	ch_err e;

	j->wrap = ch_alloc_array(n, sizeof *j->wrap);
	if (!j->wrap)
		return CH_E_NOMEM;
	e = ch_random(j->wrap, n * sizeof *j->wrap);
	j->random.wrap = j->wrap;
	if (e == CH_OK)
		e = ch_random(&j->random.file_key, sizeof j->random.file_key);
	if (e == CH_OK)
		e = ch_random(j->random.nonce, sizeof j->random.nonce);
	return e == CH_OK ? ch_random(j->salt, sizeof j->salt) : e;
}

static ch_err header(struct ch_wr *w, struct seal_job *j, const struct ask *a, struct ch_cli *c)
{
	ch_err e = randomness(j);

	if (e == CH_OK)
		e = ch_seal_init(&j->seal);
	if (e == CH_OK && a->pass)
		e = ch_seal_start_passphrase(&j->seal, w, ch_pass_span(&c->pass), j->salt, WORK,
		    &j->random);
	else if (e == CH_OK)
		e = ch_ring_foreign(&j->foreign, &j->ring, &j->random.file_key, &c->why);
	if (e == CH_OK && !a->pass)
		e = ch_seal_start_with(&j->seal, w, j->ring.to, j->ring.n_to,
		    ch_buf_span(&j->foreign), &j->random);
	if (e == CH_E_LIMIT)
		return ch_problem_set(&c->why, e, "that is more recipients than a header may hold; "
		    "nothing was sealed");
	return ch_cli_fault(&c->why, e, "nothing was sealed");
}

static ch_err flow(struct seal_job *j, const struct ask *a, struct ch_cli *c, ch_span head)
{
	const char *in = ch_files_path(c->opts.argc ? c->opts.argv[0] : NULL);
	const char *out = ch_files_path(a->output);
	struct ch_flow *f = &j->flow;
	ch_err e;

	ch_flow_begin(f);
	f->threads = (unsigned)(a->threads > CH_FLOW_THREADS ? CH_FLOW_THREADS : a->threads);
	f->progress = "Sealing";
	f->armor = a->armor;
	e = ch_flow_input(f, in);
	if (e == CH_OK)
		e = ch_flow_output(f, out, 0600);
	if (e == CH_OK)
		e = ch_flow_seal(f, head, &j->random);
	if (e != CH_OK)
		return ch_files_fault(&c->why, f, e, in, out);
	ch_out_put_number(&c->out, "bytes", f->done);
	if (out)
		ch_out_put_string(&c->out, "file", ch_span_str(out));
	return CH_OK;
}

static ch_err seal(struct seal_job *j, const struct ask *a, struct ch_cli *c)
{
	struct ch_wr w = ch_wr_of(j->head, sizeof j->head);
	ch_err e = check_usage(a, c);

	j->ring.ui.patience = ch_files_patience(a->patience);
	if (e == CH_OK && !(c->opts.argc && ch_files_path(c->opts.argv[0])))
		j->ring.stdin_used = true;
	if (e == CH_OK)
		e = a->pass ? new_pass(&c->pass, c) : gather(j, a, c);
	if (e == CH_OK)
		e = header(&w, j, a, c);
	if (e == CH_OK)
		e = flow(j, a, c, ch_wr_span(&w));
	if (e == CH_OK)
		ch_out_put_number(&c->out, "recipients", j->ring.n_to + j->ring.n_plugins);
	return e;
}

static ch_err run(struct ch_cli *c, const struct ask *a)
{
	struct seal_job *j = ch_alloc(sizeof *j);
	ch_err e;

	if (!j)
		return CH_E_NOMEM;
	ch_files_ring(&j->ring, c);
	ch_buf_init(&j->foreign, CH_AGE_HEADER_MAX);
	ch_flow_begin(&j->flow);
	e = seal(j, a, c);
	ch_flow_end(&j->flow);
	ch_seal_deinit(&j->seal);
	ch_free(j->wrap, (j->ring.n_to ? j->ring.n_to : 1) * sizeof *j->wrap);
	ch_ring_deinit(&j->ring);
	ch_buf_deinit(&j->foreign);
	ch_free(j, sizeof *j);
	return e;
}

int ch_cmd_seal(int argc, char **argv)
{
	struct ask a = { 0 };
	const ch_opt own[] = {
		{ .name = "recipient", .brief = 'r', .arg = "RECIPIENT", .many = &a.to,
		    .help = "for whom to seal, age1…; again for more" },
		{ .name = "recipients-file", .brief = 'R', .arg = "FILE", .many = &a.files,
		    .help = "for all recipients in FILE, one a line; again for more" },
		{ .name = "identity", .brief = 'i', .arg = "FILE", .many = &a.own,
		    .help = "for the recipients of the identities in FILE" },
		{ .name = "j", .arg = "PLUGIN", .many = &a.plugins,
		    .help = "for a plugin that needs no recipient" },
		{ .name = "plugin-wait", .arg = "SECONDS", .number = &a.patience,
		    .help = "stop a plugin that is silent for so long (300)" },
		{ .name = "passphrase", .brief = 'p', .flag = &a.pass,
		    .help = "under a passphrase; an empty answer gives you a strong one" },
		{ .name = "armor", .brief = 'a', .flag = &a.armor,
		    .help = "write text (ASCII armor), a third longer" },
		{ .name = "output", .brief = 'o', .arg = "FILE", .value = &a.output,
		    .help = "write there; what is there is replaced when all is sealed" },
		{ .name = "encrypt", .brief = 'e', .flag = &a.encrypt,
		    .help = "changes nothing: age has it" },
		{ .name = "threads", .arg = "N", .number = &a.threads,
		    .help = "work with N threads (else one a core)" },
	};
	const ch_usage u = {
		.usage = "seal (-r RECIPIENT | -R FILE | -i FILE | -p) [-a] [-o FILE] [FILE]",
		.about = "Seals a file, or standard input, in the format of age, with age's flags. "
		    "Whoever\n"
		    "holds one of the identities opens it; nothing in it says who sealed it.\n"
		    CH_FILES_WHO,
		.example = "  chancery seal -r age1… -o minutes.pdf.age minutes.pdf",
		.opts = own, .n_opts = CH_COUNT(own), .min = 0, .max = 1, .alone = true,
	};
	struct ch_cli *c;
	int end = ch_cli_start(&c, argc, argv, &u);

	if (end != CH_EXIT_GO_ON)
		return end;
	return ch_cli_close(c, run(c, &a));
}
