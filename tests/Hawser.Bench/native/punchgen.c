// punchgen: introductions end to end, at a rate. One process plays callers and targets. Prints one line of JSON.
// Targets register by UDP from 127.0.0.2 (so that the server punches instead of pairing a local network), callers
// connect by TCP from 127.0.0.1. Measured from the caller's request: until the target has the push, and until the
// caller has the answer that the target's PunchHoleSent leads to.
#include "bench.h"

enum { MAX_TARGETS = 2000, MAX_FD = 20000 };
typedef enum { NONE, PUSH, CALLER, ANSWER } kind_t;
typedef struct {
    kind_t kind;
    int target, filled;
    uint8_t data[4096];
} conn_t;
typedef struct {
    int fd, caller, registered;
    uint64_t asked, registered_at, tried_at;
} target_t;

static int port, server, own, rate = 100, targets = 100, base = 190000000;
static double secs = 2;
static const char *label = "", *key = "", *token = "";
static conn_t conns[MAX_FD];
static target_t list[MAX_TARGETS];
static uint64_t asked, answered, pushed, refused, lost, unsigned_keys, overrun, to_push[HIST], to_answer[HIST];
static int ep, going;

static void watch(int fd, uint32_t events, int op) {
    struct epoll_event e = {.events = events, .data.fd = fd};
    epoll_ctl(ep, op, fd, &e);
}

static void drop(int fd) {
    conns[fd].kind = NONE;
    close(fd);
}

static void id_of(int target, char *text) { snprintf(text, 16, "%d", base + target); }

static void register_target(int t, int with_key) {
    uint8_t inner[128], outer[160], pk[32];
    char id[16], uuid[24];
    id_of(t, id);
    snprintf(uuid, sizeof uuid, "uuid-%s", id);
    for (int i = 0; i < 32; i++) pk[i] = (uint8_t)((unsigned)(base + t) >> (8 * (i & 3)) ^ (unsigned)(i * 37 + 11));
    int n = put_text(inner, 1, id);
    if (with_key) {
        n += put_text(inner + n, 2, uuid);
        n += put_bytes(inner + n, 3, pk, 32);
    } else {
        n += put_int(inner + n, 2, 3);
    }
    n = put_bytes(outer, with_key ? 15 : 6, inner, n);
    if (send(list[t].fd, outer, (size_t)n, 0) < 0 && errno != ECONNREFUSED && errno != EAGAIN) die("register");
    list[t].tried_at = now_ns();
}

static int dial(int host, kind_t kind, int target) {
    struct sockaddr_in to = loopback(1, port), from = loopback(host, 0);
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
    setsockopt(fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (fd < 0 || fd >= MAX_FD || bind(fd, (void *)&from, sizeof from)) die("dial");
    if (connect(fd, (void *)&to, sizeof to) && errno != EINPROGRESS) { close(fd); return -1; }
    conns[fd] = (conn_t){.kind = kind, .target = target};
    watch(fd, EPOLLOUT, EPOLL_CTL_ADD);
    return fd;
}

// Length and place of a field of bytes; lengths under 128 only, which these messages keep.
static int find_bytes(const uint8_t *b, int n, int field, const uint8_t **at) {
    for (int i = 0; i + 1 < n;) {
        int tag = b[i], length;
        if ((tag & 7) == 0) {
            for (i++; i < n && b[i] & 128; i++) {}
            i++;
            continue;
        }
        if ((tag & 7) != 2) return -1;
        length = b[i + 1];
        i += 2;
        if (length & 128) { length = (length & 127) | b[i] << 7; i++; }
        if (i + length > n) return -1;
        if (tag >> 3 == field) { *at = b + i; return length; }
        i += length;
    }
    return -1;
}

// The server's push to a target: answer it on a new connection with PunchHoleSent or LocalAddr.
static void answer_push(int t, const uint8_t *b, int n) {
    const uint8_t *address;
    int length = find_bytes(b, n, 1, &address), local = b[-2] == 0x62;
    if (length <= 0 || list[t].caller < 0) return;
    if (going && list[t].asked) { pushed++; hist_add(to_push, now_ns() - list[t].asked); }
    int fd = dial(2, ANSWER, t);
    if (fd < 0) return;
    char id[16];
    uint8_t inner[256], outer[300];
    id_of(t, id);
    int m = put_bytes(inner, 1, address, length);
    if (local) m += put_bytes(inner + m, 2, address, length);
    m += put_text(inner + m, local ? 4 : 2, id);
    if (!local) m += put_int(inner + m, 4, 1);
    m += put_text(inner + m, 5, "1.4.9");
    m = put_bytes(outer, local ? 13 : 10, inner, m);
    conns[fd].filled = put_frame(conns[fd].data, outer, m);
}

static void on_push(int t) {
    uint8_t b[2048];
    ssize_t n;
    while ((n = recv(list[t].fd, b, sizeof b, 0)) > 0) {
        if (n >= 2 && b[0] == 0x3a && b[1] == 0) { list[t].registered = 1; list[t].registered_at = now_ns(); }
        else if (n >= 4 && b[0] == 0x3a) register_target(t, 1);
        else if (n >= 3 && b[0] == 0x82) register_target(t, 0);
        else if (n > 2 && (b[0] == 0x4a || b[0] == 0x62) && b[1] < 128) answer_push(t, b + 2, (int)n - 2);
    }
}

static void end_call(int fd, int t) {
    list[t].caller = -1;
    drop(fd);
}

static void on_answer(int fd, const uint8_t *b, int n) {
    int t = conns[fd].target;
    if (n < 2 || b[0] != 0x5a) return;    // the server's KeyExchange comes first and is skipped
    int skip = b[1] & 128 ? 3 : 2;
    const uint8_t *address, *pk;
    if (find_bytes(b + skip, n - skip, 1, &address) > 0) {
        if (going) { answered++; hist_add(to_answer, now_ns() - list[t].asked); }
        if (find_bytes(b + skip, n - skip, 2, &pk) < 96) unsigned_keys++;
    } else if (going) {
        refused++;
    }
    end_call(fd, t);
}

static void on_readable(int fd) {
    conn_t *c = &conns[fd];
    ssize_t k = recv(fd, c->data + c->filled, sizeof c->data - (size_t)c->filled, 0);
    if (k < 0 && errno == EAGAIN) return;
    if (k <= 0) {
        if (c->kind == CALLER) { if (going) refused++; end_call(fd, c->target); } else drop(fd);
        return;
    }
    if (c->kind == ANSWER) return;
    c->filled += (int)k;
    for (int at = 0;;) {
        int header = (c->data[at] & 3) + 1, rest = c->filled - at;
        unsigned value = 0;
        for (int i = 0; i < header && i < rest; i++) value |= (unsigned)c->data[at + i] << (8 * i);
        int length = (int)(value >> 2);
        if (rest < header || rest - header < length) {
            memmove(c->data, c->data + at, (size_t)rest);
            c->filled = rest;
            return;
        }
        on_answer(fd, c->data + at + header, length);
        if (c->kind == NONE) return;
        at += header + length;
        if (at == c->filled) { c->filled = 0; return; }
    }
}

static void on_writable(int fd) {
    conn_t *c = &conns[fd];
    if (c->kind == CALLER) {
        uint8_t inner[200], outer[256];
        char id[16];
        id_of(c->target, id);
        int n = put_text(inner, 1, id);
        n += put_int(inner + n, 2, 1);
        n += put_text(inner + n, 3, key);
        if (*token) n += put_text(inner + n, 5, token);
        n += put_text(inner + n, 6, "1.4.9");
        c->filled = put_frame(c->data, outer, put_bytes(outer, 8, inner, n));
        list[c->target].asked = now_ns();
    }
    if (send(fd, c->data, (size_t)c->filled, MSG_NOSIGNAL) < 0) {
        if (c->kind == CALLER) { if (going) refused++; end_call(fd, c->target); } else drop(fd);
        return;
    }
    c->filled = 0;
    watch(fd, EPOLLIN, EPOLL_CTL_MOD);
}

static void call_somebody(unsigned *turn) {
    for (int i = 0; i < targets; i++) {
        int t = (int)(*turn = (*turn + 1) % (unsigned)targets);
        if (list[t].caller >= 0 || !list[t].registered) continue;
        list[t].asked = 0;
        int fd = dial(1, CALLER, t);
        if (fd < 0) return;
        list[t].caller = fd;
        if (going) asked++;
        return;
    }
    if (going) overrun++;
}

static void keep_alive(uint64_t t) {
    for (int i = 0; i < targets; i++) {
        uint64_t period = list[i].registered ? 5000000000ull : 300000000ull;
        if (t - list[i].tried_at > period) register_target(i, 0);
        if (list[i].caller < 0 || !list[i].asked || t - list[i].asked < 3000000000ull) continue;
        if (going) lost++;
        end_call(list[i].caller, i);
    }
}

static void turn(int timeout) {
    struct epoll_event events[256];
    int n = epoll_wait(ep, events, 256, timeout);
    for (int i = 0; i < n; i++) {
        int fd = events[i].data.fd;
        if (conns[fd].kind == PUSH) on_push(conns[fd].target);
        else if (conns[fd].kind == NONE) continue;
        else if (events[i].events & EPOLLOUT) on_writable(fd);
        else on_readable(fd);
    }
}

static int registered_targets(void) {
    int n = 0;
    for (int i = 0; i < targets; i++) n += list[i].registered;
    return n;
}

int main(int count, char **args) {
    int o;
    while ((o = getopt(count, args, "p:P:O:t:R:n:b:k:l:T:")) != -1) switch (o) {
        case 'p': port = atoi(optarg); break;
        case 'P': server = atoi(optarg); break;
        case 'O': own = atoi(optarg); break;
        case 't': secs = atof(optarg); break;
        case 'R': rate = atoi(optarg); break;
        case 'n': targets = atoi(optarg); break;
        case 'b': base = atoi(optarg); break;
        case 'k': key = optarg; break;
        case 'T':
            if (strlen(optarg) > 64) die("token");
            token = optarg;
            break;
        case 'l': label = optarg; break;
        default: return 2;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (targets > MAX_TARGETS) targets = MAX_TARGETS;
    ep = epoll_create1(0);
    for (int i = 0; i < targets; i++) {
        struct sockaddr_in to = loopback(1, port), from = loopback(2, 0);
        int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
        if (fd < 0 || fd >= MAX_FD || bind(fd, (void *)&from, sizeof from) || connect(fd, (void *)&to, sizeof to)) die("target");
        list[i] = (target_t){.fd = fd, .caller = -1};
        conns[fd] = (conn_t){.kind = PUSH, .target = i};
        watch(fd, EPOLLIN, EPOLL_CTL_ADD);
        register_target(i, 0);
    }
    uint64_t start = now_ns(), last_keep = 0, period = 1000000000ull / (uint64_t)rate, next = 0, begun = 0;
    unsigned who = 0;
    sample_t before = {0};
    for (;;) {
        uint64_t t = now_ns();
        if (!next && (registered_targets() == targets || t - start > 5000000000ull)) next = t;
        if (next && !going && t - next > 0 && !begun && t - start > 500000000ull) {
            before = take_sample();
            begun = now_ns();
            going = 1;
        }
        if (begun && going && (double)(now_ns() - begun) > secs * 1e9) break;
        if (!next && t - start > 10000000000ull) break;
        for (; next && t >= next; next += period) call_somebody(&who);
        if (t - last_keep > 20000000ull) { keep_alive(t); last_keep = t; }
        turn(1);
    }
    // Late answers still count; what never came is lost.
    for (uint64_t end = now_ns(); asked > answered + refused + lost && now_ns() - end < 3500000000ull;) { turn(5); keep_alive(now_ns()); }
    sample_t after = take_sample();
    printf("{\"label\":\"%s\",\"mode\":\"punch\",\"targets\":%d,\"registered\":%d,\"asked\":%llu,\"answered\":%llu,\"pushed\":%llu,\"refused\":%llu,\"lost\":%llu,\"overrun\":%llu,\"unsigned\":%llu,",
           label, targets, registered_targets(), (unsigned long long)asked, (unsigned long long)answered, (unsigned long long)pushed,
           (unsigned long long)refused, (unsigned long long)lost, (unsigned long long)overrun, (unsigned long long)unsigned_keys);
    printf("\"p50\":%d,\"p99\":%d,\"max\":%d,\"push_p50\":%d,\"push_p99\":%d,", hist_at(to_answer, .5), hist_at(to_answer, .99),
           hist_at(to_answer, 1), hist_at(to_push, .5), hist_at(to_push, .99));
    print_machine(&before, &after, server, own, getpid());
    printf("}\n");
    return answered == 0;
}
