// SPDX-License-Identifier: Apache-2.0
//
// What `pail recover` does with a cache directory that no mount uses: lists what it holds, copies it out, or uploads it.
//
// For: a directory whose mount will not come back: another machine, a bucket that was renamed, a broken option. State: none; each
// call takes the directory's lock while it runs. Blocks the main thread; uploads run as they do below a mount, with the same
// conditions, so that nothing that somebody else wrote is replaced.
// What can go wrong: a mount uses the directory (its pid and mount point are named); the note says nothing about the bucket, or
// the store refuses; one line each. What cannot be uploaded stays.

import Glibc
import Logging
import S3Client
package import WriteBackCache

package struct CacheRecovery {
  /// Where the store is, where that differs from what the mount was told.
  package struct Store: Sendable {
    package var endpoint: String?
    package var region: String?
    package var profile: String?
    package var addressing: AddressingOption?
    package var caFile: String?
    package var expectedBucketOwner: String?

    package init() {}
  }

  /// A file that could not be exported.
  package struct Refusal: Equatable, Sendable {
    package var name: String
    package var reason: String
  }

  private let path: String
  private let environment: HostEnvironment
  private let logger: Logger

  /// - Parameter path: the cache directory; may be relative.
  package init(_ path: String, environment: HostEnvironment) {
    self.path = environment.absolute(path)
    self.environment = environment
    // What matters is in the results.
    logger = Logger(label: "pail") { _ in SwiftLogNoOpLogHandler() }
  }

  private var user: String { "pid \(getpid()), pail recover" }

  /// Everything that is there, as text.
  package func listText(isJSON: Bool) throws(MountFailure) -> String {
    let entries = try list()
    return isJSON ? RecoveryText.json(entries) : RecoveryText.table(entries)
  }

  /// Everything that is there.
  package func list() throws(MountFailure) -> [CacheCatalog.Entry] { try catalog().entries }

  private func catalog() throws(MountFailure) -> CacheCatalog {
    do throws(WriteBackCacheError) {
      return try CacheCatalog(path: path, user: user, logger: logger)
    } catch {
      throw .init(error.description)
    }
  }

  /// Copies everything that has a key to `directory`/KEY; the cache keeps it.
  ///
  /// - Returns: how many, and what was refused.
  package func export(to directory: String) throws(MountFailure) -> (copied: Int, refused: [Refusal]) {
    let catalog = try catalog()
    let target = try ExportDirectory(environment.absolute(directory))
    var copied = 0
    var refused: [Refusal] = []
    for entry in catalog.entries {
      guard let key = entry.key else {
        refused.append(Refusal(name: entry.dataFile, reason: entry.reason ?? "it cannot be read"))
        continue
      }
      do throws(MountFailure) {
        guard entry.missingBytes == 0 else {
          throw .init("\(entry.missingBytes) bytes of it are in the bucket only; upload it instead")
        }
        guard let names = ExportPath.names(ofKey: key) else {
          throw .init("its key makes no path below a directory; its bytes are in \(entry.dataFile)")
        }
        try target.copy(entry.dataFile, to: names)
        copied += 1
      } catch {
        refused.append(Refusal(name: key, reason: error.description))
      }
    }
    return (copied, refused)
  }

  /// Uploads everything, or that of `key`. What may not be what was written is uploaded only when its key is named.
  ///
  /// - Parameters:
  ///   - timeout: seconds; nil to try until all that can be is uploaded.
  ///   - progress: told how many files are left, again and again.
  /// - Returns: what stays in the directory.
  package func upload(
    to store: Store, key: String?, timeout: Double?, progress: (Int) -> Void
  ) throws(MountFailure) -> (left: [PendingReport], unreadable: [UnreadableReport]) {
    let cache = try cache(try connect(store))
    let observer = RecoveryObserver(cache)
    if let key {
      // All but those of the key stand still.
      cache.pauseUploads()
      cache.start(observer: observer)
      guard cache.retry(key: key) > 0 else { throw .init("\(path) holds nothing for \(key)") }
      cache.resumeUploads(key: key)
    } else {
      cache.start(observer: observer)
      cache.retry()
    }
    let left = cache.drain(timeout: timeout, progress: { progress($0.count) })
    cache.close()
    return (
      left.filter { key == nil || $0.key == key }.map(PendingReport.init),
      cache.unreadableEntries.map(UnreadableReport.init)
    )
  }

  private func cache(_ client: S3Client) throws(MountFailure) -> WriteBackCache {
    do throws(WriteBackCacheError) {
      var configuration = WriteBackCacheConfiguration(directory: path)
      configuration.user = user
      return try WriteBackCache(configuration: configuration, client: client, logger: logger)
    } catch {
      throw .init(error.description)
    }
  }

  private func connect(_ store: Store) throws(MountFailure) -> S3Client {
    do throws(WriteBackCacheError) { try CacheCatalog.check(path) } catch { throw .init(error.description) }
    let noteName = path + "/" + CacheOwnership.noteName
    guard let note = FileContents.read(noteName, limit: 8_192).flatMap(CacheNote.init) else {
      throw .init(
        "\(noteName) does not say which bucket this is of; write into it: ENDPOINT BUCKET PREFIX, with aws as endpoint for AWS"
      )
    }
    var options = MountOptions(source: .bucket(try MountSource(ofNote: note)), mountPoint: "")
    options.endpoint = store.endpoint ?? note.endpoint
    options.region = store.region ?? note.region
    options.profile = store.profile
    options.addressing = store.addressing ?? note.addressing
    options.caFile = store.caFile
    options.expectedBucketOwner = store.expectedBucketOwner
    let account = try StoreAccount(options: options, environment: environment, logger: logger)
    try account.check()
    let plan = BucketPlan(source: try MountSource(ofNote: note))
    let connection = try StoreConnection(plan, account: account, options: options, logger: logger)
    try StoreConnection.check([connection])
    return connection.client
  }
}

extension MountSource {
  fileprivate init(ofNote note: CacheNote) throws(MountFailure) {
    try self.init("s3://\(note.bucket)/\(note.prefix)")
  }
}

/// Gives up what the bucket has.
private final class RecoveryObserver: WriteBackCache.Observer {
  private let cache: WriteBackCache

  init(_ cache: WriteBackCache) { self.cache = cache }

  func cacheFile(_ file: CacheFile, published publication: CacheFile.Publication) { cache.release(file) }

  func cacheFile(_ file: CacheFile, failed failure: WriteBackFailure) {}
}
