// SPDX-License-Identifier: Apache-2.0
//
// Asks one source after the other until one has credentials. State: which source that was, behind a lock, so that a
// refresh asks the same one and cannot end with another identity because a service was silent for a moment.
// Any task may call. What can go wrong: nothing is configured anywhere (the error lists every place), or what is
// configured fails (the error is that of the source).

import Locking
import SigV4

final class CredentialChain: Sendable {
  private let sources: [any CredentialSource]
  private let remedy: String
  private let chosen = Lock<Int?>(nil)

  /// - Parameter remedy: the end of the message when no source has credentials.
  init(sources: [any CredentialSource], remedy: String) {
    self.sources = sources
    self.remedy = remedy
  }

  func credentials() async throws(CredentialsError) -> AWSCredentials {
    if let index = chosen.withLock({ $0 }) {
      switch try await sources[index].look() {
      case .found(let credentials): return credentials
      case .absent(let reason):
        throw CredentialsError("the source of the credentials is gone: \(reason)", isTransient: true)
      }
    }
    var reasons: [String] = []
    for (index, source) in sources.enumerated() {
      switch try await source.look() {
      case .found(let credentials):
        chosen.withLock { $0 = index }
        return credentials
      case .absent(let reason): reasons.append(reason)
      }
    }
    throw CredentialsError("no credentials (\(reasons.joined(separator: "; "))): \(remedy)")
  }
}
