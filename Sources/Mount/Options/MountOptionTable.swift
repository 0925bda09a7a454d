// SPDX-License-Identifier: Apache-2.0

import Logging
import Records
import WriteBackCache

/// One option: its name with hyphens, what `--help` says, and what it does.
package struct MountOptionDefinition: Sendable {
  enum Argument: Sendable {
    case flag(@Sendable (inout MountOptions) -> Void)
    /// `expected` words the values; the closure returns false for any other.
    case value(expected: String, @Sendable (String, inout MountOptions, inout OptionDraft) -> Bool)
  }

  package let name: String
  package let help: String
  let argument: Argument

  static func flag(
    _ name: String, _ help: String, _ apply: @escaping @Sendable (inout MountOptions) -> Void
  ) -> MountOptionDefinition {
    MountOptionDefinition(name: name, help: help, argument: .flag(apply))
  }

  static func value(
    _ name: String, _ expected: String, _ help: String,
    _ apply: @escaping @Sendable (String, inout MountOptions, inout OptionDraft) -> Bool
  ) -> MountOptionDefinition {
    MountOptionDefinition(name: name, help: help, argument: .value(expected: expected, apply))
  }

  /// "name=VALUE" or "name".
  package var usage: String {
    if case .value(let expected, _) = argument { "\(name)=\(expected)" } else { name }
  }
}

/// Every option there is.
package enum MountOptionTable {
  package static let definitions = store + records + access + cache + process

  static let byName = Dictionary(uniqueKeysWithValues: definitions.map { ($0.name, $0) })

  /// Names that mount(8), systemd and other systems use and that mean nothing to a bucket; compared with hyphens.
  static let ignored: Set<String> = [
    "-netdev", "nofail", "fail", "user", "nouser", "users", "owner", "group", "dev", "nodev", "suid", "nosuid", "exec",
    "noexec", "auto", "noauto", "atime", "noatime", "nodiratime", "relatime", "norelatime", "strictatime", "lazytime",
    "nolazytime", "async", "defaults", "comment",
  ]

  private static let store: [MountOptionDefinition] = [
    .value(
      "amplify", "FILE", "amplify_outputs.json: SOURCE is a bucket's friendly name, none mounts all of the project"
    ) {
      value, options, _ in
      options.amplify = value
      return true
    },
    .flag("guest", "mount as a guest of the project, also when somebody is signed in") { $0.isGuest = true },
    .value("endpoint", "http(s)://HOST[:PORT]", "address of the store; AWS when neither option nor environment says so")
    {
      value, options, _ in
      guard EndpointOption.isValid(value) else { return false }
      options.endpoint = value
      return true
    },
    .value("region", "NAME", "region of the bucket") { value, options, _ in
      options.region = value
      return true
    },
    .value("profile", "NAME", "profile in ~/.aws/config and ~/.aws/credentials") { value, options, _ in
      options.profile = value
      return true
    },
    .value("prefix", "a/b", "mount only what is below this prefix") { value, _, draft in
      draft.prefix = value
      return true
    },
    .value("addressing", "auto|path|virtual", "where the bucket name stands in URLs") { value, options, _ in
      guard let addressing = AddressingOption(rawValue: value) else { return false }
      options.addressing = addressing
      return true
    },
    .value("expected-bucket-owner", "ACCOUNT", "fail when the bucket belongs to another account") { value, options, _ in
      options.expectedBucketOwner = value
      return true
    },
    .value("ca-file", "FILE", "certificates to trust instead of the system's") { value, options, _ in
      options.caFile = value
      return true
    },
  ]

  private static let records: [MountOptionDefinition] = [
    .value("records", "appsync|FILE", "show records as .records/MODEL/ID: of the project, or of a SQLite file") {
      value, _, draft in
      draft.recordStore = RecordStoreLocation(value)
      return draft.recordStore != nil
    },
    .value("records-schema", "FILE", "the models of the records; those of the project when left out") {
      value, _, draft in
      draft.recordSchema = value
      return true
    },
    .value("records-files", "keep|delete", "what becomes of files whose link or record is removed") { value, _, draft in
      guard value == "keep" || value == "delete" else { return false }
      draft.recordFiles = value == "keep" ? .keep : .delete
      return true
    },
    .value("records-field", "MODEL.FIELD", "a field that holds paths of files, whatever its name; may be repeated") {
      value, _, draft in
      guard value.split(separator: ".", omittingEmptySubsequences: false).count == 2 else { return false }
      draft.recordFields.append(value)
      return true
    },
    .value("records-template", "images/{id}-{name}", "where attached files are put in the bucket") { value, _, draft in
      draft.recordTemplate = try? PathTemplate(value)
      return draft.recordTemplate != nil
    },
  ]

  private static let access: [MountOptionDefinition] = [
    .flag("ro", "read only") { $0.readOnly = true },
    .flag("rw", "read and write (the default)") { $0.readOnly = false },
    .value("uid", "NUMBER", "owner of files without a stored one") { value, options, _ in
      options.uid = OptionValue.identifier(value)
      return options.uid != nil
    },
    .value("gid", "NUMBER", "group of files without a stored one") { value, options, _ in
      options.gid = OptionValue.identifier(value)
      return options.gid != nil
    },
    .value("umask", "022", "permission bits to take from 0666 and 0777, octal") { value, options, _ in
      guard let bits = OptionValue.permissions(value) else { return false }
      options.umask = bits
      return true
    },
    .value("file-mode", "644", "permission bits of files, octal") { value, options, _ in
      options.fileMode = OptionValue.permissions(value)
      return options.fileMode != nil
    },
    .value("dir-mode", "755", "permission bits of directories, octal") { value, options, _ in
      options.directoryMode = OptionValue.permissions(value)
      return options.directoryMode != nil
    },
    .flag("allow-other", "let other users in") { $0.allowOther = true },
    .flag("allow-root", "let root in") { $0.allowRoot = true },
    .flag("default-permissions", "let the kernel check permission bits") { $0.defaultPermissions = true },
    .flag("nonempty", "mount over a directory that has entries") { $0.allowsNonEmpty = true },
  ]

  private static let cache: [MountOptionDefinition] = [
    .value("cache-dir", "DIR", "where written data waits for its upload") { value, options, _ in
      options.cacheDirectory = value
      return true
    },
    .value("write-back", "close|delayed", "close waits for the upload, or uploads follow later") { value, _, draft in
      guard value == "close" || value == "delayed" else { return false }
      draft.isDelayed = value == "delayed"
      return true
    },
    .value("write-back-delay", "5s", "how much later (write-back=delayed)") { value, _, draft in
      draft.writeBackDelay = OptionValue.duration(value)
      return draft.writeBackDelay.map { $0 <= 86_400 } ?? false
    },
    .value(
      "write-back-max-age", "5m", "files still open or closed over and over are uploaded then (write-back=delayed)"
    ) {
      value, _, draft in
      draft.writeBackMaximumAge = OptionValue.duration(value)
      return draft.writeBackMaximumAge.map { $0 > 0 && $0 <= 86_400 } ?? false
    },
    .value("cache-size", "SIZE (at least 64M)", "most bytes in the cache directory; no limit when left out") {
      value, options, _ in
      guard let bytes = OptionValue.size(value), bytes >= MountOptions.leastCacheSize else { return false }
      options.quota.size = bytes
      return true
    },
    .value(
      "cache-min-free", "SIZE or 5%", "room on the cache's disk that is left to others; 5%, at most 1G, when left out"
    ) {
      value, options, _ in
      guard let reserve = OptionValue.reserve(value) else { return false }
      options.quota.reserve = reserve
      return true
    },
    .value("conflict", "copy|park", "what lost its name to another client is published beside it, or kept in the cache")
    {
      value, options, _ in
      guard value == "copy" || value == "park" else { return false }
      options.keepsConflictCopies = value == "copy"
      return true
    },
    .value("metadata-ttl", "1s", "how long names and attributes are believed") { value, options, _ in
      guard let seconds = OptionValue.duration(value), seconds <= 86_400 else { return false }
      options.metadataTimeToLive = seconds
      return true
    },
    .value("part-size", "8M (5M to 5G)", "bytes of a part of a multipart upload") { value, options, _ in
      guard let bytes = OptionValue.size(value), bytes >= 5 << 20, bytes <= 5 << 30 else { return false }
      options.partSize = bytes
      return true
    },
    .value("concurrency", "8 (1 to 256)", "parts of a file that move at once") { value, options, _ in
      guard let count = OptionValue.number(Substring(value)), (1...256).contains(count) else { return false }
      options.concurrency = Int(count)
      return true
    },
    .value("read-memory", "128M (at least 16M)", "memory for read-ahead") { value, options, _ in
      guard let bytes = OptionValue.size(value), bytes >= MountOptions.leastReadMemory, bytes <= 1 << 40 else {
        return false
      }
      options.readMemory = bytes
      return true
    },
  ]

  private static let process: [MountOptionDefinition] = [
    .flag("foreground", "stay in the foreground, log to stderr") { $0.foreground = true },
    .value("log-file", "FILE", "append the log to a file instead of syslog") { value, options, _ in
      options.logFile = value
      return true
    },
    .value("log-level", "trace|debug|info|notice|warning|error|critical", "how much is logged") { value, options, _ in
      guard let level = Logger.Level(rawValue: value) else { return false }
      options.logLevel = level
      return true
    },
  ]
}
