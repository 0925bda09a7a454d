// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@Suite struct EventuallyTests {
  @Test(arguments: [1, 5]) func asksUntilItIsSo(asked: Int) async throws {
    var count = 0
    // How long it takes is not what this is about, and the threads may be busy with others.
    try await eventually(within: .seconds(300), "it is so") {
      count += 1
      return count == asked
    }
    #expect(count == asked)
  }

  @Test func namesWhatNeverWasSo() async throws {
    var count = 0
    let error = await #expect(throws: TestSupportError.self) {
      try await eventually(within: .milliseconds(20), "pigs fly, asked \(count) times") {
        count += 1
        return false
      }
    }
    #expect(count > 1)
    #expect(error?.description.hasPrefix("TestSupportTests/EventuallyTests.swift:") == true)
    #expect(error?.description.hasSuffix(": not so after 0.02 seconds: pigs fly, asked \(count) times") == true)
  }

  @Test func passesErrorsOn() async {
    struct Broken: Error {}
    await #expect(throws: Broken.self) { try await eventually("it is so") { throw Broken() } }
  }
}
