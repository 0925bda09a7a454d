// SPDX-License-Identifier: Apache-2.0

/// What ``Records/repair()`` did.
public struct RepairReport: Sendable, Hashable {
  package init() {}

  /// Workflows that were half done and are settled now.
  public var settled = 0
  /// Workflows that are so young that the service may still be doing what they asked for; another repair, later, settles them.
  public var young = 0
  /// Files that nobody named, deleted.
  public var deleted: [String] = []
  /// Workflows that could not be settled just now, and why.
  public var failed: [Failure] = []

  public struct Failure: Sendable, Hashable {
    public var model: String
    public var id: String
    /// One line for a person.
    public var message: String
  }
}
