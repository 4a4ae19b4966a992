#ifndef ALMANAC_CSTOPSIGNALS_H
#define ALMANAC_CSTOPSIGNALS_H

/// Takes SIGTERM and SIGINT over for the whole process. Call it once.
///
/// Returns a descriptor from which one byte can be read for each signal that arrives from now on, however early and in
/// whichever thread; or a negative error number.
int almanac_take_stop_signals(void);

#endif
