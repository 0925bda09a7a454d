// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import FUSE

struct WorkerCensusTests {
  private func census(minimum: Int = 2, maximumIdle: Int = 3, maximum: Int = 5) -> WorkerCensus {
    var census = WorkerCensus(limits: .init(minimum: minimum, maximumIdle: maximumIdle, maximum: maximum))
    for _ in 0..<minimum { census.start() }
    return census
  }

  /// Each step: a request begins (+) or ends (-), and what the census answers: a new worker, or the worker stays.
  @Test func keepsOneIdleUpToTheMaximum() {
    var census = census()
    #expect(census.requestBegan() == false)
    #expect((census.workers, census.idle) == (2, 1))
    #expect(census.requestBegan() == true)
    #expect((census.workers, census.idle) == (3, 1))
    #expect(census.requestBegan() == true)
    #expect(census.requestBegan() == true)
    #expect((census.workers, census.idle) == (5, 1))
    // The fifth blocks too; the maximum is reached and nobody waits for requests.
    #expect(census.requestBegan() == false)
    #expect((census.workers, census.idle) == (5, 0))
  }

  @Test func sendsSpareWorkersAway() {
    var census = census()
    for _ in 0..<5 { _ = census.requestBegan() }
    #expect((0..<5).map { _ in census.requestEnded() } == [true, true, true, false, false])
    #expect((census.workers, census.idle) == (3, 3))
  }

  @Test func aFailedStartIsNotCounted() {
    var census = census()
    _ = census.requestBegan()
    #expect(census.requestBegan() == true)
    census.startFailed()
    #expect((census.workers, census.idle) == (2, 0))
    #expect(census.requestEnded() == true)
    #expect((census.workers, census.idle) == (2, 1))
  }

  @Test func afterStopNobodyComesAndAllGo() {
    var census = census()
    _ = census.requestBegan()
    census.stop()
    #expect(census.requestBegan() == false)
    #expect(census.requestEnded() == false)
    #expect(census.requestEnded() == false)
    #expect((census.workers, census.idle) == (0, 0))
  }

  @Test func anIdleWorkerLeavesAtTheEnd() {
    var census = census()
    census.stop()
    census.idleWorkerLeft()
    #expect((census.workers, census.idle) == (1, 1))
  }

  @Test(arguments: [(0, 0, 0, 1, 1, 1), (4, 2, 3, 4, 4, 4), (2, 8, 64, 2, 8, 64)])
  func limitsAreBroughtInOrder(
    _ minimum: Int, _ idle: Int, _ maximum: Int, _ actualMinimum: Int, _ actualIdle: Int, _ actualMaximum: Int
  ) {
    let threads = FUSESessionConfiguration.Threads(minimum: minimum, maximumIdle: idle, maximum: maximum)
    #expect((threads.minimum, threads.maximumIdle, threads.maximum) == (actualMinimum, actualIdle, actualMaximum))
  }
}
