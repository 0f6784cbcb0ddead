/* A session with a registry: see link.h. The only traffic of the desk goes through here. */
#include "link.h"

#include <stdio.h>
#include <string.h>

#include "link_json.h"
#include "pack.h"
#include "party.h"
#include "text.h"
#include "wipe.h"

#define HEADER_MAX (CH_LINK_URL_MAX + 32)
#define NOTE_MAX 4096u

/* ---- where it is ---- */

static bool url_is_usable(ch_span url)
{
	struct ch_rd r = ch_rd_of(url);

	if (url.n < 9 || url.n >= CH_LINK_URL_MAX)
		return false;
	for (size_t i = 0; i < url.n; i++)
		if (url.p[i] <= ' ' || url.p[i] > '~' || url.p[i] == '?' || url.p[i] == '#' ||
		    url.p[i] == '@')
			return false;
	return ch_rd_starts(&r, CH_LIT("http://")) || ch_rd_starts(&r, CH_LIT("https://"));
}

ch_err ch_link_open_url(struct ch_link *l, const struct ch_home *home, ch_span url,
    struct ch_problem *why)
{
	ch_err e;

	*l = (struct ch_link){ .home = home };
	while (url.n > 0 && url.p[url.n - 1] == '/')
		url.n--;
	if (!url_is_usable(url))
		return ch_problem_about(why, CH_E_FORMAT, "\"", url, "\" is not the address of a "
		    "registry; it begins with https:// or http://");
	memcpy(l->url, url.p, url.n);
	ch_buf_init(&l->body, CH_LINK_BODY_MAX);
	e = ch_client_init(&l->client);
	l->open = e == CH_OK;
	if (e != CH_OK)
		ch_problem_set(why, e, "no connection could be prepared: %s", ch_err_text(e));
	return e;
}

ch_err ch_link_open(struct ch_link *l, const struct ch_home *home, ch_span origin,
    struct ch_problem *why)
{
	uint8_t text[CH_LINK_URL_MAX + 1];
	char path[CH_PATH_MAX];
	struct ch_rd r;
	ch_span url;
	size_t n = 0;
	ch_err e;

	*l = (struct ch_link){ 0 };
	if (origin.n > CH_NAME_MAX || memchr(origin.p, '/', origin.n))
		return ch_problem_set(why, CH_E_FORMAT, "a registry's name has no slash");
	e = ch_home_path(path, home, "registries/%.*s/url.txt", (int)origin.n,
	    (const char *)origin.p);
	if (e == CH_OK)
		e = ch_file_read_into(text, &n, sizeof text, path);
	if (e != CH_OK)
		return ch_problem_about(why, e, "the registry ", origin, " is not known to this "
		    "home; join the talks that use it, or open talks with --registry URL");
	r = ch_rd_of(ch_span_of(text, n));
	url = ch_rd_line1(&r);
	if (ch_rd_done(&r) != CH_OK)
		return ch_problem_set(why, CH_E_FORMAT, "%s is damaged; it holds one line, the "
		    "registry's address", path);
	e = ch_link_open_url(l, home, url, why);
	if (e == CH_OK)
		memcpy(l->origin, origin.p, origin.n);
	return e;
}

void ch_link_close(struct ch_link *l)
{
	if (l->open)
		ch_client_deinit(&l->client);
	ch_buf_deinit(&l->body);
	ch_wipe(l->token, sizeof l->token);
	*l = (struct ch_link){ 0 };
}

/* ---- asking ---- */

typedef struct {
	const char *method, *path;
	ch_span body;
	struct ch_infile *file;
	ch_client_sink sink;
} asked;

static ch_err ask_once(struct ch_link *l, const asked *a, struct ch_problem *why)
{
	char url[CH_PATH_MAX + CH_LINK_URL_MAX], auth[HEADER_MAX];
	const char *headers[3] = { NULL, NULL, NULL };
	ch_client_answer answer = { 0 };
	ch_client_sink sink = a->sink;
	ch_pack_kind kind;
	bool exercise;
	ch_err e;

	(void)snprintf(url, sizeof url, "%s%s", l->url, a->path);
	headers[0] = a->file || ch_pack_sniff(&kind, &exercise, a->body) == CH_OK
	    ? "Content-Type: application/octet-stream"
	    : "Content-Type: text/plain; charset=utf-8";
	if (l->signed_in) {
		(void)snprintf(auth, sizeof auth, "Authorization: Bearer %s", l->token);
		headers[1] = auth;
	}
	ch_buf_reset(&l->body);
	sink.buf = &l->body;
	e = ch_client_do(&answer, &l->client, &(ch_client_ask){ .method = a->method, .url = url,
	    .headers = headers, .body = a->body, .file = a->file, .stop = l->stop }, &sink);
	ch_wipe(auth, sizeof auth);
	l->status = answer.status;
	if (e == CH_E_NET)
		return ch_problem_set(why, e, "the registry at %s was not reached, or the line "
		    "broke; nothing was lost; repeat the command", l->url);
	if (e != CH_OK)
		return ch_problem_set(why, e, "the answer of %s could not be taken in: %s", l->url,
		    ch_err_text(e));
	if (answer.status >= 200 && answer.status <= 299)
		return CH_OK;
	return ch_link_judge(l, why);
}

static ch_err ask(struct ch_link *l, const asked *a, struct ch_problem *why)
{
	struct ch_problem mine = { 0 };
	ch_err e;

	CH_ASSERT(l->open);
	e = ask_once(l, a, &mine);
	if (e == CH_E_DENIED && l->signed_in && strcmp(mine.type, "not-signed-in") == 0) {
		/* The token ran out: ten minutes are short beside a large file. */
		mine = (struct ch_problem){ 0 };
		l->signed_in = false;
		e = a->file ? ch_infile_seek(a->file, 0) : CH_OK;
		if (e == CH_OK)
			e = ch_link_sign_in(l, &mine);
		if (e == CH_OK)
			e = ask_once(l, a, &mine);
	}
	if (e != CH_OK && why && why->text[0] == '\0')
		*why = mine;
	return e;
}

ch_err ch_link_get(ch_span *body, struct ch_link *l, const char *path, struct ch_problem *why)
{
	ch_err e = ask(l, &(asked){ .method = "GET", .path = path }, why);

	*body = e == CH_OK ? ch_buf_span(&l->body) : (ch_span){ 0 };
	return e;
}

ch_err ch_link_news(uint64_t *size, struct ch_link *l, uint64_t after,
    unsigned seconds, struct ch_problem *why)
{
	char path[96];
	ch_span body;
	ch_err e;

	*size = 0;
	(void)snprintf(path, sizeof path, "/v1/news?after=%llu&wait=%u", (unsigned long long)after,
	    seconds);
	e = ch_link_get(&body, l, path, why);
	if (e == CH_OK && ch_link_problem_number(size, l, "news") != CH_OK)
		e = ch_problem_set(why, CH_E_FORMAT, "%s says no number of news", l->url);
	return e;
}

ch_err ch_link_post(ch_span *body, struct ch_link *l, const char *path, ch_span send,
    struct ch_problem *why)
{
	ch_err e = ask(l, &(asked){ .method = "POST", .path = path, .body = send }, why);

	*body = e == CH_OK ? ch_buf_span(&l->body) : (ch_span){ 0 };
	return e;
}

ch_err ch_link_put_file(struct ch_link *l, const char *path, const char *file,
    struct ch_problem *why)
{
	struct ch_infile f = { .fd = -1 };
	ch_err e = ch_infile_open(&f, file);

	if (e != CH_OK)
		return ch_problem_set(why, e, "%s could not be read: %s", file, ch_err_text(e));
	e = ask(l, &(asked){ .method = "PUT", .path = path, .file = &f }, why);
	ch_infile_close(&f);
	return e;
}

ch_err ch_link_get_file(struct ch_link *l, const char *path, struct ch_outfile *f, uint64_t max,
    struct ch_problem *why)
{
	return ask(l, &(asked){ .method = "GET", .path = path,
	    .sink = { .file = f, .file_max = max } }, why);
}

/* ---- signing in ---- */

/* The host of an https address: it is bound into what we sign, so that a copy of the registry
 * under another name cannot pass our sign-in on. */
static ch_span tls_name(const struct ch_link *l)
{
	struct ch_rd r = ch_rd_of(ch_span_str(l->url));
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

/* Our newest roster that was published, else the newest there is. */
static ch_err own_roster(ch_ref *out, const struct ch_home *h, struct ch_problem *why)
{
	struct ch_roster_file r = { 0 };
	struct ch_buf proof;
	ch_err e = ch_party_roster(&r, h, ch_span_str(h->handle), 0, why);
	uint64_t newest = r.version;

	if (e == CH_OK)
		*out = (ch_ref){ r.version, r.hash };
	for (uint64_t v = newest; e == CH_OK && v >= 1; v--) {
		ch_buf_init(&proof, CH_WATCH_PROOF_MAX);
		if (ch_party_roster_proof(&proof, h, ch_span_str(h->handle), v) == CH_OK) {
			ch_buf_deinit(&proof);
			ch_roster_file_deinit(&r);
			e = ch_party_roster(&r, h, ch_span_str(h->handle), v, why);
			if (e == CH_OK)
				*out = (ch_ref){ r.version, r.hash };
			break;
		}
		ch_buf_deinit(&proof);
	}
	ch_roster_file_deinit(&r);
	return e;
}

static ch_err sign_in_note(struct ch_wr *out, const struct ch_link *l, ch_span challenge,
    struct ch_problem *why)
{
	uint8_t text[NOTE_MAX], small[256];
	struct ch_wr w = ch_wr_of(text, sizeof text), s = ch_wr_of(small, sizeof small);
	ch_stmt st = { .kind = CH_K_SIGN_IN, .exercise = l->home->exercise };
	struct ch_edsecret sec;
	ch_edkey pub;
	ch_ref roster = { 0 };
	int64_t now;
	ch_err e = own_roster(&roster, l->home, why);

	if (e == CH_OK)
		e = ch_home_now(&now, l->home);
	if (e != CH_OK)
		return e;
	st.v[CH_SI_PARTY] = ch_span_str(l->home->handle);
	st.v[CH_SI_ROSTER] = ch_val_put_ref(&s, &roster);
	st.v[CH_SI_REGISTRY] = ch_span_str(l->origin);
	st.v[CH_SI_TLS_NAME] = tls_name(l);
	st.v[CH_SI_CHALLENGE] = challenge;
	st.v[CH_SI_TIME] = ch_val_put_when(&s, now);
	e = ch_stmt_format(&w, &st);
	if (e != CH_OK)
		return e;
	ch_home_sign_in_key(&pub, &sec, l->home);
	ch_note_put_text(out, ch_span_of(text, w.n));
	ch_note_sign_line(out, ch_span_str(l->home->delegate), ch_span_of(text, w.n), &sec);
	ch_wipe(&sec, sizeof sec);
	return ch_wr_done(out);
}

/* A question of the sign-in itself: it never signs in. */
static ch_err ask_first(struct ch_link *l, const char *path, ch_span send, struct ch_problem *why)
{
	struct ch_problem mine = { 0 };
	ch_err e;

	CH_ASSERT(l->open);
	e = ask_once(l, &(asked){ .method = "POST", .path = path, .body = send }, &mine);
	if (e != CH_OK && why && why->text[0] == '\0')
		*why = mine;
	return e;
}

static ch_err get_token(struct ch_link *l, struct ch_problem *why)
{
	uint8_t note[NOTE_MAX];
	struct ch_wr w = ch_wr_of(note, sizeof note);
	char challenge[65];
	ch_err e = ask_first(l, "/v1/challenges", (ch_span){ 0 }, why);

	if (e == CH_OK)
		e = ch_link_problem_string(challenge, sizeof challenge, l, "challenge");
	if (e == CH_OK)
		e = sign_in_note(&w, l, ch_span_str(challenge), why);
	if (e == CH_OK)
		e = ask_first(l, "/v1/tokens", ch_span_of(note, w.n), why);
	if (e == CH_OK)
		e = ch_link_problem_string(l->token, sizeof l->token, l, "token");
	ch_buf_reset(&l->body);
	return e;
}

ch_err ch_link_sign_in(struct ch_link *l, struct ch_problem *why)
{
	ch_err e;

	if (l->signed_in)
		return CH_OK;
	if (!l->home->unlocked)
		return ch_problem_set(why, CH_E_LOCKED, "the home is locked; the passphrase is "
		    "needed to sign in at the registry");
	e = get_token(l, why);
	for (size_t i = 0; e == CH_OK && l->token[i] != '\0'; i++)
		if (l->token[i] <= ' ' || l->token[i] > '~')
			e = CH_E_FORMAT;
	if (e != CH_OK) {
		ch_wipe(l->token, sizeof l->token);
		return ch_problem_set(why, e, "signing in at %s failed: %s; nothing was lost",
		    l->url, ch_err_text(e));
	}
	l->signed_in = true;
	return CH_OK;
}
