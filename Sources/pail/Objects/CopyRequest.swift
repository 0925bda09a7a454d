// SPDX-License-Identifier: Apache-2.0

import Storage

/// What somebody asks `cp` or `mv` to do, and the files and objects that this means.
struct CopyRequest: Sendable {
  let sources: [ObjectLocation]
  let destination: ObjectLocation
  let isRecursive: Bool

  struct Items: Sendable {
    var items: [CopyItem] = []
    /// What cannot be copied, and why.
    var refused: [String] = []
  }

  /// - Parameter list: every object below a key of a bucket.
  func items(
    _ list: (_ bucket: String, _ prefix: String) async throws -> [ListItem]
  ) async throws -> Items {
    if destination == .standardStream, sources.count > 1 || isRecursive {
      throw CommandFailure.usage("standard output takes one object")
    }
    var result = Items()
    for source in sources {
      if isRecursive {
        try await addAll(below: source, to: &result, list)
      } else {
        try add(source, to: &result)
      }
    }
    for item in result.items where item.operation == nil {
      throw CommandFailure.usage(
        "\(item.source) to \(item.destination) is no work for pail; one of them must be s3://BUCKET/KEY")
    }
    return result
  }

  private func add(_ source: ObjectLocation, to result: inout Items) throws {
    var size: Int64?
    switch source {
    case .remote(_, let key):
      if key.isEmpty || key.hasSuffix("/") { throw CommandFailure.usage("\(source) is a folder; say --recursive") }
    case .local(let path):
      if LocalTree.isDirectory(path) { throw CommandFailure.usage("\(path) is a directory; say --recursive") }
      size = LocalTree.size(of: path)
    case .standardStream: break
    }
    guard
      let target = CopyTarget.destination(
        of: source, in: destination, isDirectory: sources.count > 1 || isLocalDirectory(destination))
    else {
      if source == .standardStream { throw CommandFailure.usage("\(destination) is a folder; name the object") }
      return result.refused.append("\(source) has a name that no file can have")
    }
    result.items.append(CopyItem(source: source, destination: target, size: size))
  }

  private func addAll(
    below source: ObjectLocation, to result: inout Items,
    _ list: (_ bucket: String, _ prefix: String) async throws -> [ListItem]
  ) async throws {
    switch source {
    case .standardStream: throw CommandFailure.usage("- has nothing below it")
    case .local(let path):
      guard LocalTree.isDirectory(path) else { return try add(source, to: &result) }
      let tree = LocalTree.files(below: path)
      result.refused += tree.skipped.map { "\($0) is no file that can be read" }
      for file in tree.files {
        guard let target = CopyTarget.destination(of: file.relative, below: destination) else { continue }
        result.items.append(
          CopyItem(source: .local(path + "/" + file.relative), destination: target, size: file.size))
      }
    case .remote(let bucket, let key):
      let prefix = key.isEmpty || key.hasSuffix("/") ? key : key + "/"
      for object in try await list(bucket, prefix) {
        let relative = String(object.path.dropFirst(prefix.count))
        // The marker of a directory.
        if relative.isEmpty || relative.hasSuffix("/"), object.size == 0 { continue }
        guard let target = CopyTarget.destination(of: relative, below: destination) else {
          result.refused.append("s3://\(bucket)/\(object.path) has a name that no file can have")
          continue
        }
        result.items.append(
          CopyItem(source: .remote(bucket: bucket, key: object.path), destination: target, size: object.size))
      }
    }
  }

  private func isLocalDirectory(_ location: ObjectLocation) -> Bool {
    if case .local(let path) = location { LocalTree.isDirectory(path) } else { false }
  }
}
