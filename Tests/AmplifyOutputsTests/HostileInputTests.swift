// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AmplifyOutputs

@Suite("Hostile amplify_outputs.json")
struct HostileInputTests {
  private static func outcome(_ bytes: [UInt8]) -> Result<AmplifyOutputs, AmplifyOutputsError> {
    Result { () throws(AmplifyOutputsError) in try AmplifyOutputs(json: bytes) }
  }

  private static func error(_ bytes: [UInt8]) -> AmplifyOutputsError? {
    if case .failure(let error) = outcome(bytes) { error } else { nil }
  }

  @Test("Nesting is refused where it is too deep, and ignored where it is not", arguments: [100, 100_000])
  func nesting(depth: Int) {
    let deep = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    let error = Self.error(Array(#"{"version":"1","custom":\#(deep)}"#.utf8))
    #expect((error == nil) == (depth == 100))
    let objects = String(repeating: #"{"a":"#, count: depth) + "1" + String(repeating: "}", count: depth)
    #expect(Self.error(Array(#"{"version":"1","auth":\#(objects)}"#.utf8)) != nil)
  }

  @Test(
    "A number that nothing can hold is an error where it counts",
    arguments: ["1e999", "123456789012345678901234567890"])
  func numbers(number: String) {
    let group =
      #"{"aws_region":"r","user_pool_id":"p","user_pool_client_id":"c","groups":[{"a":{"precedence":\#(number)}}]}"#
    let error = Self.error(Array(#"{"version":"1","auth":\#(group)}"#.utf8))
    #expect(error?.path == "auth.groups[0].a.precedence")
    #expect(error?.message.hasPrefix("expected a") == true)
    #expect(Self.error(Array(#"{"version":"1","later":\#(number)}"#.utf8)) == nil)
  }

  @Test("Bytes that are no UTF-8 are an error, in values and in keys")
  func encoding() {
    func file(_ before: String, _ after: String) -> [UInt8] {
      Array(before.utf8) + [0xC3, 0x28, 0xFF] + Array(after.utf8)
    }
    let value = Self.error(file(#"{"version":"1","auth":{"aws_region":""#, #""}}"#))
    #expect(value?.path == "auth.aws_region" && value?.message.contains("UTF-8") == true)
    #expect(Self.error(file(#"{"version":"1","auth":{""#, #"":1}}"#)) != nil)
    #expect(Self.error(file("", "")) != nil)
  }

  @Test("A byte order mark, as some editors write it, does no harm")
  func byteOrderMark() { #expect(Self.error([0xEF, 0xBB, 0xBF] + Array(#"{"version":"1"}"#.utf8)) == nil) }

  @Test("A key that is there twice counts once")
  func duplicates() throws {
    let outputs = try Self.outcome(Array(#"{"version":"1","version":"1.4","version":"1.4"}"#.utf8)).get()
    #expect(outputs.version.hasPrefix("1"))
  }

  @Test("A place with a very long key is still a line that can be read")
  func longKeys() {
    let key = String(repeating: #"\n\""#, count: 5_000)
    let paths = #"{"\#(key)/*":{"guest":["nothing"]}}"#
    let bucket = #"{"name":"a","bucket_name":"b","aws_region":"r","paths":\#(paths)}"#
    let error = Self.error(
      Array(#"{"version":"1.4","storage":{"aws_region":"r","bucket_name":"b","buckets":[\#(bucket)]}}"#.utf8))
    #expect(error?.path.hasPrefix("storage.buckets[0].paths[\"?\\\"") == true)
    #expect((error?.description.utf8.count ?? .max) < 1_000 && error?.description.contains("\n") == false)
  }

  @Test("Every file that is cut off is an error")
  func truncation() {
    let file = Array(Samples.file(version: "1.5").utf8)
    for length in stride(from: 0, to: file.count - 1, by: 7) { #expect(Self.error(Array(file[..<length])) != nil) }
  }

  @Test("Every file with a wrong byte is read or is an error")
  func mutation() {
    let file = Array(Samples.file(version: "1.5").utf8)
    for index in file.indices {
      var file = file
      file[index] = [0x00, 0x22, 0x7B, 0x5D, 0xFF, 0x39][index % 6]
      if let error = Self.error(file) { #expect(!error.message.isEmpty && !error.description.contains("\n")) }
    }
  }

  @Test("Ten thousand paths do not make an answer slow")
  func manyPaths() {
    let paths = (0..<10_000).map { AccessPath(prefix: "directory/\($0)/", rules: ["guest": [.get]]) }
    let rules = AccessRules(
      paths + [AccessPath(prefix: "directory/", rules: ["guest": [.list]])],
      for: AccessIdentity(role: .guest, identityID: nil))
    let clock = ContinuousClock()
    var wrong = 0
    let time = clock.measure {
      for number in 0..<10_000 {
        if !rules.allows(.get, "directory/\(number)/file") || rules.allows(.get, "directory/x/\(number)") { wrong += 1 }
      }
    }
    #expect(wrong == 0)
    #expect(time < .seconds(5))
    #expect(rules.leadingNames(in: "directory/").count == 10_000)
  }
}
