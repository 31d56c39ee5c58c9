/* Delays every fdatasync to what a slow disk needs; LD_PRELOAD it into a database to measure goal G8. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

int fdatasync(int file) {
    static int (*original)(int);
    struct timespec begin, now, rest;
    long delay_us = getenv("SLOW_DISK_US") ? atol(getenv("SLOW_DISK_US")) : 4000, left_us;
    int result;
    if (!original) original = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
    clock_gettime(CLOCK_MONOTONIC, &begin);
    result = original(file);
    clock_gettime(CLOCK_MONOTONIC, &now);
    left_us = delay_us - ((now.tv_sec - begin.tv_sec) * 1000000 + (now.tv_nsec - begin.tv_nsec) / 1000);
    if (left_us > 0) {
        rest.tv_sec = left_us / 1000000;
        rest.tv_nsec = left_us % 1000000 * 1000;
        nanosleep(&rest, NULL);
    }
    return result;
}
