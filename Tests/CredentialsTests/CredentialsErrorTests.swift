// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Credentials

@Suite struct CredentialsErrorTests {
  @Test("what a server or a token says does nothing to a terminal")
  func controlCharacters() {
    #expect(CredentialsError("a\u{1B}[2J\u{9B}1m\u{7F}\nb\r\n").message == "a?[2J?1m??b??")
    #expect(CredentialsError("Zoë signed out: 日本 👩‍🚀").message == "Zoë signed out: 日本 👩‍🚀")
  }
}
