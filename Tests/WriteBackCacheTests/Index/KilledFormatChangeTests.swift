// SPDX-License-Identifier: Apache-2.0
//
// A change of format by a process that is killed with SIGKILL at moments that a fixed seed chooses. The process is this test
// program once more, told by its environment to do nothing but that.

import Foundation
import Glibc
import S3Client
import TestSupport
import Testing

@testable import WriteBackCache

@Suite("Killed change of the cache's format") struct KilledFormatChangeTests {
  private static let variable = "PAIL_TEST_CHANGE_FORMAT"
  private static let child = ProcessInfo.processInfo.environment[variable]
  private static let count = 300

  @Test(.enabled(if: child != nil, "only as the process that is killed"))
  func changesTheFormat() throws {
    let path = try #require(Self.child)
    try FormatOne.write("", to: path + ".started")
    _ = try CacheDirectory(path: path)
  }

  @Test(.enabled(if: child == nil), .timeLimit(.minutes(3)))
  func nothingIsLost() async throws {
    try await BlockingWork.run {
      let directory = try TemporaryDirectory("killed")
      let records = Dictionary(
        uniqueKeysWithValues: (0..<Self.count).map { ("a\($0)", EntryRecord.full.changed { $0.isExclusive = false }) })
      // How long it takes when nobody disturbs.
      try FormatOne.make(directory.path("whole"), records)
      let start = MonotonicClock.now
      _ = try CacheDirectory(path: directory.path("whole"))
      var duration = MonotonicClock.now - start
      var random = SplitMix(state: 20_261_121)
      var formats: [String?] = []
      for round in 0..<8 {
        let path = directory.path("cache\(round)")
        try FormatOne.make(path, records)
        try Self.kill(changing: path, after: duration * Double(random.next() % 1_000) / 800)
        let format = SmallFile.read(path + "/format")
        formats.append(format)
        // Beside other tests that time was too long.
        if format != "1\n" { duration /= 2 }
        let leftovers = try CacheDirectory(path: path).leftovers()
        #expect(Dictionary(uniqueKeysWithValues: leftovers.files.map { ($0.id, $0.record) }) == records)
        #expect(leftovers.unreadable.keys.sorted() == ["7"])
        #expect(records.keys.allSatisfy { access("\(path)/data/\($0)", R_OK) == 0 })
        #expect(records.keys.allSatisfy { access("\(path)/data/\($0).entry", F_OK) != 0 })
      }
      // Some were killed before the format was written.
      #expect(formats.contains("1\n"))
    }
  }

  private static func kill(changing path: String, after delay: Double) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    process.arguments = ["--testing-library", "swift-testing", "--filter", "KilledFormatChangeTests/changesTheFormat"]
    process.environment = ProcessInfo.processInfo.environment.merging([variable: path]) { $1 }
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    while access(path + ".started", F_OK) != 0, process.isRunning { usleep(200) }
    let started = access(path + ".started", F_OK) == 0
    #expect(started, "the child did not come to its test")
    usleep(UInt32(delay * 1e6))
    Glibc.kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }
}
