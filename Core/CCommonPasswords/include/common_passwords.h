#ifndef ALMANAC_COMMON_PASSWORDS_H
#define ALMANAC_COMMON_PASSWORDS_H

#include <stddef.h>

/// The bytes of common-passwords.txt: lower-case ASCII, one password a line, sorted by bytes, each line ended by \n.
///
/// They stay where they are for as long as the program runs; `length` receives how many there are.
const unsigned char *almanac_common_passwords(size_t *length);

#endif
