// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing
import Transfer

@testable import WriteBackCache

@Suite("Which bytes are here") struct LocalBytesTests {
  /// 100 bytes in the bucket, none here.
  private var bytes = LocalBytes(baseSize: 100, size: 100)

  private mutating func write(_ range: Range<Int64>) throws {
    let change = bytes.beginWriting(range)
    bytes.endWriting(try #require(change), written: range)
  }

  private mutating func resize(_ size: Int64) throws {
    let change = bytes.beginResizing(to: size)
    bytes.endResizing(try #require(change), to: size)
  }

  @Test mutating func whatIsWrittenIsHereAndDirty() throws {
    try write(10..<20)
    #expect(bytes.missing == [0..<10, 20..<100] && bytes.dirty == [10..<20] && bytes.size == 100)
    // A gap is zeros, which the bucket lacks.
    try write(110..<120)
    #expect(bytes.missing == [0..<10, 20..<100] && bytes.dirty == [10..<20, 100..<120] && bytes.size == 120)
    #expect(!bytes.isWhole)
  }

  @Test mutating func cuttingAndGrowing() throws {
    try write(10..<20)
    try resize(15)
    #expect(bytes.missing == [0..<10] && bytes.dirty == [10..<15] && bytes.size == 15)
    // What was behind does not come back.
    try resize(50)
    #expect(bytes.missing == [0..<10] && bytes.dirty == [10..<50] && bytes.size == 50)
    try resize(0)
    #expect(bytes.isWhole && bytes.dirty.isEmpty && bytes.size == 0)
  }

  @Test mutating func fetchedBytesNeverCoverWrittenOnes() throws {
    try write(10..<20)
    let write = bytes.beginWriting(30..<40)
    let places = bytes.beginInstalling(0..<60)
    #expect(places == [0..<10, 20..<30, 40..<60])
    // Nobody changes them meanwhile; what is beside them may change.
    let refused = [bytes.beginWriting(25..<35), bytes.beginResizing(to: 50)]
    #expect(refused == [nil, nil])
    let beside = bytes.beginWriting(70..<80)
    #expect(beside != nil)
    bytes.endInstalling(places)
    #expect(bytes.missing == [30..<40, 60..<100])
    // Half of the write failed: that is missing still.
    bytes.endWriting(try #require(write), written: 30..<33)
    #expect(bytes.missing == [33..<40, 60..<100] && bytes.dirty == [10..<20, 30..<33])
    let again = bytes.beginInstalling(0..<100)
    // 70 to 80 is still being changed.
    #expect(again == [33..<40, 60..<70, 80..<100])
    bytes.endInstalling(again, isThere: false)
    #expect(bytes.missing == [33..<40, 60..<100])
  }

  @Test mutating func anUploadTakesWhatIsDirtyAndMayFail() throws {
    try write(10..<20)
    bytes.seal()
    try write(15..<30)
    #expect(bytes.dirty == [15..<30] && bytes.sealed == [10..<20])
    var published = bytes
    published.sealWasPublished()
    #expect(published.dirty == [15..<30] && published.sealed.isEmpty)
    try resize(12)
    bytes.sealFailed()
    #expect(bytes.dirty == [10..<12] && bytes.sealed.isEmpty)
  }

  @Test mutating func whileBytesAreGivenUpNobodyTouchesThem() throws {
    let places = bytes.beginInstalling(0..<60)
    expectEviction(false)
    bytes.endInstalling(places)
    let kept = bytes.beginEvicting()
    let (change, installing) = (bytes.beginWriting(5..<6), bytes.beginInstalling(0..<9))
    #expect(bytes.missing == [0..<100] && change == nil && installing.isEmpty)
    bytes.endEvicting(try #require(kept), isGone: false)
    #expect(bytes.missing == [60..<100])
    expectEviction(true)
    let again = bytes.beginInstalling(0..<9)
    bytes.endInstalling(again)
    #expect(bytes.missing == [9..<100] && again == [0..<9])
    try write(50..<60)
    expectEviction(false)
    bytes.seal()
    expectEviction(false)
  }

  private mutating func expectEviction(_ expected: Bool, _ location: SourceLocation = #_sourceLocation) {
    let evicted = bytes.beginEvicting()
    #expect((evicted != nil) == expected, sourceLocation: location)
    if let evicted { bytes.endEvicting(evicted, isGone: true) }
  }

  @Test func wholeFiles() {
    #expect(LocalBytes(newFileOf: 9).dirty == [0..<9] && LocalBytes(newFileOf: 9).isWhole)
    #expect(LocalBytes(baseSize: 100, size: 40, dirty: [30..<40]).missing == [0..<30])
    #expect(LocalBytes(baseSize: 0, size: 0).isWhole)
  }
}
