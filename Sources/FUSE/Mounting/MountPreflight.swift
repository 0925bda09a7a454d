// SPDX-License-Identifier: Apache-2.0
//
// What is checked before a mount, so that its failure has a cause and a remedy.
//
// For: libfuse and fusermount3 write their complaints to stderr and return -1. State: none. Threads: any; blocks on the
// disk, and on a FUSE file system that is mounted at the mount point already.
// What can go wrong: between check and mount things may change; then libfuse's own words are all there is.

// `struct stat` is in this module for Swift, as libfuse's header includes it.
import CFUSE
import Glibc

struct MountPreflight {
  var device = "/dev/fuse"
  var isRoot = geteuid() == 0
  /// Where fusermount3 is looked for; libfuse itself goes by its own build and by PATH.
  var helperDirectories = ["/usr/bin", "/bin", "/usr/local/bin"]
  var helperConfiguration = "/etc/fuse.conf"

  /// Returns the absolute path of the mount point without links.
  func check(mountPoint: String, options: [String]) throws(MountError) -> String {
    try checkDevice()
    if !isRoot { try checkHelper(options: options) }
    return try checkMountPoint(mountPoint, mayHaveEntries: options.contains("nonempty"))
  }

  private func checkDevice() throws(MountError) {
    guard access(device, F_OK) == 0 else { throw .deviceMissing }
    guard access(device, R_OK | W_OK) == 0 else { throw .deviceForbidden }
  }

  private func checkHelper(options: [String]) throws(MountError) {
    guard helperDirectories.contains(where: { access($0 + "/fusermount3", X_OK) == 0 }) else { throw .helperMissing }
    guard let option = options.first(where: { $0 == "allow_other" || $0 == "allow_root" }) else { return }
    guard configurationAllowsOthers else { throw .allowOtherForbidden(option: option) }
  }

  private var configurationAllowsOthers: Bool {
    guard let file = fopen(helperConfiguration, "re") else { return false }
    defer { fclose(file) }
    var line: UnsafeMutablePointer<CChar>?
    var capacity = 0
    defer { free(line) }
    while getline(&line, &capacity, file) >= 0 {
      guard let line else { continue }
      if String(cString: line).split(whereSeparator: \.isWhitespace) == ["user_allow_other"] { return true }
    }
    return false
  }

  private func checkMountPoint(_ path: String, mayHaveEntries: Bool) throws(MountError) -> String {
    guard let resolved = realpath(path, nil) else { throw Self.error(for: path, code: errno) }
    defer { free(resolved) }
    let absolute = String(cString: resolved)
    var status = stat()
    guard stat(absolute, &status) == 0 else { throw Self.error(for: path, code: errno) }
    if let mount = MountTable.current().mount(at: absolute), mount.isFUSE {
      throw Detaching.isDead(absolute) ? .deadMount(path) : .alreadyMounted(path, source: mount.source)
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { throw .notADirectory(path) }
    if !isRoot, access(absolute, W_OK) != 0 { throw .permissionDenied(path) }
    if !mayHaveEntries, try hasEntries(absolute) { throw .notEmpty(path) }
    return absolute
  }

  private func hasEntries(_ path: String) throws(MountError) -> Bool {
    guard let directory = opendir(path) else { throw Self.error(for: path, code: errno) }
    defer { closedir(directory) }
    var count = 0
    // Two of them are `.` and `..`.
    while count < 3, readdir(directory) != nil { count += 1 }
    return count > 2
  }

  private static func error(for path: String, code: Int32) -> MountError {
    switch code {
    case ENOENT: .mountPointMissing(path)
    case ENOTDIR: .notADirectory(path)
    case ENOTCONN: .deadMount(path)
    case EACCES, EPERM: .permissionDenied(path)
    default: .failed(path, cause: String(cString: strerror(code)))
    }
  }
}
