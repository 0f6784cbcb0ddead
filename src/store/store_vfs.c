/*
 * The commit's way to the disk in few pieces. SQLite writes each frame of a WAL by two calls, of 24
 * and of 4,096 bytes, some hundreds a commit. This VFS lies over the system's and, for a WAL alone,
 * gathers writes that follow each other until somebody could miss them: a sync, a read of them, a
 * write elsewhere. What fails then is the answer to that call. Nobody else looks for a frame before
 * the commit that it belongs to is in the wal-index, which comes after its sync: so this needs
 * synchronous = FULL.
 *
 * A file is the system's own, with its methods but for those below, and our part behind it. Trusts
 * SQLite to use a file from one thread. sqlite.org/vfs.html, walformat.html.
 */
#include <stddef.h>

#include "store_sql.h"
#include "wr.h"

#define NAME "chancery"
#define METHODS 3                /* the iVersion that we know whole */
#define ROOM ((size_t)31 * 4120) /* frames; the system's VFS writes less than 128 KiB at once */
#define WRITE_LOCK 0             /* of the wal-index: who holds it may add to the WAL */

struct gather {
	const sqlite3_io_methods *real;
	sqlite3_io_methods own; /* the real ones, some replaced */
	sqlite3_file *other;    /* of a WAL its database, of a database its WAL */
	struct ch_wr held;      /* what the file lacks; cap 0: nothing is gathered */
	sqlite3_int64 at;       /* where that goes */
};

/* SQLite keeps such things in one list for the whole program. */
static struct {
	sqlite3_vfs own;
	sqlite3_vfs *real;
} vfs;

/* Where SQLite made room for it. */
static struct gather *of(sqlite3_file *f)
{
	return (void *)((char *)f + (size_t)vfs.own.szOsFile - sizeof(struct gather));
}

/* What could not be written stays: were it forgotten, a transaction that goes on after the error
 * would lack it. */
static int flush(sqlite3_file *f)
{
	struct gather *g = of(f);
	int rc = SQLITE_OK;

	if (g->held.n > 0)
		rc = g->real->xWrite(f, g->held.p, (int)g->held.n, g->at);
	if (rc == SQLITE_OK)
		g->held.n = 0;
	return rc;
}

static int on_write(sqlite3_file *f, const void *p, int n, sqlite3_int64 at)
{
	struct gather *g = of(f);
	size_t more = (size_t)n, left = g->held.cap - g->held.n;
	bool large = more > g->held.cap / 2; /* gains nothing */
	int rc = SQLITE_OK;

	if (large || more > left || at != g->at + (sqlite3_int64)g->held.n)
		rc = flush(f);
	if (rc != SQLITE_OK)
		return rc;
	if (large)
		return g->real->xWrite(f, p, n, at);
	if (g->held.n == 0)
		g->at = at;
	ch_wr_put(&g->held, ch_span_of(p, more));
	return SQLITE_OK;
}

static int on_read(sqlite3_file *f, void *p, int n, sqlite3_int64 at)
{
	struct gather *g = of(f);
	bool meets = at < g->at + (sqlite3_int64)g->held.n && g->at < at + n;
	int rc = meets ? flush(f) : SQLITE_OK;

	return rc == SQLITE_OK ? g->real->xRead(f, p, n, at) : rc;
}

static int on_sync(sqlite3_file *f, int flags)
{
	int rc = flush(f);

	return rc == SQLITE_OK ? of(f)->real->xSync(f, flags) : rc;
}

static int on_truncate(sqlite3_file *f, sqlite3_int64 size)
{
	int rc = flush(f);

	return rc == SQLITE_OK ? of(f)->real->xTruncate(f, size) : rc;
}

static int on_size(sqlite3_file *f, sqlite3_int64 *size)
{
	int rc = flush(f);

	return rc == SQLITE_OK ? of(f)->real->xFileSize(f, size) : rc;
}

static int on_control(sqlite3_file *f, int op, void *arg)
{
	int rc = flush(f);

	return rc == SQLITE_OK ? of(f)->real->xFileControl(f, op, arg) : rc;
}

static int on_close(sqlite3_file *f)
{
	struct gather *g = of(f);
	int rc = flush(f), closed;

	of(g->other)->other = NULL;
	ch_free(g->held.p, g->held.cap);
	closed = g->real->xClose(f);
	return rc == SQLITE_OK ? closed : rc;
}

/* Of a database. What is held when the right to write ends was rolled back; behind the end it would
 * be harmless, but it may not go where another program writes from now on. */
static int on_shm_lock(sqlite3_file *f, int first, int n, int flags)
{
	struct gather *g = of(f);

	if (g->other && first == WRITE_LOCK && (flags & SQLITE_SHM_UNLOCK))
		of(g->other)->held.n = 0;
	return g->real->xShmLock(f, first, n, flags);
}

/* Without this promise SQLite fills the sector up, and writes the last of it behind the sync. */
static bool is_whole_at_sync(sqlite3_file *f)
{
	return f->pMethods->xDeviceCharacteristics(f) & SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static void begin_wal(struct gather *g, sqlite3_file *f, sqlite3_file *db)
{
	uint8_t *room = is_whole_at_sync(f) ? ch_alloc(ROOM) : NULL;

	g->held = ch_wr_of(room, room ? ROOM : 0); /* without room: piece by piece, as ever */
	g->other = db;
	of(db)->other = f;
	g->own.xClose = on_close;
	g->own.xRead = on_read;
	g->own.xWrite = on_write;
	g->own.xTruncate = on_truncate;
	g->own.xSync = on_sync;
	g->own.xFileSize = on_size;
	g->own.xFileControl = on_control;
}

static int on_open(sqlite3_vfs *v, const char *name, sqlite3_file *f, int flags, int *out)
{
	int rc = vfs.real->xOpen(vfs.real, name, f, flags, out);
	struct gather *g = of(f);
	sqlite3_file *db = NULL;

	(void)v;
	if (rc != SQLITE_OK || !(flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL)) ||
	    f->pMethods->iVersion != METHODS)
		return rc;
	if (flags & SQLITE_OPEN_WAL) {
		db = sqlite3_database_file_object(name);
		if (db->pMethods != &of(db)->own)
			return rc;
	}
	*g = (struct gather){ .real = f->pMethods, .own = *f->pMethods };
	if (db)
		begin_wal(g, f, db);
	else
		g->own.xShmLock = on_shm_lock;
	f->pMethods = &g->own;
	return SQLITE_OK;
}

static bool begin_vfs(void)
{
	sqlite3_vfs *real = sqlite3_vfs_find(NULL);

	if (sqlite3_vfs_find(NAME))
		return true;
	if (!real || real->iVersion != METHODS)
		return false;
	vfs.real = real;
	vfs.own = *real;
	vfs.own.pNext = NULL;
	vfs.own.zName = NAME;
	vfs.own.szOsFile = (real->szOsFile + 7) / 8 * 8 + (int)sizeof(struct gather);
	vfs.own.xOpen = on_open;
	return sqlite3_vfs_register(&vfs.own, 0) == SQLITE_OK;
}

const char *ch_store_vfs(void)
{
	sqlite3_mutex *m;
	bool ok;

	if (sqlite3_initialize() != SQLITE_OK)
		return NULL;
	m = sqlite3_mutex_alloc(SQLITE_MUTEX_STATIC_VFS1);
	sqlite3_mutex_enter(m);
	ok = begin_vfs();
	sqlite3_mutex_leave(m);
	return ok ? NAME : NULL;
}
