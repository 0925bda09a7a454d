// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Locking
import S3Client

extension Storage {
  /// Begins to download an object, or a range of it.
  ///
  /// - Returns: at once; whatever goes wrong is thrown by ``DownloadTask/result``.
  public func downloadData(
    path: StoragePath, to destination: DownloadDestination = .memory(), options: DownloadOptions = DownloadOptions()
  ) -> DownloadTask {
    let control = TransferControl()
    let connections = connections
    let run = TransferRun.start(control, in: transfers, onProgress: options.onProgress) {
      () async throws(StorageError) in
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
    if let range = options.bytesRange, range.lowerBound < 0 || range.upperBound == .max {
      throw StorageError(.invalidBytesRange, detail: "\(range)", path: key.string)
    }
    let client = try await connections.connection(
      to: options.bucket, owner: options.expectedBucketOwner, accelerated: options.useAccelerateEndpoint
    ).client
    guard case .memory(let limit) = destination else {
      throw StorageError(.invalidDownloadDestination, detail: "downloads to files come with the download engine")
    }
    let download = WholeDownload(client, key, range: options.bytesRange.map { Range($0) }, limit: limit)
    guard control.start(download) else {
      throw StorageError(.canceled, message: "Download is canceled by user", path: key.string)
    }
    do throws(S3Error) {
      let body = try await download.result()
      control.progress.note(TransferProgress(transferredBytes: body.length, totalBytes: body.length))
      return DownloadResult(
        path: key.string, size: body.length, contentType: body.head.properties.contentType, eTag: body.head.etag.shown,
        versionID: body.head.versionID, lastModified: .init(secondsOrNone: body.head.lastModified),
        metadata: UserMetadata.decode(body.head.properties.metadata), bytes: body.bytes)
    } catch {
      throw StorageError(error)
    }
  }
}

/// A download in one request.
private final class WholeDownload: ControlledTransfer {
  private let make: @Sendable () async -> Result<ObjectBody, S3Error>
  private let task = Lock<Task<Result<ObjectBody, S3Error>, Never>?>(nil)

  init(_ client: S3Client, _ key: ObjectKey, range: Range<Int64>?, limit: Int) {
    make = {
      do throws(S3Error) {
        return .success(try await client.getObject(key, range: range, into: .collect(limit: limit)))
      } catch {
        return .failure(error)
      }
    }
  }

  var transferState: TransferState { .inProgress }
  func start() { task.withLock { if $0 == nil { $0 = Task { [make] in await make() } } } }
  func pause() {}
  func resume() {}
  func cancel(keepsParts: Bool) { task.withLock { $0 }?.cancel() }

  func result() async throws(S3Error) -> ObjectBody {
    guard let task = task.withLock({ $0 }) else { fatalError("not started") }
    return try await task.value.get()
  }
}
