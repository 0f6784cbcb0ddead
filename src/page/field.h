/* Fields of forms: a label, what it is for, the field. For every page that asks for something. */
#ifndef CH_FIELD_H
#define CH_FIELD_H

#include "page.h"

enum {
	CH_FIELD_NEEDED = 1,
	CH_FIELD_SECRET = 2,    /* a passphrase; its value is never written back */
	CH_FIELD_FIRST = 4,     /* the cursor stands here                        */
	CH_FIELD_PLAIN = 8,     /* an address or id: left to right, no spelling  */
	CH_FIELD_MANY = 16,     /* many lines; a file may be dropped on it       */
	CH_FIELD_NUMBER = 32,
};

/* `hint` CH_M_COUNT: none. `name` is also the id. */
void ch_page_field(struct ch_page *p, const char *name, ch_msg label, ch_msg hint, ch_span value,
    unsigned flags);
/* A box to tick. */
void ch_page_tick(struct ch_page *p, const char *name, ch_msg label, bool ticked, bool needed);

/* A new passphrase, twice, with advice and one that nobody guesses. Names: pass, again. */
void ch_page_new_pass(struct ch_page *p, ch_msg legend, ch_msg advice);
/* What was given there; CH_M_COUNT when it will do, else the sentence that says why not. */
ch_msg ch_page_new_pass_take(struct ch_pass *out, struct ch_page *p);
/* The passphrase in that field; empty when there is none, or it is too long. */
void ch_page_pass_take(struct ch_pass *out, struct ch_page *p, const char *name);

/* A field's value for a job: at most cap - 1 bytes, else nothing. */
void ch_page_form_copy(char *out, size_t cap, struct ch_page *p, const char *name);
/* A text that was dropped or pasted: the line ends that forms make are taken back. */
ch_span ch_page_form_text(struct ch_page *p, const char *name);

/* The end of a form that can be left: its button, and a way to the page `to` below /h/<n>/. */
void ch_page_form_end(struct ch_page *p, ch_msg button, ch_msg leave, const char *to);

/* A paragraph with one sentence: a plain one, the one that opens a page, a quiet one. */
void ch_page_say(struct ch_page *p, ch_msg text);
void ch_page_lead(struct ch_page *p, ch_msg text);
void ch_page_quiet(struct ch_page *p, ch_msg text);
/* The sentence of a form that was not taken, set apart; nothing for CH_M_COUNT. */
void ch_page_wrong(struct ch_page *p, ch_msg what);

#endif
