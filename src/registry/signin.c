/* Sign-in: a challenge signed by the sign-in key of a delegate in its party's newest roster. */
#include "clock.h"
#include "handlers.h"
#include "hex.h"
#include "text.h"
#include "when.h"

#define JSON "application/json"

static bool give_secret(struct ch_op *op, const char *name, ch_span hex, int64_t expires)
{
	uint8_t *room = ch_op_alloc(op, 256);
	struct ch_wr w = ch_wr_of(room, 256);

	if (!room)
		return false;
	CH_WR_LIT(&w, "{\"");
	ch_wr_str(&w, name);
	CH_WR_LIT(&w, "\":\"");
	ch_wr_put(&w, hex);
	CH_WR_LIT(&w, "\",\"expires\":\"");
	ch_when_put(&w, expires);
	CH_WR_LIT(&w, "\"}\n");
	return ch_give_text(op, 200, JSON, ch_wr_span(&w));
}

bool ch_post_challenge(struct ch_reg *reg, struct ch_op *op)
{
	ch_hash c;
	uint8_t hex[64];
	struct ch_wr w = ch_wr_of(hex, sizeof hex);
	int64_t now = ch_clock_wall();
	ch_err e = ch_auth_challenge(&c, reg->auth, now);

	if (e != CH_OK)
		return ch_fault(op, e);
	ch_hex_put(&w, ch_span_of(c.b, sizeof c.b));
	return give_secret(op, "challenge", ch_span_of(hex, sizeof hex), now + CH_CHALLENGE_S);
}

/* The delegate whose sign-in key made the only line. */
static bool signer(ch_delegate *out, struct ch_op *op, const ch_signed *in, const ch_roster *r)
{
	ch_err e;

	if (in->note.n != 1)
		return ch_refuse(op, 422, "bad-signature", "Exactly one signature is wanted");
	if (ch_roster_find(out, NULL, r, in->note.line[0].name) != CH_OK || out->recalled)
		return ch_refuse(op, 403, "not-permitted",
		    "This delegate is not in the newest roster");
	e = ch_note_line_verify(&in->note, 0, &out->sign_in);
	return e == CH_OK ? true :
	    ch_refuse(op, 422, "bad-signature", "Not signed by this delegate's sign-in key");
}

/* The name in the certificate of our own address; empty without TLS. */
static ch_span tls_name(const struct ch_reg *reg)
{
	struct ch_rd r = ch_rd_of(ch_span_str(reg->folder.url));
	ch_span host;
	size_t n = 0;

	if (!ch_rd_starts(&r, CH_LIT("https://")))
		return (ch_span){ 0 };
	CH_RD_LIT(&r, "https://");
	host = ch_rd_rest(&r);
	while (n < host.n && host.p[n] != '/' && host.p[n] != ':')
		n++;
	host.n = n;
	return ch_text_is_token(host) ? host : (ch_span){ 0 };
}

static bool fields_fit(struct ch_reg *reg, struct ch_op *op, const ch_signed *in,
    const ch_roster *r)
{
	ch_ref ref = ch_val_ref(in->s.v[CH_SI_ROSTER]);
	ch_hash challenge = ch_val_hash(in->s.v[CH_SI_CHALLENGE]);
	ch_span host = tls_name(reg);

	if (!ch_span_eq(in->s.v[CH_SI_REGISTRY], reg->folder.origin))
		return ch_refuse(op, 422, "bad-request", "This sign-in is for another registry");
	/* Else whoever gives us out under another address could pass sign-ins on to us. */
	if (host.n && !ch_span_eq(in->s.v[CH_SI_TLS_NAME], host))
		return ch_refuse(op, 422, "bad-request",
		    "This sign-in was made for another address than this registry's");
	if (ref.n != r->version || !ch_hash_eq(&ref.hash, &r->hash))
		return ch_refuse(op, 409, "stale-roster", "A newer roster of this party is here");
	if (ch_auth_use(reg->auth, &challenge, ch_clock_wall()) != CH_OK)
		return ch_refuse(op, 401, "not-signed-in",
		    "The challenge is unknown, used or too old: ask for a new one");
	return true;
}

bool ch_post_token(struct ch_reg *reg, struct ch_op *op)
{
	ch_signed in;
	ch_roster r;
	ch_delegate d = { 0 };
	uint8_t hex[64];
	int64_t now = ch_clock_wall();
	ch_err e;

	if (!ch_signed_parse(&in, reg, op, op->body, CH_K_SIGN_IN) ||
	    !ch_reg_roster(&r, reg, op, in.s.v[CH_SI_PARTY], 0) || !signer(&d, op, &in, &r) ||
	    !fields_fit(reg, op, &in, &r))
		return false;
	if ((e = ch_auth_token(hex, reg->auth, r.party, d.name, now)) != CH_OK)
		return ch_fault(op, e);
	return give_secret(op, "token", ch_span_of(hex, sizeof hex), now + CH_TOKEN_S);
}
