/* Replaying pair chains: see chains.h. */
#include "chains.h"

#include <stdio.h>

#include "pair.h"

#define CHAIN_MAX 1000000u

ch_err ch_chains_fetch(struct ch_buf *note, struct ch_watch *w, const struct ch_talks *talks,
    struct ch_problem *why)
{
	char path[128];
	ch_span body;

	(void)snprintf(path, sizeof path, "/v1/talks/%s/heads", talks->id_text);
	ch_err e = ch_link_get(&body, w->link, path, why);
	return e == CH_OK ? ch_buf_put(note, body) : e;
}

/* The L's of one chain by serial. */
struct chain {
	ch_span from, to;
	const ch_hash *talks;
	uint64_t n;
	uint64_t size;   /* of the register when it was counted */
	uint64_t beyond; /* a serial that stood in it and was not counted; 0: none */
	ch_hash *l;
	bool *have;
};

/* Whether the paper of a folder was in the register when the chain was counted. */
static bool was_counted(const struct chain *c, const char *folder)
{
	char path[CH_PATH_MAX];
	struct ch_buf b;
	ch_proof p;
	bool yes;

	ch_buf_init(&b, CH_WATCH_PROOF_MAX);
	yes = ch_path(path, "%s/registered.proof.txt", folder) == CH_OK &&
	    ch_file_read(&b, path) == CH_OK && ch_proof_parse(&p, ch_buf_span(&b)) == CH_OK &&
	    p.index < c->size;
	ch_buf_deinit(&b);
	return yes;
}

/* Take in one submission on file, if it is of this chain. */
static void note_one(struct chain *c, const char *folder, bool exercise)
{
	char path[CH_PATH_MAX];
	struct ch_buf b;
	ch_note note;
	ch_stmt s;
	ch_hash talks;

	ch_buf_init(&b, CH_NOTE_TEXT_MAX * 2);
	if (ch_path(path, "%s/submission.txt", folder) == CH_OK &&
	    ch_file_read(&b, path) == CH_OK &&
	    ch_note_parse(&note, ch_buf_span(&b), CH_NOTE_TEXT_MAX) == CH_OK &&
	    ch_stmt_parse_as(&s, note.text, CH_K_SUBMISSION, exercise) == CH_OK &&
	    ch_span_eq(s.v[CH_L_PARTY], c->from) && ch_span_eq(s.v[CH_L_ADDRESSEE], c->to)) {
		uint64_t serial = ch_val_dec(s.v[CH_L_SERIAL]);

		talks = ch_val_hash(s.v[CH_L_TALKS]);
		if (ch_hash_eq(&talks, c->talks) && serial >= 1 && serial <= c->n) {
			ch_stmt_hash(&c->l[serial - 1], note.text);
			c->have[serial - 1] = true;
		} else if (ch_hash_eq(&talks, c->talks) && serial > c->n &&
		    was_counted(c, folder)) {
			c->beyond = serial;
		}
	}
	ch_buf_deinit(&b);
}

/* All folders below `under`: papers of the talks, the quarantine, or those that wait. */
static ch_err note_all(struct chain *c, const struct ch_home *home, const char *under)
{
	char path[CH_PATH_MAX];
	struct ch_dir dir;
	ch_err e = ch_home_path(path, home, "%s", under);

	if (e == CH_OK)
		e = ch_dir_list(&dir, path, CH_DOSSIER_LIST_MAX);
	if (e != CH_OK)
		return e == CH_E_ABSENT ? CH_OK : e;
	for (size_t i = 0; e == CH_OK && i < dir.n; i++) {
		e = ch_home_path(path, home, "%s/%s", under, dir.names[i]);
		if (e == CH_OK)
			note_one(c, path, home->exercise);
	}
	ch_dir_deinit(&dir);
	return e;
}

static ch_err alarm_fewer(const struct ch_watch *w, const struct ch_talks *talks,
    const struct chain *c, ch_span note, struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_talks_keep_alarm(path, w->home, talks->name, c->from, note);

	if (e != CH_OK)
		return e;
	return ch_problem_set(why, CH_E_CONFLICT, "the registry %s counts fewer papers of %.*s to "
	    "us than it registered: %llu, and we hold number %llu; its signed word is kept in %s; "
	    "show it to %.*s", w->link->origin, (int)c->from.n, (const char *)c->from.p,
	    (unsigned long long)c->n, (unsigned long long)c->beyond, path, (int)c->from.n,
	    (const char *)c->from.p);
}

static ch_err alarm_raise(const struct ch_watch *w, const struct ch_talks *talks, ch_span from,
    ch_span note, const char *what, struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_talks_keep_alarm(path, w->home, talks->name, from, note);

	if (e != CH_OK)
		return e;
	return ch_problem_set(why, CH_E_CONFLICT, "the registry %s counts papers of %.*s to us "
	    "that "
	    "it did not give us (%s); its signed word is kept in %s; ask %.*s which papers they "
	    "sent, and show both this file", w->link->origin, (int)from.n, (const char *)from.p,
	    what, path, (int)from.n, (const char *)from.p);
}

/* One chain, as its signed head has it. */
static ch_err check_one(struct ch_watch *w, const struct ch_talks *talks, const ch_item *it,
    uint64_t size, ch_span note, struct ch_problem *why)
{
	char under[128], what[80] = "";
	ch_ref head = ch_val_ref(it->v[CH_CH_PAIR]), place = { 0 };
	struct chain c = { .from = it->v[CH_CH_FROM], .to = ch_span_str(w->home->handle),
		.talks = &talks->id, .n = head.n, .size = size };
	ch_err e = head.n > CHAIN_MAX ? CH_E_LIMIT : CH_OK;

	if (e != CH_OK)
		return e;
	c.l = ch_alloc_array(head.n + 1, sizeof *c.l);
	c.have = ch_alloc_array(head.n + 1, sizeof *c.have);
	(void)snprintf(under, sizeof under, "talks/%s", talks->name);
	e = c.l && c.have ? note_all(&c, w->home, under) : CH_E_NOMEM;
	if (e == CH_OK)
		e = note_all(&c, w->home, "quarantine");
	if (e == CH_OK)
		e = note_all(&c, w->home, "waiting");
	for (uint64_t i = 0; e == CH_OK && i < head.n && what[0] == '\0'; i++) {
		if (!c.have[i])
			(void)snprintf(what, sizeof what, "number %llu is missing",
			    (unsigned long long)i + 1);
		else
			ch_pair_step(&place, &c.l[i], w->home->exercise);
	}
	if (e == CH_OK && what[0] == '\0' && !ch_hash_eq(&place.hash, &head.hash))
		(void)snprintf(what, sizeof what, "the chain is made of other papers");
	if (e == CH_OK && what[0] == '\0' && c.beyond > 0)
		e = alarm_fewer(w, talks, &c, note, why);
	else if (e == CH_OK && what[0] != '\0')
		e = alarm_raise(w, talks, c.from, note, what, why);
	if (c.have)
		ch_free(c.have, (head.n + 1) * sizeof *c.have);
	if (c.l)
		ch_free(c.l, (head.n + 1) * sizeof *c.l);
	return e;
}

/* The head of a party's chain; one that is not there counts nothing. */
static ch_err find_chain(ch_item *out, const ch_stmt *heads, ch_span from)
{
	ch_err e = CH_OK;

	for (uint32_t i = 0; e == CH_OK && i < heads->count[CH_HD_CHAINS]; i++) {
		e = ch_stmt_item(out, heads, CH_HD_CHAINS, i);
		if (e == CH_OK && ch_span_eq(out->v[CH_CH_FROM], from))
			return CH_OK;
	}
	*out = (ch_item){ .v = { [CH_CH_FROM] = from } };
	return e;
}

ch_err ch_chains_check(struct ch_watch *w, const struct ch_talks *talks, ch_span bytes,
    struct ch_problem *why)
{
	ch_note note;
	ch_stmt s;
	ch_item it, party;
	ch_seen seen;
	ch_hash id;
	ch_err e = ch_note_parse(&note, bytes, CH_NOTE_TEXT_MAX);

	if (e == CH_OK)
		e = ch_note_verify(&note, &w->vkey);
	if (e == CH_OK)
		e = ch_stmt_parse_as(&s, note.text, CH_K_HEADS, w->home->exercise);
	if (e != CH_OK)
		return ch_problem_set(why, e, "the heads of %s are not signed by the key of the "
		    "registry that we pinned; nothing on file was changed", talks->name);
	id = ch_val_hash(s.v[CH_HD_TALKS]);
	if (!ch_hash_eq(&id, &talks->id) ||
	    !ch_span_eq(s.v[CH_HD_PARTY], ch_span_str(w->home->handle)))
		return ch_problem_set(why, CH_E_AUTH, "the registry gave the heads of other talks");
	seen = ch_val_seen(s.v[CH_HD_CHECKPOINT]);
	if (s.v[CH_HD_CHECKPOINT].n > 0)
		e = ch_watch_compare_seen(w, &seen, bytes, why);
	for (uint32_t i = 0; e == CH_OK && i < talks->charter.count[CH_CHARTER_PARTIES]; i++) {
		e = ch_stmt_item(&party, &talks->charter, CH_CHARTER_PARTIES, i);
		if (e == CH_OK)
			e = find_chain(&it, &s, party.v[CH_CP_HANDLE]);
		if (e == CH_OK)
			e = check_one(w, talks, &it, seen.size, bytes, why);
	}
	return e;
}
