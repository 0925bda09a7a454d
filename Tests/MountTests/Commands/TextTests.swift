// SPDX-License-Identifier: Apache-2.0

import Foundation
import Mount
import Testing
import WriteBackCache

@Suite("What commands print")
struct TextTests {
  @Test(
    "sizes",
    arguments: [
      (0, "0 B"), (1_023, "1023 B"), (1_024, "1.0 KiB"), (1_536, "1.5 KiB"), (1_048_575, "1.0 MiB"),
      (5_242_880, "5.0 MiB"),
      (1_099_511_627_776, "1.0 TiB"),
    ] as [(Int64, String)])
  func sizes(bytes: Int64, text: String) {
    #expect(ByteCount.text(bytes) == text)
  }

  private let status = MountStatus(
    source: "s3://photos", mountPoint: "/mnt", state: .mounted, pid: 42, since: "2026-01-31T08:00:00.000Z",
    endpoint: "http://127.0.0.1:8333", region: "us-east-1", cacheDirectory: "/c", options: ["ro": "", "uid": "5"],
    requests: ["PutObject": 2, "ListObjectsV2": 3],
    pending: [
      PendingReport(
        PendingUpload(
          key: "a\u{1B}[2Jb", size: 2_048, state: .uploading, attempts: 1, nextAttempt: 3.2, reason: "timed out",
          transferred: 1_024, dataFile: "/c/data/1"))
    ], pendingCount: 1, pendingBytes: 2_048, storeNotes: [])

  @Test("JSON has the promised names")
  func json() throws {
    let object = try JSONSerialization.jsonObject(with: Data(StatusText.json(status).utf8)) as? [String: Any]
    #expect(object?["mount_point"] as? String == "/mnt")
    #expect(object?["requests"] as? [String: Int] == ["PutObject": 2, "ListObjectsV2": 3])
    let pending = try #require(object?["pending"] as? [[String: Any]])
    #expect(pending.count == 1)
    #expect(pending[0]["state"] as? String == "uploading")
    #expect(pending[0]["data_file"] as? String == "/c/data/1")
    #expect(pending[0]["next_attempt"] as? Double == 3.2)
    #expect(object?["pending_count"] as? Int == 1)
    let all = try JSONSerialization.jsonObject(with: Data(StatusText.json([MountStatus]()).utf8)) as? [Any]
    #expect(all?.isEmpty == true)
  }

  @Test("a table for people cannot drive their terminal")
  func table() {
    let text = StatusText.table(status)
    #expect(text.hasPrefix("s3://photos at /mnt\n"))
    #expect(text.contains("requests  ListObjectsV2 3, PutObject 2"))
    #expect(text.contains("pending   1 file, 2.0 KiB"))
    #expect(text.contains("1.0 KiB of 2.0 KiB"))
    #expect(text.contains("a?[2Jb  (1 failed: timed out; again in 4 s)"))
    #expect(!text.contains("\u{1B}"))
  }
}
