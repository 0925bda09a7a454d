// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Storage

/// What went wrong and what helps, in one line.
struct CommandFailure: Error, CustomStringConvertible {
  let description: String
  let exitCode: Int32

  init(_ description: String, exitCode: Int32 = 1) { (self.description, self.exitCode) = (description, exitCode) }

  /// What the command line asks for makes no sense (EX_USAGE of sysexits.h).
  static func usage(_ description: String) -> CommandFailure { CommandFailure(description, exitCode: 64) }

  /// "NoSuchBucket: The specified bucket does not exist. Check the bucket's name."
  static func sentence(of error: StorageError) -> String {
    let message = error.message.hasSuffix(".") ? String(error.message.dropLast()) : error.message
    return "\(error.name): \(message)" + (error.recoverySuggestion.map { ". \($0)" } ?? "")
  }

  init(_ error: StorageError) {
    self.init((error.path.map { "\(ObjectText.printable($0)): " } ?? "") + CommandFailure.sentence(of: error))
  }

  /// Runs a command's work and turns the store's failure into one line and exit code 1.
  static func told<Value>(_ body: () async throws(StorageError) -> Value) async throws -> Value {
    do {
      return try await body()
    } catch {
      Report.line("pail: \(CommandFailure(error))")
      throw ExitCode(1)
    }
  }
}
