/*
 * A WAL laid out ahead. Where a file grows, each flush waits for the file system's journal, and so
 * for whatever others write; where it is overwritten, only for its own bytes. SQLite begins the
 * WAL anew after each checkpoint that got through, so what is laid once serves from then on.
 *
 * It is laid in zeros, behind the end of the file, where nobody's frames are. A frame names its
 * page, counted from 1, and repeats the salts of the header: to every reader zeros are no frame,
 * and a WAL of nothing else has no header (sqlite.org/fileformat2.html, section 4).
 */
#include "store_sql.h"

#define LAY_FROM ((uint64_t)256 << 10) /* a WAL that is hardly used may grow as it likes */
#define LAY_TO ((uint64_t)32 << 20)    /* so may one of very large batches */
#define AHEAD ((uint64_t)512 << 10)    /* more at once would be a long flush */
#define PIECE 65536u
#define FRAME 4120u /* a page and its head */

static int on_commit(void *ctx, sqlite3 *db, const char *name, int frames)
{
	struct ch_store *s = ctx;

	(void)db;
	(void)name;
	s->wal_used = (uint64_t)frames * FRAME;
	return SQLITE_OK;
}

void ch_store_wal_watch(struct ch_store *s)
{
	(void)sqlite3_wal_hook(s->db, on_commit, s);
}

uint64_t ch_store_wal(const struct ch_store *s)
{
	return s->wal_used;
}

static ch_err lay(sqlite3_file *f, uint64_t from, uint64_t to)
{
	uint8_t *zeros = ch_alloc(PIECE);
	ch_err e = zeros ? CH_OK : CH_E_NOMEM;

	for (uint64_t at = from; at < to && e == CH_OK; at += PIECE)
		e = ch_sql_err(f->pMethods->xWrite(f, zeros,
		    to - at < PIECE ? (int)(to - at) : (int)PIECE, (sqlite3_int64)at));
	if (zeros)
		ch_free(zeros, PIECE);
	return e;
}

ch_err ch_store_wal_lay(struct ch_store *s)
{
	sqlite3_file *f = NULL;
	sqlite3_int64 end = 0;
	uint64_t used = s->wal_used, size;
	ch_err e;

	if (used < LAY_FROM || used > LAY_TO)
		return CH_OK;
	if ((e = ch_sql_err(sqlite3_file_control(s->db, "main", SQLITE_FCNTL_JOURNAL_POINTER,
		 &f))) != CH_OK || (e = ch_sql_err(f->pMethods->xFileSize(f, &end))) != CH_OK)
		return e;
	size = end > 0 ? (uint64_t)end : 0;
	if (used + AHEAD / 4 <= size)
		return CH_OK;
	e = lay(f, size, size + AHEAD);
	return e == CH_E_FULL || e == CH_E_NOMEM ? CH_OK : e; /* then it grows as it must */
}
