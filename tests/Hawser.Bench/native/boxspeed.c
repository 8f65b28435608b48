// boxspeed SECONDS BYTES: crypto_secretbox of libsodium on one frame, sealed and opened in place again and again with a
// counter for a nonce, as a session does with every frame. Prints one line of JSON.
#include "bench.h"
#include <sodium.h>

int main(int count, char **args) {
    if (count != 3 || sodium_init() < 0) return 2;
    double limit = atof(args[1]);
    size_t length = (size_t)atol(args[2]);
    unsigned char key[crypto_secretbox_KEYBYTES], nonce[crypto_secretbox_NONCEBYTES] = {0};
    unsigned char *buffer = malloc(crypto_secretbox_MACBYTES + length);
    randombytes_buf(key, sizeof key);
    randombytes_buf(buffer, crypto_secretbox_MACBYTES + length);
    uint64_t frames = 0, counter = 0;
    double cpu = process_cpu(getpid());
    uint64_t start = now_ns(), last = start;
    for (; (double)(last - start) < limit * 1e9; last = now_ns()) {
        for (int i = 0; i < 64; i++, frames++) {
            counter++;
            memcpy(nonce, &counter, sizeof counter);
            crypto_secretbox_easy(buffer, buffer + crypto_secretbox_MACBYTES, length, nonce, key);
            if (crypto_secretbox_open_detached(buffer + crypto_secretbox_MACBYTES, buffer + crypto_secretbox_MACBYTES, buffer, length,
                nonce, key)) return 1;
        }
    }
    cpu = process_cpu(getpid()) - cpu;
    printf("{\"bytes\":%.0f,\"seconds\":%.6f,\"server_cpu\":%.6f}\n", (double)frames * (double)length, (double)(last - start) / 1e9, cpu);
    return 0;
}
