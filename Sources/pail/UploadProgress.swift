// SPDX-License-Identifier: Apache-2.0

import Mount

/// Shows what is left to upload: one line that changes on a terminal, now and then a line elsewhere.
struct UploadProgress {
  private var reports = 0
  private var isShown = false

  /// Called about once a second.
  mutating func show(_ uploads: UploadSummary) {
    reports += 1
    guard uploads.count > 0 else { return }
    var text = "uploading: \(uploads.count) \(uploads.count == 1 ? "file" : "files") left, "
    text += "\(ByteCount.text(uploads.transferred)) of \(ByteCount.text(uploads.bytes)) sent"
    if uploads.parked > 0 { text += "; \(uploads.parked) cannot be uploaded" }
    if Report.isTerminal {
      Report.progress("pail: \(text)")
      isShown = true
    } else if reports == 3 || reports % 10 == 0 {
      // A script that unmounts within two seconds hears nothing.
      Report.line("pail: \(text)")
    }
  }

  mutating func end() {
    if isShown { Report.progress("") }
    isShown = false
  }
}
