// SPDX-License-Identifier: Apache-2.0
//
// The file in which a sign-in lives on: `auth/USER-POOL.CLIENT.json` in the state directory, for all processes of this account.
//
// State: that file, mode 0600 in a directory of mode 0700, replaced whole (written beside it, synced, renamed), so that a reader
// sees the old or the new one; and a lock file, held while a process changes it, also over the request that the change needs: two
// processes that refreshed at once would both spend a refresh token that is good for one. Room for the new record is taken before
// that request: on a full disk it would bring a refresh token that cannot be kept, for one that is good no more. Any task may
// call; the disk is used on threads that may block. What can go wrong: the directory cannot be made or is open to others, the file
// is damaged, somebody holds the lock for long. Links in the place of the files are refused: they could lead tokens elsewhere.

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
  /// - Throws: without having called `change` when there is no room for a record.
  func update<Value: Sendable>(
    _ change: (inout AuthRecord) async throws(CredentialsError) -> Value
  ) async throws(CredentialsError) -> Value {
    try await onDisk(prepare)
    let lock = try await StoreLock.take(path: path + ".lock")
    defer { lock.release() }
    let before = try await read()
    let file = try await onDisk { () throws(CredentialsError) in try ReplacementFile(of: path) }
    var record = before
    let value: Value
    do throws(CredentialsError) {
      value = try await change(&record)
    } catch {
      file.discard()
      throw error
    }
    let changed = record == before ? nil : record
    try await onDisk { () throws(CredentialsError) in
      if let changed { try save(changed, in: file) } else { file.discard() }
    }
    return value
  }

  /// Signs out; where the record without the tokens cannot be written, all of it goes.
  ///
  /// - Returns: what was there; nil when nobody was signed in.
  func forgetUser() async throws(CredentialsError) -> UserTokens? {
    try await onDisk(prepare)
    let lock = try await StoreLock.take(path: path + ".lock")
    defer { lock.release() }
    return try await onDisk { () throws(CredentialsError) in
      // Tokens may be in it, too.
      unlink(ReplacementFile.path(of: path))
      var record = try load()
      guard let tokens = record.tokens else { return nil }
      record.signOut()
      do throws(CredentialsError) {
        try save(record, in: ReplacementFile(of: path))
      } catch {
        try remove()
      }
      return tokens
    }
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

  private func save(_ record: AuthRecord, in file: ReplacementFile) throws(CredentialsError) {
    if !record.isEmpty {
      try file.replace(with: record.bytes)
      return syncDirectory()
    }
    file.discard()
    try remove()
  }

  private func remove() throws(CredentialsError) {
    guard unlink(path) == 0 || errno == ENOENT else { throw failure("\(path) cannot be removed", errno) }
    syncDirectory()
  }

  private func syncDirectory() {
    let descriptor = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { return }
    fsync(descriptor)
    close(descriptor)
  }

  private func failure(_ words: String, _ code: Int32) -> CredentialsError { ReplacementFile.failure(words, code) }

  private func onDisk<Value: Sendable>(
    _ body: @escaping @Sendable () throws(CredentialsError) -> Value
  ) async throws(CredentialsError) -> Value {
    try await BlockingWork.run { () -> Result<Value, CredentialsError> in
      do throws(CredentialsError) { return .success(try body()) } catch { return .failure(error) }
    }.get()
  }
}
