// SPDX-License-Identifier: Apache-2.0

import Credentials
import Foundation
import HTTPTransport
import S3Client
import Testing
import Transfer

@testable import Storage

/// What the layers below throw, and what it is called here.
@Suite struct ErrorTableTests {
  /// reference: amplify-js, packages/storage/src/errors/types/validation.ts.
  @Test func namesAreThoseOfAmplify() {
    let names = Set(StorageErrorName.allCases.map(\.rawValue))
    let amplify: Set = [
      "NoCredentials", "NoIdentityId", "NoBucket", "NoRegion", "InvalidStorageBucket",
      "InvalidCopyOperationStorageBucket", "InvalidStorageOperationInput", "InvalidStoragePathInput",
      "InvalidUploadSource", "ObjectIsTooLarge", "UrlExpirationMaxLimitExceed", "InvalidAWSAccountID", "NoSourcePath",
      "NoDestinationPath", "InvalidCustomEndpoint", "ForcePathStyleEndpointNotSupported", "DnsIncompatibleBucketName",
    ]
    #expect(amplify.isSubset(of: names))
    for name in StorageErrorName.allCases { #expect(!name.message.isEmpty && name.remedy.hasSuffix(".")) }
  }

  private static func s3(
    _ code: String, status: Int = 0, transport: TransportError.Kind? = nil, operation: String = "PutObject"
  ) -> S3Error {
    S3Error(
      code: code, message: "said the store", status: status, requestID: "ID", operation: operation, bucket: "b",
      key: ObjectKey("k"),
      transport: transport.map { TransportError($0, "lost") })
  }

  @Test(
    arguments: [
      (.sourceChanged(path: "/f"), "SourceChanged"), (.tooLarge(1 << 50), "ObjectIsTooLarge"),
      (.tooLarge(nil), "ObjectIsTooLarge"), (.canceled, "CanceledError"), (.source("/f: gone"), "InvalidUploadSource"),
      (.checksumUnsupported, "ChecksumUnsupported"), (.store(s3("ChecksumMismatch", status: 200)), "ChecksumMismatch"),
      (.store(s3("IntegrityError")), "IntegrityError"), (.store(s3("Cancelled")), "CanceledError"),
      (.store(s3("TransportError", transport: .connectionLost)), "NetworkError"),
      (.store(s3("TransportError", transport: .tls)), "NetworkError"),
      (.store(s3("TransportError", transport: .localFile)), "InvalidUploadSource"),
      (.store(s3("NoCredentials")), "NoCredentials"), (.store(s3("InvalidResponse", status: 200)), "InvalidResponse"),
      (.store(s3("AccessDenied", status: 403)), "AccessDenied"),
      (.store(s3("NoSuchBucket", status: 404)), "NoSuchBucket"),
      (.store(s3("PreconditionFailed", status: 412)), "PreconditionFailed"),
      (.store(s3("EntityTooLarge", status: 400)), "EntityTooLarge"), (.store(s3("SlowDown", status: 503)), "SlowDown"),
      (.store(s3("Whatever", status: 400)), "Whatever"),
    ] as [(UploadFailure, String)])
  func uploads(failure: UploadFailure, name: String) { #expect(StorageError(upload: failure, path: "k").name == name) }

  @Test(
    arguments: [
      (.canceled, "CanceledError"), (.changed(ObjectKey("k")), "ObjectChanged"),
      (.checksumMismatch(ObjectKey("k"), expected: 1, counted: 2), "ChecksumMismatch"),
      (.exists(path: "/f"), "FileExists"),
      (.busy(path: "/f"), "FileIsBusy"), (.diskFull(path: "/f"), "DiskIsFull"),
      (.destination(path: "/f", reason: "x"), "InvalidDownloadDestination"),
      (.tooLarge(size: 2, limit: 1), "DownloadIsTooLarge"), (.store(s3("NotFound", status: 404)), "NotFound"),
      (.store(s3("TransportError", transport: .localFile, operation: "GetObject")), "InvalidDownloadDestination"),
    ] as [(DownloadFailure, String)])
  func downloads(failure: DownloadFailure, name: String) {
    let error = StorageError(download: failure, path: "k")
    #expect(error.name == name && error.path == "k" && !error.message.isEmpty)
  }

  @Test(
    arguments: [
      (.bucket, "DnsIncompatibleBucketName"), (.acceleration, "DnsIncompatibleBucketName"), (.region, "InvalidRegion"),
      (.owner, "InvalidAWSAccountID"), (.endpoint, "InvalidCustomEndpoint"),
      (.addressing, "ForcePathStyleEndpointNotSupported"),
    ] as [(ConfigurationError.Subject, String)])
  func configurations(subject: ConfigurationError.Subject, name: String) {
    #expect(StorageError(ConfigurationError(subject, "x")).name == name)
  }

  @Test func anErrorOfTheStoreSaysAllThatIsKnown() {
    let error = StorageError(Self.s3("AccessDenied", status: 403))
    #expect(error.httpStatus == 403 && error.s3Code == "AccessDenied" && error.requestID == "ID" && error.path == "k")
    #expect(error.message == "said the store" && error.recoverySuggestion?.contains("policy") == true)
    #expect(error.description == "AccessDenied (403): said the store [request ID]")
    #expect(error.localizedDescription == "said the store")
    #expect(!error.isCancelError && !error.isNotFound && !error.isPreconditionFailure)
  }

  @Test func anErrorWithoutAnAnswerHasNoStatus() {
    let error = StorageError(Self.s3("TransportError", transport: .cannotConnect))
    #expect(error.httpStatus == nil && error.s3Code == nil && error.name == "NetworkError")
  }
}
