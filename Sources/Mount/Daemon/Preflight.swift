// SPDX-License-Identifier: Apache-2.0

import Glibc

/// The checks on this machine before anything is asked of the store, in the order that names the nearest cause first.
package struct Preflight {
  private let options: MountOptions
  private let environment: HostEnvironment

  package init(options: MountOptions, environment: HostEnvironment) {
    self.options = options
    self.environment = environment
  }

  /// The mount point, absolute and resolved, fit to be mounted on. Detaches a dead mount of ours that lies there.
  package func mountPoint() throws(MountFailure) -> String {
    let given = options.mountPoint
    let path: String
    do throws(MountFailure) {
      path = try MountPoint.resolve(given, environment: environment)
    } catch {
      throw .init("mount point \(given) does not exist; run: mkdir -p \(given)")
    }
    try refuseLiveMount(at: path)
    DeadMount.detach(path, isRoot: environment.isRoot)
    var status = stat()
    guard stat(path, &status) == 0 else {
      switch errno {
      case ENOENT: throw .init("mount point \(path) does not exist; run: mkdir -p \(path)")
      case ENOTCONN: throw .init("\(path) is a dead mount of another program; run: umount -l \(path)")
      case let code: throw .init("mount point \(path): \(String(cString: strerror(code)))")
      }
    }
    guard status.st_mode & S_IFMT == S_IFDIR else {
      throw .init("mount point \(path) is not a directory; name an empty directory")
    }
    guard path != "/" else { throw .init("the root directory cannot be a mount point; name an empty directory") }
    guard environment.isRoot || access(path, W_OK) == 0 else {
      throw .init("mount point \(path) is not writable by you; choose a directory of your own")
    }
    guard options.allowsNonEmpty || FileContents.names(in: path)?.isEmpty != false else {
      throw .init("mount point \(path) is not empty; choose another, or add -o nonempty to cover what is there")
    }
    return path
  }

  /// What FUSE needs of this machine and this user.
  package func fuse() throws(MountFailure) {
    let device = open("/dev/fuse", O_RDWR | O_CLOEXEC)
    if device >= 0 {
      close(device)
    } else {
      switch errno {
      case ENOENT, ENODEV, ENXIO:
        throw .init("this machine has no /dev/fuse; run: modprobe fuse (in a container: --device /dev/fuse)")
      // Without access fusermount3, which is root's, may still open it for us.
      case EACCES where !environment.isRoot: break
      case let code:
        throw .init(
          "/dev/fuse: \(String(cString: strerror(code))); in a container add --device /dev/fuse and SYS_ADMIN")
      }
    }
    guard !environment.isRoot else { return }
    let places = (environment.variables["PATH"] ?? "/usr/bin:/bin").split(separator: ":") + ["/usr/bin", "/bin"]
    guard places.contains(where: { access("\($0)/fusermount3", X_OK) == 0 }) else {
      throw .init("fusermount3 is missing, without which only root can mount; install the package fuse3")
    }
    if options.allowOther || options.allowRoot {
      let lines = FileContents.read("/etc/fuse.conf")?.split(separator: "\n") ?? []
      guard lines.contains(where: { $0.split(separator: " ").first == "user_allow_other" }) else {
        throw .init(
          "allow_other needs the line user_allow_other in /etc/fuse.conf; ask root to add it, or drop the option")
      }
    }
  }

  /// Files that options name.
  package func files() throws(MountFailure) {
    if let file = options.caFile, access(environment.absolute(file), R_OK) != 0 {
      throw .init("ca-file \(file) cannot be read: \(String(cString: strerror(errno)))")
    }
  }

  private func refuseLiveMount(at path: String) throws(MountFailure) {
    guard let top = MountTable.top(at: path), top.isPail, !DeadMount.isDead(path) else { return }
    throw .init("\(path) is already mounted from \(top.source); run: pail umount \(path)")
  }
}
