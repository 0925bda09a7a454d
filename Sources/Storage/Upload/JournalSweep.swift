// SPDX-License-Identifier: Apache-2.0
//
// Ends uploads that nobody came back for: "uploads that were initiated over one hour ago will be cancelled automatically"
// (Amplify Docs, "Upload files"), and really removed from the store.
//
// For: the first upload to a bucket. State: which buckets were swept, for the life of the process. Reading the journal is
// waited for, so that it holds no entry that the upload wants; the requests go on in the background. What can go wrong: the store
// does not answer or refuses; the entry then stays for another process, and a lifecycle rule of the bucket for the rest.

import Locking
import S3Client
import Transfer

enum JournalSweep {
  private static let swept = Lock<Set<String>>([])

  /// - Parameter key: that an upload is about to begin for; it deals with what it finds itself.
  static func run(_ journal: UploadJournal?, _ client: S3Client, sparing key: ObjectKey) async {
    guard let journal else { return }
    let place = "\(journal.directory)\n\(client.storeName)\n\(client.bucket)"
    guard swept.withLock({ $0.insert(place).inserted }) else { return }
    let entries = await ThreadPool.disk.run {
      journal.expired().compactMap { entry -> (UploadJournalEntry, UploadRecord)? in
        guard let record = entry.record, record.subject.store == client.storeName,
          record.subject.bucket == client.bucket, record.subject.key != key
        else { return nil }
        return (entry, record)
      }
    }
    guard !entries.isEmpty else { return }
    Task {
      for (entry, record) in entries {
        let isGone = await MultipartUpload.abort(record.begun.id, key: record.subject.key, client)
        await ThreadPool.disk.run {
          if isGone { entry.clear() }
          entry.end()
        }
      }
    }
  }
}
