// SPDX-License-Identifier: Apache-2.0

package import SigV4

/// Always the same credentials.
package struct StaticCredentials: CredentialsProvider {
  private let value: AWSCredentials

  package init(_ value: AWSCredentials) { self.value = value }

  package func credentials() async throws(CredentialsError) -> AWSCredentials { value }

  /// Does nothing: there are no others.
  package func invalidate(_ rejected: AWSCredentials) async {}
}
