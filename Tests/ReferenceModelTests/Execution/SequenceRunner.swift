// SPDX-License-Identifier: Apache-2.0
//
// Runs a sequence on the product and on the model, and compares them after every step.
//
// For: the tests and the shrinker. State: one daemon at a time, the model, the program's side; one thread that may block, no
// cooperative one. After each step the background is waited for; then the outcome, the list of what is not uploaded, and every byte
// of the bucket are compared. At the end everything is uploaded, and a new mount with an empty cache must show just that.
// What can go wrong: a difference, as text that names the step.

import Glibc
import S3Client
import TestSupport
import VFS
import WriteBackCache

final class SequenceRunner {
  /// Where product and model differ.
  struct Divergence: Error, CustomStringConvertible {
    /// From 0; the count of steps for the end.
    var step: Int
    var description: String
  }

  private let store: any ModelStore
  private var model: ReferenceModel
  private var daemon: ModelDaemon
  private let kernel: ModelKernel
  private var conflictNames = ConflictNames()
  /// Uploads that a killed daemon left open.
  private var leftUploads: Set<String> = []
  /// Renames of directories that an outage has stopped half-way. Until it is over their names give its error (SEMANTICS, "Names and
  /// directories").
  private var unsettled: [UnsettledRename] = []
  /// With a mount of its own at the end, which takes as long as everything else.
  private let isThorough: Bool

  init(_ store: any ModelStore, _ model: ReferenceModel, isThorough: Bool) throws {
    self.isThorough = isThorough
    self.store = store
    self.model = model
    daemon = try ModelDaemon(store, model.mode, isPartial: model.isPartial)
    kernel = ModelKernel(daemon.files)
  }

  deinit { daemon.end() }

  /// Runs `sequence`. Nil when product and model agree.
  static func run(
    _ sequence: ModelSequence, on store: any ModelStore, model: ReferenceModel? = nil, isThorough: Bool = true
  ) -> Divergence? {
    var step = 0
    do {
      let wholeSize = sequence.isPartial ? Int(store.partSize) : nil
      let runner = try SequenceRunner(
        store, model ?? ReferenceModel(mode: sequence.mode, partSize: store.partSize, wholeSize: wholeSize),
        isThorough: isThorough)
      for operation in sequence.operations {
        if let text = try runner.step(operation) { return Divergence(step: step, description: "\(operation): \(text)") }
        step += 1
      }
      return try runner.finish().map { Divergence(step: step, description: "at the end: \($0)") }
    } catch {
      return Divergence(step: step, description: "\(error)")
    }
  }

  private func step(_ operation: ModelOperation) throws -> String? {
    switch operation {
    case .put(let path, let length, let seed):
      let bytes = ModelOperation.bytes(length, seed)
      if model.remotePut(path, bytes) == .done { try store.put(path, bytes) }
    case .delete(let path):
      if model.remoteDelete(path) == .done { try store.delete(path) }
    case .outage(let kind):
      model.outage = kind
      daemon.line.setOutage(kind)
    case .recover:
      unsettled = []
      model.outage = nil
      daemon.line.setOutage(nil)
    case .blip(let kind, let count): daemon.line.setBlip(kind, count: count)
    case .crash(let isOffline): try crash(isOffline: isOffline)
    case .drain:
      unsettled = []
      model.outage = nil
      daemon.line.setOutage(nil)
      try daemon.drain()
    case .check:
      if let text = try checkTree() { return text }
    default:
      if let text = compare(operation) { return text }
    }
    return model.mode == .racing ? nil : try settle()
  }

  private func compare(_ operation: ModelOperation) -> String? {
    let before = model
    var courses = model.courses
    var expected: [[Outcome]] = []
    for index in courses.indices { expected.append(courses[index].perform(operation)) }
    model = courses[0]
    if expected[0] == [.skipped] { return nil }
    guard var seen = kernel.perform(operation) else { return nil }
    if case .names(let names) = seen, case .readdir(let path) = operation { seen = .names(plain(names, in: path)) }
    if let course = expected.firstIndex(where: { $0.contains(seen) }) {
      model = courses[course]
      if case .rename(let from, let to) = operation, seen == model.refusal.map({ .failed($0) }) {
        unsettled.append(UnsettledRename(from: from, to: to))
      }
      return nil
    }
    if seen == before.refusal.map({ .failed($0) }), unsettled.contains(where: { $0.concerns(operation) }) {
      model = before
      return nil
    }
    return "must be \(expected.joined().map(\.description).joined(separator: " or ")), is \(seen)"
  }

  private func plain(_ names: [String], in path: String) -> [String] {
    let prefix = path.isEmpty ? "" : path + "/"
    return conflictNames.plain(names.map { prefix + $0 }).map { String($0.dropFirst(prefix.count)) }.sorted()
  }

  /// Waits for the background and looks at what it did.
  private func settle() throws -> String? {
    let pending = try daemon.settle()
    let keys = conflictNames.plain(pending.map(\.key))
    if model.outage == .lost {
      let contents = try store.contents()
      let paths = contents.keys.sorted()
      model.settleLost(
        Dictionary(zip(conflictNames.plain(paths), paths.map { contents[$0] ?? [] })) { first, _ in first })
    }
    let waiting = zip(keys, pending).map { key, file in
      var file = file
      file.key = key
      return file
    }
    var courses = model.courses
    var texts: [String?] = []
    for index in courses.indices { texts.append(courses[index].settle(waiting)) }
    let course = texts.firstIndex(of: nil) ?? 0
    model = courses[course]
    if let text = texts[course] { return text }
    // While uploads race with the sequence, what was fetched is chance.
    if model.isPartial, model.mode != .racing, let text = model.take(missing) { return text }
    return store.isFast ? try compareBucket() : nil
  }

  private var missing: [String: RangeSet<Int>] {
    let missing = daemon.missing
    let keys = missing.keys.sorted()
    return Dictionary(zip(conflictNames.plain(keys), keys.map { missing[$0] ?? RangeSet() })) { first, _ in first }
  }

  private func compareBucket() throws -> String? {
    let contents = try store.contents()
    let keys = contents.keys.sorted()
    var seen = Dictionary(zip(conflictNames.plain(keys), keys.map { contents[$0] ?? [] })) { first, _ in first }
    var expected = model.bucket.mapValues(\.bytes)
    if model.mode == .racing {
      // Whether the last entry of a directory was in the bucket yet, when it went, is chance; markers follow from that.
      seen = seen.filter { !$0.key.hasSuffix("/") }
      expected = expected.filter { !$0.key.hasSuffix("/") }
    }
    if seen == expected { return nil }
    let differences = Set(seen.keys).union(expected.keys).sorted().compactMap { key -> String? in
      if seen[key] == expected[key] { return nil }
      func text(_ bytes: [UInt8]?) -> String { bytes.map { Outcome.bytes($0).description } ?? "nothing" }
      return "\(key) must be \(text(expected[key])), is \(text(seen[key]))"
    }
    return "the bucket: " + differences.joined(separator: "; ")
  }

  private func crash(isOffline: Bool) throws {
    leftUploads.formUnion(try store.uploads())
    daemon = try daemon.killed(store, model.mode, isOffline: isOffline)
    leftUploads.formUnion(try store.uploads())
    guard daemon.unreadable.isEmpty else { throw TestSupportError("unreadable after a crash: \(daemon.unreadable)") }
    kernel.restart(daemon.files)
    model.crash()
    model.outage = isOffline ? .error : nil
    if !isOffline { unsettled = [] }
    // Of a file that is here in part the first try may have found that its rest is gone.
    if isOffline, model.isPartial, let text = try settle() { throw TestSupportError("after the crash: \(text)") }
    // All that was acknowledged is here before anything is uploaded.
    if isOffline || model.mode == .racing, let text = try checkTree() {
      throw TestSupportError("after the crash: \(text)")
    }
  }

  /// Looks at every directory and every byte, as a program does.
  private func checkTree() throws -> String? {
    var open = [""]
    while let directory = open.popLast() {
      if let text = compare(.readdir(path: directory)) { return "readdir \(directory): \(text)" }
      guard case .names(let names) = model.readdir(directory) else { continue }
      for name in names where !name.contains(ConflictNames.mark) {
        let path = directory.isEmpty ? name : "\(directory)/\(name)"
        if let text = compare(.stat(path: path)) { return "stat \(path): \(text)" }
        if case .directory = model.stat(path) {
          open.append(path)
        } else if let text = compare(.cat(path: path)) {
          return "cat \(path): \(text)"
        }
      }
    }
    return nil
  }

  /// Everything goes to the bucket; it has that and nothing else, and so does a mount that knows nothing.
  private func finish() throws -> String? {
    unsettled = []
    model.outage = nil
    daemon.line.setOutage(nil)
    try daemon.drain()
    if let text = try settle() ?? checkTree() { return text }
    try daemon.retryParked()
    model.retryParked()
    if let text = try settle() ?? compareBucket() { return text }
    try BlockingWork.eventually(within: .seconds(4), "no multipart upload is left open") { [store, leftUploads] in
      try store.uploads().subtracting(leftUploads).isEmpty
    }
    guard isThorough else { return nil }
    daemon.end()
    daemon = try ModelDaemon(store, model.mode, isPartial: model.isPartial)
    kernel.restart(daemon.files)
    model.startAnew()
    return try checkTree()
  }
}
