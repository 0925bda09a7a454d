// SPDX-License-Identifier: Apache-2.0
//
// Makes random sequences: the same one for a seed, everywhere. Pure.
//
// For: ten thousand of them. It knows nothing of the model: a step that makes no sense is an error that both sides agree on, or
// skipped. Few names, few slots and small files make that steps meet. Weights are chosen so that most steps do something: a
// sequence starts with a file in the bucket or a file that is open.

import TestSupport

struct SequenceGenerator {
  private static let files = ["a", "b", "c", "d/a", "d/b", "e/a", "d/s/a"]
  private static let directories = ["d", "e", "d/s"]
  private static let slots = 3

  private var random: SplitMix
  /// The names of this sequence.
  private var names: [String] = []
  /// Slots that are open, unless their opening failed.
  private var open: [Int] = []
  private var mode = SequenceMode.close
  /// Offsets and sizes around 5 MiB instead of 4 KiB.
  private let isLarge: Bool
  /// Objects of which only a part comes here: larger ones, and small changes of them.
  private let isPartial: Bool

  init(seed: UInt64, isLarge: Bool, isPartial: Bool) {
    random = SplitMix(state: seed)
    (self.isLarge, self.isPartial) = (isLarge, isPartial)
  }

  /// The sequence of a seed.
  static func sequence(seed: UInt64, isLarge: Bool = false, isPartial: Bool = false) -> ModelSequence {
    var generator = SequenceGenerator(seed: seed, isLarge: isLarge, isPartial: isPartial)
    return generator.make()
  }

  mutating func make() -> ModelSequence {
    mode = pick([.close, .close, .delayed, .delayed, .racing])
    var operations: [ModelOperation] = []
    // Which kinds of trouble there are: without any, a sequence goes deeper.
    let hasOthers = mode != .racing && chance(50)
    let hasFaults = mode != .racing && chance(40)
    // Now and then only names in the root, which always work.
    names = chance(40) ? ["a", "b"] : (0..<(2 + below(3))).map { _ in pick(SequenceGenerator.files) }
    if chance(70) { operations.append(.mkdir(path: "d")) }
    if chance(30) { operations.append(.mkdir(path: pick(["e", "d/s"]))) }
    for _ in 0..<(isPartial ? 1 + below(2) : below(3)) {
      operations.append(.put(path: file(), length: size(), seed: below(200)))
    }
    let count = 6 + below(22)
    while operations.count < count {
      let operation = step(hasOthers: hasOthers, hasFaults: hasFaults)
      guard mode != .racing || isRecognisable(operation) else { continue }
      note(operation)
      operations.append(operation)
    }
    return ModelSequence(mode: mode, isPartial: isPartial, operations: operations)
  }

  /// For uploads that run meanwhile. A killed daemon's upload is recognised by the next one unless it says too little
  /// (WriteEvidence). Without the store it is chance what needs it.
  private func isRecognisable(_ operation: ModelOperation) -> Bool {
    switch operation {
    case .create(_, _, _, let isExclusive): !isExclusive
    case .open(_, _, _, let truncates): !truncates
    case .ftruncate(_, let size), .truncate(_, let size): size >= 32
    case .write(_, _, let length, _), .append(_, let length, _): length >= 32
    case .outage, .recover, .crash(isOffline: true): false
    default: true
    }
  }

  private mutating func note(_ operation: ModelOperation) {
    switch operation {
    case .create(let slot, _, _, _), .open(let slot, _, _, _): if !open.contains(slot) { open.append(slot) }
    case .close(let slot): open.removeAll { $0 == slot }
    case .crash: open = []
    default: break
    }
  }

  private mutating func step(hasOthers: Bool, hasFaults: Bool) -> ModelOperation {
    switch below(100) {
    case 0..<10: return .create(slot: newSlot(), path: file(), mode: pick([.write, .both]), isExclusive: chance(25))
    case 10..<20: return .open(slot: newSlot(), path: file(), mode: pick(AccessMode.allCases), truncates: false)
    case 20..<23: return .open(slot: newSlot(), path: file(), mode: .write, truncates: true)
    case 23..<33:
      return .write(
        slot: slot(), offset: below(4) == 0 ? size() : below(40), length: 1 + changeSize(),
        seed: below(200))
    case 33..<38: return .append(slot: slot(), length: 1 + below(40), seed: below(200))
    case 38..<42: return .read(slot: slot(), offset: isPartial ? size() : below(30), length: 1 + size())
    case 42..<45: return .ftruncate(slot: slot(), size: chance(30) ? 0 : size())
    case 45..<47: return .truncate(path: file(), size: chance(30) ? 0 : size())
    case 47..<50: return .fsync(slot: slot())
    case 50..<52: return chance(70) ? .flush(slot: slot()) : .childFlush(slot: slot())
    case 52..<62: return .close(slot: slot())
    case 62..<70: return .rename(from: file(), to: chance(50) ? pick(SequenceGenerator.files) : file())
    case 70..<76: return .unlink(path: file())
    case 76..<78: return .mkdir(path: directory())
    case 78..<80: return .rmdir(path: directory())
    case 80..<82: return .rename(from: directory(), to: directory())
    case 82..<83: return .readdir(path: pick([""] + SequenceGenerator.directories))
    case 83..<84: return .stat(path: file())
    case 84..<86: return .cat(path: file())
    case 86..<87: return .forget
    case 87..<89: return .crash(isOffline: chance(50))
    case 89..<90: return .drain
    case 90..<95:
      guard hasOthers else { return .check }
      return chance(65) ? .put(path: file(), length: size(), seed: below(200)) : .delete(path: file())
    default:
      guard hasFaults else { return .cat(path: file()) }
      if chance(35) { return .recover }
      if chance(50) { return .outage(pick(FaultKind.allCases)) }
      return .blip(pick([.drop, .error, .slow, .lost]), count: 1 + below(2))
    }
  }

  /// Mostly one that is open.
  private mutating func slot() -> Int { open.isEmpty || chance(10) ? below(SequenceGenerator.slots) : pick(open) }
  private mutating func newSlot() -> Int { (0..<SequenceGenerator.slots).first { !open.contains($0) } ?? 0 }
  private mutating func file() -> String { chance(8) ? pick(SequenceGenerator.files) : pick(names) }
  private mutating func directory() -> String { pick(SequenceGenerator.directories) }

  private mutating func changeSize() -> Int {
    if isPartial { return chance(85) ? below(200) : size() }
    return isLarge ? below(200) : size()
  }

  /// Around the size of a part now and then.
  private mutating func size() -> Int {
    if isPartial, chance(60) { return isLarge ? below(30 << 20) : 5_000 + below(35_000) }
    return switch below(10) {
    case 0..<6: below(80)
    case 6..<9: isLarge ? (5 << 20) - 100 + below(200) : 4_000 + below(200)
    default: isLarge ? below(11 << 20) : below(20_000)
    }
  }

  private mutating func below(_ bound: Int) -> Int { Int(random.next() % UInt64(bound)) }
  private mutating func chance(_ percent: Int) -> Bool { below(100) < percent }
  private mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }
}
