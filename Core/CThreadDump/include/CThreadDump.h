#ifndef ALMANAC_CTHREADDUMP_H
#define ALMANAC_CTHREADDUMP_H

/// The kernel's id of the calling thread, as `almanac_dump_threads` writes it.
int almanac_thread_id(void);

/// Writes to `descriptor` what the kernel knows of each thread of the process, a line each: its id, name, state, time on
/// a processor, and in which function of the kernel and which system call it is.
///
/// It takes no lock and no memory, calls nothing that might, and interrupts nobody.
void almanac_dump_threads(int descriptor);

/// Ends the process with `code` after so many seconds, whatever its threads are doing.
void almanac_exit_within(unsigned int seconds, int code);

#endif
