/* Reads one series of each segment named and prints it, or the code of what went wrong. */
#include "../../../clients/c/gatehouse_bars.h"

static int say(int status) {
  const char *text = gh_text(status);
  printf("{\"code\":\"%.*s\"}", (int)strcspn(text, ":"), text);
  return status;
}

static int probe(const char *name, const char *symbol, uint32_t seconds) {
  gh_bars bars;
  gh_history history = {0};
  uint32_t count = 0;
  int status = gh_open(&bars, name);
  if (status != GH_OK) return say(status);
  bars.budget_ns = 100000000;
  status = gh_read(&bars, symbol, seconds, &history);
  if (status == GH_OK) status = gh_count(&bars, &count);
  if (status != GH_OK) return say(status);
  printf("{\"series\":[");
  for (uint32_t i = 0; i < count; i++) {
    char entry[33];
    uint32_t length;
    gh_entry(&bars, i, entry, &length);
    printf("%s[\"%s\",%u]", i ? "," : "", entry, length);
  }
  printf("],\"rows\":[");
  for (uint32_t i = 0; i < history.count; i++)
    printf("%s[%lld,%.17g,%.17g,%.17g,%.17g,%.17g]", i ? "," : "", (long long)history.t[i],
           history.open[i], history.high[i], history.low[i], history.close[i], history.volume[i]);
  printf("],\"provisional\":%s}", history.provisional ? "true" : "false");
  gh_free(&history);
  gh_close(&bars);
  return GH_OK;
}

int main(int argc, char **argv) {
  printf("[");
  for (int i = 3; i + 1 < argc; i += 2) {
    if (i > 3) printf(",");
    probe(argv[i], argv[i + 1], (uint32_t)atoi(argv[2]));
  }
  printf("]\n");
  return 0;
}
