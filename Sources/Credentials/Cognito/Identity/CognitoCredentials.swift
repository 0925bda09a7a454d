// SPDX-License-Identifier: Apache-2.0
//
// The AWS credentials of an Amplify project's user or guest, from its identity pool, refreshed before they expire.
//
// For: mounts, which run for weeks. State: as whom (IdentityPin, behind a lock), decided at the first use and never changed: a
// mount that went on as somebody else would show and write other files under the same names. Any task may call. When the user
// signs out, or another signs in, the next look at the record (every ten seconds at most) refuses credentials; a sign-in as the
// same user makes them good again. What can go wrong: what goes wrong in the two pools; see UserSession and IdentityExchange.

package import HTTPTransport
import Locking
package import SigV4

package final class CognitoCredentials: CredentialsProvider {
  /// Seconds between two looks at who is signed in.
  static let lookInterval: Int64 = 10

  private let exchange: IdentityExchange
  private let cache: RefreshingCredentials
  private let now: @Sendable () -> Int64
  private let lastLook = Lock<Int64?>(nil)

  /// - Parameter now: seconds since 1970.
  package init(
    settings: CognitoSettings, access: CognitoAccess, transport: any HTTPTransport,
    now: @escaping @Sendable () -> Int64
  ) {
    let exchange = IdentityExchange(settings: settings, access: access, transport: transport, now: now)
    self.exchange = exchange
    self.now = now
    cache = RefreshingCredentials(now: now) { () async throws(CredentialsError) in try await exchange.credentials() }
  }

  /// Credentials that are valid now.
  ///
  /// - Throws: when nobody is signed in (any more) and guests are not allowed or not asked for, when another user is signed in,
  ///   when a pool refuses; as transient, when one does not answer.
  package func credentials() async throws(CredentialsError) -> AWSCredentials {
    if isLookDue() {
      do throws(CredentialsError) { try await exchange.checkUser() } catch {
        // Good again at once after a sign-in, and not before.
        lastLook.withLock { $0 = nil }
        throw error
      }
    }
    return try await cache.credentials()
  }

  package func invalidate(_ rejected: AWSCredentials) async { await cache.invalidate(rejected) }

  /// As whom; asks the identity pool only when it is not known from earlier.
  package func identity() async throws(CredentialsError) -> CognitoIdentity { try await exchange.identity() }

  /// The valid tokens of the user as whom this works, for services that want them instead of a signature.
  ///
  /// - Throws: as ``credentials()``, and for a guest.
  package func userTokens() async throws(CredentialsError) -> UserTokens { try await exchange.userTokens() }

  private func isLookDue() -> Bool {
    let now = now()
    return lastLook.withLock { last in
      // A clock that was set back must not stop the looks.
      if let last, (0..<CognitoCredentials.lookInterval).contains(now - last) { return false }
      last = now
      return true
    }
  }
}
