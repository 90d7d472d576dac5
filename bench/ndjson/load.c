/*
 * A load generator that costs little enough to let the server be the limit: keeps `depth` requests
 * in flight on each of `connections` connections for some seconds, and prints the rate and the
 * latencies as one line of JSON. The same requests go to every peer, but for redis, which speaks
 * its own words.
 *
 * load <port> <ndjson|echo|redis> <connections> <depth> <seconds> <tickers>
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { MAX_DEPTH = 1024, IN_BYTES = 1 << 18, SLOTS = 2000000 };
enum mode { NDJSON, ECHO, REDIS };

struct connection {
  int fd;
  uint64_t next_id, answered_id;
  uint64_t sent_ns[MAX_DEPTH];
  size_t held;
  int lines;
  char in[IN_BYTES];
};

static enum mode mode;
static int depth, tickers;
static uint64_t histogram[SLOTS], answers, wrong;
static uint32_t seed = 12345;

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void send_all(int fd, const char *bytes, size_t length) {
  while (length > 0) {
    ssize_t sent = write(fd, bytes, length);
    if (sent < 0) {
      if (errno == EAGAIN || errno == EINTR) continue;
      fail("write");
    }
    bytes += sent;
    length -= (size_t)sent;
  }
}

static char *put_text(char *at, const char *text, size_t length) {
  memcpy(at, text, length);
  return at + length;
}

/* sprintf would cost more than the server spends on the request. */
static char *put_number(char *at, uint64_t number) {
  char digits[20];
  int count = 0;
  do digits[count++] = (char)('0' + number % 10);
  while ((number /= 10) > 0);
  while (count > 0) *at++ = digits[--count];
  return at;
}

#define PUT(at, text) put_text(at, text, sizeof text - 1)

static void request(struct connection *c, int count) {
  static char out[MAX_DEPTH * 96];
  char *at = out;
  uint64_t now = now_ns();
  for (int i = 0; i < count; i++) {
    seed = seed * 1664525u + 1013904223u;
    unsigned ticker = (seed >> 8) % (unsigned)tickers;
    uint64_t id = c->next_id++;
    c->sent_ns[id % MAX_DEPTH] = now;
    if (mode == REDIS) {
      at = PUT(at, "GET T");
      at = put_number(at, ticker);
      at = PUT(at, "\r\n");
    } else {
      at = PUT(at, "{\"v\":1,\"id\":");
      at = put_number(at, id);
      at = PUT(at, ",\"type\":\"get_quote\",\"ticker\":\"T");
      at = put_number(at, ticker);
      at = PUT(at, "\"}\n");
    }
  }
  send_all(c->fd, out, (size_t)(at - out));
}

static void answer(struct connection *c, const char *line, uint64_t now) {
  uint64_t id = c->answered_id++;
  if (mode == NDJSON) {
    char expected[64];
    char *at = PUT(expected, "{\"v\":1,\"id\":");
    at = put_number(at, id);
    at = PUT(at, ",\"type\":\"response\"");
    if (memcmp(line, expected, (size_t)(at - expected)) != 0) wrong++;
  }
  uint64_t slot = (now - c->sent_ns[id % MAX_DEPTH]) / 100;
  histogram[slot < SLOTS ? slot : SLOTS - 1]++;
  answers++;
}

/* Redis answers with two lines, the length and the value. */
static void receive(struct connection *c) {
  ssize_t got = read(c->fd, c->in + c->held, IN_BYTES - c->held);
  if (got == 0) { fprintf(stderr, "the peer closed\n"); exit(1); }
  if (got < 0) { if (errno == EAGAIN || errno == EINTR) return; fail("read"); }
  uint64_t now = now_ns();
  char *at = c->in, *end = c->in + c->held + got;
  int done = 0;
  for (char *line; (line = memchr(at, '\n', (size_t)(end - at))) != NULL; at = line + 1) {
    if (mode == REDIS && ++c->lines % 2 == 1) continue;
    answer(c, at, now);
    done++;
  }
  c->held = (size_t)(end - at);
  memmove(c->in, at, c->held);
  if (done > 0) request(c, done);
}

/* In microseconds; the slots are tenths of them. */
static double at_share(double share) {
  uint64_t seen = 0;
  for (int slot = 0; slot < SLOTS; slot++) {
    seen += histogram[slot];
    if ((double)seen >= share * (double)answers) return slot / 10.0;
  }
  return SLOTS / 10.0;
}

int main(int argc, char **argv) {
  if (argc != 7) { fprintf(stderr, "see the head of load.c\n"); return 2; }
  int port = atoi(argv[1]), connections = atoi(argv[3]);
  mode = strcmp(argv[2], "redis") == 0 ? REDIS : strcmp(argv[2], "echo") == 0 ? ECHO : NDJSON;
  depth = atoi(argv[4]);
  double seconds = atof(argv[5]);
  tickers = atoi(argv[6]);
  int poll = epoll_create1(0);
  struct connection *all = calloc((size_t)connections, sizeof *all);
  for (int i = 0; i < connections; i++) {
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)port)};
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    all[i].fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(all[i].fd, (struct sockaddr *)&to, sizeof to) != 0) fail("connect");
    int one = 1;
    setsockopt(all[i].fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    fcntl(all[i].fd, F_SETFL, O_NONBLOCK);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &all[i]};
    epoll_ctl(poll, EPOLL_CTL_ADD, all[i].fd, &event);
  }
  for (int i = 0; i < connections; i++) request(&all[i], depth);
  /* The first fifth warms the peer up and is not counted. */
  uint64_t begin = now_ns(), warm = begin + (uint64_t)(seconds * 0.2e9), end = begin + (uint64_t)(seconds * 1.2e9);
  int warming = 1;
  struct epoll_event events[256];
  uint64_t now;
  while ((now = now_ns()) < end) {
    if (warming && now >= warm) {
      memset(histogram, 0, sizeof histogram);
      answers = 0;
      begin = now;
      warming = 0;
    }
    int ready = epoll_wait(poll, events, 256, 100);
    for (int i = 0; i < ready; i++) receive(events[i].data.ptr);
  }
  double took = (double)(now - begin) / 1e9;
  printf("{\"rate\":%.1f,\"p50\":%.1f,\"p99\":%.1f,\"wrong\":%llu}\n", (double)answers / took,
         at_share(0.5), at_share(0.99), (unsigned long long)wrong);
  return 0;
}
