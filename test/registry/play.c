/* See play.h. */
#include "play.h"

#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "file.h"
#include "entry.h"
#include "hex.h"
#include "pair.h"
#include "proof.h"
#include "seal.h"

/* ---- the process ---- */

static pid_t play_spawn(struct play *p, char *const argv[])
{
	pid_t pid = fork();

	if (pid == 0) {
		(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (p->shim && p->shim_does) {
			(void)setenv("LD_PRELOAD", p->shim, 1);
			(void)setenv("CHANCERY_SHIM", p->shim_does, 1);
		}
		if (!freopen("/dev/null", "w", stdout) ||
		    (p->shim_does && !freopen("/dev/null", "w", stderr)))
			_exit(126);
		execv(p->program, argv);
		_exit(127);
	}
	return pid;
}

static int play_wait(pid_t pid)
{
	int st = 0;

	while (waitpid(pid, &st, 0) < 0)
		;
	return WIFEXITED(st) ? WEXITSTATUS(st) : 128 + WTERMSIG(st);
}

static int play_run(struct play *p, const char *verb, const char *a, const char *b)
{
	char *argv[] = { (char *)(uintptr_t)p->program, (char *)(uintptr_t)verb,
		(char *)(uintptr_t)a, (char *)(uintptr_t)b, NULL };

	return play_wait(play_spawn(p, argv));
}

void play_clock(struct play *p)
{
	char path[300];

	(void)snprintf(path, sizeof path, "%s/clock", p->dir);
	check_ok(ch_clock_set(path, p->w.now));
}

void play_open(struct play *p, const char *program)
{
	memset(p, 0, sizeof *p);
	p->program = program;
	(void)snprintf(p->dir, sizeof p->dir, "%s/chancery-play-XXXXXX",
	    getenv("TMPDIR") ? getenv("TMPDIR") : "/tmp");
	assert_non_null(mkdtemp(p->dir));
	(void)strncat(p->dir, "/r", sizeof p->dir - strlen(p->dir) - 1);
	assert_int_equal(play_run(p, "init", p->dir, "exercise.register.example"), 0);
	world_start_hybrid(&p->w, true);
	play_clock(p);
}

void play_close(struct play *p)
{
	char cmd[400];

	if (p->pid)
		(void)play_stop(p, SIGKILL);
	p->dir[strlen(p->dir) - 2] = 0;
	(void)snprintf(cmd, sizeof cmd, "rm -rf '%s'", p->dir);
	assert_int_equal(system(cmd), 0);
	world_stop(&p->w);
}

bool play_is_gone(struct play *p)
{
	int st;

	if (p->pid && waitpid(p->pid, &st, WNOHANG) == p->pid) {
		p->pid = 0;
		p->ended = WIFEXITED(st) ? WEXITSTATUS(st) : 128 + WTERMSIG(st);
	}
	return p->pid == 0;
}

void play_learn_keys(struct play *p, ch_span registry)
{
	ch_note note;
	ch_stmt s;

	check_ok(ch_note_parse(&note, registry, CH_NOTE_TEXT_MAX));
	check_ok(ch_stmt_parse_as(&s, note.text, CH_K_REGISTRY, true));
	p->w.registry.text = world_keep(&p->w, s.v[CH_RG_VKEY]);
	p->w.cosigner.text = world_keep(&p->w, s.v[CH_RG_COSIGNER]);
	check_ok(ch_vkey_parse(&p->w.registry.vkey, p->w.registry.text));
	check_ok(ch_vkey_parse(&p->w.cosigner.vkey, p->w.cosigner.text));
	check_ok(ch_note_verify(&note, &p->w.registry.vkey));
	p->w.trust.registry[0] = p->w.registry.vkey;
	world_charter(&p->w);
}

static void play_look(struct play *p)
{
	struct play_answer *a = play_ask(p, "GET", "/v1/registry", NULL, (ch_span){ 0 });

	if (a->status == 200)
		play_learn_keys(p, a->body);
	free(a);
}

bool play_start(struct play *p)
{
	char port[300];
	char *argv[] = { (char *)(uintptr_t)p->program, (char *)(uintptr_t) "run", p->dir, port,
		NULL };
	FILE *f;

	(void)snprintf(port, sizeof port, "%s.port", p->dir);
	(void)unlink(port);
	p->pid = play_spawn(p, argv);
	p->port = 0;
	for (unsigned i = 0; i < 1000 && !p->port; i++) {
		(void)nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
		if ((f = fopen(port, "r"))) {
			if (fscanf(f, "%u", &p->port) != 1)
				p->port = 0;
			(void)fclose(f);
		}
		if (!p->port && play_is_gone(p))
			return false;
	}
	if (p->port && !p->token[0][0][0])
		play_look(p);
	return p->port != 0;
}

int play_stop(struct play *p, int sig)
{
	pid_t pid = p->pid;

	if (!pid)
		return -1;
	(void)kill(pid, sig);
	p->pid = 0;
	return play_wait(pid);
}

/* ---- HTTP ---- */

static bool play_send(int fd, ch_span s)
{
	size_t at = 0;

	while (at < s.n) {
		ssize_t n = send(fd, s.p + at, s.n - at, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		at += (size_t)n;
	}
	return true;
}

static int play_connect(struct play *p)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)p->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct timeval limit = { .tv_sec = 20 };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	assert_true(fd >= 0);
	(void)setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	if (connect(fd, (struct sockaddr *)&to, sizeof to) < 0) {
		(void)close(fd);
		return -1;
	}
	return fd;
}

static struct play_answer *play_read(int fd)
{
	struct play_answer *a = calloc(1, sizeof *a);
	size_t n = 0;
	ssize_t got;

	assert_non_null(a);
	while (n < sizeof a->room && (got = recv(fd, a->room + n, sizeof a->room - n, 0)) > 0)
		n += (size_t)got;
	(void)close(fd);
	if (n > 12 && memcmp(a->room, "HTTP/1.1 ", 9) == 0) {
		const uint8_t *end = memmem(a->room, n, "\r\n\r\n", 4);

		a->status = (a->room[9] - '0') * 100 + (a->room[10] - '0') * 10 + a->room[11] - '0';
		if (end)
			a->body = ch_span_of(end + 4, n - (size_t)(end + 4 - a->room));
	}
	return a;
}

struct play_answer *play_raw(struct play *p, ch_span bytes)
{
	int fd = play_connect(p);

	if (fd < 0)
		return calloc(1, sizeof(struct play_answer));
	(void)play_send(fd, bytes);
	(void)shutdown(fd, SHUT_WR);
	return play_read(fd);
}

struct play_answer *play_ask(struct play *p, const char *method, const char *path,
    const char *token, ch_span body)
{
	char head[1024];
	int fd = play_connect(p), n;

	if (fd < 0)
		return calloc(1, sizeof(struct play_answer));
	n = snprintf(head, sizeof head,
	    "%s %s HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n",
	    method, path);
	if (strcmp(method, "GET") != 0)
		n += snprintf(head + n, sizeof head - (size_t)n, "Content-Length: %zu\r\n", body.n);
	if (token)
		n += snprintf(head + n, sizeof head - (size_t)n, "Authorization: Bearer %s\r\n",
		    token);
	n += snprintf(head + n, sizeof head - (size_t)n, "\r\n");
	(void)play_send(fd, ch_span_of(head, (size_t)n));
	(void)play_send(fd, body);
	return play_read(fd);
}

bool play_has(const struct play_answer *a, const char *text)
{
	return memmem(a->body.p ? (const void *)a->body.p : "", a->body.n, text, strlen(text));
}

ch_span play_part(struct play *p, const struct play_answer *a, const char *name)
{
	ch_part part[40];
	ch_pack_kind kind;
	bool exercise;
	const ch_part *found;
	size_t n;

	check_ok(ch_pack_sniff(&kind, &exercise, a->body));
	check_ok(ch_pack_parse(part, &n, CH_COUNT(part), a->body, kind, true));
	found = ch_pack_find(part, n, ch_span_str(name));
	if (!found)
		fail_msg("no part %s", name);
	return world_keep(&p->w, found->bytes);
}

/* ---- parties ---- */

static int play_status(struct play_answer *a)
{
	int status = a->status;

	free(a);
	return status;
}

int play_enrol(struct play *p, int party)
{
	char path[300];

	(void)snprintf(path, sizeof path, "%s.roster", p->dir);
	check_ok(ch_file_write(path, p->w.party[party].roster, 0600));
	return play_run(p, "enrol", p->dir, path);
}

int play_roster(struct play *p, int party)
{
	return play_status(play_ask(p, "POST", "/v1/rosters", NULL, p->w.party[party].roster));
}

int play_charter(struct play *p)
{
	ch_part part = { CH_LIT("charter"), p->w.charter };

	return play_status(play_ask(p, "POST", "/v1/charters", NULL,
	    world_pack(&p->w, &part, 1, CH_PACK_SUBMISSION)));
}

static bool play_challenge(struct play *p, ch_hash *c)
{
	struct play_answer *a = play_ask(p, "POST", "/v1/challenges", NULL, (ch_span){ 0 });
	bool ok = a->status == 200 && a->body.n > 78;

	if (ok)
		check_ok(ch_hex_parse(c->b, 32, ch_span_of(a->body.p + 14, 64)));
	free(a);
	return ok;
}

int play_sign_in(struct play *p, int party, int delegate)
{
	struct world_party *x = &p->w.party[party];
	ch_stmt s = { .kind = CH_K_SIGN_IN, .exercise = true };
	struct world_key key = x->d[delegate].sign_in;
	struct play_answer *a;
	ch_hash c;
	int status;

	if (!play_challenge(p, &c))
		return 0;
	s.v[CH_SI_PARTY] = x->handle;
	s.v[CH_SI_ROSTER] = world_ref(&p->w, x->ref.n, &x->ref.hash);
	s.v[CH_SI_REGISTRY] = p->w.origin;
	s.v[CH_SI_CHALLENGE] = world_hash(&p->w, &c);
	s.v[CH_SI_TIME] = world_when(&p->w, p->w.now);
	a = play_ask(p, "POST", "/v1/tokens", NULL,
	    world_sign_key(&p->w, &key, world_format(&p->w, &s)));
	status = a->status;
	if (status == 200)
		memcpy(p->token[party][delegate], a->body.p + 10, 64);
	free(a);
	return status;
}

/* ---- papers ---- */

static ch_span play_seal(struct play *p, ch_span text, const ch_age_recipient *to, size_t n,
    uint8_t salt)
{
	struct ch_secret64 wrap[4];
	struct ch_seal_random random = { .wrap = wrap };
	size_t room = text.n + 16384;
	uint8_t *out = malloc(room);
	struct ch_wr w = ch_wr_of(out, room);
	ch_span kept;

	assert_non_null(out);
	memset(wrap, salt, sizeof wrap);
	memset(random.file_key.b, salt, sizeof random.file_key.b);
	memset(random.nonce, salt, sizeof random.nonce);
	check_ok(ch_seal_buffer(&w, text, to, n, &random));
	kept = world_keep(&p->w, ch_wr_span(&w));
	free(out);
	return kept;
}

ch_span play_bend(struct play *p, struct world_delivery *d, unsigned f, ch_span v)
{
	ch_note note;
	ch_stmt s;

	check_ok(ch_note_parse(&note, d->submission, CH_NOTE_TEXT_MAX));
	check_ok(ch_stmt_parse(&s, note.text));
	s.v[f] = v;
	s.text = (ch_span){ 0 };
	d->submission = world_sign(&p->w, WORLD_ALPHA, 1, world_format(&p->w, &s));
	d->l = world_text_hash(d->submission);
	return d->submission;
}

static ch_span play_deposit(struct play *p, struct world_delivery *d)
{
	struct play_answer *a = play_ask(p, "GET", "/v1/deposit-key", NULL, (ch_span){ 0 });
	ch_stmt s = { .kind = CH_K_DEPOSIT, .exercise = true }, k;
	ch_age_recipient to = { 0 };
	uint8_t id[CH_AGE_IDENTITY_MAX];
	struct ch_wr w = ch_wr_of(id, sizeof id);
	ch_note note;

	if (a->status == 200) {
		check_ok(ch_note_parse(&note, a->body, CH_NOTE_TEXT_MAX));
		check_ok(ch_stmt_parse_as(&k, note.text, CH_K_DEPOSIT_KEY, true));
		check_ok(ch_age_recipient_parse(&to, k.v[CH_DK_RECIPIENT]));
	} else {
		to = d->k.recipient;
	}
	free(a);
	ch_age_identity_put(&w, &d->k);
	s.v[CH_DEP_TALKS] = world_hash(&p->w, &p->w.talks);
	s.v[CH_DEP_PARTY] = p->w.party[0].handle;
	s.v[CH_DEP_SUBMISSION] = world_hash(&p->w, &d->l);
	s.v[CH_DEP_IDENTITY] = ch_wr_span(&w);
	return play_seal(p, world_format(&p->w, &s), &to, 1, (uint8_t)(200 + d->serial));
}

ch_span play_pack(struct play *p, struct world_delivery *d)
{
	ch_part part[2] = { { CH_LIT("submission"), d->submission },
		{ CH_LIT("deposit"), play_deposit(p, d) } };

	return world_pack(&p->w, part, 2, CH_PACK_SUBMISSION);
}

void play_write(struct play *p, struct world_delivery *d, const struct world_delivery *last,
    ch_span *envelope, ch_span *pack)
{
	static const uint8_t plain[16384];
	ch_age_recipient to[WORLD_DELEGATES];
	ch_hash h;

	memset(d, 0, sizeof *d);
	d->serial = last ? last->serial + 1 : 1;
	for (unsigned i = 0; i < WORLD_DELEGATES; i++)
		to[i] = p->w.party[1].d[i].seal.recipient;
	world_paper(&p->w, d, p->w.party[1].handle, NULL);
	world_submit(&p->w, d);
	*envelope = play_seal(p, ch_span_of(plain, sizeof plain), to, WORLD_DELEGATES,
	    (uint8_t)d->serial);
	ch_sha256(&h, *envelope);
	(void)play_bend(p, d, CH_L_ENVELOPE, world_hash(&p->w, &h));
	(void)play_bend(p, d, CH_L_SIZE, world_dec(&p->w, envelope->n));
	d->pair = last ? last->pair : (ch_ref){ 0 };
	if (last)
		(void)play_bend(p, d, CH_L_PAIR, world_ref(&p->w, last->pair.n, &last->pair.hash));
	ch_pair_step(&d->pair, &d->l, true);
	*pack = play_pack(p, d);
}

struct play_answer *play_put(struct play *p, ch_span envelope)
{
	char path[100] = "/v1/envelopes/";
	struct ch_wr w = ch_wr_of(path + 14, 64);
	ch_hash h;

	ch_sha256(&h, envelope);
	ch_hex_put(&w, ch_span_of(h.b, 32));
	return play_ask(p, "PUT", path, p->token[0][0], envelope);
}

struct play_answer *play_say(struct play *p, const struct world_delivery *d, const char *what,
    ch_span note)
{
	char path[160] = "/v1/deliveries/";
	struct ch_wr w = ch_wr_of(path + 15, 64);

	ch_hex_put(&w, ch_span_of(d->l.b, 32));
	(void)snprintf(path + 79, sizeof path - 79, "/%s", what);
	return play_ask(p, "POST", path, NULL, note);
}

void play_check_proof(struct play *p, ch_span in, ch_span proof)
{
	static struct ch_proof_facts facts;
	ch_proof parsed;
	ch_salt salt;
	ch_hash entry, text = world_text_hash(in);
	size_t n;

	check_ok(ch_proof_parse(&parsed, proof));
	check_ok(ch_proof_extra(salt.b, &n, sizeof salt.b, &parsed));
	assert_int_equal(n, 32);
	ch_entry_of_hash(&entry, &salt, &text, true);
	check_ok(ch_proof_verify(&facts, proof, ch_span_of(entry.b, 32), &p->w.registry.vkey,
	    NULL));
}

void play_admit(struct play *p)
{
	for (int i = 0; i < WORLD_PARTIES; i++) {
		assert_int_equal(play_enrol(p, i), 0);
		assert_int_equal(play_roster(p, i), 200);
	}
	assert_int_equal(play_charter(p), 200);
}

struct play *play_opening(const char *program)
{
	struct play *p = malloc(sizeof *p);

	assert_non_null(p);
	play_open(p, program);
	assert_true(play_start(p));
	play_admit(p);
	for (int i = 0; i < WORLD_PARTIES; i++)
		for (int j = 0; j < WORLD_DELEGATES; j++)
			assert_int_equal(play_sign_in(p, i, j), 200);
	return p;
}

void play_free(struct play *p)
{
	play_close(p);
	free(p);
}
