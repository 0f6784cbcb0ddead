/* Key rings: see keyring.h. The files are read whole, and their bytes wiped. */
#include "keyring.h"

#include "file.h"
#include "seal.h"
#include "wipe.h"

void ch_ring_init(struct ch_ring *r, const ch_ring_ui *ui)
{
	*r = (struct ch_ring){ .ui = *ui };
}

void ch_ring_deinit(struct ch_ring *r)
{
	ch_free(r->to, r->cap_to * sizeof *r->to);
	ch_free(r->ids, r->cap_ids * sizeof *r->ids);
	*r = (struct ch_ring){ 0 };
}

/* ---- room ---- */

/* Room for one more element of `size` bytes; outgrown blocks are wiped. */
static ch_err more(void **p, size_t n, size_t *cap, size_t size)
{
	size_t want = *cap ? 2 * *cap : 4;
	void *grown;

	if (n < *cap)
		return CH_OK;
	if (n >= CH_RING_MAX)
		return CH_E_LIMIT;
	grown = ch_realloc(*p, *cap * size, want * size);
	if (!grown)
		return CH_E_NOMEM;
	*p = grown;
	*cap = want;
	return CH_OK;
}

static ch_err add_to(struct ch_ring *r, const ch_age_recipient *one)
{
	void *p = r->to;
	ch_err e = more(&p, r->n_to, &r->cap_to, sizeof *r->to);

	r->to = p;
	if (e == CH_OK)
		r->to[r->n_to++] = *one;
	return e;
}

static ch_err new_id(struct ch_age_identity **out, struct ch_ring *r)
{
	void *p = r->ids;
	ch_err e = more(&p, r->n_ids, &r->cap_ids, sizeof *r->ids);

	r->ids = p;
	*out = e == CH_OK ? &r->ids[r->n_ids] : NULL;
	return e;
}

/* ---- text ---- */

static ch_err bad_recipient(ch_span text, struct ch_problem *why)
{
	struct ch_rd r = ch_rd_of(text);

	if (ch_rd_starts(&r, CH_LIT("AGE-")))
		return ch_problem_set(why, CH_E_FORMAT, "that is an identity, a secret, where a "
		    "recipient belongs (age1…); nothing was sealed");
	if (ch_rd_starts(&r, CH_LIT("ssh-")))
		return ch_problem_set(why, CH_E_FORMAT, "ssh keys are not taken as recipients; make "
		    "one with chancery keygen; nothing was sealed");
	return ch_problem_set(why, CH_E_FORMAT, "that is not a recipient: one begins with age1 and "
	    "is whole; nothing was sealed");
}

ch_err ch_ring_recipient(struct ch_ring *r, ch_span text, struct ch_problem *why)
{
	ch_age_recipient one;
	ch_err e = ch_age_recipient_parse(&one, text);

	if (e != CH_OK)
		return bad_recipient(text, why);
	return add_to(r, &one);
}

static ch_err bad_identity(ch_span text, struct ch_problem *why)
{
	struct ch_rd r = ch_rd_of(text);

	if (ch_rd_starts(&r, CH_LIT("age1")))
		return ch_problem_set(why, CH_E_FORMAT, "that is a recipient, which is public, "
		    "where an identity belongs (AGE-SECRET-KEY-1…)");
	return ch_problem_set(why, CH_E_FORMAT, "that is not an identity: one begins with "
	    "AGE-SECRET-KEY-1 and is whole");
}

static ch_err add_identity(struct ch_ring *r, ch_span text, struct ch_problem *why)
{
	struct ch_age_identity *id;
	ch_err e = new_id(&id, r);

	if (e != CH_OK)
		return e;
	e = ch_age_identity_parse(id, text);
	if (e != CH_OK)
		return bad_identity(text, why);
	r->n_ids++;
	return CH_OK;
}

/* ---- files ---- */

static ch_err slurp(struct ch_buf *out, struct ch_ring *r, const char *path, bool secret,
    struct ch_problem *why)
{
	bool all;
	ch_err e;

	ch_buf_init(out, CH_RING_FILE_MAX);
	if (strcmp(path, "-") == 0 && r->stdin_used)
		return ch_problem_set(why, CH_E_FORMAT, "standard input is wanted for two things; "
		    "name a file for one of them");
	r->stdin_used = r->stdin_used || strcmp(path, "-") == 0;
	e = ch_file_read_named(out, &all, path);
	if (e == CH_E_ABSENT)
		return ch_problem_set(why, CH_E_FORMAT, "there is no file %s; nothing was done", path);
	if (e != CH_OK)
		return ch_problem_set(why, e, "%s could not be read: %s; nothing was done", path,
		    ch_err_text(e));
	if (secret && all && r->ui.warn)
		r->ui.warn(r->ui.ctx, path);
	return CH_OK;
}

typedef ch_err (*add_line)(struct ch_ring *r, ch_span text, struct ch_problem *why);

/* The last line may lack its LF, and lines may end in CR LF: both are what editors leave. */
static ch_span next_line(struct ch_rd *in)
{
	struct ch_rd probe = *in;
	ch_span line = ch_rd_until(&probe, '\n');

	if (probe.err == CH_OK)
		*in = probe;
	else
		line = ch_rd_rest(in);
	if (line.n > 0 && line.p[line.n - 1] == '\r')
		line.n--;
	return line;
}

static ch_err add_lines(struct ch_ring *r, ch_span text, const char *path, add_line add,
    struct ch_problem *why)
{
	struct ch_rd in = ch_rd_of(text);
	struct ch_problem mine = { 0 };
	size_t found = 0;

	for (unsigned n = 1; !ch_rd_at_end(&in); n++) {
		ch_span line = next_line(&in);
		ch_err e;

		if (line.n == 0 || line.p[0] == '#')
			continue;
		e = add(r, line, &mine);
		if (e != CH_OK)
			return ch_problem_set(why, e, "%s, line %u: %s", path, n,
			    mine.text[0] ? mine.text : ch_err_text(e));
		found++;
	}
	if (found == 0)
		return ch_problem_set(why, CH_E_FORMAT, "%s holds no key; nothing was done", path);
	return CH_OK;
}

ch_err ch_ring_recipients(struct ch_ring *r, const char *path, struct ch_problem *why)
{
	struct ch_buf text;
	ch_err e = slurp(&text, r, path, false, why);

	if (e == CH_OK)
		e = add_lines(r, ch_buf_span(&text), path, ch_ring_recipient, why);
	ch_buf_deinit(&text);
	return e;
}

ch_err ch_ring_identities(struct ch_ring *r, const char *path, struct ch_problem *why)
{
	struct ch_buf text;
	ch_err e = slurp(&text, r, path, true, why);

	if (e == CH_OK)
		e = add_lines(r, ch_buf_span(&text), path, add_identity, why);
	ch_buf_deinit(&text);
	return e;
}

bool ch_ring_has_identities(const struct ch_ring *r)
{
	return r->n_ids > 0;
}

ch_err ch_ring_to_own(struct ch_ring *r, struct ch_problem *why)
{
	ch_err e = CH_OK;

	(void)why;
	for (size_t i = 0; e == CH_OK && i < r->n_ids; i++)
		e = add_to(r, &r->ids[i].recipient);
	return e;
}

/* ---- opening ---- */

ch_err ch_ring_file_key(struct ch_file_key *out, struct ch_ring *r, ch_span header,
    struct ch_problem *why)
{
	const struct ch_open_keys keys = { .ids = r->ids, .n_ids = r->n_ids };
	const uint8_t nonce[CH_AGE_NONCE] = { 0 };
	struct ch_open o;
	ch_err e;

	(void)why;
	memset(out, 0, sizeof *out);
	if (r->n_ids == 0)
		return CH_E_ABSENT;
	if ((e = ch_open_init(&o)) != CH_OK)
		return e;
	e = ch_open_start(&o, out, header, nonce, &keys);
	ch_open_deinit(&o);
	return e;
}
