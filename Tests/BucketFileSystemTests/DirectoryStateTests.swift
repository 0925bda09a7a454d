// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Locking
import TestSupport
import Testing
import VFS

@testable import BucketFileSystem

@Suite("What is remembered of a directory") struct DirectoryStateTests {
  @Test func whatWasRemovedSinceIsNoWitness() throws {
    let state = DirectoryState()
    let name = try #require(Name("a"))
    state.noteAbsent(name, at: 5)
    state.noteSeen(name, at: 4)
    #expect(state.witness == nil)
    state.noteSeen(name, at: 6)
    #expect(state.witness == name)
    state.noteAbsent(name, at: 7)
    #expect(state.witness == nil)
  }

  /// 1 says that nobody has counted.
  /// SEMANTICS: link-count
  @Test func linksAreTheDirectoriesInIt() throws {
    let state = DirectoryState()
    let name = try #require(Name("a"))
    state.notePresent(name, isDirectory: true)
    #expect(state.linkCount == 1)
    state.isEmpty()
    state.notePresent(name, isDirectory: true)
    state.notePresent(name, isDirectory: true)
    #expect(state.linkCount == 3)
    state.notePresent(name, isDirectory: false)
    #expect(state.linkCount == 2)
    state.noteSubdirectories([name])
    state.noteAbsent(name, at: 1)
    #expect(state.linkCount == 2)
  }
}

@Suite("A directory with very many entries, on a real server") struct LongDirectoryTests {
  /// A page of a listing; the 50th is the last.
  private static func page(_ number: Int) -> String {
    """
    <?xml version="1.0"?><ListBucketResult><Name>b</Name><Prefix></Prefix><Delimiter>/</Delimiter><MaxKeys>1000</MaxKeys>\
    <KeyCount>1</KeyCount><IsTruncated>\(number < 50)</IsTruncated>\
    \(number < 50 ? "<NextContinuationToken>t\(number)</NextContinuationToken>" : "")\
    <Contents><Key>there\(number)</Key><LastModified>2026-01-01T00:00:00.000Z</LastModified><ETag>&quot;e&quot;</ETag>\
    <Size>5000</Size><StorageClass>STANDARD</StorageClass></Contents></ListBucketResult>
    """
  }

  /// Two pages are worth as much as the eight names that were looked for before.
  /// SEMANTICS: metadata-ttl
  @Test func isNotListedWholeForAFewNames() async throws {
    try await BlockingWork.run {
      let fixture = try FileSystemFixture()
      let pages = Lock(0)
      fixture.gate.set { sent in
        guard sent.request.url.contains("delimiter") else { return .none }
        let number = pages.withLock { count -> Int in
          count += 1
          return count
        }
        return .answer(200, body: Self.page(number))
      }
      let root = try #require(fixture.files.tree.node(.root).directory)
      root.withMisses { misses in
        for _ in 0..<8 { misses.noteMiss(at: MonotonicTime.now + 60, period: 1) }
      }
      #expect(throws: Errno.ENOENT) {
        try fixture.files.lookup(.root, fixture.name("missing"), caller: fixture.caller)
      }
      #expect(pages.withLock { $0 } == 2)
    }
  }
}
