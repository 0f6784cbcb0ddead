/*
 * Writes the sample files that the verifier's test reads: make_samples FOLDER. Everything comes out
 * of the small world, so the bytes are the same on every machine.
 */
#include "world.h"

#include <stdio.h>
#include <sys/stat.h>

static void put(const char *dir, const char *name, ch_span bytes)
{
	char path[4096];
	FILE *f;

	assert_true(snprintf(path, sizeof path, "%s/%s", dir, name) < (int)sizeof path);
	f = fopen(path, "wb");
	assert_non_null(f);
	assert_int_equal(fwrite(bytes.p, 1, bytes.n, f), bytes.n);
	assert_int_equal(fclose(f), 0);
}

static void folder(char out[4096], const char *dir, const char *name)
{
	assert_true(snprintf(out, 4096, "%s/%s", dir, name) < 4096);
	(void)mkdir(out, 0755);
}

static ch_selection few(void)
{
	static const unsigned k[] = {
		CH_H_NUMBER, CH_H_FROM, CH_H_TO, CH_H_FORM, CH_H_ACT, CH_H_DATE, CH_H_MAY_CONFIRM,
	};
	ch_selection s = { 0 };

	for (size_t i = 0; i < CH_COUNT(k); i++)
		ch_selection_add(&s, CH_LEAF_HEAD, k[i]);
	return s;
}

static ch_span confirmation(struct world *w, const struct world_delivery *d)
{
	ch_stmt s = { .kind = CH_K_CONFIRMATION, .exercise = w->exercise };
	ch_hash receipt = world_text_hash(d->receipt);

	s.v[CH_CONF_TALKS] = world_hash(w, &w->talks);
	s.v[CH_CONF_PARTY] = w->party[1].handle;
	s.v[CH_CONF_ROSTER] = world_ref(w, w->party[1].ref.n, &w->party[1].ref.hash);
	s.v[CH_CONF_PAPER] = world_hash(w, &d->d);
	s.v[CH_CONF_RECEIPT] = world_hash(w, &receipt);
	s.v[CH_CONF_LEAVES] = CH_LIT("from,to,form,act,date");
	s.v[CH_CONF_SENTENCE] = CH_LIT("received");
	s.v[CH_CONF_TIME] = world_when(w, w->now);
	return world_sign(w, 1, 1, world_format(w, &s));
}

static ch_span disclosure(struct world *w, const struct world_delivery *d)
{
	ch_stmt s = { .kind = CH_K_DISCLOSURE, .exercise = w->exercise };

	s.v[CH_DISC_TALKS] = world_hash(w, &w->talks);
	s.v[CH_DISC_PARTY] = w->party[0].handle;
	s.v[CH_DISC_ROSTER] = world_ref(w, w->party[0].ref.n, &w->party[0].ref.hash);
	s.v[CH_DISC_PAPER] = world_hash(w, &d->d);
	s.v[CH_DISC_LEAVES] = CH_LIT("number,from,to,form,act,date,may-confirm");
	s.v[CH_DISC_PASSAGES] = CH_LIT("0,1");
	s.v[CH_DISC_TIME] = world_when(w, w->now);
	return world_sign(w, 0, 1, world_format(w, &s));
}

static ch_span public_item(struct world *w, const struct world_delivery *d, ch_selection s,
    const char *kind, ch_span note, bool delivery)
{
	char proof[64];
	ch_part part[32];
	size_t at = world_log(w, note), n;

	/* `number` is not for the addressee to confirm. */
	if (strcmp(kind, "confirmation") == 0)
		s.head &= ~(1u << CH_H_NUMBER);
	n = world_extract(part, w, d, world_leaves(w, d, &s), delivery);
	assert_true(snprintf(proof, sizeof proof, "%s.proof", kind) > 0);
	world_add(part, &n, w, kind, note);
	world_add(part, &n, w, proof, world_proof(w, at, WORLD_BY_REGISTRY, w->now + 5));
	return world_pack(w, part, n, CH_PACK_EXTRACT);
}

static void record_folder(struct world *w, const struct world_delivery *d, const char *dir)
{
	ch_part part[32];
	size_t n = world_record(part, w, d, WORLD_BY_REGISTRY | WORLD_BY_ALPHA, w->now + 60);
	char name[300];

	for (size_t i = 0; i < n; i++) {
		assert_true(snprintf(name, sizeof name, "%.*s%s", (int)part[i].name.n,
		    (const char *)part[i].name.p,
		    ch_span_eq(part[i].name, CH_LIT("keybox")) ? ".age" : ".txt") > 0);
		put(dir, name, part[i].bytes);
	}
}

static void samples(const char *dir, bool exercise)
{
	static struct world w;
	struct world_delivery d = { 0 };
	ch_selection s = few();
	ch_span conf, disc;
	char sub[4096];
	ch_part part[32];
	size_t n;

	/* A drill of today, and a record as it was before sealing became hybrid. */
	(exercise ? world_start_hybrid : world_start)(&w, exercise);
	world_paper(&w, &d, w.party[1].handle,
	    "# Ships\n\nNo\xe2\x80\xae ship\xc2\x9b sails.\n\n# Ports\n\nWe agree.\n");
	world_submit(&w, &d);
	world_register(&w, &d);
	world_notice(&w, &d);
	world_receive(&w, &d);
	world_hand_over(&w, &d);
	put(dir, "trust.txt", world_trust(&w));
	n = world_record(part, &w, &d, WORLD_BY_REGISTRY | WORLD_BY_ALPHA, w.now + 60);
	put(dir, "record.txt", world_pack(&w, part, n, CH_PACK_RECORD));
	folder(sub, dir, "record");
	record_folder(&w, &d, sub);
	world_drop(part, &n, "keybox");
	put(dir, "record-no-keybox.txt", world_pack(&w, part, n, CH_PACK_RECORD));

	conf = public_item(&w, &d, s, "confirmation", confirmation(&w, &d), true);
	put(dir, "confirmation.txt", conf);
	ch_selection_add(&s, CH_LEAF_PASSAGE, 1);
	disc = public_item(&w, &d, s, "disclosure", disclosure(&w, &d), false);
	put(dir, "disclosure.txt", disc);
	n = world_extract(part, &w, &d, world_leaves(&w, &d, &s), false);
	put(dir, "shown.txt", world_pack(&w, part, n, CH_PACK_EXTRACT));

	folder(sub, dir, "published");
	put(sub, "trust.txt", world_trust(&w));
	put(sub, "README.txt", CH_LIT("What was said in public.\n"));
	put(sub, "checkpoint", world_checkpoint(&w, WORLD_BY_REGISTRY, w.now + 100));
	/* Named against the order of the register. */
	put(sub, "0001-disclosure.txt", disc);
	put(sub, "0002-confirmation.txt", conf);
	put(sub, "0003-extract.txt", world_pack(&w, part, n, CH_PACK_EXTRACT));
	world_stop(&w);
}

int main(int argc, char **argv)
{
	char sub[4096];

	if (argc != 2)
		return 2;
	(void)mkdir(argv[1], 0755);
	samples(argv[1], false);
	folder(sub, argv[1], "drill");
	samples(sub, true);
	return 0;
}
