/*
 * Opening a paper that is on file: E, body.age, bundle, all the way, streamed. Nothing of it is at
 * hand before the whole of it and its signature were verified.
 *
 * The author opens its own E by the file key in key.age; the addressee by its sealing key, and
 * the body by K from the keybox. Format: doc/formats/paper.md, "What an addressee checks".
 */
#ifndef CH_READING_H
#define CH_READING_H

#include "dossier.h"
#include "envelope.h"

/* Why the keybox yields no K: the cause in the statement `key-missing`. */
typedef enum {
	CH_KEY_FITS,
	CH_KEYBOX_DOES_NOT_OPEN,
	CH_KEY_NOT_CANONICAL,
	CH_KEY_DIFFERS, /* not the one whose hash stands in L */
} ch_key_fault;
const char *ch_key_fault_name(ch_key_fault f);

struct ch_reading_room;

struct ch_reading {
	const ch_paper *paper;        /* spans into the reading */
	const struct ch_seeds *seeds; /* secret: only for making leaves of this paper */
	ch_cover cover;
	ch_defect cause;              /* after AUTH: why the paper is defective       */
	ch_key_fault key_fault;       /* after AUTH: key-missing, when not CH_KEY_FITS */
	struct ch_paper_work *work;   /* free for the caller once open                */
	struct ch_buf cover_text;
	struct ch_reading_room *room; /* private */
};

/*
 * Open and check. `save` (or NULL) is a folder for the attachments: they are written as NN.ext,
 * never over a file (CONFLICT), and have names only once all is verified.
 * ABSENT: sealed until signed for (no keybox, and not ours)
 * LOCKED: home, or the hardware key (token.h) did not open it
 * AUTH: a defect or a missing key, see cause and key_fault; E itself altered: both are zero
 */
CH_MUST_USE ch_err ch_reading_open(struct ch_reading *r, const struct ch_dossier *d,
    const char *save, struct ch_problem *why);
/*
 * The text alone, quickly however large the paper is: checked against the cover that was signed;
 * attachments are neither read nor checked. For finding, never for showing as received. Errors as
 * above.
 */
CH_MUST_USE ch_err ch_reading_open_texts(struct ch_reading *r, const struct ch_dossier *d);
/* Wipes and releases; fine on a zeroed struct and after an error. */
void ch_reading_close(struct ch_reading *r);

#endif
