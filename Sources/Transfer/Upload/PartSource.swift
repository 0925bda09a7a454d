// SPDX-License-Identifier: Apache-2.0

import HTTPTransport

/// The parts of an upload, as far as they are at hand.
struct PartSource: Sendable {
  enum Content: Sendable {
    case bytes([UInt8])
    case file(SourceFile)
    /// Parts of a sequence that are neither sent nor dropped, by number.
    case buffers([Int: [UInt8]])
  }

  var content: Content
  /// How it is cut; nil for a sequence whose end nobody knows.
  var plan: UploadPlan?
  /// Bytes of the object; nil as long as nobody knows.
  var size: Int64?

  /// The body of a part, or, for number 0, of the whole object.
  func body(ofPart number: Int) -> RequestBody? {
    switch content {
    case .bytes(let bytes):
      guard let range = range(number) else { return nil }
      return range.count == bytes.count
        ? .bytes(bytes) : .bytes(Array(bytes[Int(range.lowerBound)..<Int(range.upperBound)]))
    case .file(let source):
      guard let range = range(number) else { return nil }
      return range.isEmpty
        ? .empty : .file(FileRegion(file: source.file, offset: range.lowerBound, length: Int64(range.count)))
    case .buffers(let buffers):
      return buffers[number].map { $0.isEmpty ? .empty : .bytes($0) }
    }
  }

  private func range(_ number: Int) -> Range<Int64>? {
    number == ObjectUpload.wholeRequest ? size.map { 0..<$0 } : plan?.range(ofPart: number)
  }

  /// The part is sent: its bytes are not needed any more.
  mutating func drop(_ number: Int) {
    guard case .buffers(var buffers) = content else { return }
    content = .buffers([:])
    buffers[number] = nil
    content = .buffers(buffers)
  }

  mutating func add(_ buffer: [UInt8], as number: Int) {
    guard case .buffers(var buffers) = content else { return }
    content = .buffers([:])
    buffers[number] = buffer
    content = .buffers(buffers)
  }

  var bufferCount: Int {
    if case .buffers(let buffers) = content { buffers.count } else { 0 }
  }
}
