// filecopy FROM TO: a file over one TCP connection of the loopback address, with read, write and nothing else: what any
// program that moves files can reach. Blocks of 128 KiB. Prints one line of JSON.
#include "bench.h"
#include <sys/resource.h>
#include <sys/stat.h>

enum { BLOCK = 128 * 1024 };

static void put_all(int fd, const char *at, size_t left) {
    while (left > 0) {
        ssize_t n = write(fd, at, left);
        if (n <= 0) die("write");
        at += n;
        left -= (size_t)n;
    }
}

static void copy(int from, int to) {
    char *block = malloc(BLOCK);
    for (ssize_t n; (n = read(from, block, BLOCK)) != 0;) {
        if (n < 0) die("read");
        put_all(to, block, (size_t)n);
    }
    free(block);
}

int main(int count, char **args) {
    if (count != 3) return 2;
    struct sockaddr_in at = loopback(1, 0);
    socklen_t length = sizeof at;
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (void *)&at, sizeof at) || listen(listener, 1) || getsockname(listener, (void *)&at, &length)) die("listen");
    uint64_t start = now_ns();
    pid_t child = fork();
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        int to = open(args[2], O_WRONLY | O_CREAT | O_TRUNC, 0600), link = accept(listener, NULL, NULL);
        if (to < 0 || link < 0) die("take");
        copy(link, to);
        return 0;
    }
    int from = open(args[1], O_RDONLY), link = socket(AF_INET, SOCK_STREAM, 0), status = 0;
    if (from < 0 || connect(link, (void *)&at, sizeof at)) die("give");
    copy(from, link);
    close(link);
    if (waitpid(child, &status, 0) != child || status) return 1;
    double seconds = (double)(now_ns() - start) / 1e9;
    struct rusage own, other;
    getrusage(RUSAGE_SELF, &own);
    getrusage(RUSAGE_CHILDREN, &other);
    struct timeval times[] = {own.ru_utime, own.ru_stime, other.ru_utime, other.ru_stime};
    double cpu = 0;
    for (int i = 0; i < 4; i++) cpu += (double)times[i].tv_sec + (double)times[i].tv_usec / 1e6;
    struct stat file;
    if (fstat(from, &file)) die("stat");
    printf("{\"bytes\":%lld,\"seconds\":%.6f,\"server_cpu\":%.6f}\n", (long long)file.st_size, seconds, cpu);
    return 0;
}
