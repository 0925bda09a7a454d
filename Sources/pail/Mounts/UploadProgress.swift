// SPDX-License-Identifier: Apache-2.0

import Mount

/// Shows what is left to upload: one line that changes on a terminal, now and then a line elsewhere.
struct UploadProgress {
  private var reports = 0
  private var isShown = false

  /// Called about once a second.
  mutating func show(_ state: MountStatus.State, _ uploads: UploadSummary) {
    reports += 1
    guard let text = UploadProgress.words(state, uploads) else { return }
    if Report.isTerminal {
      Report.progress("pail: \(text)")
      isShown = true
    } else if reports == 3 || reports % 10 == 0 {
      // A script that unmounts within two seconds hears nothing.
      Report.line("pail: \(text)")
    }
  }

  private static func words(_ state: MountStatus.State, _ uploads: UploadSummary) -> String? {
    guard uploads.count > 0 else { return state == .unmounting ? "waiting for files that are open" : nil }
    var text = "\(uploads.count) \(uploads.count == 1 ? "file" : "files") left to upload, "
    text += "\(ByteCount.text(uploads.transferred)) of \(ByteCount.text(uploads.bytes)) sent"
    if uploads.parked > 0 { text += "; \(uploads.parked) cannot be uploaded" }
    return text
  }

  mutating func end() {
    if isShown { Report.progress("") }
    isShown = false
  }
}
