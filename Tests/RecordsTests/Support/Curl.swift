// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Storage
import TestSupport

/// What anybody with a URL gets.
enum Curl {
  static func get(_ url: StorageURL) async throws -> String {
    let outcome = try await Shell.run("curl", ["--silent", "--show-error", "--fail", url.url.absoluteString])
    guard outcome.succeeded else { throw TestSupportError(outcome.error) }
    return outcome.output
  }
}
