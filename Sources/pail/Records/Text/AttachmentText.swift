// SPDX-License-Identifier: Apache-2.0

import Records

/// What commands say of files that were attached or detached.
enum AttachmentText {
  /// - Parameters:
  ///   - paths: that were attached; nil when some were detached.
  ///   - leftBehind: files that could not be deleted.
  static func show(_ record: Record, paths: [String]? = nil, leftBehind: [String], isJSON: Bool) {
    if isJSON {
      var line: [String: RecordValue] = [
        "record": RecordText.value(record), "leftBehind": .list(leftBehind.map { .string($0) }),
      ]
      if let paths { line["paths"] = .list(paths.map { .string($0) }) }
      print(RecordValue.object(line).json())
    } else if let paths {
      for path in paths { print("attached: \(ObjectText.printable(path))") }
    } else {
      print("detached: \(RecordText.name(record))")
    }
    for path in leftBehind {
      Report.line("pail: \(ObjectText.printable(path)) could not be deleted just now; `pail records repair` does it")
    }
  }
}
