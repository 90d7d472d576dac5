/* Prints what the columns hold, one ticker's last bars, and then follows it for ten batches:
 *     cc -O2 -o example example.c && ./example shm0-bars AAPL 86400 */
#include "gatehouse_bars.h"

static int fail(const char *what, int status) {
  fprintf(stderr, "%s: %s\n", what, gh_text(status));
  return 1;
}

static void print(const gh_history *bars, uint32_t from) {
  for (uint32_t i = from; i < bars->count; i++) {
    time_t seconds = (time_t)(bars->t[i] / 1000);
    struct tm when;
    char date[32];
    gmtime_r(&seconds, &when);
    strftime(date, sizeof date, "%Y-%m-%d %H:%M", &when);
    printf("  %s  %10.4f %10.4f %10.4f %10.4f %14.0f\n", date, bars->open[i], bars->high[i],
           bars->low[i], bars->close[i], bars->volume[i]);
  }
}

int main(int argc, char **argv) {
  const char *name = argc > 1 ? argv[1] : "shm0-bars";
  const char *symbol = argc > 2 ? argv[2] : "AAPL";
  uint32_t seconds = argc > 3 ? (uint32_t)atoi(argv[3]) : 86400;
  gh_bars bars;
  gh_history history = {0};
  uint64_t epoch = 0;
  uint32_t count = 0;

  int status = gh_open(&bars, name);
  if (status != GH_OK) return fail(name, status);

  status = gh_count(&bars, &count);
  if (status != GH_OK) return fail(name, status);
  printf("%s: generation %llu, %u series\n", name, (unsigned long long)bars.generation, count);
  for (uint32_t i = 0; i < count; i++) {
    char entry[33];
    uint32_t length;
    gh_entry(&bars, i, entry, &length);
    printf("  %-32s %u s\n", entry, length);
  }

  status = gh_read(&bars, symbol, seconds, &history);
  if (status != GH_OK) return fail(symbol, status);
  printf("%s: %u bars\n", symbol, history.count);
  print(&history, history.count > 5 ? history.count - 5 : 0);

  for (int i = 0; i < 10; i++) {
    status = gh_wait(&bars, epoch, 60000, &epoch);
    if (status == GH_OK) status = gh_tail(&bars, symbol, seconds, &history);
    if (status != GH_OK) return fail(symbol, status);
    printf("epoch %llu\n", (unsigned long long)epoch);
    print(&history, 0);
  }
  gh_free(&history);
  gh_close(&bars);
  return 0;
}
