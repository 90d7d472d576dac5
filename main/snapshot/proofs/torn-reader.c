/* Reads series of uniform bars and counts copies that are not uniform; `naive` ignores the epoch. */
#include "../../../clients/c/gatehouse_bars.h"

static int uniform(const gh_history *bars) {
  double value = bars->close[0];
  for (uint32_t i = 0; i < bars->count; i++)
    if (bars->open[i] != value || bars->high[i] != value || bars->low[i] != value ||
        bars->close[i] != value || bars->volume[i] != value ||
        bars->t[i] != (int64_t)i * 86400000 + (int64_t)value)
      return 0;
  return 1;
}

static int read_naively(gh_bars *bars, const char *symbol, gh_history *out) {
  uint64_t at;
  gh_meta meta;
  int status = gh_find(bars, symbol, 86400, &at);
  if (status != GH_OK) return status;
  memcpy(&meta, bars->base + at, sizeof meta);
  return gh_take(bars, &meta, 0, 0, out);
}

int main(int argc, char **argv) {
  if (argc < 6) return 2;
  int tickers = atoi(argv[2]);
  long wanted = atol(argv[3]);
  int64_t end = gh_now_ns() + (int64_t)(atof(argv[4]) * 1e9);
  int naive = strcmp(argv[5], "naive") == 0;
  long reads = 0, torn = 0, busy = 0, failed = 0;
  gh_history history = {0};
  gh_bars bars;
  int status = gh_open(&bars, argv[1]);
  if (status != GH_OK) {
    fprintf(stderr, "%s\n", gh_text(status));
    return 1;
  }
  bars.verify = strcmp(argv[5], "verify") == 0;
  bars.budget_ns = 1000000000;
  while (reads < wanted && gh_now_ns() < end) {
    char symbol[16];
    snprintf(symbol, sizeof symbol, "T%ld", reads % tickers);
    status = naive ? read_naively(&bars, symbol, &history) : gh_read(&bars, symbol, 86400, &history);
    if (status == GH_WRITER_BUSY) busy++;
    else if (status != GH_OK) failed++;
    else {
      reads++;
      torn += !uniform(&history);
    }
  }
  printf("{\"reads\":%ld,\"torn\":%ld,\"busy\":%ld,\"retries\":%llu,\"failures\":{", reads, torn, busy,
         (unsigned long long)bars.retries);
  if (failed) printf("\"any\":%ld", failed);
  printf("}}\n");
  return 0;
}
