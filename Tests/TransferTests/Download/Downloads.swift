// SPDX-License-Identifier: Apache-2.0

import S3Client
import Transfer

extension StoreFixture {
  func download(
    _ key: ObjectKey = "k", to destination: ObjectDownload.Destination? = nil, rangeSize: Int64 = 1 << 20,
    concurrency: Int = 4, bytes: Range<Int64>? = nil, onProgress: (@Sendable (ByteProgress) -> Void)? = nil
  ) -> ObjectDownload {
    var configuration = ObjectDownload.Configuration(key: key)
    (configuration.rangeSize, configuration.concurrency, configuration.bytes) = (rangeSize, concurrency, bytes)
    return ObjectDownload(
      client: client, destination: destination ?? .file(path: path), configuration: configuration,
      onProgress: onProgress)
  }
}

extension StoreFixture {
  /// The ranges that the journal of a partial file says are there; none when there is no journal that can be read.
  func recorded() -> [DownloadRecord.Done] {
    guard let content = try? content(path + ".pail-part.journal") else { return [] }
    let found = DownloadRecord(decoding: String(decoding: content, as: UTF8.self))?.done ?? []
    return Array(Dictionary(found.map { ($0.start, $0) }) { $1 }.values).sorted { $0.start < $1.start }
  }
}

extension [DownloadRecord.Done] {
  var bytes: Int64 { reduce(0) { $0 + $1.length } }
}

extension ObjectDownload {
  /// Starts and waits for the end.
  func run() async -> Result<Downloaded, DownloadFailure> {
    start()
    return await result()
  }
}

extension Result where Failure == DownloadFailure {
  var failure: DownloadFailure? {
    if case .failure(let failure) = self { failure } else { nil }
  }
}

extension DownloadFailure {
  /// The name of the case, for comparing.
  var name: String {
    switch self {
    case .store: "store"
    case .canceled: "canceled"
    case .changed: "changed"
    case .checksumMismatch: "checksumMismatch"
    case .exists: "exists"
    case .busy: "busy"
    case .diskFull: "diskFull"
    case .destination: "destination"
    case .tooLarge: "tooLarge"
    }
  }

  var storeError: S3Error? {
    if case .store(let error) = self { error } else { nil }
  }
}
