// SPDX-License-Identifier: Apache-2.0
//
// The file in which a sign-in lives on: `auth/USER-POOL.CLIENT.json` in the state directory, for all processes of this account.
//
// State: that file, mode 0600 in a directory of mode 0700, replaced whole (written beside it, synced, renamed), so that a reader
// sees the old or the new one; and a lock file, held while a process changes it, also over the request that the change needs: two
// processes that refreshed at once would both spend a refresh token that is good for one. Any task may call; the disk is used on
// threads that may block. What can go wrong: the directory cannot be made or is open to others, the file is damaged, somebody
// holds the lock for long. Links in the place of the files are refused: they could lead tokens elsewhere.

import Glibc

struct TokenStore: Sendable {
  let path: String
  private let directory: String

  private static let limit = 1 << 20

  init(_ settings: CognitoSettings) {
    directory = settings.stateDirectory + "/auth"
    path = "\(directory)/\(settings.userPoolID).\(settings.clientID).json"
  }

  /// What is kept; an empty record when there is no file.
  func read() async throws(CredentialsError) -> AuthRecord { try await onDisk(load) }

  /// Changes the record while nobody else does; writes it only when it is another one afterwards, before this returns.
  ///
  /// - Parameter change: may take as long as a request; works on what is in the file now.
  func update<Value: Sendable>(
    _ change: (inout AuthRecord) async throws(CredentialsError) -> Value
  ) async throws(CredentialsError) -> Value {
    try await onDisk(prepare)
    let lock = try await StoreLock.take(path: path + ".lock")
    defer { lock.release() }
    let before = try await read()
    var record = before
    let value = try await change(&record)
    if record != before {
      let changed = record
      try await onDisk { () throws(CredentialsError) in try save(changed) }
    }
    return value
  }

  /// Makes the directory; checks that it is nobody else's.
  private func prepare() throws(CredentialsError) {
    var position = directory.startIndex
    while position < directory.endIndex {
      position = directory[directory.index(after: position)...].firstIndex(of: "/") ?? directory.endIndex
      let part = String(directory[..<position])
      guard mkdir(part, 0o700) != 0, errno != EEXIST else { continue }
      let code = errno
      // Above a writable directory there may be ones that refuse mkdir, yet exist (EROFS, EACCES).
      var status = stat()
      if stat(part, &status) != 0 { throw failure("\(part) cannot be made", code) }
    }
    var status = stat()
    guard lstat(directory, &status) == 0 else { throw failure("\(directory) cannot be used", errno) }
    guard status.st_mode & S_IFMT == S_IFDIR, status.st_uid == geteuid() else {
      throw CredentialsError("\(directory) is no directory of yours; tokens are not kept in it: move it away")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw CredentialsError("\(directory) is open to others; run: chmod 700 \(directory)")
    }
  }

  private func load() throws(CredentialsError) -> AuthRecord {
    let file = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
    guard file >= 0 else {
      if errno == ENOENT || errno == ENOTDIR { return AuthRecord() }
      if errno == ELOOP { throw CredentialsError("\(path) is a symbolic link; remove it and sign in again") }
      throw failure("\(path) cannot be read", errno)
    }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_uid == geteuid() else {
      throw CredentialsError("\(path) is no file of yours; remove it and sign in again")
    }
    guard status.st_mode & 0o077 == 0 else {
      throw CredentialsError(
        "\(path) is open to others, who may have the tokens in it: run pail auth sign-out after chmod 600 \(path)")
    }
    let bytes = try contents(of: file)
    guard let record = AuthRecord(bytes) else {
      throw CredentialsError("\(path) is damaged; remove it and sign in again")
    }
    return record
  }

  private func contents(of file: Int32) throws(CredentialsError) -> [UInt8] {
    var bytes: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 16_384)
    while true {
      let count = Glibc.read(file, &chunk, chunk.count)
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure("\(path) cannot be read", errno) }
      if count == 0 { return bytes }
      bytes.append(contentsOf: chunk[..<count])
      if bytes.count > TokenStore.limit { return [] }
    }
  }

  private func save(_ record: AuthRecord) throws(CredentialsError) {
    if record.isEmpty {
      guard unlink(path) == 0 || errno == ENOENT else { throw failure("\(path) cannot be removed", errno) }
    } else {
      // Under the lock nobody else writes; what a crash left behind is in the way.
      let temporary = path + ".new"
      unlink(temporary)
      let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
      guard file >= 0 else { throw failure("\(temporary) cannot be made", errno) }
      let written = TokenStore.write(record.bytes, to: file)
      close(file)
      guard written, rename(temporary, path) == 0 else {
        let code = errno
        unlink(temporary)
        throw failure("\(path) cannot be written", code)
      }
    }
    let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  /// errno tells why not.
  private static func write(_ bytes: [UInt8], to file: Int32) -> Bool {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { Glibc.write(file, $0.baseAddress.map { $0 + done }, bytes.count - done) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      done += count
    }
    return fsync(file) == 0
  }

  private func failure(_ words: String, _ code: Int32) -> CredentialsError {
    CredentialsError("\(words): \(String(cString: strerror(code)))", isTransient: code == EMFILE || code == ENFILE)
  }

  private func onDisk<Value: Sendable>(
    _ body: @escaping @Sendable () throws(CredentialsError) -> Value
  ) async throws(CredentialsError) -> Value {
    try await BlockingWork.run { () -> Result<Value, CredentialsError> in
      do throws(CredentialsError) { return .success(try body()) } catch { return .failure(error) }
    }.get()
  }
}
