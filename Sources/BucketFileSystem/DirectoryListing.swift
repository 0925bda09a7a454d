// SPDX-License-Identifier: Apache-2.0
//
// The entries of a directory as the bucket lists them, page by page.
//
// For: readdir, and lookups right after it. State: the entries so far with an index by name, the token of the next page,
// and the page under way, behind one lock. FUSE workers wait for pages; the page after the one being read is fetched ahead,
// so a listing of N keys is ceil(N/1000) requests. What can go wrong: a failed page fails the readdir that needs it and is
// asked for again by the next.

import Locking
import S3Client
import Transfer
import VFS

final class DirectoryListing: Sendable {
  struct Entry: Sendable {
    enum Content: Sendable {
      case directory
      case object(etag: ETag, size: Int64, lastModified: Int64)
    }

    let name: Name
    var content: Content
    /// Monotonic seconds when its page was asked for.
    let askedAt: Double
  }

  private enum Page {
    case next(token: String?)
    case loading
    case failed(S3Error, token: String?)
    case none
  }

  private struct State {
    var entries: [Entry] = []
    var index: [Name: Int] = [:]
    var page = Page.next(token: nil)
    var pageCount = 0
    var hiddenCount = 0
    var isHiddenReported = false
  }

  let prefix: String
  /// Monotonic seconds.
  let startedAt: Double
  private let client: S3Client
  private let state = Lock(State())

  /// - Parameters:
  ///   - given: directories that are in it whatever the bucket says.
  ///   - asksBucket: false when they are all there is.
  init(prefix: String, client: S3Client, given: [Name] = [], asksBucket: Bool = true) {
    self.prefix = prefix
    self.client = client
    startedAt = MonotonicTime.now
    state.withLock { state in
      for name in given { append(Entry(name: name, content: .directory, askedAt: startedAt), &state) }
      if !asksBucket { state.page = .none }
    }
  }

  /// Whether the bucket has told all names.
  var isComplete: Bool {
    state.withLock {
      if case .none = $0.page { true } else { false }
    }
  }

  /// Answers of the bucket so far.
  var pageCount: Int { state.withLock { $0.pageCount } }

  /// Names that cannot be shown.
  var hiddenCount: Int { state.withLock { $0.hiddenCount } }

  /// True the first time it is called.
  func reportHiddenOnce() -> Bool {
    state.withLock { state in
      defer { state.isHiddenReported = true }
      return !state.isHiddenReported
    }
  }

  /// Entries so far; all of them once it is complete.
  var count: Int { state.withLock { $0.entries.count } }

  /// Those of its entries that are directories.
  var directories: Set<Name> {
    state.withLock { state in
      Set(state.entries.compactMap { entry in if case .directory = entry.content { entry.name } else { nil } })
    }
  }

  func entry(_ name: Name) -> Entry? {
    state.withLock { state in state.index[name].map { state.entries[$0] } }
  }

  /// The entries after `name` in listing order, at most `count`.
  func entries(after name: Name, count: Int) -> ArraySlice<Entry> {
    state.withLock { state in
      guard let index = state.index[name] else { return [] }
      return state.entries[(index + 1)...].prefix(count)
    }
  }

  /// The entries from `position` on, at least one unless the directory ends there. Blocks for the bucket.
  func entries(from position: Int, limit: Int) throws(S3Error) -> ArraySlice<Entry> {
    while true {
      enum Turn {
        case have(ArraySlice<Entry>, prefetch: Bool)
        case failed(S3Error)
        case load(token: String?)
      }
      let turn = try waitForTurn { state -> Turn? in
        if position < state.entries.count {
          // Half a page before its end the next one is asked for, by who reads.
          var prefetch = false
          if limit > 0, case .next(.some) = state.page, state.entries.count - position <= 600 { prefetch = true }
          return .have(state.entries[position...].prefix(limit), prefetch: prefetch)
        }
        switch state.page {
        case .none: return .have([], prefetch: false)
        case .loading: return nil
        case .failed(let error, let token):
          state.page = .next(token: token)
          return .failed(error)
        case .next(let token):
          state.page = .loading
          return .load(token: token)
        }
      }
      switch turn {
      case .have(let entries, let prefetch):
        if prefetch { startNextPage() }
        return entries
      case .failed(let error): throw error
      case .load(let token): load(token)
      }
    }
  }

  private func waitForTurn<Turn>(_ body: (inout State) -> Turn?) throws(S3Error) -> Turn {
    do throws(Interrupted) {
      return try state.waitInterruptibly(until: body)
    } catch {
      throw .interrupted("ListObjectsV2", client.bucket, nil)
    }
  }

  /// Asks for the first `limit` pages, or all if there are fewer. Blocks for the bucket.
  func load(pages limit: Int) throws(S3Error) {
    while !isComplete, pageCount < limit { _ = try entries(from: count, limit: 0) }
  }

  private func startNextPage() {
    let token = state.withLock { state -> String?? in
      guard case .next(let token) = state.page else { return nil }
      state.page = .loading
      return .some(token)
    }
    if let token { load(token) }
  }

  private func load(_ token: String?) {
    let askedAt = MonotonicTime.now
    Task { [self] in
      do throws(S3Error) {
        let page = try await client.listObjects(prefix: prefix, delimiter: "/", continuationToken: token)
        state.withLockAndNotify { add(page, askedAt: askedAt, &$0) }
      } catch {
        state.withLockAndNotify { $0.page = .failed(error, token: token) }
      }
    }
  }

  private func add(_ page: ObjectListing, askedAt: Double, _ state: inout State) {
    // Directories first: where `a` and `a/b` both exist the directory wins.
    for commonPrefix in page.commonPrefixes {
      guard let name = name(of: commonPrefix, dropLast: true) else {
        state.hiddenCount += 1
        continue
      }
      if let index = state.index[name] {
        state.entries[index].content = .directory
      } else {
        append(Entry(name: name, content: .directory, askedAt: askedAt), &state)
      }
    }
    for object in page.objects {
      // The marker of the directory itself.
      guard object.key.string.utf8.count != prefix.utf8.count else { continue }
      guard let name = name(of: object.key.string, dropLast: false) else {
        state.hiddenCount += 1
        continue
      }
      guard state.index[name] == nil else { continue }
      let content = Entry.Content.object(etag: object.etag, size: object.size, lastModified: object.lastModified)
      append(Entry(name: name, content: content, askedAt: askedAt), &state)
    }
    state.pageCount += 1
    state.page = page.nextContinuationToken.map { .next(token: $0) } ?? .none
  }

  private func append(_ entry: Entry, _ state: inout State) {
    state.index[entry.name] = state.entries.count
    state.entries.append(entry)
  }

  private func name(of key: String, dropLast: Bool) -> Name? {
    var rest = key.utf8.dropFirst(prefix.utf8.count)
    if dropLast { rest = rest.dropLast() }
    return Name(String(Substring(rest)))
  }
}
