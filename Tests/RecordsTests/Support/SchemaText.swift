// SPDX-License-Identifier: Apache-2.0

/// A schema in the shape of an introspection: the models of the guide, and one with a field of every kind.
enum SchemaText {
  static let json = """
    {"version": 1, "enums": {"Genre": {"name": "Genre", "values": ["ROCK", "JAZZ"]}}, "nonModels": {}, "models": {
      "Song": \(model("Song", "Songs", [field("name", required: true), field("coverArtPath")])),
      "PhotoAlbum": \(model("PhotoAlbum", "PhotoAlbums", [field("name", required: true), field("imagePaths", list: true)])),
      "Track": \(model("Track", "Tracks", [
        field("title", required: true), field("length", "\"Int\""), field("rating", "\"Float\""), field("isLive", "\"Boolean\""),
        field("genre", "{\"enum\": \"Genre\"}"), field("tags", list: true), field("recordedOn", "\"AWSDate\""), field("lyricsKey"),
        field("stemKeys", list: true), field("albumID", "\"ID\""),
      ]))
    }}
    """

  private static func model(_ name: String, _ plural: String, _ fields: [String]) -> String {
    let all =
      [field("id", "\"ID\"", required: true)] + fields
      + ["createdAt", "updatedAt"].map { field($0, "\"AWSDateTime\"", readOnly: true) }
    return """
      {"name": "\(name)", "pluralName": "\(plural)", "syncable": true, "attributes": [{"type": "model", "properties": {}}],
       "primaryKeyInfo": {"isCustomPrimaryKey": false, "primaryKeyFieldName": "id", "sortKeyFieldNames": []},
       "fields": {\(all.joined(separator: ","))}}
      """
  }

  private static func field(
    _ name: String, _ type: String = "\"String\"", required: Bool = false, list: Bool = false, readOnly: Bool = false
  ) -> String {
    """
    "\(name)": {"name": "\(name)", "isArray": \(list), "type": \(type), "isRequired": \(required), "attributes": []
      \(list ? ", \"isArrayNullable\": true" : "")\(readOnly ? ", \"isReadOnly\": true" : "")}
    """
  }
}
