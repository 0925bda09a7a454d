// SPDX-License-Identifier: Apache-2.0

/// Everything that a ``FUSESession`` is told; nothing is read from the environment.
package struct FUSESessionConfiguration: Sendable {
  /// How many threads serve the kernel.
  package struct Threads: Sendable {
    /// Started at once.
    package var minimum: Int
    /// More than this many waiting for requests are spare and leave.
    package var maximumIdle: Int
    /// With this many blocked in the file system, further requests wait in the kernel.
    package var maximum: Int

    package init(minimum: Int = 2, maximumIdle: Int = 8, maximum: Int = 64) {
      self.minimum = max(1, minimum)
      self.maximumIdle = max(self.minimum, maximumIdle)
      self.maximum = max(self.minimum, maximum)
    }
  }

  /// The directory to mount on; absolute or relative to the working directory.
  package var mountPoint: String
  /// Shown as the device by mount(8) and df(1), for example `s3://bucket`.
  package var source: String
  /// Shown as the type `fuse.SUBTYPE`.
  package var subtype: String
  /// Options of mount.fuse3(8), one an element: `allow_other`, `ro`, `noexec`, ... `nonempty` allows a mount point with
  /// entries, as fuse 2 had it. `default_permissions` lets the kernel check modes; without it nobody does.
  package var fileSystemOptions: [String]
  package var threads: Threads
  /// The largest write request in bytes; the kernel may lower it.
  package var maximumWrite: Int
  /// How far the kernel reads ahead of a sequential reader, in KiB. Beyond its default (128) only root can raise it.
  package var readAhead: Int

  package init(
    mountPoint: String, source: String, subtype: String = "pail",
    fileSystemOptions: [String] = ["default_permissions"], threads: Threads = Threads(),
    maximumWrite: Int = 1 << 20, readAhead: Int = 1024
  ) {
    self.mountPoint = mountPoint
    self.source = source
    self.subtype = subtype
    self.fileSystemOptions = fileSystemOptions
    self.threads = threads
    self.maximumWrite = maximumWrite
    self.readAhead = readAhead
  }
}
