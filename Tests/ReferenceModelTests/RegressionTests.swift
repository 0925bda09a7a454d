// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// Sequences that the product once failed, as the shrinker left them.
@Suite("Sequences that once failed") struct RegressionTests {
  @Test(
    arguments: [
      // The object of a name that was replaced came back when the new file, never uploaded, was removed.
      "close; put d/b 0 30; create 2 a rw; rename a d/b; unlink d/b",
      "delayed; put a 9 11; put d/a 5 172; create 0 d/b rw; rename d/b a; unlink a",
      "delayed; put a 9 11; create 0 b rw; close 0; rename b a; rename a c; drain",
      "delayed; put a 9 11; create 0 b rw; close 0; rename b a; crash offline; unlink a; recover; unlink a",
      // A handle whose name went to somebody else: ftruncate said ENOENT.
      "close; put a 5 1; open 0 a rw; write 0 0 3 1; put a 5 2; fsync 0; ftruncate 0 2; close 0",
      // A rename that fails changes nothing.
      "delayed; put e/a 0 46; put d/s/a 0 199; rename d/s e",
      // A conflict survives the rename of the directory it is in.
      "delayed; put d/a 40 1; open 0 d/a rw; write 0 0 5 2; put d/a 40 3; rename d e; close 0; drain",
      "delayed; put d/a 0 56; open 0 d/a rw; append 0 1 139; delete d/a; rename d e",
      // A reader of a version that is gone reads that or nothing, also when its file is renamed.
      "close; put a 50 1; open 0 a r; put a 60 2; rename a b; read 0 0 90; close 0",
      "close; put d/a 50 1; open 0 d/a r; put d/a 60 2; stat d/a; rename d e; read 0 0 90; close 0",
      // A file that was changed in part, fetched, and lost its base: no later run could read it.
      "close partial; put a 20000 1; open 0 a rw; write 0 0 5 2; read 0 6000 10; delete a; outage lost; fsync 0; crash; check",
      "close partial; put a 20000 1; open 0 a rw; write 0 0 5 2; read 0 6000 10; put a 20000 3; outage lost; fsync 0; "
        + "crash offline; check",
      // The same, and the rest of it was never fetched.
      "delayed partial; put d/a 20000 1; put d/b 5 1; open 0 d/a rw; write 0 0 5 2; delete d/a; rename d e; crash; check",
      // A file that was changed behind an upload whose answer was lost took its own version for somebody else's.
      "close; outage lost; create 0 a w excl; write 0 0 40 1; fsync 0; write 0 20 300 2; recover; close 0",
      "close; put a 50 1; outage lost; open 0 a w; write 0 0 40 2; fsync 0; write 0 40 9000 3; crash; check",
      "close; outage lost; create 0 a w excl; fsync 0; write 0 0 700 2; crash; drain; check",
      "close; put a 50 1; outage lost; open 0 a w; write 0 0 5 2; fsync 0; crash offline; open 0 a w; write 0 0 9 3; "
        + "recover; close 0",
    ] as [String])
  func agreesNow(_ text: String) async throws {
    try await agrees(text, times: 1)
  }

  /// Those that failed now and then.
  @Test(
    arguments: [
      // An upload that was just over left a file that rename did not find.
      "racing; mkdir d; create 1 d/b w; close 1; rename d/b c; cat c",
      // Its name was in no listing.
      "racing; create 0 b rw; crash; readdir /",
      // Its observer, late, gave a file that had moved the version of its old name.
      "racing; create 0 b w; write 0 0 40 1; open 1 b r; close 0; rename b a; rename a c; rename c b; close 1",
      // A part that was over late began another upload.
      "close; create 0 a w; write 0 12 4013 65; write 0 4000 4194 10; close 0",
      // A crash behind an upload with copied parts, of which no checksum tells whose it is, made a conflict copy.
      "racing; put b 19873 194; truncate b 4186; crash; check",
      // Who read bytes that an upload was just fetching got zeros.
      "racing partial; put a 11959 105; create 0 a rw; write 0 11 13919 164; close 0; cat a",
      // Who read bytes of the version that an upload was just replacing heard ESTALE.
      "racing partial; put a 5007 115; truncate a 38535; cat a",
    ] as [String])
  func agreesEachTime(_ text: String) async throws {
    try await agrees(text, times: 100)
  }

  private func agrees(_ text: String, times: UInt64) async throws {
    let sequence = try #require(ModelSequence(text))
    let difference = try await BlockingWork.run {
      ModelRun.difference(sequence, times: times) { MemoryModelStore() }
    }
    #expect(difference == nil, "\(difference ?? "")")
  }
}
