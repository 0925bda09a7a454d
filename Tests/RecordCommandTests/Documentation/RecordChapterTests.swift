// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The commands of README.md's chapter on records, typed by somebody with a bucket.
@Suite("README: records with files")
struct RecordChapterTests {
  /// The text of the code block below the comment `<!-- demo: NAME -->`.
  private func demo(_ name: String) throws -> String {
    let readme = try String(contentsOfFile: PackageDirectory.root + "/README.md", encoding: .utf8)
    let begin = try #require(readme.range(of: "<!-- demo: \(name) -->\n```sh\n"))
    let end = try #require(readme.range(of: "```\n", range: begin.upperBound..<readme.endIndex))
    return String(readme[begin.upperBound..<end.lowerBound])
  }

  @Test("What it says can be typed, and does what it says")
  func demo() async throws {
    let program = try await RecordProgram()
    let commands = try demo("records")
    #expect(commands.contains("s3://my-bucket"))
    let script = """
      PATH=$(dirname "$1"):$PATH
      ln -s "$2/docs" docs
      mkdir covers

      """
    let outcome = try await Shell.script(
      script + commands.replacingOccurrences(of: "s3://my-bucket", with: "s3://\(program.bucket.bucket)"),
      [PailProgram.path, PackageDirectory.root], in: program.pail.directory.path, environment: program.environment,
      timeLimit: 240)
    #expect(outcome.succeeded, "\(outcome.output)\(outcome.error)")
    for text in [
      "created: Song blue\n", "attached: images/blue-other.jpg\n", "deleted: Song blue\n",
    ] {
      #expect(outcome.output.contains(text), "\(outcome.output)\(outcome.error)")
    }
    #expect(program.read("covers/blue-other.jpg") == "other cover")
    #expect(try await program.bucket.keys() == [])
  }
}
