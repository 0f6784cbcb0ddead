/*
 * Trust policies: see policy.h. The text is the operator's or the charter's, and read as if it
 * were hostile. Source: c2sp.org/tlog-policy.
 */
#include "policy.h"

#include "bits.h"
#include "dec.h"

/* What the parser knows beside the policy: which names are members of something already. */
struct ch_policy_read {
	ch_policy *p;
	struct ch_rd r; /* over the words of one line */
	uint64_t used_witnesses, used_groups;
	bool has_quorum;
	const char *what;
};

static void ch_policy_need(struct ch_policy_read *c, bool ok, ch_err e, const char *what)
{
	if (!ok && c->r.err == CH_OK)
		c->what = what;
	ch_rd_need(&c->r, ok, e);
}

static void ch_policy_skip(struct ch_rd *r)
{
	while (ch_rd_starts(r, CH_LIT(" ")) || ch_rd_starts(r, CH_LIT("\t")))
		(void)ch_rd_take(r, 1);
}

/* The next word of the line and the white space after it; empty at the end. */
static ch_span ch_policy_word(struct ch_policy_read *c)
{
	struct ch_rd probe = c->r;
	ch_span rest = ch_rd_rest(&probe), word;
	size_t n = 0;

	while (n < rest.n && rest.p[n] != ' ' && rest.p[n] != '\t')
		n++;
	word = ch_rd_take(&c->r, n);
	ch_policy_skip(&c->r);
	return word;
}

/* "the allowed octet values are 0x09, 0x0A, 0x20-0x7E, and 0x80-0xFF." */
static bool ch_policy_is_clean(ch_span line)
{
	for (size_t i = 0; i < line.n; i++)
		if ((line.p[i] < 0x20 && line.p[i] != '\t') || line.p[i] == 0x7f)
			return false;
	return true;
}

/* The bit of a witness or a group by name; both zero when there is none. */
static void ch_policy_find(uint64_t *witness, uint64_t *group, const ch_policy *p, ch_span name)
{
	*witness = *group = 0;
	for (size_t i = 0; i < p->n_witnesses; i++)
		if (ch_span_eq(p->witness[i].name, name))
			*witness = (uint64_t)1 << i;
	for (size_t i = 0; i < p->n_groups; i++)
		if (ch_span_eq(p->group[i].name, name))
			*group = (uint64_t)1 << i;
}

/* A name about to be defined. */
static ch_span ch_policy_new_name(struct ch_policy_read *c)
{
	ch_span name = ch_policy_word(c);
	uint64_t w, g;

	ch_policy_find(&w, &g, c->p, name);
	ch_policy_need(c, name.n > 0, CH_E_FORMAT, "name missing");
	ch_policy_need(c, !ch_span_eq(name, CH_LIT("none")), CH_E_FORMAT, "the name none is taken");
	ch_policy_need(c, w == 0 && g == 0, CH_E_FORMAT, "name defined twice");
	return name;
}

/* "*duplicate* if they wrap the same underlying public key, even if they differ by key name" */
static bool ch_policy_same_key(const ch_vkey *a, const ch_vkey *b)
{
	return ch_span_eq(ch_span_of(a->key.b, 32), ch_span_of(b->key.b, 32));
}

static void ch_policy_read_key(ch_policy_key *out, struct ch_policy_read *c, uint8_t type,
    const ch_policy_key *others, size_t n)
{
	ch_err e = ch_vkey_parse(&out->key, ch_policy_word(c));

	ch_policy_need(c, e == CH_OK && out->key.type == type, CH_E_FORMAT,
	    "not a verifier key of the right type");
	for (size_t i = 0; i < n; i++)
		ch_policy_need(c, !ch_policy_same_key(&others[i].key, &out->key), CH_E_FORMAT,
		    "the same key twice");
	out->url = ch_policy_word(c);
}

static void ch_policy_read_log(struct ch_policy_read *c)
{
	ch_policy *p = c->p;

	ch_policy_need(c, p->n_logs < CH_POLICY_LOGS_MAX, CH_E_LIMIT, "too many logs");
	if (c->r.err != CH_OK)
		return;
	ch_policy_read_key(&p->log[p->n_logs], c, CH_VKEY_ED25519, p->log, p->n_logs);
	p->n_logs++;
}

static void ch_policy_read_witness(struct ch_policy_read *c)
{
	ch_policy *p = c->p;
	ch_policy_key *w = &p->witness[p->n_witnesses % CH_POLICY_WITNESSES_MAX];

	ch_policy_need(c, p->n_witnesses < CH_POLICY_WITNESSES_MAX, CH_E_LIMIT,
	    "too many witnesses");
	if (c->r.err != CH_OK)
		return;
	w->name = ch_policy_new_name(c);
	ch_policy_read_key(w, c, CH_VKEY_COSIGNATURE, p->witness, p->n_witnesses);
	p->n_witnesses++;
}

static unsigned ch_policy_read_members(ch_policy_group *g, struct ch_policy_read *c)
{
	unsigned n = 0;

	while (ch_rd_left(&c->r) > 0) {
		uint64_t w, sub;

		ch_policy_find(&w, &sub, c->p, ch_policy_word(c));
		ch_policy_need(c, w != 0 || sub != 0, CH_E_FORMAT, "member not defined before");
		/* "Each defined name can be listed as a group member at most once." */
		ch_policy_need(c, !(w & c->used_witnesses) && !(sub & c->used_groups), CH_E_FORMAT,
		    "member listed twice");
		c->used_witnesses |= w;
		c->used_groups |= sub;
		g->witnesses |= w;
		g->groups |= sub;
		n++;
	}
	ch_policy_need(c, n >= 1, CH_E_FORMAT, "group without members");
	return n;
}

static void ch_policy_read_group(struct ch_policy_read *c)
{
	ch_policy *p = c->p;
	ch_policy_group *g = &p->group[p->n_groups % CH_POLICY_GROUPS_MAX];
	uint64_t need = 1;
	ch_span k;
	unsigned n;

	ch_policy_need(c, p->n_groups < CH_POLICY_GROUPS_MAX, CH_E_LIMIT, "too many groups");
	if (c->r.err != CH_OK)
		return;
	g->name = ch_policy_new_name(c);
	k = ch_policy_word(c);
	n = ch_policy_read_members(g, c);
	if (ch_span_eq(k, CH_LIT("all")))
		need = n;
	else if (!ch_span_eq(k, CH_LIT("any")))
		ch_policy_need(c, ch_dec_parse(&need, k, n) == CH_OK && need >= 1, CH_E_FORMAT,
		    "threshold is not any, all or 1 to the number of members");
	g->need = (unsigned)need;
	p->n_groups++;
}

static void ch_policy_read_quorum(struct ch_policy_read *c)
{
	ch_policy_group *q = &c->p->quorum;

	ch_policy_need(c, !c->has_quorum, CH_E_FORMAT, "a second quorum");
	q->name = ch_policy_word(c);
	q->need = 1;
	if (ch_span_eq(q->name, CH_LIT("none"))) {
		q->need = 0;
	} else {
		ch_policy_find(&q->witnesses, &q->groups, c->p, q->name);
		ch_policy_need(c, q->witnesses != 0 || q->groups != 0, CH_E_FORMAT,
		    "quorum not defined before");
	}
	c->has_quorum = true;
}

static void ch_policy_read_line(struct ch_policy_read *c, ch_span line)
{
	ch_span word;

	c->r = ch_rd_of(line);
	ch_policy_need(c, ch_policy_is_clean(line), CH_E_FORMAT, "control character");
	ch_policy_skip(&c->r);
	if (ch_rd_at_end(&c->r) || ch_rd_starts(&c->r, CH_LIT("#")))
		return;
	word = ch_policy_word(c);
	if (ch_span_eq(word, CH_LIT("log")))
		ch_policy_read_log(c);
	else if (ch_span_eq(word, CH_LIT("witness")))
		ch_policy_read_witness(c);
	else if (ch_span_eq(word, CH_LIT("group")))
		ch_policy_read_group(c);
	else if (ch_span_eq(word, CH_LIT("quorum")))
		ch_policy_read_quorum(c);
	else
		ch_policy_need(c, false, CH_E_FORMAT, "unknown keyword");
	ch_policy_need(c, ch_rd_left(&c->r) == 0, CH_E_FORMAT, "too many words");
}

ch_err ch_policy_parse(ch_policy *out, ch_span text, struct ch_diag *diag)
{
	struct ch_policy_read c = { .p = out };
	struct ch_rd lines = ch_rd_of(text);
	size_t at = 0;

	memset(out, 0, sizeof *out);
	ch_rd_need(&lines, text.n <= CH_POLICY_TEXT_MAX, CH_E_LIMIT);
	while (ch_rd_left(&lines) > 0 && c.r.err == CH_OK) {
		ch_span line;

		at = lines.at;
		line = ch_rd_line(&lines);
		if (lines.err == CH_OK)
			ch_policy_read_line(&c, line);
	}
	if (lines.err == CH_OK)
		ch_policy_need(&c, c.has_quorum, CH_E_FORMAT, "no quorum");
	ch_rd_need(&lines, c.r.err == CH_OK, c.r.err);
	if (diag && lines.err != CH_OK)
		*diag = (struct ch_diag){ c.what ? c.what : "not lines of text", at };
	if (lines.err != CH_OK)
		memset(out, 0, sizeof *out);
	return ch_rd_done(&lines);
}

static bool ch_policy_group_is_met(const ch_policy_group *g, uint64_t witnesses, uint64_t groups)
{
	unsigned n = ch_bits_count(g->witnesses & witnesses);

	return n + ch_bits_count(g->groups & groups) >= g->need;
}

bool ch_policy_quorum(const ch_policy *p, uint64_t witnesses)
{
	uint64_t groups = 0;

	/* Members of a group always stand before it. */
	for (size_t i = 0; i < p->n_groups; i++)
		if (ch_policy_group_is_met(&p->group[i], witnesses, groups))
			groups |= (uint64_t)1 << i;
	return ch_policy_group_is_met(&p->quorum, witnesses, groups);
}

ch_err ch_policy_cosigned(ch_policy_cosigners *out, const ch_policy *p, const ch_note *note)
{
	memset(out, 0, sizeof *out);
	for (size_t i = 0; i < p->n_witnesses; i++) {
		ch_err e = ch_cosignature_verify(&out->time[i], note, &p->witness[i].key);

		if (e == CH_OK)
			out->witnesses |= (uint64_t)1 << i;
		if (e != CH_OK && e != CH_E_ABSENT) {
			memset(out, 0, sizeof *out);
			return e;
		}
	}
	return CH_OK;
}

ch_err ch_policy_check(ch_policy_cosigners *out, const ch_policy *p, const ch_note *note)
{
	ch_err e = ch_policy_cosigned(out, p, note);

	if (e == CH_OK && !ch_policy_quorum(p, out->witnesses)) {
		memset(out, 0, sizeof *out);
		e = CH_E_ABSENT;
	}
	return e;
}

uint64_t ch_policy_time(const ch_policy *p, const ch_policy_cosigners *who)
{
	uint64_t best = 0;

	for (size_t i = 0; i < p->n_witnesses; i++) {
		uint64_t t = who->time[i], since = 0;

		if (!(who->witnesses >> i & 1) || t <= best)
			continue;
		for (size_t k = 0; k < p->n_witnesses; k++)
			if ((who->witnesses >> k & 1) && who->time[k] >= t)
				since |= (uint64_t)1 << k;
		if (ch_policy_quorum(p, since))
			best = t;
	}
	return best;
}

/* The origin may have several keys: those that signed must verify, and one must be there. */
static ch_err ch_policy_find_log(size_t *log, const ch_policy *p, const ch_note *note,
    ch_span origin)
{
	ch_err e = CH_E_ABSENT;

	*log = 0;
	for (size_t i = 0; i < p->n_logs; i++) {
		ch_err one;

		if (!ch_span_eq(p->log[i].key.name, origin))
			continue;
		one = ch_note_verify(note, &p->log[i].key);
		if (one == CH_E_AUTH)
			return one;
		if (one == CH_OK && e != CH_OK)
			*log = i;
		e = one == CH_OK ? CH_OK : e;
	}
	return e;
}

ch_err ch_policy_open(ch_checkpoint *out, ch_note *note, size_t *log, ch_span in,
    const ch_policy *p)
{
	ch_err e;

	*out = (ch_checkpoint){ 0 };
	*log = 0;
	e = ch_note_parse(note, in, CH_CHECKPOINT_TEXT_MAX);
	if (e == CH_OK)
		e = ch_checkpoint_parse(out, note->text);
	if (e == CH_OK)
		e = ch_policy_find_log(log, p, note, out->origin);
	if (e != CH_OK) {
		*out = (ch_checkpoint){ 0 };
		memset(note, 0, sizeof *note);
		*log = 0;
	}
	return e;
}
