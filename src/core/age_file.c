/* Files of keys, and single keys: see age_file.h. Hostile text; age's own rules of lines. */
#include "age_file.h"

#include "armor.h"
#include "bech32.h"

#define CH_AGE_HRP_PLUGIN "AGE-PLUGIN-"

/* Every refusal of one key passes here; a fault is no judgement on the key. */
static ch_err ch_age_file_no(struct ch_diag *why, ch_err e, const char *what)
{
	why->what = ch_err_is_fault(e) ? NULL : what;
	return e;
}

static bool ch_age_file_starts(ch_span text, ch_span lit)
{
	struct ch_rd r = ch_rd_of(text);

	return ch_rd_starts(&r, lit);
}

/* What OpenSSH writes before a public key, and what stands before a private one. */
static bool ch_age_file_is_ssh(ch_span text)
{
	return ch_age_file_starts(text, CH_LIT("ssh-")) ||
	    ch_age_file_starts(text, CH_LIT("ecdsa-sha2-")) ||
	    ch_age_file_starts(text, CH_LIT("sk-ssh-")) ||
	    ch_age_file_starts(text, CH_LIT("sk-ecdsa-")) ||
	    ch_age_file_starts(text, CH_LIT("-----BEGIN "));
}

static const char ch_age_file_ssh[] =
    "an ssh key; those are not taken: make an age key with chancery keygen";

/* NAME = 1*(ALPHA / DIGIT / "-" / "_" / "." / "+"), in either case. */
static bool ch_age_plugin_char(uint8_t c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	    c == '-' || c == '_' || c == '.' || c == '+';
}

/* The name to `out`, in lower case; false when it is none. */
static bool ch_age_plugin_name(char out[CH_AGE_PLUGIN_NAME_MAX + 1], ch_span name)
{
	if (name.n == 0 || name.n > CH_AGE_PLUGIN_NAME_MAX)
		return false;
	for (size_t i = 0; i < name.n; i++)
		if (!ch_age_plugin_char(name.p[i]))
			return false;
	for (size_t i = 0; i < name.n; i++) {
		uint8_t c = name.p[i];

		out[i] = (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
	}
	out[name.n] = 0;
	return true;
}

/* ---- recipients ---- */

static bool ch_age_hrp_is_native(ch_span hrp)
{
	return ch_span_eq(hrp, CH_LIT("age")) || ch_span_eq(hrp, CH_LIT("age1pq")) ||
	    ch_span_eq(hrp, CH_LIT("age1tag")) || ch_span_eq(hrp, CH_LIT("age1tagpq"));
}

/* "age1..." of any kind. "Plugin-compatible recipients are encoded using Bech32 with the HRP
 * `age1name` (lowercase)." */
static ch_err ch_age_recipient_of(ch_age_key_text *out, ch_age_recipient *native,
    struct ch_diag *why, ch_span text)
{
	struct ch_rd r;
	ch_bech32 b;
	ch_err e = ch_bech32_parse(&b, text);

	if (e != CH_OK)
		return ch_age_file_no(why, e, "a recipient that is not whole: copy it again");
	if (ch_age_hrp_is_native(b.hrp)) {
		e = ch_age_recipient_parse(native, text);
		if (e == CH_OK)
			e = ch_age_recipient_check(native);
		if (e != CH_OK)
			memset(native, 0, sizeof *native);
		return e == CH_OK ? e :
		    ch_age_file_no(why, e, "a recipient that nobody can seal to");
	}
	r = ch_rd_of(b.hrp);
	CH_RD_LIT(&r, "age1");
	if (b.kind == CH_BECH32_LOWER && ch_age_plugin_name(out->plugin, ch_rd_rest(&r)))
		return CH_OK;
	return ch_age_file_no(why, CH_E_FORMAT, "not a valid name of a plugin");
}

ch_err ch_age_recipient_text(ch_age_key_text *out, ch_age_recipient *native, struct ch_diag *why,
    ch_span text)
{
	ch_err e;

	*out = (ch_age_key_text){ 0 };
	memset(native, 0, sizeof *native);
	*why = (struct ch_diag){ 0 };
	if (text.n > CH_AGE_LINE_MAX)
		return ch_age_file_no(why, CH_E_LIMIT, "longer than any recipient");
	if (ch_age_file_starts(text, CH_LIT("AGE-")))
		return ch_age_file_no(why, CH_E_FORMAT,
		    "an identity, which is secret, where a recipient belongs");
	if (ch_age_file_is_ssh(text))
		return ch_age_file_no(why, CH_E_FORMAT, ch_age_file_ssh);
	if (!ch_age_file_starts(text, CH_LIT("age1")))
		return ch_age_file_no(why, CH_E_FORMAT, "not a recipient: one begins with age1");
	e = ch_age_recipient_of(out, native, why, text);
	if (e == CH_OK)
		out->text = text;
	return e;
}

/* ---- identities ---- */

/* "Plugin-compatible identities are encoded using Bech32 with the HRP `AGE-PLUGIN-NAME-`
 * (uppercase)." */
static ch_err ch_age_identity_plugin(ch_age_key_text *out, struct ch_diag *why, ch_span text)
{
	struct ch_rd r;
	ch_span name = { 0 };
	ch_bech32 b;
	ch_err e = ch_bech32_parse(&b, text);

	if (e != CH_OK)
		return ch_age_file_no(why, e, "an identity that is not whole: copy it again");
	r = ch_rd_of(b.hrp);
	CH_RD_LIT(&r, CH_AGE_HRP_PLUGIN);
	if (ch_rd_left(&r) > 0)
		name = ch_rd_take(&r, ch_rd_left(&r) - 1);
	CH_RD_LIT(&r, "-");
	if (ch_rd_done(&r) == CH_OK && ch_age_plugin_name(out->plugin, name))
		return CH_OK;
	return ch_age_file_no(why, CH_E_FORMAT, "not a valid name of a plugin");
}

ch_err ch_age_identity_text(ch_age_key_text *out, struct ch_age_identity *native,
    struct ch_diag *why, ch_span text)
{
	ch_err e;

	*out = (ch_age_key_text){ 0 };
	memset(native, 0, sizeof *native);
	*why = (struct ch_diag){ 0 };
	if (text.n > CH_AGE_LINE_MAX)
		return ch_age_file_no(why, CH_E_LIMIT, "longer than any identity");
	if (ch_age_file_starts(text, CH_LIT("age1")))
		return ch_age_file_no(why, CH_E_FORMAT,
		    "a recipient, which is public, where an identity belongs");
	if (ch_age_file_is_ssh(text))
		return ch_age_file_no(why, CH_E_FORMAT, ch_age_file_ssh);
	if (ch_age_file_starts(text, CH_LIT(CH_AGE_HRP_PLUGIN))) {
		e = ch_age_identity_plugin(out, why, text);
	} else if (ch_age_file_starts(text, CH_LIT("AGE-SECRET-KEY-"))) {
		e = ch_age_identity_parse(native, text);
		if (e != CH_OK)
			return ch_age_file_no(why, e,
			    "an identity that is not whole: copy it again");
	} else {
		return ch_age_file_no(why, CH_E_FORMAT,
		    "not an identity: one begins with AGE-SECRET-KEY-");
	}
	if (e == CH_OK)
		out->text = text;
	return e;
}

/* ---- files ---- */

/* One line without its LF or CR LF; at the end of the text neither is needed. */
static ch_span ch_age_file_line(struct ch_age_file *f)
{
	struct ch_rd probe = f->r;
	ch_span line = ch_rd_until(&probe, '\n');

	if (probe.err == CH_OK)
		f->r = probe;
	else
		line = ch_rd_rest(&f->r);
	f->line++;
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

/* The next line with a key; empty when there is none, and then the walk is over. */
static ch_span ch_age_file_next(struct ch_age_file *f, struct ch_diag *why, const char *none)
{
	while (f->r.err == CH_OK && !ch_rd_at_end(&f->r)) {
		ch_span line = ch_age_file_line(f);

		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (++f->n_keys <= CH_AGE_FILE_KEYS)
			return line;
		*why = (struct ch_diag){ "more keys than are taken from one file", f->line };
		ch_rd_fail(&f->r, CH_E_LIMIT);
	}
	if (f->r.err == CH_OK && f->n_keys == 0)
		*why = (struct ch_diag){ none, f->line };
	ch_rd_fail(&f->r, f->n_keys == 0 ? CH_E_FORMAT : CH_E_ABSENT);
	return (ch_span){ 0 };
}

/* What was judged of a line sticks, with its number. */
static ch_err ch_age_file_judged(struct ch_age_file *f, struct ch_diag *why, ch_err e)
{
	why->at = f->line;
	if (e != CH_OK)
		ch_rd_fail(&f->r, e);
	return e;
}

ch_err ch_age_file_recipient(ch_age_key_text *out, ch_age_recipient *native, struct ch_diag *why,
    struct ch_age_file *f)
{
	ch_span line;

	*out = (ch_age_key_text){ 0 };
	memset(native, 0, sizeof *native);
	*why = (struct ch_diag){ 0 };
	line = ch_age_file_next(f, why, "there is no recipient in it");
	if (f->r.err != CH_OK)
		return f->r.err;
	return ch_age_file_judged(f, why, ch_age_recipient_text(out, native, why, line));
}

ch_err ch_age_file_identity(ch_age_key_text *out, struct ch_age_identity *native,
    struct ch_diag *why, struct ch_age_file *f)
{
	ch_span line;

	*out = (ch_age_key_text){ 0 };
	memset(native, 0, sizeof *native);
	*why = (struct ch_diag){ 0 };
	line = ch_age_file_next(f, why, "there is no identity in it");
	if (f->r.err != CH_OK)
		return f->r.err;
	return ch_age_file_judged(f, why, ch_age_identity_text(out, native, why, line));
}

bool ch_age_file_is_sealed(ch_span first)
{
	struct ch_rd r = ch_rd_of(first);

	if (!ch_armor_is(first))
		return ch_rd_starts(&r, CH_LIT("age-encryption.org/"));
	/* An ssh key looks armored too. */
	while (!ch_rd_starts(&r, CH_LIT("-")))
		(void)ch_rd_take(&r, 1);
	return ch_rd_starts(&r, CH_LIT("-----BEGIN AGE"));
}
