// SPDX-License-Identifier: Apache-2.0

import WriteBackCache

/// Answers the requests of ``ControlServer`` for one mount, each on its connection's thread.
package struct ControlHandler: Sendable {
  private let supervisor: Supervisor
  private let actions: MountActions
  private let cacheDirectory: String
  private let mountPoint: String
  private let status: @Sendable () -> MountStatus

  package init(
    supervisor: Supervisor, actions: MountActions, mountPoint: String, cacheDirectory: String,
    status: @escaping @Sendable () -> MountStatus
  ) {
    self.supervisor = supervisor
    self.actions = actions
    self.mountPoint = mountPoint
    self.cacheDirectory = cacheDirectory
    self.status = status
  }

  package func handle(_ request: ControlRequest, _ reply: (ControlResponse) -> Bool) {
    switch request.command {
    case .status: _ = reply(ControlResponse(.result, status: status()))
    case .retry: act(.retry, request.key, reply)
    case .pause: act(.pause, request.key, reply)
    case .resume: act(.resume, request.key, reply)
    case .cancel: act(.cancel, request.key, reply)
    case .unmount: unmount(request, reply)
    }
  }

  private func act(_ action: UploadAction, _ key: String?, _ reply: (ControlResponse) -> Bool) {
    do throws(MountFailure) {
      let count = try actions.uploads(action, key)
      if let key, count == 0 {
        throw MountFailure("no upload of \(key) is pending; pail uploads \(mountPoint) lists them")
      }
      _ = reply(ControlResponse(.result, uploads: summary))
    } catch {
      _ = reply(ControlResponse(.failure, reason: .failed, message: error.description))
    }
  }

  private var summary: UploadSummary { UploadSummary(actions.pendingUploads(), cacheDirectory: cacheDirectory) }

  private func unmount(_ request: ControlRequest, _ reply: (ControlResponse) -> Bool) {
    let timeout = request.timeout.map { max(0, min($0, 1e9)) }
    let start = MonotonicClock.now
    supervisor.beginListening()
    defer { supervisor.endListening() }
    let ticket = supervisor.stop(StopRequest(detachesWhenBusy: request.lazy ?? false, timeout: timeout))
    while true {
      switch supervisor.answer(to: ticket, timeout: 1) {
      case .refused(.busy):
        _ = reply(
          ControlResponse(
            .failure, reason: .busy, message: "the mount is in use", users: MountUsers.find(at: mountPoint)))
        return
      case .refused(let result):
        _ = reply(ControlResponse(.failure, reason: .failed, message: ControlHandler.words(result)))
        return
      case .finished(let left):
        _ = reply(
          ControlResponse(
            .result, uploads: UploadSummary(left.uploads, cacheDirectory: cacheDirectory, lost: left.attributes)))
        return
      case .inProgress(let state):
        // An upload that somebody else began to wait for may have no limit; this client's has.
        if let timeout, MonotonicClock.now - start > timeout + 2 {
          _ = reply(ControlResponse(.result, reason: .timedOut, uploads: summary))
          return
        }
        guard reply(ControlResponse(.progress, message: state.rawValue, uploads: summary)) else { return }
      }
    }
  }

  private static func words(_ result: UnmountResult) -> String {
    if case .failed(let reason) = result { reason } else { "unmount failed: \(result)" }
  }
}
