// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// The commands of README.md's chapter on Amplify, typed by somebody whose home is empty.
@Suite("README: an Amplify app's files")
struct AmplifyChapterTests {
  /// Beside the test bundle: SwiftPM builds every product into one directory.
  private static let products: String = {
    let program = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(fileURLWithPath: program).deletingLastPathComponent().path
  }()

  /// The text of the code block below the comment `<!-- demo: NAME -->`.
  private func demo(_ name: String) throws -> String {
    let readme = try String(contentsOfFile: PackageDirectory.root + "/README.md", encoding: .utf8)
    let begin = try #require(readme.range(of: "<!-- demo: \(name) -->\n```sh\n"))
    let end = try #require(readme.range(of: "```\n", range: begin.upperBound..<readme.endIndex))
    return String(readme[begin.upperBound..<end.lowerBound])
  }

  @Test("What it says can be typed, and shows what it says")
  func demo() async throws {
    let home = try TemporaryDirectory("home")
    // Whatever fails, the sandbox ends with its input, and nothing stays mounted.
    let script = """
      mkfifo "$HOME/input"
      "$1/scripts/amplify-sandbox" "$HOME/demo" < "$HOME/input" > "$HOME/log" 2>&1 &
      exec 3> "$HOME/input"
      trap 'mountpoint -q "$HOME/demo/mnt" && fusermount3 -uz "$HOME/demo/mnt"; exec 3>&-; wait' EXIT
      until [ -e "$HOME/demo/amplify_outputs.json" ]; do
        kill -0 $! || { cat "$HOME/log"; exit 1; }
        sleep 0.1
      done

      """
    let outcome = try await Shell.script(
      script + demo("amplify"), [PackageDirectory.root],
      environment: [
        "HOME": home.path, "XDG_STATE_HOME": home.path("state"), "PAIL_RUNTIME_DIR": home.path("run"),
        "PATH": Self.products + ":" + (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"),
      ], timeLimit: 120)
    #expect(outcome.succeeded, "\(outcome.output)\(outcome.error)")
    for text in ["Welcome!", "alice's diary\nAnother day.\n", "No rule lets alice delete photos."] {
      #expect(outcome.output.contains(text), "\(outcome.output)\(outcome.error)")
    }
    #expect(!outcome.output.contains("bob"))
  }
}
