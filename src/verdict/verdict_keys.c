/* Keys: those that evidence carries itself, and those that it was judged by. See verdict.h. */
#include "verdict.h"

#include "judge.h"
#include "words.h"

/* The statement in a part, unjudged: who wrote it is not known. */
static bool ch_keys_open(struct ch_verdict *v, const ch_part *p, ch_kind kind)
{
	struct ch_evidence_work *w = &v->work.extract.ev;

	return ch_note_parse(&w->note, p->bytes, CH_NOTE_TEXT_MAX) == CH_OK &&
	    ch_stmt_parse_as(&w->stmt, w->note.text, kind, v->exercise) == CH_OK;
}

static void ch_keys_add_party(ch_trust *t, ch_span handle, ch_span vkey)
{
	ch_trust_party *p = &t->party[t->n_parties < CH_TRUST_PARTIES_MAX ? t->n_parties : 0];

	if (t->n_parties == CH_TRUST_PARTIES_MAX || ch_trust_party_key(t, handle))
		return;
	p->handle = handle;
	if (ch_vkey_parse(&p->key, vkey) == CH_OK)
		t->n_parties++;
}

static void ch_keys_add_registry(ch_trust *t, ch_span vkey)
{
	ch_vkey key;

	if (t->n_registries < CH_TRUST_REGISTRIES_MAX && ch_vkey_parse(&key, vkey) == CH_OK &&
	    !ch_trust_registry(t, key.name))
		t->registry[t->n_registries++] = key;
}

static void ch_keys_of_charter(ch_trust *t, const ch_stmt *charter)
{
	ch_item it;

	for (uint32_t i = 0; i < charter->count[CH_CHARTER_REGISTRIES]; i++)
		if (ch_stmt_item(&it, charter, CH_CHARTER_REGISTRIES, i) == CH_OK)
			ch_keys_add_registry(t, it.v[CH_CR_VKEY]);
	for (uint32_t i = 0; i < charter->count[CH_CHARTER_PARTIES]; i++)
		if (ch_stmt_item(&it, charter, CH_CHARTER_PARTIES, i) == CH_OK)
			ch_keys_add_party(t, it.v[CH_CP_HANDLE], it.v[CH_CP_KEY]);
}

static void ch_keys_of_split(ch_trust *t, ch_span part)
{
	struct ch_rd r = ch_rd_of(part);

	ch_keys_add_registry(t, ch_rd_line1(&r));
}

void ch_verdict_carried(struct ch_wr *w, ch_trust *t, struct ch_verdict *v)
{
	const ch_stmt *s = &v->work.extract.ev.stmt;

	memset(t, 0, sizeof *t);
	for (size_t i = 0; i < v->n; i++) {
		const ch_part *p = &v->part[i];
		ch_span name = p->name;

		if (ch_part_is_roster(name, NULL) && ch_keys_open(v, p, CH_K_ROSTER))
			ch_keys_add_party(t, s->v[CH_ROSTER_PARTY], s->v[CH_ROSTER_PARTY_KEY]);
		else if (ch_span_eq(name, CH_LIT("registry")) && ch_keys_open(v, p, CH_K_REGISTRY))
			ch_keys_add_registry(t, s->v[CH_RG_VKEY]);
		else if (ch_span_eq(name, CH_LIT("charter")) && ch_keys_open(v, p, CH_K_CHARTER))
			ch_keys_of_charter(t, s);
		else if (v->kind == CH_PACK_SPLIT && ch_span_eq(name, CH_LIT("log")))
			ch_keys_of_split(t, p->bytes);
	}
	for (size_t i = 0; i < t->n_registries; i++)
		ch_trust_put_registry(w, &t->registry[i]);
	for (size_t i = 0; i < t->n_parties; i++)
		ch_trust_put_party(w, t->party[i].handle, &t->party[i].key);
}

/* ---- told ---- */

static void ch_keys_one(struct ch_tell *o, const ch_vkey *key, const char *role, bool first)
{
	uint8_t text[CH_VKEY_MAX];
	char words[CH_WORDS_LEN + 1];
	struct ch_wr w = ch_wr_of(text, sizeof text);

	ch_vkey_put(&w, key);
	ch_party_words(words, ch_wr_span(&w));
	ch_tell(o, first ? "{\"role\": \"" : ", {\"role\": \"");
	ch_tell(o, role);
	ch_tell(o, "\", \"name\": ");
	ch_tell_json_string(o, key->name);
	ch_tell(o, ", \"key\": ");
	ch_tell_json_string(o, ch_wr_span(&w));
	ch_tell(o, ", \"words\": \"");
	ch_tell(o, words);
	ch_tell(o, "\"}");
}

void ch_verdict_json_keys(struct ch_tell *o, const ch_trust *t)
{
	ch_tell(o, "[");
	for (size_t i = 0; i < t->n_registries; i++)
		ch_keys_one(o, &t->registry[i], "registry", i == 0);
	for (size_t i = 0; i < t->n_parties; i++)
		ch_keys_one(o, &t->party[i].key, "party", i == 0 && t->n_registries == 0);
	ch_tell(o, "]");
}
