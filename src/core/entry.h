/*
 * Entries of the register: 32 bytes that say nothing to whom does not hold the salt.
 * entry = SHA-256(label || 32-byte random salt || SHA-256 of the statement's text).
 */
#ifndef CH_ENTRY_H
#define CH_ENTRY_H

#include "crypto.h"

#define CH_ENTRY_SIZE 32
#define CH_ENTRY_LABEL "chancery/entry@v1\n"
#define CH_ENTRY_LABEL_EXERCISE "chancery-exercise/entry@v1\n"

typedef struct { uint8_t b[32]; } ch_salt;

/* `text` is the text of the statement's note, with its last LF and without signatures. */
void ch_entry_make(ch_hash *out, const ch_salt *salt, ch_span text, bool exercise);

/* The same from SHA-256(text). */
void ch_entry_of_hash(ch_hash *out, const ch_salt *salt, const ch_hash *text, bool exercise);

#endif
