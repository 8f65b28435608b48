// tcpload: loopback load for byte relays; one accounting for all of them. Prints one line of JSON.
//   -m bulk    one way, saturating            -m paced   frames of -c bytes at -R a second and pair
//   -m idle    connect and hold               -m verify  -B bytes a pair there and back, every byte checked
// A relay that dials on (haproxy, nginx, the stand-in): -r its port, -s our sink's port. No relay: only -s.
// A relay that pairs by ticket: -r its port, -u KEY ("-" for none); both legs connect to it and join.
#include "bench.h"

static int pairs = 1, relay_port, sink_port, chunk = 65536, rate = 30, server, own, tickets;
static double secs = 2, warm = 1;
static uint64_t verify_bytes = 4 << 20;
static const char *mode = "bulk", *label = "", *key = "";

typedef struct {
    volatile uint64_t bytes, frames, bad;
    volatile int go, connected, accepted, verified, failed;
    volatile uint64_t hist[HIST];
} shared_t;
static shared_t *shared;
static uint32_t nonce;

static int is(const char *name) { return !strcmp(mode, name); }

static void uuid_of(int pair, char *text) {
    snprintf(text, 37, "%08x-%04x-4%03x-8000-%012x", nonce, pair >> 16, pair >> 28, pair & 0xffff);
}

// A leg: connected, joined if the relay pairs by ticket, non-blocking.
static int open_leg(int pair, int port, int is_caller) {
    struct sockaddr_in to = loopback(1, port), from = loopback(1 + pair % 4, 0);
    int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1, tries = 0;
    setsockopt(fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    if (fd < 0 || bind(fd, (void *)&from, sizeof from)) die("leg");
    while (connect(fd, (void *)&to, sizeof to)) {
        if (++tries > 100) { shared->failed = 1; die("connect"); }
        usleep(20000);
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (tickets) {
        char uuid[40];
        uint8_t join[700];
        uuid_of(pair, uuid);
        int n = put_join(join, is_caller ? "123456789" : "", uuid, key);
        if (send(fd, join, (size_t)n, MSG_NOSIGNAL) != n) { shared->failed = 1; die("join"); }
    }
    fcntl(fd, F_SETFL, O_NONBLOCK);
    return fd;
}

// ---- what verify sends: byte `offset` of `pair`, both ends can compute it ----
static uint64_t mix(uint64_t x) {
    x += 0x9e3779b97f4a7c15ull;
    x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ull;
    x = (x ^ x >> 27) * 0x94d049bb133111ebull;
    return x ^ x >> 31;
}

static void pattern(int pair, uint64_t offset, uint8_t *to, size_t length) {
    for (size_t i = 0; i < length; i++, offset++)
        to[i] = (uint8_t)(mix((uint64_t)pair << 40 | offset >> 3) >> (8 * (offset & 7)));
}

// ---- the receiving end ----
typedef struct {
    uint32_t got, from, to;
    uint8_t stamp[8], *held;
} receiver_t;
static receiver_t *receivers;

static void watch(int ep, int fd, uint32_t events, int op) {
    struct epoll_event e = {.events = events, .data.fd = fd};
    epoll_ctl(ep, op, fd, &e);
}

static void count_frames(receiver_t *r, const uint8_t *data, ssize_t length) {
    ssize_t at = 0;
    while (at < length) {
        ssize_t want = r->got < 8 ? 8 - (ssize_t)r->got : chunk - (ssize_t)r->got;
        if (want > length - at) want = length - at;
        if (r->got < 8) memcpy(r->stamp + r->got, data + at, (size_t)want);
        at += want;
        r->got += (uint32_t)want;
        if (r->got < (uint32_t)chunk) continue;
        uint64_t sent;
        memcpy(&sent, r->stamp, 8);
        if (shared->go) hist_add(shared->hist, now_ns() - sent);
        shared->frames++;
        r->got = 0;
    }
}

static void echo(int ep, int fd, receiver_t *r) {
    if (!r->held) r->held = malloc(65536);
    for (int turn = 0; turn < 8; turn++) {
        if (r->from == r->to) {
            ssize_t k = recv(fd, r->held, 65536, 0);
            if (k == 0) { close(fd); return; }
            if (k < 0) break;
            r->from = 0;
            r->to = (uint32_t)k;
        }
        ssize_t k = send(fd, r->held + r->from, r->to - r->from, MSG_NOSIGNAL);
        if (k > 0) r->from += (uint32_t)k;
        if (r->from < r->to && k < 0) break;
    }
    watch(ep, fd, r->from < r->to ? EPOLLOUT : EPOLLIN, EPOLL_CTL_MOD);
}

static void receive(int ep, int fd, uint8_t *buffer) {
    if (is("verify")) { echo(ep, fd, &receivers[fd]); return; }
    // Nothing reads what bulk pairs carry: not copying it out leaves the cores to the relay that is measured.
    int flags = is("bulk") ? MSG_TRUNC : 0;
    for (int budget = is("paced") ? 64 : 4; budget; budget--) {
        ssize_t k = recv(fd, buffer, 262144, flags);
        if (k <= 0) {
            if (k == 0 || (errno != EAGAIN && errno != EINTR)) close(fd);
            return;
        }
        shared->bytes += (uint64_t)k;
        if (is("paced")) count_frames(&receivers[fd], buffer, k);
        if (k < 16384) return;
    }
}

static void run_sink(void) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int ep = epoll_create1(0), listener = -1, one = 1;
    uint8_t *buffer = malloc(1 << 20);
    receivers = calloc(100000, sizeof *receivers);
    if (!tickets) {
        struct sockaddr_in a = loopback(1, sink_port);
        listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
        if (bind(listener, (void *)&a, sizeof a)) { shared->failed = 1; die("bind sink"); }
        listen(listener, 4096);
        watch(ep, listener, EPOLLIN, EPOLL_CTL_ADD);
    }
    for (int i = 0; tickets && i < pairs; i++) {
        watch(ep, open_leg(i, relay_port, 0), EPOLLIN, EPOLL_CTL_ADD);
        shared->accepted++;
    }
    struct epoll_event events[512];
    for (;;) {
        int n = epoll_wait(ep, events, 512, -1);
        for (int i = 0; i < n; i++) {
            int fd = events[i].data.fd, c;
            if (fd != listener) { receive(ep, fd, buffer); continue; }
            while ((c = accept4(listener, 0, 0, SOCK_NONBLOCK)) >= 0) {
                setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
                memset(&receivers[c], 0, sizeof receivers[c]);
                watch(ep, c, EPOLLIN, EPOLL_CTL_ADD);
                shared->accepted++;
            }
        }
    }
}

// ---- the sending end ----
static void send_paced(const int *fds, uint8_t *buffer) {
    uint64_t period = 1000000000ull / (uint64_t)rate, start = now_ns() + 50000000;
    uint64_t *next = calloc((size_t)pairs, 8);
    uint32_t *rest = calloc((size_t)pairs, 4);
    for (int i = 0; i < pairs; i++) next[i] = start + period * (uint64_t)i / (uint64_t)pairs;
    for (;;) {
        uint64_t t = now_ns(), wake = t + 1000000;
        for (int i = 0; i < pairs; i++) {
            if (rest[i]) {
                ssize_t k = send(fds[i], buffer + 8, rest[i], MSG_NOSIGNAL);
                if (k > 0) rest[i] -= (uint32_t)k;
                if (rest[i]) { wake = t + 200000; continue; }
            }
            if (next[i] <= t) {
                uint64_t stamp = now_ns();
                memcpy(buffer, &stamp, 8);
                ssize_t k = send(fds[i], buffer, (size_t)chunk, MSG_NOSIGNAL);
                if (k > 0 && k < chunk) rest[i] = (uint32_t)(chunk - k);
                next[i] += period;
                if (next[i] < t) next[i] = t + period;
            }
            if (next[i] < wake) wake = next[i];
        }
        t = now_ns();
        struct timespec pause = {0, (long)(wake > t ? wake - t : 0)};
        if (wake > t) nanosleep(&pause, 0);
    }
}

static void send_bulk(int ep, const int *fds, const uint8_t *buffer) {
    for (int i = 0; i < pairs; i++) watch(ep, fds[i], EPOLLOUT, EPOLL_CTL_ADD);
    struct epoll_event events[512];
    for (;;) {
        int n = epoll_wait(ep, events, 512, -1);
        for (int i = 0; i < n; i++)
            for (int b = 0; b < 4; b++) {
                ssize_t k = send(events[i].data.fd, buffer, (size_t)chunk, MSG_NOSIGNAL);
                if (k < 0 && errno != EAGAIN) { shared->failed = 1; die("send"); }
                if (k < chunk) break;
            }
    }
}

static void send_verify(int ep, const int *fds, uint8_t *buffer) {
    uint64_t *sent = calloc((size_t)pairs, 8), *seen = calloc((size_t)pairs, 8), seed = 1;
    int *pair_of = calloc(100000, sizeof(int));
    uint8_t *expected = malloc(1 << 18);
    for (int i = 0; i < pairs; i++) {
        pair_of[fds[i]] = i;
        watch(ep, fds[i], EPOLLIN | EPOLLOUT, EPOLL_CTL_ADD);
    }
    struct epoll_event events[512];
    for (;;) {
        int n = epoll_wait(ep, events, 512, -1);
        for (int j = 0; j < n; j++) {
            int fd = events[j].data.fd, i = pair_of[fd];
            if (events[j].events & EPOLLOUT) {
                uint64_t want = 1 + mix(seed++) % 200000;
                if (want > verify_bytes - sent[i]) want = verify_bytes - sent[i];
                pattern(i, sent[i], buffer, want);
                ssize_t k = want ? send(fd, buffer, want, MSG_NOSIGNAL) : 0;
                if (k > 0) sent[i] += (uint64_t)k;
                if (sent[i] == verify_bytes) watch(ep, fd, EPOLLIN, EPOLL_CTL_MOD);
            }
            ssize_t k = recv(fd, expected, 1 << 17, 0);
            if (k == 0) { shared->failed = 1; fprintf(stderr, "pair %d ended early\n", i); exit(1); }
            if (k < 0) continue;
            pattern(i, seen[i], buffer, (size_t)k);
            if (memcmp(buffer, expected, (size_t)k)) shared->bad++;
            seen[i] += (uint64_t)k;
            shared->bytes += (uint64_t)k;
            if (seen[i] == verify_bytes) shared->verified++;
        }
    }
}

static void run_sender(void) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    int ep = epoll_create1(0), *fds = calloc((size_t)pairs, sizeof(int));
    uint8_t *buffer = malloc(1 << 20);
    memset(buffer, 'x', 1 << 20);
    for (int i = 0; i < pairs; i++) {
        while (tickets && shared->accepted <= i) usleep(200);
        fds[i] = open_leg(i, relay_port ? relay_port : sink_port, 1);
        shared->connected++;
        if (is("idle")) {
            if (send(fds[i], buffer, 64, MSG_NOSIGNAL) < 0) die("send");
            if (i % 100 == 99) usleep(5000);
        }
    }
    while (shared->accepted < pairs) usleep(1000);
    if (is("idle")) for (;;) pause();
    if (is("paced")) send_paced(fds, buffer);
    if (is("verify")) send_verify(ep, fds, buffer);
    send_bulk(ep, fds, buffer);
}

static void parse(int count, char **args) {
    int o;
    while ((o = getopt(count, args, "m:n:t:w:r:s:c:P:O:R:B:u:l:")) != -1) switch (o) {
        case 'm': mode = optarg; break;
        case 'n': pairs = atoi(optarg); break;
        case 't': secs = atof(optarg); break;
        case 'w': warm = atof(optarg); break;
        case 'r': relay_port = atoi(optarg); break;
        case 's': sink_port = atoi(optarg); break;
        case 'c': chunk = atoi(optarg); break;
        case 'P': server = atoi(optarg); break;
        case 'O': own = atoi(optarg); break;
        case 'R': rate = atoi(optarg); break;
        case 'B': verify_bytes = strtoull(optarg, 0, 10); break;
        case 'u': tickets = 1; key = strcmp(optarg, "-") ? optarg : ""; break;
        case 'l': label = optarg; break;
        default: exit(2);
    }
}

int main(int count, char **args) {
    parse(count, args);
    nonce = (uint32_t)(now_ns() ^ (uint64_t)getpid() << 16);
    shared = mmap(0, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    double pss0 = is("idle") ? pss_of(server) : 0;
    int sink = fork();
    if (!sink) { run_sink(); exit(0); }
    usleep(100000);
    int sender = fork();
    if (!sender) { run_sender(); exit(0); }
    uint64_t start = now_ns();
    while ((shared->accepted < pairs || shared->connected < pairs) && !shared->failed && now_ns() - start < 60000000000ull)
        usleep(10000);
    usleep((useconds_t)(warm * 1e6));
    sample_t before = take_sample();
    uint64_t bytes = shared->bytes, frames = shared->frames;
    shared->go = 1;
    if (is("verify")) {
        while (shared->verified < pairs && !shared->failed && now_ns() - start < (uint64_t)(secs * 1e9) + 60000000000ull) usleep(5000);
        bytes = frames = 0;
    } else {
        usleep((useconds_t)(secs * 1e6));
    }
    sample_t after = take_sample();
    shared->go = 0;
    printf("{\"label\":\"%s\",\"mode\":\"%s\",\"pairs\":%d,\"accepted\":%d,\"failed\":%d,\"bytes\":%llu,\"frames\":%llu,\"verified\":%d,\"bad\":%llu,",
           label, mode, pairs, shared->accepted, shared->failed || shared->accepted < pairs,
           (unsigned long long)(shared->bytes - bytes), (unsigned long long)(shared->frames - frames), shared->verified,
           (unsigned long long)shared->bad);
    printf("\"p50\":%d,\"p99\":%d,\"pss0\":%.0f,\"pss\":%.0f,", hist_at(shared->hist, .5), hist_at(shared->hist, .99), pss0, pss_of(server));
    print_machine(&before, &after, server, own, getpid());
    printf("}\n");
    fflush(stdout);
    kill(sender, SIGKILL);
    kill(sink, SIGKILL);
    waitpid(sender, 0, 0);
    waitpid(sink, 0, 0);
    return shared->failed || shared->accepted < pairs;
}
