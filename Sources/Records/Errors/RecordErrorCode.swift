// SPDX-License-Identifier: Apache-2.0
//
// The one table of the errors of records: name and remedy. The message says what it is about.

/// The name of an error.
public enum RecordErrorCode: String, Sendable, CaseIterable {
  // What was asked for cannot be.
  case invalidSchema = "InvalidSchema"
  case unknownModel = "UnknownModel"
  case unknownField = "UnknownField"
  case readOnlyField = "ReadOnlyField"
  case missingField = "MissingField"
  case invalidValue = "InvalidValue"
  case invalidFilter = "InvalidFilter"
  case invalidToken = "InvalidToken"
  case notAnAttachment = "NotAnAttachment"
  case tooManyFiles = "TooManyFiles"
  case invalidFileName = "InvalidFileName"
  case pathNotAllowed = "PathNotAllowed"
  case pathInUse = "PathInUse"
  case pathNotAttached = "PathNotAttached"
  case fileNotFound = "FileNotFound"

  // What is there is different.
  case recordNotFound = "RecordNotFound"
  case recordExists = "RecordExists"
  case conditionFailed = "ConditionFailed"
  case tooManyConflicts = "TooManyConflicts"
  case danglingReference = "DanglingReference"
  case wrongBucket = "WrongBucket"

  // Others refused, or did not answer.
  case unauthorized = "Unauthorized"
  case expiredAPIKey = "ExpiredAPIKey"
  case rejected = "Rejected"
  case unavailable = "Unavailable"
  case invalidResponse = "InvalidResponse"
  case storeFailed = "StoreFailed"
  case journalFailed = "JournalFailed"
  case storage = "Storage"
  case canceled = "Canceled"

  /// What helps.
  var remedy: String {
    switch self {
    case .invalidSchema: "Correct the schema; docs/RECORDS.md shows one."
    case .unknownModel: "`pail records models` lists the models of the schema."
    case .unknownField: "`pail records models` lists the fields of each model."
    case .readOnlyField: "Leave the field out: the store sets it."
    case .missingField: "Give the field a value."
    case .invalidValue: "Give a value of the type that the schema has for the field."
    case .invalidFilter: "Filters are JSON, as of AppSync: {\"name\": {\"beginsWith\": \"A\"}}."
    case .invalidToken: "Begin at the first page."
    case .notAnAttachment:
      "Declare the field as one that holds paths of files, with --file-field MODEL.FIELD, or name it …Path, …Paths, …Key or …Keys."
    case .tooManyFiles: "Give one file, or declare the field as a list."
    case .invalidFileName: "Give a name of 1 to 255 bytes without slash and control characters."
    case .pathNotAllowed: "Attach a file by its content, or put it where the template of the field says."
    case .pathInUse: "Copy the file, and attach the copy."
    case .pathNotAttached: "Read the record again: somebody else may have changed it."
    case .fileNotFound: "Upload the file first, or attach it by its content."
    case .recordNotFound: "`pail records list MODEL` lists the records that there are."
    case .recordExists: "Give another id, or update the record."
    case .conditionFailed: "Read the record again: somebody else has changed it."
    case .tooManyConflicts: "Try again when fewer others change the same record."
    case .danglingReference: "`pail records check` lists the records whose files are gone, and can clear them."
    case .wrongBucket:
      "Name the bucket that has the files of these records; a check without repairs lists what is missing."
    case .unauthorized:
      "Sign in as a user who may do this (`pail auth sign-in`), or change the model's authorization rules."
    case .expiredAPIKey:
      "Deploy the backend again, which makes a new key, and write the file anew with `npx ampx generate outputs`."
    case .rejected: "The message is the service's: compare the schema here with the one that is deployed."
    case .unavailable:
      "Check the network and the service's address; what was begun is settled by `pail records repair`."
    case .invalidResponse: "Is this the address of the service, and not of a proxy or a page to sign in?"
    case .storeFailed: "Check the database file, its directory's permissions, and the room on its disk."
    case .journalFailed: "Check the state directory's permissions, and the room on its disk."
    case .storage: "The message is the bucket's."
    case .canceled: "Begin again; `pail records repair` settles what was half done."
    }
  }
}
