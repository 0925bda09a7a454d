// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import FUSE

/// The masks are as Linux prints them; bit n - 1 is signal n: SIGINT is 2, SIGALRM 14, SIGPROF 27, SIGCHLD 17.
struct CallerSignalsTests {
  private static let running = "4711 (a) b (c) S 1 4711 4711 0 -1 4194304" + String(repeating: " 0", count: 45)

  private static func signals(
    _ pending: String, shared: String = "0", blocked: String = "0", ignored: String = "0", caught: String = "0",
    stat: String = running
  ) -> CallerSignals? {
    func mask(_ text: String) -> String { String(repeating: "0", count: 16 - text.utf8.count) + text }
    let status = """
      Name:\tSigPnd: x
      Tgid:\t4711
      SigQ:\t0/31000
      SigPnd:\t\(mask(pending))
      ShdPnd:\t\(mask(shared))
      SigBlk:\t\(mask(blocked))
      SigIgn:\t\(mask(ignored))
      SigCgt:\t\(mask(caught))

      """
    return CallerSignals(status: status, stat: stat)
  }

  /// SEMANTICS: signals-stop, signals-others
  @Test(
    "What tells a program to stop",
    arguments: [
      ("nothing", "0", "0", "0", "0", "0", false),
      ("^C, default", "0", "2", "0", "0", "0", true),
      ("^C, handled", "0", "2", "0", "0", "2", true),
      ("^C, ignored", "0", "2", "0", "2", "0", false),
      ("^C, blocked", "0", "2", "2", "0", "2", false),
      ("SIGTERM to the thread", "4000", "0", "0", "0", "4000", true),
      ("SIGHUP", "0", "1", "0", "0", "1", true),
      ("SIGQUIT", "0", "4", "0", "0", "4", true),
      ("SIGKILL", "100", "0", "0", "0", "0", true),
      ("a timer, handled", "0", "2000", "0", "0", "2000", false),
      ("a timer that ends the program", "0", "2000", "0", "0", "0", true),
      ("a profiler", "4000000", "0", "0", "0", "4000000", false),
      ("a child has ended", "0", "10000", "0", "0", "0", false),
      ("a window has changed, default", "0", "8000000", "0", "0", "0", false),
      ("^Z", "0", "80000", "0", "0", "0", false),
      ("a real-time signal, handled", "80000000", "0", "0", "0", "80000000", false),
      ("a timer and ^C", "0", "2002", "0", "0", "2002", true),
    ])
  func rule(
    _ name: String, pending: String, shared: String, blocked: String, ignored: String, caught: String, stops: Bool
  ) throws {
    let signals = try #require(
      Self.signals(pending, shared: shared, blocked: blocked, ignored: ignored, caught: caught))
    #expect(signals.tellToStop == stops, "\(name)")
  }

  /// SEMANTICS: killed-program
  @Test("A program that was killed is on its way out; one that ends by itself is waited for")
  func dying() throws {
    func stat(_ flags: String, _ code: String) -> String {
      "4711 (a) b (c) S 1 4711 4711 0 -1 \(flags)" + String(repeating: " 0", count: 42) + " \(code) 0"
    }
    #expect(try #require(Self.signals("0", stat: stat("4194308", "9"))).tellToStop)
    #expect(try #require(Self.signals("0", stat: stat("4194308", "139"))).tellToStop)
    #expect(try !#require(Self.signals("0", stat: stat("4194308", "256"))).tellToStop)
    // Stopped by ^Z: a code, and not on its way out.
    #expect(try !#require(Self.signals("0", stat: stat("4194304", "20"))).tellToStop)
  }

  @Test func whatIsNotThereSaysNothing() {
    #expect(CallerSignals(status: "Name:\tx\n", stat: "") == nil)
    #expect(CallerSignals.of(thread: 0) == nil)
    #expect(CallerSignals.of(thread: 1)?.isDying == false)
  }
}
