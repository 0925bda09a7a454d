// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import TestSupport
import Testing

@Suite("Commands about objects, on real servers", .serialized)
struct ObjectCommandTests {
  @Test("cp brings a file into the bucket and back, with what was said about it", arguments: StoreKind.allCases)
  func copy(store: StoreKind) async throws {
    let program = try await ObjectProgram(store)
    let bytes = (0..<(9 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 8) }
    try program.write("a b.jpg", bytes)
    let up = try await program.run(
      "cp", "a b.jpg", "B/dir/", "--metadata", "Title=Größe", "--cache-control", "no-store")
    #expect(up.succeeded, "\(up.error)")
    #expect(up.output == "upload: a b.jpg -> s3://\(program.bucket)/dir/a b.jpg\n")
    #expect(try await program.object("dir/a b.jpg") == bytes)
    let head = try await BlockingWork.run { try program.client.head(program.bucket, "dir/a b.jpg") }
    #expect(head?.contentType == "image/jpeg" && head?.cacheControl == "no-store")
    let down = try await program.run("cp", "B/dir/a b.jpg", "back")
    #expect(down.succeeded, "\(down.error)")
    #expect(program.read("back") == bytes)
    let stat = try await program.run("stat", "B/dir/a b.jpg", "--json")
    let facts = try #require(try JSONSerialization.jsonObject(with: Data(stat.output.utf8)) as? [String: Any])
    #expect(facts["size"] as? Int == 9 << 20)
    #expect((facts["metadata"] as? [String: String])?["title"] == "Größe")
    let refused = try await program.run("cp", "back", "B/dir/a b.jpg", "--no-overwrite")
    #expect(refused.status == 1 && refused.error.contains("PreconditionFailed"))
    #expect(refused.error.split(separator: "\n").count == 1)
  }

  @Test("cp --recursive and rm --recursive", arguments: StoreKind.allCases)
  func trees(store: StoreKind) async throws {
    let program = try await ObjectProgram(store)
    for name in ["tree/x", "tree/sub/y z", "tree/sub/ü"] { try program.write(name, name) }
    #expect(try await program.run("cp", "-r", "tree", "B/t").succeeded)
    #expect(try await program.keys().sorted() == ["t/sub/y z", "t/sub/ü", "t/x"])
    #expect(try await program.run("cp", "-r", "B/t", "back").succeeded)
    #expect(program.read("back/sub/ü") == Array("tree/sub/ü".utf8))
    let level = try await program.run("ls", "B/t/")
    #expect(level.output.split(separator: "\n").map { $0.split(separator: " ").last } == ["t/sub/", "t/x"])
    // A neighbour whose name begins in the same way stays.
    try program.write("one", "1")
    #expect(try await program.run("cp", "one", "B/t2").succeeded)
    #expect(try await program.run("rm", "-r", "B/t").succeeded)
    #expect(try await program.keys() == ["t2"])
    let whole = try await program.run("rm", "-r", "s3://\(program.bucket)/")
    #expect(whole.status != 0)
    #expect(try await program.keys() == ["t2"])
  }

  @Test("mv, standard input and standard output")
  func streams() async throws {
    let program = try await ObjectProgram(.seaweedFS)
    let piped = try await Shell.script(
      "head -c 20000000 /dev/zero | tr '\\0' x | \"$1\" cp - \"s3://$2/stream\"; \"$1\" cp \"s3://$2/stream\" - | cksum",
      [PailProgram.path, program.bucket],
      environment: program.pail.environment.merging(program.server.environment) { $1 })
    #expect(piped.succeeded, "\(piped.error)")
    let expected = try await Shell.script("head -c 20000000 /dev/zero | tr '\\0' x | cksum")
    #expect(piped.line.hasSuffix(expected.line))
    #expect(try await program.run("mv", "B/stream", "B/moved").succeeded)
    #expect(try await program.keys() == ["moved"])
    #expect(try await program.run("mv", "B/moved", "local").succeeded)
    #expect(try await program.keys() == [])
    #expect(program.read("local")?.count == 20_000_000)
    #expect(try await program.run("mv", "local", "B/again").succeeded)
    #expect(program.read("local") == nil)
    #expect(try await program.keys() == ["again"])
  }

  @Test("url works with curl, for reading and for writing", arguments: StoreKind.allCases)
  func urls(store: StoreKind) async throws {
    let program = try await ObjectProgram(store)
    try program.write("picture", "bytes")
    let put = try await program.run("url", "--put", "--content-type", "image/jpeg", "B/p q.jpg").line
    func send(_ type: String) async throws -> String {
      try await Shell.run(
        "curl", ["-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", "Content-Type: \(type)", "-T", "picture", put],
        in: program.pail.directory.path
      ).line
    }
    #expect(try await send("image/png") == "403")
    #expect(try await program.keys() == [])
    #expect(try await send("image/jpeg") == "200")
    #expect(try await program.object("p q.jpg") == Array("bytes".utf8))
    let get = try await program.run("url", "B/p q.jpg", "--validate").line
    #expect(try await Shell.run("curl", ["-s", get]).output == "bytes")
    let missing = try await program.run("url", "B/none", "--validate")
    #expect(missing.status == 1 && missing.error.contains("NotFound"))
  }

  @Test("what cannot be is said in one line")
  func mistakes() async throws {
    let program = try await ObjectProgram(.seaweedFS)
    try program.write("file", "x")
    try program.write("tree/file", "x")
    let cases: [(arguments: [String], words: String)] = [
      (["cp", "missing", "B/x"], "No such file or directory"), (["cp", "B/none", "x"], "NotFound"),
      (["stat", "B/none"], "NotFound"), (["rm", "file"], "is no object"), (["cp", "tree", "B/x"], "--recursive"),
      (["cp", "file", "other"], "must be s3://BUCKET/KEY"), (["mv", "-", "B/x"], "use cp"),
      (["cp", "B/x", "other", "--metadata", "a=b"], "are for uploads"),
      (["url", "--expires", "169h", "B/x"], "UrlExpirationMaxLimitExceed"),
    ]
    for (arguments, words) in cases {
      let arguments = arguments.map { $0.replacingOccurrences(of: "B/", with: "s3://\(program.bucket)/") }
      let outcome = try await Shell.run(
        PailProgram.path, arguments, in: program.pail.directory.path,
        environment: program.pail.environment.merging(program.server.environment) { $1 })
      #expect(outcome.status != 0, "\(arguments)")
      #expect(outcome.error.contains(words), "\(arguments): \(outcome.error)")
      #expect(outcome.error.split(separator: "\n").count == 1, "\(arguments): \(outcome.error)")
    }
  }

  @Test("Ctrl-C ends a copy, and the same command goes on with it")
  func interruption() async throws {
    let program = try await ObjectProgram(.seaweedFS)
    let script = """
      head -c 400000000 /dev/urandom > big
      "$1" cp big "s3://$2/big" & child=$!
      until grep -qs ^part state/pail/uploads/*; do kill -0 $child; sleep 0.02; done
      kill -INT $child; wait $child || status=$?
      echo "status $status, $(ls state/pail/uploads | wc -l) record, $(grep -c ^part state/pail/uploads/*) parts"
      "$1" cp big "s3://$2/big"; ls state/pail/uploads | wc -l
      """
    let outcome = try await Shell.script(
      script, [PailProgram.path, program.bucket], in: program.pail.directory.path,
      environment: program.pail.environment.merging(program.server.environment) { $1 }, timeLimit: 240)
    #expect(outcome.succeeded, "\(outcome.error)")
    let lines = outcome.output.split(separator: "\n")
    #expect(lines.first?.hasPrefix("status 130, 1 record, ") == true, "\(outcome.output)")
    #expect(lines.first?.hasSuffix(" 0 parts") == false)
    #expect(lines.last == "0")
    // A copy of ten seconds and more tells how far it is.
    let told = outcome.error.split(separator: "\n").filter { !$0.hasPrefix("pail: big: ") }
    #expect(told == ["pail: interrupted; the same command again goes on with what was transferred"])
    let head = try await BlockingWork.run { try program.client.head(program.bucket, "big") }
    #expect(head?.contentLength == 400_000_000)
  }

  @Test("Ctrl-C ends the search for what is to be copied")
  func interruptedSearch() async throws {
    let program = try await ObjectProgram(.seaweedFS)
    let script = """
      mkfifo words
      python3 -c '
      import socket, time
      server = socket.create_server(("127.0.0.1", 0))
      print(server.getsockname()[1], flush=True)
      connection = server.accept()[0]
      print(len(connection.recv(1)), flush=True)
      time.sleep(60)' > words & silent=$!
      exec 3< words
      read -r port <&3
      "$1" cp -r --endpoint "http://127.0.0.1:$port" s3://bucket/tree here & child=$!
      read -r asked <&3
      kill -INT $child; status=0; wait $child || status=$?; echo "status $status"
      kill $silent
      """
    let outcome = try await Shell.script(
      script, [PailProgram.path], in: program.pail.directory.path,
      environment: program.pail.environment.merging(program.server.environment) { $1 })
    #expect(outcome.line == "status 130", "\(outcome.error)")
    #expect(outcome.error == "pail: interrupted; the same command again goes on with what was transferred\n")
  }

  /// `scripts/crash-uploads` does this twenty times.
  @Test("a killed upload is gone on with")
  func crashes() async throws {
    let outcome = try await Shell.run(
      PackageDirectory.root + "/scripts/crash-uploads", ["--points", "4"], environment: ["PAIL": PailProgram.path],
      timeLimit: 240)
    #expect(outcome.succeeded, "\(outcome.output)\(outcome.error)")
  }
}
