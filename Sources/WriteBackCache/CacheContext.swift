// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Logging
import S3Client
import Transfer

/// What every file of a cache works with.
struct CacheContext: Sendable {
  let client: S3Client
  let parts: PartUpload
  let multipart: MultipartUpload
  let configuration: WriteBackCacheConfiguration
  let ladder: PartLadder
  /// What an overwrite may send and copy.
  let overwriteLimits: OverwritePlan.Limits
  /// Bytes up to which an object is brought here whole before it is changed.
  let wholeSize: Int64
  let directory: CacheDirectory
  let quota: CacheQuota
  let conditions: ConditionalWrites
  let logger: Logger

  init(client: S3Client, configuration: WriteBackCacheConfiguration, directory: CacheDirectory, logger: Logger) {
    self.client = client
    self.configuration = configuration
    self.directory = directory
    self.logger = logger
    quota = CacheQuota(limits: configuration.quota, logger: logger)
    conditions = ConditionalWrites(
      configuration.keepsConditions ? .kept : nil, client: client, index: directory.index, logger: logger)
    parts = PartUpload(client: client)
    multipart = MultipartUpload(client: client, capabilities: StoreCapabilities())
    ladder = PartLadder(baseSize: configuration.partSize, minimum: configuration.minimumPartSize)
    wholeSize = configuration.wholeSize ?? ladder.baseSize
    var limits = OverwritePlan.Limits()
    (limits.minimumPart, limits.smallestSource) = (configuration.minimumPartSize, configuration.minimumPartSize)
    overwriteLimits = limits
  }
}
