// SPDX-License-Identifier: Apache-2.0

import SigV4

/// A program that prints credentials (AWS SDKs and Tools Reference Guide, "Process credential provider").
struct CredentialProcess: Sendable {
  /// The value of `credential_process`.
  let commandLine: String
  let profile: String
  let environment: AWSEnvironment
  /// In seconds. A person may have to touch a key.
  var timeLimit: Double = 30

  private static let outputLimit = 64 << 10

  func credentials() async throws(CredentialsError) -> AWSCredentials {
    let source = "credential_process of profile '\(profile)'"
    guard let arguments = CommandLine.arguments(of: commandLine), let program = arguments.first else {
      throw CredentialsError("\(source) is empty or has an open quote")
    }
    let variables = environment.variables
    let limit = timeLimit
    let result = await BlockingWork.run { () -> Result<ChildProcess.Output, ChildProcess.Failure> in
      do throws(ChildProcess.Failure) {
        return .success(
          try ChildProcess.run(
            arguments, environment: variables, timeLimit: limit, outputLimit: CredentialProcess.outputLimit))
      } catch {
        return .failure(error)
      }
    }
    let output: ChildProcess.Output
    switch result {
    case .success(let ended): output = ended
    case .failure(.notFound): throw CredentialsError("\(source): there is no program '\(program)'")
    case .failure(.cannotStart(let code)):
      throw CredentialsError("\(source): '\(program)' could not be started (errno \(code))", isTransient: true)
    case .failure(.timedOut):
      throw CredentialsError("\(source) did not end within \(Int(timeLimit)) seconds", isTransient: true)
    case .failure(.tooMuchOutput): throw CredentialsError("\(source) printed more than 64 KiB")
    }
    if let failure = CredentialProcess.describe(status: output.status) {
      throw CredentialsError(
        "\(source) \(failure)\(CredentialProcess.complaint(output.standardError))", isTransient: true)
    }
    let document = try CredentialDocument.decode(output.standardOutput, from: source)
    guard document.version == 1 else { throw CredentialsError("\(source) answered without \"Version\": 1") }
    return try document.credentials(from: source)
  }

  /// nil when the process ended well. The macros of wait(2) are not imported.
  private static func describe(status: Int32?) -> String? {
    guard let status, status != 0 else { return nil }
    let signal = status & 0x7F
    return signal == 0 ? "ended with exit code \((status >> 8) & 0xFF)" : "was ended by signal \(signal)"
  }

  /// The first line of what the program said, made fit for a message.
  private static func complaint(_ bytes: [UInt8]) -> String {
    let text = String(decoding: bytes, as: UTF8.self)
    let lines = text.split(whereSeparator: \.isNewline).map { String($0).trimmingBlanks() }
    guard let line = lines.first(where: { !$0.isEmpty }) else { return "" }
    let printable = line.unicodeScalars.filter { $0.properties.generalCategory != .control }.prefix(200)
    return ": " + String(String.UnicodeScalarView(printable))
  }
}
