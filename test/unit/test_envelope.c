/* Cover, bundle and outer archive, from author to addressee, and every defect by name. */
#include "sample.h"

static struct sample s;
static ch_cover cover;
static uint8_t buf[1 << 17], twin[1 << 17], txt[CH_PAPER_MAX];
static ch_passage passage[CH_PASSAGES_MAX];
static struct ch_paper_work work;
static struct ch_bundle_reader reader;
static struct ch_outer_reader outer;
static uint8_t files[256];
static size_t n_files;

static void start(void)
{
	sample_make(&s, CH_LIT(SAMPLE_BODY), false, 0);
	check_ok(ch_cover_parse(&cover, sample_cover(&s), false));
}

/* ---- cover ---- */

static uint8_t l_text[8192];

static void submission(ch_stmt *l, uint8_t scratch[256])
{
	struct ch_wr w = ch_wr_of(scratch, 256);
	ch_hash h;

	check_ok(ch_stmt_parse_as(l, sample_stmt(l_text, sizeof l_text, CH_K_SUBMISSION, false,
	    SAMPLE_FULL), CH_K_SUBMISSION, false));
	l->v[CH_L_TALKS] = s.head.v[CH_H_TALKS];
	l->v[CH_L_PARTY] = CH_LIT("alpha.example");
	l->v[CH_L_ADDRESSEE] = CH_LIT("bravo.example");
	l->v[CH_L_SERIAL] = CH_LIT("1");
	l->v[CH_L_PAPER] = ch_val_put_hash(&w, &s.d);
	ch_sha256(&h, sample_cover(&s));
	l->v[CH_L_COVER] = ch_val_put_hash(&w, &h);
}

static void test_cover(void **state)
{
	uint8_t scratch[256];
	ch_stmt l, m;

	(void)state;
	start();
	assert_true(ch_hash_eq(&cover.d, &s.d));
	check_span(cover.v[CH_H_ACT], "proposal");
	assert_int_equal(cover.v[CH_H_RE].n, 0);
	assert_null(cover.v[CH_H_TITLE].p);
	submission(&l, scratch);
	check_ok(ch_cover_check(&cover, &l, CH_LIT("ALPHA"), CH_LIT("BRAVO")));
	check_ok(ch_cover_check(&cover, &l, (ch_span){ 0 }, (ch_span){ 0 }));
	check_err(ch_cover_check(&cover, &l, CH_LIT("BRAVO"), (ch_span){ 0 }), CH_E_CONFLICT);
	check_err(ch_cover_check(&cover, &l, (ch_span){ 0 }, CH_LIT("ALPHA")), CH_E_CONFLICT);
	static const struct {
		unsigned f;
		ch_err e;
	} twins[] = { { CH_L_TALKS, CH_E_CONFLICT }, { CH_L_PARTY, CH_E_CONFLICT },
		{ CH_L_ADDRESSEE, CH_E_CONFLICT }, { CH_L_SERIAL, CH_E_CONFLICT },
		{ CH_L_PAPER, CH_E_AUTH }, { CH_L_COVER, CH_E_AUTH } };

	for (unsigned i = 0; i < CH_COUNT(twins); i++) {
		m = l;
		m.v[twins[i].f] = CH_LIT("2");
		check_err(ch_cover_check(&cover, &m, (ch_span){ 0 }, (ch_span){ 0 }), twins[i].e);
	}
}

static void test_cover_twins(void **state)
{
	ch_span in;
	ch_cover c;

	(void)state;
	start();
	in = sample_cover(&s);
	check_err(ch_cover_parse(&c, in, true), CH_E_FORMAT);
	for (size_t n = 0; n < in.n; n += 7)
		assert_int_not_equal(ch_cover_parse(&c, ch_span_of(in.p, n), false), CH_OK);
	assert_true(check_is_zero(&c, sizeof c));
	memcpy(twin, in.p, in.n);
	for (size_t i = 0; i < in.n; i += 3) {
		bool signature = false;

		twin[i] ^= 1;
		/* The signature is judged by the roster, not here: it may parse. */
		if (ch_cover_parse(&c, ch_span_of(twin, in.n), false) == CH_OK)
			signature = !ch_span_eq(c.signature, cover.signature);
		assert_true(signature || check_is_zero(&c, sizeof c));
		twin[i] ^= 1;
	}
}

/* One key more or fewer than the cover keys is no cover. */
static void test_cover_keys(void **state)
{
	(void)state;
	start();
	for (unsigned i = 0; i < CH_H_KEYS; i++) {
		ch_selection which = ch_selection_cover();
		struct ch_wr w = ch_wr_of(buf, sizeof buf), p = ch_wr_of(twin, sizeof twin);
		ch_cover c;

		which.head ^= 1u << i;
		check_ok(ch_leaves_format(&w, &s.paper, &s.seeds, &which, &s.work));
		CH_WR_LIT(&p, "chancery/extract@v1\nparts 2\npart paper ");
		ch_val_put_dec(&p, s.signature.n);
		CH_WR_LIT(&p, "\n");
		ch_wr_put(&p, s.signature);
		CH_WR_LIT(&p, "\npart leaves ");
		ch_val_put_dec(&p, w.n);
		CH_WR_LIT(&p, "\n");
		ch_wr_put(&p, ch_wr_span(&w));
		CH_WR_LIT(&p, "\n");
		check_err(ch_cover_parse(&c, ch_wr_span(&p), false), CH_E_FORMAT);
	}
}

/* ---- bundle ---- */

static ch_err on_begin(void *ctx, uint32_t index, const ch_item *it)
{
	(void)ctx;
	files[n_files++] = (uint8_t)('0' + index);
	assert_true(it->v[CH_AT_NAME].n > 0);
	return CH_OK;
}

static ch_err on_data(void *ctx, ch_span bytes)
{
	memcpy(&files[n_files], bytes.p, bytes.n);
	n_files += bytes.n;
	return ctx ? CH_E_FULL : CH_OK;
}

static ch_err on_end(void *ctx)
{
	(void)ctx;
	files[n_files++] = '.';
	return CH_OK;
}

static const ch_attachment_events events = { on_begin, on_data, on_end };
static const ch_bundle_room room = { txt, sizeof txt, passage, &work };

/* Read a bundle in pieces; returns the error, reader.cause the defect. */
static ch_err judge(ch_span in, size_t piece, void *ctx)
{
	ch_err e = CH_OK;

	n_files = 0;
	ch_bundle_reader_init(&reader, &room, &cover, &events, ctx);
	for (size_t at = 0; at < in.n && e == CH_OK; at += piece)
		e = ch_bundle_reader_write(&reader,
		    ch_span_of(&in.p[at], in.n - at < piece ? in.n - at : piece));
	return e == CH_OK ? ch_bundle_reader_finish(&reader) : e;
}

static ch_span bundle(void)
{
	struct ch_wr w = ch_wr_of(buf, sizeof buf);

	sample_bundle(&w, &s);
	return ch_wr_span(&w);
}

static void test_bundle(void **state)
{
	static const size_t piece[] = { 1, 13, 512, 100000 };
	uint64_t size;

	(void)state;
	start();
	ch_span in = bundle();

	check_ok(ch_bundle_size(&size, &s.paper.head, s.n_txt, s.signature.n));
	assert_int_equal(size, in.n);
	for (unsigned i = 0; i < CH_COUNT(piece); i++) {
		check_ok(judge(in, piece[i], NULL));
		assert_int_equal(reader.cause, CH_DEFECT_NONE);
		assert_memory_equal(files, "0first file\n.1.", 15);
		check_span(reader.paper.body, SAMPLE_BODY);
		assert_memory_equal(&reader.seeds, &s.seeds, sizeof s.seeds);
	}
	check_err(judge(in, 512, &s), CH_E_FULL);
	assert_int_equal(reader.cause, CH_DEFECT_NONE);
	ch_bundle_reader_deinit(&reader);
	assert_true(check_is_zero(&reader, sizeof reader));
}

static void test_bundle_twins(void **state)
{
	(void)state;
	start();
	ch_span in = bundle();

	for (size_t n = 0; n < in.n; n += 101) {
		check_err(judge(ch_span_of(in.p, n), 4096, NULL), CH_E_AUTH);
		assert_int_not_equal(reader.cause, CH_DEFECT_NONE);
	}
	memcpy(twin, in.p, in.n);
	twin[in.n] = 0;
	check_err(judge(ch_span_of(twin, in.n + 1), 4096, NULL), CH_E_AUTH);
	assert_int_equal(reader.cause, CH_DEFECT_BUNDLE_MALFORMED);
	for (size_t i = 0; i < in.n; i++) {
		twin[i] ^= (uint8_t)(1u << i % 8);
		check_err(judge(ch_span_of(twin, in.n), 100000, NULL), CH_E_AUTH);
		assert_int_not_equal(reader.cause, CH_DEFECT_NONE);
		twin[i] ^= (uint8_t)(1u << i % 8);
	}
}

/* What each member says when it alone is another. */
typedef struct {
	ch_span txt, sums, seeds, signature, file;
	unsigned drop; /* bit per member */
} parts;

static ch_defect cause(const parts *p)
{
	struct ch_wr out = ch_wr_of(twin, sizeof twin);
	struct ch_tar_writer w;

	ch_tar_writer_init(&w, sample_emit, &out);
	if (!(p->drop & 1))
		check_ok(ch_tar_writer_member(&w, CH_LIT("paper.txt"), p->txt));
	if (!(p->drop & 2))
		check_ok(ch_tar_writer_member(&w, CH_LIT("SHA256SUMS"), p->sums));
	if (!(p->drop & 4))
		check_ok(ch_tar_writer_member(&w, CH_LIT("seeds"), p->seeds));
	if (!(p->drop & 8))
		check_ok(ch_tar_writer_member(&w, CH_LIT("signature"), p->signature));
	if (!(p->drop & 16))
		check_ok(ch_tar_writer_member(&w, CH_LIT("attachments/01.txt"), p->file));
	if (!(p->drop & 32))
		check_ok(ch_tar_writer_member(&w, CH_LIT("attachments/02.bin"), (ch_span){ 0 }));
	check_ok(ch_tar_writer_finish(&w, 0));
	ch_err e = judge(ch_wr_span(&out), 4096, NULL);

	assert_int_equal(e, reader.cause == CH_DEFECT_NONE ? CH_OK : CH_E_AUTH);
	return reader.cause;
}

static void sums_of(struct ch_wr *w, ch_span paper_txt, const ch_stmt *head)
{
	ch_hash h;

	ch_sha256(&h, paper_txt);
	check_ok(ch_sums_format(w, head, &h));
}

static void test_defects(void **state)
{
	static uint8_t sums[1024], seeds[1024], other_sums[1024];
	static struct sample other;
	struct ch_wr ws = ch_wr_of(sums, sizeof sums), we = ch_wr_of(seeds, sizeof seeds);
	struct ch_wr wo = ch_wr_of(other_sums, sizeof other_sums);
	parts good, p;

	(void)state;
	start();
	sums_of(&ws, sample_txt(&s), &s.paper.head);
	check_ok(ch_seeds_format(&we, &s.paper.head, &s.seeds));
	good = (parts){ sample_txt(&s), ch_wr_span(&ws), ch_wr_span(&we), s.signature,
		CH_LIT(SAMPLE_FILE_1), 0 };
	assert_int_equal(cause(&good), CH_DEFECT_NONE);
	static const ch_defect missing[] = { CH_DEFECT_BUNDLE_MALFORMED,
		CH_DEFECT_BUNDLE_MALFORMED, CH_DEFECT_BUNDLE_MALFORMED, CH_DEFECT_SIGNATURE_MISSING,
		CH_DEFECT_ATTACHMENT_DIFFERS, CH_DEFECT_BUNDLE_MALFORMED };

	for (unsigned i = 0; i < CH_COUNT(missing); i++) {
		p = good;
		p.drop = 1u << i;
		assert_int_equal(cause(&p), missing[i]);
	}
	p = good, p.drop = 8 | 16 | 32;
	assert_int_equal(cause(&p), CH_DEFECT_SIGNATURE_MISSING);
	p = good, p.txt = CH_LIT("chancery/paper-text@v1\n");
	assert_int_equal(cause(&p), CH_DEFECT_PAPER_MALFORMED);
	p = good, p.sums = CH_LIT("");
	assert_int_equal(cause(&p), CH_DEFECT_SUMS_DIFFER);
	p = good, p.seeds = CH_LIT("chancery/seeds@v1\n");
	assert_int_equal(cause(&p), CH_DEFECT_SEEDS_MALFORMED);
	p = good, p.signature = CH_LIT("x");
	assert_int_equal(cause(&p), CH_DEFECT_SIGNATURE_WRONG);
	p = good, p.file = CH_LIT("First file\n");
	assert_int_equal(cause(&p), CH_DEFECT_ATTACHMENT_DIFFERS);
	p = good, p.file = CH_LIT("first file\n\n");
	assert_int_equal(cause(&p), CH_DEFECT_ATTACHMENT_DIFFERS);
	/* Another text under the same cover; a cover key that differs. */
	sample_make(&other, CH_LIT("Other.\n"), false, 0);
	sums_of(&wo, sample_txt(&other), &other.paper.head);
	p = good, p.txt = sample_txt(&other), p.sums = ch_wr_span(&wo);
	assert_int_equal(cause(&p), CH_DEFECT_COMMITMENT_DIFFERS);
	other.head.v[CH_H_SUBJECT] = CH_LIT("Another");
	struct ch_wr wt = ch_wr_of(other.txt, sizeof other.txt);

	check_ok(ch_paper_format(&wt, &other.head, CH_LIT(SAMPLE_BODY)));
	p = good, p.txt = ch_wr_span(&wt);
	assert_int_equal(cause(&p), CH_DEFECT_COVER_DIFFERS);
}

/* An author who signs for a `text` line that is not that of the text. */
static void test_text_differs(void **state)
{
	static uint8_t sums[1024], seeds[1024];
	struct ch_wr ws = ch_wr_of(sums, sizeof sums), we = ch_wr_of(seeds, sizeof seeds);

	(void)state;
	start();
	s.seeds.text.b[0] ^= 1;
	sums_of(&ws, sample_txt(&s), &s.paper.head);
	check_ok(ch_seeds_format(&we, &s.paper.head, &s.seeds));
	parts p = { sample_txt(&s), ch_wr_span(&ws), ch_wr_span(&we), s.signature,
		CH_LIT(SAMPLE_FILE_1), 0 };

	assert_int_equal(cause(&p), CH_DEFECT_TEXT_DIFFERS);
}

static void test_defect_names(void **state)
{
	(void)state;
	for (unsigned d = 1; d < CH_DEFECT_COUNT; d++) {
		assert_int_equal(ch_defect_from(ch_span_str(ch_defect_name((ch_defect)d))), d);
		assert_true(strlen(ch_defect_text((ch_defect)d)) > 10);
	}
	assert_int_equal(ch_defect_from(CH_LIT("")), CH_DEFECT_NONE);
	assert_int_equal(ch_defect_from(CH_LIT("bad-mood")), CH_DEFECT_NONE);
}

/* ---- sizes and the outer archive ---- */

static void test_padme(void **state)
{
	(void)state;
	for (uint64_t n = 0; n < 200000; n++) {
		uint64_t p = ch_padme(n);

		assert_true(p >= n && ch_padme(p) == p && p - n <= n / 8 + 1);
	}
	assert_int_equal(ch_padme(9), 10);
	assert_int_equal(ch_padme(16385), 17408);
	assert_true(ch_padme(UINT64_MAX) == UINT64_MAX);
	assert_true(ch_padme((uint64_t)1 << 63) == (uint64_t)1 << 63);
	for (unsigned b = 14; b < 33; b++)
		for (int d = -1; d < 2; d++)
			assert_int_equal(ch_outer_size(((uint64_t)1 << b) + (uint64_t)d, 5) % 512,
			    0);
	assert_int_equal(ch_outer_size(1, 1), CH_ENVELOPE_MIN);
	assert_true(ch_outer_size(1, CH_TAR_SIZE_MAX + 1) == UINT64_MAX);
}

static uint8_t sealed[1 << 16], body_seen[1 << 16], archive[1 << 17];

static ch_span seal(size_t stanzas)
{
	struct ch_secret64 wrap[2] = { { { 5 } }, { { 6 } } };
	struct ch_secret32 r = sample_secret(7);
	struct ch_seal_random random = { .wrap = wrap };
	struct ch_age_identity k;
	ch_age_recipient to[2];
	struct ch_wr out = ch_wr_of(sealed, sizeof sealed);

	check_ok(ch_age_identity_make(&k, CH_AGE_X25519, &r));
	to[0] = to[1] = k.recipient;
	check_ok(ch_seal_buffer(&out, bundle(), to, stanzas, &random));
	if (stanzas == 1)
		assert_int_equal(out.n, ch_body_size(bundle().n, &k.recipient));
	return ch_wr_span(&out);
}

static ch_span pack(const char *first, ch_span a, const char *second, ch_span b, uint64_t pad)
{
	struct ch_wr out = ch_wr_of(archive, sizeof archive);
	struct ch_tar_writer w;

	ch_tar_writer_init(&w, sample_emit, &out);
	check_ok(ch_tar_writer_member(&w, ch_span_str(first), a));
	if (second)
		check_ok(ch_tar_writer_member(&w, ch_span_str(second), b));
	check_ok(ch_tar_writer_finish(&w, pad));
	return ch_wr_span(&out);
}

static ch_err judge_outer(ch_span in, size_t piece)
{
	struct ch_wr body = ch_wr_of(body_seen, sizeof body_seen);
	ch_err e = CH_OK;

	ch_outer_reader_init(&outer, piece == 7 ? NULL : sample_emit, &body);
	for (size_t at = 0; at < in.n && e == CH_OK; at += piece)
		e = ch_outer_reader_write(&outer,
		    ch_span_of(&in.p[at], in.n - at < piece ? in.n - at : piece));
	if (e == CH_OK)
		e = ch_outer_reader_finish(&outer);
	if (e == CH_OK && piece != 7)
		assert_true(ch_span_eq(ch_wr_span(&body), ch_span_of(sealed, body.n)));
	return e;
}

static void test_outer(void **state)
{
	(void)state;
	start();
	ch_span c = sample_cover(&s), b = seal(1);
	uint64_t size = ch_outer_size(c.n, b.n);
	ch_span in = pack("cover.txt", c, "body.age", b, size);

	check_ok(judge_outer(in, 1));
	check_ok(judge_outer(in, 7));
	check_ok(judge_outer(in, 100000));
	assert_true(ch_span_eq(ch_outer_reader_cover(&outer), c));
	assert_int_equal(outer.n_body, b.n);
	for (size_t n = 0; n < in.n; n += 64)
		assert_int_not_equal(judge_outer(ch_span_of(in.p, n), 4096), CH_OK);
	archive[in.n - 1] = 1;
	check_err(judge_outer(in, 4096), CH_E_FORMAT);
	check_err(judge_outer(pack("cover.txt", c, "body.age", b, size + 512), 4096), CH_E_FORMAT);
	check_err(judge_outer(pack("body.age", b, "cover.txt", c, size), 4096), CH_E_FORMAT);
	check_err(judge_outer(pack("cover.txt", c, NULL, b, CH_ENVELOPE_MIN), 4096), CH_E_FORMAT);
	check_err(judge_outer(pack("cover.txt", c, "spy.txt", b, size), 4096), CH_E_FORMAT);
	check_err(judge_outer(pack("cover.txt", c, "body.age", CH_LIT("no age"),
	    ch_outer_size(c.n, 6)), 4096), CH_E_FORMAT);
	b = seal(2);
	check_err(judge_outer(pack("cover.txt", c, "body.age", b, ch_outer_size(c.n, b.n)), 4096),
	    CH_E_FORMAT);
}

/* Papers of one step have one size of E. */
static void attack_34_sizes_hide(void **state)
{
	static struct sample no;
	uint64_t a, b;
	struct ch_secret32 r = sample_secret(7);
	struct ch_age_identity k;

	(void)state;
	check_ok(ch_age_identity_make(&k, CH_AGE_X25519, &r));
	sample_make(&s, CH_LIT("Yes.\n"), false, 0);
	sample_make(&no, CH_LIT("No.\n"), false, 0);
	assert_int_equal(s.n_cover, no.n_cover);
	check_ok(ch_bundle_size(&a, &s.paper.head, s.n_txt, s.signature.n));
	check_ok(ch_bundle_size(&b, &no.paper.head, no.n_txt, no.signature.n));
	assert_int_equal(a, b);
	assert_int_equal(ch_envelope_size(s.n_cover, ch_body_size(a, &k.recipient), &k.recipient,
	    1),
	    ch_envelope_size(no.n_cover, ch_body_size(b, &k.recipient), &k.recipient, 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_cover),
		cmocka_unit_test(test_cover_twins),
		cmocka_unit_test(test_cover_keys),
		cmocka_unit_test(test_bundle),
		cmocka_unit_test(test_bundle_twins),
		cmocka_unit_test(test_defects),
		cmocka_unit_test(test_text_differs),
		cmocka_unit_test(test_defect_names),
		cmocka_unit_test(test_padme),
		cmocka_unit_test(test_outer),
		cmocka_unit_test(attack_34_sizes_hide),
	};

	check_ok(ch_crypto_init());
	return cmocka_run_group_tests(tests, NULL, NULL);
}
