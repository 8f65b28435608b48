// udpgen: UDP registrations against a rendezvous server. Prints one line of JSON.
//   -m reg    RegisterPeer of random ids out of -i, -S sockets; -R a second (0: as fast as the answers come back)
//   -m pk     RegisterPk of ever new devices, -R a second: the key storm
//   -m once   every one of -i ids is registered, with its key where the server asks for it; then it ends
//   -m probe  one client, -R registrations a second, one at a time: its latency
#include "bench.h"

enum { BATCH = 64, SIZE = 160 };
static int port, server, own, sockets = 8, window = 32, ids = 100000, base = 100000000, rate;
static double secs = 2, warm = .7;
static const char *mode = "reg", *label = "";
static uint64_t sent, ok, wanted, pk_ok, pk_other, other, hist[HIST];

static int is(const char *name) { return !strcmp(mode, name); }

// RegisterPeer, padded to 44 bytes with an unknown field: the size that stock clients' datagrams have in practice.
static int put_register(uint8_t *at, int id) {
    uint8_t inner[64];
    char text[16];
    snprintf(text, sizeof text, "%d", id);
    int n = put_text(inner, 1, text);
    n += put_int(inner + n, 2, 3);
    int rest = 44 - 2 - n - 2;
    char pad[64];
    memset(pad, 'p', sizeof pad);
    n += put_bytes(inner + n, 15, pad, rest);
    return put_bytes(at, 6, inner, n);
}

static int put_key(uint8_t *at, int id) {
    uint8_t inner[128], pk[32];
    char text[16], uuid[24];
    snprintf(text, sizeof text, "%d", id);
    snprintf(uuid, sizeof uuid, "uuid-%d", id);
    for (int i = 0; i < 32; i++) pk[i] = (uint8_t)((unsigned)id >> (8 * (i & 3)) ^ (unsigned)(i * 37 + 11));
    int n = put_text(inner, 1, text);
    n += put_text(inner + n, 2, uuid);
    n += put_bytes(inner + n, 3, pk, 32);
    return put_bytes(at, 15, inner, n);
}

// What an answer says: 0 registered, 1 key wanted, 2 key taken, 3 key refused, 4 something else.
static int sort_answer(const uint8_t *b, int n) {
    if (n == 2 && b[0] == 0x3a && b[1] == 0) { ok++; return 0; }
    if (n >= 4 && b[0] == 0x3a && b[3] == 1) { wanted++; return 1; }
    if (n >= 3 && b[0] == 0x82 && b[1] == 1) {
        int refused = b[2] >= 2 && b[3] == 0x08 && b[4] != 0;
        if (refused) pk_other++; else pk_ok++;
        return refused ? 3 : 2;
    }
    other++;
    return 4;
}

static int open_socket(int i) {
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0), size = 4 << 20;
    struct sockaddr_in a = loopback(1, port), from = loopback(1 + i % 4, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    if (fd < 0 || bind(fd, (void *)&from, sizeof from) || connect(fd, (void *)&a, sizeof a)) die("socket");
    return fd;
}

static void report(const sample_t *a, const sample_t *b, uint64_t offered) {
    printf("{\"label\":\"%s\",\"mode\":\"%s\",\"offered\":%llu,\"sent\":%llu,\"ok\":%llu,\"wanted\":%llu,\"pk_ok\":%llu,\"pk_other\":%llu,\"other\":%llu,",
           label, mode, (unsigned long long)offered, (unsigned long long)sent, (unsigned long long)ok, (unsigned long long)wanted,
           (unsigned long long)pk_ok, (unsigned long long)pk_other, (unsigned long long)other);
    printf("\"p50\":%d,\"p99\":%d,\"p999\":%d,\"max\":%d,", hist_at(hist, .5), hist_at(hist, .99), hist_at(hist, .999), hist_at(hist, 1));
    print_machine(a, b, server, own, getpid());
    printf("}\n");
}

static void forget_counts(void) { sent = ok = wanted = pk_ok = pk_other = other = 0; }

// ---- reg and pk ----
static void run_flood(void) {
    int *fd = calloc((size_t)sockets, sizeof(int)), *open_requests = calloc((size_t)sockets, sizeof(int));
    struct pollfd *waits = calloc((size_t)sockets, sizeof *waits);
    static uint8_t tx[BATCH][SIZE], rx[BATCH][2048];
    static struct mmsghdr out[BATCH], in[BATCH];
    static struct iovec out_v[BATCH], in_v[BATCH];
    for (int i = 0; i < BATCH; i++) {
        out_v[i].iov_base = tx[i];
        out[i].msg_hdr = (struct msghdr){.msg_iov = &out_v[i], .msg_iovlen = 1};
        in_v[i] = (struct iovec){rx[i], sizeof rx[i]};
        in[i].msg_hdr = (struct msghdr){.msg_iov = &in_v[i], .msg_iovlen = 1};
    }
    for (int i = 0; i < sockets; i++) waits[i] = (struct pollfd){fd[i] = open_socket(i), POLLIN, 0};
    if (rate) window = 1 << 20;
    uint64_t sequence = 0, start = now_ns(), last_answer = start, begun = 0, due_done = 0;
    sample_t before = {0}, after;
    for (;;) {
        uint64_t t = now_ns();
        if (!begun && t - start > (uint64_t)(warm * 1e9)) {
            before = take_sample();
            forget_counts();
            begun = now_ns();
            due_done = 0;
            start = begun;
        }
        if (begun && t > begun && (double)(t - begun) > secs * 1e9) break;
        uint64_t due = rate ? (uint64_t)((double)(t - start) * rate / 1e9) : 0;
        int busy = 0;
        for (int s = 0; s < sockets; s++) {
            int want = window - open_requests[s];
            if (rate && due <= due_done) want = 0;
            else if (rate && (uint64_t)want > due - due_done) want = (int)(due - due_done);
            if (want > BATCH) want = BATCH;
            for (int i = 0; i < want; i++) {
                int id = is("pk") ? base + (int)sequence++ : base + (int)((sequence++ * 2654435761u) % (unsigned)ids);
                out_v[i].iov_len = (size_t)(is("pk") ? put_key(tx[i], id) : put_register(tx[i], id));
            }
            int k = want > 0 ? sendmmsg(fd[s], out, (unsigned)want, 0) : 0;
            if (k > 0) {
                open_requests[s] += k;
                sent += (uint64_t)k;
                due_done += (uint64_t)k;
                busy = 1;
            }
            k = recvmmsg(fd[s], in, BATCH, MSG_DONTWAIT, 0);
            for (int i = 0; i < k; i++) sort_answer(rx[i], (int)in[i].msg_len);
            if (k <= 0) continue;
            open_requests[s] -= k;
            last_answer = t;
            busy = 1;
        }
        if (busy && !rate) continue;
        if (now_ns() - last_answer > 50000000ull) {
            memset(open_requests, 0, (size_t)sockets * sizeof(int));
            last_answer = now_ns();
        }
        if (rate) {
            struct timespec pause = {0, 200000};
            if (!busy || due <= due_done) nanosleep(&pause, 0);
        } else {
            poll(waits, (nfds_t)sockets, 1);
        }
    }
    after = take_sample();
    report(&before, &after, rate ? (uint64_t)(rate * secs) : sent);
}

// ---- once ----
static void run_once(void) {
    int *fd = calloc((size_t)sockets, sizeof(int)), *id = calloc((size_t)sockets, sizeof(int)), next = 0, done = 0;
    uint64_t *since = calloc((size_t)sockets, 8), start = now_ns();
    uint8_t message[SIZE], answer[2048];
    sample_t before = take_sample();
    for (int i = 0; i < sockets; i++) {
        fd[i] = open_socket(i);
        id[i] = -1;
    }
    for (int busy = 1; done < ids && (double)(now_ns() - start) < secs * 1e9;) {
        struct timespec pause = {0, 50000};
        if (!busy) nanosleep(&pause, 0);
        busy = 0;
        for (int s = 0; s < sockets; s++) {
            ssize_t n = recv(fd[s], answer, sizeof answer, MSG_DONTWAIT);
            uint64_t t = now_ns();
            int send_key = 0, again = 0;
            if (n > 0 && id[s] >= 0) {
                int kind = sort_answer(answer, (int)n);
                if (kind == 0) { done++; id[s] = -1; }
                send_key = kind == 1;
                again = kind == 2;
            }
            if (id[s] < 0) {
                if (next == ids) continue;
                id[s] = base + next++;
                again = 1;
            } else if (!send_key && !again && t - since[s] > 200000000ull) {
                again = 1;
            }
            if (!again && !send_key) continue;
            int length = send_key ? put_key(message, id[s]) : put_register(message, id[s]);
            if (send(fd[s], message, (size_t)length, 0) > 0) sent++;
            since[s] = t;
            busy = 1;
        }
    }
    sample_t after = take_sample();
    report(&before, &after, (uint64_t)ids);
    if (done < ids) exit(1);
}

// ---- probe ----
static void run_probe(void) {
    int fd = open_socket(0);
    struct pollfd wait = {fd, POLLIN, 0};
    uint8_t message[SIZE], answer[2048];
    uint64_t period = 1000000000ull / (uint64_t)(rate ? rate : 200), offered = 0;
    sample_t before = take_sample();
    uint64_t start = now_ns();
    for (uint64_t next = start; (double)(now_ns() - start) < secs * 1e9; next += period) {
        while (now_ns() < next) {
            struct timespec pause = {0, (long)(next - now_ns() < 1000000 ? next - now_ns() : 1000000)};
            if (pause.tv_nsec > 0) nanosleep(&pause, 0);
        }
        uint64_t t = now_ns();
        offered++;
        if (send(fd, message, (size_t)put_register(message, base + (int)(offered % (unsigned)ids)), 0) > 0) sent++;
        if (poll(&wait, 1, 300) > 0) {
            ssize_t n = recv(fd, answer, sizeof answer, 0);
            if (n > 0) { sort_answer(answer, (int)n); hist_add(hist, now_ns() - t); }
        }
        while (recv(fd, answer, sizeof answer, MSG_DONTWAIT) > 0) {}
        if (now_ns() > next + period) next = now_ns() - period;
    }
    sample_t after = take_sample();
    report(&before, &after, offered);
}

int main(int count, char **args) {
    int o;
    while ((o = getopt(count, args, "m:p:P:O:t:w:S:W:i:b:R:l:")) != -1) switch (o) {
        case 'm': mode = optarg; break;
        case 'p': port = atoi(optarg); break;
        case 'P': server = atoi(optarg); break;
        case 'O': own = atoi(optarg); break;
        case 't': secs = atof(optarg); break;
        case 'w': warm = atof(optarg); break;
        case 'S': sockets = atoi(optarg); break;
        case 'W': window = atoi(optarg); break;
        case 'i': ids = atoi(optarg); break;
        case 'b': base = atoi(optarg); break;
        case 'R': rate = atoi(optarg); break;
        case 'l': label = optarg; break;
        default: return 2;
    }
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (is("once")) run_once();
    else if (is("probe")) run_probe();
    else run_flood();
    return 0;
}
