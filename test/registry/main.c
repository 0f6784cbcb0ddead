/* The registry alone, for tests of the server: init, run, enrol, status. */
#include <stdio.h>
#include <string.h>

#include "client.h"
#include "crypto.h"
#include "dec.h"
#include "file.h"
#include "proc.h"
#include "registry.h"

static int end(ch_err e, const char *why)
{
	if (e == CH_OK)
		return 0;
	(void)fprintf(stderr, "registry: %s (%s)\n", why, ch_err_text(e));
	return ch_err_is_fault(e) ? 5 : 2;
}

static int enrol(const char *dir, const char *file)
{
	struct ch_buf b;
	const char *why = "The file cannot be read.";
	ch_err e;

	ch_buf_init(&b, 1u << 20);
	if ((e = ch_file_read(&b, file)) == CH_OK)
		e = ch_registry_enrol(dir, ch_buf_span(&b), &why);
	ch_buf_deinit(&b);
	return end(e, why);
}

static int status(const char *dir)
{
	static ch_registry_facts f;
	const char *why;
	ch_err e = ch_registry_status(&f, dir, &why);

	if (e == CH_OK)
		(void)printf("%s %s %s %llu %llu %d\n", f.origin, f.vkey, f.cosigner,
		    (unsigned long long)f.size, (unsigned long long)f.open, f.running);
	return end(e, why);
}

int main(int argc, char **argv)
{
	ch_serve_opts o = { .ready = stdout };
	const char *why = "";

	if (ch_proc_start(false) != CH_OK || ch_crypto_init() != CH_OK)
		return 5;
	if (argc == 4 && strcmp(argv[1], "init") == 0)
		return end(ch_registry_init(argv[2], ch_span_str(argv[3]), (ch_span){ 0 }, &why),
		    why);
	if (argc == 4 && strcmp(argv[1], "run") == 0) {
		o.port_file = argv[3];
		struct ch_problem problem = { 0 };
		ch_err e = ch_registry_run(argv[2], &o, &problem);

		return end(e, problem.text);
	}
	if (argc == 4 && strcmp(argv[1], "enrol") == 0)
		return enrol(argv[2], argv[3]);
	if (argc == 3 && strcmp(argv[1], "status") == 0)
		return status(argv[2]);
	return 2;
}
