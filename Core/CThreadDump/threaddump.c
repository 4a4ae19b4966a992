// What the kernel knows of the threads of this process.
//
// A thread that stands still may hold any lock: the allocator's, the dynamic linker's, the one of a stream. Whoever walked
// the stacks from inside could wait for it for ever. So only system calls are made here, on memory that is there.

#define _GNU_SOURCE
#include "include/CThreadDump.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

int almanac_thread_id(void) { return (int)syscall(SYS_gettid); }

static int exit_code;

static void end(int number) {
    (void)number;
    _exit(exit_code);
}

void almanac_exit_within(unsigned int seconds, int code) {
    exit_code = code;
    struct sigaction action = {0};
    action.sa_handler = end;
    sigemptyset(&action.sa_mask);
    sigaction(SIGALRM, &action, NULL);
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
    alarm(seconds);
}

// MARK: Text

// A line that is being put together; what has no room is left out.
struct line {
    char text[512];
    size_t length;
};

static void add(struct line *line, const char *text) {
    while (*text && line->length < sizeof line->text) line->text[line->length++] = *text++;
}

static void add_number(struct line *line, uint64_t number) {
    char digits[21];
    size_t at = sizeof digits - 1;
    digits[at] = 0;
    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number);
    add(line, digits + at);
}

static void print(int descriptor, const struct line *line) {
    size_t done = 0;
    while (done < line->length) {
        ssize_t count = write(descriptor, line->text + done, line->length - done);
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return;
        done += (size_t)count;
    }
}

// Reads `/proc/self/task/<thread>/<name>` without its line break; empty when there is none.
static void read_fact(const char *thread, const char *name, char *text, size_t size) {
    struct line path = {.length = 0};
    add(&path, "/proc/self/task/");
    add(&path, thread);
    add(&path, "/");
    add(&path, name);
    path.text[path.length < sizeof path.text ? path.length : sizeof path.text - 1] = 0;
    text[0] = 0;
    int file = open(path.text, O_RDONLY | O_CLOEXEC);
    if (file < 0) return;
    ssize_t count = read(file, text, size - 1);
    close(file);
    text[count > 0 ? count : 0] = 0;
    text[strcspn(text, "\n")] = 0;
}

// MARK: Threads

// The state and the time on a processor, from the fields behind the name (proc(5), `/proc/PID/stat`).
static void add_state(struct line *line, const char *thread) {
    char text[512];
    read_fact(thread, "stat", text, sizeof text);
    const char *next = strrchr(text, ')');
    if (!next || next[1] != ' ') return;
    next += 2;
    char state[2] = {*next, 0};
    uint64_t ticks = 0;
    // The state is field 3, the times in user and in kernel mode are fields 14 and 15.
    for (int field = 3; *next && field <= 15; field++) {
        uint64_t value = 0;
        for (; *next && *next != ' '; next++) {
            if (*next >= '0' && *next <= '9') value = value * 10 + (uint64_t)(*next - '0');
        }
        if (*next == ' ') next++;
        if (field >= 14) ticks += value;
    }
    long per_second = sysconf(_SC_CLK_TCK);
    add(line, ": state ");
    add(line, state);
    add(line, ", ");
    add_number(line, ticks * 1000 / (uint64_t)(per_second > 0 ? per_second : 100));
    add(line, " ms on a processor");
}

// Where in the kernel it waits, as far as the kernel tells.
static void add_place(struct line *line, const char *thread) {
    char text[256];
    read_fact(thread, "wchan", text, sizeof text);
    if (text[0] && strcmp(text, "0") != 0) {
        add(line, ", waits in ");
        add(line, text);
    }
    // `NUMBER ARGUMENTS… STACK PLACE`, or `running`; -1 for a wait outside of a system call.
    read_fact(thread, "syscall", text, sizeof text);
    text[strcspn(text, " ")] = 0;
    if (text[0] >= '0' && text[0] <= '9') {
        add(line, ", system call ");
        add(line, text);
    }
}

static void print_thread(int descriptor, const char *thread) {
    struct line line = {.length = 0};
    char name[64];
    read_fact(thread, "comm", name, sizeof name);
    add(&line, "thread ");
    add(&line, thread);
    add(&line, " (");
    add(&line, name);
    add(&line, ")");
    add_state(&line, thread);
    add_place(&line, thread);
    add(&line, "\n");
    print(descriptor, &line);
}

// An entry of a folder as getdents64(2) has it, which opendir(3) would need memory for.
struct entry {
    uint64_t inode;
    int64_t next;
    uint16_t size;
    uint8_t type;
    char name[];
};

void almanac_dump_threads(int descriptor) {
    int folder = open("/proc/self/task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0) return;
    _Alignas(struct entry) char entries[4096];
    for (;;) {
        long count = syscall(SYS_getdents64, folder, entries, sizeof entries);
        if (count <= 0) break;
        for (long at = 0; at < count;) {
            const struct entry *entry = (const struct entry *)(entries + at);
            if (entry->name[0] >= '0' && entry->name[0] <= '9') print_thread(descriptor, entry->name);
            at += entry->size;
        }
    }
    close(folder);
}
