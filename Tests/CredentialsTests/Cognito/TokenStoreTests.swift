// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Testing

@testable import Credentials

@Suite("The file of a sign-in")
struct TokenStoreTests {
  private let bench: CognitoBench
  private let store: TokenStore
  private var directory: String { bench.home.path("state/pail/auth") }

  init() throws {
    bench = try CognitoBench()
    store = TokenStore(bench.settings)
  }

  private func mode(_ path: String) -> mode_t {
    var status = stat()
    return lstat(path, &status) == 0 ? status.st_mode & 0o7777 : 0
  }

  @Test("is for this user only, and holds what was put in")
  func roundTrip() async throws {
    #expect(store.path == directory + "/eu-west-1_AbCdEf123.theclient.json")
    #expect(try await store.read() == AuthRecord())
    // Reading makes nothing.
    #expect(access(directory, F_OK) != 0)
    try await bench.signIn()
    try await store.update { (record) async throws(CredentialsError) in
      record.setIdentity("eu-west-1:g", in: "pool", of: nil)
      record.setIdentity("eu-west-1:u", in: "pool", of: record.tokens?.user)
    }
    #expect(mode(directory) == 0o700 && mode(bench.home.path("state/pail")) == 0o700)
    #expect(mode(store.path) == 0o600 && mode(store.path + ".lock") == 0o600)
    let record = try await store.read()
    #expect(record.tokens?.user == CognitoUser(name: "name-of-ada", sub: "ada", groups: []))
    #expect(record.tokens?.refreshToken == "refresh-1")
    #expect(record.identity(in: "pool", of: nil) == "eu-west-1:g")
    #expect(record.identity(in: "pool", of: record.tokens?.user) == "eu-west-1:u")
    #expect(record.identity(in: "pool", of: CognitoUser(name: "", sub: "bob", groups: [])) == nil)
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory).count == 2)
  }

  @Test("is gone when nothing is left to keep")
  func removal() async throws {
    try await bench.signIn()
    try await store.update { (record) async throws(CredentialsError) in record.signOut() }
    #expect(access(store.path, F_OK) != 0)
  }

  @Test("is refused when it is damaged", arguments: ["", "{", "{}", #"{"version":2}"#, "\u{0}\u{0}", "[1]"])
  func damage(text: String) async throws {
    try await bench.signIn()
    try Data(text.utf8).write(to: URL(fileURLWithPath: store.path))
    let error = await #expect(throws: CredentialsError.self) { try await store.read() }
    #expect(error?.message == "\(store.path) is damaged; remove it and sign in again")
  }

  @Test("is refused when others may have read it, or when it is a link")
  func openToOthers() async throws {
    try await bench.signIn()
    chmod(store.path, 0o640)
    let open = await #expect(throws: CredentialsError.self) { try await store.read() }
    #expect(open?.message.contains("is open to others") == true)
    #expect(rename(store.path, store.path + ".elsewhere") == 0)
    chmod(store.path + ".elsewhere", 0o600)
    #expect(symlink(store.path + ".elsewhere", store.path) == 0)
    let link = await #expect(throws: CredentialsError.self) { try await store.read() }
    #expect(link?.message == "\(store.path) is a symbolic link; remove it and sign in again")
    chmod(directory, 0o755)
    let directory = await #expect(throws: CredentialsError.self) { try await bench.signIn() }
    #expect(directory?.message.hasSuffix("is open to others; run: chmod 700 \(self.directory)") == true)
  }

  @Test("what a crash left behind is replaced, and a link in its place not followed")
  func leftovers() async throws {
    try await bench.signIn()
    let victim = try bench.home.write("victim", "kept")
    #expect(symlink(victim, store.path + ".new") == 0)
    try await bench.signIn("bob")
    #expect(try bench.home.read("victim") == "kept")
    #expect(try await store.read().tokens?.user.sub == "bob")
  }

  @Test("where nothing can be written the pool is not asked for tokens, and signing out forgets all the same")
  func noRoom() async throws {
    try await bench.signIn()
    try await store.update { (record) async throws(CredentialsError) in
      record.setIdentity("eu-west-1:g", in: "pool", of: nil)
    }
    #expect(mkdir(store.path + ".new", 0o700) == 0)
    bench.clock.advance(4_000)
    let error = await #expect(throws: CredentialsError.self) { try await bench.session().tokens() }
    #expect(error?.message.hasPrefix("\(store.path).new cannot be made: ") == true)
    #expect(bench.operations.isEmpty)
    bench.answer { _, _ in CognitoFixtures.answer("{}") }
    guard case .done = try await bench.session().signOut() else {
      Issue.record("not signed out")
      return
    }
    #expect(access(store.path, F_OK) != 0)
  }

  @Test("signing out removes what a crash left behind, too")
  func signOutLeftovers() async throws {
    try await bench.signIn()
    bench.answer { _, _ in CognitoFixtures.answer("{}") }
    for _ in 0..<2 {
      try Data("tokens".utf8).write(to: URL(fileURLWithPath: store.path + ".new"))
      _ = try await bench.session().signOut()
      #expect(access(store.path + ".new", F_OK) != 0)
    }
  }

  @Test("changes come one after the other")
  func changes() async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
      for number in 0..<20 {
        group.addTask { [store] in
          try await store.update { (record) async throws(CredentialsError) in
            let before = record.identity(in: "pool", of: nil) ?? ""
            await Task.yield()
            record.setIdentity(before + "x", in: "pool", of: nil)
            record.setIdentity("\(number)", in: "pool-\(number)", of: nil)
          }
        }
      }
      try await group.waitForAll()
    }
    let record = try await store.read()
    #expect(record.identity(in: "pool", of: nil) == String(repeating: "x", count: 20))
    #expect(record.identities.count == 21)
  }
}
