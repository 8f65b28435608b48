// hold: opens connections and leaves them, never sending a byte. Prints one line of JSON when all were tried, then waits
// to be killed. A refused or reset one is not tried again.
#include "bench.h"

int main(int count, char **args) {
    int port = 0, host = 1, hosts = 1, want = 1000, opened = 0, failed = 0, o;
    while ((o = getopt(count, args, "p:h:H:n:O:")) != -1) switch (o) {
        case 'p': port = atoi(optarg); break;
        case 'h': host = atoi(optarg); break;
        case 'H': hosts = atoi(optarg); break;
        case 'n': want = atoi(optarg); break;
        default: break;
    }
    struct sockaddr_in to = loopback(1, port);
    uint64_t start = now_ns();
    for (int i = 0; i < want; i++) {
        struct sockaddr_in from = loopback(host + i % hosts, 0);
        int fd = socket(AF_INET, SOCK_STREAM, 0), one = 1;
        if (fd < 0) die("socket");
        setsockopt(fd, SOL_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
        struct timeval limit = {.tv_sec = 2};
        setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
        if (bind(fd, (void *)&from, sizeof from)) die("bind");
        if (connect(fd, (void *)&to, sizeof to)) { failed++; close(fd); } else { opened++; }
    }
    printf("{\"tried\":%d,\"opened\":%d,\"failed\":%d,\"seconds\":%.3f}\n", want, opened, failed,
        (double)(now_ns() - start) / 1e9);
    fflush(stdout);
    for (;;) pause();
}
