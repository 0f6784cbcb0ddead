/* What every page of an act on one paper begins with: the paper, its cover, and what the act makes
 * provable, to whom, before it happens. */
#ifndef CH_ACT_H
#define CH_ACT_H

#include "paper_say.h"

struct ch_act {
	struct ch_talks t;
	struct ch_dossier d;
	ch_delivery *v;
	ch_standing standing;
	ch_cover cover;        /* zero: never seen here */
	struct ch_buf text;    /* of the cover */
};

/* The paper of talks/<talks>/papers/<folder>/…. False: answered already; close it all the same. */
CH_MUST_USE bool ch_act_open(struct ch_page *p, struct ch_act *a);
void ch_act_close(struct ch_act *a);

/* To the paper's own page, which says how it stands: when the act is not to be done (any more). */
void ch_act_to_paper(struct ch_page *p, const struct ch_act *a);

/* Head of the page: where it is, what would be done. {0} of title is the number. */
void ch_act_begin(struct ch_page *p, const struct ch_act *a, ch_msg title);
/* The cover as a sheet. */
void ch_act_cover(struct ch_page *p, const struct ch_act *a);
/* The sentence of the act, large. */
void ch_act_sentence(struct ch_page *p, ch_msg id);
/* A headed list of sentences; the same arguments for all. */
void ch_act_list(struct ch_page *p, ch_msg head, const ch_msg *line, size_t n, const ch_args *args);
/* The form of the act itself: its hidden field, and `sure`. */
void ch_act_form(struct ch_page *p, const struct ch_act *a, const char *last);
/* A link back to the paper, or on to another act on it. */
void ch_act_link(struct ch_page *p, const struct ch_act *a, const char *last, ch_msg label,
    bool button);
/* A line of the form, in NFC. FORMAT: more than one line, or what may not stand in a statement; the
 * sentence says so. Empty is fine. In the page's arena. */
CH_MUST_USE ch_err ch_act_line(ch_span *out, struct ch_page *p, const char *name,
    struct ch_problem *why);

/* On the paper's page: what was signed here and not answered yet. */
void ch_act_pending(struct ch_page *p, const struct ch_dossier *d, const ch_delivery *v);

#endif
