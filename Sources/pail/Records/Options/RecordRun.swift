// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Credentials
import Records
import Storage

/// The work of a command about records: opens them, closes them, and tells in one line what went wrong.
enum RecordRun {
  /// Blocks until `body` has ended. Ctrl-C cancels it, and what a workflow has begun is taken back.
  ///
  /// - Parameters:
  ///   - needsBucket: whether the command is about files.
  ///   - makesStore: whether a database file is made when there is none.
  /// - Throws: `CommandFailure`, or what `body` throws that is no error of records or of the bucket.
  static func run<Value: Sendable>(
    _ options: RecordOptions, needsBucket: Bool = true, makesStore: Bool = false,
    _ body: @escaping @Sendable (RecordSession) async throws -> Value
  ) throws -> Value {
    // Tokens and keys of the project are in memory from here on.
    CoreFile.forbid()
    let place = try RecordPlace(options, needsBucket: needsBucket)
    // What a refresh of tokens brings must be on disk before the process ends.
    defer { UserSession.settle(seconds: 60) }
    return try AsyncRun.run {
      let interruption = Interruption()
      defer { interruption.end() }
      do {
        let session = try RecordSession(place, makesStore: makesStore)
        let work = Task { try await body(session) }
        let result = await interruption.during({ work.cancel() }) { await work.result }
        await session.close()
        return try result.get()
      } catch let error as ExitCode {
        throw error
      } catch {
        throw interruption.isInterrupted ? interrupted : CommandFailure(anyOf: error)
      }
    }
  }

  private static let interrupted = CommandFailure(
    "interrupted; what was begun is taken back, and `pail records repair` settles what could not be",
    exitCode: Interruption.exitCode)
}

extension CommandFailure {
  /// "RecordNotFound: there is no Song 42. `pail records list MODEL` lists the records that there are."
  init(_ error: RecordError) {
    let message = error.message.hasSuffix(".") ? String(error.message.dropLast()) : error.message
    let name = error.storage?.name ?? error.code.rawValue
    let uncertain = error.mayHaveBeenApplied ? " It may have happened all the same." : ""
    self.init(ObjectText.printable("\(name): \(message). \(error.recoverySuggestion)\(uncertain)"))
  }

  init(anyOf error: any Error) {
    switch error {
    case let error as CommandFailure: self = error
    case let error as RecordError: self.init(error)
    case let error as StorageError: self.init(error)
    default: self.init(ObjectText.printable("\(error)"))
    }
  }
}
