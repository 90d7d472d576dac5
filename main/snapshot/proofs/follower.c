/* Follows a series by its tails and says whether they add up to the series itself. */
#include "../../../clients/c/gatehouse_bars.h"

int main(int argc, char **argv) {
  if (argc < 5) return 2;
  uint32_t seconds = (uint32_t)atoi(argv[3]), length = 0, room = 0;
  double *mine = NULL;
  int rewritten = 0, same = 1;
  gh_bars bars;
  gh_history last = {0}, whole = {0};
  int status = gh_open(&bars, argv[1]);
  if (status == GH_OK) {
    bars.budget_ns = 5000000000;
    status = gh_read(&bars, argv[2], seconds, &last);
  }
  for (int i = 0; status == GH_OK; i++) {
    if (last.start + last.count > room) {
      room = 2 * (last.start + last.count);
      mine = realloc(mine, room * sizeof(double));
    }
    memcpy(mine + last.start, last.close, last.count * sizeof(double));
    length = last.start + last.count;
    rewritten += last.rewritten;
    if (i >= atoi(argv[4])) break;
    uint64_t epoch = gh_u64(bars.base + 64);
    status = gh_wait(&bars, epoch, 10000, &epoch);
    if (status == GH_OK) status = gh_tail(&bars, argv[2], seconds, &last);
  }
  if (status == GH_OK) status = gh_read(&bars, argv[2], seconds, &whole);
  if (status != GH_OK) {
    fprintf(stderr, "%s\n", gh_text(status));
    return 1;
  }
  for (uint32_t i = 0; i + 1 < length; i++) same &= mine[i] == whole.close[i];
  printf("{\"same\":%s,\"grew\":%s,\"rewritten\":%s}\n", same ? "true" : "false",
         length > 1 ? "true" : "false", rewritten ? "true" : "false");
  return 0;
}
