/*
 * The register's writer and its recovery, for Spin (spinroot.com): every order in which a batch, the
 * tile thread, a reader and a crash can meet, in a register of a few entries and tiles of two.
 * The code that it stands for: src/registry/{batch,register,tiler}.c, src/store/store_log.c.
 *
 *   entries  are told apart by their values: an entry lost and its place given to another is seen
 *   rows     of the database; one transaction changes them, the signed size and `tiled` together
 *   tiles    files: absent, laid (visible, may be torn by a crash) or durable
 *
 * What must hold, whatever happens:
 *   A  what was acknowledged is there, with the same value, for ever
 *   B  no size is signed with two contents
 *   C  a published tile can be served, and is what was signed
 *
 * test/model/writer.py runs it, and runs it again with each of the mistakes below built in, which
 * must then be found: ACK_EARLY, SIGN_EARLY, DROP_EARLY, REPORT_EARLY, TRUST_TORN, RECOVER_MEMORY.
 */

#define N 6                /* places of the register */
#define TILES 3            /* of two entries */
#define NONE 0
#define CRASHES 2

mtype = { ABSENT, LAID, TORN, DURABLE };

/* ---- what survives a crash ---- */
byte row[N];               /* the value at a place; NONE: no row */
byte db_size;              /* the signed checkpoint */
byte db_tiled;             /* tiles below are durable, says the database */
mtype tile[TILES] = ABSENT;
byte in_tile[N];           /* what the files hold */

/* ---- memory of the program ---- */
byte size;                 /* published */
byte tiled;                /* as the tile thread reported */
byte laid;                 /* tiles that the thread has laid since it flushed last */
byte mem[N];               /* entries of the edge and of tiles that are late */

/* ---- what the world has seen ---- */
byte acked[N];
byte signed_as[N];         /* the value at a place when a size above it was first signed */
byte fresh = 1;            /* the next value */
byte crashes;

#define FULL(s) ((s) / 2)  /* tiles that a register of s entries completes */

inline sign(from, to) {
	k = from;
	do
	:: k < to ->
		assert(signed_as[k] == NONE || signed_as[k] == mem[k]); /* B */
		signed_as[k] = mem[k];
		k++
	:: else -> break
	od
}

/* One batch of one or two entries, up to its answer. */
inline batch() {
	n = size;
	do
	:: n < N && n < size + 2 -> mem[n] = fresh; fresh++; n++
	:: n > size -> break
	:: n == size && n == N -> break
	od;
#ifdef SIGN_EARLY
	sign(size, n);
	crash_here();
#endif
#ifdef ACK_EARLY
	acknowledge(size, n);
	crash_here();
#endif
	atomic { /* the transaction: rows, checkpoint, `tiled`, and rows that it lets go */
		k = size;
		do
		:: k < n -> row[k] = mem[k]; k++
		:: else -> break
		od;
#ifdef DROP_EARLY
		k = 0;
		do
		:: k < 2 * FULL(n) -> row[k] = NONE; k++
		:: else -> break
		od;
#else
		k = 0;
		do
		:: k < 2 * tiled -> row[k] = NONE; k++
		:: else -> break
		od;
#endif
		db_tiled = tiled;
		sign(0, n);
		db_size = n
	};
	crash_here();
	size = n; /* published: all below can be served */
	acknowledge(0, n)
}

inline acknowledge(from, to) {
	k = from;
	do
	:: k < to -> acked[k] = mem[k]; k++
	:: else -> break
	od
}

/* Everything in memory is gone; a file that was laid and not flushed may be torn. */
inline crash_here() {
	if
	:: crashes < CRASHES -> crashes++; goto crashed
	:: true
	fi
}

/* The tile thread: one step at a time between the steps of the writer. */
inline tile_step() {
	if
	:: laid < FULL(size) -> /* lay the next */
		in_tile[2 * laid] = mem[2 * laid];
		in_tile[2 * laid + 1] = mem[2 * laid + 1];
		tile[laid] = LAID;
		laid++;
#ifdef REPORT_EARLY
		tiled = laid
#endif
	:: laid > tiled -> /* one flush for all, then the report */
		k = tiled;
		do
		:: k < laid -> tile[k] = DURABLE; k++
		:: else -> break
		od;
		tiled = laid
	:: else
	fi
}

/* Whoever asks for what is published gets what was signed, from memory or from files. */
inline read_all() {
	k = 0;
	do
	:: k < size ->
		if
		:: k < 2 * tiled ->
			assert(tile[k / 2] == DURABLE && in_tile[k] == signed_as[k]) /* C */
		:: else -> assert(mem[k] == signed_as[k])
		fi;
		assert(acked[k] == NONE || acked[k] == signed_as[k]); /* A */
		k++
	:: else -> break
	od;
	/* and nothing that was acknowledged lies beyond */
	do
	:: k < N -> assert(acked[k] == NONE || k < db_size); k++
	:: else -> break
	od
}

active proctype register() {
	byte n, k;

start:
	skip;
	/* Recovery: tiles beyond `db_tiled` are written anew from rows, memory from what is stored. */
	d_step {
		size = 0;
		k = 0;
		do
		:: k < N -> mem[k] = NONE; k++
		:: else -> break
		od;
		k = 0;
		do
		:: k < db_size ->
			if
#ifdef TRUST_TORN
			:: tile[k / 2] != ABSENT && k < 2 * FULL(db_size) -> mem[k] = in_tile[k]
#else
			:: k < 2 * db_tiled -> mem[k] = in_tile[k]
#endif
			:: else -> mem[k] = row[k]
			fi;
			assert(mem[k] != NONE && mem[k] == signed_as[k]); /* else it refuses to sign */
			k++
		:: else -> break
		od;
		k = db_tiled;
		do
		:: k < FULL(db_size) ->
			in_tile[2 * k] = mem[2 * k];
			in_tile[2 * k + 1] = mem[2 * k + 1];
			tile[k] = DURABLE;
			k++
		:: else -> break
		od;
		tiled = FULL(db_size);
		laid = tiled;
#ifdef RECOVER_MEMORY
		size = db_size + 1; /* takes up more than was signed */
		if
		:: size > N -> size = N
		:: else
		fi
#else
		size = db_size
#endif
	};
	read_all();
	do
	:: size < N -> batch()
	:: tile_step()
	:: read_all()
	:: crashes < CRASHES -> crashes++; goto crashed
	:: size == N && tiled == FULL(N) -> break
	od;
	read_all();
	goto end_all;

crashed:
	/* What was laid and not flushed is whatever the disk made of it. */
	k = 0;
	do
	:: k < TILES ->
		if
		:: tile[k] == LAID ->
			if
			:: tile[k] = TORN; in_tile[2 * k] = 255; in_tile[2 * k + 1] = 255
			:: tile[k] = ABSENT; in_tile[2 * k] = 255
			:: true
			fi
		:: else
		fi;
		k++
	:: else -> break
	od;
	goto start;

end_all:
	skip
}
