// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import S3Client

/// Where a download puts the bytes. Its calls come one after the other, but for `receive`, which comes once a range, several
/// at a time. Nothing blocks the calling task's thread.
protocol DownloadTarget: Sendable {
  /// Refuses what cannot work, before anything is asked of the store.
  func open() async throws(DownloadFailure)

  /// Makes room for the object.
  ///
  /// - Returns: the checksums of the ranges that are there already.
  func begin(_ subject: DownloadRecord.Subject, _ plan: DownloadPlan) async throws(DownloadFailure) -> [Int: UInt32]

  /// Puts a range in its place.
  ///
  /// - Parameter get: brings its bytes, all of them, to where it is told.
  /// - Returns: the CRC-32 of what lies there now.
  func receive(
    _ index: Int, _ get: (ResponseDestination) async throws(DownloadFailure) -> Void
  ) async throws(DownloadFailure) -> UInt32

  /// Hands the whole over to its owner.
  ///
  /// - Returns: the memory it is in; nil for a file.
  func install() async throws(DownloadFailure) -> MemoryRegion?

  /// Ends without a result; also when `open` or `begin` did not succeed.
  func close(keepsPartial: Bool) async
}
