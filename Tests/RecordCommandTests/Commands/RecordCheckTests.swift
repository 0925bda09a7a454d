// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("pail records check and repair")
struct RecordCheckTests {
  /// A song whose file is gone, a file of a record that is gone, a file of nobody knows whom, and a song that is well.
  private static func damaged(_ store: StoreKind) async throws -> (program: RecordProgram, orphan: String) {
    let program = try await RecordProgram(store)
    for id in ["well", "lost"] {
      try await program.must("create", "Song", "--id", id, "name=\(id)", "--file", "coverArtPath=cover.jpg")
    }
    try await program.bucket.delete("images/lost-cover.jpg")
    let orphan = "images/\(UUID().uuidString.lowercased())-orphan.jpg"
    try await program.bucket.put(orphan, "orphan")
    try await program.bucket.put("images/notes.txt", "notes")
    try await program.bucket.put("other/file", "other")
    return (program, orphan)
  }

  @Test("Finds damage, repairs it when told to, and finds none then", arguments: StoreKind.allCases)
  func damage(store: StoreKind) async throws {
    let (program, orphan) = try await Self.damaged(store)
    // Young files may belong to an upload under way.
    let young = try await program.run("check", "--json")
    #expect(young.status == 1)
    var report = try RecordProgram.object(young.output)
    #expect(report["orphanCount"] as? Int == 0 && report["recentCount"] as? Int == 2)

    let found = try await program.run("check", "--grace", "0s", "--json")
    #expect(found.status == 1, "\(found.error)")
    report = try RecordProgram.object(found.output)
    #expect(report["records"] as? Int == 2 && report["references"] as? Int == 2 && report["files"] as? Int == 3)
    #expect(report["danglingCount"] as? Int == 1 && report["orphanCount"] as? Int == 1)
    #expect((report["orphans"] as? [[String: Any]])?.first?["path"] as? String == orphan)
    #expect((report["dangling"] as? [[String: Any]])?.first?["id"] as? String == "lost")
    #expect((report["unknown"] as? [[String: Any]])?.first?["path"] as? String == "images/notes.txt")

    let text = try await program.run("check", "--grace", "0s")
    #expect(text.status == 1)
    #expect(text.output.contains("  Song lost coverArtPath: images/lost-cover.jpg\n"))
    #expect(text.output.contains("  \(orphan) (6 B)\n"))

    let fixed = try await program.run("check", "--fix", "--yes", "--grace", "0s")
    #expect(fixed.status == 0, "\(fixed.output)\(fixed.error)")
    #expect(fixed.output.contains("1 path taken out of records\n1 file deleted\n"))
    let keys = try await program.bucket.keys().sorted()
    #expect(keys == ["images/notes.txt", "images/well-cover.jpg", "other/file"])
    #expect(try await program.json("get", "Song", "lost")["coverArtPath"] == nil)
    let clean = try await program.run("check", "--grace", "0s")
    #expect(
      clean.status == 0 && clean.output.hasPrefix("2 records with 1 path, 2 files in the bucket\n"), "\(clean.output)")
  }

  @Test("Asks at the terminal before it repairs")
  func question() async throws {
    let (program, orphan) = try await Self.damaged(.seaweedFS)
    let terminal = TerminalSession(program: program.pail, environment: program.environment)
    let command = ["records", "check", "--fix", "--grace", "0s"] + program.options
    let question = "Delete 1 file and take 1 path out of records? [y/N] "
    let refused = try await terminal.run(command, [.init(prompt: question, answer: "\n")])
    #expect(refused.status == 1 && refused.output.contains("nothing was changed"), "\(refused.output)")
    #expect(try await program.bucket.keys().contains(orphan))
    let agreed = try await terminal.run(command, [.init(prompt: question, answer: "y\n")])
    #expect(agreed.status == 0, "\(agreed.output)")
    #expect(try await !program.bucket.keys().contains(orphan))
  }

  @Test("Never takes an empty store for one whose files are all orphans")
  func wrongStore() async throws {
    let (program, orphan) = try await Self.damaged(.seaweedFS)
    let options = ["--schema", RecordProgram.schema, "--bucket", "s3://\(program.bucket.bucket)", "--store"]
    let missing = try await program.run("check", "--fix", "--yes", "--grace", "0s", options: options + ["typo.sqlite"])
    #expect(missing.status == 1 && missing.error.contains("there is no database typo.sqlite"))
    try program.write("empty.sqlite", "")
    let empty = try await program.run("check", "--fix", "--yes", "--grace", "0s", options: options + ["empty.sqlite"])
    #expect(empty.status == 1 && empty.error.contains("may be the wrong one"), "\(empty.error)")
    #expect(try await program.bucket.keys().contains(orphan))
  }

  @Test("repair deletes what a killed attach has uploaded, and nothing else")
  func repair() async throws {
    let program = try await RecordProgram()
    try await program.must("create", "PhotoAlbum", "--id", "1", "name=One", "--file", "imagePaths=cover.jpg")
    let script = """
      truncate -s 600M big
      "$1" records attach PhotoAlbum 1 imagePaths other.jpg big --schema "$2" --store music.sqlite --bucket "s3://$3" &
      child=$!
      until "$1" ls "s3://$3/images/" | grep -q other; do kill -0 $child; done
      kill -KILL $child
      wait $child || true
      """
    let killed = try await Shell.script(
      script, [PailProgram.path, RecordProgram.schema, program.bucket.bucket], in: program.pail.directory.path,
      environment: program.environment, timeLimit: 240)
    try #require(killed.succeeded, "\(killed.output)\(killed.error)")
    let album = try await program.json("get", "PhotoAlbum", "1")
    #expect(album["imagePaths"] as? [String] == ["images/1-cover.jpg"])
    let repaired = try await program.json("repair")
    #expect(repaired["settled"] as? Int == 1)
    #expect(repaired["deleted"] as? [String] == ["images/1-other.jpg"])
    #expect(try await program.bucket.keys() == ["images/1-cover.jpg"])
    #expect(try await program.must("repair").output == "0 interrupted workflows settled\n")
    #expect(try await program.run("check", "--grace", "0s").status == 0)
  }

  @Test("Ctrl-C takes back what was begun")
  func interruption() async throws {
    let program = try await RecordProgram()
    let script = """
      truncate -s 600M big
      "$1" records create PhotoAlbum --id 1 name=x --file imagePaths=other.jpg --file imagePaths=big --schema "$2" \\
        --store music.sqlite --bucket "s3://$3" & child=$!
      until "$1" ls "s3://$3/images/" | grep -q other; do kill -0 $child; done
      kill -INT $child; status=0; wait $child || status=$?; echo "status $status"
      """
    let outcome = try await Shell.script(
      script, [PailProgram.path, RecordProgram.schema, program.bucket.bucket], in: program.pail.directory.path,
      environment: program.environment, timeLimit: 240)
    #expect(outcome.line == "status 130", "\(outcome.error)")
    #expect(outcome.error.hasPrefix("pail: interrupted; what was begun is taken back"), "\(outcome.error)")
    #expect(outcome.error.split(separator: "\n").count == 1)
    #expect(try await program.bucket.keys() == [])
    #expect(try await program.run("get", "PhotoAlbum", "1").error.contains("RecordNotFound"))
    #expect(try await program.must("repair").output == "0 interrupted workflows settled\n")
  }
}
