/*
 * One request to the desk, from its row in the table to the answer. A handler reads p->arg (parts
 * of the path), ch_page_query(), ch_page_form(); and then does exactly one of
 *
 *   ch_page_begin, ch_html_put(&p->html, …) …, and return        a page
 *   ch_page_go(p, "/h/%u/…", …)                                  elsewhere (303)
 *   ch_page_job(p, j)                                            work: see job.h
 *   ch_page_fault(p, err, &why)                                  what went wrong, calmly
 *   ch_page_file(p, type, name, bytes)                           a file to save
 *
 * Before it runs, Host, cookie, Origin, the hidden field of forms and the lock were checked.
 */
#ifndef CH_PAGE_H
#define CH_PAGE_H

#include "desk.h"
#include "html.h"

#define CH_PAGE_ARGS 4
#define CH_PAGE_FORM_MAX ((size_t)20 << 20)

struct ch_page;

enum {
	CH_PAGE_OPEN = 1,      /* needs no session            */
	CH_PAGE_HOME = 2,      /* /h/<n>/…: p->home           */
	CH_PAGE_UNLOCKED = 4,  /* … whose keys are here       */
	CH_PAGE_ANY = 8,       /* n = 0 too: jobs             */
	CH_PAGE_WAITS = 16,    /* … also while it waits to be added to its party */
};

typedef struct {
	ch_http1_method method;  /* GET or POST; PUT for streams */
	const char *path;        /* "talks/" "*" "/papers/" "*" : a star is one part -> p->arg[] */
	void (*run)(struct ch_page *p);
	unsigned needs;
	ch_msg nav;              /* where it stands in the navigation; CH_M_COUNT: nowhere */
	const char *command;     /* the command of which it is the page, "sign-for"; NULL: none */
	/* With PUT: takes the body in pieces by ch_http_take_stream() and answers itself, by
	 * ch_page_answer(). The script sends the hidden field's value as X-Chancery-Form. With
	 * POST: a form with a file; the handler compares the hidden field, its first part. */
	void (*stream)(struct ch_page *p);
} ch_page_row;

extern const ch_page_row ch_page_table[]; /* table.c; ended by path NULL */

struct ch_page {
	struct ch_desk *desk;
	struct ch_desk_home *home;   /* with CH_PAGE_HOME */
	const ch_page_row *row;
	struct ch_http_req *req;
	struct ch_session *session;
	struct ch_arena *arena;      /* until the answer */
	ch_span arg[CH_PAGE_ARGS];   /* decoded, a NUL behind */
	ch_span query, form;         /* as sent */
	struct ch_html html;
	unsigned status;             /* 200 unless set */
	ch_msg nav;                  /* what is marked in the navigation; from the row */
	char go[CH_JOB_GO];
	const char *type, *file;     /* of ch_page_file() */
	ch_http_source pull;         /* its bytes, when they come in pieces */
	uint64_t pull_size;
	bool begun, no_layout, fresh_session;
	int64_t now;                 /* of the home's clock, else the wall clock */
	void *data;                  /* of a stream */
};

/* Head and navigation, <main> and <h1>. Everything behind goes into <main>, closed by itself. */
void ch_page_begin(struct ch_page *p, ch_msg title, const ch_args *args);
/* The same without a heading of its own, for pages that set theirs. `title` is for the window. */
void ch_page_begin_bare(struct ch_page *p, ch_msg title, const ch_args *args);

void ch_page_go(struct ch_page *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Start the job and lead to its page; j NULL: no memory, said so. */
void ch_page_job(struct ch_page *p, struct ch_job *j);
/* The same, filled from the form first; what `fill` finds wrong is told, and nothing starts. */
typedef ch_err ch_page_fill(struct ch_job *j, struct ch_page *p, struct ch_problem *why);
void ch_page_job_fill(struct ch_page *p, struct ch_job *j, ch_page_fill *fill);
/* What happened, that nothing was lost, what to do. `why` may be NULL or empty. */
void ch_page_fault(struct ch_page *p, ch_err e, const struct ch_problem *why);
/* The same as a note inside a page that has begun. */
void ch_page_fault_text(struct ch_page *p, ch_err e, const struct ch_problem *why);
void ch_page_not_found(struct ch_page *p);
/* A file for the person to save, never shown in place. `name` is cleaned. */
void ch_page_file(struct ch_page *p, const char *type, const char *name, ch_span bytes);
/* Give the answer of a stream; of others it is given by itself. */
void ch_page_answer(struct ch_page *p);

/* A value of the query or form, decoded, in the arena with a NUL behind; empty when absent. */
ch_span ch_page_query(struct ch_page *p, const char *name);
ch_span ch_page_form(struct ch_page *p, const char *name);

/* ---- pieces of pages ---- */

/* <form method=post action=/h/n/…> with the hidden field. Close it by hand. */
void ch_page_form_begin(struct ch_page *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* A button of a form; `primary` is the one thing to do here. */
void ch_page_button(struct ch_page *p, ch_msg label, bool primary);
/* A paragraph set apart: what an act makes provable, a warning, calm news. */
typedef enum { CH_NOTE_NEWS, CH_NOTE_MIND, CH_NOTE_TROUBLE } ch_note_tone;
void ch_page_note_begin(struct ch_page *p, ch_note_tone tone);
void ch_page_note_end(struct ch_page *p);
/* <dt>label</dt><dd>value</dd>; nothing when empty. Inside <dl class="facts">. */
void ch_page_fact(struct ch_page *p, ch_msg label, ch_span value);
void ch_page_fact_when(struct ch_page *p, ch_msg label, int64_t t);
/* The five groups of a key's words, for comparing by voice. */
void ch_page_fingerprint(struct ch_page *p, ch_span vkey);
/* A word of the formats (form, act, basis …) as a person says it; unknown ones as they are. */
void ch_page_term(struct ch_page *p, ch_span token);
/* The value of a line of a paper's head, as a person says it. */
void ch_page_head_value(struct ch_page *p, unsigned head_key, ch_span value);

/* ---- what pages of talks and papers begin with ---- */

/* Talks named by `name`, of p->home; also sets the word set. False: answered already. */
CH_MUST_USE bool ch_page_talks(struct ch_page *p, struct ch_talks *out, ch_span name);
/* The newest roster of p->home's own party; the caller lets go of it. False: answered already. */
struct ch_roster_file;
CH_MUST_USE bool ch_page_own_roster(struct ch_page *p, struct ch_roster_file *out);
/* A paper's folder and what its record says; `v` from ch_alloc. False: answered already. */
CH_MUST_USE bool ch_page_paper(struct ch_page *p, struct ch_dossier *d, ch_delivery *v,
    const struct ch_talks *t, ch_span folder);

/* The message of a standing, a step, a finding, a state of talks. */
ch_msg ch_page_standing(ch_standing s);
/* A row's subject; without a cover here, why there is none. */
void ch_page_subject(struct ch_page *p, const ch_row *r);
ch_msg ch_page_talks_state(ch_talks_state s);

#endif
