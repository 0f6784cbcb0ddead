/*
 * What the checking page calls: bytes of a file and of a trust file in, a verdict as JSON out, by
 * the judges that chancery-verify has and in its words. WebAssembly without an import: it cannot
 * reach anything but its own memory. One file at a time; all buffers are static.
 *
 * Trusts the keys it is given, nothing else.
 */
#include "md_small.h"
#include "verdict.h"

#define OUT_MAX ((size_t)32 << 20)
#define NAME_MAX_ 1024u

static uint8_t file[CH_PACK_MAX + 1], trust_text[CH_TRUST_TEXT_MAX], name[NAME_MAX_];
static uint8_t out[OUT_MAX];
static struct ch_wr result;
static struct ch_verdict verdict;
static ch_trust trust;
static bool is_judged;

static ch_err check_emit(void *ctx, ch_span bytes)
{
	struct ch_wr *w = ctx;

	ch_wr_put(w, bytes);
	return w->err;
}

static struct ch_tell check_tell(void)
{
	result = ch_wr_of(out, sizeof out);
	return (struct ch_tell){ .emit = check_emit, .ctx = &result };
}

/* How many bytes stand in out; 0 when they did not fit. */
static size_t check_end(void)
{
	return ch_wr_span(&result).n;
}

/* ---- the buffers; what is declared here is exported (meson.build) ---- */

uint8_t *check_file(void);
size_t check_file_max(void);
uint8_t *check_trust(void);
size_t check_trust_max(void);
uint8_t *check_name(void);
size_t check_name_max(void);
uint8_t *check_out(void);

uint8_t *check_file(void) { return file; }
size_t check_file_max(void) { return CH_PACK_MAX; }
uint8_t *check_trust(void) { return trust_text; }
size_t check_trust_max(void) { return sizeof trust_text; }
uint8_t *check_name(void) { return name; }
size_t check_name_max(void) { return sizeof name; }
uint8_t *check_out(void) { return out; }

/* ---- verdicts ---- */

/* {"refused": …}: the two phrases, and whether the file was altered or is no such file. */
static size_t check_refuse(const char *what, const char *advice, bool altered)
{
	struct ch_tell o = check_tell();

	ch_tell(&o, "{\"refused\": {\"what\": ");
	ch_tell_json_string(&o, ch_span_str(what));
	ch_tell(&o, ", \"advice\": ");
	ch_tell_json_string(&o, ch_span_str(advice));
	ch_tell(&o, altered ? ", \"altered\": true}}" : ", \"altered\": false}}");
	return check_end();
}

/* The trust file in the buffer; none given (n = 0): the keys that the evidence carries. */
static ch_err check_keys(size_t n, bool brought, struct ch_diag *diag)
{
	struct ch_wr w = ch_wr_of(trust_text, sizeof trust_text);

	verdict.own_trust = n == 0 || brought;
	if (n > 0)
		return ch_trust_parse(&trust, ch_span_of(trust_text, n), diag);
	ch_verdict_carried(&w, &trust, &verdict);
	if (ch_trust_parse(&trust, ch_wr_span(&w), diag) != CH_OK)
		memset(&trust, 0, sizeof trust); /* unsound keys: nothing holds under them */
	return CH_OK;
}

/* Judge what stands in the buffers; the length of the JSON in out. `brought`: the keys came along
 * with the file. */
size_t check_judge(size_t n_file, size_t n_trust, size_t n_name, bool brought);

size_t check_judge(size_t n_file, size_t n_trust, size_t n_name, bool brought)
{
	ch_span in = ch_span_of(file, n_file);
	struct ch_diag diag = { 0 };
	struct ch_tell o;
	ch_hash sum;
	ch_err e;

	is_judged = false;
	if (n_file > CH_PACK_MAX || n_trust > sizeof trust_text || n_name > sizeof name)
		return check_refuse("larger than such a file can be", "check the name", false);
	e = ch_verdict_open(&verdict, in);
	if (e != CH_OK)
		return check_refuse(verdict.what, verdict.advice, false);
	if (check_keys(n_trust, brought, &diag) != CH_OK)
		return check_refuse(diag.what ? diag.what : "not a trust file",
		    "correct the keys", false);
	e = ch_verdict_judge(&verdict, &trust);
	if (e != CH_OK)
		return check_refuse(verdict.what, verdict.advice, e == CH_E_AUTH);
	is_judged = true;
	ch_sha256(&sum, in);
	o = check_tell();
	ch_tell(&o, "{\"sha256\": ");
	ch_tell_json_hex(&o, &sum);
	ch_tell(&o, ", \"keys\": ");
	ch_verdict_json_keys(&o, &trust);
	ch_tell(&o, ", \"verdict\": ");
	ch_verdict_json(&o, &verdict, ch_span_of(name, n_name));
	ch_tell(&o, "}");
	return check_end();
}

/* The last verdict in the sentences of chancery-verify. */
size_t check_sentences(size_t n_name);

size_t check_sentences(size_t n_name)
{
	struct ch_tell o = check_tell();

	if (is_judged && n_name <= sizeof name)
		ch_verdict_tell(&o, &verdict, ch_span_of(name, n_name));
	return check_end();
}

/* A trust file alone: its keys with their fingerprint words, or what is wrong with it. */
size_t check_keys_of(size_t n_trust);

size_t check_keys_of(size_t n_trust)
{
	struct ch_diag diag = { 0 };
	struct ch_tell o;

	is_judged = false;
	if (n_trust > sizeof trust_text)
		return check_refuse("larger than such a file can be", "check the name", false);
	if (ch_trust_parse(&trust, ch_span_of(trust_text, n_trust), &diag) != CH_OK)
		return check_refuse(diag.what ? diag.what : "not a trust file",
		    "correct the keys", false);
	o = check_tell();
	ch_tell(&o, "{\"keys\": ");
	ch_verdict_json_keys(&o, &trust);
	ch_tell(&o, "}");
	return check_end();
}

/* ---- a passage, set for reading ---- */

static uint8_t passage[CH_MD_SMALL_MAX];
static struct ch_md_small small;
static bool is_first;

uint8_t *check_passage(void);
size_t check_passage_max(void);

uint8_t *check_passage(void) { return passage; }
size_t check_passage_max(void) { return sizeof passage; }

static struct ch_tell *check_next(void *ctx)
{
	ch_tell(ctx, is_first ? "" : ", ");
	is_first = false;
	return ctx;
}

static void check_open(void *ctx, ch_mds_tag tag, uint32_t start)
{
	static const char *const name[CH_MDS_COUNT] = { "p", "h1", "h2", "h3", "ul", "ol", "li",
		"blockquote", "em", "strong", "code", "br" };
	struct ch_tell *o = check_next(ctx);

	ch_tell(o, "[\"");
	ch_tell(o, name[tag]);
	ch_tell(o, "\", ");
	ch_tell_dec(o, start);
	ch_tell(o, "]");
}

static void check_close(void *ctx, ch_mds_tag tag)
{
	(void)tag;
	ch_tell(check_next(ctx), "0");
}

static void check_text(void *ctx, ch_span text)
{
	ch_tell_json_string(check_next(ctx), text);
}

/* The passage in the buffer as JSON: ["p", 0] opens, 0 closes, a string is text. 0 bytes: not known
 * to us, to be shown as it was written. */
size_t check_set(size_t n);

size_t check_set(size_t n)
{
	struct ch_tell o = check_tell();
	const ch_mds_ear ear = { check_open, check_close, check_text, &o };

	is_first = true;
	ch_tell(&o, "[");
	if (n > sizeof passage || !ch_md_small(&small, &ear, ch_span_of(passage, n)))
		return 0;
	ch_tell(&o, "]");
	return check_end();
}

/* For tests of the rule in the browser: key, signature and message stand in `file`. */
bool check_signature(size_t n_message);

bool check_signature(size_t n_message)
{
	struct ch_rd r = ch_rd_of(ch_span_of(file, sizeof file));
	ch_edkey key;
	ch_sig sig;
	ch_span message;

	ch_rd_copy(&r, key.b, sizeof key.b);
	ch_rd_copy(&r, sig.b, sizeof sig.b);
	message = ch_rd_take(&r, n_message);
	return r.err == CH_OK && ch_ed25519_verify(&sig, message, &key) == CH_OK;
}
