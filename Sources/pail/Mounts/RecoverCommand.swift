// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Mount

struct RecoverCommand: ParsableCommand {
  enum Action: String, ExpressibleByArgument, CaseIterable {
    case list, upload, export
  }

  static let configuration = CommandConfiguration(
    commandName: "recover",
    abstract: "List, upload or export what an old cache directory still holds.",
    discussion: """
      For a cache directory that no mount uses any more. upload brings everything to the bucket that it was written for, or only \
      KEY, and never replaces what somebody else wrote there. What may not be what was written (the machine went down) is uploaded \
      only when its KEY is named. export copies everything to DIR/KEY and leaves the cache directory as it is.
      Exit code 3 when something is left.
      """)

  @Argument(
    help: ArgumentHelp("The cache directory, as pail status names it.", valueName: "cache-dir"), completion: .directory)
  var directory: String

  @Argument(help: "What to do.")
  var action = Action.list

  @Argument(help: ArgumentHelp("A key for upload, a directory for export.", valueName: "key-or-dir"))
  var target: String?

  @Option(help: ArgumentHelp("Give up uploading after so long.", valueName: "seconds"))
  var timeout: Double?

  @Flag(help: "Print the list as JSON.")
  var json = false

  @OptionGroup var store: StoreOptions

  func validate() throws {
    switch action {
    case .list where target != nil: throw ValidationError("list takes no \(target ?? "")")
    case .export where target == nil: throw ValidationError("export wants the directory to copy to")
    default: break
    }
    if let timeout, !(timeout > 0) { throw ValidationError("--timeout wants a number of seconds above 0") }
  }

  func run() throws {
    let recovery = CacheRecovery(directory, environment: .current())
    switch action {
    case .list: try list(recovery)
    case .upload: try upload(recovery)
    case .export: try export(recovery)
    }
  }

  private func list(_ recovery: CacheRecovery) throws {
    print(try Report.failures { () throws(MountFailure) in try recovery.listText(isJSON: json) })
  }

  private func upload(_ recovery: CacheRecovery) throws {
    let (left, unreadable) = try Report.failures { () throws(MountFailure) in
      try recovery.upload(to: settings, key: target, timeout: timeout) { count in
        guard Report.isTerminal else { return }
        Report.progress("pail: \(count) \(count == 1 ? "file" : "files") left …")
      }
    }
    if Report.isTerminal { Report.progress("") }
    for upload in left {
      Report.line(
        "pail: \(ObjectText.printable(upload.key)): \(upload.reason ?? "not uploaded"); kept in \(upload.dataFile)")
    }
    for entry in unreadable { Report.line("pail: \(entry.dataFile): \(entry.reason)") }
    if !left.isEmpty || !unreadable.isEmpty { throw ExitCode(Daemon.exitWithDataLeft) }
  }

  private func export(_ recovery: CacheRecovery) throws {
    let (copied, refused) = try Report.failures { () throws(MountFailure) in try recovery.export(to: target ?? "") }
    for refusal in refused { Report.line("pail: \(ObjectText.printable(refusal.name)): \(refusal.reason)") }
    print("\(copied) \(copied == 1 ? "file" : "files") exported; the cache directory is as it was")
    if !refused.isEmpty { throw ExitCode(Daemon.exitWithDataLeft) }
  }

  private var settings: CacheRecovery.Store {
    var settings = CacheRecovery.Store()
    settings.endpoint = store.address.endpoint
    settings.region = store.address.region
    settings.profile = store.address.profile
    settings.caFile = store.address.caFile
    settings.expectedBucketOwner = store.expectedBucketOwner
    if store.address.addressing != .auto {
      settings.addressing = AddressingOption(rawValue: store.address.addressing.rawValue)
    }
    return settings
  }
}
