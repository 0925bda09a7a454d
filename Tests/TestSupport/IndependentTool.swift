// SPDX-License-Identifier: Apache-2.0
//
// A process that runs s3tool.py for one question after the other: starting it takes most of a second.
//
// For: IndependentClient. State: the processes that have nothing to do, by their environment, behind a lock; a question has
// a process of its own as long as it takes. Any thread may call; calls block. What can go wrong: the virtual environment is
// missing, or the tool fails; both throw with the tool's words. The processes end when their input does, at the latest with
// the test process.

import Foundation
import Glibc
import Locking

final class IndependentTool: Sendable {
  private struct Reply: Decodable {
    var answer: String?
    var failure: String?
  }

  /// Processes that are kept for each environment.
  private static let limit = 2
  private static let idle = Lock<[[String: String]: [IndependentTool]]>([:])

  private let process: Process
  private let input: FileHandle
  private let output: FileHandle

  /// Answers a question.
  ///
  /// - Parameter environment: names the store and its credentials.
  static func run(_ arguments: [String], environment: [String: String]) throws -> String {
    let known = idle.withLock { $0[environment]?.popLast() }
    let tool = try known ?? IndependentTool(environment: environment)
    // One that does not answer is not used again.
    let reply = try tool.ask(arguments)
    idle.withLock { idle in
      if idle[environment, default: []].count < limit { idle[environment, default: []].append(tool) }
    }
    if let answer = reply.answer { return answer }
    throw TestSupportError("s3tool.py \(arguments.joined(separator: " ")): \(reply.failure ?? "no answer")")
  }

  private init(environment: [String: String]) throws {
    process = Process()
    process.executableURL = URL(fileURLWithPath: try PackageDirectory.virtualEnvironmentProgram("python3"))
    process.arguments = [PackageDirectory.root + "/Tests/TestSupport/s3tool.py", "--serve"]
    // Neither somebody's account nor somebody's proxy.
    process.environment = ProcessInfo.processInfo.environment
      .filter { !$0.key.hasPrefix("AWS_") && !$0.key.lowercased().hasSuffix("_proxy") }
      .merging(environment) { $1 }
    let (input, output) = (Pipe(), Pipe())
    // No other child may keep them open.
    for handle in [
      input.fileHandleForReading, input.fileHandleForWriting, output.fileHandleForReading, output.fileHandleForWriting,
    ] {
      _ = fcntl(handle.fileDescriptor, F_SETFD, FD_CLOEXEC)
    }
    process.standardInput = input
    process.standardOutput = output
    self.input = input.fileHandleForWriting
    self.output = output.fileHandleForReading
    try process.run()
  }

  private func ask(_ arguments: [String]) throws -> Reply {
    try input.write(contentsOf: try JSONEncoder().encode(arguments) + Data("\n".utf8))
    var line = Data()
    while line.last != UInt8(ascii: "\n") {
      let bytes = output.availableData
      guard !bytes.isEmpty else {
        throw TestSupportError("s3tool.py \(arguments.joined(separator: " ")): it ended without an answer")
      }
      line += bytes
    }
    return try JSONDecoder().decode(Reply.self, from: line)
  }
}
