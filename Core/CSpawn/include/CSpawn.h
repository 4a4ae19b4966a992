#ifndef ALMANAC_CSPAWN_H
#define ALMANAC_CSPAWN_H

/// Starts the program at `path` in `folder`, in a process group of its own, with no signal blocked and no file open but
/// the three that become its standard streams.
///
/// Returns 0 and sets `id` to its process id, or returns what `errno` would say.
int almanac_spawn(
    int *id, const char *path, char *const arguments[], char *const environment[], const char *folder, int input,
    int output, int errors);

#endif
