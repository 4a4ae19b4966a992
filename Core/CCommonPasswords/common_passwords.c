#include "common_passwords.h"

// #embed is C23; this compiler also takes it in earlier modes and says so.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char list[] = {
#embed "common-passwords.txt"
};

const unsigned char *almanac_common_passwords(size_t *length) {
    *length = sizeof list;
    return list;
}
