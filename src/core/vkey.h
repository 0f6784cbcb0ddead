/*
 * Verifier keys of signed notes: `name+hex(id)+base64(type || key)` (c2sp.org/signed-note,
 * "Verifier keys"). Two types, both over Ed25519; every other type is FORMAT here.
 */
#ifndef CH_VKEY_H
#define CH_VKEY_H

#include "crypto.h"
#include "rd.h"
#include "wr.h"

#define CH_VKEY_ED25519 0x01     /* signs a note's text                              */
#define CH_VKEY_COSIGNATURE 0x04 /* timestamped cosignature of a checkpoint          */
#define CH_NAME_MAX 255          /* bytes of a key name or of an origin              */
#define CH_VKEY_MAX (CH_NAME_MAX + 1 + 8 + 1 + 44)

typedef struct {
	ch_span name; /* into the caller's text */
	uint8_t type;
	uint8_t id[4];
	ch_edkey key;
} ch_vkey;

/*
 * Whether `name` may name a key: 1 to CH_NAME_MAX bytes of UTF-8, no Unicode space, no plus, no
 * control character (C0, DEL, C1).
 */
bool ch_name_is_valid(ch_span name);

/* The first four bytes of SHA-256(name || LF || type || key). */
void ch_vkey_id(uint8_t id[4], ch_span name, uint8_t type, const ch_edkey *key);

/* Name and key into a vkey; `name` must outlive it. */
void ch_vkey_make(ch_vkey *out, ch_span name, uint8_t type, const ch_edkey *key);

/*
 *   out   spans into `in`; zero on error
 * FORMAT: another spelling, another type, or an id that is not the key's
 */
CH_MUST_USE ch_err ch_vkey_parse(ch_vkey *out, ch_span in);

void ch_vkey_put(struct ch_wr *w, const ch_vkey *key);
/* Its beginning, `name+id`: enough to tell keys of one name apart, not to trust one. */
void ch_vkey_put_name(struct ch_wr *w, ch_span name, const uint8_t id[4]);

#endif
