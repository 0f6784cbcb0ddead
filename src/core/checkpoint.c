/*
 * Checkpoints and cosignatures: see checkpoint.h. Trusts nothing in the input.
 * Sources: c2sp.org/tlog-checkpoint, c2sp.org/tlog-cosignature (Ed25519 only).
 */
#include "checkpoint.h"

#include "b64.h"
#include "dec.h"

/* "Extension lines, if any, MUST be non-empty." */
static ch_span ch_checkpoint_read_ext(struct ch_rd *r)
{
	struct ch_rd probe = *r;

	while (ch_rd_left(&probe) > 0)
		(void)ch_rd_line1(&probe);
	if (probe.err != CH_OK)
		ch_rd_fail(r, probe.err);
	return ch_rd_rest(r);
}

ch_err ch_checkpoint_parse(ch_checkpoint *out, ch_span text)
{
	struct ch_rd r = ch_rd_of(text);
	ch_checkpoint c = { 0 };
	ch_span size;
	ch_err e;

	*out = c;
	ch_rd_need(&r, text.n <= CH_CHECKPOINT_TEXT_MAX, CH_E_LIMIT);
	c.origin = ch_rd_line1(&r);
	ch_rd_need(&r, c.origin.n <= CH_NAME_MAX, CH_E_LIMIT);
	size = ch_rd_line1(&r);
	if ((e = ch_dec_parse(&c.size, size, UINT64_MAX)) != CH_OK)
		ch_rd_fail(&r, e);
	if (ch_b64_parse_n(c.root.b, sizeof c.root.b, ch_rd_line(&r), CH_B64_PADDED) != CH_OK)
		ch_rd_fail(&r, CH_E_FORMAT);
	c.ext = ch_checkpoint_read_ext(&r);
	if (r.err == CH_OK)
		ch_rd_need(&r, ch_note_text_is_valid(text), CH_E_FORMAT);
	e = ch_rd_done(&r);
	if (e == CH_OK)
		*out = c;
	return e;
}

void ch_checkpoint_put(struct ch_wr *w, const ch_checkpoint *cp)
{
	if (cp->origin.n < 1 || cp->origin.n > CH_NAME_MAX)
		ch_wr_fail(w, CH_E_LIMIT);
	else if (memchr(cp->origin.p, '\n', cp->origin.n))
		ch_wr_fail(w, CH_E_FORMAT);
	ch_wr_put(w, cp->origin);
	CH_WR_LIT(w, "\n");
	ch_dec_put(w, cp->size);
	CH_WR_LIT(w, "\n");
	ch_b64_put(w, ch_span_of(cp->root.b, sizeof cp->root.b), CH_B64_PADDED);
	CH_WR_LIT(w, "\n");
	ch_wr_put(w, cp->ext);
}

void ch_checkpoint_sign(struct ch_wr *w, const ch_checkpoint *cp, const struct ch_edsecret *sec)
{
	uint8_t buf[CH_CHECKPOINT_TEXT_MAX];
	struct ch_wr body = ch_wr_of(buf, sizeof buf);
	ch_err e;

	if (cp->ext.n > 0)
		ch_wr_fail(&body, CH_E_FORMAT);
	ch_checkpoint_put(&body, cp);
	e = ch_wr_done(&body);
	if (e != CH_OK) {
		ch_wr_fail(w, e);
		return;
	}
	ch_note_put_text(w, ch_wr_span(&body));
	ch_note_sign_line(w, cp->origin, ch_wr_span(&body), sec);
}

ch_err ch_checkpoint_open(ch_checkpoint *out, ch_note *note, ch_span in, const ch_vkey *log)
{
	ch_err e;

	*out = (ch_checkpoint){ 0 };
	e = ch_note_parse(note, in, CH_CHECKPOINT_TEXT_MAX);
	if (e == CH_OK)
		e = ch_checkpoint_parse(out, note->text);
	if (e == CH_OK && !ch_span_eq(out->origin, log->name))
		e = CH_E_ABSENT;
	if (e == CH_OK)
		e = ch_note_verify(note, log);
	if (e != CH_OK) {
		*out = (ch_checkpoint){ 0 };
		*note = (ch_note){ 0 };
	}
	return e;
}

/* What a cosigner signs: header line, time line, the text. */
static ch_err ch_cosignature_message(struct ch_wr *w, ch_span text, uint64_t time)
{
	ch_checkpoint cp;
	ch_err e = ch_checkpoint_parse(&cp, text);

	if (e != CH_OK)
		return e;
	if (time > CH_COSIGNATURE_TIME_MAX)
		return CH_E_FORMAT;
	CH_WR_LIT(w, "cosignature/v1\ntime ");
	ch_dec_put(w, time);
	CH_WR_LIT(w, "\n");
	ch_wr_put(w, text);
	return ch_wr_done(w);
}

#define CH_COSIGNATURE_MESSAGE_MAX (CH_CHECKPOINT_TEXT_MAX + 48)

void ch_cosignature_put(struct ch_wr *w, ch_span name, ch_span text, uint64_t time,
    const struct ch_edsecret *sec)
{
	uint8_t buf[CH_COSIGNATURE_MESSAGE_MAX], blob[CH_COSIGNATURE_SIZE], id[4];
	struct ch_wr msg = ch_wr_of(buf, sizeof buf), b = ch_wr_of(blob, sizeof blob);
	ch_edkey pub;
	ch_sig sig;

	if (ch_cosignature_message(&msg, text, time) != CH_OK) {
		ch_wr_fail(w, CH_E_FORMAT);
		return;
	}
	for (size_t i = 0; i < sizeof pub.b; i++)
		pub.b[i] = sec->b[32 + i]; /* the public half: not wiped */
	ch_vkey_id(id, name, CH_VKEY_COSIGNATURE, &pub);
	ch_ed25519_sign(&sig, ch_wr_span(&msg), sec);
	ch_wr_be64(&b, time);
	ch_wr_put(&b, ch_span_of(sig.b, sizeof sig.b));
	ch_note_put_sig(w, name, id, ch_wr_span(&b));
}

ch_err ch_cosignature_line_verify(uint64_t *time, const ch_note *note, size_t i,
    const ch_vkey *key)
{
	uint8_t buf[CH_COSIGNATURE_MESSAGE_MAX], blob[CH_COSIGNATURE_SIZE];
	struct ch_wr msg = ch_wr_of(buf, sizeof buf);
	struct ch_rd r;
	uint64_t t;
	ch_sig sig;
	size_t n = 0;

	*time = 0;
	CH_ASSERT(i < note->n);
	if (key->type != CH_VKEY_COSIGNATURE || !ch_note_line_is_by(&note->line[i], key))
		return CH_E_ABSENT;
	if (ch_note_line_sig(blob, &n, sizeof blob, &note->line[i]) != CH_OK)
		return CH_E_AUTH;
	r = ch_rd_of(ch_span_of(blob, n));
	t = ch_rd_be64(&r);
	ch_rd_copy(&r, sig.b, sizeof sig.b);
	if (ch_rd_done(&r) != CH_OK || ch_cosignature_message(&msg, note->text, t) != CH_OK)
		return CH_E_AUTH;
	if (ch_ed25519_verify(&sig, ch_wr_span(&msg), &key->key) != CH_OK)
		return CH_E_AUTH;
	*time = t;
	return CH_OK;
}

ch_err ch_cosignature_verify(uint64_t *time, const ch_note *note, const ch_vkey *key)
{
	ch_err e = CH_E_ABSENT;

	*time = 0;
	for (size_t i = 0; i < note->n; i++) {
		uint64_t t = 0;
		ch_err one = ch_cosignature_line_verify(&t, note, i, key);

		if (one == CH_E_AUTH) {
			*time = 0;
			return one;
		}
		if (one != CH_OK)
			continue;
		e = CH_OK;
		*time = t > *time ? t : *time;
	}
	return e;
}
