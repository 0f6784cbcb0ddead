/*
 * For the tests of suite `it`: out of the tiles of a running registry, prove our own roster anew,
 * under the newest checkpoint and under the first cosigned one above it, and verify both.
 * usage: watch_probe HOME ORIGIN PASSPHRASE
 */
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "party.h"
#include "watch.h"

static struct ch_home home;
static struct ch_link link_;
static struct ch_watch watch;
static struct ch_problem why;

static int fail(const char *what, ch_err e)
{
	printf("%s: %s (%s)\n", what, ch_err_text(e), why.text);
	return 1;
}

static ch_err prove(ch_span text, const ch_salt *salt, uint64_t index, ch_span under)
{
	struct ch_proof_facts facts;
	struct ch_buf proof;
	ch_salt salt2;
	uint64_t index2;
	ch_hash entry;
	ch_err e;

	ch_buf_init(&proof, CH_WATCH_PROOF_MAX);
	e = ch_watch_prove(&proof, &watch, text, salt, index, under, &why);
	ch_entry_make(&entry, salt, text, home.exercise);
	if (e == CH_OK)
		e = ch_proof_verify(&facts, ch_buf_span(&proof),
		    ch_span_of(entry.b, sizeof entry.b), &watch.vkey, NULL);
	if (e == CH_OK)
		e = ch_watch_check_proof(&index2, &salt2, &watch, ch_buf_span(&proof), text, &why);
	if (e == CH_OK && index2 != index)
		e = CH_E_CONFLICT;
	/* The same entry one place further is not there. */
	ch_buf_reset(&proof);
	if (e == CH_OK &&
	    ch_watch_prove(&proof, &watch, text, salt, index + 1, under, NULL) == CH_OK)
		e = CH_E_INTERNAL;
	ch_buf_deinit(&proof);
	return e;
}

int main(int argc, char **argv)
{
	struct ch_roster_file r = { 0 };
	struct ch_buf proof, bound;
	ch_note note;
	ch_salt salt;
	ch_seen seen;
	uint64_t index;
	ch_err e = argc == 4 ? ch_crypto_init() : CH_E_FORMAT;

	if (e == CH_OK)
		e = ch_client_global_init();
	if (e == CH_OK)
		e = ch_home_open(&home, argv[1], &why);
	if (e == CH_OK)
		e = ch_home_unlock(&home, ch_span_str(argv[3]), &why);
	if (e == CH_OK)
		e = ch_link_open(&link_, &home, ch_span_str(argv[2]), &why);
	if (e == CH_OK)
		e = ch_watch_open(&watch, &home, &link_, &why);
	if (e == CH_OK)
		e = ch_watch_look(&watch, &why);
	if (e != CH_OK)
		return fail("look", e);
	if (!watch.cosigned || !ch_watch_seen(&seen, &watch))
		return fail("the registry did not take our cosignature", CH_E_DENIED);
	if ((e = ch_watch_compare_seen(&watch, &seen, (ch_span){ 0 }, &why)) != CH_OK)
		return fail("compare", e);

	ch_buf_init(&proof, CH_WATCH_PROOF_MAX);
	ch_buf_init(&bound, CH_WATCH_NOTE_MAX);
	e = ch_party_roster(&r, &home, ch_span_str(home.handle), 1, &why);
	if (e == CH_OK)
		e = ch_party_roster_proof(&proof, &home, ch_span_str(home.handle), 1);
	if (e == CH_OK)
		e = ch_note_parse(&note, ch_buf_span(&r.bytes), CH_NOTE_TEXT_MAX_ROSTER);
	if (e == CH_OK)
		e = ch_watch_check_proof(&index, &salt, &watch, ch_buf_span(&proof), note.text,
		    &why);
	if (e != CH_OK)
		return fail("the proof on file", e);
	if ((e = prove(note.text, &salt, index, (ch_span){ 0 })) != CH_OK)
		return fail("a proof from tiles", e);
	if ((e = ch_watch_bound(&bound, &watch, index, &why)) != CH_OK)
		return fail("the first cosigned checkpoint", e);
	if ((e = prove(note.text, &salt, index, ch_buf_span(&bound))) != CH_OK)
		return fail("a proof under it", e);
	printf("entry %llu of %llu, proved twice\n", (unsigned long long)index,
	    (unsigned long long)watch.size);
	ch_roster_file_deinit(&r);
	ch_buf_deinit(&proof);
	ch_buf_deinit(&bound);
	ch_watch_close(&watch);
	ch_link_close(&link_);
	ch_home_close(&home);
	return 0;
}
