// SPDX-License-Identifier: Apache-2.0

package import SigV4

/// Answers with what to sign the next request with. Asked once per request, so it caches; callable from any task.
package protocol CredentialsProvider: Sendable {
  /// Credentials that are valid now. Throws when every source failed; the error names each and the remedy.
  func credentials() async throws(CredentialsError) -> AWSCredentials

  /// The store refused these as expired: get new ones on the next call. Does nothing when others are in use by now.
  func invalidate(_ rejected: AWSCredentials) async
}
