// httpgen: heartbeats, or sysinfo, of many devices over HTTP. Prints one line of JSON.
//   -m beat     heartbeats of random devices out of -i, on -S connections; -c 1: a new connection for each
//   -m sysinfo  the sysinfo of every device once, on -S connections; then it ends
#include "bench.h"

enum { ROOM = 4096 };
static int port, server, own, sockets = 64, ids = 100000, base = 100000000, closing, next_id;
static double secs = 2, warm = .7;
static const char *mode = "beat", *path = "/api/heartbeat";
static uint64_t ok, bad, hist[HIST];
static int finished;

typedef struct {
    int fd, sent, size, got, id;
    uint64_t since;
    char out[ROOM], in[ROOM];
} link_t;

static void base64(const char *from, char *to) {
    static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    for (size_t i = 0, n = strlen(from); i < n; i += 3) {
        unsigned a = (unsigned char)from[i], b = i + 1 < n ? (unsigned char)from[i + 1] : 0;
        unsigned c = i + 2 < n ? (unsigned char)from[i + 2] : 0, bits = a << 16 | b << 8 | c;
        *to++ = letters[bits >> 18];
        *to++ = letters[bits >> 12 & 63];
        *to++ = i + 1 < n ? letters[bits >> 6 & 63] : '=';
        *to++ = i + 2 < n ? letters[bits & 63] : '=';
    }
    *to = 0;
}

static int is_sysinfo(void) { return !strcmp(mode, "sysinfo"); }

static void fill(link_t *l) {
    char plain[32], uuid[64], body[1024];
    l->id = is_sysinfo() ? base + next_id++ : base + (int)((next_id++ * 2654435761u) % (unsigned)ids);
    snprintf(plain, sizeof plain, "uuid-%d", l->id);
    base64(plain, uuid);
    int n = is_sysinfo()
        ? snprintf(body, sizeof body, "{\"id\":\"%d\",\"uuid\":\"%s\",\"version\":\"1.4.9\",\"cpu\":\"Intel(R) N100, 0.78GHz, 4/4 cores\","
            "\"memory\":\"7.75GB\",\"os\":\"windows / Windows 11 Pro - 10 (22631)\",\"hostname\":\"TILL%d\",\"username\":\"pos\"}", l->id, uuid, l->id)
        : snprintf(body, sizeof body, "{\"id\":\"%d\",\"uuid\":\"%s\",\"ver\":1004090,\"modified_at\":0}", l->id, uuid);
    l->size = snprintf(l->out, sizeof l->out, "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\nAccept: */*\r\n%sContent-Length: %d\r\n\r\n%s",
        path, port, closing ? "Connection: close\r\n" : "", n, body);
    l->sent = l->got = 0;
    l->since = now_ns();
}

static int open_link(void) {
    static int host;
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0), one = 1;
    struct sockaddr_in a = loopback(1, port), from = loopback(1 + host++ % 200, 0);
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (fd < 0 || bind(fd, (void *)&from, sizeof from)) die("socket");
    if (connect(fd, (void *)&a, sizeof a) && errno != EINPROGRESS) die("connect");
    return fd;
}

// 1: an answer is complete; 0: not yet; -1: the connection ended.
static int receive(link_t *l) {
    for (;;) {
        ssize_t n = recv(l->fd, l->in + l->got, (size_t)(ROOM - 1 - l->got), 0);
        if (n < 0) return errno == EAGAIN ? 0 : -1;
        if (n == 0) return -1;
        l->got += (int)n;
        l->in[l->got] = 0;
        char *end = strstr(l->in, "\r\n\r\n"), *length = strcasestr(l->in, "\r\ncontent-length:");
        if (end && length && l->got >= end + 4 - l->in + atoi(length + 17)) return 1;
        // In chunks; the last one is empty.
        if (end && !length && l->got > 5 && !memcmp(l->in + l->got - 5, "0\r\n\r\n", 5)) return 1;
        if (l->got == ROOM - 1) return -1;
    }
}

static int is_good(const link_t *l) {
    return !strncmp(l->in, "HTTP/1.1 200", 12) && (!is_sysinfo() || strstr(l->in, "SYSINFO_UPDATED"));
}

static void watch(int loop, link_t *l, int how) {
    struct epoll_event e = {EPOLLIN | EPOLLOUT | EPOLLET, {.ptr = l}};
    if (epoll_ctl(loop, how, l->fd, &e)) die("epoll");
}

static void start(int loop, link_t *l) {
    if (is_sysinfo() && next_id >= ids) { finished++; return; }
    if (closing || l->fd < 0) {
        if (l->fd >= 0) close(l->fd);
        l->fd = open_link();
        fill(l);
        watch(loop, l, EPOLL_CTL_ADD);
    } else {
        fill(l);
        ssize_t n = send(l->fd, l->out, (size_t)l->size, MSG_NOSIGNAL);
        if (n > 0) l->sent = (int)n;
    }
}

static void turn(int loop, link_t *l, uint32_t events) {
    if (events & EPOLLOUT && l->sent < l->size) {
        ssize_t n = send(l->fd, l->out + l->sent, (size_t)(l->size - l->sent), MSG_NOSIGNAL);
        if (n > 0) l->sent += (int)n;
    }
    if (!(events & (EPOLLIN | EPOLLERR | EPOLLHUP))) return;
    int done = receive(l);
    if (done == 0) return;
    if (done > 0 && is_good(l)) { ok++; hist_add(hist, now_ns() - l->since); } else { bad++; }
    if (done < 0) { close(l->fd); l->fd = -1; }
    start(loop, l);
}

int main(int count, char **args) {
    int o;
    while ((o = getopt(count, args, "m:p:P:O:t:w:S:i:b:c:u:")) != -1) switch (o) {
        case 'm': mode = optarg; break;
        case 'p': port = atoi(optarg); break;
        case 'P': server = atoi(optarg); break;
        case 'O': own = atoi(optarg); break;
        case 't': secs = atof(optarg); break;
        case 'w': warm = atof(optarg); break;
        case 'S': sockets = atoi(optarg); break;
        case 'i': ids = atoi(optarg); break;
        case 'b': base = atoi(optarg); break;
        case 'c': closing = atoi(optarg); break;
        case 'u': path = optarg; break;
        default: return 2;
    }
    if (is_sysinfo()) { path = "/api/sysinfo"; warm = 0; secs = secs < 60 ? 60 : secs; }
    int loop = epoll_create1(0);
    link_t *links = calloc((size_t)sockets, sizeof *links);
    struct epoll_event events[256];
    for (int i = 0; i < sockets; i++) { links[i].fd = -1; start(loop, &links[i]); }
    uint64_t begun = now_ns(), measured = 0;
    sample_t before = {0}, after;
    for (;;) {
        uint64_t t = now_ns();
        if (!measured && (double)(t - begun) >= warm * 1e9) {
            before = take_sample();
            if (!is_sysinfo()) { ok = bad = 0; memset(hist, 0, sizeof hist); }
            measured = now_ns();
        }
        if (measured && (double)(t > measured ? t - measured : 0) > secs * 1e9) break;
        if (is_sysinfo() && finished >= sockets) break;
        int n = epoll_wait(loop, events, 256, 100);
        for (int i = 0; i < n; i++) turn(loop, events[i].data.ptr, events[i].events);
    }
    after = take_sample();
    printf("{\"mode\":\"%s\",\"ok\":%llu,\"bad\":%llu,\"p50\":%d,\"p99\":%d,\"max\":%d,", mode, (unsigned long long)ok,
           (unsigned long long)bad, hist_at(hist, .5), hist_at(hist, .99), hist_at(hist, 1));
    print_machine(&before, &after, server, own, getpid());
    printf("}\n");
    return 0;
}
