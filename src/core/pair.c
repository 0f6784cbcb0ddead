/* Pair chains: see pair.h. Source: doc/formats/delivery.md, "Pair chain". */
#include "pair.h"

void ch_pair_step(ch_ref *place, const ch_hash *l, bool exercise)
{
	struct ch_sha256 s;

	ch_sha256_init(&s);
	ch_sha256_update(&s, exercise ? CH_LIT(CH_PAIR_LABEL_EXERCISE) : CH_LIT(CH_PAIR_LABEL));
	ch_sha256_update(&s, ch_span_of(place->hash.b, sizeof place->hash.b));
	ch_sha256_update(&s, ch_span_of(l->b, sizeof l->b));
	ch_sha256_final(&s, &place->hash);
	place->n++;
}

void ch_pair_replay(ch_ref *place, const ch_hash *l, size_t n, bool exercise)
{
	*place = (ch_ref){ 0 };
	for (size_t i = 0; i < n; i++)
		ch_pair_step(place, &l[i], exercise);
}

bool ch_pair_fits(const ch_ref *place, const ch_ref *last, const ch_hash *l, bool exercise)
{
	ch_ref next = *last;

	if (last->n == UINT64_MAX)
		return false;
	ch_pair_step(&next, l, exercise);
	return place->n == next.n && ch_hash_eq(&place->hash, &next.hash);
}
