// SIGTERM and SIGINT as bytes in a pipe.
//
// In C, because a signal handler may do nothing but what signal-safety(7) lists, and Swift promises that for none of its
// own code. The handler is there before anybody reads: what arrives in between waits in the pipe.

#define _GNU_SOURCE
#include "include/CStopSignals.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

static int wake = -1;

static void arrived(int number) {
    int saved = errno;
    unsigned char byte = (unsigned char)number;
    // A pipe that is full holds more signals than anybody reads.
    ssize_t written = write(wake, &byte, 1);
    (void)written;
    errno = saved;
}

int almanac_take_stop_signals(void) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return -errno;
    int flags = fcntl(ends[1], F_GETFL);
    if (flags < 0 || fcntl(ends[1], F_SETFL, flags | O_NONBLOCK) != 0) return -errno;
    wake = ends[1];
    struct sigaction action = {0};
    action.sa_handler = arrived;
    action.sa_flags = SA_RESTART;
    sigemptyset(&action.sa_mask);
    sigset_t both;
    sigemptyset(&both);
    const int numbers[2] = {SIGTERM, SIGINT};
    for (int index = 0; index < 2; index++) {
        if (sigaction(numbers[index], &action, NULL) != 0) return -errno;
        sigaddset(&both, numbers[index]);
    }
    // Whoever started the process may have blocked them.
    pthread_sigmask(SIG_UNBLOCK, &both, NULL);
    return ends[0];
}
