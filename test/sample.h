/*
 * Valid statements of every kind and a small paper with everything on it, for tests only. Same
 * arguments, same bytes: the published vectors of doc/formats/vectors/ come from here.
 */
#ifndef CH_TEST_SAMPLE_H
#define CH_TEST_SAMPLE_H

#include "check.h"

#include "age_key.h"
#include "b64.h"
#include "cover.h"
#include "envelope.h"
#include "note.h"
#include "stmt.h"
#include "vkey.h"

#define SAMPLE_UNUSED __attribute__((unused))

static inline struct ch_secret32 sample_secret(uint8_t fill)
{
	struct ch_secret32 s;

	memset(s.b, fill, sizeof s.b);
	return s;
}

SAMPLE_UNUSED static void sample_put_vkey(struct ch_wr *w, unsigned i)
{
	struct ch_secret32 seed = sample_secret((uint8_t)(i + 1));
	struct ch_edsecret sec;
	ch_edkey pub;
	ch_vkey key;

	ch_ed25519_keypair(&pub, &sec, &seed);
	ch_vkey_make(&key, CH_LIT("alpha.example/0123abcd"), 1, &pub);
	ch_vkey_put(w, &key);
}

SAMPLE_UNUSED static void sample_put_recipient(struct ch_wr *w, unsigned i)
{
	struct ch_secret32 random = sample_secret((uint8_t)(i + 1));
	struct ch_age_identity id;

	check_ok(ch_age_identity_make(&id, CH_AGE_X25519, &random));
	ch_age_recipient_put(w, &id.recipient);
}

static inline void sample_put_hash(struct ch_wr *w, unsigned i)
{
	ch_hash h;

	memset(h.b, (int)(i & 0xff), sizeof h.b);
	ch_val_put_hash(w, &h);
}

/* A value of the field's type; `i` varies it. */
SAMPLE_UNUSED static void sample_put_value(struct ch_wr *w, const struct ch_field *f, unsigned i)
{
	uint8_t bytes[64];

	memset(bytes, (int)(i & 0xff), sizeof bytes);
	switch (f->type) {
	case CH_T_HASH: sample_put_hash(w, i); break;
	case CH_T_HEX16: CH_WR_LIT(w, "00112233445566778899aabbccddeeff"); break;
	case CH_T_HANDLE: CH_WR_LIT(w, "a"); ch_val_put_dec(w, i); CH_WR_LIT(w, ".example"); break;
	case CH_T_CODE: CH_WR_LIT(w, "ALPHA"); break;
	case CH_T_NUMBER: CH_WR_LIT(w, "ALPHA-BRAVO/2026/0001"); break;
	case CH_T_WHEN: ch_val_put_when(w, 1764072000 + (int64_t)i); break;
	case CH_T_DATE: CH_WR_LIT(w, "2026-11-25"); break;
	case CH_T_DEC: ch_val_put_dec(w, i); break;
	case CH_T_KEYNAME: CH_WR_LIT(w, "alpha.example/0123abcd"); break;
	case CH_T_VKEY: sample_put_vkey(w, i); break;
	case CH_T_KEY: ch_b64_put(w, ch_span_of(bytes, 32), CH_B64_PADDED); break;
	case CH_T_SIG: ch_b64_put(w, ch_span_of(bytes, 64), CH_B64_PADDED); break;
	case CH_T_RECIPIENT: sample_put_recipient(w, i); break;
	case CH_T_TOKEN: CH_WR_LIT(w, "token."); ch_val_put_dec(w, i); break;
	case CH_T_TOKENS: CH_WR_LIT(w, "b,a.1,c-2"); break;
	case CH_T_REF: CH_WR_LIT(w, "7 "); sample_put_hash(w, i); break;
	case CH_T_SEEN:
		CH_WR_LIT(w, "90 ");
		sample_put_hash(w, i);
		CH_WR_LIT(w, " ");
		sample_put_hash(w, i + 1);
		break;
	case CH_T_RE: CH_WR_LIT(w, "BRAVO-ALPHA/2026/12345 "); sample_put_hash(w, i); break;
	case CH_T_ORIGIN: CH_WR_LIT(w, "log.example/r"); ch_val_put_dec(w, i); break;
	case CH_T_MEDIA: CH_WR_LIT(w, "application/pdf"); break;
	case CH_T_URL: CH_WR_LIT(w, "https://log.example:8443/a"); break;
	case CH_T_TEXT: CH_WR_LIT(w, "A.1"); break;
	case CH_T_NUMBERS: CH_WR_LIT(w, "0,3,17"); break;
	case CH_T_COPY: CH_WR_LIT(w, "3,3"); break;
	case CH_T_LIST: assert_true(0); break;
	}
}

/* How a sample is filled. */
typedef enum {
	SAMPLE_FULL,  /* every optional value set, lists of two, or one */
	SAMPLE_EMPTY, /* every optional value `-`, empty lists    */
} sample_how;

SAMPLE_UNUSED static void sample_put_line(struct ch_wr *w, const struct ch_field *f, unsigned i,
    sample_how how)
{
	ch_wr_str(w, f->key);
	CH_WR_LIT(w, " ");
	if (f->optional && how == SAMPLE_EMPTY)
		CH_WR_LIT(w, "-");
	else
		sample_put_value(w, f, i);
	CH_WR_LIT(w, "\n");
}

/* The text of a valid statement of any kind, written without ch_stmt_format(). */
SAMPLE_UNUSED static ch_span sample_stmt(uint8_t *buf, size_t cap, ch_kind kind, bool exercise,
    sample_how how)
{
	const struct ch_schema *s = ch_kind_schema(kind);
	struct ch_wr w = ch_wr_of(buf, cap);

	ch_wr_str(&w, exercise ? "chancery-exercise/" : "chancery/");
	ch_wr_str(&w, s->name);
	CH_WR_LIT(&w, "@v1\n");
	for (unsigned i = 0; i < s->n; i++) {
		const struct ch_field *f = &s->field[i];
		unsigned n = how != SAMPLE_FULL ? 0 : f->max < 2 ? f->max : 2;

		if (f->type != CH_T_LIST) {
			sample_put_line(&w, f, i, how);
			continue;
		}
		ch_wr_str(&w, f->key);
		CH_WR_LIT(&w, " ");
		ch_val_put_dec(&w, n);
		CH_WR_LIT(&w, "\n");
		for (unsigned k = 0; k < n; k++)
			for (unsigned c = 0; c < f->item->n; c++)
				sample_put_line(&w, &f->item->field[c], i + k, how);
	}
	check_ok(ch_wr_done(&w));
	return ch_wr_span(&w);
}

/* ---- a paper ---- */

#define SAMPLE_BODY \
	"# Cease-fire line\n\nThe line runs along the river.\n\n## Times\n\n" \
	"From noon,\nlocal time.\n\n" \
	"No.\n\n# Exchange of lists\n\nWithin three days.\n"
#define SAMPLE_PASSAGES 7u
#define SAMPLE_FILE_1 "first file\n"
#define SAMPLE_FILE_2 ""

struct sample {
	uint8_t attachments[1024], line[64], txt[8192], statement[1024], note[2048], cover[32768];
	size_t n_txt, n_cover;
	ch_stmt head;
	ch_paper paper;
	struct ch_seeds seeds;
	ch_ref roster;
	ch_hash d;
	ch_span signature;
	ch_passage passage[CH_PASSAGES_MAX];
	struct ch_paper_work work;
};

SAMPLE_UNUSED static void sample_head(struct sample *s, bool exercise)
{
	struct ch_wr w = ch_wr_of(s->attachments, sizeof s->attachments);
	ch_hash h;

	s->head = (ch_stmt){ .kind = CH_K_PAPER_TEXT, .exercise = exercise };
	s->head.v[CH_H_TALKS] =
	    CH_LIT("5d41402abc4b2a76b9719d911017c5925d41402abc4b2a76b9719d911017c592");
	s->head.v[CH_H_NUMBER] = CH_LIT("ALPHA-BRAVO/2026/0001");
	s->head.v[CH_H_FROM] = CH_LIT("alpha.example");
	s->head.v[CH_H_BY] = CH_LIT("alpha.example/0123abcd");
	s->head.v[CH_H_TO] = CH_LIT("bravo.example");
	s->head.v[CH_H_INFO] = CH_LIT("info carol.example\ninfo delta.example\n");
	s->head.count[CH_H_INFO] = 2;
	s->head.v[CH_H_FORM] = CH_LIT("note");
	s->head.v[CH_H_ACT] = CH_LIT("proposal");
	s->head.v[CH_H_BASIS] = CH_LIT("confidential");
	s->head.v[CH_H_SUBJECT] = CH_LIT("Cease-fire");
	s->head.v[CH_H_TITLE] = CH_LIT("A line and a time");
	s->head.v[CH_H_DATE] = CH_LIT("2026-11-25");
	s->head.v[CH_H_LANGUAGES] = CH_LIT("en");
	s->head.v[CH_H_MAY_CONFIRM] = CH_LIT("from,to,form,act,date");
	s->head.v[CH_H_POSITIONS] =
	    CH_LIT("position demand line\nposition open lists\nposition reserved times\n");
	s->head.count[CH_H_POSITIONS] = 3;
	CH_WR_LIT(&w, "attachment 01.txt\nmedia-type text/plain\nsize 11\nsha256 ");
	ch_sha256(&h, CH_LIT(SAMPLE_FILE_1));
	ch_val_put_hash(&w, &h);
	CH_WR_LIT(&w, "\nname Annex A (list).txt\nattachment 02.bin\n"
	    "media-type application/octet-stream\nsize 0\nsha256 ");
	ch_sha256(&h, CH_LIT(SAMPLE_FILE_2));
	ch_val_put_hash(&w, &h);
	CH_WR_LIT(&w, "\nname empty\n");
	s->head.v[CH_H_ATTACHMENTS] = ch_wr_span(&w);
	s->head.count[CH_H_ATTACHMENTS] = 2;
}

/* Everything up to the cover, as an author makes it. `copy` varies the copy's own seeds. */
SAMPLE_UNUSED static void sample_make(struct sample *s, ch_span body, bool exercise, uint8_t copy)
{
	struct ch_secret32 key = sample_secret(0x77);
	struct ch_edsecret sec;
	ch_edkey pub;
	ch_hash h;

	memset(s, 0, sizeof *s);
	s->seeds = (struct ch_seeds){ sample_secret((uint8_t)(0x10 + copy)),
		sample_secret((uint8_t)(0x40 + copy)), sample_secret(0x99) };
	sample_head(s, exercise);
	ch_paper_text_line(&h, &s->head, body, &s->seeds.text);
	struct ch_wr line = ch_wr_of(s->line, sizeof s->line);

	s->head.v[CH_H_TEXT] = ch_val_put_hash(&line, &h);
	struct ch_wr txt = ch_wr_of(s->txt, sizeof s->txt);

	check_ok(ch_paper_format(&txt, &s->head, body));
	s->n_txt = txt.n;
	check_ok(ch_paper_parse(&s->paper, s->passage, ch_wr_span(&txt), exercise));
	check_ok(ch_paper_check_head(NULL, &s->paper.head));
	s->roster.n = 3;
	memset(s->roster.hash.b, 0x33, 32);
	struct ch_wr st = ch_wr_of(s->statement, sizeof s->statement);

	check_ok(ch_paper_commit(&st, &s->d, &s->paper, &s->seeds, &s->roster, CH_LIT("signed"),
	    &s->work));
	ch_ed25519_keypair(&pub, &sec, &key);
	struct ch_wr note = ch_wr_of(s->note, sizeof s->note);

	ch_note_put_text(&note, ch_wr_span(&st));
	ch_note_sign_line(&note, CH_LIT("alpha.example/0123abcd"), ch_wr_span(&st), &sec);
	check_ok(note.err);
	s->signature = ch_wr_span(&note);
	struct ch_wr c = ch_wr_of(s->cover, sizeof s->cover);

	check_ok(ch_cover_format(&c, &s->paper, &s->seeds, s->signature, &s->work));
	s->n_cover = c.n;
}

static inline ch_span sample_cover(const struct sample *s)
{
	return ch_span_of(s->cover, s->n_cover);
}

static inline ch_span sample_txt(const struct sample *s)
{
	return ch_span_of(s->txt, s->n_txt);
}

/* ch_emit into a struct ch_wr. */
SAMPLE_UNUSED static ch_err sample_emit(void *ctx, ch_span bytes)
{
	struct ch_wr *w = ctx;

	ch_wr_put(w, bytes);
	return w->err;
}

SAMPLE_UNUSED static void sample_bundle(struct ch_wr *out, struct sample *s)
{
	struct ch_tar_writer w;

	ch_tar_writer_init(&w, sample_emit, out);
	check_ok(ch_bundle_put_texts(&w, sample_txt(s), &s->paper.head, &s->seeds, s->signature));
	check_ok(ch_bundle_begin_attachment(&w, &s->paper.head, 0));
	check_ok(ch_tar_writer_write(&w, CH_LIT(SAMPLE_FILE_1)));
	check_ok(ch_tar_writer_end(&w));
	check_ok(ch_bundle_begin_attachment(&w, &s->paper.head, 1));
	check_ok(ch_tar_writer_end(&w));
	check_ok(ch_tar_writer_finish(&w, 0));
}

#endif
