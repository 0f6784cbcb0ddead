/* Words, and the input's bytes behind marks: see tell.h. Trusts nothing. */
#include "tell.h"

#include "dec.h"
#include "text.h"
#include "when.h"

static void ch_tell_bytes(struct ch_tell *o, ch_span s)
{
	if (s.n > 0 && o->err == CH_OK)
		o->err = o->emit(o->ctx, s);
}

void ch_tell(struct ch_tell *o, const char *words)
{
	ch_tell_bytes(o, ch_span_str(words));
}

/* A few characters at a time: each marked alone is what all are marked together. */
void ch_tell_span(struct ch_tell *o, ch_span s)
{
	static const uint8_t begin[] = { 0xe2, 0x81, 0xa8 }, end[] = { 0xe2, 0x81, 0xa9 };
	uint8_t b[256];

	if (o->isolate)
		ch_tell_bytes(o, ch_span_of(begin, sizeof begin));
	for (struct ch_rd r = ch_rd_of(s); ch_rd_left(&r) > 0;) {
		struct ch_wr w = ch_wr_of(b, sizeof b);

		while (w.n < sizeof b - 16 && ch_rd_left(&r) > 0) {
			int32_t cp;
			unsigned k = ch_text_decode(&cp, s, r.at);

			ch_text_mark(&w, ch_rd_take(&r, k ? k : 1));
		}
		ch_tell_bytes(o, ch_wr_span(&w));
	}
	if (o->isolate)
		ch_tell_bytes(o, ch_span_of(end, sizeof end));
}

const char *ch_phrase_find(const ch_phrase *list, ch_span english)
{
	for (; list && list->english; list++)
		if (ch_span_eq(english, ch_span_str(list->english)))
			return list->said;
	return NULL;
}

void ch_tell_lines(struct ch_tell *o, ch_span s)
{
	struct ch_rd r = ch_rd_of(s);

	while (!ch_rd_at_end(&r) && r.err == CH_OK) {
		struct ch_rd probe = r;
		ch_span line = ch_rd_until(&probe, '\n');

		if (probe.err != CH_OK)
			line = ch_rd_rest(&r);
		else
			r = probe;
		ch_tell(o, "      | ");
		ch_tell_span(o, line);
		ch_tell(o, "\n");
	}
}

void ch_tell_dec(struct ch_tell *o, uint64_t n)
{
	uint8_t b[24];
	struct ch_wr w = ch_wr_of(b, sizeof b);

	ch_dec_put(&w, n);
	ch_tell_bytes(o, ch_wr_span(&w));
}

void ch_tell_when(struct ch_tell *o, int64_t t)
{
	uint8_t b[CH_WHEN_LEN];
	struct ch_wr w = ch_wr_of(b, sizeof b);

	ch_when_put(&w, t);
	if (w.err != CH_OK)
		ch_tell(o, "a time that no calendar here has");
	else
		ch_tell_bytes(o, ch_wr_span(&w));
}

/* What stands at a place, `0}` or `n}`. */
static void ch_tell_place(struct ch_tell *o, struct ch_rd *r, const ch_tell_args *args)
{
	uint8_t place = ch_rd_u8(r);

	(void)ch_rd_u8(r);
	if (place == 'n') {
		ch_tell_dec(o, args->n);
		return;
	}
	CH_ASSERT(r->err == CH_OK && place >= '0' && place < '0' + CH_TELL_PLACES);
	ch_tell_span(o, args->v[place - '0']);
}

void ch_tell_say(struct ch_tell *o, const char *english, const ch_tell_args *args)
{
	const char *said = ch_phrase_find(o->in, ch_span_str(english));
	struct ch_rd r = ch_rd_of(ch_span_str(said ? said : english));

	for (;;) {
		struct ch_rd probe = r;
		ch_span words = ch_rd_until(&probe, '{');

		if (probe.err != CH_OK)
			break;
		ch_tell_bytes(o, words);
		r = probe;
		ch_tell_place(o, &r, args);
	}
	ch_tell_bytes(o, ch_rd_rest(&r));
}

static void ch_tell_bounds(struct ch_tell *o, const ch_fact *f)
{
	ch_by by;
	int64_t t = ch_times_latest(&f->after, &by);

	if (t) {
		ch_tell(o, "    not before ");
		ch_tell_when(o, t);
		ch_tell(o, " (on the word of ");
		ch_tell(o, ch_by_name(by));
		ch_tell(o, ")\n");
	}
	t = ch_times_earliest(&f->before, &by);
	if (t) {
		ch_tell(o, "    not after  ");
		ch_tell_when(o, t);
		ch_tell(o, " (on the word of ");
		ch_tell(o, ch_by_name(by));
		ch_tell(o, ")\n");
	}
}

void ch_tell_fact(struct ch_tell *o, const ch_fact *f, const char *what, bool by_registry)
{
	if (!f->present)
		return;
	ch_tell(o, "  ");
	ch_tell(o, what);
	if (!f->signed_) {
		ch_tell(o, ": NOT SHOWN, ");
		ch_tell(o, f->why ? f->why : "its signature was not judged");
		ch_tell(o, "\n");
		return;
	}
	if (by_registry) {
		ch_tell(o, ": signed by the registry");
	} else {
		ch_tell(o, ": signed by ");
		ch_tell_dec(o, f->who.n);
		ch_tell(o, f->who.n == 1 ? " delegate" : " delegates");
		ch_tell(o, " under roster version ");
		ch_tell_dec(o, f->roster.n);
	}
	if (f->logged) {
		ch_tell(o, ", at place ");
		ch_tell_dec(o, f->index);
		ch_tell(o, " of the register");
	}
	if (f->why) {
		ch_tell(o, "; but ");
		ch_tell(o, f->why);
	}
	ch_tell(o, "\n");
	if (f->logged) {
		ch_tell(o, "    ");
		ch_tell(o, ch_level_text(f));
		ch_tell(o, "\n");
	}
	ch_tell_bounds(o, f);
	if (f->claimed) {
		ch_tell(o, "    its signer's own clock says ");
		ch_tell_when(o, f->claimed);
		ch_tell(o, " (a claim)\n");
	}
}

static void ch_tell_json_unit(struct ch_tell *o, uint32_t u)
{
	static const char digits[] = "0123456789abcdef";
	char s[7] = "\\u0000";

	for (unsigned i = 0; i < 4; i++)
		s[5 - i] = digits[u >> 4 * i & 15];
	ch_tell(o, s);
}

/* ASCII only: whatever is not printable is escaped. */
void ch_tell_json_string(struct ch_tell *o, ch_span s)
{
	int32_t cp;

	ch_tell(o, "\"");
	for (size_t at = 0; at < s.n;) {
		unsigned k = ch_text_decode(&cp, s, at);

		if (k == 0) {
			ch_tell_json_unit(o, 0xfffd);
			k = 1;
		} else if (cp > 0xffff) {
			ch_tell_json_unit(o, 0xd800 + ((uint32_t)(cp - 0x10000) >> 10));
			ch_tell_json_unit(o, 0xdc00 + ((uint32_t)(cp - 0x10000) & 0x3ff));
		} else if (cp < ' ' || cp > '~' || cp == '"' || cp == '\\') {
			ch_tell_json_unit(o, (uint32_t)cp);
		} else {
			ch_tell_bytes(o, ch_span_of(s.p + at, 1));
		}
		at += k;
	}
	ch_tell(o, "\"");
}

void ch_tell_json_hex(struct ch_tell *o, const ch_hash *h)
{
	static const char digits[] = "0123456789abcdef";
	char s[65];

	for (size_t i = 0; i < 32; i++) {
		s[2 * i] = digits[h->b[i] >> 4];
		s[2 * i + 1] = digits[h->b[i] & 15];
	}
	s[64] = 0;
	ch_tell(o, "\"");
	ch_tell(o, s);
	ch_tell(o, "\"");
}
