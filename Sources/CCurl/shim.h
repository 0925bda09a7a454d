// SPDX-License-Identifier: Apache-2.0
//
// libcurl for Swift. Swift cannot call C's variadic functions, so each argument type of curl_easy_setopt,
// curl_easy_getinfo and curl_multi_setopt has one function here. No logic.
#pragma once
#include <curl/curl.h>

#if LIBCURL_VERSION_NUM < 0x075700
#error "libcurl 7.87 or later is needed: CURLOPT_QUICK_EXIT keeps slow name lookups from blocking all transfers"
#endif

static inline CURLcode pail_easy_set_long(CURL *easy, CURLoption option, long value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode pail_easy_set_offset(CURL *easy, CURLoption option, curl_off_t value) {
  return curl_easy_setopt(easy, option, value);
}

/// libcurl copies the string.
static inline CURLcode pail_easy_set_string(CURL *easy, CURLoption option, const char *value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode pail_easy_set_pointer(CURL *easy, CURLoption option, void *value) {
  return curl_easy_setopt(easy, option, value);
}

/// libcurl does not copy the list.
static inline CURLcode pail_easy_set_list(CURL *easy, CURLoption option, struct curl_slist *value) {
  return curl_easy_setopt(easy, option, value);
}

/// Also for CURLOPT_HEADERFUNCTION.
static inline CURLcode pail_easy_set_write(CURL *easy, CURLoption option, curl_write_callback value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode pail_easy_set_read(CURL *easy, CURLoption option, curl_read_callback value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode pail_easy_set_seek(CURL *easy, CURLoption option, curl_seek_callback value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode pail_easy_set_progress(CURL *easy, CURLoption option, curl_xferinfo_callback value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode pail_easy_set_prereq(CURL *easy, CURLoption option, curl_prereq_callback value) {
  return curl_easy_setopt(easy, option, value);
}

static inline CURLcode pail_easy_get_long(CURL *easy, CURLINFO info, long *value) {
  return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode pail_easy_get_offset(CURL *easy, CURLINFO info, curl_off_t *value) {
  return curl_easy_getinfo(easy, info, value);
}

static inline CURLcode pail_easy_get_pointer(CURL *easy, CURLINFO info, void **value) {
  return curl_easy_getinfo(easy, info, (char **)value);
}

static inline CURLMcode pail_multi_set_long(CURLM *multi, CURLMoption option, long value) {
  return curl_multi_setopt(multi, option, value);
}

static inline CURLSHcode pail_share_set_long(CURLSH *share, CURLSHoption option, long value) {
  return curl_share_setopt(share, option, value);
}

/// The finished transfer of a message, or CURLE_OK: Swift does not see into the union well.
static inline CURLcode pail_message_result(const CURLMsg *message) { return message->data.result; }
