// SPDX-License-Identifier: Apache-2.0

import HTTPTransport
import Locking
import S3Client

/// The steps of a download; each ends in one event.
extension ObjectDownload {
  /// The destination first: nothing is asked of the store for a file that cannot be made.
  func open() async {
    do throws(DownloadFailure) {
      try await target.open()
      let head = try await head()
      guard
        let plan = DownloadPlan(
          objectSize: head.size, wanted: configuration.bytes, rangeSize: configuration.rangeSize)
      else { throw invalidRange(head.size) }
      if plan.count > 0, head.etag.value.isEmpty { throw .store(untagged) }
      let subject = DownloadRecord.Subject(
        store: client.storeName, bucket: client.bucket, key: configuration.key, etag: head.etag, size: head.size,
        bytes: plan.bytes, rangeSize: plan.rangeSize)
      let done = try await target.begin(subject, plan)
      state.withLock { ($0.head, $0.plan) = (head, plan) }
      let isWhole = plan.size == head.size
      handle(.opened(plan, crc32: isWhole ? head.checksumCRC32.flatMap(ChecksumCRC32.decode) : nil, done: done))
    } catch {
      handle(.failed(error))
    }
  }

  private func head() async throws(DownloadFailure) -> ObjectHead {
    do throws(S3Error) {
      return try await client.headObject(configuration.key)
    } catch {
      throw error.isCancelled ? .canceled : .store(error)
    }
  }

  func fetch(_ index: Int) async {
    do throws(DownloadFailure) {
      let crc32 = try await target.receive(index) { (destination) throws(DownloadFailure) in
        try await get(index, into: destination)
        handle(.received(index))
      }
      forget(index)
      handle(.fetched(index, crc32: crc32))
    } catch {
      forget(index)
      handle(.notFetched(index, error))
    }
  }

  /// The request has ended. Its bytes are not counted as received any more, and as done in a moment: nobody sees less, since
  /// what is reported never goes back.
  private func forget(_ index: Int) {
    state.withLock { state in
      state.meter.ended(index)
      state.tasks[index] = nil
    }
  }

  private func get(_ index: Int, into destination: ResponseDestination) async throws(DownloadFailure) {
    guard let (head, plan) = state.withLock({ state in state.head.flatMap { head in state.plan.map { (head, $0) } } })
    else { throw .canceled }
    let range = plan.range(index)
    let body: ObjectBody
    do throws(S3Error) {
      body = try await client.getObject(
        configuration.key, range: range, ifMatch: head.etag, into: destination,
        onBodyReceived: { [weak self] in self?.noteReceiving(index, $0) })
    } catch {
      if error.isCancelled { throw .canceled }
      // A shorter object has no such range; some stores look at that first.
      throw error.isConditionFailure || error.status == 416 ? .changed(configuration.key) : .store(error)
    }
    // For stores that do not know If-Match.
    let isSame = body.head.etag == head.etag || body.head.etag.value.isEmpty
    guard isSame, body.head.size == head.size else { throw .changed(configuration.key) }
    guard body.length == Int64(range.count) else {
      throw .store(error("InvalidResponse", "\(body.length) bytes came for a range of \(range.count)", status: 0))
    }
  }

  func install() async {
    do throws(DownloadFailure) {
      let memory = try await target.install()
      state.withLock { $0.memory = memory }
      handle(.installed)
    } catch {
      handle(.failed(error))
    }
  }

  func close(keepsPartial: Bool) async {
    await target.close(keepsPartial: keepsPartial)
    handle(.closed)
  }

  // MARK: Errors of ours

  /// As S3 answers to a range that begins at or behind the end.
  private func invalidRange(_ size: Int64) -> DownloadFailure {
    .store(error("InvalidRange", "the object has \(size) bytes, and none of those asked for", status: 416))
  }

  private var untagged: S3Error {
    error("InvalidResponse", "the store tells no entity tag, so nobody can tell one version from another", status: 0)
  }

  private func error(_ code: String, _ message: String, status: Int) -> S3Error {
    S3Error(
      code: code, message: message, status: status, operation: "GetObject", bucket: client.bucket,
      key: configuration.key)
  }
}
