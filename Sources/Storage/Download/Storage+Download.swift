// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import HTTPTransport
import S3Client
import Transfer

extension Storage {
  /// Begins to download an object, or a range of it.
  ///
  /// What comes is one version of the object, checked against the checksum where the store has one of all of it. A download into a
  /// file goes on with what an earlier one of the same version left beside that file, as `PATH.pail-part…`.
  /// - Returns: at once; whatever goes wrong is thrown by ``DownloadTask/result``.
  public func downloadData(
    path: StoragePath, to destination: DownloadDestination = .memory(), options: DownloadOptions = DownloadOptions()
  ) -> DownloadTask {
    let control = TransferControl()
    let connections = connections
    let run = TransferRun.start(
      control, in: transfers, canceled: StorageError(download: .canceled, path: nil),
      onProgress: options.onProgress
    ) { () async throws(StorageError) in
      try await Storage.download(path, destination, options, control, connections)
    }
    return DownloadTask(control: control, run: run)
  }

  private static func download(
    _ path: StoragePath, _ destination: DownloadDestination, _ options: DownloadOptions, _ control: TransferControl,
    _ connections: BucketConnections
  ) async throws(StorageError) -> DownloadResult {
    let key = try await path.key(in: connections.configuration)
    try AccountID.check(options.expectedBucketOwner)
    var configuration = ObjectDownload.Configuration(key: key)
    if let range = options.bytesRange {
      guard range.lowerBound >= 0, range.upperBound < .max else {
        throw StorageError(.invalidBytesRange, detail: "\(range)", path: key.string)
      }
      configuration.bytes = Range(range)
    }
    configuration.rangeSize = min(max(options.partSize, 1 << 20), 1 << 30)
    configuration.concurrency = min(max(1, options.concurrency), TransferRun.largestConcurrency)
    let client = try await connections.connection(
      to: options.bucket, owner: options.expectedBucketOwner, accelerated: options.useAccelerateEndpoint
    ).client
    let download = ObjectDownload(
      client: client, destination: destination.place, configuration: configuration,
      onProgress: { control.progress.note(TransferProgress($0)) })
    guard control.start(download) else { throw StorageError(download: .canceled, path: key.string) }
    do throws(DownloadFailure) {
      let downloaded = try await download.result().get()
      return DownloadResult(downloaded, path: key.string, destination)
    } catch {
      throw StorageError(download: error, path: key.string)
    }
  }
}

extension DownloadDestination {
  fileprivate var place: ObjectDownload.Destination {
    switch self {
    case .memory(let limit): .memory(limit: max(0, limit))
    case .file(let path, let overwrites, let syncs): .file(path: path, overwrites: overwrites, syncs: syncs)
    }
  }
}

extension DownloadResult {
  fileprivate init(_ downloaded: ObjectDownload.Downloaded, path: String, _ destination: DownloadDestination) {
    let head = downloaded.head
    self.init(
      path: path, size: downloaded.size, contentType: head.properties.contentType, eTag: head.etag.shown,
      versionID: head.versionID, lastModified: Date(secondsOrNone: head.lastModified),
      metadata: UserMetadata.decode(head.properties.metadata), isVerified: downloaded.isVerified)
    if case .memory = destination { bytes = downloaded.memory.map { [UInt8]($0.bytes) } ?? [] }
  }
}

extension ObjectDownload: ControlledTransfer {
  func cancel(keepsParts: Bool) { cancel(keepsPartial: keepsParts) }
}
