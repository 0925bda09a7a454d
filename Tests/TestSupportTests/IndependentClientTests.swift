// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@Suite struct IndependentClientTests {
  @Test func reportsEveryDifferenceOfATree() throws {
    let server = try SeaweedFS.shared()
    let client = IndependentClient(server)
    let bucket = try server.createBucket()
    let tree = try TemporaryDirectory("tree")
    try FileManager.default.createDirectory(atPath: tree.path("d"), withIntermediateDirectories: false)
    for name in ["same", "d/changed", "d/missing"] {
      try Data(name.utf8).write(to: URL(fileURLWithPath: tree.path(name)))
    }
    try client.put(bucket, "p/same", "same")
    try client.put(bucket, "p/d/changed", "d/Changed")
    try client.put(bucket, "p/extra", "")
    let differences = try client.differences(tree.path, bucket, prefix: "p")
    #expect(differences.count == 3)
    #expect(differences[0].hasPrefix("d/changed: contents differ"))
    #expect(differences[1] == "d/missing: not in the bucket")
    #expect(differences[2] == "extra: only in the bucket")
    try client.delete(bucket, "p/d/changed", "p/extra")
    try client.put(bucket, "p/d/changed", "d/changed")
    try client.put(bucket, "p/d/missing", "d/missing")
    #expect(try client.differences(tree.path, bucket, prefix: "p") == [])
  }

  @Test func listsMoreThanAPage() throws {
    let server = try SeaweedFS.shared()
    let client = IndependentClient(server)
    let bucket = try server.createBucket()
    try client.putMany(bucket, prefix: "many/", count: 1_001, size: 3)
    let entries = try client.list(bucket, prefix: "many/")
    #expect(entries.count == 1_001)
    #expect(entries.first?.key == "many/000000")
    #expect(entries.last?.key == "many/001000")
    #expect(entries.allSatisfy { $0.size == 3 })
  }

  @Test func saysWhatIsNotThere() throws {
    let server = try SeaweedFS.shared()
    let client = IndependentClient(server)
    let bucket = try server.createBucket()
    #expect(try client.head(bucket, "nothing") == nil)
    #expect(try client.uploads(bucket) == [])
    #expect(throws: TestSupportError.self) { try client.get(bucket, "nothing") }
    #expect(throws: TestSupportError.self) { try server.createBucket(named: bucket) }
  }
}
