// SPDX-License-Identifier: Apache-2.0

import Mount
import Testing

@Suite("Sources of a mount")
struct SourceOptionTests {
  private func parse(_ source: String?, _ texts: String...) throws(MountFailure) -> MountOptions {
    try MountOptionParser.parse(source: source, mountPoint: "/mnt", settings: texts.flatMap(OptionString.settings))
  }

  @Test(
    "With a project the source is a friendly name, or nothing",
    arguments: [
      (nil, SourceOption.project(name: nil, prefix: ""), "amplify:*"),
      ("none", .project(name: nil, prefix: ""), "amplify:*"),
      ("app", .project(name: "app", prefix: ""), "amplify:app"),
      ("app/", .project(name: "app", prefix: ""), "amplify:app"),
      ("my app/public/a", .project(name: "my app", prefix: "public/a/"), "amplify:my app/public/a"),
    ] as [(String?, SourceOption, String)])
  func project(source: String?, expected: SourceOption, description: String) throws {
    let options = try parse(source, "amplify=amplify_outputs.json")
    #expect(options.source == expected)
    #expect(options.source.description == description)
    #expect(options.amplify == "amplify_outputs.json")
  }

  @Test("A prefix may be an option")
  func prefix() throws {
    #expect(try parse("app", "amplify=f,prefix=a").source == .project(name: "app", prefix: "a/"))
    #expect(try parse("app/a", "amplify=f,prefix=a").source == .project(name: "app", prefix: "a/"))
  }

  @Test(
    "What makes no sense is refused",
    arguments: [
      (nil, "uid=1"), ("s3://app", "amplify=f"), ("/a", "amplify=f"), (nil, "amplify=f,prefix=a"),
      ("a/b", "amplify=f,prefix=c"),
      ("app", "guest"), ("app", "amplify=f,guest,profile=p"), ("a\u{1}", "amplify=f"), ("a//b", "amplify=f"),
    ] as [(String?, String)])
  func refusals(source: String?, settings: String) {
    #expect { try self.parse(source, settings) } throws: { ($0 as? MountFailure)?.kind == .usage }
  }
}
