// SPDX-License-Identifier: Apache-2.0
//
// The files of one mount that are not, or not only, in the bucket.
//
// For: a file system that writes to a store of whole objects without ever losing a byte. State: the list of local copies by
// id, behind one lock, and the queue of background uploads. Blocking calls come from file-system workers; uploads are tasks.
// At start every copy that an earlier run left is loaded, to be shown in the tree and uploaded.
// What can go wrong: a record that cannot be read stays on disk and is counted; nothing is deleted but what the bucket has
// and what was unlinked.

import HTTPTransport
private import Glibc
import Locking
package import Logging
package import S3Client
import Transfer

package final class WriteBackCache: Sendable {
  /// Hears of uploads that ran in the background.
  package protocol Observer: AnyObject, Sendable {
    func cacheFile(_ file: CacheFile, published publication: CacheFile.Publication)
    func cacheFile(_ file: CacheFile, failed failure: WriteBackFailure)
    /// The background is about to publish `file`: says last what the object shall say about itself. On a thread that may block.
    func cacheFileWillBePublished(_ file: CacheFile)
  }

  struct State {
    var files: [String: CacheFile] = [:]
    weak var observer: (any Observer)?
  }

  package let configuration: WriteBackCacheConfiguration
  let context: CacheContext
  let state: Lock<State>
  let queue: WriteBackQueue
  /// What an earlier run left and this one shows again.
  package let recovered: [CacheFile]
  /// Entries of an earlier run that cannot be read; their files are kept.
  package let unreadable: [String]
  /// The same, with data file and reason.
  package let unreadableEntries: [UnreadableEntry]
  /// Bytes on the disk of those entries, when the cache was opened.
  let unreadableBytes: Int64

  package init(
    configuration: WriteBackCacheConfiguration, client: S3Client, logger: Logger
  ) throws(WriteBackCacheError) {
    self.configuration = configuration
    let directory = try CacheDirectory(path: configuration.directory, user: configuration.user)
    let context = CacheContext(client: client, configuration: configuration, directory: directory, logger: logger)
    let state = Lock(State())
    self.context = context
    self.state = state
    queue = WriteBackQueue(
      context: context, willPublish: { file in state.withLock { $0.observer }?.cacheFileWillBePublished(file) }
    ) { file, result in
      let observer = state.withLock { $0.observer }
      switch result {
      case .success(let publication): observer?.cacheFile(file, published: publication)
      case .failure(let failure): observer?.cacheFile(file, failed: failure)
      }
    }
    let leftovers = try directory.leftovers(logger: logger)
    var recovered: [CacheFile] = []
    var unreadable = leftovers.unreadable
    for file in leftovers.files {
      if let copy = CacheFile(recovering: file, context) {
        recovered.append(copy)
      } else {
        unreadable[file.id] = "its data file cannot be opened"
      }
    }
    self.recovered = recovered
    self.unreadable = unreadable.keys.sorted()
    unreadableEntries = self.unreadable.map {
      UnreadableEntry(dataFile: directory.dataPath($0), reason: unreadable[$0] ?? "")
    }
    unreadableBytes = unreadable.keys.reduce(0) { $0 + directory.allocatedBytes($1) }
    state.withLock { state in
      for file in recovered { state.files[file.id] = file }
    }
    for id in self.unreadable.prefix(WriteBackCache.loggedEntries) {
      logger.error(
        "an entry of the cache cannot be read; its bytes are kept",
        metadata: ["file": "\(directory.dataPath(id))", "reason": "\(unreadable[id] ?? "")"])
    }
    if unreadable.count > WriteBackCache.loggedEntries {
      logger.error("more entries of the cache cannot be read", metadata: ["entries": "\(unreadable.count)"])
    }
    context.quota.attach(quotaHands)
  }

  /// Each in a line of its own at start; a damaged index can make many.
  private static let loggedEntries = 20

  /// Begins the background uploads; `observer` hears of them.
  package func start(observer: any Observer) {
    state.withLock { $0.observer = observer }
    for file in recovered where !file.isParked { queue.schedule(file, after: 0) }
  }

  // MARK: Files

  /// A new local copy.
  ///
  /// - Parameters:
  ///   - base: the version in the bucket; nil for a file that is not there.
  ///   - early: what an upload says that begins before the last write, where that is something else than `properties`.
  ///   - isExclusive: the first publication must find nothing (O_EXCL).
  ///   - isReadable: whether what the bucket has, or will have, may be read.
  package func makeFile(
    key: ObjectKey, base: CacheFile.Base?, properties: ObjectProperties, early: ObjectProperties? = nil,
    isExclusive: Bool = false, isReadable: Bool = true
  ) throws(WriteBackFailure) -> CacheFile {
    switch context.directory.makeData() {
    case .failure(let failure): throw .local(code: failure.code, operation: "open")
    case .success((let id, let data)):
      let size = base?.size ?? 0
      // The sparse file has the size from the start, so that a hole before the end reads as zero.
      if size > 0, !data.setSize(size) { throw .local(code: errno, operation: "truncate") }
      let file = CacheFile(
        id: id, data: data, context: context,
        state: CacheFile.State(
          key: key, base: base?.etag, baseSize: base?.size, isExclusive: isExclusive, properties: properties,
          earlyProperties: early, bytes: LocalBytes(baseSize: size, size: size), isReadable: isReadable,
          lastUse: MonotonicClock.now))
      state.withLock { $0.files[id] = file }
      return file
    }
  }

  /// Gives up a local copy: it is clean, or was discarded. A change that comes later is refused.
  ///
  /// - Returns: false for a dirty one, to which nothing is done.
  @discardableResult
  package func release(_ file: CacheFile) -> Bool {
    guard file.retire() else { return false }
    queue.remove(file)
    let isFirst = state.withLock { state in
      guard state.files[file.id] === file else { return false }
      state.files[file.id] = nil
      return true
    }
    // Its name may be another file's by now.
    guard isFirst else { return true }
    file.eraseRecord()
    let (isRecorded, wasRecorded) = file.journal.withLock { ($0.record != nil, $0.wasRecorded) }
    if wasRecorded, !isRecorded {
      context.directory.removals.add(file.id, bytes: file.allocatedBytes, data: file.data)
    } else {
      context.directory.removeData(file.id)
      // Once more after the bytes are gone: a full disk may have kept the record from being erased.
      file.eraseRecord()
    }
    context.quota.noteFreed()
    return true
  }

  /// Gives up the bytes of a file that was unlinked.
  package func discard(_ file: CacheFile) {
    queue.remove(file)
    file.discard()
  }

  /// Publishes now and waits; a failure is remembered, and tried again in the background if that may help. What a program that was
  /// told to stop does not wait for is the background's.
  ///
  /// - Parameter isHolder: the caller has suspended the file.
  package func publish(
    _ file: CacheFile, isHolder: Bool = false
  ) throws(WriteBackFailure) -> CacheFile.Publication? {
    do throws(WriteBackFailure) {
      let publication = try file.publishAndWait(isHolder: isHolder)
      // Unless somebody has failed to publish something younger meanwhile, which is planned then.
      if !file.isDirty { queue.remove(file) }
      return publication
    } catch .interrupted {
      // The upload goes on, or will: nobody may be left who tells the rest of the process how it ends.
      queue.schedule(file, after: 0)
      throw .interrupted
    } catch {
      queue.failed(file, error)
      throw error
    }
  }

  /// Waits for an upload under way and lets nobody but the caller begin one, so that the key can change. Each call needs its
  /// ``resume(_:)``.
  package func suspend(_ file: CacheFile) { file.hold() }

  /// ``suspend(_:)`` for a program that may be told to stop; it is not suspended then, and needs no ``resume(_:)``.
  package func suspendInterruptibly(_ file: CacheFile) throws(WriteBackFailure) {
    do throws(WriteBackFailure) {
      try file.holdInterruptibly()
    } catch {
      // An upload that came meanwhile has left it to whoever held the file.
      plan(file)
      throw error
    }
  }

  /// The counterpart of ``suspend(_:)``: an upload that was planned begins at its time.
  package func resume(_ file: CacheFile) {
    file.unhold()
    plan(file)
  }

  private func plan(_ file: CacheFile) {
    let planned = file.state.withLock { $0.isDirty && !$0.retry.isParked ? $0.retry.nextAttempt : nil }
    if let planned { queue.schedule(file, after: max(0, planned - MonotonicClock.now)) }
  }

  /// Nobody has `file` open: if it is dirty and no upload is planned, one begins. Nothing that is closed may be forgotten.
  package func uploadSoon(_ file: CacheFile) {
    let isForgotten = file.state.withLock { $0.isDirty && !$0.retry.isParked && $0.retry.nextAttempt == nil }
    if isForgotten { queue.schedule(file, after: 0) }
  }

  /// Publishes later (`delayed` mode), once the bytes are durable here.
  package func publishLater(_ file: CacheFile, delay: Double) throws(WriteBackFailure) {
    try file.sync()
    queue.schedule(file, after: delay)
  }

  /// `file` was changed: in `delayed` mode it is uploaded at the maximum age, whether it is closed until then or not.
  package func noteChanged(_ file: CacheFile) {
    guard case .delayed = configuration.mode else { return }
    let isUnplanned = file.state.withLock {
      $0.retry.nextAttempt == nil && !$0.retry.isParked && $0.isDirty && $0.publishing == nil
    }
    if isUnplanned { queue.schedule(file, after: configuration.maximumAge) }
  }

  /// Gives a file that lost its name a new one, under which nothing may be; nothing is uploaded yet.
  package func renameConflict(_ file: CacheFile, to key: ObjectKey) throws(WriteBackFailure) {
    queue.remove(file)
    try file.becomeConflictCopy(key)
  }

  /// Starts no more uploads. What is dirty stays in the directory, durably.
  package func close() {
    queue.close()
    for file in state.withLock({ Array($0.files.values) }) where file.isDirty {
      do throws(WriteBackFailure) {
        try file.sync()
      } catch {
        context.logger.error(
          "could not make a file durable in the cache", metadata: ["key": "\(file.key)", "error": "\(error)"])
      }
    }
    context.directory.removals.finish()
  }
}

extension CacheFile {
  /// A copy that an earlier run left; nil when its data file cannot be opened.
  fileprivate convenience init?(recovering file: IndexedFile, _ context: CacheContext) {
    let record = file.record
    guard case .success(let data) = context.directory.openData(file.id) else { return nil }
    var information = stat()
    guard fstat(data.rawValue, &information) == 0 else { return nil }
    var journal = Journal(record: record, synced: file.synced, content: file.synced?.generation ?? 0, wasRecorded: true)
    var bytes = LocalBytes(newFileOf: Int64(information.st_size))
    if record.isPartial {
      guard let log = try? RangeLog.open(existing: context.directory.rangesPath(file.id)), let size = log.history.size,
        let baseSize = record.baseSize, data.setSize(size)
      else { return nil }
      bytes = LocalBytes(baseSize: baseSize, size: size, dirty: log.history.dirty)
      journal.log = log
    }
    var state = State(
      key: record.key, base: record.base, baseSize: record.baseSize, isExclusive: record.isExclusive,
      properties: record.properties, bytes: bytes)
    state.mayResume = true
    state.mustBeAbsent = record.mustBeAbsent
    // Not that of anything published in this run.
    state.generation = max(1, file.generation)
    state.retry.isParked = record.parked != nil
    state.retry.isConflict = record.parked?.isConflict ?? false
    state.retry.isSuspect = record.parked?.isSuspect ?? false
    state.retry.reason = record.parked?.reason
    // The earlier run may have uploaded just this and died before it could note that: not before the last write, though.
    var now = timespec()
    clock_gettime(CLOCK_REALTIME, &now)
    let age = max(0, Double(now.tv_sec) - Double(information.st_mtim.tv_sec))
    let since = context.client.stopwatch - age
    state.attempts = Attempts(
      record.marks.map {
        Attempts.Attempt(generation: Attempts.unknown, since: since, mark: $0, properties: nil, isTelling: true)
      }
        + [Attempts.Attempt(generation: state.generation, since: since, mark: nil, properties: nil, isTelling: true)])
    self.init(id: file.id, data: data, context: context, state: state, journal: journal)
  }

  /// What this copy last brought to the bucket.
  package var publication: Publication? { state.withLock { $0.lastPublication } }

  /// Whether it waits for a person.
  package var isParked: Bool { state.withLock { $0.retry.isParked } }

  /// Whether it is shown under its name: unless somebody else has that, or its bytes may not be what was written.
  package var isShown: Bool { state.withLock { !$0.retry.isConflict && !$0.retry.isSuspect } }

  var isPaused: Bool { state.withLock { $0.isPaused } }

  /// Whether it waits because somebody else has its name.
  package var isConflict: Bool { state.withLock { $0.retry.isConflict } }
}

extension WriteBackCache.Observer {
  package func cacheFileWillBePublished(_ file: CacheFile) {}
}
