/*
 * The client's side of c2sp.org/age-plugin: what is said to a plugin, and what its answers mean.
 * Bytes to bytes; the shell starts the program, moves the bytes and asks the person.
 *
 *   _wrap or _unwrap          all that phase 1 has to say
 *   then until CH_PLUGIN_DONE or an error:
 *   _room, read, _came        bytes from the plugin
 *   _next                     the next message, if whole; an answer that needs no person is written
 *   _answer, _answer_choice   the others
 *
 * The plugin is not trusted to be right: its stanzas are strict, every size and the number of
 * messages are bounded, commands we do not know are answered `unsupported`. It does see the file
 * key; that is its work. Texts it wants shown may hold anything: mark them.
 */
#ifndef CH_AGE_PLUGIN_H
#define CH_AGE_PLUGIN_H

#include "age_header.h"

#define CH_PLUGIN_MESSAGE_MAX 16384 /* bytes of one message, as sent */
#define CH_PLUGIN_TEXT_MAX 4096     /* bytes of a text to be shown   */
#define CH_PLUGIN_CHOICE_MAX 128
#define CH_PLUGIN_MESSAGES 1024     /* in one conversation           */
#define CH_PLUGIN_LABELS 16
#define CH_PLUGIN_GREASE 32         /* random bytes for grease       */
#define CH_PLUGIN_ANSWER_MAX 1024   /* bytes of an answer of ours    */

typedef enum {
	CH_PLUGIN_MORE,     /* nothing whole has come                                */
	CH_PLUGIN_ANSWERED, /* an answer was written: send it, and ask for the next  */
	CH_PLUGIN_SHOW,     /* show text; _answer(shown)                             */
	CH_PLUGIN_CHOICE,   /* text, yes and maybe no; _answer_choice                */
	CH_PLUGIN_PUBLIC,   /* ask for a line; _answer                               */
	CH_PLUGIN_SECRET,   /* the same without echo                                 */
	CH_PLUGIN_ERROR,    /* it says `text` and cannot go on; an answer was written */
	CH_PLUGIN_DONE,     /* results are valid                                     */
} ch_plugin_event;

struct ch_plugin {
	bool wrapping;
	/* results */
	bool has_key, has_labels;
	struct ch_file_key key;  /* of an unwrapping                                  */
	size_t n_stanzas;        /* of a wrapping: ready for a header, bytes in `out` */
	size_t n_labels;
	struct ch_wr out, labels;
	/* the message in hand */
	size_t n_text, n_yes, n_no;
	bool has_no;
	/* inside */
	ch_err err;
	unsigned n_messages;
	size_t n_in, used;
	uint8_t text[CH_PLUGIN_TEXT_MAX], yes[CH_PLUGIN_CHOICE_MAX], no[CH_PLUGIN_CHOICE_MAX];
	uint8_t in[CH_PLUGIN_MESSAGE_MAX], out_buf[CH_AGE_HEADER_MAX], label_buf[1024];
};

/*
 * Phase 1, to w. `text` is a recipient or (identity) an identity, which the caller has judged.
 * `grease` is random. A file key or an identity is in w afterwards: the caller wipes.
 */
void ch_plugin_wrap(struct ch_wr *w, struct ch_plugin *p, ch_span text, bool identity,
    const struct ch_file_key *key, const uint8_t grease[CH_PLUGIN_GREASE]);
/* `stanzas` are those of a header that ch_age_header_parse() took. */
void ch_plugin_unwrap(struct ch_wr *w, struct ch_plugin *p, ch_span identity, ch_span stanzas,
    const uint8_t grease[CH_PLUGIN_GREASE]);
void ch_plugin_wipe(struct ch_plugin *p);

/* Where the next bytes of the plugin go, n > 0 of them at most; then how many came. */
uint8_t *ch_plugin_room(size_t *n, struct ch_plugin *p);
void ch_plugin_came(struct ch_plugin *p, size_t n);

/*
 * FORMAT: it broke the protocol; LIMIT: a message, their number or what it gives is too much.
 * Errors stick.
 */
CH_MUST_USE ch_err ch_plugin_next(ch_plugin_event *ev, struct ch_wr *w, struct ch_plugin *p);

/* `ok` with a body of at most CH_PLUGIN_ANSWER_MAX, or `fail`. */
void ch_plugin_answer(struct ch_wr *w, bool ok, ch_span body);
void ch_plugin_answer_choice(struct ch_wr *w, bool yes);

/* Labels as sent, in any order: do two sets agree, and does one hold this? */
bool ch_plugin_labels_eq(ch_span a, ch_span b);
bool ch_plugin_labels_have(ch_span labels, ch_span one);

#endif
