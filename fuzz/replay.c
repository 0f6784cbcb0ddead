/* Stands in for libFuzzer: run the target over every file of the folders given, once each. */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

/* In an allocation of exactly its size, so that a sanitizer sees the first byte too far. */
static int replay(const char *path)
{
	FILE *f = fopen(path, "rb");
	uint8_t *p;
	long n;

	if (!f || fseek(f, 0, SEEK_END) != 0 || (n = ftell(f)) < 0 || fseek(f, 0, SEEK_SET) != 0)
		return -1;
	p = malloc(n ? (size_t)n : 1);
	if (!p || fread(p, 1, (size_t)n, f) != (size_t)n)
		return -1;
	fclose(f);
	LLVMFuzzerTestOneInput(p, (size_t)n);
	free(p);
	return 0;
}

int main(int argc, char **argv)
{
	unsigned n_files = 0;

	for (int i = 1; i < argc; i++) {
		DIR *d = opendir(argv[i]);
		char path[4096];

		if (!d) {
			perror(argv[i]);
			return 1;
		}
		for (struct dirent *e; (e = readdir(d)) != NULL;) {
			if (e->d_name[0] == '.')
				continue;
			snprintf(path, sizeof path, "%s/%s", argv[i], e->d_name);
			if (replay(path) != 0) {
				perror(path);
				return 1;
			}
			n_files++;
		}
		closedir(d);
	}
	printf("%u inputs replayed\n", n_files);
	return n_files ? 0 : 1; /* an empty corpus is a mistake */
}
