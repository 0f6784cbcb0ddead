/* See reserve.h. */
#include "reserve.h"

#include "clock.h"
#include "log.h"

#define AGAIN_MS 1000

static ch_err path_of(char out[CH_PATH_MAX], const struct ch_reg *reg)
{
	return ch_path(out, "%s/reserve", reg->folder.dir);
}

void ch_reserve_keep(struct ch_reg *reg)
{
	char path[CH_PATH_MAX];
	uint64_t free, now = ch_clock_ms();
	bool was = reg->starved;

	if (reg->reserved || (was && now - reg->starved_ms < AGAIN_MS))
		return;
	reg->starved_ms = now;
	/* Twice as much, so that the next batch does not take it at once. */
	reg->starved = ch_disk_free(&free, reg->folder.dir) != CH_OK ||
	    free < 2 * CH_RESERVE_BYTES || path_of(path, reg) != CH_OK ||
	    ch_file_hold(path, CH_RESERVE_BYTES) != CH_OK;
	reg->reserved = !reg->starved;
	if (was && reg->reserved)
		ch_log(CH_LOG_INFO, "room-again",
		    "there is room on the disk again; new work is taken", NULL);
	if (!was && reg->starved)
		ch_log(CH_LOG_WARN, "no-reserve",
		    "no room on the disk for a reserve; no new work is taken", NULL);
}

void ch_reserve_use(struct ch_reg *reg)
{
	char path[CH_PATH_MAX];

	reg->starved_ms = ch_clock_ms();
	if (!reg->starved)
		ch_log(CH_LOG_WARN, "disk-full",
		    "the disk is full; no new work is taken, nothing is lost", NULL);
	reg->starved = true;
	if (!reg->reserved)
		return;
	reg->reserved = false;
	if (path_of(path, reg) != CH_OK || ch_file_drop(path) != CH_OK)
		ch_log(CH_LOG_WARN, "reserve-kept", "the reserve could not be let go", NULL);
}
