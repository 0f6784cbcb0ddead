/*
 * Trees and places that one log vouched for, held against each other: a log that only grows has one
 * root for each size and one entry at each place. Whoever fills this in has verified each: what
 * contradicts is then proof against whoever signed. Public data, no allocation.
 */
#ifndef CH_PLACES_H
#define CH_PLACES_H

#include "crypto.h"

#define CH_PLACES_MAX 24 /* of each sort; what is beyond is passed over */

typedef struct {
	struct ch_placed {
		uint64_t at; /* a size, or an index */
		ch_hash is;  /* its root, or its entry */
	} tree[CH_PLACES_MAX], entry[CH_PLACES_MAX];
	unsigned n_trees, n_entries;
	bool two_trees;   /* two roots were signed for one size  */
	bool two_entries; /* two entries stand at one place      */
} ch_places;

void ch_places_tree(ch_places *p, uint64_t size, const ch_hash *root);
void ch_places_entry(ch_places *p, uint64_t index, const ch_hash *entry);

#endif
