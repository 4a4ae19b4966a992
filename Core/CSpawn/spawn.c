// Programs that tests start. What glibc has beyond POSIX is not seen from Swift.

#define _GNU_SOURCE
#include "include/CSpawn.h"

#include <signal.h>
#include <spawn.h>

int almanac_spawn(
    int *id, const char *path, char *const arguments[], char *const environment[], const char *folder, int input,
    int output, int errors) {
    posix_spawn_file_actions_t actions;
    int code = posix_spawn_file_actions_init(&actions);
    if (code != 0) return code;
    posix_spawnattr_t attributes;
    code = posix_spawnattr_init(&attributes);
    if (code != 0) {
        posix_spawn_file_actions_destroy(&actions);
        return code;
    }
    sigset_t none;
    sigemptyset(&none);
    if ((code = posix_spawn_file_actions_adddup2(&actions, input, 0)) == 0
        && (code = posix_spawn_file_actions_adddup2(&actions, output, 1)) == 0
        && (code = posix_spawn_file_actions_adddup2(&actions, errors, 2)) == 0
        && (code = posix_spawn_file_actions_addclosefrom_np(&actions, 3)) == 0
        && (code = posix_spawn_file_actions_addchdir_np(&actions, folder)) == 0
        && (code = posix_spawnattr_setsigmask(&attributes, &none)) == 0
        && (code = posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK)) == 0) {
        pid_t child;
        code = posix_spawn(&child, path, &actions, &attributes, arguments, environment);
        if (code == 0) *id = child;
    }
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&actions);
    return code;
}
