#ifndef ALMANAC_CCURL_SHIM_H
#define ALMANAC_CCURL_SHIM_H

#include <curl/curl.h>
#include <string.h>

// Swift cannot call variadic functions: each kind of option and each answer that is needed gets a function of its own.

static inline CURLcode ccurl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_number(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode ccurl_set_list(CURL *handle, CURLoption option, struct curl_slist *list) {
    return curl_easy_setopt(handle, option, list);
}

// Where libcurl writes what went wrong: CURL_ERROR_SIZE bytes that outlive the handle or the next call.
static inline CURLcode ccurl_set_error_buffer(CURL *handle, char *buffer) {
    return curl_easy_setopt(handle, CURLOPT_ERRORBUFFER, buffer);
}

static inline long ccurl_response_code(CURL *handle) {
    long code = 0;
    return curl_easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &code) == CURLE_OK ? code : 0;
}

// Bytes that libcurl reads, and how far it is. They must outlive the transfer.
typedef struct {
    const char *bytes;
    size_t count;
    size_t offset;
} ccurl_upload;

static inline size_t ccurl_read_upload(char *target, size_t size, size_t items, void *source) {
    ccurl_upload *upload = (ccurl_upload *)source;
    size_t left = upload->count - upload->offset;
    size_t room = size * items;
    size_t count = left < room ? left : room;
    if (count > 0) memcpy(target, upload->bytes + upload->offset, count);
    upload->offset += count;
    return count;
}

// What a server says besides its answers goes nowhere: libcurl would write it to standard output.
static inline size_t ccurl_drop(char *bytes, size_t size, size_t items, void *target) {
    (void)bytes;
    (void)target;
    return size * items;
}

static inline CURLcode ccurl_set_upload(CURL *handle, ccurl_upload *upload) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_UPLOAD, 1L);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_READFUNCTION, ccurl_read_upload);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_READDATA, upload);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, ccurl_drop);
    return code;
}

// The last line that a server answered, without its end; libcurl hands out each line of SMTP as a header.
typedef struct {
    char line[512];
    size_t count;
} ccurl_answer;

static inline size_t ccurl_keep_answer(char *bytes, size_t size, size_t items, void *target) {
    ccurl_answer *answer = (ccurl_answer *)target;
    size_t count = size * items;
    size_t kept = count < sizeof(answer->line) ? count : sizeof(answer->line);
    memcpy(answer->line, bytes, kept);
    answer->count = kept;
    return count;
}

static inline CURLcode ccurl_set_answer(CURL *handle, ccurl_answer *answer) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, ccurl_keep_answer);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_HEADERDATA, answer);
    return code;
}

#endif
