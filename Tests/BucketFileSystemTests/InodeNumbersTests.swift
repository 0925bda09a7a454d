// SPDX-License-Identifier: Apache-2.0

import Testing
import VFS

@testable import BucketFileSystem

@Suite("Inode numbers") struct InodeNumbersTests {
  private func place(_ name: String, in parent: UInt64 = 1) throws -> InodeNumbers.Place {
    InodeNumbers.Place(parent: InodeID(parent), name: try #require(Name(name)))
  }

  /// SEMANTICS: inode-numbers
  @Test func aNameHasTheSameNumberEachTime() throws {
    let numbers = InodeNumbers()
    let first = try numbers.number(of: place("a")) { _ in false }
    #expect(try numbers.number(of: place("a")) { _ in false } == first)
    #expect(try numbers.number(of: place("b")) { _ in false } != first)
    #expect(try numbers.number(of: place("a", in: 2)) { _ in false } != first)
    #expect(first.rawValue > 1)
  }

  /// What had the name before is still open.
  /// SEMANTICS: inode-numbers
  @Test func aNumberThatIsInUseIsNotGivenAgain() throws {
    let numbers = InodeNumbers()
    let first = try numbers.number(of: place("a")) { _ in false }
    #expect(try numbers.number(of: place("a")) { $0 == first } == InodeID(first.rawValue &+ 1))
  }

  /// SEMANTICS: inode-numbers
  @Test func whatWasRenamedKeepsItsNumber() throws {
    var numbers = InodeNumbers()
    let number = try numbers.number(of: place("old")) { _ in false }
    try numbers.left(number, at: place("new"))
    #expect(try numbers.number(of: place("new")) { _ in false } == number)
    // The old name's next file must not have it.
    #expect(try numbers.number(of: place("old")) { _ in false } != number)
    try numbers.appeared(at: place("new"))
    #expect(try numbers.number(of: place("old")) { _ in false } == number)
  }

  @Test func twoHundredThousandNamesHaveTwoHundredThousandNumbers() throws {
    let numbers = InodeNumbers()
    var seen: Set<InodeID> = []
    for parent in UInt64(1)...2 {
      for name in 0..<100_000 { seen.insert(try numbers.number(of: place("file-\(name)", in: parent)) { _ in false }) }
    }
    #expect(seen.count == 200_000)
  }
}
