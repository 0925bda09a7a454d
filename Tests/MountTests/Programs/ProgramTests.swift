// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

extension SystemCalls {
  /// Real programs on the mount and, with the same input, in a local directory: what they print and what they leave must be the
  /// same; then the bucket has it, as another client sees it, and so has a mount with an empty cache.
  @Suite("Programs on a mount")
  struct ProgramTests {
    @Test(
      "do what they do on a local disk",
      arguments: ["write-back=close", "write-back=delayed,write-back-delay=100ms"])
    func programs(mode: String) async throws {
      try await LiveMount.use(StoreKind.ministack.shared(), mode) { mount in
        try await mount.sh(ProgramScript.input + #"; cp -a "$D/input" "$M/input""#)
        for (number, program) in ProgramScript.all.enumerated() {
          var said: [String] = []
          for place in [mount.scratch + "/local", mount.path] {
            if place != mount.path { try await mount.sh(#"test -e "$1/input" || cp -a "$D/input" "$1/input""#, place) }
            let outcome = try await mount.attempt(
              #"export NAME="$2"; umask 022; mkdir "$1/$2"; cd "$1/$2"; sh -ec "$3" 2>&1"#, place, "p\(number)",
              program.script)
            said.append(
              "\(outcome.status): \(outcome.output)\(outcome.error)".replacingOccurrences(of: place, with: "PLACE"))
          }
          #expect(said[0].hasPrefix("0: "), "\(program.name) on the local disk: \(said[0])")
          #expect(said[1] == said[0], "\(program.name)\(mount.logTail)")
        }
        try await compare(mount, "on the mount")
        try await mount.remountWithEmptyCache(mode)
        try await compare(mount, "after a new mount")
        try await mount.boto3(Self.bucketProof)
      }
    }

    /// Each file and link of the local directory is an object with its bytes, and there are no others but markers.
    private static let bucketProof = """
      expected = {}
      for parent, directories, files in os.walk(f'{D}/local'):
          for name in directories + files:
              path = os.path.join(parent, name)
              key = os.path.relpath(path, f'{D}/local')
              if os.path.islink(path): expected[key] = os.readlink(path).encode()
              elif os.path.isfile(path): expected[key] = read(path)
      found = {key for key in keys() if not key.endswith('/')}
      assert found == expected.keys(), found ^ expected.keys()
      for key, data in expected.items():
          assert s3.get_object(Bucket=B, Key=key)['Body'].read() == data, key
      """

    private func compare(_ mount: LiveMount, _ when: String) async throws {
      let local = try await mount.python(ProgramScript.picture, mount.scratch + "/local").split(separator: "\n")
      let remote = try await mount.python(ProgramScript.picture, mount.path).split(separator: "\n")
      let difference = remote.difference(from: local)
      #expect(difference.isEmpty, "\(when): \(difference)")
    }

    @Test("that want hard links say that there are none")
    func hardLinks() async throws {
      try await LiveMount.use(StoreKind.ministack.shared()) { mount in
        try await mount.sh(#"mkdir "$D/tree"; echo x > "$D/tree/a"; ln "$D/tree/a" "$D/tree/b""#)
        for (script, word) in [
          (#"ln "$M/a" "$M/b""#, "not supported"), (#"cp -l "$M/a" "$M/b""#, "not supported"),
          (#"rsync -aH "$D/tree/" "$M/rsync""#, "not supported"),
          (#"mkdir "$M/tar"; tar -C "$D/tree" -cf - . | tar -xf - -C "$M/tar""#, "not supported"),
        ] {
          try await mount.sh(#"echo x > "$M/a""#)
          let outcome = try await mount.attempt(script)
          #expect(outcome.status != 0, "\(script)")
          #expect(outcome.error.contains(word), "\(script): \(outcome.error)")
        }
        // What has the first of the two names is there.
        try await mount.sh(
          #"test "$(cat "$M"/rsync/* "$M"/tar/*)" = "$(printf 'x\nx')""#)
      }
    }
  }
}
