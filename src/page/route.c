/*
 * From a request to its row, and the checks before: who asks (cookie), from which page (Host,
 * Origin, the hidden field), and whether the home is open. Attacks 41 (a name that turns to
 * 127.0.0.1) and 42 (a foreign page that posts or frames).
 */
#include <stdio.h>

#include "asset.h"
#include "clock.h"
#include "dec.h"
#include "route.h"
#include "wipe.h"

#define REFUSAL_MAX 512u

/*
 * Nothing inline, nothing remote, in no frame. Referrer-Policy is same-origin and not no-referrer:
 * with the latter a browser sends `Origin: null` with our own forms. No address of ours holds a
 * secret but the first link, which is answered by ch_page_headers.
 */
#define SAFE \
	"Content-Security-Policy: default-src 'none'; style-src 'self'; script-src 'self'; " \
	"img-src 'self' data:; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; " \
	"base-uri 'none'\r\n" \
	"X-Content-Type-Options: nosniff\r\nX-Frame-Options: DENY\r\n" \
	"Cross-Origin-Opener-Policy: same-origin\r\nCross-Origin-Resource-Policy: same-origin\r\n" \
	"Cross-Origin-Embedder-Policy: require-corp\r\nX-DNS-Prefetch-Control: off\r\n" \
	"Permissions-Policy: camera=(), microphone=(), geolocation=(), payment=(), usb=()\r\n"
static const char safe[] = SAFE "Referrer-Policy: same-origin\r\n";
static const char safe_start[] = SAFE "Referrer-Policy: no-referrer\r\n";

const char *ch_page_headers(bool start)
{
	return start ? safe_start : safe;
}

static ch_tongue tongue_of(const struct ch_session *s, const struct ch_http_req *r)
{
	if (s && s->lang_chosen)
		return (ch_tongue){ .lang = s->lang };
	return (ch_tongue){ .lang = ch_lang_accept(ch_http1_get(ch_http_head(r),
	    "Accept-Language")) };
}

void ch_page_refuse(struct ch_http_req *r, const struct ch_session *s, unsigned status, ch_msg said)
{
	const ch_http_answer_head h = { .status = status, .type = "text/plain; charset=utf-8",
		.extra = safe };
	char line[REFUSAL_MAX];
	struct ch_wr w = ch_wr_of(line, sizeof line);

	ch_lang_put(&w, tongue_of(s, r), said, NULL);
	CH_WR_LIT(&w, "\n");
	ch_http_answer(r, &h, ch_wr_span(&w));
}

/* ---- who asks ---- */

/* `127.0.0.1:<port>` or `localhost:<port>`: a name that a stranger points at us is neither. */
static bool is_our_host(const struct ch_desk *k, ch_span host)
{
	char name[32];

	(void)snprintf(name, sizeof name, "127.0.0.1:%u", k->port);
	if (ch_span_eq(host, ch_span_str(name)))
		return true;
	(void)snprintf(name, sizeof name, "localhost:%u", k->port);
	return ch_span_eq(host, ch_span_str(name));
}

static bool is_our_origin(const ch_http1_head *h)
{
	ch_span origin = ch_http1_get(h, "Origin"), site = ch_http1_get(h, "Sec-Fetch-Site");
	struct ch_rd r = ch_rd_of(origin);

	if (site.p && !ch_span_eq(site, CH_LIT("same-origin")))
		return false;
	CH_RD_LIT(&r, "http://");
	return ch_span_eq(ch_rd_rest(&r), h->host) && r.err == CH_OK;
}

void ch_page_cookie_name(char out[32], const struct ch_desk *k)
{
	/* Cookies know no ports: two desks on one machine keep theirs apart by name. */
	(void)snprintf(out, 32, "chancery-%u", k->port);
}

/* The value of our cookie in `a=b; c=d`. */
static ch_span cookie_of(const struct ch_desk *k, const ch_http1_head *h)
{
	char name[32];
	struct ch_rd r = ch_rd_of(ch_http1_get(h, "Cookie"));

	ch_page_cookie_name(name, k);
	while (ch_rd_left(&r) > 0) {
		ch_span rest = ch_span_of(&r.in.p[r.at], ch_rd_left(&r));
		const uint8_t *semi = memchr(rest.p, ';', rest.n);
		ch_span one = ch_rd_take(&r, semi ? (size_t)(semi - rest.p) : rest.n);
		struct ch_rd each = ch_rd_of(one);

		if (ch_rd_starts(&each, ch_span_str(name))) {
			ch_rd_lit(&each, ch_span_str(name));
			if (ch_rd_starts(&each, CH_LIT("="))) {
				CH_RD_LIT(&each, "=");
				return ch_rd_rest(&each);
			}
		}
		if (semi)
			(void)ch_rd_take(&r, 1);
		if (ch_rd_starts(&r, CH_LIT(" ")))
			(void)ch_rd_take(&r, 1);
	}
	return (ch_span){ 0 };
}

/* ---- which row ---- */

static ch_span next_part(ch_span *path)
{
	size_t n = 0;
	ch_span part;

	while (n < path->n && path->p[n] != '/')
		n++;
	part = ch_span_of(path->p, n);
	if (n < path->n)
		n++;
	*path = ch_span_of(&path->p[n], path->n - n);
	return part;
}

/* Whether the path fits; the stars' parts go to arg, still encoded. */
static bool fits(ch_span arg[CH_PAGE_ARGS], const char *pattern, ch_span path)
{
	ch_span want = ch_span_str(pattern);
	size_t n = 0;

	while (want.n > 0 && path.n > 0) {
		ch_span w = next_part(&want), have = next_part(&path);

		if (ch_span_eq(w, CH_LIT("*")) && have.n > 0 && n < CH_PAGE_ARGS)
			arg[n++] = have;
		else if (!ch_span_eq(w, have))
			return false;
	}
	return want.n == 0 && path.n == 0;
}

static bool decode_args(struct ch_page *p)
{
	for (unsigned i = 0; i < CH_PAGE_ARGS; i++) {
		uint8_t *out;
		struct ch_wr w;

		if (p->arg[i].n == 0)
			continue;
		out = ch_arena_alloc(p->arena, p->arg[i].n + 1);
		if (!out)
			return false;
		w = ch_wr_of(out, p->arg[i].n);
		ch_http1_unescape(&w, p->arg[i], false);
		if (w.err != CH_OK)
			return false;
		p->arg[i] = ch_span_of(out, w.n);
		/* A part of a path becomes a part of a file's path: one name, no more. */
		if (p->arg[i].n == 0 || p->arg[i].p[0] == '.' ||
		    memchr(p->arg[i].p, '/', p->arg[i].n))
			return false;
	}
	return true;
}

/* Strip /h/<n>/; false when it is not of that shape. */
static bool home_path(unsigned *n, ch_span *rest, ch_span path)
{
	struct ch_rd r = ch_rd_of(path);
	uint64_t v;

	*rest = path;
	if (!ch_rd_starts(&r, CH_LIT("/h/")))
		return false;
	CH_RD_LIT(&r, "/h/");
	*rest = ch_rd_rest(&r);
	if (ch_dec_parse(&v, next_part(rest), CH_DESK_HOMES - 1) != CH_OK)
		return false;
	*n = (unsigned)v;
	return true;
}

static const ch_page_row *find_row(struct ch_page *p, bool *other_method)
{
	const ch_http1_head *h = ch_http_head(p->req);
	ch_http1_method method = h->method == CH_HTTP1_HEAD ? CH_HTTP1_GET : h->method;
	ch_span rest;
	unsigned n = 0;
	bool of_home = home_path(&n, &rest, h->path);

	*other_method = false;
	if (!of_home)
		rest = ch_span_of(&h->path.p[1], h->path.n - 1);
	for (const ch_page_row *row = ch_page_table; row->path; row++) {
		ch_span arg[CH_PAGE_ARGS] = { { 0 } };

		if (!!(row->needs & CH_PAGE_HOME) != of_home || !fits(arg, row->path, rest))
			continue;
		if (row->method != method) {
			*other_method = true;
			continue;
		}
		memcpy(p->arg, arg, sizeof arg);
		p->home = of_home ? ch_desk_home_at(p->desk, n) : NULL;
		if (of_home && n == 0 && (row->needs & CH_PAGE_ANY))
			p->home = p->desk->home[0];
		if (of_home && !p->home)
			return NULL;
		return row;
	}
	return NULL;
}

/* ---- the request ---- */

static void give_asset(struct ch_http_req *r, ch_span name)
{
	for (unsigned i = 0; i < CH_ASSETS; i++) {
		const ch_http_answer_head h = { .status = 200, .type = ch_assets[i].type,
			.cache = "public, max-age=31536000, immutable", .extra = safe };

		if (!ch_span_eq(name, ch_span_str(ch_assets[i].name)))
			continue;
		ch_http_answer(r, &h, ch_span_of(ch_assets[i].p, ch_assets[i].n));
		return;
	}
	ch_page_refuse(r, NULL, 404, CH_M_REFUSED_NO_FILE);
}

static struct ch_page *page_new(struct ch_desk *k, struct ch_http_req *r)
{
	struct ch_page *p = ch_arena_alloc(ch_http_arena(r), sizeof *p);

	if (!p) {
		ch_page_refuse(r, NULL, 503, CH_M_REFUSED_MEMORY);
		return NULL;
	}
	p->desk = k;
	p->req = r;
	p->arena = ch_http_arena(r);
	p->status = 200;
	p->nav = CH_M_COUNT;
	p->query = ch_http_head(r)->query;
	p->now = ch_clock_wall();
	ch_http_set_data(r, p);
	return p;
}

static void set_tongue(struct ch_page *p)
{
	ch_html_init(&p->html, tongue_of(p->session, p->req));
}

/* Locked: first the passphrase, then back to where it was asked from (pages, not acts). */
static void to_unlock(struct ch_page *p)
{
	const ch_http1_head *h = ch_http_head(p->req);

	if (h->method == CH_HTTP1_POST || h->path.n > 300)
		ch_page_go(p, "/h/%u/unlock", p->home->n);
	else
		ch_page_go(p, "/h/%u/unlock?to=%.*s", p->home->n, CH_SPAN(h->path));
}

/* A page that renews itself keeps no desk open: nobody asked for it. */
static bool is_by_itself(const struct ch_page *p)
{
	return ch_http1_get(ch_http_head(p->req), "X-Chancery-By-Itself").n > 0;
}

static void run_row(struct ch_page *p)
{
	if (p->home && !(p->row->needs & CH_PAGE_ANY) && !is_by_itself(p))
		p->home->used_ms = ch_clock_ms();
	if (p->home && p->home->n > 0 && ch_home_now(&p->now, &p->home->home) != CH_OK)
		p->now = ch_clock_wall();
	if (p->home && p->home->n > 0)
		ch_desk_clock(p->home, p->now);
	p->nav = p->row->nav;
	if ((p->row->needs & CH_PAGE_UNLOCKED) && p->home && !p->home->home.unlocked)
		to_unlock(p);
	else if ((p->row->needs & (CH_PAGE_UNLOCKED | CH_PAGE_WAITS)) == CH_PAGE_UNLOCKED &&
	    p->home && ch_desk_waits(p->home))
		ch_page_go(p, "/h/%u/wait", p->home->n);
	else
		p->row->run(p);
	ch_page_answer(p);
}

/* A page that says no, and leads on; nothing of a home stands in it. */
static void say_no(struct ch_page *p, ch_msg title, ch_msg text, ch_msg more)
{
	p->home = NULL;
	p->nav = CH_M_COUNT;
	p->status = 403;
	ch_page_begin(p, title, NULL);
	ch_html_put(&p->html, "<p>");
	ch_html_say(&p->html, text);
	ch_html_put(&p->html, "</p><p class=\"quiet\">");
	ch_html_say(&p->html, more);
	ch_html_put(&p->html, "</p><p><a class=\"button\" href=\"/\">");
	ch_html_say(&p->html, CH_M_GO_ON);
	ch_html_put(&p->html, "</a></p>");
	ch_page_answer(p);
}

static bool has_token(const struct ch_page *p, ch_span given)
{
	return given.n == CH_SECRET_TEXT && ch_ct_equal(given.p, p->session->csrf, CH_SECRET_TEXT);
}

static void on_form(void *ctx, struct ch_http_req *r, ch_span body)
{
	struct ch_page *p = ch_http_data(r);

	(void)ctx;
	p->form = body;
	if (p->session && !has_token(p, ch_page_form(p, "form"))) {
		say_no(p, CH_M_REFUSED_FORM, CH_M_REFUSED_FORM_TEXT, CH_M_REFUSED_FORM_AGAIN);
		return;
	}
	run_row(p);
}

static void take_post(struct ch_page *p)
{
	const ch_http1_head *h = ch_http_head(p->req);
	ch_span type = ch_http1_get(h, "Content-Type");

	if (p->session && !is_our_origin(h)) {
		set_tongue(p);
		say_no(p, CH_M_REFUSED_FORM, CH_M_REFUSED_SITE_TEXT, CH_M_REFUSED_SITE_AGAIN);
	} else if (!ch_span_eq(type, CH_LIT("application/x-www-form-urlencoded")))
		ch_page_refuse(p->req, p->session, 415, CH_M_REFUSED_TYPE);
	else {
		set_tongue(p);
		ch_http_take_body(p->req, CH_PAGE_FORM_MAX, on_form);
	}
}

/* A form with a file, without script: its handler reads the hidden field, which comes first. */
static bool is_file_form(const ch_http1_head *h)
{
	const struct ch_rd r = ch_rd_of(ch_http1_get(h, "Content-Type"));

	return h->method == CH_HTTP1_POST && ch_rd_starts(&r, CH_LIT("multipart/form-data; "));
}

static void take_stream(struct ch_page *p)
{
	const ch_http1_head *h = ch_http_head(p->req);

	if (h->method == CH_HTTP1_POST && !is_file_form(h))
		ch_page_refuse(p->req, p->session, 415, CH_M_REFUSED_TYPE);
	else if (!is_our_origin(h) ||
	    (!is_file_form(h) && !has_token(p, ch_http1_get(h, "X-Chancery-Form"))))
		ch_page_refuse(p->req, p->session, 403, CH_M_REFUSED_SITE_TEXT);
	else if ((p->row->needs & CH_PAGE_UNLOCKED) && !p->home->home.unlocked)
		ch_page_refuse(p->req, p->session, 403, CH_M_REFUSED_LOCKED);
	else {
		set_tongue(p);
		p->home->used_ms = ch_clock_ms();
		p->row->stream(p);
	}
}

void ch_page_route(void *ctx, struct ch_http_req *r)
{
	struct ch_desk *k = ctx;
	const ch_http1_head *h = ch_http_head(r);
	struct ch_rd path = ch_rd_of(h->path);
	struct ch_page *p;
	bool other_method;

	if (!is_our_host(k, h->host)) {
		ch_page_refuse(r, NULL, 421, CH_M_REFUSED_ADDRESS);
		return;
	}
	if (ch_rd_starts(&path, CH_LIT("/a/")) && h->method == CH_HTTP1_GET) {
		CH_RD_LIT(&path, "/a/");
		give_asset(r, ch_rd_rest(&path));
		return;
	}
	if (!(p = page_new(k, r)))
		return;
	p->session = ch_session_find(k, cookie_of(k, h));
	p->row = find_row(p, &other_method);
	if (!p->session && !(p->row && (p->row->needs & CH_PAGE_OPEN))) {
		set_tongue(p);
		say_no(p, CH_M_SESSION_NONE, CH_M_SESSION_NONE_TEXT, CH_M_SESSION_NONE_AGAIN);
	} else if (!p->row || !decode_args(p)) {
		set_tongue(p);
		if (!p->row && other_method)
			p->status = 405;
		ch_page_not_found(p);
		ch_page_answer(p);
	} else if (p->row->stream) {
		take_stream(p);
	} else if (p->row->method == CH_HTTP1_POST) {
		take_post(p);
	} else {
		set_tongue(p);
		run_row(p);
	}
}
