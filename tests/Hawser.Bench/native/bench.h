// What all generators share: clock, histogram, and honest CPU accounting from /proc.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

static inline uint64_t now_ns(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000ull + (uint64_t)t.tv_nsec;
}

static inline void die(const char *what) {
    perror(what);
    exit(1);
}

static inline struct sockaddr_in loopback(int host, int port) {
    struct sockaddr_in a;
    memset(&a, 0, sizeof a);
    a.sin_family = AF_INET;
    a.sin_port = htons((uint16_t)port);
    a.sin_addr.s_addr = htonl(0x7f000000u + (uint32_t)host);
    return a;
}

// ---- latency histogram: 1 us steps up to 0.4 s ----
enum { HIST = 400000 };

static inline void hist_add(volatile uint64_t *h, uint64_t ns) {
    uint64_t us = ns / 1000;
    h[us >= HIST ? HIST - 1 : us]++;
}

static inline int hist_at(volatile uint64_t *h, double q) {
    uint64_t total = 0, seen = 0;
    for (int i = 0; i < HIST; i++) total += h[i];
    if (!total) return 0;
    for (int i = 0; i < HIST; i++) {
        seen += h[i];
        if ((double)seen >= q * (double)total) return i;
    }
    return HIST - 1;
}

// ---- CPU: nanoseconds from each process's own CPU clock, so that 1-second windows are exact ----
typedef struct {
    int pid, ppid;
    double cpu;
} process_t;

typedef struct {
    process_t *all;
    int count;
    double wall, busy, steal;
} sample_t;

static inline double process_cpu(int pid) {
    clockid_t id;
    struct timespec t;
    if (clock_getcpuclockid(pid, &id) || clock_gettime(id, &t)) return 0;
    return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static inline int parent_of(int pid) {
    char name[64], text[1024];
    snprintf(name, sizeof name, "/proc/%d/stat", pid);
    FILE *f = fopen(name, "r");
    if (!f) return -1;
    size_t n = fread(text, 1, sizeof text - 1, f);
    fclose(f);
    text[n] = 0;
    char *end = strrchr(text, ')'), state;
    int ppid;
    return end && sscanf(end + 2, "%c %d", &state, &ppid) == 2 ? ppid : -1;
}

static inline sample_t take_sample(void) {
    sample_t s = {calloc(32768, sizeof(process_t)), 0, 0, 0, 0};
    DIR *d = opendir("/proc");
    struct dirent *e;
    while (d && (e = readdir(d)) && s.count < 32768) {
        int pid = atoi(e->d_name);
        if (pid <= 0) continue;
        int ppid = parent_of(pid);
        if (ppid < 0) continue;
        s.all[s.count++] = (process_t){pid, ppid, process_cpu(pid)};
    }
    if (d) closedir(d);
    FILE *f = fopen("/proc/stat", "r");
    unsigned long long u = 0, n = 0, y = 0, i = 0, w = 0, q = 0, o = 0, st = 0;
    if (f) {
        if (fscanf(f, "cpu %llu %llu %llu %llu %llu %llu %llu %llu", &u, &n, &y, &i, &w, &q, &o, &st) != 8) st = 0;
        fclose(f);
    }
    s.busy = (double)(u + n + y) / 100.0;
    s.steal = (double)st / 100.0;
    s.wall = (double)now_ns() / 1e9;
    return s;
}

static inline int is_under(const sample_t *s, int pid, int root) {
    for (int guard = 0; guard < 64 && pid > 1; guard++) {
        if (pid == root) return 1;
        int next = 0;
        for (int i = 0; i < s->count; i++)
            if (s->all[i].pid == pid) next = s->all[i].ppid;
        pid = next;
    }
    return 0;
}

static inline double cpu_before(const sample_t *s, int pid) {
    for (int i = 0; i < s->count; i++)
        if (s->all[i].pid == pid) return s->all[i].cpu;
    return 0;
}

// CPU seconds that the tree of a process used between two samples.
static inline double cpu_between(const sample_t *a, const sample_t *b, int root) {
    double sum = 0;
    for (int i = 0; root > 0 && i < b->count; i++)
        if (is_under(b, b->all[i].pid, root)) sum += b->all[i].cpu - cpu_before(a, b->all[i].pid);
    return sum;
}

// CPU seconds of everything outside the tree of `own`; kernel threads do the work of somebody and are not foreign.
static inline double foreign_between(const sample_t *a, const sample_t *b, int own) {
    double sum = 0;
    for (int i = 0; i < b->count; i++) {
        const process_t *p = &b->all[i];
        if (p->pid == 2 || p->ppid == 2 || is_under(b, p->pid, own)) continue;
        sum += p->cpu - cpu_before(a, p->pid);
    }
    // Short-lived processes are in no sample; the totals know them.
    double rest = b->busy - a->busy - cpu_between(a, b, own);
    return rest > sum ? rest : sum;
}

// Prints the fields that every report has.
static inline void print_machine(const sample_t *a, const sample_t *b, int server, int own, int self) {
    double wall = b->wall - a->wall, cores = (double)sysconf(_SC_NPROCESSORS_ONLN);
    printf("\"seconds\":%.4f,\"server_cpu\":%.6f,\"gen_cpu\":%.6f,\"foreign\":%.4f,\"steal\":%.4f", wall,
           cpu_between(a, b, server), cpu_between(a, b, self), own > 0 ? foreign_between(a, b, own) / (wall * cores) : 0,
           (b->steal - a->steal) / (wall * cores));
}

// Proportional set size of a process and its children, KiB.
static inline double pss_of(int root) {
    sample_t s = take_sample();
    double sum = 0;
    for (int i = 0; root > 0 && i < s.count; i++) {
        if (!is_under(&s, s.all[i].pid, root)) continue;
        char name[64], line[256];
        long value;
        snprintf(name, sizeof name, "/proc/%d/smaps_rollup", s.all[i].pid);
        FILE *f = fopen(name, "r");
        if (!f) continue;
        while (fgets(line, sizeof line, f))
            if (sscanf(line, "Pss: %ld", &value) == 1) {
                sum += (double)value;
                break;
            }
        fclose(f);
    }
    free(s.all);
    return sum;
}

// ---- the few wire messages that generators write ----
static inline int put_bytes(uint8_t *at, int field, const void *data, int length) {
    int n = 0, tag = field << 3 | 2;
    while (tag > 127) { at[n++] = (uint8_t)(tag | 128); tag >>= 7; }
    at[n++] = (uint8_t)tag;
    unsigned rest = (unsigned)length;
    while (rest > 127) { at[n++] = (uint8_t)(rest | 128); rest >>= 7; }
    at[n++] = (uint8_t)rest;
    memcpy(at + n, data, (size_t)length);
    return n + length;
}

static inline int put_text(uint8_t *at, int field, const char *text) {
    return text && *text ? put_bytes(at, field, text, (int)strlen(text)) : 0;
}

static inline int put_int(uint8_t *at, int field, int value) {
    at[0] = (uint8_t)(field << 3);
    at[1] = (uint8_t)value;
    return 2;
}

// A TCP frame: header (shortest form) and payload.
static inline int put_frame(uint8_t *at, const uint8_t *payload, int length) {
    int header = length < 64 ? 1 : length < 16384 ? 2 : 3;
    unsigned value = (unsigned)length << 2 | (unsigned)(header - 1);
    for (int i = 0; i < header; i++) at[i] = (uint8_t)(value >> (8 * i));
    memcpy(at + header, payload, (size_t)length);
    return header + length;
}

// RequestRelay as a leg sends it to the relay (rendezvous reference, 7.6).
static inline int put_join(uint8_t *at, const char *id, const char *uuid, const char *key) {
    uint8_t inner[512], outer[600];
    int n = put_text(inner, 1, id);
    n += put_text(inner + n, 2, uuid);
    n += put_text(inner + n, 6, key);
    return put_frame(at, outer, put_bytes(outer, 18, inner, n));
}
