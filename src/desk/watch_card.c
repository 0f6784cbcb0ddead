/* What a registry says of itself, and what was pinned of it. */
#include "watch.h"

#include <string.h>

static ch_err card_path(char out[CH_PATH_MAX], const struct ch_home *home, ch_span origin,
    const char *name)
{
	out[0] = '\0';
	if (origin.n == 0 || origin.n > CH_NAME_MAX || origin.p[0] == '.' ||
	    memchr(origin.p, '/', origin.n))
		return CH_E_FORMAT;
	return ch_home_path(out, home, "registries/%.*s/%s", (int)origin.n,
	    (const char *)origin.p, name);
}

ch_err ch_watch_read_card(ch_watch_card *out, ch_span card, bool exercise,
    struct ch_problem *why)
{
	ch_note note;
	ch_span origin;
	ch_err e = ch_note_parse(&note, card, CH_NOTE_TEXT_MAX);

	*out = (ch_watch_card){ 0 };
	if (e == CH_OK)
		e = ch_stmt_parse_as(&out->stmt, note.text, CH_K_REGISTRY, !exercise);
	if (e == CH_OK)
		return ch_problem_set(why, CH_E_CONFLICT, exercise ? "the registry is real, and "
		    "this home is one of an exercise; the two never mix" :
		    "the registry is one of an exercise, and this home is real; the two never "
		    "mix");
	e = ch_note_parse(&note, card, CH_NOTE_TEXT_MAX);
	if (e == CH_OK)
		e = ch_stmt_parse_as(&out->stmt, note.text, CH_K_REGISTRY, exercise);
	if (e == CH_OK)
		e = ch_vkey_parse(&out->vkey, out->stmt.v[CH_RG_VKEY]);
	if (e == CH_OK)
		e = ch_vkey_parse(&out->cosigner, out->stmt.v[CH_RG_COSIGNER]);
	origin = out->stmt.v[CH_RG_REGISTRY];
	if (e == CH_OK && (!ch_span_eq(origin, out->vkey.name) ||
	    out->vkey.type != CH_VKEY_ED25519 || out->cosigner.type != CH_VKEY_COSIGNATURE))
		e = CH_E_FORMAT;
	if (e == CH_OK)
		e = ch_note_verify(&note, &out->vkey);
	if (e == CH_OK)
		return CH_OK;
	*out = (ch_watch_card){ 0 };
	return ch_problem_set(why, e, "what stands there is not the signed card of a registry");
}

static ch_err pinned_is(const struct ch_home *home, const ch_watch_card *c, ch_span origin,
    struct ch_problem *why)
{
	struct ch_buf old;
	ch_watch_card was;
	ch_err e;

	ch_buf_init(&old, CH_WATCH_NOTE_MAX);
	e = ch_watch_card_file(&old, home, origin);
	if (e == CH_OK) {
		e = ch_watch_read_card(&was, ch_buf_span(&old), home->exercise, why);
		if (e == CH_OK && !ch_span_eq(was.stmt.v[CH_RG_VKEY], c->stmt.v[CH_RG_VKEY]))
			e = ch_problem_about(why, CH_E_CONFLICT, "another key is pinned for the "
			    "registry ", origin, "; nothing was changed; ask its operator by "
			    "another way which key is right");
	}
	ch_buf_deinit(&old);
	return e;
}

ch_err ch_watch_pin(const struct ch_home *home, ch_span card, ch_span url,
    struct ch_problem *why)
{
	uint8_t line[CH_LINK_URL_MAX + 1];
	struct ch_wr w = ch_wr_of(line, sizeof line);
	char path[CH_PATH_MAX];
	ch_watch_card c;
	ch_span origin;
	ch_err e = ch_watch_read_card(&c, card, home->exercise, why);

	if (e != CH_OK)
		return e;
	origin = c.stmt.v[CH_RG_REGISTRY];
	e = pinned_is(home, &c, origin, why);
	if (e == CH_E_ABSENT) {
		e = card_path(path, home, origin, "");
		if (e == CH_OK)
			e = ch_dir_make(path);
		if (e == CH_OK)
			e = card_path(path, home, origin, "registry.txt");
		if (e == CH_OK)
			e = ch_file_write(path, card, 0600);
	}
	while (url.n > 0 && url.p[url.n - 1] == '/')
		url.n--;
	ch_wr_put(&w, url);
	CH_WR_LIT(&w, "\n");
	if (e == CH_OK)
		e = ch_wr_done(&w);
	if (e == CH_OK)
		e = card_path(path, home, origin, "url.txt");
	if (e == CH_OK)
		e = ch_file_write(path, ch_span_of(line, w.n), 0600);
	if (e != CH_OK)
		ch_problem_set(why, e, "the registry's key could not be kept: %s", ch_err_text(e));
	return e;
}

ch_err ch_watch_card_file(struct ch_buf *out, const struct ch_home *home, ch_span origin)
{
	char path[CH_PATH_MAX];
	ch_err e = card_path(path, home, origin, "registry.txt");

	return e == CH_OK ? ch_file_read(out, path) : e;
}

ch_err ch_watch_url_file(struct ch_buf *out, const struct ch_home *home, ch_span origin)
{
	char path[CH_PATH_MAX];
	ch_err e = card_path(path, home, origin, "url.txt");

	return e == CH_OK ? ch_file_read(out, path) : e;
}
