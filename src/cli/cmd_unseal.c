/* unseal: open a file in age's format, with the flags of age. */
#include <string.h>

#include "age_header.h"
#include "commands.h"
#include "files_cli.h"
#include "hold.h"
#include "part.h"
#include "seal.h"
#include "text.h"
#include "wipe.h"

#define SHOWN_MAX (1u << 20) /* bytes of text that a terminal is good for */

struct ask {
	struct ch_opt_many ids, plugins;
	const char *output;
	bool decrypt;
	uint64_t threads, patience, from, length; /* length UINT64_MAX: to the end */
};

/* Large and secret: from ch_alloc(). */
struct unseal_job {
	struct ch_ring ring;
	struct ch_flow flow;
	struct ch_file_key key;
	const char *in, *out;
	bool shown; /* on a terminal, so held back until all is verified */
	struct ch_hold hold;
	struct ch_buf text;
};

static ch_err key_by_pass(struct unseal_job *j, struct ch_cli *c, ch_span header,
    const uint8_t *nonce)
{
	struct ch_open o;
	ch_err e = ch_cli_pass(&c->pass, &c->opts, false, &c->why);

	if (e == CH_OK)
		e = ch_open_init(&o);
	if (e != CH_OK)
		return e;
	e = ch_open_start(&o, &j->key, header, nonce, &(struct ch_open_keys){
	    .pass = ch_pass_span(&c->pass), .max_log_n = CH_RING_WORK_MAX });
	ch_open_deinit(&o);
	if (e == CH_E_ABSENT)
		return ch_problem_set(&c->why, CH_E_LOCKED, "that is not the passphrase; nothing "
		    "was opened");
	if (e == CH_E_LIMIT)
		return ch_problem_set(&c->why, e, "its passphrase asks for more work than 2^%d, "
		    "which no honest file does; nothing was opened", CH_RING_WORK_MAX);
	return e;
}

static ch_err key_of(struct unseal_job *j, struct ch_cli *c, ch_span header, const uint8_t *nonce)
{
	bool pass, ids = ch_ring_has_identities(&j->ring);
	ch_err e = ch_ring_wants_pass(&pass, header);

	if (e != CH_OK)
		return ch_problem_set(&c->why, e, "its header is malformed; nothing was opened");
	if (!pass && !ids)
		return ch_problem_set(&c->why, CH_E_ABSENT, "that file is sealed for recipients; "
		    "name an identity with -i; nothing was opened");
	if (pass && !ids)
		e = key_by_pass(j, c, header, nonce);
	else
		e = ch_ring_file_key(&j->key, &j->ring, header, &c->why);
	if (e == CH_E_ABSENT && pass)
		return ch_problem_set(&c->why, e, "that file is under a passphrase; leave out -i "
		    "and -j and you are asked for it; nothing was opened");
	if (e == CH_E_ABSENT)
		return ch_problem_set(&c->why, e, "it is not sealed for any of these identities; "
		    "nothing was opened");
	if (e == CH_E_AUTH)
		return ch_problem_set(&c->why, e, "its header was altered: a key fits and its seal "
		    "does not; nothing was opened");
	if (e == CH_E_FORMAT)
		return ch_problem_set(&c->why, e, "its header is malformed; nothing was opened");
	return e;
}

/* ---- a part ---- */

static ch_err part(struct unseal_job *j, const struct ask *a, struct ch_cli *c)
{
	struct ch_flow *f = &j->flow;
	uint64_t size;
	ch_err e = ch_part_open(&size, f, &j->key, a->from, a->length);

	if (e == CH_E_FORMAT && f->side == CH_FLOW_INPUT)
		return ch_problem_set(&c->why, e, "a part can be read of a plain file only, not "
		    "of a pipe and not of armor; nothing was written");
	if (e == CH_E_LIMIT && f->side == CH_FLOW_CONTENT)
		return ch_problem_set(&c->why, e, "it has %llu bytes, so nothing is there; nothing "
		    "was written", (unsigned long long)size);
	if (e == CH_OK)
		ch_out_put_number(&c->out, "size", size);
	return e;
}

/* ---- on a terminal ---- */

/* Bytes that a terminal would obey are no text; what merely misleads is marked when shown. */
static bool is_text(ch_span s)
{
	int32_t cp;

	for (size_t at = 0; at < s.n;) {
		unsigned k = ch_text_decode(&cp, s, at);

		if (k == 0 || (cp < 32 && cp != '\n' && cp != '\r' && cp != '\t') ||
		    (cp >= 127 && cp < 160))
			return false;
		at += k;
	}
	return true;
}

static ch_err show(struct unseal_job *j, struct ch_cli *c, ch_err e)
{
	ch_err e2 = ch_hold_end(&j->hold, &j->text);

	if (e != CH_OK || e2 != CH_OK)
		return e != CH_OK ? e : e2;
	if (!is_text(ch_buf_span(&j->text)))
		return ch_problem_set(&c->why, CH_E_FORMAT, "that is no text, so it is not shown; "
		    "give -o FILE, or -o - to have it anyhow");
	ch_out_text(&c->out, ch_buf_span(&j->text));
	return CH_OK;
}

/* ---- all of it ---- */

static ch_err fault(struct unseal_job *j, struct ch_cli *c, ch_err e)
{
	if (e != CH_OK && j->shown) {
		if (e == CH_E_DENIED && j->flow.side == CH_FLOW_OUTPUT)
			return ch_problem_set(&c->why, CH_E_LIMIT, "that is more than %u bytes, "
			    "so it is not shown; give -o FILE", SHOWN_MAX);
		j->flow.spilled = false;
	}
	return e == CH_OK ? CH_OK : ch_files_fault(&c->why, &j->flow, e, j->in, j->out);
}

static ch_err flow(struct unseal_job *j, const struct ask *a, struct ch_cli *c)
{
	struct ch_flow *f = &j->flow;
	const uint8_t *nonce;
	ch_span header;
	ch_err e = ch_flow_input(f, j->in);

	if (e == CH_OK)
		e = ch_flow_header(&header, &nonce, f);
	if (e != CH_OK)
		return ch_files_fault(&c->why, f, e, j->in, j->out);
	e = key_of(j, c, header, nonce);
	if (e != CH_OK)
		return e;
	e = ch_flow_output(f, j->out, 0600);
	if (e == CH_OK)
		e = a->from || a->length != UINT64_MAX ? part(j, a, c) : ch_flow_open(f, &j->key);
	return fault(j, c, e);
}

static ch_err unseal(struct unseal_job *j, const struct ask *a, struct ch_cli *c)
{
	ch_err e = ch_files_json(c, a->output);

	j->in = ch_files_path(c->opts.argc ? c->opts.argv[0] : NULL);
	j->out = ch_files_path(a->output);
	j->ring.ui.patience = ch_files_patience(a->patience);
	j->ring.stdin_used = j->in == NULL;
	j->flow.threads = (unsigned)(a->threads > CH_FLOW_THREADS ? CH_FLOW_THREADS : a->threads);
	j->flow.progress = "Opening";
	for (size_t i = 0; e == CH_OK && i < a->ids.n; i++)
		e = ch_ring_identities(&j->ring, a->ids.v[i], &c->why);
	for (size_t i = 0; e == CH_OK && i < a->plugins.n; i++)
		e = ch_ring_plugin(&j->ring, a->plugins.v[i], &c->why);
	if (e == CH_OK && !a->output && ch_term_is_tty(1)) {
		e = ch_hold_begin(&j->hold, SHOWN_MAX);
		j->shown = e == CH_OK;
	}
	if (e == CH_OK)
		e = flow(j, a, c);
	if (j->shown)
		e = show(j, c, e);
	if (e != CH_OK)
		return e;
	ch_out_put_number(&c->out, "bytes", j->flow.done);
	if (j->out)
		ch_out_put_string(&c->out, "file", ch_span_str(j->out));
	return CH_OK;
}

static ch_err run(struct ch_cli *c, const struct ask *a)
{
	struct unseal_job *j = ch_alloc(sizeof *j);
	ch_err e;

	if (!j)
		return CH_E_NOMEM;
	ch_files_ring(&j->ring, c);
	ch_flow_begin(&j->flow);
	ch_buf_init(&j->text, SHOWN_MAX);
	e = unseal(j, a, c);
	ch_flow_end(&j->flow);
	ch_ring_deinit(&j->ring);
	ch_buf_deinit(&j->text);
	ch_free(j, sizeof *j);
	return e;
}

int ch_cmd_unseal(int argc, char **argv)
{
	struct ask a = { .length = UINT64_MAX };
	const ch_opt own[] = {
		{ .name = "identity", .brief = 'i', .arg = "FILE", .many = &a.ids,
		    .help = "open with the identities in FILE; again for more" },
		{ .name = "j", .arg = "PLUGIN", .many = &a.plugins,
		    .help = "open with a plugin that needs no identity" },
		{ .name = "plugin-wait", .arg = "SECONDS", .number = &a.patience,
		    .help = "stop a plugin that is silent for so long (300)" },
		{ .name = "output", .brief = 'o', .arg = "FILE", .value = &a.output,
		    .help = "write there; what is there is replaced when all is verified" },
		{ .name = "from", .arg = "BYTE", .number = &a.from,
		    .help = "only the text from this byte on; only what is read is verified" },
		{ .name = "length", .arg = "BYTES", .number = &a.length,
		    .help = "and only so much of it" },
		{ .name = "decrypt", .brief = 'd', .flag = &a.decrypt,
		    .help = "changes nothing: age has it" },
		{ .name = "threads", .arg = "N", .number = &a.threads,
		    .help = "work with N threads (else one a core)" },
	};
	const ch_usage u = {
		.usage = "unseal [-i FILE] [-o FILE] [FILE]",
		.about = "Opens a file in the format of age, or standard input, armored or not. A "
		    "passphrase\n"
		    "is asked for when the file needs one. With -o nothing is written unless all "
		    "of it\n"
		    "was verified; a pipe gets only verified bytes, and exit 0 says that it was "
		    "all.\n"
		    CH_FILES_WHO,
		.example = "  chancery unseal -i key.txt -o minutes.pdf minutes.pdf.age",
		.opts = own, .n_opts = CH_COUNT(own), .min = 0, .max = 1, .alone = true,
	};
	struct ch_cli *c;
	int end = ch_cli_start(&c, argc, argv, &u);

	if (end != CH_EXIT_GO_ON)
		return end;
	return ch_cli_close(c, run(c, &a));
}
