// recordgen: pieces of recordings, to a disk or to a server. Prints one line of JSON.
//   -m disk    pieces of -b bytes into one file a writer (-S threads, folder -d), which begins anew now and then;
//              -f each: flushed after each piece; -f file: a new file for each piece, flushed; at -r a second on each
//   -m chunks  Socket.IO chunks of -b bytes on -S connections, a recording each; -W of them under way on each, or at
//              -r a second on each, timed from when they were due; -n: ends after so many on each
//   -m upload  parts of -b bytes by POST /api/record on -S connections, a recording each
//   -m put     files of -b bytes by PUT on -S connections
//   -m finish  the files given as arguments, in order, as chunks of one recording -u; then the time to its end
#include "bench.h"
#include <ctype.h>
#include <pthread.h>
#include <sys/stat.h>

enum { ROOM = 8192, STEP = 10, MOST_WAITING = 256 };
static const uint64_t RING = 128ull << 20;
static int port, server, own, sockets = 8, window = 2, bytes = 1 << 20;
static long long most;
static double secs = 2, warm = 1, rate;
static const char *mode = "chunks", *flush_how = "each", *folder = ".", *name = "bench";
static uint8_t *body;
static uint64_t begun, measured, until, done_bytes, ok, bad, hist[HIST];
static char complaint[256];

static void count(uint64_t size, uint64_t since, int good) {
    if (!good) { bad++; return; }
    if (!measured || now_ns() > until) return;
    ok++;
    done_bytes += size;
    hist_add(hist, (now_ns() - since) / STEP);
}

static int is_over(void) {
    uint64_t t = now_ns();
    return measured && t > until;
}

// ---- the disk alone ----
static void *write_disk(void *argument) {
    long n = (long)argument;
    char path[512];
    snprintf(path, sizeof path, "%s/disk-%ld", folder, n);
    int is_each = !strcmp(flush_how, "each"), is_file = !strcmp(flush_how, "file"), number = 0;
    int fd = is_file ? -1 : open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600);
    uint64_t at = 0, local = 0, pieces = 0, due = now_ns() + (rate > 0 ? (uint64_t)(1e9 / rate * (double)n / sockets) : 0);
    while (!__atomic_load_n(&measured, __ATOMIC_RELAXED) || now_ns() < until) {
        if (is_file) {
            snprintf(path, sizeof path, "%s/disk-%ld-%d", folder, n, number++);
            fd = open(path, O_CREAT | O_WRONLY | O_TRUNC, 0600);
            at = 0;
        }
        if (!is_file && at >= RING) {
            if (ftruncate(fd, 0)) die("ftruncate");
            at = 0;
        }
        uint64_t since = now_ns();
        if (rate > 0) {
            if (since < due) usleep((useconds_t)((due - since) / 1000));
            since = due;
            due += (uint64_t)(1e9 / rate);
        }
        if (fd < 0 || pwrite(fd, body, (size_t)bytes, (off_t)at) != bytes) die("pwrite");
        if ((is_each || is_file) && fdatasync(fd)) die("fdatasync");
        if (is_file) close(fd);
        at += (uint64_t)bytes;
        uint64_t t = now_ns();
        if (__atomic_load_n(&measured, __ATOMIC_RELAXED) && t < until) {
            local += (uint64_t)bytes;
            pieces++;
            __atomic_fetch_add(&hist[(t - since) / 1000 / STEP < HIST ? (t - since) / 1000 / STEP : HIST - 1], 1, __ATOMIC_RELAXED);
        }
    }
    if (!is_file) close(fd);
    __atomic_fetch_add(&done_bytes, local, __ATOMIC_RELAXED);
    __atomic_fetch_add(&ok, pieces, __ATOMIC_RELAXED);
    return NULL;
}

// ---- connections ----
typedef struct {
    int fd, got, is_new, waiting, first, number, head_size;
    uint64_t due[MOST_WAITING], sent, size, at, next_due, saved;
    char head[1024], in[ROOM];
} link_t;

static const uint8_t mask[4] = {0x37, 0xfa, 0x21, 0x3d};
static int has_finished;

static int frame_head(uint8_t *at, int opcode, uint64_t length) {
    int n = 0;
    at[n++] = (uint8_t)(0x80 | opcode);
    if (length < 126) at[n++] = (uint8_t)(0x80 | length);
    else if (length < 65536) { at[n++] = 0x80 | 126; at[n++] = (uint8_t)(length >> 8); at[n++] = (uint8_t)length; }
    else {
        at[n++] = 0x80 | 127;
        for (int i = 7; i >= 0; i--) at[n++] = (uint8_t)(length >> (8 * i));
    }
    memcpy(at + n, mask, 4);
    return n + 4;
}

static int put_text_frame(uint8_t *at, const char *text) {
    int length = (int)strlen(text), n = frame_head(at, 1, (uint64_t)length);
    for (int i = 0; i < length; i++) at[n + i] = (uint8_t)text[i] ^ mask[i & 3];
    return n + length;
}

static void send_all(int fd, const void *data, size_t size) {
    const uint8_t *at = data;
    while (size) {
        ssize_t n = send(fd, at, size, MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) { struct pollfd p = {fd, POLLOUT, 0}; poll(&p, 1, 1000); continue; }
        if (n <= 0) die("send");
        at += n;
        size -= (size_t)n;
    }
}

static void send_text(link_t *l, const char *text) {
    uint8_t frame[1024];
    send_all(l->fd, frame, (size_t)put_text_frame(frame, text));
}

static int is_chunks(void) { return !strcmp(mode, "chunks") || !strcmp(mode, "finish"); }
static int is_upload(void) { return !strcmp(mode, "upload"); }

static void record_id(const link_t *l, char *to, size_t room) {
    if (is_upload()) snprintf(to, room, "incoming_%d_20261121093000123_display0_vp9.webm", 100000000 + l->number);
    else if (!strcmp(mode, "finish")) snprintf(to, room, "%s", name);
    else snprintf(to, room, "%s-%d", name, l->number);
}

// What stands in front of the next piece's bytes.
static void prepare(link_t *l, uint64_t size) {
    char id[128];
    record_id(l, id, sizeof id);
    if (is_chunks()) {
        char text[512];
        snprintf(text, sizeof text, "451-/recording,[\"chunk\",{\"recordId\":\"%s\",\"chunk\":{\"_placeholder\":true,\"num\":0}}]", id);
        l->head_size = put_text_frame((uint8_t *)l->head, text);
        l->head_size += frame_head((uint8_t *)l->head + l->head_size, 2, size);
    } else if (is_upload() && l->at >= RING) {
        // Begun anew, so that pages are new, as those of a recording are.
        l->head_size = snprintf(l->head, sizeof l->head,
            "POST /api/record?type=new&file=%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: 0\r\n\r\n", id, port);
        l->at = size = 0;
        l->is_new = 1;
    } else if (is_upload()) {
        l->head_size = snprintf(l->head, sizeof l->head,
            "POST /api/record?type=part&file=%s&offset=%llu&length=%llu HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: %llu\r\n\r\n",
            id, (unsigned long long)l->at, (unsigned long long)size, port, (unsigned long long)size);
        l->at += size;
    } else {
        l->head_size = snprintf(l->head, sizeof l->head,
            "PUT /%s-%d HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: %llu\r\n\r\n", id, (int)(l->at / size), port,
            (unsigned long long)size);
        l->at = (l->at + size) % RING;
    }
    l->size = (uint64_t)l->head_size + size;
    l->sent = 0;
}

static int connect_link(link_t *l) {
    int one = 1;
    struct sockaddr_in a = loopback(1, port);
    l->fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(l->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    if (l->fd < 0 || connect(l->fd, (void *)&a, sizeof a)) die("connect");
    return l->fd;
}

static void expect(link_t *l, const char *what) {
    l->got = 0;
    while (1) {
        ssize_t n = recv(l->fd, l->in + l->got, (size_t)(ROOM - 1 - l->got), 0);
        if (n <= 0) { fprintf(stderr, "the server closed instead of %s\n", what); exit(1); }
        l->got += (int)n;
        l->in[l->got] = 0;
        for (int i = 0; i + (int)strlen(what) <= l->got; i++)
            if (!memcmp(l->in + i, what, strlen(what))) { l->got = 0; return; }
        if (l->got == ROOM - 1) { fprintf(stderr, "no %s\n", what); exit(1); }
    }
}

static void begin(link_t *l) {
    char id[128], text[1024];
    connect_link(l);
    record_id(l, id, sizeof id);
    if (is_chunks()) {
        int n = snprintf(text, sizeof text, "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nUpgrade: websocket\r\n"
            "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n", port);
        send_all(l->fd, text, (size_t)n);
        expect(l, "maxPayload");
        send_text(l, "40/recording,");
        expect(l, "40/recording,");
        snprintf(text, sizeof text, "42/recording,[\"start\",{\"recordId\":\"%s\"}]", id);
        send_text(l, text);
        expect(l, "started");
    } else if (is_upload()) {
        int n = snprintf(text, sizeof text, "POST /api/record?type=new&file=%s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Length: 0\r\n\r\n", id, port);
        send_all(l->fd, text, (size_t)n);
        expect(l, "\r\n\r\n");
    }
    fcntl(l->fd, F_SETFL, O_NONBLOCK);
}

static int may_begin(link_t *l) {
    if (l->size || (most && (long long)l->saved + l->waiting >= most)) return 0;
    if (rate > 0) return now_ns() >= l->next_due && l->waiting < MOST_WAITING;
    return l->waiting < (is_chunks() ? window : 1);
}

static void push(link_t *l) {
    for (;;) {
        if (!l->size) {
            if (!may_begin(l)) return;
            uint64_t due = rate > 0 ? l->next_due : now_ns();
            if (rate > 0) l->next_due += (uint64_t)(1e9 / rate);
            l->due[(l->first + l->waiting++) % MOST_WAITING] = due;
            prepare(l, (uint64_t)bytes);
        }
        int is_head = l->sent < (uint64_t)l->head_size;
        const void *from = is_head ? (void *)(l->head + l->sent) : (void *)(body + (l->sent - (uint64_t)l->head_size));
        size_t left = is_head ? (size_t)l->head_size - l->sent : (size_t)(l->size - l->sent);
        // Without a body nothing more comes: the system would hold it back for a fifth of a second.
        ssize_t n = send(l->fd, from, left, MSG_NOSIGNAL | (is_head && l->size > (uint64_t)l->head_size ? MSG_MORE : 0));
        if (n < 0 && errno == EAGAIN) return;
        if (n <= 0) die("send");
        l->sent += (uint64_t)n;
        if (l->sent == l->size) l->size = 0;
    }
}

static void saved(link_t *l, int good) {
    if (!l->waiting) return;
    uint64_t since = l->due[l->first];
    l->first = (l->first + 1) % MOST_WAITING;
    l->waiting--;
    if (l->is_new && good) {
        l->is_new = 0;
        return;
    }
    l->saved++;
    count((uint64_t)bytes, since, good);
}

static void frame(link_t *l, char *text, int length) {
    char kept = text[length];
    text[length] = 0;
    if (!strcmp(text, "2")) send_text(l, "3");
    else if (strstr(text, "\"chunkSaved\"")) saved(l, 1);
    else if (strstr(text, "\"finished\"")) has_finished = 1;
    else if (strstr(text, "Error\"")) {
        if (!*complaint) snprintf(complaint, sizeof complaint, "%.200s", text);
        if (strstr(text, "recordingError")) has_finished = -1;
        else saved(l, 0);
    }
    text[length] = kept;
}

static void frames(link_t *l) {
    int at = 0;
    for (;;) {
        if (l->got - at < 2) break;
        uint8_t *p = (uint8_t *)l->in + at;
        int length = p[1] & 127, head = 2;
        if (length == 126) {
            if (l->got - at < 4) break;
            length = p[2] << 8 | p[3];
            head = 4;
        }
        if (length == 127 || (p[0] & 15) == 8) { fprintf(stderr, "the server closed: %.100s\n", (char *)p + head + 2); exit(1); }
        if (l->got - at < head + length) break;
        frame(l, l->in + at + head, length);
        at += head + length;
    }
    memmove(l->in, l->in + at, (size_t)(l->got - at));
    l->got -= at;
}

static void answers(link_t *l) {
    l->in[l->got] = 0;
    char *end = strstr(l->in, "\r\n\r\n"), *length = strcasestr(l->in, "\r\ncontent-length:");
    if (!end) return;
    int size = (int)(end + 4 - l->in) + (length && length < end ? atoi(length + 17) : 0);
    if (l->got < size) return;
    int good = !strncmp(l->in, "HTTP/1.1 20", 11) && !strstr(l->in, "\"error\"");
    if (!good && !*complaint) snprintf(complaint, sizeof complaint, "%.200s", l->in);
    l->got = 0;
    saved(l, good);
}

static void pull(link_t *l) {
    for (;;) {
        ssize_t n = recv(l->fd, l->in + l->got, (size_t)(ROOM - 2 - l->got), 0);
        if (n < 0 && errno == EAGAIN) return;
        if (n <= 0) { fprintf(stderr, "the server closed a connection\n"); exit(1); }
        l->got += (int)n;
        if (is_chunks()) frames(l);
        else answers(l);
    }
}

static void run_links(void) {
    int loop = epoll_create1(0);
    link_t *links = calloc((size_t)sockets, sizeof *links);
    begun = now_ns();
    for (int i = 0; i < sockets; i++) {
        links[i].number = i;
        begin(&links[i]);
        links[i].next_due = now_ns() + (rate > 0 ? (uint64_t)(1e9 / rate * i / sockets) : 0);
        struct epoll_event e = {EPOLLIN | EPOLLOUT | EPOLLET, {.ptr = &links[i]}};
        if (epoll_ctl(loop, EPOLL_CTL_ADD, links[i].fd, &e)) die("epoll");
    }
    uint64_t up = now_ns();
    sample_t before = {0};
    struct epoll_event events[256];
    for (;;) {
        if (!measured && (double)(now_ns() - up) >= warm * 1e9) {
            before = take_sample();
            ok = bad = done_bytes = 0;
            until = now_ns() + (uint64_t)(secs * 1e9);
            measured = now_ns();
        }
        if (is_over()) break;
        int n = epoll_wait(loop, events, 256, rate > 0 ? 1 : 100);
        for (int i = 0; i < n; i++) { pull(events[i].data.ptr); push(events[i].data.ptr); }
        for (int i = 0; rate > 0 && i < sockets; i++) push(&links[i]);
        int left = sockets;
        for (int i = 0; most && i < sockets; i++) left -= (long long)links[i].saved >= most;
        if (most && !left) break;
    }
    sample_t after = take_sample();
    printf("{\"bytes\":%llu,\"ok\":%llu,\"bad\":%llu,\"p50\":%d,\"p99\":%d,\"max\":%d,", (unsigned long long)done_bytes,
           (unsigned long long)ok, (unsigned long long)bad, hist_at(hist, .5) * STEP, hist_at(hist, .99) * STEP, hist_at(hist, 1) * STEP);
    print_machine(&before, &after, server, own, getpid());
    printf("}\n");
}

static void run_disk(void) {
    static pthread_t threads[1024];
    for (long i = 0; i < sockets && i < 1024; i++) pthread_create(&threads[i], NULL, write_disk, (void *)i);
    usleep((useconds_t)(warm * 1e6));
    sample_t before = take_sample();
    until = now_ns() + (uint64_t)(secs * 1e9);
    __atomic_store_n(&measured, now_ns(), __ATOMIC_RELEASE);
    for (long i = 0; i < sockets && i < 1024; i++) pthread_join(threads[i], NULL);
    sample_t after = take_sample();
    printf("{\"bytes\":%llu,\"ok\":%llu,\"bad\":0,\"p50\":%d,\"p99\":%d,\"max\":%d,", (unsigned long long)done_bytes,
           (unsigned long long)ok, hist_at(hist, .5) * STEP, hist_at(hist, .99) * STEP, hist_at(hist, 1) * STEP);
    print_machine(&before, &after, getpid(), own, getpid());
    printf("}\n");
}

static int read_file(const char *path) {
    int fd = open(path, O_RDONLY), size = 0;
    ssize_t n;
    if (fd < 0) die(path);
    while ((n = read(fd, body + size, (size_t)((32 << 20) - size))) > 0) size += (int)n;
    close(fd);
    for (int i = 0; i < size; i++) body[i] ^= mask[i & 3];
    return size;
}

// Waits until at most so many pieces are under way.
static void settle(link_t *l, int under_way) {
    while (l->waiting > under_way && has_finished >= 0) {
        struct pollfd p = {l->fd, POLLIN, 0};
        poll(&p, 1, 1000);
        pull(l);
    }
}

static void run_finish(char **files, int file_count) {
    static link_t l;
    char text[512];
    uint64_t start = now_ns();
    begin(&l);
    for (int i = 0; i < file_count; i++) {
        int size = read_file(files[i]);
        settle(&l, window - 1);
        l.due[(l.first + l.waiting++) % MOST_WAITING] = now_ns();
        prepare(&l, (uint64_t)size);
        send_all(l.fd, l.head, (size_t)l.head_size);
        send_all(l.fd, body, (size_t)size);
        pull(&l);
    }
    settle(&l, 0);
    uint64_t stored = now_ns();
    sample_t before = take_sample();
    snprintf(text, sizeof text, "42/recording,[\"stop\",{\"recordId\":\"%s\",\"chunks\":%d}]", name, file_count);
    send_text(&l, text);
    while (!has_finished) {
        struct pollfd p = {l.fd, POLLIN, 0};
        poll(&p, 1, 1000);
        pull(&l);
    }
    sample_t after = take_sample();
    printf("{\"ok\":%d,\"bad\":%llu,\"stored\":%.3f,", has_finished > 0, (unsigned long long)bad, (double)(stored - start) / 1e9);
    print_machine(&before, &after, server, own, getpid());
    printf("}\n");
}

int main(int argument_count, char **args) {
    int o;
    while ((o = getopt(argument_count, args, "m:p:P:O:t:w:S:W:b:r:n:f:d:u:")) != -1) switch (o) {
        case 'm': mode = optarg; break;
        case 'p': port = atoi(optarg); break;
        case 'P': server = atoi(optarg); break;
        case 'O': own = atoi(optarg); break;
        case 't': secs = atof(optarg); break;
        case 'w': warm = atof(optarg); break;
        case 'S': sockets = atoi(optarg); break;
        case 'W': window = atoi(optarg); break;
        case 'b': bytes = atoi(optarg); break;
        case 'r': rate = atof(optarg); break;
        case 'n': most = atoll(optarg); break;
        case 'f': flush_how = optarg; break;
        case 'd': folder = optarg; break;
        case 'u': name = optarg; break;
        default: return 2;
    }
    body = malloc(32 << 20);
    // A WebM header, so that it passes for the beginning of a recording; then what does not compress.
    static const uint8_t head[] = {0x1a, 0x45, 0xdf, 0xa3, 0x9f, 0x42, 0x86, 0x81, 1, 0x42, 0xf7, 0x81, 1, 0x42, 0xf2, 0x81, 4,
        0x42, 0xf3, 0x81, 8, 0x42, 0x82, 0x84, 'w', 'e', 'b', 'm', 0x42, 0x87, 0x81, 4, 0x42, 0x85, 0x81, 2};
    uint32_t x = 2463534242u;
    for (int i = 0; i < (32 << 20); i++) {
        x ^= x << 13; x ^= x >> 17; x ^= x << 5;
        body[i] = i < (int)sizeof head ? head[i] : (uint8_t)x;
    }
    if (!strcmp(mode, "chunks")) for (int i = 0; i < bytes; i++) body[i] ^= mask[i & 3];
    if (!strcmp(mode, "disk")) run_disk();
    else if (!strcmp(mode, "finish")) run_finish(args + optind, argument_count - optind);
    else run_links();
    if (*complaint) fprintf(stderr, "%s\n", complaint);
    return 0;
}
