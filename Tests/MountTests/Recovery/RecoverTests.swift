// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import Mount

extension Acceptance {
  @Suite("pail recover", .serialized) struct RecoverTests {
    /// SEMANTICS: uploads-command, recover-command
    @Test("What a mount left is listed, exported and uploaded without one")
    func recover() async throws {
      try await LiveMount.use(SeaweedFS.shared(), "write-back=delayed,write-back-delay=1h") { mount in
        try await mount.sh(
          #"mkdir "$M/d"; echo small | tee "$D/small" > "$M/d/small"; head -c 12000000 /dev/urandom > "$D/large"; cp "$D/large" "$M/large""#
        )
        let cache = mount.cacheDirectory
        let busy = try await mount.pail(["recover", cache])
        #expect(
          busy.status == 1 && busy.error.contains("(pid \(mount.daemonPID), mounted at \(mount.path))"), "\(busy)")
        #expect(try await mount.pail(["uploads", mount.path, "pause"]).succeeded)
        let left = try await mount.pail(["umount", mount.path])
        #expect(left.status == 3, "\(left)")
        try await mount.expectGone()
        // The note in the directory says where the store is.
        let nowhere = ["AWS_ENDPOINT_URL": "", "AWS_REGION": ""]

        let list = try await mount.pail(["recover", cache], environment: nowhere)
        #expect(list.succeeded && list.output.hasPrefix("2 files, 11.4 MiB\n"), "\(list)")
        let json = try await mount.pail(["recover", cache, "list", "--json"], environment: nowhere)
        let entries = try #require(
          try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [[String: Any]], "\(json)")
        #expect(entries.map { $0["key"] as? String } == ["d/small", "large"])
        #expect(entries.map { $0["state"] as? String } == ["waiting", "waiting"])

        let export = try await mount.pail(["recover", cache, "export", mount.scratch + "/out"], environment: nowhere)
        #expect(export.succeeded, "\(export)")
        #expect(try await mount.sh(#"cmp "$D/large" "$D/out/large"; cat "$D/out/d/small""#) == "small")
        try await mount.sh(#"echo mine > "$D/out/large""#)
        let again = try await mount.pail(["recover", cache, "export", mount.scratch + "/out"], environment: nowhere)
        #expect(again.status == 3 && again.error.contains("large exists; export to another directory"), "\(again)")
        #expect(try await mount.sh(#"cat "$D/out/large""#) == "mine")

        let one = try await mount.pail(["recover", cache, "upload", "d/small"], environment: nowhere)
        #expect(one.succeeded && one.error.isEmpty, "\(one)")
        #expect(try mount.client.list(mount.bucket).map(\.key).contains("d/small"))
        #expect(try mount.client.head(mount.bucket, "large") == nil)
        let rest = try await mount.pail(["recover", cache, "upload"], environment: nowhere)
        #expect(rest.succeeded && rest.error.isEmpty, "\(rest)")
        #expect(
          try mount.client.get(mount.bucket, "large")
            == [UInt8](Data(contentsOf: URL(fileURLWithPath: mount.scratch + "/large"))))
        let empty = try await mount.pail(["recover", cache], environment: nowhere)
        #expect(empty.output == "nothing\n", "\(empty)")
        let missing = try await mount.pail(["recover", cache, "upload", "large"], environment: nowhere)
        #expect(missing.status == 1 && missing.error.contains("holds nothing for large"), "\(missing)")
      }
    }

    /// SEMANTICS: recover-command
    @Test("A refused overwrite stays where it is")
    func conflict() async throws {
      try await LiveMount.use(SeaweedFS.shared(), "write-back=delayed,write-back-delay=1h,conflict=park") { mount in
        try mount.client.put(mount.bucket, "name", Array("base".utf8))
        try await mount.sh(#"echo ours > "$M/name""#)
        #expect(try await mount.pail(["uploads", mount.path, "pause"]).succeeded)
        #expect(try await mount.pail(["umount", mount.path]).status == 3)
        try await mount.expectGone()
        try mount.client.put(mount.bucket, "name", Array("theirs".utf8))
        let upload = try await mount.pail(["recover", mount.cacheDirectory, "upload"])
        #expect(upload.status == 3 && upload.error.contains("kept in \(mount.cacheDirectory)/data/"), "\(upload)")
        #expect(try mount.client.get(mount.bucket, "name") == Array("theirs".utf8))
        let list = try await mount.pail(["recover", mount.cacheDirectory])
        #expect(list.succeeded && list.output.contains("conflict"), "\(list)")
      }
    }
  }
}

@Suite("Recovery of cache directories") struct RecoveryTests {
  @Test(
    "where a key goes below a directory",
    arguments: [
      ("a", ["a"]), ("a/b c/ü", ["a", "b c", "ü"]), ("...", ["..."]), ("a/..b", ["a", "..b"]),
      ("../x", nil), ("a/../x", nil), ("a/..", nil), ("..", nil), ("/etc/passwd", nil), ("a//b", nil), ("./a", nil),
      ("a/", nil), ("", nil), ("a\u{0}b", nil), (String(repeating: "x", count: 256), nil),
    ] as [(String, [String]?)])
  func paths(key: String, names: [String]?) {
    #expect(ExportPath.names(ofKey: key) == names)
  }

  /// SEMANTICS: recover-command
  @Test("no copy leaves the directory or covers a file")
  func links() throws {
    let directory = try TemporaryDirectory("export")
    let files = FileManager.default
    try files.createDirectory(atPath: directory.path("outside"), withIntermediateDirectories: false)
    try files.createDirectory(atPath: directory.path("out"), withIntermediateDirectories: false)
    try files.createSymbolicLink(atPath: directory.path("out/link"), withDestinationPath: directory.path("outside"))
    try files.createSymbolicLink(atPath: directory.path("out/file"), withDestinationPath: directory.path("outside/new"))
    try Data("bytes".utf8).write(to: URL(fileURLWithPath: directory.path("source")))
    let target = try ExportDirectory(directory.path("out"))
    for names in [["link", "x"], ["file"]] {
      #expect(throws: MountFailure.self) { try target.copy(directory.path("source"), to: names) }
    }
    #expect(try files.contentsOfDirectory(atPath: directory.path("outside")) == [])
    try target.copy(directory.path("source"), to: ["a", "b"])
    #expect(try String(contentsOfFile: directory.path("out/a/b"), encoding: .utf8) == "bytes")
    #expect {
      try target.copy(directory.path("source"), to: ["a", "b"])
    } throws: { "\($0)" == "a/b exists; export to another directory, or move it away" }
  }

  @Test(
    "the note says where the bucket is",
    arguments: [
      ("aws photos \n", nil, "photos", "", nil),
      ("http://h:1 photos a b/\n", "http://h:1", "photos", "a b/", nil),
      (
        "https://amazonaws.com.cn p \nendpoint aws\nregion cn-north-1\naddressing auto\nnew thing\n", nil, "p", "",
        "cn-north-1"
      ),
    ] as [(String, String?, String, String, String?)])
  func note(text: String, endpoint: String?, bucket: String, prefix: String, region: String?) throws {
    let note = try #require(CacheNote(text))
    #expect(note.endpoint == endpoint && note.bucket == bucket && note.prefix == prefix && note.region == region)
  }

  @Test("a note comes back")
  func roundTrip() throws {
    let source = try MountSource("s3://photos/a")
    let note = CacheNote(endpoint: "https://h/x", source: source, region: "r", addressing: .path)
    let identity = MountIdentity(endpoint: "https://h/x", source: source)
    #expect(CacheNote(identity.text + "\n" + note.details) == note)
  }

  @Test("what is no note is refused", arguments: ["", "x", "aws\n", " b \n", "aws b \naddressing sideways\n"])
  func noNote(text: String) { #expect(CacheNote(text) == nil) }

  @Test("a directory that is no cache is left alone")
  func foreign() throws {
    let directory = try TemporaryDirectory("foreign")
    let recovery = CacheRecovery(directory.path, environment: .current())
    #expect { try recovery.listText(isJSON: false) } throws: { "\($0)".contains("is no cache directory of pail") }
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path) == [])
  }
}
