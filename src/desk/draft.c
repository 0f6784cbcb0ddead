/* Drafts as text and as files: see draft.h. What is in draft.age was sealed by us, and is parsed as
 * strictly as all else. */
#include "draft.h"

#include <stdio.h>

#include "clock.h"
#include "dec.h"
#include "hex.h"
#include "rng.h"
#include "when.h"

static const char *const keys[CH_DR_KEYS] = {
	"talks ", "to ", "form ", "act ", "basis ", "re ", "subject ", "title ", "caveat ",
	"answer-by ", "operative ", "characterise ", "date ", "languages ", "copy ",
	"may-confirm ", "lapse ", "said ",
};

/* A desk of before knows version 1 alone, so what fits into that stays so. */
static bool is_later(unsigned key)
{
	return key >= CH_DR_DATE && key <= CH_DR_LAPSE;
}

static bool has_later(const struct ch_draft *d)
{
	bool has = false;

	for (unsigned i = 0; i < CH_DR_KEYS; i++)
		has = has || (is_later(i) && d->v[i].n > 0);
	return has;
}

/* ---- text ---- */

static ch_span line_of(struct ch_rd *r, const char *key)
{
	ch_span v;

	ch_rd_lit(r, ch_span_str(key));
	v = ch_rd_line(r);
	ch_rd_need(r, v.n <= CH_DRAFT_LINE_MAX, CH_E_LIMIT);
	return v;
}

static bool is_file(ch_span name)
{
	struct ch_rd r = ch_rd_of(name);
	ch_span id = ch_rd_take(&r, CH_DRAFT_ID);

	CH_RD_LIT(&r, ".age");
	return ch_rd_done(&r) == CH_OK && ch_draft_is_id(id);
}

/* `file 0123456789abcdef.age 1024 <64 hex> name` */
static void read_file(ch_draft_file *f, struct ch_rd *r)
{
	struct ch_rd line = ch_rd_of(line_of(r, "file "));
	ch_span file = ch_rd_until(&line, ' '), size = ch_rd_until(&line, ' ');
	ch_span digest = ch_rd_until(&line, ' ');

	f->name = ch_rd_rest(&line);
	ch_rd_need(r, line.err == CH_OK && is_file(file) && f->name.n > 0 &&
	    f->name.n <= CH_DRAFT_NAME_MAX &&
	    ch_dec_parse(&f->size, size, UINT64_MAX >> 1) == CH_OK &&
	    ch_hex_parse(f->digest.b, sizeof f->digest.b, digest) == CH_OK, CH_E_FORMAT);
	if (r->err == CH_OK)
		memcpy(f->file, file.p, file.n);
}

ch_err ch_draft_parse(struct ch_draft *d, ch_span text)
{
	struct ch_rd r = ch_rd_of(text);
	ch_span version;
	uint64_t n = 0;
	bool second;
	ch_err e;

	CH_RD_LIT(&r, "chancery/draft@v");
	version = ch_rd_line(&r);
	second = ch_span_eq(version, CH_LIT("2"));
	ch_rd_need(&r, second || ch_span_eq(version, CH_LIT("1")), CH_E_FORMAT);
	e = ch_when_parse(&d->saved, line_of(&r, "saved "));
	ch_rd_need(&r, e == CH_OK, CH_E_FORMAT);
	for (unsigned i = 0; i < CH_DR_KEYS; i++) {
		d->v[i] = (ch_span){ 0 };
		if (second || !is_later(i))
			d->v[i] = line_of(&r, keys[i]);
	}
	ch_rd_need(&r, second == has_later(d), CH_E_FORMAT);
	e = ch_dec_parse(&n, line_of(&r, "files "), CH_ATTACHMENTS_MAX);
	ch_rd_need(&r, e == CH_OK, CH_E_FORMAT);
	for (size_t i = 0; i < n && r.err == CH_OK; i++)
		read_file(&d->file[i], &r);
	d->n_files = (size_t)n;
	CH_RD_LIT(&r, "\n");
	d->text = ch_rd_rest(&r);
	ch_rd_need(&r, d->text.n <= CH_PAPER_MAX, CH_E_LIMIT);
	if (r.err != CH_OK)
		*d = (struct ch_draft){ 0 };
	return r.err;
}

/* What could not be read back as one line is refused, not changed. */
static void put_line(struct ch_wr *w, const char *key, ch_span v)
{
	if (v.n > CH_DRAFT_LINE_MAX)
		ch_wr_fail(w, CH_E_LIMIT);
	for (size_t i = 0; i < v.n && i <= CH_DRAFT_LINE_MAX; i++)
		if (v.p[i] == '\n' || v.p[i] == '\r' || v.p[i] == '\0')
			ch_wr_fail(w, CH_E_FORMAT);
	ch_wr_str(w, key);
	ch_wr_put(w, v);
	CH_WR_LIT(w, "\n");
}

static void put_file(struct ch_wr *w, const ch_draft_file *f)
{
	CH_WR_LIT(w, "file ");
	ch_wr_str(w, f->file);
	CH_WR_LIT(w, " ");
	ch_dec_put(w, f->size);
	CH_WR_LIT(w, " ");
	ch_hex_put(w, ch_span_of(f->digest.b, sizeof f->digest.b));
	if (f->name.n == 0 || f->name.n > CH_DRAFT_NAME_MAX)
		ch_wr_fail(w, CH_E_FORMAT);
	put_line(w, " ", f->name);
}

ch_err ch_draft_format(struct ch_wr *w, const struct ch_draft *d)
{
	const bool second = has_later(d);

	ch_wr_str(w, second ? "chancery/draft@v2\nsaved " : "chancery/draft@v1\nsaved ");
	ch_when_put(w, d->saved);
	CH_WR_LIT(w, "\n");
	for (unsigned i = 0; i < CH_DR_KEYS; i++)
		if (second || !is_later(i))
			put_line(w, keys[i], d->v[i]);
	CH_WR_LIT(w, "files ");
	ch_dec_put(w, d->n_files);
	CH_WR_LIT(w, "\n");
	for (size_t i = 0; i < d->n_files; i++)
		put_file(w, &d->file[i]);
	CH_WR_LIT(w, "\n");
	if (d->text.n > CH_PAPER_MAX)
		ch_wr_fail(w, CH_E_LIMIT);
	ch_wr_put(w, d->text);
	return ch_wr_done(w);
}

static void digest_part(struct ch_sha256 *s, ch_span v)
{
	uint8_t n[8];
	struct ch_wr w = ch_wr_of(n, sizeof n);

	ch_wr_be64(&w, v.n);
	ch_sha256_update(s, ch_span_of(n, sizeof n));
	ch_sha256_update(s, v);
}

void ch_draft_digest(ch_hash *out, const struct ch_draft *d, bool files)
{
	struct ch_sha256 s;

	ch_sha256_init(&s);
	for (unsigned i = 0; i < CH_DR_KEYS; i++)
		if (i != CH_DR_TALKS && i != CH_DR_SAID)
			digest_part(&s, d->v[i]);
	digest_part(&s, d->text);
	for (size_t i = 0; files && i < d->n_files; i++) {
		digest_part(&s, ch_span_str(d->file[i].file));
		digest_part(&s, d->file[i].name);
	}
	ch_sha256_final(&s, out);
}

/* ---- files ---- */

bool ch_draft_is_id(ch_span id)
{
	uint8_t out[CH_DRAFT_ID / 2];

	return ch_hex_parse(out, sizeof out, id) == CH_OK;
}

ch_err ch_draft_begin(struct ch_draft *d)
{
	uint8_t raw[CH_DRAFT_ID / 2];
	struct ch_wr w = ch_wr_of(d->id, CH_DRAFT_ID);
	ch_err e = ch_random(raw, sizeof raw);

	*d = (struct ch_draft){ 0 };
	ch_hex_put(&w, ch_span_of(raw, sizeof raw));
	return e;
}

static ch_err path_of(char out[CH_PATH_MAX], const struct ch_home *h, const char *id,
    const char *file)
{
	return ch_home_path(out, h, "drafts/%s/%s", id, file);
}

ch_err ch_draft_load(struct ch_draft *d, const struct ch_home *h, ch_span id,
    struct ch_problem *why)
{
	char path[CH_PATH_MAX], name[CH_DRAFT_ID + 1] = "";
	struct ch_buf b;
	ch_err e = ch_draft_is_id(id) ? CH_OK : CH_E_ABSENT;

	*d = (struct ch_draft){ 0 };
	ch_buf_init(&b, CH_PAPER_MAX + ((size_t)1 << 20));
	if (e == CH_OK) {
		memcpy(name, id.p, CH_DRAFT_ID);
		e = path_of(path, h, name, "draft.age");
	}
	if (e == CH_OK)
		e = ch_home_unseal(&b, h, path);
	if (e == CH_OK)
		e = ch_draft_parse(d, ch_buf_span(&b));
	if (e == CH_OK) {
		memcpy(d->id, name, sizeof name);
		d->bytes = b; /* moved */
		return CH_OK;
	}
	ch_buf_deinit(&b);
	return ch_problem_set(why, e, e == CH_E_ABSENT ? "there is no such draft; it may have been "
	    "sent or discarded" : "the draft %s in %s/drafts cannot be opened (%s); its file was "
	    "left as it is", name, h->dir, ch_err_text(e));
}

void ch_draft_deinit(struct ch_draft *d)
{
	ch_buf_deinit(&d->bytes);
	*d = (struct ch_draft){ 0 };
}

/* The file's folder must exist. */
static ch_err write_it(const struct ch_draft *d, const struct ch_home *h)
{
	char path[CH_PATH_MAX];
	struct ch_wr w = ch_wr_measure();
	uint8_t *p;
	size_t n;
	ch_err e = ch_draft_format(&w, d);

	if (e != CH_OK)
		return e;
	n = w.n;
	p = ch_alloc(n);
	if (!p)
		return CH_E_NOMEM;
	w = ch_wr_of(p, n);
	e = ch_draft_format(&w, d);
	if (e == CH_OK)
		e = path_of(path, h, d->id, "draft.age");
	if (e == CH_OK)
		e = ch_home_seal(h, path, ch_wr_span(&w));
	ch_free(p, n);
	return e;
}

ch_err ch_draft_save(struct ch_draft *d, const struct ch_home *h, struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_home_path(path, h, "drafts/%s", d->id);

	d->saved = ch_clock_wall();
	if (e == CH_OK)
		e = ch_dir_make(path);
	if (e == CH_OK)
		e = write_it(d, h);
	if (e != CH_OK)
		return ch_problem_set(why, e, "the draft could not be saved (%s); what was saved "
		    "before is still there; copy your text before you leave the page",
		    ch_err_text(e));
	return CH_OK;
}

ch_err ch_draft_discard(const struct ch_home *h, const char *id, struct ch_problem *why)
{
	char path[CH_PATH_MAX], gone[CH_PATH_MAX];
	ch_err e = ch_home_path(path, h, "drafts/%s", id);

	if (e == CH_OK)
		e = ch_home_path(gone, h, "drafts/.new-%s", id);
	if (e == CH_OK)
		e = ch_file_rename(gone, path);
	if (e == CH_E_ABSENT)
		return CH_OK;
	if (e == CH_OK)
		e = ch_dir_remove(gone);
	if (e != CH_OK)
		ch_problem_set(why, e, "the draft could not be removed whole: %s", ch_err_text(e));
	return e;
}

ch_err ch_draft_list(struct ch_dir *out, const struct ch_home *h)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_home_path(path, h, "drafts");

	*out = (struct ch_dir){ 0 };
	if (e == CH_OK)
		e = ch_dir_list(out, path, CH_DRAFTS_MAX);
	return e == CH_E_ABSENT ? CH_OK : e;
}

/* ---- leaving ---- */

ch_err ch_leaving_parse(ch_leaving *out, ch_span text)
{
	struct ch_rd r = ch_rd_of(text);
	ch_span number, talks;
	ch_err e;

	*out = (ch_leaving){ 0 };
	talks = line_of(&r, "talks ");
	ch_rd_need(&r, talks.n > 0 && talks.n <= CH_TALKS_NAME_MAX, CH_E_FORMAT);
	if (r.err == CH_OK)
		memcpy(out->talks, talks.p, talks.n);
	e = ch_when_parse(&out->since, line_of(&r, "since "));
	ch_rd_need(&r, e == CH_OK, CH_E_FORMAT);
	e = ch_dec_parse(&out->delay, line_of(&r, "delay "), CH_DRAFT_DELAY_MAX);
	ch_rd_need(&r, e == CH_OK, CH_E_FORMAT);
	out->sealing = r.err == CH_OK && !ch_rd_at_end(&r);
	if (out->sealing) {
		number = line_of(&r, "number ");
		ch_rd_need(&r, number.n > 0 && number.n <= CH_NUMBER_MAX, CH_E_FORMAT);
		if (r.err == CH_OK)
			memcpy(out->number, number.p, number.n);
		e = ch_hex_parse(out->nonce.b, sizeof out->nonce.b, line_of(&r, "nonce "));
		ch_rd_need(&r, e == CH_OK, CH_E_FORMAT);
	}
	e = ch_rd_done(&r);
	if (e != CH_OK)
		*out = (ch_leaving){ 0 };
	return e;
}

ch_err ch_leaving_format(struct ch_wr *w, const ch_leaving *l)
{
	put_line(w, "talks ", ch_span_str(l->talks));
	CH_WR_LIT(w, "since ");
	ch_when_put(w, l->since);
	CH_WR_LIT(w, "\ndelay ");
	ch_dec_put(w, l->delay);
	CH_WR_LIT(w, "\n");
	if (l->sealing) {
		put_line(w, "number ", ch_span_str(l->number));
		CH_WR_LIT(w, "nonce ");
		ch_hex_put(w, ch_span_of(l->nonce.b, sizeof l->nonce.b));
		CH_WR_LIT(w, "\n");
	}
	return ch_wr_done(w);
}

ch_err ch_leaving_load(ch_leaving *out, const struct ch_home *h, const char *id)
{
	char path[CH_PATH_MAX];
	struct ch_buf b;
	ch_err e = path_of(path, h, id, "leaving.txt");

	*out = (ch_leaving){ 0 };
	ch_buf_init(&b, 1024);
	if (e == CH_OK)
		e = ch_file_read(&b, path);
	if (e == CH_OK)
		e = ch_leaving_parse(out, ch_buf_span(&b));
	ch_buf_deinit(&b);
	return e;
}

ch_err ch_leaving_save(const ch_leaving *l, const struct ch_home *h, const char *id)
{
	uint8_t text[512];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	char path[CH_PATH_MAX];
	ch_err e = ch_leaving_format(&w, l);

	if (e == CH_OK)
		e = path_of(path, h, id, "leaving.txt");
	return e == CH_OK ? ch_file_write(path, ch_wr_span(&w), 0600) : e;
}

ch_err ch_leaving_end(const struct ch_home *h, const char *id)
{
	char path[CH_PATH_MAX];
	ch_err e = path_of(path, h, id, "leaving.txt");

	if (e == CH_OK)
		e = ch_file_unlink(path);
	return e == CH_E_ABSENT ? CH_OK : e;
}

static bool is_there(const struct ch_home *h, const char *fmt, const char *hex)
{
	char path[CH_PATH_MAX], name[80];
	int64_t stamp;

	(void)snprintf(name, sizeof name, "%s%.64s", fmt, hex);
	return ch_home_path(path, h, "outbox/%s", name) == CH_OK &&
	    ch_dir_stamp(&stamp, path) == CH_OK;
}

/* Whether the paper of that number is the one sealed under this nonce. */
static bool is_paper(const struct ch_home *h, const ch_leaving *l)
{
	struct ch_talks t = { 0 };
	struct ch_dossier d = { 0 };
	struct ch_problem quiet = { 0 };
	ch_hash nonce;
	bool is = false;

	if (ch_talks_load(&t, h, l->talks, &quiet) == CH_OK &&
	    ch_dossier_open(&d, h, &t, ch_span_str(l->number), &quiet) == CH_OK && d.ours && d.l) {
		nonce = ch_val_hash(d.l->v[CH_L_NONCE]);
		is = ch_hash_eq(&nonce, &l->nonce) && ch_dossier_part(&d, "registered").n > 0;
	}
	ch_dossier_close(&d);
	ch_talks_deinit(&t);
	return is;
}

ch_err ch_draft_state_of(ch_draft_state *out, ch_leaving *leaving, const struct ch_home *h,
    const char *id)
{
	char hex[65] = "";
	struct ch_wr w = ch_wr_of(hex, 64);
	ch_err e = ch_leaving_load(leaving, h, id);

	*out = CH_DRAFT_OPEN;
	if (e == CH_E_ABSENT)
		return CH_OK;
	if (e != CH_OK)
		return e;
	*out = CH_DRAFT_WANTED;
	if (!leaving->sealing)
		return CH_OK;
	ch_hex_put(&w, ch_span_of(leaving->nonce.b, sizeof leaving->nonce.b));
	/* The outbox first: it lets a paper go only after the paper's folder has it. */
	if (is_there(h, "", hex))
		*out = CH_DRAFT_STAGED;
	else if (is_there(h, "rejected-", hex))
		*out = CH_DRAFT_REJECTED;
	else if (is_paper(h, leaving))
		*out = CH_DRAFT_GONE;
	else
		*out = CH_DRAFT_BACK;
	return CH_OK;
}

/* ---- to a letter ---- */

ch_err ch_draft_ask(ch_letter_ask *out, struct ch_arena *a, const struct ch_home *h,
    const struct ch_draft *d)
{
	char path[CH_PATH_MAX];
	const char **files = ch_arena_alloc(a, (d->n_files + 1) * sizeof *files);
	ch_letter_kept *kept = ch_arena_alloc(a, (d->n_files + 1) * sizeof *kept);
	ch_err e = a->err;

	*out = (ch_letter_ask){
		.to = d->v[CH_DR_TO], .form = d->v[CH_DR_FORM], .act = d->v[CH_DR_ACT],
		.basis = d->v[CH_DR_BASIS], .re = d->v[CH_DR_RE], .subject = d->v[CH_DR_SUBJECT],
		.title = d->v[CH_DR_TITLE], .caveat = d->v[CH_DR_CAVEAT],
		.answer_by = d->v[CH_DR_ANSWER_BY], .operative = d->v[CH_DR_OPERATIVE],
		.characterise = d->v[CH_DR_CHARACTERISE], .date = d->v[CH_DR_DATE],
		.languages = d->v[CH_DR_LANGUAGES], .copy = d->v[CH_DR_COPY],
		.may_confirm = d->v[CH_DR_MAY_CONFIRM], .text = d->text,
		.text_name = "the text", .n_attach = d->n_files, .attach = files, .kept = kept,
	};
	/* What is no number is refused as one that cannot be. */
	if (d->v[CH_DR_LAPSE].n > 0 &&
	    (ch_dec_parse(&out->lapse_days, d->v[CH_DR_LAPSE], UINT64_MAX) != CH_OK ||
	    out->lapse_days == 0))
		out->lapse_days = UINT64_MAX;
	for (size_t i = 0; e == CH_OK && i < d->n_files; i++) {
		e = path_of(path, h, d->id, d->file[i].file);
		if (e == CH_OK)
			files[i] = (const char *)ch_arena_copy(a, ch_span_str(path)).p;
		kept[i] = (ch_letter_kept){ d->file[i].name, d->file[i].size, d->file[i].digest };
		if (e == CH_OK)
			e = a->err;
	}
	return e;
}
