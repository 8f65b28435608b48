// The UDP ceiling: one thread, recvmmsg/sendmmsg, answers every datagram with a registration's answer.
// udpecho PORT BATCH
#include "bench.h"

enum { MAX = 256 };

int main(int count, char **args) {
    if (count < 3) return 2;
    int batch = atoi(args[2]), one = 1, size = 4 << 20;
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in a = loopback(1, atoi(args[1]));
    setsockopt(s, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
    setsockopt(s, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    if (batch < 1 || batch > MAX || bind(s, (void *)&a, sizeof a)) die("bind");
    static struct mmsghdr m[MAX];
    static struct iovec v[MAX];
    static char b[MAX][2048];
    static struct sockaddr_in from[MAX];
    for (int i = 0; i < batch; i++) {
        v[i].iov_base = b[i];
        m[i].msg_hdr.msg_iov = &v[i];
        m[i].msg_hdr.msg_iovlen = 1;
        m[i].msg_hdr.msg_name = &from[i];
    }
    for (;;) {
        for (int i = 0; i < batch; i++) {
            v[i].iov_len = sizeof b[i];
            m[i].msg_hdr.msg_namelen = sizeof from[i];
        }
        int k = recvmmsg(s, m, (unsigned)batch, MSG_WAITFORONE, 0);
        for (int i = 0; i < k; i++) {
            b[i][0] = 0x3a;
            b[i][1] = 0;
            v[i].iov_len = 2;
        }
        for (int done = 0; done < k;) {
            int sent = sendmmsg(s, m + done, (unsigned)(k - done), 0);
            if (sent <= 0) break;
            done += sent;
        }
    }
}
