// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// Several processes on the records of one store.
@Suite struct RecordProcessTests {
  @Test("50 appends to one album from 5 processes at a time: 50 paths, on SQLite")
  func sqlite() async throws {
    let program = try await RecordProgram()
    try await check(program, options: program.options)
  }

  @Test("50 appends to one album from 5 processes at a time: 50 paths, on a GraphQL service")
  func graphQL() async throws {
    let program = try await RecordProgram()
    let service = try await GraphQLServer.start()
    // A project of that service, whose files are in the bucket with credentials of one's own.
    var outputs = try RecordProgram.object(String(contentsOfFile: service.outputsPath, encoding: .utf8))
    let (name, region) = (program.bucket.bucket, program.server.region)
    outputs["storage"] = [
      "aws_region": region, "bucket_name": name,
      "buckets": [["name": "files", "bucket_name": name, "aws_region": region]],
    ]
    try program.write("outputs.json", String(decoding: JSONSerialization.data(withJSONObject: outputs), as: UTF8.self))
    try program.write(
      "credentials",
      """
      [tests]
      aws_access_key_id = \(program.server.accessKeyID)
      aws_secret_access_key = \(program.server.secretAccessKey)
      """)
    let options = ["--amplify", "outputs.json", "--profile", "tests"]
    try await check(program, options: options)
  }

  private func environment(_ program: RecordProgram) -> [String: String] {
    program.environment.merging(["AWS_SHARED_CREDENTIALS_FILE": program.pail.directory.path("credentials")]) { $1 }
  }

  private func check(_ program: RecordProgram, options: [String]) async throws {
    let model = "PhotoAlbum"
    let made = try await run(program, ["create", model, "--id", "sea", "name=Sea"] + options)
    try #require(made.succeeded, "\(made.error)")
    let script = """
      for i in 1 2 3 4 5 6 7 8 9 10; do
        echo "$0 $i" > "$0-$i.jpg"
        "$1" records attach "$2" sea imagePaths "$0-$i.jpg" "${@:3}" > /dev/null
      done
      """
    try await withThrowingTaskGroup(of: Shell.Outcome.self) { group in
      for number in 1...5 {
        group.addTask {
          try await Shell.run(
            "/bin/bash", ["-ec", script, "p\(number)", PailProgram.path, model] + options,
            in: program.pail.directory.path,
            environment: environment(program), timeLimit: 200)
        }
      }
      for try await outcome in group { #expect(outcome.succeeded, "\(outcome.error)") }
    }
    let shown = try await run(program, ["get", model, "sea", "--json"] + options)
    let record = try RecordProgram.object(shown.output)
    let paths = try #require(record["imagePaths"] as? [String], "\(shown.output)")
    #expect(paths.count == 50 && Set(paths).count == 50)
    #expect(try await Set(program.bucket.keys()) == Set(paths))
  }

  private func run(_ program: RecordProgram, _ arguments: [String]) async throws -> Shell.Outcome {
    try await Shell.run(
      PailProgram.path, ["records"] + arguments, in: program.pail.directory.path, environment: environment(program),
      timeLimit: 60)
  }
}
