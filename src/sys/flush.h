/*
 * Many small files made durable by one flush. What ch_outfile_lay() wrote and ch_file_drop()
 * removed is visible at once and counts only after ch_flush(): before it, a crash may leave the
 * old state, the new one or a torn file. For callers who count on a file only after the flush.
 *
 * The flush is syncfs(): it takes the whole file system along, in one wait of the disk instead of
 * two a file, and reports every write that failed there since ch_flush_open() (Linux >= 5.8).
 */
#ifndef CH_FLUSH_H
#define CH_FLUSH_H

#include "file.h"

struct ch_flush {
	int fd;
	bool open;
};

/* For files below this folder. Errors as in file.h. */
CH_MUST_USE ch_err ch_flush_open(struct ch_flush *f, const char *dir);
/* IO, and no other error: what was laid may be lost, whatever the reason. Never ask again. */
CH_MUST_USE ch_err ch_flush(const struct ch_flush *f);
/* Does nothing to a zeroed struct. */
void ch_flush_close(struct ch_flush *f);

/* Gone at once, and after the next flush for ever. */
CH_MUST_USE ch_err ch_file_drop(const char *path);

/* A file of n bytes whose room is really taken, to be dropped when room is needed; one that is
 * there is fine. FULL: there is not that much, and nothing stays. */
CH_MUST_USE ch_err ch_file_hold(const char *path, uint64_t n);

/*
 * The end of a large file in two steps, instead of ch_outfile_commit(): laid before a flush, named
 * after it; the name counts after the folder's own sync. Abort still ends it in between.
 */
CH_MUST_USE ch_err ch_outfile_lay(struct ch_outfile *f);
/* Before it is laid, where the flush comes much later: begin to write it to the disk, so that the
 * flush has less to wait for. Only a hint. */
void ch_outfile_send(const struct ch_outfile *f);
CH_MUST_USE ch_err ch_outfile_name(struct ch_outfile *f);

#endif
