// SPDX-License-Identifier: Apache-2.0

import Records
import WriteBackCache

/// Settings that only make sense together, collected until all are known.
struct OptionDraft {
  var prefix: String?
  var isDelayed: Bool?
  /// Seconds.
  var writeBackDelay: Double?
  /// Seconds.
  var writeBackMaximumAge: Double?

  var recordStore: RecordStoreLocation?
  var recordSchema: String?
  var recordFiles: FileFate?
  /// `MODEL.FIELD`, each.
  var recordFields: [String] = []
  var recordTemplate: PathTemplate?

  /// The delay without `write-back-delay`, in seconds: long enough to swallow the rename that follows most saves.
  static let defaultDelay = 5.0

  /// The most that a file waits that is open or closed again and again, in seconds.
  static let defaultMaximumAge = 300.0

  func finish(_ options: inout MountOptions) throws(MountFailure) {
    if let prefix { options.source = try options.source.with(prefix: prefix) }
    if options.isGuest, options.amplify == nil { throw .usage("guest has no effect: add amplify=FILE") }
    if options.isGuest, options.profile != nil { throw .usage("guest and profile exclude each other; give one") }
    if let writeBackDelay, isDelayed != true {
      throw .usage("write-back-delay=\(writeBackDelay)s has no effect: add write-back=delayed")
    }
    if let writeBackMaximumAge, isDelayed != true {
      throw .usage("write-back-max-age=\(writeBackMaximumAge)s has no effect: add write-back=delayed")
    }
    if isDelayed == true {
      let delay = writeBackDelay ?? OptionDraft.defaultDelay
      if let writeBackMaximumAge, writeBackMaximumAge < delay {
        throw .usage("write-back-max-age=\(writeBackMaximumAge)s is less than the delay of \(delay)s; raise it")
      }
      options.writeBack = .delayed(delay: delay)
      options.writeBackMaximumAge = writeBackMaximumAge ?? max(delay, OptionDraft.defaultMaximumAge)
    }
    options.records = try records(options)
    if options.allowOther, options.allowRoot { throw .usage("allow_other and allow_root exclude each other; give one") }
  }

  private func records(_ options: MountOptions) throws(MountFailure) -> RecordsOption? {
    guard let recordStore else {
      let others = [
        ("records-schema", recordSchema != nil), ("records-files", recordFiles != nil),
        ("records-field", !recordFields.isEmpty),
        ("records-template", recordTemplate != nil),
      ]
      if let name = others.first(where: \.1)?.0 {
        throw .usage("\(name) has no effect: add records=FILE or records=appsync")
      }
      return nil
    }
    if options.amplify == nil {
      if recordStore == .appSync { throw .usage("records=appsync needs a project: add amplify=FILE") }
      if recordSchema == nil { throw .usage("records needs models: add records-schema=FILE, or amplify=FILE") }
    }
    var records = RecordsOption(store: recordStore)
    records.schema = recordSchema
    records.files = recordFiles ?? .keep
    records.attachments.fields = recordFields
    if let recordTemplate { records.attachments.template = recordTemplate }
    return records
  }
}
