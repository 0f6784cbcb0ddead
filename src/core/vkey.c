/* Verifier keys: see vkey.h. Source: c2sp.org/signed-note, "Signatures", "Verifier keys". */
#include "vkey.h"

#include "b64.h"
#include "hex.h"
#include "text.h"

/* White space as Unicode has it (property White_Space), beyond ASCII's controls. */
static bool ch_name_is_space(uint32_t c)
{
	return c == 0x20 || c == 0x85 || c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) ||
	    c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f || c == 0x3000;
}

/* "Key names MUST be non-empty and MUST NOT contain any Unicode spaces or plus" */
static bool ch_name_is_fit(uint32_t c)
{
	return c > 0x20 && c != '+' && !(c >= 0x7f && c < 0xa0) && !ch_name_is_space(c);
}

bool ch_name_is_valid(ch_span name)
{
	if (name.n < 1 || name.n > CH_NAME_MAX)
		return false;
	for (size_t i = 0; i < name.n;) {
		int32_t c = 0;
		unsigned n = ch_text_decode(&c, name, i);

		if (n == 0 || !ch_name_is_fit((uint32_t)c))
			return false;
		i += n;
	}
	return true;
}

void ch_vkey_id(uint8_t id[4], ch_span name, uint8_t type, const ch_edkey *key)
{
	struct ch_sha256 s;
	ch_hash h;
	uint8_t sep[2] = { '\n', type };

	ch_sha256_init(&s);
	ch_sha256_update(&s, name);
	ch_sha256_update(&s, ch_span_of(sep, sizeof sep));
	ch_sha256_update(&s, ch_span_of(key->b, sizeof key->b));
	ch_sha256_final(&s, &h);
	memcpy(id, h.b, 4);
}

void ch_vkey_make(ch_vkey *out, ch_span name, uint8_t type, const ch_edkey *key)
{
	*out = (ch_vkey){ .name = name, .type = type, .key = *key };
	ch_vkey_id(out->id, name, type, key);
}

static bool ch_vkey_type_is_known(uint8_t type)
{
	return type == CH_VKEY_ED25519 || type == CH_VKEY_COSIGNATURE;
}

ch_err ch_vkey_parse(ch_vkey *out, ch_span in)
{
	struct ch_rd r = ch_rd_of(in);
	ch_vkey v = { 0 }, made;
	uint8_t raw[33] = { 0 };
	ch_err e;

	*out = (ch_vkey){ 0 };
	v.name = ch_rd_until(&r, '+');
	if (ch_hex_parse(v.id, sizeof v.id, ch_rd_until(&r, '+')) != CH_OK)
		ch_rd_fail(&r, CH_E_FORMAT);
	if (ch_b64_parse_n(raw, sizeof raw, ch_rd_rest(&r), CH_B64_PADDED) != CH_OK)
		ch_rd_fail(&r, CH_E_FORMAT);
	v.type = raw[0];
	for (size_t i = 0; i < sizeof v.key.b; i++)
		v.key.b[i] = raw[1 + i];
	ch_rd_need(&r, ch_vkey_type_is_known(v.type), CH_E_FORMAT);
	ch_rd_need(&r, ch_name_is_valid(v.name), CH_E_FORMAT);
	e = ch_rd_done(&r);
	if (e != CH_OK)
		return e;
	/* The specification leaves the id to the key's owner; we hold to the recommended one. */
	ch_vkey_make(&made, v.name, v.type, &v.key);
	if (!ch_span_eq(ch_span_of(made.id, 4), ch_span_of(v.id, 4)))
		return CH_E_FORMAT;
	*out = v;
	return CH_OK;
}

void ch_vkey_put_name(struct ch_wr *w, ch_span name, const uint8_t id[4])
{
	ch_wr_put(w, name);
	CH_WR_LIT(w, "+");
	ch_hex_put(w, ch_span_of(id, 4));
}

void ch_vkey_put(struct ch_wr *w, const ch_vkey *key)
{
	uint8_t raw[33] = { key->type };

	for (size_t i = 0; i < sizeof key->key.b; i++)
		raw[1 + i] = key->key.b[i];
	ch_vkey_put_name(w, key->name, key->id);
	CH_WR_LIT(w, "+");
	ch_b64_put(w, ch_span_of(raw, sizeof raw), CH_B64_PADDED);
}
