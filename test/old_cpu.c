/* A machine without AVX2: the linker puts this in the place of ch_keccak_best() (--wrap). */
#include "keccak.h"

const ch_keccak_way *__wrap_ch_keccak_best(void);

const ch_keccak_way *__wrap_ch_keccak_best(void)
{
	return &ch_keccak_plain;
}
