// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

extension Acceptance {
  @Suite("Two clients, one name")
  struct RaceTests {
    /// SEMANTICS: exclusive-create, call-open
    @Test("O_EXCL fails at once on an object that exists", arguments: StoreKind.allCases)
    func exclusive(store: StoreKind) async throws {
      try await LiveMount.use(store.shared()) { mount in
        try mount.client.put(mount.bucket, "taken", "theirs")
        try await mount.python(
          """
          flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY
          assert attempt(os.open, f'{M}/taken', flags) == 'EEXIST'
          file = os.open(f'{M}/free', flags); os.write(file, b'mine'); os.close(file)
          assert attempt(os.open, f'{M}/free', flags) == 'EEXIST'
          """)
        #expect(try mount.client.get(mount.bucket, "taken") == Array("theirs".utf8))
        #expect(try mount.client.get(mount.bucket, "free") == Array("mine".utf8))
      }
    }

    /// SEMANTICS: next-mount, exclusive-create, errno-exclusive
    @Test("Of two creators the slower one's close gets EEXIST, and loses no byte", arguments: StoreKind.allCases)
    func creators(store: StoreKind) async throws {
      try await race(
        store, open: "os.O_CREAT | os.O_EXCL | os.O_WRONLY", before: nil, expecting: "EEXIST", then: isParked)
    }

    /// SEMANTICS: conflict, errno-stale, call-write
    @Test("Of two writers the slower one's close gets ESTALE, and loses no byte", arguments: StoreKind.allCases)
    func writers(store: StoreKind) async throws {
      try await race(
        store, open: "os.O_WRONLY | os.O_TRUNC", before: "the old version", expecting: "ESTALE", then: isBeside)
    }

    /// SEMANTICS: next-mount, conflict
    @Test("With conflict=park the slower writer's version stays in the cache")
    func parking() async throws {
      try await race(
        .seaweedFS, "conflict=park", open: "os.O_WRONLY | os.O_TRUNC", before: "the old version", expecting: "ESTALE",
        then: { mount, option in
          try await isParked(mount, option)
          // Whoever changes his mind finds it.
          #expect(try await mount.pail(["umount", mount.path]).status == 3)
          try await mount.expectGone()
          try await mount.mount([])
          try await isBeside(mount, "")
        })
    }

    /// Another client puts an object between open and close.
    private func race(
      _ store: StoreKind, _ option: String = "conflict=copy", open flags: String, before: String?,
      expecting errno: String,
      then check: (LiveMount, String) async throws -> Void
    ) async throws {
      try await LiveMount.use(store.shared(), option) { mount in
        if let before { try mount.client.put(mount.bucket, "name", before) }
        let loser = mount.background(
          """
          file = os.open(f'{M}/name', \(flags))
          os.write(file, b'of the loser')
          other = os.open(f'{M}/name', os.O_WRONLY)
          pause('written')
          print(attempt(os.close, file), attempt(os.write, other, b'more'))
          """)
        try await loser.reached("written")
        try mount.client.put(mount.bucket, "name", "of the winner")
        try loser.proceed("written")
        #expect(try await loser.output() == errno + " ESTALE")

        #expect(try mount.client.get(mount.bucket, "name") == Array("of the winner".utf8))
        #expect(try await mount.sh(#"cat "$M/name""#) == "of the winner")
        try await check(mount, option)
        #expect(try await mount.sh(#"cat "$M/name""#) == "of the winner")
        #expect(try mount.client.get(mount.bucket, "name") == Array("of the winner".utf8))
      }
    }

    /// The loser's version is another file, in the mount at once and in the bucket soon.
    private func isBeside(_ mount: LiveMount, _ option: String) async throws {
      let names = try await mount.sh(#"ls "$M""#).split(separator: "\n").map(String.init)
      let copy = try #require(names.first { $0.hasPrefix("name.conflict-") && $0.hasSuffix("Z") })
      #expect(names.sorted() == ["name", copy])
      #expect(try await mount.sh(#"cat "$M/$1""#, copy) == "of the loser")
      try await eventually("the copy is in the bucket") { try mount.client.list(mount.bucket).count == 2 }
      #expect(try mount.client.get(mount.bucket, copy) == Array("of the loser".utf8))
      try await eventually("nothing is left to upload") { try await mount.status().pending.isEmpty }
    }

    /// The loser's version waits for a person.
    private func isParked(_ mount: LiveMount, _ option: String) async throws {
      mount.expectLeftovers()
      let pending = try await mount.status().pending
      #expect(pending.map(\.key) == ["name"])
      let kept = try #require(pending.first)
      #expect(kept.state == "parked")
      #expect(try String(contentsOfFile: kept.data_file, encoding: .utf8) == "of the loser")

      // It stays over a remount, and is not sent behind anybody's back.
      let umount = try await mount.pail(["umount", mount.path])
      #expect(umount.status == 3, "\(umount.error)")
      try await mount.expectGone()
      try await mount.mount([option])
      #expect(try await mount.status().pending.map(\.data_file) == [kept.data_file])
    }
  }
}
