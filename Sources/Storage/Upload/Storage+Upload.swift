// SPDX-License-Identifier: Apache-2.0

import S3Client
import Transfer

extension Storage {
  /// Begins to upload an object.
  ///
  /// Up to `partSize` it is sent in one request, above in parts. With a state directory in the configuration, an upload of a file
  /// or of bytes that did not come to its end goes on where an earlier one, also of another process, stopped, within an hour.
  /// - Returns: at once; whatever goes wrong is thrown by ``UploadTask/result``.
  public func uploadData(path: StoragePath, data: UploadData, options: UploadOptions = UploadOptions()) -> UploadTask {
    let control = TransferControl()
    let connections = connections
    let run = TransferRun.start(
      control, in: transfers, canceled: StorageError(upload: .canceled, path: nil), onProgress: options.onProgress
    ) { () async throws(StorageError) in
      try await Storage.upload(path, data.source, options, control, connections)
    }
    return UploadTask(control: control, run: run)
  }

  private static func upload(
    _ path: StoragePath, _ source: UploadSource, _ options: UploadOptions, _ control: TransferControl,
    _ connections: BucketConnections
  ) async throws(StorageError) -> UploadResult {
    let key = try await path.key(in: connections.configuration)
    let properties = try options.properties(for: key)
    let connection = try await connections.connection(
      to: options.bucket, owner: options.expectedBucketOwner, accelerated: options.useAccelerateEndpoint)
    var configuration = ObjectUpload.Configuration(key: key, properties: properties)
    configuration.condition = options.preventOverwrite ? .isAbsent : .always
    configuration.partSize = options.partSize
    configuration.concurrency = min(max(1, options.concurrency), TransferRun.largestConcurrency)
    configuration.requiresChecksums = options.checksumAlgorithm != nil
    if let directory = connections.configuration.absoluteStateDirectory {
      configuration.journal = UploadJournal(directory: directory + "/uploads")
      await JournalSweep.run(configuration.journal, connection.client, sparing: key)
    }
    let upload = ObjectUpload(
      client: connection.client, source: source, configuration: configuration, capabilities: connection.capabilities,
      onProgress: { control.progress.note(TransferProgress($0)) })
    guard control.start(upload) else { throw StorageError(upload: .canceled, path: key.string) }
    do throws(UploadFailure) {
      let uploaded = try await upload.result().get()
      return UploadResult(
        path: key.string, eTag: uploaded.object.etag.shown, versionID: uploaded.object.versionID,
        contentType: properties.contentType ?? MediaTypes.unknown, metadata: UserMetadata.decode(properties.metadata),
        size: uploaded.size)
    } catch {
      throw StorageError(upload: error, path: key.string)
    }
  }
}

extension ETag {
  /// As users see it: with quotation marks, nil for none.
  var shown: String? { value.isEmpty ? nil : quoted }
}

extension ObjectUpload: ControlledTransfer {}
