/*
 * What a browser gets of the program itself, as fingerprints: files of the pages, of published
 * folders and registries, the manual, the sentences. The same in `chancery --version --json` and on
 * the page of registers, and in two builds of one source.
 */
#include "asset.h"

#include <stdio.h>

#include "check_page.h"
#include "hex.h"
#include "lang.h"
#include "manual.h"
#include "public_words.h"
#include "wr.h"

#define LINE_MAX (64 + 2 + 64 + 1)

static void give(const ch_asset_ear *ear, const char *name, ch_span a, ch_span b, ch_span c)
{
	struct ch_sha256 s;
	ch_hash sum;

	ch_sha256_init(&s);
	ch_sha256_update(&s, a);
	ch_sha256_update(&s, b);
	ch_sha256_update(&s, c);
	ch_sha256_final(&s, &sum);
	ear->each(ear->ctx, name, &sum);
}

/* Texts that are files of nobody: one after the other, each with an LF. */
static void put_text(struct ch_sha256 *s, ch_span text)
{
	ch_sha256_update(s, text);
	ch_sha256_update(s, CH_LIT("\n"));
}

static void give_sentences(const ch_asset_ear *ear, unsigned lang)
{
	struct ch_sha256 s;
	char name[32];
	ch_hash sum;

	(void)snprintf(name, sizeof name, "sentences.%s", ch_langs[lang].code);
	ch_sha256_init(&s);
	for (unsigned set = 0; set < CH_WORD_SETS; set++)
		for (unsigned i = 0; i < CH_M_COUNT; i++)
			put_text(&s, ch_span_str(ch_lang_texts[lang][set][i]));
	ch_sha256_final(&s, &sum);
	ear->each(ear->ctx, name, &sum);
}

static void give_manual(const ch_asset_ear *ear, unsigned lang)
{
	struct ch_sha256 s;
	ch_hash sum;

	ch_sha256_init(&s);
	for (const ch_manual_page *m = ch_manual; m->name; m++)
		put_text(&s, m->in[lang].html);
	ch_sha256_final(&s, &sum);
	ear->each(ear->ctx, lang == 0 ? "manual.en" : "manual.fr", &sum);
}

void ch_assets_list(const ch_asset_ear *ear)
{
	const ch_span none = { 0 };

	for (unsigned i = 0; i < CH_ASSETS; i++)
		give(ear, ch_assets[i].name, ch_span_of(ch_assets[i].p, ch_assets[i].n), none,
		    none);
	if (ch_check_page_head().n > 0) /* as a registry serves it, with nothing beside */
		give(ear, "check.html", ch_check_page_head(), CH_LIT("{}"), ch_check_page_tail());
	give(ear, "front.js", ch_front_script(), none, none);
	give(ear, "site.css", ch_site_style(), none, none);
	for (unsigned i = 0; i < CH_COUNT(ch_manual[0].in); i++)
		give_manual(ear, i);
	for (unsigned i = 0; i < CH_LANGS; i++)
		give_sentences(ear, i);
}

/* A line as sha256sum writes it. */
static void add_line(void *ctx, const char *name, const ch_hash *sum)
{
	char line[LINE_MAX];
	struct ch_wr w = ch_wr_of(line, sizeof line);

	ch_hex_put(&w, ch_span_of(sum->b, sizeof sum->b));
	CH_WR_LIT(&w, "  ");
	ch_wr_str(&w, name);
	CH_WR_LIT(&w, "\n");
	CH_ASSERT(w.err == CH_OK);
	ch_sha256_update(ctx, ch_wr_span(&w));
}

void ch_assets_hash(ch_hash *out)
{
	struct ch_sha256 s;

	ch_sha256_init(&s);
	ch_assets_list(&(ch_asset_ear){ add_line, &s });
	ch_sha256_final(&s, out);
}
