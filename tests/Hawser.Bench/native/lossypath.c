// lossypath -d MS -l PERCENT -s SEED [-r KBIT] -- PROGRAM ARGS... -- PROGRAM ARGS...
// Runs two programs in network namespaces of their own, 10.77.0.1 and 10.77.0.2, joined by a path that delays every
// packet and loses some, the same for all protocols; with -r each way carries that many kilobits a second, and what would wait
// longer than 200 ms for its turn is lost, as at a good home router. Ends when both have; the namespaces end with them. Needs root.
#include "bench.h"
#include <linux/if_tun.h>
#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>

enum { PACKET = 1600, QUEUE = 1 << 15 };
struct packet { uint64_t due; int length; char bytes[PACKET]; };
struct way { struct packet *ring; unsigned head, tail; int from, to; long carried, lost; uint64_t free; };

static void set(int fd, struct ifreq *request, unsigned long what, const char *address) {
    struct sockaddr_in *in = (void *)&request->ifr_addr;
    memset(in, 0, sizeof *in);
    in->sin_family = AF_INET;
    inet_pton(AF_INET, address, &in->sin_addr);
    if (ioctl(fd, what, request)) die("ioctl");
}

// In a new namespace: an interface whose other end is the descriptor.
static int open_path(const char *own, const char *other) {
    if (unshare(CLONE_NEWNET)) die("unshare");
    int tun = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC), fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    struct ifreq request = {.ifr_flags = IFF_TUN | IFF_NO_PI};
    strcpy(request.ifr_name, "path0");
    if (tun < 0 || ioctl(tun, TUNSETIFF, &request)) die("tun");
    set(fd, &request, SIOCSIFADDR, own);
    set(fd, &request, SIOCSIFDSTADDR, other);
    request.ifr_qlen = 20000;
    if (ioctl(fd, SIOCSIFTXQLEN, &request)) die("qlen");
    request.ifr_flags = IFF_UP | IFF_RUNNING | IFF_POINTOPOINT;
    if (ioctl(fd, SIOCSIFFLAGS, &request)) die("up");
    strcpy(request.ifr_name, "lo");
    request.ifr_flags = IFF_UP | IFF_RUNNING;
    if (ioctl(fd, SIOCSIFFLAGS, &request)) die("lo");
    close(fd);
    return tun;
}

static int home;

static pid_t run(char **program) {
    pid_t pid = fork();
    if (pid) return pid;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execvp(program[0], program);
    die(program[0]);
    return -1;
}

static void take(struct way *way, uint64_t delay, double loss, double kbit) {
    for (int i = 0; i < 256 && way->tail - way->head < QUEUE; i++) {
        struct packet *next = &way->ring[way->tail % QUEUE];
        next->length = (int)read(way->from, next->bytes, PACKET);
        if (next->length <= 0) return;
        if (drand48() < loss) { way->lost++; continue; }
        uint64_t now = now_ns();
        if (kbit > 0) {
            uint64_t begin = way->free > now ? way->free : now;
            if (begin - now > 200000000) { way->lost++; continue; }
            now = way->free = begin + (uint64_t)(next->length * 8e6 / kbit);
        }
        next->due = now + delay;
        way->tail++;
    }
}

static void give(struct way *way, uint64_t now) {
    for (; way->head != way->tail && way->ring[way->head % QUEUE].due <= now; way->head++) {
        struct packet *next = &way->ring[way->head % QUEUE];
        if (write(way->to, next->bytes, (size_t)next->length) > 0) way->carried++;
    }
}

int main(int count, char **args) {
    double delay_ms = 25, loss = 1, kbit = 0;
    long seed = 1;
    int o;
    while ((o = getopt(count, args, "+d:l:s:r:O:")) != -1) switch (o) {
        case 'd': delay_ms = atof(optarg); break;
        case 'l': loss = atof(optarg); break;
        case 'r': kbit = atof(optarg); break;
        case 's': seed = atol(optarg); break;
        default: break;
    }
    char **first = args + optind, **second = first;
    while (*second && strcmp(*second, "--")) second++;
    if (!*second) return 2;
    *second++ = NULL;
    srand48(seed);
    home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
    int left = open_path("10.77.0.1", "10.77.0.2");
    pid_t one = run(first);
    if (setns(home, CLONE_NEWNET)) die("setns");
    int right = open_path("10.77.0.2", "10.77.0.1");
    pid_t two = run(second);
    struct way ways[2] = {{.from = left, .to = right}, {.from = right, .to = left}};
    for (int i = 0; i < 2; i++) ways[i].ring = malloc(sizeof(struct packet) * QUEUE);
    uint64_t delay = (uint64_t)(delay_ms * 1e6);
    int status = 0, running = 2;
    while (running > 0) {
        uint64_t now = now_ns(), next = now + 100000000;
        for (int i = 0; i < 2; i++) {
            give(&ways[i], now);
            if (ways[i].head != ways[i].tail && ways[i].ring[ways[i].head % QUEUE].due < next)
                next = ways[i].ring[ways[i].head % QUEUE].due;
        }
        now = now_ns();
        uint64_t rest = next > now ? next - now : 0;
        struct timespec wait = {.tv_sec = (time_t)(rest / 1000000000), .tv_nsec = (long)(rest % 1000000000)};
        struct pollfd polls[2] = {{.fd = left, .events = POLLIN}, {.fd = right, .events = POLLIN}};
        ppoll(polls, 2, &wait, NULL);
        for (int i = 0; i < 2; i++) take(&ways[i], delay, loss / 100, kbit);
        int ended;
        pid_t pid = waitpid(-1, &ended, WNOHANG);
        if (pid > 0) {
            running--;
            if (!WIFEXITED(ended) || WEXITSTATUS(ended)) {
                status = 1;
                kill(one, SIGKILL);
                kill(two, SIGKILL);
            }
        }
    }
    fprintf(stderr, "carried %ld and %ld, lost %ld and %ld\n", ways[0].carried, ways[1].carried, ways[0].lost, ways[1].lost);
    return status;
}
