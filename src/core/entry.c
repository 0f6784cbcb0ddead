/* Entries of the register: see entry.h. Source: doc/formats/register.md. */
#include "entry.h"

void ch_entry_of_hash(ch_hash *out, const ch_salt *salt, const ch_hash *text, bool exercise)
{
	struct ch_sha256 s;

	ch_sha256_init(&s);
	ch_sha256_update(&s, exercise ? CH_LIT(CH_ENTRY_LABEL_EXERCISE) : CH_LIT(CH_ENTRY_LABEL));
	ch_sha256_update(&s, ch_span_of(salt->b, sizeof salt->b));
	ch_sha256_update(&s, ch_span_of(text->b, sizeof text->b));
	ch_sha256_final(&s, out);
}

void ch_entry_make(ch_hash *out, const ch_salt *salt, ch_span text, bool exercise)
{
	ch_hash h;

	ch_sha256(&h, text);
	ch_entry_of_hash(out, salt, &h, exercise);
}
