// SPDX-License-Identifier: Apache-2.0

import Records
import Testing

@Suite struct PathTemplateTests {
  static let uuid = "0b9f64d1-54c4-4b4e-9f59-5d7a4c7d3a10"

  @Test(
    "a template makes paths",
    arguments: [
      ("images/{id}-{name}", "images/42-a.png"), ("{model}/{field}/{id}/{name}", "Song/cover/42/a.png"),
      ("x-{name}.{id}", "x-a.png.42"),
    ])
  func makes(_ text: String, _ path: String) throws {
    let template = try PathTemplate(text)
    #expect(template.path(model: "Song", field: "cover", id: "42", name: "a.png") == path)
    #expect(template.makes(path, model: "Song", field: "cover", id: "42"))
    #expect(!template.makes(path, model: "Song", field: "cover", id: "43"))
    #expect(!template.makes(path.replacing("a.png", with: ""), model: "Song", field: "cover", id: "42"))
  }

  @Test(
    "what cannot be a template is refused",
    arguments: [
      "", "images/", "images/{id}", "images/{name}", "images/{id}{name}", "/images/{id}-{name}",
      "images/{id}-{name}-{name}",
      "images/{ID}-{name}", "images/{id-{name}", "images/{id}-{id}-{name}",
    ])
  func refuses(_ text: String) {
    #expect(throws: RecordError.self) { try PathTemplate(text) }
  }

  @Test("the prefix is what comes before the first placeholder")
  func prefix() throws {
    #expect(PathTemplate.standard.prefix == "images/")
    #expect(try PathTemplate("{model}/{id}/{name}").prefix == "")
    #expect(try PathTemplate("a/b-{id}-{name}").prefix == "a/b-")
  }

  @Test("only a UUID is certainly an id")
  func uuids() throws {
    let standard = PathTemplate.standard
    #expect(standard.uuid(in: "images/\(Self.uuid)-a.png", model: "Song", field: "f") == Self.uuid)
    #expect(
      standard.uuid(in: "images/\(Self.uuid.uppercased())-a", model: "Song", field: "f") == Self.uuid.uppercased())
    for path in [
      "images/my-logo.png", "images/\(Self.uuid)", "images/\(Self.uuid)-", "images/\(Self.uuid)x-a",
      "other/\(Self.uuid)-a", "",
    ] {
      #expect(standard.uuid(in: path, model: "Song", field: "f") == nil, "\(path)")
    }
    let folders = try PathTemplate("{model}/{id}/{name}.x")
    #expect(folders.uuid(in: "Song/\(Self.uuid)/a.x.x", model: "Song", field: "f") == Self.uuid)
    #expect(folders.uuid(in: "Album/\(Self.uuid)/a.x", model: "Song", field: "f") == nil)
  }
}
