// SPDX-License-Identifier: Apache-2.0
//
// The one table of the errors that this library makes itself: name, message, remedy. Errors of the store have their own
// codes as names. Names that Amplify has too are spelled as there (amplify-js, packages/storage/src/errors/types/validation.ts).

/// The name of an error that is ours and not the store's.
enum StorageErrorName: String, CaseIterable, Sendable {
  // Amplify's validation errors.
  case noCredentials = "NoCredentials"
  case noIdentityID = "NoIdentityId"
  case noBucket = "NoBucket"
  case noRegion = "NoRegion"
  case invalidStorageBucket = "InvalidStorageBucket"
  case invalidCopyOperationStorageBucket = "InvalidCopyOperationStorageBucket"
  case invalidStorageOperationInput = "InvalidStorageOperationInput"
  case invalidStoragePathInput = "InvalidStoragePathInput"
  case invalidUploadSource = "InvalidUploadSource"
  case objectIsTooLarge = "ObjectIsTooLarge"
  case urlExpirationMaxLimitExceed = "UrlExpirationMaxLimitExceed"
  case invalidAWSAccountID = "InvalidAWSAccountID"
  case noSourcePath = "NoSourcePath"
  case noDestinationPath = "NoDestinationPath"
  case invalidCustomEndpoint = "InvalidCustomEndpoint"
  case forcePathStyleEndpointNotSupported = "ForcePathStyleEndpointNotSupported"
  case dnsIncompatibleBucketName = "DnsIncompatibleBucketName"
  // What Amplify does not check.
  case invalidURLExpiration = "InvalidUrlExpiration"
  case invalidRegion = "InvalidRegion"
  case invalidHeaderValue = "InvalidHeaderValue"
  case invalidMetadata = "InvalidMetadata"
  case metadataTooLarge = "MetadataTooLarge"
  case invalidRemovePath = "InvalidRemovePath"
  case invalidBytesRange = "InvalidBytesRange"
  case sameSourceAndDestination = "SameSourceAndDestination"
  case storageIsClosed = "StorageIsClosed"
  // What happens on the way.
  case canceled = "CanceledError"
  case network = "NetworkError"
  case sourceChanged = "SourceChanged"
  case checksumMismatch = "ChecksumMismatch"
  case checksumUnsupported = "ChecksumUnsupported"
  case integrity = "IntegrityError"
  case invalidResponse = "InvalidResponse"
  case invalidRequest = "InvalidRequest"
  case preconditionFailed = "PreconditionFailed"
  case objectChanged = "ObjectChanged"
  case downloadIsTooLarge = "DownloadIsTooLarge"
  case invalidDownloadDestination = "InvalidDownloadDestination"

  var message: String {
    switch self {
    case .noCredentials: "Credentials should not be empty."
    case .noIdentityID: "Missing identity ID when accessing a path that depends on it."
    case .noBucket: "Missing bucket name while accessing object."
    case .noRegion: "Missing region while accessing object."
    case .invalidStorageBucket: "Unable to lookup bucket from provided name in the configuration."
    case .invalidCopyOperationStorageBucket: "Missing bucket option in either source or destination."
    case .invalidStorageOperationInput: "The path must not be empty."
    case .invalidStoragePathInput: "Input `path` does not allow a leading slash (/)."
    case .invalidUploadSource: "The data to upload cannot be read."
    case .objectIsTooLarge: "The object is larger than the store takes."
    case .urlExpirationMaxLimitExceed: "Url Expiration can not be greater than 7 Days."
    case .invalidAWSAccountID: "Invalid AWS account ID was provided."
    case .noSourcePath: "Missing source path in copy operation."
    case .noDestinationPath: "Missing destination path in copy operation."
    case .invalidCustomEndpoint: "Invalid S3 custom endpoint."
    case .forcePathStyleEndpointNotSupported: "Path style URLs are not supported with S3 Transfer Acceleration."
    case .dnsIncompatibleBucketName: "The bucket name is not DNS compatible."
    case .invalidURLExpiration: "A URL must be valid for at least one second."
    case .invalidRegion: "This cannot be a region."
    case .invalidHeaderValue: "An option holds a character that a header cannot."
    case .invalidMetadata: "This cannot be the name of user metadata."
    case .metadataTooLarge: "The user metadata is larger than the 2 KB that an object can have."
    case .invalidRemovePath: "Cannot delete root or bucket-wide paths."
    case .invalidBytesRange: "The range holds no byte."
    case .sameSourceAndDestination: "Source and destination are the same object."
    case .storageIsClosed: "The storage was closed."
    case .canceled: "The operation is canceled by user"
    case .network: "The store cannot be reached."
    case .sourceChanged: "The source changed during the operation."
    case .checksumMismatch: "The data in the store is not the data that was sent."
    case .checksumUnsupported: "The store cannot keep the checksum that was asked for."
    case .integrity: "The parts do not make the object."
    case .invalidResponse: "The store gave an answer that cannot be understood."
    case .invalidRequest: "The request cannot be made."
    case .preconditionFailed: "A condition of the request does not hold."
    case .objectChanged: "The object was replaced during the download."
    case .downloadIsTooLarge: "The object is larger than the memory allowed for it."
    case .invalidDownloadDestination: "The file cannot be written."
    }
  }

  var remedy: String {
    switch self {
    case .noCredentials: "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, name a profile, or configure a provider."
    case .noIdentityID: "Sign in first, or use a path that does not depend on the identity."
    case .noBucket: "Name a bucket in the options, or set a default bucket in the configuration."
    case .noRegion: "Give the region with the bucket, or set AWS_REGION."
    case .invalidStorageBucket: "Use a name of the configuration, or .bucket(name:region:)."
    case .invalidCopyOperationStorageBucket: "Name the bucket of both, or of neither."
    case .invalidStorageOperationInput: "Give the path of an object."
    case .invalidStoragePathInput: "Leave out the slash at the beginning."
    case .invalidUploadSource: "Give a regular file that can be read, bytes, or a sequence that does not fail."
    case .objectIsTooLarge: "Cut it into several objects."
    case .urlExpirationMaxLimitExceed: "Ask for 604800 seconds at most."
    case .invalidAWSAccountID: "Give the 12 digits of the account that the bucket belongs to."
    case .noSourcePath: "Give the path of the object to copy."
    case .noDestinationPath: "Give the path of the copy."
    case .invalidCustomEndpoint:
      "Give scheme and host, for example http://127.0.0.1:8333, and no transfer acceleration."
    case .forcePathStyleEndpointNotSupported: "Leave out one of the two."
    case .dnsIncompatibleBucketName: "Use a bucket whose name is a DNS label, or another addressing style."
    case .invalidURLExpiration: "Ask for 1 to 604800 seconds."
    case .invalidRegion: "Give a region such as eu-west-1."
    case .invalidHeaderValue: "Use printable ASCII; a file name beyond it goes into .attachment(filename:)."
    case .invalidMetadata: "Use letters, digits and -_. in the names, each once whatever its case."
    case .metadataTooLarge: "Shorten it, or put it into an object of its own."
    case .invalidRemovePath: "Give a folder with its slash at the end, or say that you mean a prefix."
    case .invalidBytesRange: "Give a range that begins at 0 or more."
    case .sameSourceAndDestination: "Choose another destination."
    case .storageIsClosed: "Make another one."
    case .canceled: "Start it again, if it is wanted after all."
    case .network: "Check the endpoint and the network, and try again."
    case .sourceChanged: "Try again when nobody changes it."
    case .checksumMismatch: "Try again; if it happens again, look for damaged memory or a broken proxy."
    case .checksumUnsupported: "Leave out the checksum algorithm, or use another store."
    case .integrity: "Try again, and report this as a bug if it happens again."
    case .invalidResponse: "Check that the endpoint is one of S3."
    case .invalidRequest: "Correct what the message names."
    case .preconditionFailed: "Look at what is there now; to replace it, leave out the condition."
    case .objectChanged: "Download it again."
    case .downloadIsTooLarge: "Download it to a file, or raise the limit."
    case .invalidDownloadDestination: "Give a path in a directory that exists and can be written to."
    }
  }

  /// What helps against an error of the store, by its code.
  static func remedy(forCode code: String, status: Int) -> String? {
    switch code {
    case "AccessDenied", "Forbidden": "Check that the policy allows this operation on this path."
    case "NoSuchBucket": "Check the bucket's name, the region and the endpoint."
    case "NoSuchKey", "NotFound": "Check the path; list shows what is there."
    case "NoSuchUpload": "The upload is gone from the store: start it again."
    case "PreconditionFailed": StorageErrorName.preconditionFailed.remedy
    case "ConditionalRequestConflict": "Somebody else writes the same object just now: try again."
    case "InvalidAccessKeyId", "SignatureDoesNotMatch": "Check the credentials."
    case "ExpiredToken", "ExpiredTokenException": "Sign in again, or get new credentials."
    case "RequestTimeTooSkewed": "Set the clock of this machine."
    case "EntityTooLarge": StorageErrorName.objectIsTooLarge.remedy
    case "KeyTooLongError": "Shorten the path: a key has 1,024 bytes at most."
    case "InvalidObjectState": "The object is archived: restore it first."
    case "SlowDown": "Try again later, with less concurrency."
    default: status >= 500 ? "Try again later." : nil
    }
  }
}
