// SPDX-License-Identifier: Apache-2.0

import Records
import Testing
import VFS

@testable import RecordFileSystem

@Suite("Names and targets of links") struct AttachmentLinkTests {
  private func names(_ template: String, _ paths: [RecordValue]) throws -> [String] {
    let field = AttachmentField("imagePaths", isList: true, template: try PathTemplate(template))
    let record = Record(model: "PhotoAlbum", id: "7", values: ["imagePaths": .list(paths)])
    return AttachmentLink.all(of: record, field).map(\.name.string)
  }

  @Test(
    "A link has the name that the file was attached under",
    arguments: [
      (
        "images/{id}-{name}", ["images/7-a.jpg", "images/70-b.jpg", "elsewhere/c.jpg"], ["a.jpg", "70-b.jpg", "c.jpg"]
      ),
      ("albums/{id}/{field}/{name}", ["albums/7/imagePaths/a.jpg", "albums/8/imagePaths/b.jpg"], ["a.jpg", "b.jpg"]),
      ("{name}/{id}", ["a.jpg/7", "a.jpg/8"], ["a.jpg", "8"]),
      (
        "images/{id}-{name}", ["images/7-a.jpg", "x/a.jpg", "y/a.jpg", "a~2.jpg"],
        ["a.jpg", "a~3.jpg", "a~4.jpg", "a~2.jpg"]
      ),
      ("images/{id}-{name}", ["images/7-a.jpg", "images/7-a.jpg"], ["a.jpg"]),
      ("images/{id}-{name}", ["x/noext", "y/noext", "/", ".."], ["noext", "noext~2", "file-3", "file-4"]),
      ("images/{id}-{name}", ["images/7-a/b.jpg", "images/7-"], ["b.jpg", "7-"]),
    ])
  func names(template: String, paths: [String], expected: [String]) throws {
    #expect(try names(template, paths.map { .string($0) }) == expected)
  }

  @Test("Elements that are null have no link, and long names stay names")
  func edges() throws {
    #expect(try names("images/{id}-{name}", [.null, "images/7-a", .null]) == ["a"])
    let long = String(repeating: "ö", count: 126) + ".j"
    let found = try names("images/{id}-{name}", ["x/\(long)", "y/\(long)"].map { .string($0) })
    #expect(found.count == 2 && found[0] == long && found[1].hasSuffix("~2.j") && found[1].utf8.count <= 255)
  }

  @Test("A field of one file has a link of its own name")
  func single() {
    let field = AttachmentField("coverArtPath", isList: false)
    func links(_ value: RecordValue) -> [AttachmentLink] {
      AttachmentLink.all(of: Record(model: "Song", id: "42", values: ["coverArtPath": value]), field)
    }
    #expect(links("images/42-a.jpg") == [AttachmentLink(name: Name("coverArtPath")!, path: "images/42-a.jpg")])
    #expect(links(.null).isEmpty)
  }

  @Test("A target is relative to the mount")
  func targets() {
    func text(_ path: String, prefix: String = "", place: String = "") -> String {
      LinkTarget.text(path, depth: 3) { $0.hasPrefix(prefix) ? place + $0.dropFirst(prefix.count) : nil }
    }
    #expect(text("images/42-a.jpg") == "../../../images/42-a.jpg")
    #expect(text("app/images/42-a.jpg", prefix: "app/") == "../../../images/42-a.jpg")
    #expect(text("images/42-a.jpg", place: "media/") == "../../../media/images/42-a.jpg")
    #expect(text("images/42-a.jpg", prefix: "app/") == "not-in-this-mount:images%2F42-a.jpg")
  }

  @Test(
    "What could lead elsewhere leads nowhere",
    arguments: [
      "../../../../../etc/passwd", "images/../../x", "/etc/passwd", "a//b", "a/./b", "", "a/", "a\u{0}b",
      ".records/Song/42/record.json", String(repeating: "x", count: 1_025),
    ])
  func hostileTargets(path: String) {
    let target = LinkTarget.text(path, depth: 3) { $0 }
    #expect(target.hasPrefix("not-in-this-mount:") && !target.contains("/") && !target.utf8.contains(0))
  }
}
