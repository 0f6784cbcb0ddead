/* A registry's folder: its text, its keys, its lock. */
#ifndef CH_FOLDER_H
#define CH_FOLDER_H

#include "dir.h"
#include "vkey.h"

#define CH_URL_MAX 512

struct ch_folder {
	char dir[CH_PATH_MAX], clock[CH_PATH_MAX];
	char origin_text[CH_NAME_MAX + 1], cosigner_text[CH_NAME_MAX + 1], url[CH_URL_MAX + 1];
	ch_span origin; /* into origin_text */
	bool exercise;
	int64_t made;
	ch_vkey vkey, cosigner;
	struct ch_edsecret log_key, cosign_key; /* zero unless opened with keys */
};

/* Read registry.txt and, with keys, the keys. FORMAT: damaged   LIMIT: of a newer program */
CH_MUST_USE ch_err ch_folder_open(struct ch_folder *f, const char *dir);
void ch_folder_close(struct ch_folder *f);

/* Write both files anew in an existing empty folder. */
CH_MUST_USE ch_err ch_folder_make(const char *dir, ch_span origin, ch_span url, int64_t now);

/* An origin that our formats can name: a signed-note key name, no `chancery` at its start, room
 * for `/cosigner`. */
bool ch_folder_origin_fits(ch_span origin);

#endif
