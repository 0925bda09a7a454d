// SPDX-License-Identifier: Apache-2.0

import Foundation
import Records
import Testing
import TestSupport

@Suite struct SchemaTests {
  private func schema(_ rules: AttachmentRules = AttachmentRules(), _ text: String = SchemaText.json) throws
    -> RecordSchema
  {
    let directory = try TemporaryDirectory("schema")
    try Data(text.utf8).write(to: URL(fileURLWithPath: directory.path("schema.json")))
    return try RecordSchema(path: directory.path("schema.json"), attachments: rules)
  }

  @Test("fields named like paths and keys hold files; an id does not")
  func namingRule() throws {
    let schema = try schema()
    #expect(schema.modelNames == ["PhotoAlbum", "Song", "Track"])
    #expect(try schema.model("Song").attachments.map(\.name) == ["coverArtPath"])
    #expect(try schema.model("PhotoAlbum").attachments == [AttachmentField("imagePaths", isList: true)])
    #expect(try schema.model("Track").attachments.map(\.name) == ["lyricsKey", "stemKeys"])
    #expect(try schema.model("Song").fields.map(\.name) == ["id", "coverArtPath", "name", "createdAt", "updatedAt"])
    #expect(try schema.model("PhotoAlbum").field("imagePaths")?.typeText == "[String]")
  }

  @Test("declarations count beside the rule, and without it")
  func declarations() throws {
    let covers = try PathTemplate("covers/{id}/{name}")
    let rules = AttachmentRules(fields: ["Track.tags"], usesNames: false, templates: ["Song.coverArtPath": covers])
    let schema = try schema(rules)
    #expect(try schema.model("Track").attachments.map(\.name) == ["tags"])
    #expect(try schema.model("Song").attachments == [AttachmentField("coverArtPath", isList: false, template: covers)])
    #expect(try schema.model("PhotoAlbum").attachments.isEmpty)
  }

  @Test(
    "what is not there, or holds no text, cannot be declared",
    arguments: [
      "Song.cover", "Sonk.coverArtPath", "coverArtPath", "Track.length", "Track.genre", "Song.a.b", "",
    ])
  func wrongDeclarations(_ field: String) {
    let error = #expect(throws: RecordError.self) { try schema(AttachmentRules(fields: [field])) }
    #expect(error?.code == .invalidSchema)
  }

  @Test("a file that is no schema says where")
  func badFiles() throws {
    for (text, place) in [
      ("{\"models\": {\"Song\": {}}}", "models.Song"), ("{}", "version"), ("nonsense", "JSON"),
      ("{\"models\": 3}", "models"),
    ] {
      let error = #expect(throws: RecordError.self) { try schema(AttachmentRules(), text) }
      #expect(
        error?.code == .invalidSchema && error?.message.contains(place) == true, "\(text): \(String(describing: error))"
      )
    }
  }

  @Test("filters are read as AppSync writes them, and written so")
  func filters() throws {
    let text =
      #"{"and":[{"name":{"beginsWith":"A"}},{"or":[{"length":{"between":[1,2]}},{"not":{"tags":{"size":{"ge":3}}}}]}]}"#
    let filter = try RecordFilter(RecordValue(json: text))
    #expect(filter.value.json() == text)
    for bad in [
      "[]", #"{"name":"A"}"#, #"{"name":{"like":"A"}}"#, #"{"name":{"between":[1]}}"#, #"{"name":{"size":{"gt":"x"}}}"#,
    ] {
      let error = #expect(throws: RecordError.self) { try RecordFilter(RecordValue(json: bad)) }
      #expect(error?.code == .invalidFilter, "\(bad)")
    }
  }
}
