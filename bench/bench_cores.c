/*
 * What the machine's cores are worth in this minute: one Ed25519 verification while nothing else
 * runs, and while every core is at one. Figures of shared or halved cores are to be read by them.
 */
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"
#include "crypto.h"

#define FOR_S 1.0

/* Microseconds. */
static double one_verification(void)
{
	static const uint8_t text[300] = { 1 };
	const ch_span msg = ch_span_of(text, sizeof text);
	const struct ch_secret32 seed = { { 1 } };
	struct ch_edsecret secret;
	ch_edkey key;
	ch_sig sig;
	double start;
	unsigned n = 0;

	ch_ed25519_keypair(&key, &secret, &seed);
	ch_ed25519_sign(&sig, msg, &secret);
	start = bench_now();
	for (; bench_now() - start < FOR_S; n++)
		bench_need(ch_ed25519_verify(&sig, msg, &key) == CH_OK,
		    "a signature does not verify");
	return 1e6 * (bench_now() - start) / n;
}

int main(void)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	char what[80];
	int status;

	bench_need(ch_crypto_init() == CH_OK, "no cryptography");
	bench_row("one verification, alone", one_verification(), "us", NULL, 0);
	(void)fflush(stdout);
	for (long i = 1; i < cores; i++)
		if (fork() == 0) {
			(void)one_verification();
			_exit(0);
		}
	(void)snprintf(what, sizeof what, "one verification, all %ld cores at it", cores);
	bench_row(what, one_verification(), "us", NULL, 0);
	for (long i = 1; i < cores; i++)
		bench_need(wait(&status) > 0 && status == 0, "a process failed");
	return 0;
}
