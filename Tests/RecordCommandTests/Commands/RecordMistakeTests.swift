// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite("pail records: what cannot be is said in one line, and changes nothing")
struct RecordMistakeTests {
  @Test("Requests that make no sense")
  func requests() async throws {
    let program = try await RecordProgram()
    try await program.must("create", "Song", "--id", "1", "name=One", "--file", "coverArtPath=cover.jpg")
    try await program.must("create", "Song", "--id", "2", "name=Two")
    try await program.bucket.put("private/secret", "secret")
    let keys = try await program.bucket.keys()
    let before = try await program.must("list", "Song", options: ["--json"]).output
    let cases: [(arguments: [String], words: String, status: Int32)] = [
      (["list", "Film"], "UnknownModel: there is no model Film. There are: PhotoAlbum, Song.", 1),
      (["get", "Song", "none"], "RecordNotFound: there is no Song none. ", 1),
      (["create", "Song", "name=x", "length=3"], "UnknownField: Song has no field length", 1),
      (["create", "Song", "year=3"], "MissingField: Song.name is missing", 1),
      (["create", "Song", "name=x", "year=soon"], "InvalidValue: Song.year is Int, which soon is not", 1),
      (["create", "Song", "name=x", "year=1.5"], "InvalidValue: Song.year is Int", 1),
      (["create", "Song", "--id", "1", "name=x"], "RecordExists: there is a Song 1 already", 1),
      (["create", "Song", "--id", "a/b", "name=x"], "InvalidValue: ", 1),
      (["create", "Song", "name=x", "--file", "name=cover.jpg"], "NotAnAttachment: Song.name", 1),
      (["create", "Song", "name=x", "--file", "coverArtPath=none"], "none: No such file or directory", 1),
      (["create", "Song", "name=x", "--file", "coverArtPath=."], ".: only regular files", 1),
      (["create", "Song", "name=x", "name=y"], "name is given twice", 64),
      (["update", "Song", "1", "createdAt=now"], "ReadOnlyField: Song.createdAt", 1),
      (["update", "Song", "1", "name:=null"], "InvalidValue: Song.name cannot be null", 1),
      (["update", "Song", "none", "name=x"], "RecordNotFound: ", 1),
      (["update", "Song", "2", "coverArtPath=private/secret"], "PathNotAllowed: ", 1),
      (
        ["update", "Song", "2", "coverArtPath=images/1-cover.jpg"], "PathInUse: images/1-cover.jpg belongs to Song 1", 1
      ),
      (["update", "Song", "2", "coverArtPath=images/none"], "FileNotFound: ", 1),
      (["update", "Song", "1", "--values", "[1]"], "--values takes a JSON object", 64),
      (["update", "Song", "1", "--values", "{name}"], "InvalidValue: this is no JSON", 1),
      (
        ["update", "Song", "1", "name=x", "--if", "{\"genre\": {\"eq\": 1}}"], "UnknownField: Song has no field genre",
        1
      ),
      (["list", "Song", "--filter", "{\"name\": {\"like\": \"x\"}}"], "--filter: InvalidFilter: ", 1),
      (["list", "Song", "--next-token", "rubbish"], "InvalidToken: ", 1),
      (["delete", "Song", "none"], "RecordNotFound: ", 1),
      (["attach", "Song", "1", "coverArtPath", "cover.jpg", "other.jpg"], "TooManyFiles: ", 1),
      (["attach", "Song", "1", "name", "cover.jpg"], "NotAnAttachment: ", 1),
      (["replace", "Song", "1", "coverArtPath", "images/none", "other.jpg"], "PathNotAttached: ", 1),
      (["detach", "Song", "1", "coverArtPath", "images/none"], "PathNotAttached: ", 1),
      (["files", "Song", "1", "--download", "nowhere"], "nowhere: there is no such directory", 1),
      (["check", "--fix"], "there is no terminal to ask at", 64),
    ]
    for (arguments, words, status) in cases {
      let outcome = try await Shell.run(
        PailProgram.path, ["records"] + arguments + program.options, in: program.pail.directory.path,
        environment: program.environment)
      #expect(outcome.status == status, "\(arguments): \(outcome.status) \(outcome.error)")
      #expect(outcome.error.hasPrefix("pail: \(words)"), "\(arguments): \(outcome.error)")
      #expect(outcome.error.split(separator: "\n").count == 1, "\(arguments): \(outcome.error)")
      #expect(outcome.output.isEmpty)
    }
    #expect(try await program.bucket.keys() == keys)
    #expect(try await program.must("list", "Song", options: ["--json"]).output == before)
  }

  @Test("Options that make no sense")
  func options() async throws {
    let program = try await RecordProgram()
    let schema = ["--schema", RecordProgram.schema]
    let bucket = ["--bucket", "s3://\(program.bucket.bucket)"]
    try program.write("broken.json", "{\"models\": {\"Song\": {\"name\": 3}}}")
    let cases: [(options: [String], words: String)] = [
      ([], "no models: name a project"), (schema + bucket, "no store: keep the records in a file with --store FILE"),
      (schema + ["--store", "none.sqlite"] + bucket, "there is no database none.sqlite"),
      (schema + ["--store", "appsync"] + bucket, "--store appsync is of a project"),
      (schema + ["--guest", "--store", "x"] + bucket, "--guest has no effect"),
      (schema + ["--store", "x", "--authorization", "iam"] + bucket, "--authorization is for AppSync"),
      (schema + ["--store", "x"], "no bucket: name one with --bucket s3://BUCKET"),
      (schema + ["--store", "x", "--bucket", "s3://b/p"], "--bucket takes no prefix"),
      (["--schema", "broken.json", "--store", "x"] + bucket, "InvalidSchema: broken.json: "),
      (["--schema", "none.json", "--store", "x"] + bucket, "InvalidSchema: none.json: there is no such file"),
      (["--amplify", "none.json"], "InvalidSchema: none.json: there is no such file"),
      (
        schema + ["--store", "x", "--file-field", "Song.cover"] + bucket, "InvalidSchema: there is no field Song.cover"
      ),
      (schema + ["--store", "x", "--file-field", "Song.year"] + bucket, "InvalidSchema: Song.year is Int"),
      (schema + ["--store", "x", "--template", "images/{name}"] + bucket, "InvalidSchema: "),
    ]
    for (options, words) in cases {
      let outcome = try await program.run("delete", "Song", "1", options: options)
      #expect(outcome.status != 0, "\(options)")
      #expect(outcome.error.contains(words), "\(options): \(outcome.error)")
    }
    #expect(!FileManager.default.fileExists(atPath: program.pail.directory.path("x")))
    #expect(!FileManager.default.fileExists(atPath: program.pail.directory.path("none.sqlite")))
  }

  @Test("A store that refuses is told with its words, and takes nothing with it")
  func refusals() async throws {
    let program = try await RecordProgram(.ministack)
    let options = program.options.dropLast() + ["s3://no-such-bucket-here"]
    let outcome = try await program.run(
      "create", "Song", "--id", "1", "name=x", "--file", "coverArtPath=cover.jpg", options: Array(options))
    #expect(outcome.status == 1 && outcome.error.hasPrefix("pail: "), "\(outcome.error)")
    #expect(outcome.error.split(separator: "\n").count == 1)
    #expect(try await program.run("get", "Song", "1").error.contains("RecordNotFound"))
  }
}
