// SPDX-License-Identifier: Apache-2.0

/// Where records are kept, as options say it.
public enum RecordStoreLocation: Sendable, Hashable {
  /// The service of the Amplify project.
  case appSync
  /// A SQLite file.
  case sqlite(path: String)

  /// - Parameter text: `appsync`, or the path of a SQLite file; a file of that name is `./appsync`.
  public init?(_ text: String) {
    if text.isEmpty { return nil }
    self = text == "appsync" ? .appSync : .sqlite(path: text)
  }
}
