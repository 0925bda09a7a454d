// SPDX-License-Identifier: Apache-2.0
//
// One step of a sequence: what a program, another client, the network or a kill -9 does. Pure.
//
// For: the generator makes them, the model and the mount carry them out, the shrinker drops and shortens them, and a replay
// prints and reads them, one in a line or between `;`. Paths have no slash at the start; the root is `/`. Slots are numbers
// that a program gives to its descriptors; a step on a slot that is not open (or to one that is) is skipped by both sides, so
// that any part of a sequence is a sequence.

/// How a slot is opened.
enum AccessMode: String, CaseIterable, Sendable {
  case read = "r"
  case write = "w"
  case both = "rw"

  var allowsWriting: Bool { self != .read }
  var allowsReading: Bool { self != .write }
}

/// What goes wrong with requests that change the bucket.
enum FaultKind: String, CaseIterable, Sendable {
  /// There is no connection.
  case refuse
  /// The connection breaks, the store has not heard it.
  case drop
  /// 500, and nothing done.
  case error
  /// 503 SlowDown, and nothing done.
  case slow
  /// 403 AccessDenied: trying again does not help.
  case denied
  /// The store does it, the answer is lost. As an outage: of uploads only.
  case lost
}

enum ModelOperation: Equatable, Sendable {
  case create(slot: Int, path: String, mode: AccessMode, isExclusive: Bool)
  case open(slot: Int, path: String, mode: AccessMode, truncates: Bool)
  case write(slot: Int, offset: Int, length: Int, seed: Int)
  case append(slot: Int, length: Int, seed: Int)
  case read(slot: Int, offset: Int, length: Int)
  case ftruncate(slot: Int, size: Int)
  case truncate(path: String, size: Int)
  case fsync(slot: Int)
  /// One of two descriptors is closed (dup).
  case flush(slot: Int)
  /// A child closes the descriptor that it inherited.
  case childFlush(slot: Int)
  case close(slot: Int)
  case rename(from: String, to: String)
  case unlink(path: String)
  case mkdir(path: String)
  case rmdir(path: String)
  case readdir(path: String)
  case stat(path: String)
  /// Opens, reads everything, closes.
  case cat(path: String)
  /// The kernel forgets what is not open.
  case forget
  /// Another client.
  case put(path: String, length: Int, seed: Int)
  case delete(path: String)
  /// kill -9, then a new daemon; `isOffline`: the store refuses all changes, until `recover`.
  case crash(isOffline: Bool)
  case outage(FaultKind)
  case recover
  /// The next requests of the kind fail, and their repetition helps.
  case blip(FaultKind, count: Int)
  /// Everything is uploaded that can be.
  case drain
  /// Looks at everything.
  case check

  /// The bytes of a write: the same for a length and a seed, and never zero, as holes are.
  static func bytes(_ length: Int, _ seed: Int) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(length)
    // Byte i is 1 + (37 seed + 7 i + 13 (i / 256)) mod 255; blocks that begin alike are copied, not computed.
    var start = (seed &* 37) % 255
    while result.count < length {
      result += blocks[(start + 255) % 255].prefix(length - result.count)
      start = (start + 256 * 7 + 13) % 255
    }
    return result
  }

  /// The blocks of 256 bytes that begin with 1 to 255.
  private static let blocks: [[UInt8]] = (0..<255).map { start in
    (0..<256).map { UInt8(truncatingIfNeeded: 1 + (start + 7 * $0) % 255) }
  }
}
