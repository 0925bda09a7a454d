// SPDX-License-Identifier: Apache-2.0

/// When a written file goes to the bucket.
package enum WriteBackMode: Equatable, Sendable {
  /// close(2) and fsync(2) return after the object is in the bucket, or return the error.
  case close
  /// close(2) and fsync(2) return when the bytes are durable on the local disk; the upload follows `delay` seconds later.
  case delayed(delay: Double)
}

/// How a cache works; each value has a default that is safe.
package struct WriteBackCacheConfiguration: Sendable {
  /// The directory of this mount's cache; created with mode 0700.
  package var directory: String
  package var mode: WriteBackMode = .close
  /// Seconds after its first unpublished change when a file is uploaded that is still open, or closed again and again; `delayed`
  /// mode only.
  package var maximumAge: Double = 300
  package var quota = QuotaLimits()
  /// Who uses the directory, for whoever finds it in use: "pid 7, mounted at /mnt".
  package var user = ""
  /// Bytes of a part; a file up to this size is one PutObject. At least 5 MiB.
  package var partSize: Int64 = 8 << 20
  /// The smallest part that the store takes, in bytes; S3's rule. Tests with a store in memory have a smaller one.
  package var minimumPartSize: Int64 = 5 << 20
  /// Objects up to this size, in bytes, are brought here whole before they are changed; nil: up to the part size.
  package var wholeSize: Int64?
  /// The store is known to keep conditional writes; else that is found out, see ConditionalWrites.
  package var keepsConditions = false
  /// Parts of one file that are uploaded at once.
  package var concurrency: Int = 8
  /// Seconds before the second, third, … try of a failed upload: doubles from the first to the last.
  package var retryDelay: ClosedRange<Double> = 1...300

  package init(directory: String) { self.directory = directory }
}

/// A cache that cannot be used.
package struct WriteBackCacheError: Error, Sendable, CustomStringConvertible {
  /// One line that names the cause and the remedy.
  package let description: String

  package init(_ description: String) { self.description = description }
}
