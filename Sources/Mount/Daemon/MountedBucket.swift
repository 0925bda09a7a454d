// SPDX-License-Identifier: Apache-2.0
//
// STUB until the branches with the store, the cache and the session are merged: the shapes that ``Daemon`` uses.

import Logging
import WriteBackCache

struct StoreConnection: Sendable {
  let endpoint: String?
  let region: String

  init(options: MountOptions, environment: HostEnvironment, logger: Logger) throws(MountFailure) {
    endpoint = options.endpoint
    region = options.region ?? "us-east-1"
  }

  func checkCredentials() throws(MountFailure) {}
  func probe() throws(MountFailure) { throw .init("this build has no store") }
  var requestCounts: [String: Int] { [:] }
  var notes: [String] { [] }
}

final class MountedBucket: Sendable {
  init(
    connection: StoreConnection, options: MountOptions, environment: HostEnvironment, cacheDirectory: String,
    logger: Logger
  ) throws(MountFailure) {
  }

  func mount(at mountPoint: String, whenEnded: @escaping @Sendable () -> Void) throws(MountFailure) {}
  func unmount(isLazy: Bool) -> UnmountResult { .done }
  func endSession() {}
  var pendingUploads: [PendingUpload] { [] }
  func drain(timeout: Double?) -> [PendingUpload] { [] }
  func retry(key: String?) {}
  func close() {}
}
