#ifndef ALMANAC_PAGE_ASSETS_H
#define ALMANAC_PAGE_ASSETS_H

#include <stddef.h>

/// One file of the folder pages, as it was when the program was built.
struct almanac_page_asset {
    /// Its path in the folder: `console/list.mustache`.
    const char *name;
    /// Its bytes, which stay where they are for as long as the program runs.
    const unsigned char *bytes;
    /// How many there are.
    size_t length;
};

/// The file at an index; one with a name of NULL beyond the last.
struct almanac_page_asset almanac_page_asset(size_t index);

#endif
