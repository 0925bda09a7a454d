// SPDX-License-Identifier: Apache-2.0
//
// What the C callbacks of one session share: its file system, and what is agreed with the kernel at INIT.
//
// For: `userdata` of libfuse. State: constants and two flags behind a lock. The kernel sends INIT first and alone, so
// `negotiate` runs once, on the worker that reads it; every other callback comes later, from any worker.

import CFUSE
import Locking
import Logging
import VFS

final class Connection: Sendable {
  let fileSystem: any FileSystem
  private let maximumWrite: Int
  private let readAhead: Int
  private let maximumThreads: Int
  private let logger: Logger
  private let state = Lock(State())

  private struct State {
    var isInitialized = false
    var isGone = false
  }

  init(configuration: FUSESessionConfiguration, fileSystem: any FileSystem, logger: Logger) {
    self.fileSystem = fileSystem
    maximumWrite = configuration.maximumWrite
    readAhead = configuration.readAhead
    maximumThreads = configuration.threads.maximum
    self.logger = logger
  }

  /// INIT has been seen; its answer is on the way.
  var isInitialized: Bool { state.withLock { $0.isInitialized } }

  /// The kernel has closed the connection: nobody waits for answers any more.
  var isGone: Bool { state.withLock { $0.isGone } }

  func close() { state.withLock { $0.isGone = true } }

  func negotiate(_ connection: inout fuse_conn_info) {
    connection.want = KernelCapabilities.wanted(of: connection.capable, default: connection.want)
    // libfuse and the kernel lower what is too much for them.
    connection.max_write = min(connection.max_write, UInt32(clamping: maximumWrite))
    connection.max_readahead = min(connection.max_readahead, UInt32(clamping: readAhead * 1024))
    // Read-ahead and direct I/O of many pages go as background requests; the kernel's own limit of 12 would starve threads.
    connection.max_background = UInt32(clamping: maximumThreads)
    connection.congestion_threshold = UInt32(clamping: maximumThreads * 3 / 4)
    logger.debug(
      "kernel connected",
      metadata: [
        "protocol": "\(connection.proto_major).\(connection.proto_minor)",
        "maximumWrite": "\(connection.max_write)", "readAhead": "\(connection.max_readahead)",
      ])
    state.withLock { $0.isInitialized = true }
  }
}
