// SPDX-License-Identifier: Apache-2.0

/// A file that holds a token and is replaced before the token expires.
enum TokenFile {
  private static let limit = 64 << 10

  /// - Parameter name: of the variable or setting that named the file, for the message.
  static func read(_ path: String, named name: String) async throws(CredentialsError) -> [UInt8] {
    let limit = limit
    let result = await BlockingWork.run { () -> Result<[UInt8], SmallFile.Failure> in
      do throws(SmallFile.Failure) { return .success(try SmallFile.read(path, limit: limit)) } catch {
        return .failure(error)
      }
    }
    switch result {
    case .success(let bytes): return bytes
    case .failure(let failure):
      throw CredentialsError("\(name): \(path) cannot be read (\(failure.reason))", isTransient: failure != .tooLarge)
    }
  }
}
