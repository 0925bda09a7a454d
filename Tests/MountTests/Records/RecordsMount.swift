// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

/// A mount of a bucket with records in a SQLite file.
struct RecordsMount {
  let live: LiveMount

  var database: String { live.directory.path("records.sqlite") }
  var schema: String { live.directory.path("models.json") }

  /// Runs `body` with a new bucket and an empty store, mounted.
  ///
  /// - Parameter prepare: called before the mount; the database is there.
  static func use(
    _ server: TestServer, options: [String] = [], prepare: (RecordsMount) async throws -> Void = { _ in },
    _ body: (RecordsMount) async throws -> Void
  ) async throws {
    try await LiveMount.use(server, mounting: false) { live in
      let mount = RecordsMount(live: live)
      try Data(models.utf8).write(to: URL(fileURLWithPath: mount.schema))
      try await prepare(mount)
      try await live.mount(mount.options + options)
      try await body(mount)
    }
  }

  var options: [String] { ["records=\(database)", "records-schema=\(schema)"] }

  /// Runs a Python program with ``LiveMount/python(_:_:timeLimit:sourceLocation:)``; `R` is `.records`, and `record(path)` reads a
  /// document.
  @discardableResult
  func python(
    _ script: String, _ arguments: String..., timeLimit: Double = 120, sourceLocation: SourceLocation = #_sourceLocation
  ) async throws -> String {
    let outcome = try await Shell.run(
      "python3", ["-c", LiveMount.prelude + RecordsMount.prelude + script] + arguments, environment: live.environment,
      timeLimit: timeLimit)
    try #require(outcome.succeeded, "\(LiveMount.words(outcome)) \(live.logTail)", sourceLocation: sourceLocation)
    return outcome.line
  }

  /// Adds songs `s000000` and so on behind the store's back, in one transaction.
  func addSongs(_ count: Int) async throws {
    try await python(
      """
      import json, sqlite3
      database = sqlite3.connect(sys.argv[1])
      songs = ((f's{i:06}', i) for i in range(int(sys.argv[2])))
      database.executemany("INSERT INTO record VALUES ('Song', ?, ?)", ((id, json.dumps({
          'id': id, 'name': f'number {i}', 'createdAt': '2026-01-02T03:04:05.678Z', 'updatedAt': '2026-01-02T03:04:05.678Z'}))
          for id, i in songs))
      database.commit()
      """, database, "\(count)")
  }

  private static let prelude = """
    import json
    R = M + '/.records'

    def record(path): return json.loads(read(f'{R}/{path}/record.json'))

    def write(path, text, flags=os.O_WRONLY | os.O_CREAT | os.O_TRUNC):
        file = os.open(f'{R}/{path}', flags, 0o644)
        try: os.write(file, text if isinstance(text, bytes) else text.encode())
        finally: os.close(file)


    """

  static let models = """
    {"version": 1, "enums": {}, "nonModels": {}, "models": {
      "Song": \(model("Song", #""coverArtPath": \#(field("coverArtPath"))"#)),
      "PhotoAlbum": \(model("PhotoAlbum", #""imagePaths": \#(field("imagePaths", ", \"isArrayNullable\": true", isList: true))"#))
    }}
    """

  private static func model(_ name: String, _ attachment: String) -> String {
    """
    {"name": "\(name)", "pluralName": "\(name)s", "syncable": true, "attributes": [{"type": "model", "properties": {}}],
     "primaryKeyInfo": {"isCustomPrimaryKey": false, "primaryKeyFieldName": "id", "sortKeyFieldNames": []},
     "fields": {"id": \(field("id", type: "ID", isRequired: true)), "name": \(field("name", isRequired: true)), \(attachment),
      "createdAt": \(field("createdAt", ", \"isReadOnly\": true", type: "AWSDateTime")),
      "updatedAt": \(field("updatedAt", ", \"isReadOnly\": true", type: "AWSDateTime"))}}
    """
  }

  private static func field(
    _ name: String, _ more: String = "", type: String = "String", isList: Bool = false, isRequired: Bool = false
  ) -> String {
    #"{"name": "\#(name)", "isArray": \#(isList), "type": "\#(type)", "isRequired": \#(isRequired), "attributes": []\#(more)}"#
  }
}
