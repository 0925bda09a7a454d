// SPDX-License-Identifier: Apache-2.0

internal import CCurl

/// A libcurl easy handle with its error text, used again for one transfer after another.
///
/// Used on its loop's thread only.
final class EasyHandle {
  let raw: UnsafeMutableRawPointer
  private let errorText: UnsafeMutableRawPointer
  /// The first option that libcurl refused since the last reset.
  private(set) var refusal: CURLcode?

  init?() {
    guard let raw = curl_easy_init() else { return nil }
    self.raw = raw
    errorText = .allocate(byteCount: Int(CURL_ERROR_SIZE), alignment: 1)
    reset()
  }

  deinit {
    curl_easy_cleanup(raw)
    errorText.deallocate()
  }

  /// Forgets all options, keeps sessions and shares.
  func reset() {
    curl_easy_reset(raw)
    refusal = nil
    errorText.storeBytes(of: 0, as: UInt8.self)
    note(pail_easy_set_pointer(raw, CURLOPT_ERRORBUFFER, errorText))
  }

  /// What libcurl says of a failure; may hold parts of the URL.
  var failureText: String { String(cString: errorText.assumingMemoryBound(to: CChar.self)) }

  func set(_ option: CURLoption, _ value: Int) { note(pail_easy_set_long(raw, option, value)) }
  func set(_ option: CURLoption, offset value: Int64) { note(pail_easy_set_offset(raw, option, curl_off_t(value))) }
  func set(_ option: CURLoption, _ value: String?) { note(pail_easy_set_string(raw, option, value)) }
  func set(_ option: CURLoption, _ value: UnsafeMutableRawPointer) { note(pail_easy_set_pointer(raw, option, value)) }
  func set(_ option: CURLoption, _ value: UnsafeMutablePointer<curl_slist>?) {
    note(pail_easy_set_list(raw, option, value))
  }
  func set(_ option: CURLoption, write: curl_write_callback) { note(pail_easy_set_write(raw, option, write)) }
  func set(_ option: CURLoption, read: curl_read_callback) { note(pail_easy_set_read(raw, option, read)) }
  func set(_ option: CURLoption, seek: curl_seek_callback) { note(pail_easy_set_seek(raw, option, seek)) }
  func set(_ option: CURLoption, progress: curl_xferinfo_callback) {
    note(pail_easy_set_progress(raw, option, progress))
  }
  func set(_ option: CURLoption, prereq: curl_prereq_callback) { note(pail_easy_set_prereq(raw, option, prereq)) }

  func offset(_ info: CURLINFO) -> Int64 {
    var value: curl_off_t = 0
    return pail_easy_get_offset(raw, info, &value) == CURLE_OK ? Int64(value) : 0
  }

  func long(_ info: CURLINFO) -> Int {
    var value = 0
    return pail_easy_get_long(raw, info, &value) == CURLE_OK ? value : 0
  }

  private func note(_ code: CURLcode) {
    if code != CURLE_OK, refusal == nil { refusal = code }
  }
}
