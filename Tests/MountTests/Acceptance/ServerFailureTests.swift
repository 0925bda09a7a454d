// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

extension AcceptanceFailures {
  @Suite("Servers that die or fall silent")
  struct ServerFailureTests {
    /// SEMANTICS: failed-close, no-rollback
    @Test(
      "A server killed in the middle of a copy costs an error, no byte, and no remount", arguments: StoreKind.allCases)
    func killed(store: StoreKind) async throws {
      let server = try await store.start()
      try await LiveMount.use(server) { mount in
        try await mount.sh(#"head -c 100663296 /dev/urandom > "$D/big""#)
        let copy = mount.background(
          """
          source = open(f'{D}/big', 'rb')
          file = os.open(f'{M}/big', os.O_WRONLY | os.O_CREAT)
          os.write(file, source.read(50 << 20))
          pause('middle')
          begin = time.monotonic()
          def rest():
              while piece := source.read(1 << 20): os.write(file, piece)
              os.close(file)
          outcome = attempt(rest)
          print(outcome, round(time.monotonic() - begin))
          """)
        try await copy.reached("middle")
        try await eventually(within: .seconds(20), "a part is sent before the close") {
          try await mount.requests("UploadPart") > 0
        }
        try await store.kill(server)
        try copy.proceed("middle")
        let words = try await copy.output().split(separator: " ")
        #expect(words.first == "ETIMEDOUT" || words.first == "EIO", "the copy ended with \(words)")
        #expect(Int(words.last ?? "") ?? 99 < 60)

        // The mount lives: with or without an error, but in time.
        for command in [#"ls "$M""#, #"stat "$M/big""#, #"ls "$M/elsewhere""#] {
          #expect(try await !mount.attempt(command, timeLimit: 60).timedOut, "\(command)")
        }
        #expect(try await mount.sh(#"cmp "$D/big" "$M/big" && echo same"#) == "same")
        let pending = try #require(try await mount.status().pending.first)
        #expect(pending.key == "big")
        #expect(pending.size == 100_663_296)
        #expect(pending.attempts > 0)
        try await mount.sh(#"cmp "$D/big" "$1""#, pending.data_file)

        try await BlockingWork.run { try server.restart() }
        try await mount.sh(#"echo again > "$M/small""#)
        #expect(try mount.client.get(mount.bucket, "small") == Array("again\n".utf8))
        try await mount.expectDrained(within: 60)
        let sum = try await mount.sh(#"sha256sum < "$D/big" | cut -c1-64"#)
        #expect(try mount.client.head(mount.bucket, "big", hashing: true)?.sha256 == sum)
        // The upload whose abort nobody heard is aborted later.
        try await eventually(within: .seconds(60), "no upload is left") { try mount.client.uploads(mount.bucket) == [] }
      }
    }

    /// SEMANTICS: errno-no-answer, deadlines
    @Test(
      "A silent server costs an error in time, and the next mount uploads what is left", arguments: StoreKind.allCases)
    func silent(store: StoreKind) async throws {
      let server = try await store.start()
      try await LiveMount.use(server) { mount in
        try await mount.sh(#"head -c 12582912 /dev/urandom > "$D/source""#)
        let writer = mount.background(
          """
          file = os.open(f'{M}/file', os.O_WRONLY | os.O_CREAT)
          os.write(file, read(f'{D}/source'))
          pause('written')
          begin = time.monotonic()
          outcome = attempt(os.close, file)
          print(outcome, round(time.monotonic() - begin))
          """)
        try await writer.reached("written")
        try await BlockingWork.run { try server.pause() }
        let (outcome, file): ([Substring], String)
        do {
          defer { try? server.resume() }
          try writer.proceed("written")
          outcome = try await writer.output().split(separator: " ")
          #expect(outcome.first == "ETIMEDOUT", "close ended with \(outcome)")
          #expect(Int(outcome.last ?? "") ?? 99 < 60)
          #expect(try await !mount.attempt(#"ls "$M""#, timeLimit: 60).timedOut)

          file = try #require(try await mount.status().pending.first).data_file
          let umount = try await mount.pail(["umount", mount.path, "--timeout", "3"], timeLimit: 30)
          #expect(umount.status == 3, "\(umount.error)")
          // Behind its progress, once a second or so.
          let words = umount.error.split(separator: "\n").last ?? ""
          #expect(words.contains("not uploaded, kept in \(mount.cacheDirectory)"), "\(umount.error)")
          try await mount.expectGone()
        }
        try await mount.sh(#"cmp "$D/source" "$1""#, file)

        try await mount.mount()
        #expect(try await mount.sh(#"ls "$M"; cmp "$D/source" "$M/file""#) == "file")
        try await mount.expectDrained(within: 60)
        let sum = try await mount.sh(#"sha256sum < "$D/source" | cut -c1-64"#)
        #expect(try mount.client.head(mount.bucket, "file", hashing: true)?.sha256 == sum)
      }
    }

    /// SEMANTICS: close-publishes, failed-close, no-rollback, call-close
    @Test(
      "close tells the truth: on a silent server it returns an error, and status lists the file",
      arguments: StoreKind.allCases)
    func closeTellsTheTruth(store: StoreKind) async throws {
      let server = try await store.start()
      try await LiveMount.use(server) { mount in
        let writer = mount.background(
          """
          file = os.open(f'{M}/small', os.O_WRONLY | os.O_CREAT)
          os.write(file, b'twelve bytes')
          pause('written')
          print(attempt(os.close, file))
          """)
        try await writer.reached("written")
        do {
          try await BlockingWork.run { try server.pause() }
          defer { try? server.resume() }
          try writer.proceed("written")
          #expect(try await writer.output() == "ETIMEDOUT")
          let pending = try #require(try await mount.status().pending.first)
          #expect(pending.key == "small")
          #expect(pending.size == 12)
          #expect(try String(contentsOfFile: pending.data_file, encoding: .utf8) == "twelve bytes")
          #expect(try await mount.sh(#"cat "$M/small""#) == "twelve bytes")
        }
        try await mount.expectDrained(within: 60)
        #expect(try mount.client.get(mount.bucket, "small") == Array("twelve bytes".utf8))
      }
    }
  }
}
