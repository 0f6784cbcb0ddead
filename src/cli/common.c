/* What most commands do first and last: see common.h. */
#include "common.h"

#include <stdio.h>
#include <string.h>

#include "dec.h"
#include "log.h"
#include "proc.h"
#include "text.h"
#include "visit.h"
#include "waiting.h"
#include "wipe.h"

#define PASS_SHORT 12
#define INPUT_MAX ((size_t)17 << 20)

ch_err ch_cli_fault(struct ch_problem *why, ch_err e, const char *what)
{
	return e == CH_OK ? CH_OK : ch_problem_set(why, e, "%s: %s", what, ch_err_text(e));
}

/* ---- passphrases ---- */

ch_err ch_cli_pass_fault(struct ch_problem *why, ch_err e)
{
	if (e == CH_E_ABSENT)
		ch_problem_set(why, CH_E_LOCKED, "a passphrase is needed and there is no terminal "
		    "to ask on; use --passphrase-file or --passphrase-fd");
	else if (e != CH_OK)
		ch_problem_set(why, CH_E_LOCKED, "no passphrase was given; nothing was done");
	return e == CH_OK ? CH_OK : CH_E_LOCKED;
}

ch_err ch_cli_pass_again(const struct ch_pass *first, struct ch_problem *why)
{
	struct ch_pass again = { 0 };
	ch_err e = ch_pass_prompt(&again, "The same again: ");

	if (e == CH_OK && (again.n != first->n || !ch_ct_equal(again.b, first->b, first->n)))
		e = ch_problem_set(why, CH_E_LOCKED, "the two passphrases differ; nothing was "
		    "made; try again");
	ch_pass_wipe(&again);
	return ch_cli_pass_fault(why, e);
}

static ch_err prompt(struct ch_pass *out, bool fresh, const char *text, struct ch_problem *why)
{
	ch_err e = ch_cli_pass_fault(why, ch_pass_prompt(out, text));

	return e == CH_OK && fresh ? ch_cli_pass_again(out, why) : e;
}

static ch_err pass(struct ch_pass *out, const struct ch_opts *o, bool fresh, const char *text,
    struct ch_problem *why)
{
	ch_err e;

	memset(out, 0, sizeof *out);
	if (o->pass_file)
		e = ch_pass_from_file(out, o->pass_file);
	else if (o->pass_fd >= 0)
		e = ch_pass_from_fd(out, o->pass_fd);
	else
		e = prompt(out, fresh, text, why);
	if (e != CH_OK) {
		ch_pass_wipe(out);
		return ch_problem_set(why, CH_E_LOCKED, "the passphrase could not be taken from "
		    "where you said: %s", ch_err_text(e));
	}
	if (fresh && out->n < PASS_SHORT)
		ch_out_warn("that passphrase is short; whoever takes the disk can try many; four "
		    "words or more are better");
	return CH_OK;
}

ch_err ch_cli_pass(struct ch_pass *out, const struct ch_opts *o, bool fresh,
    struct ch_problem *why)
{
	return pass(out, o, fresh, fresh ? "New passphrase: " : "Passphrase: ", why);
}

ch_err ch_cli_pass_for(struct ch_pass *out, const struct ch_opts *o, const char *text,
    struct ch_problem *why)
{
	return pass(out, o, false, text, why);
}

ch_err ch_cli_suite(bool *hybrid, const char *word, struct ch_problem *why)
{
	*hybrid = strcmp(word, "classic") != 0;
	if (*hybrid && strcmp(word, "hybrid") != 0)
		return ch_problem_set(why, CH_E_FORMAT, "--suite is hybrid or classic; nothing was "
		    "done");
	return CH_OK;
}

ch_err ch_cli_token(struct ch_token *out, const char *path, bool hybrid, struct ch_problem *why)
{
	struct ch_problem what = { 0 };
	struct ch_buf text;
	ch_err e = ch_cli_read_file(&text, path, why);

	memset(out, 0, sizeof *out);
	if (e == CH_OK && (e = ch_token_parse(out, ch_buf_span(&text), hybrid, &what)) != CH_OK)
		ch_problem_set(why, e, "%s is not the file of a hardware key for this: %s; nothing "
		    "was done", path, what.text);
	ch_buf_deinit(&text); /* wipes */
	return e;
}

/* ---- opening ---- */

static void say_token(void *ctx, const char *line)
{
	(void)ctx;
	ch_out_warn("%s", line);
}

int ch_cli_start(struct ch_cli **out, int argc, char **argv, const ch_usage *u)
{
	struct ch_cli *c = *out = ch_alloc(sizeof *c);
	int end;

	if (!c) {
		ch_out_warn("out of memory; nothing was done");
		return CH_EXIT_FAULT;
	}
	c->home.lock.fd = -1;
	end = ch_opts_read(&c->opts, argc, argv, u);
	if (end == CH_EXIT_GO_ON) {
		ch_out_begin(&c->out, &c->opts);
		return end;
	}
	ch_free(c, sizeof *c);
	*out = NULL;
	return end;
}

static ch_err unlock(struct ch_cli *c, unsigned want)
{
	ch_err e = ch_cli_pass(&c->pass, &c->opts, false, &c->why);

	if (e == CH_OK)
		e = ch_home_unlock(&c->home, ch_pass_span(&c->pass), &c->why);
	if (!(want & CH_CLI_KEEP_PASS))
		ch_pass_wipe(&c->pass);
	return e;
}

static ch_err open_talks(struct ch_cli *c)
{
	ch_err e = ch_talks_load(&c->talks, &c->home, c->opts.talks, &c->why);

	if (e == CH_OK && c->talks.state != CH_TALKS_FORCE)
		e = ch_problem_set(&c->why, CH_E_CONFLICT, "the charter of %s is not in force yet; "
		    "see chancery talks show %s", c->talks.name, c->talks.name);
	return e;
}

ch_err ch_cli_talks_names(struct ch_dir *names, struct ch_cli *c)
{
	ch_err e = ch_talks_names(names, &c->home);
	size_t n = 0;

	for (size_t i = 0; e == CH_OK && i < names->n; i++)
		if (!c->opts.talks || strcmp(names->names[i], c->opts.talks) == 0)
			names->names[n++] = names->names[i];
	if (e == CH_OK)
		names->n = n;
	if (e == CH_OK && n == 0 && c->opts.talks)
		return ch_problem_about(&c->why, CH_E_ABSENT, "there are no talks “",
		    ch_span_str(c->opts.talks), "” here; chancery talks list shows them");
	return e;
}

ch_err ch_cli_registry(struct ch_cli *c, ch_span origin, bool sign_in)
{
	return ch_visit(&c->watch, &c->link, &c->home, origin, sign_in, &c->why);
}

static ch_err sign_in(struct ch_cli *c)
{
	ch_item reg;
	ch_err e = ch_talks_registry(&reg, &c->talks);

	return e == CH_OK ? ch_cli_registry(c, reg.v[CH_CR_ORIGIN], true) : e;
}

ch_err ch_cli_open(struct ch_cli *c, unsigned want)
{
	ch_err e = ch_home_open(&c->home, c->opts.home, &c->why);

	c->home.token = (ch_token_ui){ .mode = CH_TOKEN_ASK, .say = say_token };
	if (e == CH_OK && !(want & CH_CLI_WAITING))
		e = ch_delegate_must_not_wait(&c->home, &c->why);
	if (e == CH_OK && (want & CH_CLI_LOCK))
		e = ch_home_lock(&c->home, &c->why);
	if (e == CH_OK && (want & CH_CLI_TALKS))
		e = open_talks(c);
	if (e == CH_OK && (want & CH_CLI_UNLOCK))
		e = unlock(c, want);
	return e == CH_OK && (want & CH_CLI_SIGN_IN) ? sign_in(c) : e;
}

ch_err ch_cli_paper(struct ch_dossier *d, struct ch_cli *c, const char *number)
{
	char found[CH_NUMBER_MAX + 1];
	struct ch_problem none = { 0 };
	ch_err e = ch_dossier_open(d, &c->home, &c->talks, ch_span_str(number), &none);

	if (e != CH_E_ABSENT || ch_waiting_n(&c->home) == 0)
		return e == CH_OK ? e : ch_problem_set(&c->why, e, "%s", none.text);
	e = c->home.lock.held ? CH_OK : ch_home_lock(&c->home, &c->why);
	if (e == CH_OK && !c->watch.open)
		e = sign_in(c);
	if (e == CH_OK)
		e = ch_waiting_take(found, &c->watch, &c->talks, ch_span_str(number), &c->why);
	if (e == CH_E_ABSENT)
		return ch_problem_set(&c->why, e, "%s", none.text);
	return e == CH_OK ? ch_dossier_open(d, &c->home, &c->talks, ch_span_str(found), &c->why) :
	    e;
}

int ch_cli_close(struct ch_cli *c, ch_err e)
{
	int code = ch_out_end(&c->out, e, &c->why);

	ch_watch_close(&c->watch);
	ch_link_close(&c->link);
	ch_talks_deinit(&c->talks);
	ch_home_close(&c->home);
	ch_pass_wipe(&c->pass);
	ch_free(c, sizeof *c);
	return code;
}

/* ---- files ---- */

static ch_err read_stdin(struct ch_buf *out)
{
	uint8_t piece[4096];
	size_t n;
	ch_err e = CH_OK;

	while (e == CH_OK && (n = fread(piece, 1, sizeof piece, stdin)) > 0)
		e = ch_buf_put(out, ch_span_of(piece, n));
	ch_wipe(piece, sizeof piece);
	return e == CH_OK && ferror(stdin) ? CH_E_IO : e;
}

ch_err ch_cli_read_file(struct ch_buf *out, const char *path, struct ch_problem *why)
{
	ch_err e;

	ch_buf_init(out, INPUT_MAX);
	e = strcmp(path, "-") == 0 ? read_stdin(out) : ch_file_read(out, path);
	if (e == CH_E_ABSENT || e == CH_E_FORMAT)
		return ch_problem_set(why, CH_E_FORMAT, e == CH_E_ABSENT ? "there is no file %s; "
		    "nothing was done"
		    : "%s is a folder, a link or no plain file; nothing was done",
		    path);
	if (e != CH_OK)
		ch_problem_set(why, e, "%s could not be read: %s; nothing was done", path,
		    ch_err_text(e));
	return e;
}

ch_err ch_cli_write_file(const char *path, ch_span bytes, const struct ch_opts *o,
    struct ch_problem *why)
{
	ch_err e;

	if (strcmp(path, "-") == 0)
		return fwrite(bytes.p, 1, bytes.n, stdout) == bytes.n ? CH_OK : CH_E_IO;
	e = o->yes ? ch_file_write(path, bytes, 0600) : ch_file_create(path, bytes, 0600);
	if (e == CH_E_CONFLICT)
		return ch_problem_set(why, e, "%s exists already and is untouched; choose another "
		    "name, or --yes to replace it", path);
	if (e != CH_OK)
		ch_problem_set(why, e, "%s could not be written: %s", path, ch_err_text(e));
	return e;
}

/* `127.0.0.1:8080`, or `8080`: address is then "". */
static ch_err parse_listen(char address[64], uint16_t *port, const char *s)
{
	ch_span all = ch_span_str(s);
	struct ch_rd r = ch_rd_of(all);
	size_t colon = all.n;
	uint64_t n;
	ch_err e;

	for (size_t i = 0; i < all.n; i++)
		if (s[i] == ':')
			colon = i;
	if (colon < all.n) {
		if (colon == 0 || colon > 63)
			return CH_E_FORMAT;
		ch_rd_copy(&r, address, colon);
		CH_RD_LIT(&r, ":");
	}
	e = ch_dec_parse(&n, ch_rd_rest(&r), UINT16_MAX);
	*port = e == CH_OK ? (uint16_t)n : 0;
	return e;
}

const char *ch_cli_serve_begin(struct ch_cli_serve *s)
{
	if (s->listen && parse_listen(s->address, &s->o.port, s->listen) != CH_OK)
		return "--listen wants ADDRESS:PORT";
	if (!s->o.cert != !s->o.key)
		return "--tls-cert and --tls-key go together";
	if (s->log && strcmp(s->log, "plain") != 0 && strcmp(s->log, "json") != 0)
		return "--log is plain or json";
	s->o.address = s->address[0] ? s->address : NULL;
	ch_proc_ignore_hup();
	ch_log_set_format(!s->log ? ch_log_fitting() :
	    strcmp(s->log, "json") == 0 ? CH_LOG_JSON : CH_LOG_PLAIN);
	return NULL;
}
