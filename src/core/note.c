/*
 * Signed notes: see note.h. Trusts nothing in the input; a note may have any signature types,
 * of which ED25519 is the only one checked here. Source: c2sp.org/signed-note.
 */
#include "note.h"

#include "b64.h"
#include "b64s.h"
#include "text.h"

#define CH_NOTE_BLOCK 64 /* looked at at once, so that compilers make vectors of it */
#define CH_NOTE_DASH CH_LIT("\xe2\x80\x94 ") /* em dash, space */

/* Whether so many bytes are ASCII without control characters: most of nearly every note. */
static bool ch_note_is_ascii(ch_span s, size_t at)
{
	uint8_t bad = 0;

	for (size_t i = 0; i < CH_NOTE_BLOCK; i++) {
		uint8_t c = s.p[at + i];

		bad |= ((uint8_t)(c - ' ') > 0x7f - ' ') & (c != '\n');
	}
	return !bad;
}

/* "MUST be valid UTF-8 and MUST NOT contain any ASCII control characters … other than newline" */
static bool ch_note_is_clean(ch_span s)
{
	size_t i = 0;

	while (i < s.n) {
		size_t end = s.n - i < CH_NOTE_BLOCK ? s.n : i + CH_NOTE_BLOCK;

		if (end - i == CH_NOTE_BLOCK && ch_note_is_ascii(s, i))
			i = end;
		while (i < end) {
			int32_t c = s.p[i];
			unsigned n = c < 0x80 ? 1 : ch_text_decode(&c, s, i);

			if (n == 0 || (c < 0x20 && c != '\n'))
				return false;
			i += n;
		}
	}
	return true;
}

bool ch_note_text_is_valid(ch_span text)
{
	return text.n > 0 && text.p[text.n - 1] == '\n' && ch_note_is_clean(text);
}

/*
 * How long the text is: up to the last empty line, which belongs to neither side; in.n when
 * there is none.
 */
static size_t ch_note_split(ch_span in)
{
	for (size_t i = in.n; i-- > 1;)
		if (in.p[i] == '\n' && in.p[i - 1] == '\n')
			return i;
	return in.n;
}

/* "base64 encoding of 4+n bytes. The first four bytes … are the uint32 key ID". n > 0. */
static ch_err ch_note_scan(uint8_t id[4], ch_span b64)
{
	struct ch_wr count = ch_wr_measure();
	struct ch_rd r = ch_rd_of(b64);
	uint8_t head[6];
	size_t n = 0;

	ch_b64s_put(&count, b64, 0);
	if (ch_wr_done(&count) != CH_OK || count.n < 5)
		return CH_E_FORMAT;
	if (ch_b64_parse(head, &n, sizeof head, ch_rd_take(&r, 8), CH_B64_PADDED) != CH_OK)
		return CH_E_FORMAT;
	memcpy(id, head, 4);
	return CH_OK;
}

static void ch_note_read_line(ch_note_line *out, struct ch_rd *r)
{
	ch_rd_lit(r, CH_NOTE_DASH);
	out->name = ch_rd_until(r, ' ');
	out->b64 = ch_rd_line1(r);
	ch_rd_need(r, out->name.n <= CH_NAME_MAX && out->b64.n <= CH_NOTE_B64_MAX, CH_E_LIMIT);
	ch_rd_need(r, ch_name_is_valid(out->name), CH_E_FORMAT);
	if (r->err == CH_OK)
		ch_rd_need(r, ch_note_scan(out->id, out->b64) == CH_OK, CH_E_FORMAT);
}

ch_err ch_note_parse(ch_note *out, ch_span in, size_t text_max)
{
	struct ch_rd r = ch_rd_of(in);
	size_t split;
	ch_err e;

	*out = (ch_note){ 0 };
	/* Before any walk over the bytes: what is too large costs nothing. */
	if (in.n > text_max + 1 + CH_NOTE_LINES_MAX * (size_t)(CH_NOTE_B64_MAX + CH_NAME_MAX + 6))
		return CH_E_LIMIT;
	split = ch_note_split(in);
	if (split == in.n)
		return CH_E_TRUNCATED;
	out->text = ch_rd_take(&r, split);
	ch_rd_need(&r, out->text.n <= text_max, CH_E_LIMIT);
	ch_rd_need(&r, ch_note_is_clean(in), CH_E_FORMAT);
	CH_RD_LIT(&r, "\n");
	do {
		ch_rd_need(&r, out->n < CH_NOTE_LINES_MAX, CH_E_LIMIT);
		if (r.err == CH_OK)
			ch_note_read_line(&out->line[out->n++], &r);
	} while (ch_rd_left(&r) > 0);
	e = ch_rd_done(&r);
	if (e != CH_OK)
		*out = (ch_note){ 0 };
	return e;
}

ch_err ch_note_line_sig(uint8_t *out, size_t *n, size_t cap, const ch_note_line *line)
{
	struct ch_wr w = ch_wr_of(out, cap);
	ch_err e;

	ch_b64s_put(&w, line->b64, sizeof line->id);
	e = ch_wr_done(&w);
	*n = w.n;
	return e;
}

bool ch_note_line_is_by(const ch_note_line *line, const ch_vkey *key)
{
	return ch_span_eq(ch_span_of(line->id, 4), ch_span_of(key->id, 4)) &&
	    ch_span_eq(line->name, key->name);
}

ch_err ch_note_line_verify(const ch_note *note, size_t i, const ch_vkey *key)
{
	ch_sig sig;
	size_t n = 0;

	CH_ASSERT(i < note->n);
	if (key->type != CH_VKEY_ED25519 || !ch_note_line_is_by(&note->line[i], key))
		return CH_E_ABSENT;
	if (ch_note_line_sig(sig.b, &n, sizeof sig.b, &note->line[i]) != CH_OK || n != sizeof sig.b)
		return CH_E_AUTH;
	return ch_ed25519_verify(&sig, note->text, &key->key) == CH_OK ? CH_OK : CH_E_AUTH;
}

ch_err ch_note_verify(const ch_note *note, const ch_vkey *key)
{
	ch_err e = CH_E_ABSENT;

	/* "If the key name and ID match a known key, verifiers MUST verify the signature." */
	for (size_t i = 0; i < note->n; i++) {
		ch_err one = ch_note_line_verify(note, i, key);

		if (one == CH_E_AUTH)
			return one;
		if (one == CH_OK)
			e = CH_OK;
	}
	return e;
}

void ch_note_put_text(struct ch_wr *w, ch_span text)
{
	if (!ch_note_text_is_valid(text))
		ch_wr_fail(w, CH_E_FORMAT);
	ch_wr_put(w, text);
	CH_WR_LIT(w, "\n");
}

void ch_note_put_line(struct ch_wr *w, const ch_note_line *line)
{
	ch_wr_put(w, CH_NOTE_DASH);
	ch_wr_put(w, line->name);
	CH_WR_LIT(w, " ");
	ch_wr_put(w, line->b64);
	CH_WR_LIT(w, "\n");
}

/* id || sig in base64 without a buffer for all of it: 3 bytes become 4 characters. */
static void ch_note_put_b64(struct ch_wr *w, const uint8_t id[4], ch_span sig)
{
	struct ch_rd r = ch_rd_of(sig);
	uint8_t buf[6] = { id[0], id[1], id[2], id[3] };
	size_t n = ch_rd_left(&r) < 2 ? ch_rd_left(&r) : 2;
	ch_span head = ch_rd_take(&r, n);

	for (size_t i = 0; i < head.n; i++)
		buf[4 + i] = head.p[i];
	ch_b64_put(w, ch_span_of(buf, 4 + n), CH_B64_PADDED);
	ch_b64_put(w, ch_rd_rest(&r), CH_B64_PADDED);
}

void ch_note_put_sig(struct ch_wr *w, ch_span name, const uint8_t id[4], ch_span sig)
{
	if (!ch_name_is_valid(name) || sig.n == 0)
		ch_wr_fail(w, CH_E_FORMAT);
	ch_wr_put(w, CH_NOTE_DASH);
	ch_wr_put(w, name);
	CH_WR_LIT(w, " ");
	ch_note_put_b64(w, id, sig);
	CH_WR_LIT(w, "\n");
}

void ch_note_sign_line(struct ch_wr *w, ch_span name, ch_span text,
    const struct ch_edsecret *sec)
{
	ch_edkey pub;
	uint8_t id[4];
	ch_sig sig;

	if (!ch_note_text_is_valid(text))
		ch_wr_fail(w, CH_E_FORMAT);
	for (size_t i = 0; i < sizeof pub.b; i++)
		pub.b[i] = sec->b[32 + i]; /* the public half: not wiped */
	ch_vkey_id(id, name, CH_VKEY_ED25519, &pub);
	ch_ed25519_sign(&sig, text, sec);
	ch_note_put_sig(w, name, id, ch_span_of(sig.b, sizeof sig.b));
}
