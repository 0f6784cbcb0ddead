/* Between the two sides of witnesses.h: the loop thread and the threads that ask. */
#ifndef CH_WITNESSES_INNER_H
#define CH_WITNESSES_INNER_H

#include "register.h"
#include "server.h"
#include "thread.h"
#include "witnesses.h"

#define CH_WITNESS_ASK_MS 5000
#define CH_WITNESS_BODY_MAX ((size_t)16384) /* of a question */
#define CH_WITNESS_ANSWER_MAX 65536
#define CH_WITNESS_LINE_MAX 512      /* name 255, base64 104, and what stands around them */

typedef enum {
	CH_ASK_IDLE,  /* the loop's */
	CH_ASK_PUT, /* the thread's */
	CH_ASK_SAID,  /* the loop's again */
} ch_ask_state;

struct ch_witness {
	struct ch_witnesses *all;
	const ch_policy_key *key;
	struct ch_thread thread;
	ch_ask_state state; /* under the lock; what follows belongs to whom it says */

	/* the question */
	uint64_t size;
	size_t n_text;
	uint8_t text[CH_CHECKPOINT_TEXT_MAX]; /* of the checkpoint asked about */
	struct ch_buf body;

	/* the answer */
	const char *failed;     /* why it is none; NULL: `line` is a sound cosignature */
	bool other_size;        /* 409: it holds `holds` leaves */
	uint64_t holds;
	uint64_t time;
	size_t n_line;
	uint8_t line[CH_WITNESS_LINE_MAX];
	struct ch_buf seen;     /* the checkpoint that it holds, when it contradicts us; or empty */

	/* the loop's own */
	bool sent;              /* its line is in the batch at hand */
	uint64_t known;         /* the size it holds, as far as we know */
	uint64_t done;          /* the size it cosigned last for us */
	int64_t done_time;
	uint64_t due;           /* not asked before, in ms */
	unsigned failures;
	const char *why;
};

struct ch_witnesses {
	struct ch_monitor lock;
	_Atomic bool stopping;     /* set under the lock; questions under way look at it */
	struct ch_http_server *http;
	const struct ch_folder *folder;
	const ch_policy *policy;
	size_t n;
	struct ch_witness one[CH_WITNESSES_MAX];

	/* the loop's own: the checkpoint that all look at */
	uint64_t size, begun, met; /* met: when the quorum met, in ms; 0: not yet */
	size_t n_note;
	uint8_t note[CH_REGISTER_NOTE_MAX];
	uint64_t heard;            /* a size that came by another way, to be weighed; 0: none */

	uint64_t witnessed;
	struct ch_buf proof;       /* its note with the lines of the policy */
	struct ch_op *held, **held_last;

	struct ch_op *batch;       /* our operation in the batch at hand, or NULL */
	struct ch_arena arena;
};

/* The life of a witness's thread. ctx: struct ch_witness */
void ch_witness_work(void *ctx);

#endif
