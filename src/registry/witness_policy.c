/* The file `policy` of a registry's folder: the operator's, read as if it were hostile. */
#include "witnesses.h"

/* Logs that it names, if any, must be this one. */
static bool is_of(const ch_policy *p, const ch_vkey *log)
{
	for (size_t i = 0; i < p->n_logs; i++)
		if (ch_span_eq(p->log[i].key.name, log->name) &&
		    ch_edkey_eq(&p->log[i].key.key, &log->key))
			return true;
	return p->n_logs == 0;
}

ch_err ch_quorum_read(struct ch_quorum **out, const struct ch_folder *f, const char **why)
{
	struct ch_quorum *q = ch_alloc(sizeof *q);
	char path[CH_PATH_MAX];
	ch_err e;

	*out = NULL;
	*why = "No memory.";
	if (!q)
		return CH_E_NOMEM;
	ch_buf_init(&q->text, CH_POLICY_TEXT_MAX);
	*why = "The file `policy` cannot be read.";
	if ((e = ch_path(path, "%s/policy", f->dir)) == CH_OK)
		e = ch_file_read(&q->text, path);
	if (e == CH_OK) {
		*why = "The file `policy` is no policy in the form of c2sp.org/tlog-policy.";
		e = ch_policy_parse(&q->policy, ch_buf_span(&q->text), NULL);
	}
	if (e == CH_OK && q->policy.n_witnesses > CH_WITNESSES_MAX) {
		*why = "The file `policy` names more than 24 witnesses.";
		e = CH_E_LIMIT;
	}
	if (e == CH_OK && !is_of(&q->policy, &f->vkey)) {
		*why = "The file `policy` names other logs than this one.";
		e = CH_E_FORMAT;
	}
	if (e == CH_OK)
		*out = q;
	else
		ch_quorum_free(q);
	return e == CH_E_ABSENT ? CH_OK : e;
}

void ch_quorum_free(struct ch_quorum *q)
{
	if (!q)
		return;
	ch_buf_deinit(&q->text);
	ch_free(q, sizeof *q);
}
