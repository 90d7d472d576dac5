/* The limit of reading one series: a seqlock copy in C, the entry's place known. */
#include <stdlib.h>

#include "../../clients/c/gatehouse_bars.h"

static int by_size(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

int main(int argc, char **argv) {
  gh_bars bars;
  uint32_t count = 0, seed = 12345;
  long reads = argc > 2 ? atol(argv[2]) : 1000, retries = 0;
  double *times = malloc(sizeof(double) * (size_t)reads);
  uint64_t *copy = NULL;
  int status = argc > 1 ? gh_open(&bars, argv[1]) : GH_MISSING;
  if (status == GH_OK) status = gh_count(&bars, &count);
  if (status != GH_OK || count == 0) {
    fprintf(stderr, "%s\n", gh_text(status));
    return 1;
  }
  copy = malloc(bars.size / count + 65536);
  for (long i = -(long)count; i < reads; i++) {
    seed = seed * 1664525 + 1013904223;
    /* Every entry once before the clock counts, so that no first touch is timed. */
    uint32_t index = i < 0 ? (uint32_t)(i + (long)count) : (seed >> 8) % count;
    const unsigned char *entry = bars.base + bars.dir_off + (uint64_t)index * 128;
    int64_t start = gh_now_ns();
    unsigned spins = 0;
    for (;;) {
      gh_meta meta;
      uint64_t epoch = gh_u64(entry);
      memcpy(&meta, entry, sizeof meta);
      if (!(epoch & 1)) {
        for (unsigned column = 0; column < 6; column++)
          memcpy(copy + (size_t)column * meta.count,
                 bars.base + meta.data_off + (uint64_t)column * meta.capacity * 8,
                 (size_t)meta.count * 8);
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
        if (gh_u64(entry) == epoch) break;
        if (i >= 0) retries++;
      }
      if (++spins > 100) gh_sleep_ns(50000);
    }
    if (i >= 0) times[i] = (double)(gh_now_ns() - start);
  }
  qsort(times, (size_t)reads, sizeof(double), by_size);
  printf("{\"p50\":%.0f,\"p99\":%.0f,\"reads\":%ld,\"retries\":%ld}\n", times[reads / 2],
         times[reads * 99 / 100], reads, retries);
  return 0;
}
