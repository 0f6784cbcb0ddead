/* Asked by meson.build: whether the SQLite that is here has FTS5. */
#include <sqlite3.h>
#include <stddef.h>

int main(void)
{
	sqlite3 *db;

	return sqlite3_open(":memory:", &db) != SQLITE_OK ||
	    sqlite3_exec(db, "create virtual table t using fts5(x)", NULL, NULL, NULL) != SQLITE_OK;
}
