// SPDX-License-Identifier: Apache-2.0

import WriteBackCache

/// Settings that only make sense together, collected until all are known.
struct OptionDraft {
  var prefix: String?
  var isDelayed: Bool?
  /// Seconds.
  var writeBackDelay: Double?

  /// The delay without `write-back-delay`, in seconds: long enough to swallow the rename that follows most saves.
  static let defaultDelay = 5.0

  func finish(_ options: inout MountOptions) throws(MountFailure) {
    if let prefix { options.source = try MountSource(options.source, prefix: prefix) }
    if let writeBackDelay, isDelayed != true {
      throw .usage("write-back-delay=\(writeBackDelay)s has no effect: add write-back=delayed")
    }
    if isDelayed == true { options.writeBack = .delayed(delay: writeBackDelay ?? OptionDraft.defaultDelay) }
    if options.allowOther, options.allowRoot { throw .usage("allow_other and allow_root exclude each other; give one") }
  }
}
