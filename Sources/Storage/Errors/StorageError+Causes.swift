// SPDX-License-Identifier: Apache-2.0
//
// What the layers below throw, as a StorageError. Pure; the names are in StorageErrorName.

import AmplifyOutputs
import Credentials
import HTTPTransport
import S3Client
import Transfer

extension StorageError {
  /// - Parameters:
  ///   - detail: what is wrong, behind the message.
  init(_ name: StorageErrorName, detail: String? = nil, path: String? = nil) {
    self.init(
      name: name.rawValue, message: detail.map { "\(name.message) (\($0))" } ?? name.message,
      recoverySuggestion: name.remedy, path: path)
  }

  /// - Parameter message: instead of the one of the table.
  init(_ name: StorageErrorName, message: String, path: String? = nil) {
    self.init(name: name.rawValue, message: message, recoverySuggestion: name.remedy, path: path)
  }

  init(_ error: S3Error) {
    let path = error.key?.string
    if error.isCancelled {
      self.init(.canceled, path: path)
    } else if let transport = error.transport {
      let name: StorageErrorName =
        switch transport.kind {
        case .localFile, .localDiskFull:
          error.operation == "GetObject" ? .invalidDownloadDestination : .invalidUploadSource
        case .tooLarge: .invalidResponse
        case .invalidRequest: .invalidRequest
        case .unresolvedHost, .cannotConnect, .tls, .stalled, .timedOut, .connectionLost, .cancelled, .other: .network
        }
      self.init(name, message: error.message, path: path)
    } else {
      // A code that both have, such as PreconditionFailed, means the same.
      let ours = StorageErrorName(rawValue: error.code)
      self.init(
        name: error.code, message: error.message,
        recoverySuggestion: StorageErrorName.remedy(forCode: error.code, status: error.status) ?? ours?.remedy,
        path: path, httpStatus: error.status == 0 ? nil : error.status, s3Code: error.status == 0 ? nil : error.code,
        requestID: error.requestID)
    }
  }

  init(upload failure: UploadFailure, path: String?) {
    switch failure {
    case .store(let error): self.init(error)
    case .canceled: self.init(.canceled, message: "Upload is canceled by user", path: path)
    case .sourceChanged(let file): self.init(.sourceChanged, detail: file, path: path)
    case .source(let reason): self.init(.invalidUploadSource, detail: reason, path: path)
    case .tooLarge(let size): self.init(.objectIsTooLarge, detail: size.map { "\($0) bytes" }, path: path)
    case .checksumUnsupported: self.init(.checksumUnsupported, path: path)
    }
  }

  init(download failure: DownloadFailure, path: String?) {
    switch failure {
    case .store(let error): self.init(error)
    case .canceled: self.init(.canceled, message: "Download is canceled by user", path: path)
    case .changed: self.init(.objectChanged, path: path)
    case .checksumMismatch(_, let expected, let counted):
      self.init(
        .checksumMismatch,
        message: "The data that came is not that in the store: its CRC-32 is \(String(counted, radix: 16)), not "
          + String(expected, radix: 16), path: path)
    case .exists(let file): self.init(.fileExists, detail: file, path: path)
    case .busy(let file): self.init(.fileIsBusy, detail: file, path: path)
    case .diskFull(let file): self.init(.diskIsFull, detail: file, path: path)
    case .destination(let file, let reason):
      self.init(.invalidDownloadDestination, detail: "\(file): \(reason)", path: path)
    case .tooLarge(let size, let limit):
      self.init(.downloadIsTooLarge, detail: "\(size) bytes, of \(limit) allowed", path: path)
    }
  }

  init(_ error: AmplifyOutputsError) { self.init(.invalidAmplifyOutputs, message: error.description) }

  init(_ error: CredentialsError) { self.init(.noCredentials, message: error.message) }

  init(_ error: ConfigurationError) {
    let name: StorageErrorName =
      switch error.subject {
      case .bucket, .acceleration: .dnsIncompatibleBucketName
      case .region: .invalidRegion
      case .owner: .invalidAWSAccountID
      case .endpoint: .invalidCustomEndpoint
      case .addressing: .forcePathStyleEndpointNotSupported
      }
    self.init(name, detail: error.message)
  }
}
