/*
 * gatehouse_bars.h: reads Gatehouse's columnar segment (shm0-bars) from C or C++.
 *
 * One header, no library, POSIX. Every copy is taken under the entry's epoch and, unless switched
 * off, checked against its sum; no call loops for ever, and every failure has a name.
 *
 *     gh_bars bars;
 *     gh_history history = {0};
 *     int status = gh_open(&bars, "shm0-bars");
 *     if (status == GH_OK) status = gh_read(&bars, "AAPL", 86400, &history);
 *     if (status != GH_OK) fprintf(stderr, "%s\n", gh_text(status));
 *
 * Not to be shared between threads without a lock. Link with -lrt on a glibc before 2.34.
 */
#ifndef GATEHOUSE_BARS_H
#define GATEHOUSE_BARS_H

/* Under -std=c99 or c11 the POSIX calls must be asked for, before any other header is included. */
#if !defined(_GNU_SOURCE) && !defined(_POSIX_C_SOURCE)
#define _GNU_SOURCE 1
#endif

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#ifdef __cplusplus
extern "C" {
#endif

enum gh_status {
  GH_OK = 0,
  GH_MISSING,        /* no such segment */
  GH_FOREIGN,        /* not a Gatehouse segment */
  GH_VERSION,        /* a layout this header does not know */
  GH_DAMAGED,        /* somebody else has written into it */
  GH_SHRUNK,         /* somebody has cut it */
  GH_CLOSED,         /* the writer has stopped, no successor */
  GH_CHECKSUM,       /* the bars do not add up */
  GH_WRITER_BUSY,    /* no stable copy within the budget */
  GH_WRITER_DEAD,    /* the writer died within this entry */
  GH_UNKNOWN_SERIES, /* no such symbol and timeframe */
  GH_TIMEOUT,        /* nothing changed in time */
  GH_NO_MEMORY,
  GH_SYSTEM
};

typedef struct gh_bars {
  char name[64];
  int fd;
  const unsigned char *base;
  size_t mapped;
  uint64_t size, generation, started_ms, dir_off, slab_off;
  uint32_t dir_capacity;
  int64_t budget_ns; /* how long a read may try; 250 ms unless changed */
  int verify;        /* check every copy against its sum; on unless changed */
  uint64_t retries;  /* how often a copy had to be taken again */
} gh_bars;

/* A private copy. Start from zeroes; the memory is reused from read to read; end with gh_free. */
typedef struct gh_history {
  int64_t *t; /* ms since 1970, UTC */
  double *open, *high, *low, *close, *volume;
  uint32_t count;       /* bars here */
  uint32_t start;       /* index of the first of them in the series; 0 unless from gh_tail */
  int rewritten;        /* gh_tail: earlier bars have changed too, so this is everything */
  int provisional;      /* the series' last bar is being made of ticks, its session is open */
  uint64_t epoch, rewrite_epoch, last_update_ms, generation, started_ms;
  uint64_t settled_sum; /* of all bars of the series but the last */
  void *memory;
  size_t room;
} gh_history;

static inline const char *gh_text(int status) {
  switch (status) {
    case GH_OK: return "ok";
    case GH_MISSING: return "SHM_MISSING: there is no such segment; is Gatehouse running?";
    case GH_FOREIGN: return "SHM_FOREIGN: the name belongs to something else";
    case GH_VERSION: return "SHM_VERSION: the segment has a layout this reader does not know";
    case GH_DAMAGED: return "SHM_DAMAGED: the segment contradicts itself";
    case GH_SHRUNK: return "SHM_SHRUNK: the segment was cut";
    case GH_CLOSED: return "SHM_CLOSED: the writer has stopped";
    case GH_CHECKSUM: return "SHM_CHECKSUM: the bars do not add up to their checksum";
    case GH_WRITER_BUSY: return "WRITER_BUSY: no stable copy within the time budget";
    case GH_WRITER_DEAD: return "WRITER_DEAD: the writer died while it was changing this entry";
    case GH_UNKNOWN_SERIES: return "UNKNOWN_SERIES: no bars of this symbol and timeframe";
    case GH_TIMEOUT: return "WAIT_TIMEOUT: nothing changed in time";
    case GH_NO_MEMORY: return "out of memory";
    default: return "the system refused";
  }
}

/* -- small parts -------------------------------------------------------------------------------- */

typedef struct gh_meta {
  uint64_t epoch, last_update_ms;
  uint32_t version, writer_pid;
  uint64_t data_off;
  uint32_t capacity, count;
  uint64_t sum64, rewrite_epoch;
  uint32_t bar_seconds, flags;
} gh_meta;

static inline uint64_t gh_u64(const unsigned char *at) {
  return __atomic_load_n((const uint64_t *)(const void *)at, __ATOMIC_ACQUIRE);
}

static inline uint32_t gh_u32(const unsigned char *at) {
  return __atomic_load_n((const uint32_t *)(const void *)at, __ATOMIC_ACQUIRE);
}

static inline int64_t gh_now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static inline void gh_sleep_ns(long ns) {
  struct timespec pause = {0, ns};
  nanosleep(&pause, NULL);
}

static inline uint64_t gh_sum(const uint64_t *words, size_t count) {
  uint64_t sum = 0;
  for (size_t i = 0; i < count; i++) sum += words[i];
  return sum;
}

/* -- attaching ---------------------------------------------------------------------------------- */

static inline void gh_detach(gh_bars *bars) {
  if (bars->base) munmap((void *)(uintptr_t)bars->base, bars->mapped);
  if (bars->fd >= 0) close(bars->fd);
  bars->base = NULL;
  bars->fd = -1;
}

static inline int gh_judge(gh_bars *bars) {
  const unsigned char *base = bars->base;
  static const unsigned char nothing[8] = {0};
  if (memcmp(base, nothing, 8) == 0) return GH_MISSING; /* still being made */
  if (memcmp(base, "GHBARS01", 8) != 0) return GH_FOREIGN;
  if (gh_u32(base + 8) != 1 || gh_u32(base + 12) != 4096 || gh_u32(base + 36) != 128 ||
      gh_u32(base + 56) != 6)
    return GH_VERSION;
  bars->size = gh_u64(base + 16);
  if (bars->size > bars->mapped) return GH_SHRUNK;
  bars->generation = gh_u64(base + 24);
  bars->dir_capacity = gh_u32(base + 32);
  bars->dir_off = gh_u64(base + 40);
  bars->slab_off = gh_u64(base + 48);
  bars->started_ms = gh_u64(base + 88);
  if (bars->dir_off < 4096 || bars->dir_off % 8 || bars->slab_off > bars->size ||
      bars->dir_off > bars->slab_off ||
      (uint64_t)bars->dir_capacity * 128 > bars->slab_off - bars->dir_off)
    return GH_DAMAGED;
  return GH_OK;
}

static inline int gh_attach_once(gh_bars *bars) {
  char path[80];
  struct stat about;
  int status;
  snprintf(path, sizeof path, "/%s", bars->name);
  gh_detach(bars);
  bars->fd = shm_open(path, O_RDONLY, 0);
  if (bars->fd < 0) return errno == ENOENT ? GH_MISSING : GH_SYSTEM;
  if (fstat(bars->fd, &about) != 0 || !S_ISREG(about.st_mode)) {
    gh_detach(bars);
    return GH_FOREIGN;
  }
  bars->mapped = (size_t)about.st_size;
  status = bars->mapped == 0 ? GH_MISSING : bars->mapped < 4096 ? GH_FOREIGN : GH_OK;
  if (status == GH_OK) {
    void *base = mmap(NULL, bars->mapped, PROT_READ, MAP_SHARED, bars->fd, 0);
    bars->base = base == MAP_FAILED ? NULL : (const unsigned char *)base;
    status = bars->base ? gh_judge(bars) : GH_SYSTEM;
  }
  if (status != GH_OK) gh_detach(bars);
  return status;
}

/* A name that was removed is back within a second: that long is worth waiting. */
static inline int gh_attach(gh_bars *bars) {
  int64_t deadline = gh_now_ns() + 1500000000;
  for (;;) {
    int status = gh_attach_once(bars);
    if (status != GH_MISSING || gh_now_ns() >= deadline) return status;
    gh_sleep_ns(20000000);
  }
}

static inline int gh_open(gh_bars *bars, const char *name) {
  memset(bars, 0, sizeof *bars);
  bars->fd = -1;
  bars->budget_ns = 250000000;
  bars->verify = 1;
  if (strlen(name) >= sizeof bars->name) return GH_MISSING;
  strcpy(bars->name, name);
  return gh_attach(bars);
}

static inline void gh_close(gh_bars *bars) { gh_detach(bars); }

static inline void gh_free(gh_history *history) {
  free(history->memory);
  memset(history, 0, sizeof *history);
}

/* Makes sure of the segment before each use: its length, and that it has no successor. */
static inline int gh_current(gh_bars *bars) {
  struct stat about;
  uint32_t state;
  int status;
  if (!bars->base) return gh_attach(bars);
  if (fstat(bars->fd, &about) != 0) return GH_SYSTEM;
  if ((uint64_t)about.st_size < bars->size) {
    status = gh_attach_once(bars);
    if (status != GH_OK) return status == GH_MISSING ? GH_SHRUNK : status;
  }
  state = gh_u32(bars->base + 84);
  if (state == 1) return GH_OK;
  status = gh_attach(bars);
  if (status == GH_MISSING && state == 2) return GH_CLOSED;
  if (status != GH_OK) return status;
  return gh_u32(bars->base + 84) == 2 ? GH_CLOSED : GH_OK;
}

/* -- the writer --------------------------------------------------------------------------------- */

static inline int gh_writer_lives(const gh_bars *bars) {
  struct timeval now;
  pid_t pid = (pid_t)gh_u32(bars->base + 80);
  gettimeofday(&now, NULL);
  if (gh_u64(bars->base + 96) + 5000 < (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_usec / 1000)
    return 0;
  return pid <= 0 || kill(pid, 0) == 0 || errno != ESRCH;
}

/* Backs off; answers why to give up, or GH_OK to go on. */
static inline int gh_back_off(const gh_bars *bars, unsigned *spins, int64_t *deadline) {
  int64_t now;
  if (++*spins <= 100) return GH_OK;
  now = gh_now_ns();
  if (*deadline == 0) *deadline = now + bars->budget_ns;
  if (!gh_writer_lives(bars)) return GH_WRITER_DEAD;
  if (now >= *deadline) return GH_WRITER_BUSY;
  gh_sleep_ns(*spins < 300 ? 50000 : 1000000);
  return GH_OK;
}

/* -- finding ------------------------------------------------------------------------------------ */

static inline int gh_count(gh_bars *bars, uint32_t *count) {
  int status = gh_current(bars);
  if (status != GH_OK) return status;
  *count = gh_u32(bars->base + 104);
  return *count > bars->dir_capacity ? GH_DAMAGED : GH_OK;
}

/* The name and bar length of entry `index`; `symbol` takes 33 bytes. */
static inline int gh_entry(const gh_bars *bars, uint32_t index, char *symbol, uint32_t *seconds) {
  const unsigned char *at = bars->base + bars->dir_off + (uint64_t)index * 128;
  memcpy(symbol, at + 64, 32);
  symbol[32] = 0;
  *seconds = gh_u32(at + 56);
  return GH_OK;
}

static inline int gh_find(gh_bars *bars, const char *symbol, uint32_t seconds, uint64_t *at) {
  uint32_t count = 0;
  size_t length = strlen(symbol);
  int status = gh_count(bars, &count);
  if (status != GH_OK) return status;
  for (uint32_t i = 0; i < count && length <= 32; i++) {
    uint64_t off = bars->dir_off + (uint64_t)i * 128;
    const unsigned char *entry = bars->base + off;
    if (gh_u32(entry + 56) == seconds && memcmp(entry + 64, symbol, length) == 0 &&
        (length == 32 || entry[64 + length] == 0)) {
      *at = off;
      return GH_OK;
    }
  }
  return GH_UNKNOWN_SERIES;
}

/* -- reading ------------------------------------------------------------------------------------ */

static inline int gh_room(gh_history *history, size_t bytes) {
  void *memory;
  if (history->room >= bytes && history->memory) return GH_OK;
  memory = realloc(history->memory, bytes ? bytes : 8);
  if (!memory) return GH_NO_MEMORY;
  history->memory = memory;
  history->room = bytes;
  return GH_OK;
}

static inline int gh_take(gh_bars *bars, const gh_meta *meta, uint32_t start, uint64_t settled,
                          gh_history *out) {
  size_t rows = meta->count - start;
  uint64_t *words;
  uint64_t last = 0, sum = settled;
  int status = gh_room(out, rows * 48);
  if (status != GH_OK) return status;
  words = (uint64_t *)out->memory;
  for (unsigned column = 0; column < 6; column++)
    memcpy(words + column * rows,
           bars->base + meta->data_off + ((uint64_t)column * meta->capacity + start) * 8, rows * 8);
  if (bars->verify) sum += gh_sum(words, rows * 6);
  for (unsigned column = 0; column < 6 && rows > 0; column++) last += words[(column + 1) * rows - 1];
  out->t = (int64_t *)out->memory;
  out->open = (double *)(words + rows);
  out->high = (double *)(words + 2 * rows);
  out->low = (double *)(words + 3 * rows);
  out->close = (double *)(words + 4 * rows);
  out->volume = (double *)(words + 5 * rows);
  out->count = (uint32_t)rows;
  out->start = start;
  out->epoch = meta->epoch;
  out->rewrite_epoch = meta->rewrite_epoch;
  out->last_update_ms = meta->last_update_ms;
  out->provisional = (meta->flags & 2) != 0;
  out->generation = bars->generation;
  out->started_ms = bars->started_ms;
  out->settled_sum = meta->sum64 - last;
  return bars->verify && sum != meta->sum64 ? GH_CHECKSUM : GH_OK;
}

static inline int gh_believe(const gh_bars *bars, const gh_meta *meta) {
  uint64_t bytes = (uint64_t)meta->capacity * 48;
  if (meta->count > meta->capacity) return GH_DAMAGED;
  if (meta->count > 0 && (meta->data_off % 8 || meta->data_off < bars->slab_off ||
                          bytes > bars->size || meta->data_off > bars->size - bytes))
    return GH_DAMAGED;
  return meta->count == 0 && (meta->flags & 1) ? GH_DAMAGED : GH_OK;
}

/* `before` NULL reads everything. `out` may be `before` itself. */
static inline int gh_read_since(gh_bars *bars, const char *symbol, uint32_t seconds,
                                const gh_history *before, gh_history *out) {
  unsigned spins = 0, wrong = 0;
  int64_t deadline = 0;
  gh_history then;
  memset(&then, 0, sizeof then);
  if (before) then = *before;
  for (;;) {
    uint64_t at = 0;
    gh_meta meta;
    int status = gh_find(bars, symbol, seconds, &at);
    if (status != GH_OK) return status;
    meta.epoch = gh_u64(bars->base + at);
    if (!(meta.epoch & 1)) {
      uint64_t epoch = meta.epoch;
      uint32_t start = 0, whole = then.start + then.count;
      int kept = 0;
      memcpy(&meta, bars->base + at, sizeof meta);
      meta.epoch = epoch;
      status = gh_believe(bars, &meta);
      if (status == GH_OK) {
        kept = before && then.generation == bars->generation && then.started_ms == bars->started_ms &&
               meta.rewrite_epoch <= then.epoch && meta.count >= whole;
        if (kept && whole > 0) start = whole - 1;
        status = gh_take(bars, &meta, start, kept ? then.settled_sum : 0, out);
        if (status == GH_NO_MEMORY) return status;
      }
      __atomic_thread_fence(__ATOMIC_ACQUIRE);
      if (gh_u64(bars->base + at) == epoch) {
        out->rewritten = before && !kept;
        if (status == GH_OK || ++wrong >= 4) return status;
      }
      bars->retries++;
    }
    status = gh_back_off(bars, &spins, &deadline);
    if (status != GH_OK) return status;
  }
}

static inline int gh_read(gh_bars *bars, const char *symbol, uint32_t seconds, gh_history *out) {
  return gh_read_since(bars, symbol, seconds, NULL, out);
}

/* What came or changed since `history`, which it replaces. Keep the bars before `start`. */
static inline int gh_tail(gh_bars *bars, const char *symbol, uint32_t seconds, gh_history *history) {
  return gh_read_since(bars, symbol, seconds, history, history);
}

/* Waits for a batch after `since`; `epoch` takes the new global epoch. */
static inline int gh_wait(gh_bars *bars, uint64_t since, int timeout_ms, uint64_t *epoch) {
  int64_t deadline = gh_now_ns() + (int64_t)timeout_ms * 1000000;
  uint64_t started = bars->started_ms, generation = bars->generation;
  for (;;) {
    int status = gh_current(bars);
    if (status != GH_OK) return status;
    *epoch = gh_u64(bars->base + 64);
    if (!(*epoch & 1) && (*epoch > since || started != bars->started_ms ||
                          generation != bars->generation))
      return GH_OK;
    if (!gh_writer_lives(bars)) return GH_WRITER_DEAD;
    if (gh_now_ns() >= deadline) return GH_TIMEOUT;
    gh_sleep_ns(1000000);
  }
}

#ifdef __cplusplus
}
#endif
#endif
