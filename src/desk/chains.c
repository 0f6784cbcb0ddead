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
	ch_hash *l;
	bool *have;
};

/* Take in one submission on file, if it is of this chain. */
static void note_one(struct chain *c, const char *path, bool exercise)
{
	struct ch_buf b;
	ch_note note;
	ch_stmt s;
	ch_hash talks;

	ch_buf_init(&b, CH_NOTE_TEXT_MAX * 2);
	if (ch_file_read(&b, path) == CH_OK &&
	    ch_note_parse(&note, ch_buf_span(&b), CH_NOTE_TEXT_MAX) == CH_OK &&
	    ch_stmt_parse_as(&s, note.text, CH_K_SUBMISSION, exercise) == CH_OK &&
	    ch_span_eq(s.v[CH_L_PARTY], c->from) && ch_span_eq(s.v[CH_L_ADDRESSEE], c->to)) {
		uint64_t serial = ch_val_dec(s.v[CH_L_SERIAL]);

		talks = ch_val_hash(s.v[CH_L_TALKS]);
		if (ch_hash_eq(&talks, c->talks) && serial >= 1 && serial <= c->n) {
			ch_stmt_hash(&c->l[serial - 1], note.text);
			c->have[serial - 1] = true;
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
		e = ch_home_path(path, home, "%s/%s/submission.txt", under, dir.names[i]);
		if (e == CH_OK)
			note_one(c, path, home->exercise);
	}
	ch_dir_deinit(&dir);
	return e;
}

static ch_err alarm_raise(const struct ch_watch *w, const struct ch_talks *talks, ch_span from,
    ch_span note, const char *what, struct ch_problem *why)
{
	char path[CH_PATH_MAX];
	ch_err e = ch_home_path(path, w->home, "talks/%s/alarm-%.*s.txt", talks->name, (int)from.n,
	    (const char *)from.p);

	if (e == CH_OK)
		e = ch_file_write(path, note, 0600);
	if (e != CH_OK)
		return e;
	return ch_problem_set(why, CH_E_CONFLICT, "the registry %s counts papers of %.*s to us "
	    "that "
	    "it did not give us (%s); its signed word is kept in %s; ask %.*s which papers they "
	    "sent, and show both this file", w->link->origin, (int)from.n, (const char *)from.p,
	    what, path, (int)from.n, (const char *)from.p);
}

static ch_err check_one(struct ch_watch *w, const struct ch_talks *talks, const ch_item *it,
    ch_span note, struct ch_problem *why)
{
	char under[128], what[80] = "";
	ch_ref head = ch_val_ref(it->v[CH_CH_PAIR]), place = { 0 };
	struct chain c = { .from = it->v[CH_CH_FROM], .to = ch_span_str(w->home->handle),
		.talks = &talks->id, .n = head.n };
	ch_err e = head.n > CHAIN_MAX ? CH_E_LIMIT : CH_OK;

	if (e != CH_OK || head.n == 0)
		return e;
	c.l = ch_alloc_array(head.n, sizeof *c.l);
	c.have = ch_alloc_array(head.n, sizeof *c.have);
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
	if (e == CH_OK && what[0] != '\0')
		e = alarm_raise(w, talks, c.from, note, what, why);
	if (c.have)
		ch_free(c.have, head.n * sizeof *c.have);
	if (c.l)
		ch_free(c.l, head.n * sizeof *c.l);
	return e;
}

ch_err ch_chains_check(struct ch_watch *w, const struct ch_talks *talks, ch_span bytes,
    struct ch_problem *why)
{
	ch_note note;
	ch_stmt s;
	ch_item it;
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
		e = ch_watch_compare_seen(w, &seen, why);
	for (uint32_t i = 0; e == CH_OK && i < s.count[CH_HD_CHAINS]; i++) {
		e = ch_stmt_item(&it, &s, CH_HD_CHAINS, i);
		if (e == CH_OK)
			e = check_one(w, talks, &it, bytes, why);
	}
	return e;
}
