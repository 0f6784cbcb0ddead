/*
 * The person's text and attachments. What Markdown would hide, or carry from one passage into
 * another, is refused here, with the line named: later nobody can tell what was meant.
 */
#include "letter.h"

#include <stdio.h>

#include "digest.h"
#include "markdown.h"
#include "text.h"

/* The next line of any ending; false at the end. */
static bool next_line(ch_span *line, ch_span text, size_t *at)
{
	size_t from = *at, to;

	if (from >= text.n)
		return false;
	for (to = from; to < text.n && text.p[to] != '\n' && text.p[to] != '\r'; to++)
		;
	*line = (ch_span){ &text.p[from], to - from };
	*at = to + 1;
	if (to + 1 < text.n && text.p[to] == '\r' && text.p[to + 1] == '\n')
		*at = to + 2;
	return true;
}

static bool is_blank(ch_span line)
{
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] != ' ' && line.p[i] != '\t')
			return false;
	return true;
}

/* Lines with LF, one empty line between passages, none at either end. */
static void put_passages(struct ch_wr *w, ch_span text)
{
	ch_span line;
	size_t at = 0;
	bool gap = false;

	if (text.n >= 3 && ch_span_eq(ch_span_of(text.p, 3), CH_LIT("\xef\xbb\xbf")))
		at = 3; /* a byte-order mark says nothing in UTF-8 */
	while (next_line(&line, text, &at)) {
		if (is_blank(line)) {
			gap = w->n > 0;
			continue;
		}
		if (gap)
			CH_WR_LIT(w, "\n");
		gap = false;
		ch_wr_put(w, line);
		CH_WR_LIT(w, "\n");
	}
}

/* The line of the person's file at which line `within` of passage p stands, from 1. */
static unsigned long line_of(ch_span text, uint32_t p, size_t within)
{
	ch_span line;
	size_t at = 0;
	unsigned long n = 0;
	uint32_t passage = 0;
	bool inside = false;

	while (next_line(&line, text, &at)) {
		n++;
		if (is_blank(line)) {
			passage += inside;
			inside = false;
			continue;
		}
		inside = true;
		if (passage == p && within-- == 0)
			return n;
	}
	return n;
}

static ch_err check_markdown(ch_span body, ch_span text, const char *name, struct ch_arena *a,
    struct ch_problem *why)
{
	ch_passage *p = ch_arena_alloc(a, CH_PASSAGES_MAX * sizeof *p);
	uint32_t n = 0;
	size_t within = 0;

	if (!p)
		return a->err;
	ch_err e = ch_paper_split(&n, p, body);
	if (e != CH_OK)
		return ch_problem_set(why, e, "%s cannot be sent (%s): a paper has 1 to %u "
		    "passages of at most %zu bytes, in letters that every reader knows; nothing "
		    "was "
		    "sent", name, ch_err_text(e), CH_PASSAGES_MAX, CH_PASSAGE_MAX);
	ch_md_finding f = ch_markdown_check(p, n);
	if (f.fault == CH_MD_NONE)
		return CH_OK;
	for (size_t i = 0; i < f.at && i < p[f.passage].text.n; i++)
		within += p[f.passage].text.p[i] == '\n';
	return ch_problem_set(why, CH_E_FORMAT, "%s, line %lu: %s; nothing was sent; change that "
	    "line", name, line_of(text, f.passage, within), ch_md_fault_text(f.fault));
}

ch_err ch_letter_text(ch_span *body, struct ch_arena *a, ch_span text, const char *name,
    struct ch_problem *why)
{
	size_t cap = text.n < CH_PAPER_MAX ? text.n * 3 + 16 : 0;
	uint8_t *lines = cap ? ch_arena_alloc(a, cap) : NULL;
	uint8_t *nfc = cap ? ch_arena_alloc(a, cap) : NULL;
	struct ch_wr w, out;
	ch_err e;

	*body = (ch_span){ 0 };
	if (cap == 0)
		return ch_problem_set(why, CH_E_LIMIT, "%s is larger than a paper may be (16 MiB); "
		    "send it as an attachment", name);
	if (!lines || !nfc)
		return a->err;
	w = ch_wr_of(lines, cap);
	put_passages(&w, text);
	out = ch_wr_of(nfc, cap);
	e = ch_text_to_nfc(&out, ch_wr_span(&w));
	if (e != CH_OK)
		return ch_problem_set(why, e, "%s is not UTF-8 text, or has characters that "
		    "Unicode "
		    "15 does not know; nothing was sent", name);
	if (out.n == 0)
		return ch_problem_set(why, CH_E_FORMAT, "%s is empty; nothing was sent", name);
	*body = ch_wr_span(&out);
	return check_markdown(*body, text, name, a, why);
}

/* ---- attachments ---- */

static const char *const media[][2] = {
	{ "csv", "text/csv" }, { "docx",
	    "application/vnd.openxmlformats-officedocument.wordprocessingml.document" },
	{ "gif", "image/gif" }, { "html", "text/html" }, { "jpeg", "image/jpeg" },
	{ "jpg", "image/jpeg" }, { "json", "application/json" }, { "md", "text/markdown" },
	{ "odt", "application/vnd.oasis.opendocument.text" }, { "pdf", "application/pdf" },
	{ "png", "image/png" }, { "txt", "text/plain" }, { "xml", "application/xml" },
	{ "zip", "application/zip" },
};

static const char *media_of(const char *ext)
{
	for (size_t i = 0; i < CH_COUNT(media); i++)
		if (strcmp(media[i][0], ext) == 0)
			return media[i][1];
	return "application/octet-stream";
}

/* The extension in lower case, or `bin`. */
static void ext_of(char out[9], const char *name)
{
	const char *dot = strrchr(name, '.');
	size_t n = dot ? strlen(dot) - 1 : 0;

	(void)snprintf(out, 9, "bin");
	if (n == 0 || n > 8 || dot == name)
		return;
	for (size_t i = 0; i < n; i++) {
		char c = dot[i + 1];

		if (c >= 'A' && c <= 'Z')
			c = (char)(c - 'A' + 'a');
		if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))) {
			(void)snprintf(out, 9, "bin");
			return;
		}
		out[i] = c;
		out[i + 1] = '\0';
	}
}

/* Name, size and digest: of a plain file by reading it, of a draft's as it came in. */
static ch_err know(ch_letter_kept *out, const ch_letter_ask *ask, size_t i, struct ch_problem *why)
{
	const char *path = ask->attach[i], *slash = strrchr(path, '/');
	ch_err e;

	if (ask->kept) {
		*out = ask->kept[i];
		return CH_OK;
	}
	out->name = ch_span_str(slash ? slash + 1 : path);
	e = ch_digest_file(&out->digest, &out->size, path);
	if (e == CH_E_ABSENT || e == CH_E_FORMAT)
		return ch_problem_set(why, CH_E_FORMAT, e == CH_E_ABSENT ? "there is no file %s to "
		    "attach; nothing was sent"
		    : "the attachment %s is a folder, a link or no plain "
		    "file; nothing was sent", path);
	if (e != CH_OK)
		return ch_problem_set(why, e, "the attachment %s cannot be read: %s; nothing was "
		    "sent", path, ch_err_text(e));
	return CH_OK;
}

/* One attachment's five lines. */
static ch_err put_one(struct ch_wr *w, struct ch_arena *a, const ch_letter_ask *ask, size_t i,
    struct ch_problem *why)
{
	char ext[9], file[16], plain[1024];
	uint8_t scratch[128], *nfc = ch_arena_alloc(a, 1024);
	struct ch_wr s = ch_wr_of(scratch, sizeof scratch), name = ch_wr_of(nfc, nfc ? 1024 : 0);
	ch_letter_kept one = { 0 };
	ch_item it = { 0 };
	ch_err e = know(&one, ask, i, why);

	if (e != CH_OK)
		return e;
	(void)snprintf(plain, sizeof plain, "%.*s", (int)one.name.n, (const char *)one.name.p);
	if (ch_text_to_nfc(&name, one.name) != CH_OK ||
	    ch_text_check_line(ch_wr_span(&name), 256) != CH_OK)
		return ch_problem_set(why, CH_E_FORMAT, "the name of the attachment %s has "
		    "characters that may not stand in a paper; rename it; nothing was sent",
		    plain);
	ext_of(ext, plain);
	(void)snprintf(file, sizeof file, "%02zu.%s", i + 1, ext);
	it.v[CH_AT_FILE] = ch_span_str(file);
	it.v[CH_AT_TYPE] = ch_span_str(media_of(ext));
	it.v[CH_AT_SIZE] = ch_val_put_dec(&s, one.size);
	it.v[CH_AT_DIGEST] = ch_val_put_hash(&s, &one.digest);
	it.v[CH_AT_NAME] = ch_wr_span(&name);
	return ch_stmt_put_item(w, CH_K_PAPER_TEXT, CH_H_ATTACHMENTS, &it);
}

ch_err ch_letter_attachments(ch_stmt *head, struct ch_arena *a, const ch_letter_ask *ask,
    struct ch_problem *why)
{
	size_t cap = ask->n_attach * 1024;
	uint8_t *block = ch_arena_alloc(a, cap ? cap : 1);
	struct ch_wr w = ch_wr_of(block, block ? cap : 0);
	ch_err e = CH_OK;

	if (ask->n_attach > CH_ATTACHMENTS_MAX)
		return ch_problem_set(why, CH_E_LIMIT, "a paper has at most %u attachments; "
		    "nothing "
		    "was sent", CH_ATTACHMENTS_MAX);
	for (size_t i = 0; e == CH_OK && i < ask->n_attach; i++)
		e = put_one(&w, a, ask, i, why);
	if (e == CH_OK && ask->n_attach > 0) {
		e = ch_wr_done(&w);
		head->v[CH_H_ATTACHMENTS] = ch_wr_span(&w);
		head->count[CH_H_ATTACHMENTS] = (uint32_t)ask->n_attach;
	}
	return e;
}
