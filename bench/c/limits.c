/* What the machine itself can do, for the shared-memory figures to be held against. */
#include <stdint.h>
#include <string.h>
#include <time.h>

static double now_ns(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1e9 + now.tv_nsec;
}

/* Nanoseconds of one memcpy, averaged over `rounds`. */
double time_memcpy(uint64_t to, uint64_t from, uint64_t bytes, uint32_t rounds) {
  double start = now_ns();
  for (uint32_t i = 0; i < rounds; i++) {
    memcpy((void *)(uintptr_t)to, (const void *)(uintptr_t)from, bytes);
    __asm__ volatile("" ::: "memory");
  }
  return (now_ns() - start) / rounds;
}

/* Nanoseconds of adding one bar to every entry of a segment laid out like Gatehouse's. The row lies
 * beyond the used ones, in spare room, and no count changes: the segment stays as it is. */
double time_append(uint64_t base, uint32_t rounds) {
  unsigned char *segment = (unsigned char *)(uintptr_t)base;
  uint32_t entries = *(uint32_t *)(segment + 104);
  uint64_t directory = *(uint64_t *)(segment + 40);
  double start = now_ns();
  for (uint32_t round = 0; round < rounds; round++) {
    for (uint32_t i = 0; i < entries; i++) {
      unsigned char *entry = segment + directory + (uint64_t)i * 128;
      uint64_t *epoch = (uint64_t *)entry;
      uint64_t even = *epoch;
      uint32_t capacity = *(uint32_t *)(entry + 32);
      uint32_t count = *(uint32_t *)(entry + 36);
      uint64_t *slab = (uint64_t *)(segment + *(uint64_t *)(entry + 24));
      __atomic_store_n(epoch, even + 1, __ATOMIC_RELAXED);
      __atomic_thread_fence(__ATOMIC_SEQ_CST);
      if (count < capacity)
        for (uint32_t column = 0; column < 6; column++)
          ((volatile uint64_t *)slab)[(uint64_t)column * capacity + count] = round;
      for (uint32_t word = 1; word < 7; word++)
        ((volatile uint64_t *)entry)[word] = ((volatile uint64_t *)entry)[word];
      __atomic_thread_fence(__ATOMIC_SEQ_CST);
      __atomic_store_n(epoch, even, __ATOMIC_RELEASE);
    }
  }
  return (now_ns() - start) / rounds;
}
