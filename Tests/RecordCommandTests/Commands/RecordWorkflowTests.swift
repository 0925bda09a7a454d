// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("pail records: workflows, with real servers and a database file")
struct RecordWorkflowTests {
  @Test("A song's cover: created, shown, replaced, taken out, deleted", arguments: StoreKind.allCases)
  func single(store: StoreKind) async throws {
    let program = try await RecordProgram(store)
    let song = try await program.json("create", "Song", "name=Blue", "year=1971", "--file", "coverArtPath=cover.jpg")
    let id = try #require(song["id"] as? String)
    #expect(song["name"] as? String == "Blue" && song["year"] as? Int == 1971)
    #expect(song["coverArtPath"] as? String == "images/\(id)-cover.jpg")
    #expect(try await program.text("images/\(id)-cover.jpg") == "cover")
    let head = try await program.bucket.head("images/\(id)-cover.jpg")
    #expect(head?.contentType == "image/jpeg")

    let shown = try await program.must("get", "Song", id)
    #expect(shown.output.hasPrefix("Song \(id)\n"))
    #expect(shown.output.contains("  coverArtPath:  images/\(id)-cover.jpg\n"))

    let attached = try await program.json("attach", "Song", id, "coverArtPath", "other.jpg")
    #expect(attached["paths"] as? [String] == ["images/\(id)-other.jpg"])
    #expect((attached["record"] as? [String: Any])?["coverArtPath"] as? String == "images/\(id)-other.jpg")
    #expect(attached["leftBehind"] as? [String] == [])
    #expect(try await program.bucket.keys() == ["images/\(id)-other.jpg"])

    // A path that is taken gets another name.
    let again = try await program.must("attach", "Song", id, "coverArtPath", "other.jpg", "--keep-old")
    let path = try #require(again.output.split(separator: " ").last?.dropLast())
    #expect(path.hasPrefix("images/\(id)-") && path.hasSuffix("-other.jpg"))
    #expect(try await program.bucket.keys().sorted() == ["images/\(id)-other.jpg", String(path)].sorted())

    #expect(try await program.must("detach", "Song", id, "coverArtPath").output == "detached: Song \(id)\n")
    #expect(try await program.bucket.keys().count == 2)
    #expect(try await program.json("get", "Song", id)["coverArtPath"] == nil)
    #expect(try await program.must("delete", "Song", id).output == "deleted: Song \(id)\n")
    #expect(try await program.run("get", "Song", id).status == 1)
  }

  @Test("An album's images: created, added, one replaced, some taken out, deleted", arguments: StoreKind.allCases)
  func multiple(store: StoreKind) async throws {
    let program = try await RecordProgram(store)
    try program.write("third.png", "third")
    try await program.must(
      "create", "PhotoAlbum", "--id", "summer", "name=Summer", "tags=[\"sea\", null]", "isPublic=true", "--file",
      "imagePaths=cover.jpg", "--file", "imagePaths=other.jpg")
    var album = try await program.json("get", "PhotoAlbum", "summer")
    #expect(album["imagePaths"] as? [String] == ["images/summer-cover.jpg", "images/summer-other.jpg"])
    #expect(album["tags"] as? [AnyHashable] == ["sea", NSNull()])
    #expect(album["isPublic"] as? Bool == true)

    let attached = try await program.must("attach", "PhotoAlbum", "summer", "imagePaths", "third.png")
    #expect(attached.output == "attached: images/summer-third.png\n")
    try program.write("new.jpg", "new")
    try await program.must(
      "replace", "PhotoAlbum", "summer", "imagePaths", "images/summer-cover.jpg", "new.jpg")
    album = try await program.json("get", "PhotoAlbum", "summer")
    #expect(
      album["imagePaths"] as? [String] == [
        "images/summer-new.jpg", "images/summer-other.jpg", "images/summer-third.png",
      ])
    #expect(try await !program.bucket.keys().contains("images/summer-cover.jpg"))

    let unclear = try await program.run("detach", "PhotoAlbum", "summer", "imagePaths")
    #expect(unclear.status == 64 && unclear.error.contains("--all"))
    try await program.must(
      "detach", "PhotoAlbum", "summer", "imagePaths", "images/summer-new.jpg", "images/summer-third.png", "--delete")
    album = try await program.json("get", "PhotoAlbum", "summer")
    #expect(album["imagePaths"] as? [String] == ["images/summer-other.jpg"])
    #expect(try await program.bucket.keys() == ["images/summer-other.jpg"])
    try await program.must("detach", "PhotoAlbum", "summer", "imagePaths", "--all")
    try await program.must("attach", "PhotoAlbum", "summer", "imagePaths", "third.png")
    try await program.must("delete", "PhotoAlbum", "summer", "--keep-files")
    #expect(try await program.bucket.keys().sorted() == ["images/summer-other.jpg", "images/summer-third.png"])
  }

  @Test("update changes what is given, removes what is null, and minds a condition")
  func update() async throws {
    let program = try await RecordProgram()
    try await program.must(
      "create", "Song", "--id", "1", "name=A=B", "--values", "{\"year\": 1971, \"name\": \"lost\"}")
    #expect(try await program.must("update", "Song", "1", "year=1972").output == "updated: Song 1\n")
    let condition = "{\"year\": {\"eq\": 1972}}"
    let song = try await program.json("update", "Song", "1", "name:=\"C\"", "year=null", "--if", condition)
    #expect(song["name"] as? String == "C" && song["year"] == nil)
    let late = try await program.run("update", "Song", "1", "name=D", "--if", condition)
    #expect(late.status == 1 && late.error.hasPrefix("pail: ConditionFailed: "), "\(late.error)")
    // The text "null" is a text.
    #expect(try await program.json("update", "Song", "1", "name=null")["name"] as? String == "null")
  }

  @Test("models shows fields, their types, and where files are")
  func models() async throws {
    let program = try await RecordProgram()
    let text = try await program.run(
      "models", options: ["--schema", RecordProgram.schema, "--template-of", "Song.coverArtPath=covers/{id}/{name}"])
    #expect(text.succeeded, "\(text.error)")
    #expect(text.output.contains("  coverArtPath  String       files at covers/{id}/{name}\n"), "\(text.output)")
    #expect(text.output.contains("  imagePaths  [String]     files at images/{id}-{name}\n"), "\(text.output)")
    let plain = try await program.run(
      "models", "--json",
      options: ["--schema", RecordProgram.schema, "--no-file-names", "--file-field", "PhotoAlbum.imagePaths"])
    let models = try RecordProgram.objects(plain.output)
    #expect(models.map { $0["model"] as? String } == ["PhotoAlbum", "Song"])
    let templates = models.flatMap { $0["fields"] as? [[String: Any]] ?? [] }.filter { $0["template"] != nil }
    #expect(templates.map { $0["name"] as? String } == ["imagePaths"])
  }

  @Test(
    "files lists, links and downloads, never outside of the directory and never over a file",
    arguments: StoreKind.allCases)
  func files(store: StoreKind) async throws {
    let program = try await RecordProgram(store)
    try await program.must("create", "PhotoAlbum", "--id", "1", "name=One", "--file", "imagePaths=cover.jpg")
    #expect(try await program.must("files", "PhotoAlbum", "1").output == "imagePaths  images/1-cover.jpg\n")
    let link = try await program.json("files", "PhotoAlbum", "1", "imagePaths", "--url", "--expires-in", "60")
    let url = try #require(link["url"] as? String)
    #expect(try await Shell.run("curl", ["-s", url]).output == "cover")
    #expect(link["expiresAt"] is String)

    // Paths as an unfriendly app may make them.
    var paths = ["images/.profile", "images/a/same", "images/b/same", "images/c/bell\u{7}"]
    if store == .ministack { paths.append("images/../../../outside") }
    for path in paths { try await program.bucket.put(path, path) }
    let list = try String(decoding: JSONEncoder().encode(["images/1-cover.jpg"] + paths), as: UTF8.self)
    try await program.must("update", "PhotoAlbum", "1", "imagePaths=\(list)")
    try FileManager.default.createDirectory(
      atPath: program.pail.directory.path("in/deep"), withIntermediateDirectories: true)
    let listed = try await program.must("files", "PhotoAlbum", "1")
    #expect(listed.output.contains("images/c/bell\\u{7}"))
    let downloaded = try await program.must("files", "PhotoAlbum", "1", "--download", "in/deep")
    #expect(downloaded.output.hasPrefix("imagePaths  images/1-cover.jpg"))
    let names = try FileManager.default.contentsOfDirectory(atPath: program.pail.directory.path("in/deep")).sorted()
    #expect(
      names
        == (["1-cover.jpg", "2-same", "_.profile", "bell_", "same"] + (paths.count > 4 ? ["outside"] : [])).sorted())
    #expect(program.read("in/deep/_.profile") == "images/.profile")
    #expect(program.read("in/deep/1-cover.jpg") == "cover")
    #expect(try FileManager.default.contentsOfDirectory(atPath: program.pail.directory.path("in")) == ["deep"])

    try program.write("in/deep/1-cover.jpg", "mine")
    let refused = try await program.run("files", "PhotoAlbum", "1", "--download", "in/deep")
    #expect(refused.status == 1 && refused.error.contains("FileExists"), "\(refused.error)")
    #expect(program.read("in/deep/1-cover.jpg") == "mine")
  }

  @Test("A file that is gone is told as such")
  func dangling() async throws {
    let program = try await RecordProgram()
    try await program.must("create", "Song", "--id", "1", "name=One", "--file", "coverArtPath=cover.jpg")
    try await program.bucket.delete("images/1-cover.jpg")
    let outcome = try await program.run("files", "Song", "1", "--download", ".")
    #expect(outcome.status == 1 && outcome.error.hasPrefix("pail: DanglingReference: Song 1 names images/1-cover.jpg"))
    #expect(outcome.error.split(separator: "\n").count == 1)
  }
}
