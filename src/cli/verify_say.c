/*
 * Words on standard output. Nothing of the input reaches a terminal but through ch_text_mark(), so
 * that no escape, bidi or zero-width character does.
 */
#include "verify.h"

#include "dec.h"
#include "text.h"
#include "when.h"

static uint8_t say_buf[1u << 20];
static bool say_broken;

static void ch_say_bytes(ch_span s)
{
	if (s.n && fwrite(s.p, 1, s.n, stdout) != s.n)
		say_broken = true;
}

void ch_say(const char *words)
{
	ch_say_bytes(ch_span_str(words));
}

void ch_say_span(ch_span s)
{
	struct ch_wr w = ch_wr_of(say_buf, sizeof say_buf);

	ch_text_mark(&w, s);
	if (w.err != CH_OK)
		ch_say("<too long to show>");
	else
		ch_say_bytes(ch_wr_span(&w));
}

void ch_say_lines(ch_span s)
{
	struct ch_rd r = ch_rd_of(s);

	while (!ch_rd_at_end(&r) && r.err == CH_OK) {
		struct ch_rd probe = r;
		ch_span line = ch_rd_until(&probe, '\n');

		if (probe.err != CH_OK)
			line = ch_rd_rest(&r);
		else
			r = probe;
		ch_say("      | ");
		ch_say_span(line);
		ch_say("\n");
	}
}

void ch_say_dec(uint64_t n)
{
	uint8_t b[24];
	struct ch_wr w = ch_wr_of(b, sizeof b);

	ch_dec_put(&w, n);
	ch_say_bytes(ch_wr_span(&w));
}

void ch_say_when(int64_t t)
{
	uint8_t b[CH_WHEN_LEN];
	struct ch_wr w = ch_wr_of(b, sizeof b);

	ch_when_put(&w, t);
	if (w.err != CH_OK)
		ch_say("a time that no calendar here has");
	else
		ch_say_bytes(ch_wr_span(&w));
}

void ch_say_path(const char *path)
{
	ch_say_span(ch_span_str(path));
}

static void ch_say_bounds(const ch_fact *f)
{
	ch_by by;
	int64_t t = ch_times_latest(&f->after, &by);

	if (t) {
		ch_say("    not before ");
		ch_say_when(t);
		ch_say(" (on the word of ");
		ch_say(ch_by_name(by));
		ch_say(")\n");
	}
	t = ch_times_earliest(&f->before, &by);
	if (t) {
		ch_say("    not after  ");
		ch_say_when(t);
		ch_say(" (on the word of ");
		ch_say(ch_by_name(by));
		ch_say(")\n");
	}
}

void ch_say_fact(const ch_fact *f, const char *what, bool by_registry)
{
	if (!f->present)
		return;
	ch_say("  ");
	ch_say(what);
	if (!f->signed_) {
		ch_say(": NOT SHOWN, ");
		ch_say(f->why ? f->why : "its signature was not judged");
		ch_say("\n");
		return;
	}
	if (by_registry) {
		ch_say(": signed by the registry");
	} else {
		ch_say(": signed by ");
		ch_say_dec(f->who.n);
		ch_say(f->who.n == 1 ? " delegate" : " delegates");
		ch_say(" under roster version ");
		ch_say_dec(f->roster.n);
	}
	if (f->logged) {
		ch_say(", at place ");
		ch_say_dec(f->index);
		ch_say(" of the register");
	}
	if (f->why) {
		ch_say("; but ");
		ch_say(f->why);
	}
	ch_say("\n");
	ch_say_bounds(f);
	if (f->claimed) {
		ch_say("    its signer's own clock says ");
		ch_say_when(f->claimed);
		ch_say(" (a claim)\n");
	}
}

void ch_say_end(void)
{
	if (fflush(stdout) != 0)
		say_broken = true;
}

bool ch_say_failed(void)
{
	return say_broken;
}

static void ch_say_json_unit(uint32_t u)
{
	static const char digits[] = "0123456789abcdef";
	char s[7] = "\\u0000";

	for (unsigned i = 0; i < 4; i++)
		s[5 - i] = digits[u >> 4 * i & 15];
	ch_say(s);
}

/* ASCII only: whatever is not printable is escaped. */
void ch_say_json_string(ch_span s)
{
	int32_t cp;

	ch_say("\"");
	for (size_t at = 0; at < s.n;) {
		unsigned k = ch_text_decode(&cp, s, at);

		if (k == 0) {
			ch_say_json_unit(0xfffd);
			k = 1;
		} else if (cp > 0xffff) {
			ch_say_json_unit(0xd800 + ((uint32_t)(cp - 0x10000) >> 10));
			ch_say_json_unit(0xdc00 + ((uint32_t)(cp - 0x10000) & 0x3ff));
		} else if (cp < ' ' || cp > '~' || cp == '"' || cp == '\\') {
			ch_say_json_unit((uint32_t)cp);
		} else {
			ch_say_bytes(ch_span_of(s.p + at, 1));
		}
		at += k;
	}
	ch_say("\"");
}

void ch_say_json_hex(const ch_hash *h)
{
	static const char digits[] = "0123456789abcdef";
	char s[65];

	for (size_t i = 0; i < 32; i++) {
		s[2 * i] = digits[h->b[i] >> 4];
		s[2 * i + 1] = digits[h->b[i] & 15];
	}
	s[64] = 0;
	ch_say("\"");
	ch_say(s);
	ch_say("\"");
}
