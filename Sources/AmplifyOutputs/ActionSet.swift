// SPDX-License-Identifier: Apache-2.0

/// Some of the actions, in one byte.
struct ActionSet: OptionSet, Sendable, Equatable {
  let rawValue: UInt8

  init(rawValue: UInt8) { self.rawValue = rawValue }

  init(_ action: StorageAction) {
    rawValue =
      switch action {
      case .get: 1
      case .list: 2
      case .write: 4
      case .delete: 8
      }
  }

  init(_ actions: Set<StorageAction>) { self = actions.reduce(into: []) { $0.formUnion(ActionSet($1)) } }
}
