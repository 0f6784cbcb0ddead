/*
 * registry.txt is public and made once. keys holds two Ed25519 seeds in hex, mode 0600: whoever
 * has the file is the registry.
 */
#include "folder.h"

#include "dec.h"
#include "hex.h"
#include "rng.h"
#include "value.h"
#include "when.h"
#include "wipe.h"

#define TEXT_TYPE "chancery/registry-folder@v1"
#define KEYS_TYPE "chancery/registry-keys@v1"
#define KEYS_MAX 256

bool ch_folder_origin_fits(ch_span origin)
{
	static const struct ch_field f = { .key = "registry", .type = CH_T_ORIGIN };
	ch_span head = { origin.p, origin.n < 8 ? origin.n : 8 };

	return ch_value_check(&f, origin) == CH_OK && ch_name_is_valid(origin) &&
	    origin.n <= CH_NAME_MAX - sizeof "/cosigner" && !ch_span_eq(head, CH_LIT("chancery"));
}

static bool url_fits(ch_span url)
{
	static const struct ch_field f = { .key = "url", .type = CH_T_URL };

	return url.n == 0 || (url.n <= CH_URL_MAX && ch_value_check(&f, url) == CH_OK);
}

static void put_key(struct ch_wr *w, const char *name, const struct ch_secret32 *seed)
{
	ch_wr_str(w, name);
	ch_hex_put(w, ch_span_of(seed->b, sizeof seed->b));
	CH_WR_LIT(w, "\n");
}

static ch_err make_keys(const char *path)
{
	uint8_t text[KEYS_MAX];
	struct ch_secret32 log = { 0 }, cosign = { 0 };
	struct ch_wr w = ch_wr_of(text, sizeof text);
	ch_err e;

	if ((e = ch_random(log.b, sizeof log.b)) != CH_OK)
		goto out;
	if ((e = ch_random(cosign.b, sizeof cosign.b)) != CH_OK)
		goto out;
	ch_wr_str(&w, KEYS_TYPE "\n");
	put_key(&w, "log ", &log);
	put_key(&w, "cosigner ", &cosign);
	if ((e = ch_wr_done(&w)) == CH_OK)
		e = ch_file_create(path, ch_span_of(text, w.n), 0600);
out:
	ch_wipe(text, sizeof text);
	ch_wipe(&log, sizeof log);
	ch_wipe(&cosign, sizeof cosign);
	return e;
}

ch_err ch_folder_make(const char *dir, ch_span origin, ch_span url, int64_t now)
{
	char path[CH_PATH_MAX];
	uint8_t text[2048];
	struct ch_wr w = ch_wr_of(text, sizeof text);
	ch_err e;

	if (!ch_folder_origin_fits(origin) || !url_fits(url))
		return CH_E_FORMAT;
	if ((e = ch_path(path, "%s/keys", dir)) != CH_OK || (e = make_keys(path)) != CH_OK)
		return e;
	CH_WR_LIT(&w, TEXT_TYPE "\norigin ");
	ch_wr_put(&w, origin);
	CH_WR_LIT(&w, "\nurl ");
	ch_wr_put(&w, url.n ? url : CH_LIT("-"));
	CH_WR_LIT(&w, "\nmade ");
	ch_when_put(&w, now);
	CH_WR_LIT(&w, "\n");
	if ((e = ch_wr_done(&w)) != CH_OK)
		return e;
	if ((e = ch_path(path, "%s/registry.txt", dir)) != CH_OK)
		return e;
	return ch_file_create(path, ch_span_of(text, w.n), 0644);
}

/* The value behind `key `. */
static ch_span value(struct ch_rd *r, ch_span key)
{
	ch_rd_lit(r, key);
	return ch_rd_line1(r);
}

static ch_err read_text(struct ch_folder *f)
{
	char path[CH_PATH_MAX];
	uint8_t text[2048];
	size_t n;
	struct ch_rd r;
	ch_span origin, url, made;
	ch_err e;

	if ((e = ch_path(path, "%s/registry.txt", f->dir)) != CH_OK ||
	    (e = ch_file_read_into(text, &n, sizeof text, path)) != CH_OK)
		return e;
	r = ch_rd_of(ch_span_of(text, n));
	if (ch_rd_starts(&r, CH_LIT("chancery/registry-folder@v")) &&
	    !ch_rd_starts(&r, CH_LIT(TEXT_TYPE "\n")))
		return CH_E_LIMIT;
	CH_RD_LIT(&r, TEXT_TYPE "\n");
	origin = value(&r, CH_LIT("origin "));
	url = value(&r, CH_LIT("url "));
	made = value(&r, CH_LIT("made "));
	if ((e = ch_rd_done(&r)) != CH_OK || (e = ch_when_parse(&f->made, made)) != CH_OK)
		return e;
	if (ch_span_eq(url, CH_LIT("-")))
		url.n = 0;
	if (!ch_folder_origin_fits(origin) || !url_fits(url))
		return CH_E_FORMAT;
	memcpy(f->origin_text, origin.p, origin.n);
	if (url.n)
		memcpy(f->url, url.p, url.n);
	f->origin = ch_span_str(f->origin_text);
	f->exercise = origin.n > 9 &&
	    ch_span_eq(ch_span_of(origin.p, 9), CH_LIT("exercise."));
	return CH_OK;
}

static ch_err read_key(ch_edkey *pub, struct ch_edsecret *sec, struct ch_rd *r, ch_span key)
{
	struct ch_secret32 seed = { 0 };
	ch_span hex = value(r, key);
	ch_err e = ch_hex_parse(seed.b, sizeof seed.b, hex);

	if (e == CH_OK)
		ch_ed25519_keypair(pub, sec, &seed);
	ch_wipe(&seed, sizeof seed);
	return e;
}

static ch_err read_keys(struct ch_folder *f)
{
	char path[CH_PATH_MAX];
	uint8_t text[KEYS_MAX];
	size_t n;
	struct ch_rd r;
	ch_edkey log = { 0 }, cosign = { 0 };
	struct ch_wr w = ch_wr_of(f->cosigner_text, sizeof f->cosigner_text - 1);
	ch_err e;

	if ((e = ch_path(path, "%s/keys", f->dir)) != CH_OK ||
	    (e = ch_file_read_into(text, &n, sizeof text, path)) != CH_OK)
		return e;
	r = ch_rd_of(ch_span_of(text, n));
	CH_RD_LIT(&r, KEYS_TYPE "\n");
	if ((e = read_key(&log, &f->log_key, &r, CH_LIT("log "))) == CH_OK)
		e = read_key(&cosign, &f->cosign_key, &r, CH_LIT("cosigner "));
	if (e == CH_OK)
		e = ch_rd_done(&r);
	ch_wr_put(&w, f->origin);
	CH_WR_LIT(&w, "/cosigner");
	if (e == CH_OK && (e = ch_wr_done(&w)) == CH_OK) {
		ch_vkey_make(&f->vkey, f->origin, CH_VKEY_ED25519, &log);
		ch_vkey_make(&f->cosigner, ch_span_str(f->cosigner_text), CH_VKEY_COSIGNATURE,
		    &cosign);
	}
	ch_wipe(text, sizeof text);
	return e;
}

ch_err ch_folder_open(struct ch_folder *f, const char *dir)
{
	ch_err e;

	memset(f, 0, sizeof *f);
	if ((e = ch_path(f->dir, "%s", dir)) == CH_OK &&
	    (e = ch_path(f->clock, "%s/clock", dir)) == CH_OK && (e = read_text(f)) == CH_OK)
		e = read_keys(f);
	if (e != CH_OK)
		ch_folder_close(f);
	return e;
}

void ch_folder_close(struct ch_folder *f)
{
	ch_wipe(f, sizeof *f);
}
