// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import HTTPTransport
import Logging
import TestSupport
import Testing

import Mount

@Suite("What a daemon says")
struct ReportingTests {
  @Test(
    "to the command that waits",
    arguments: [
      (.stage("asking the store"), "stage asking the store"), (.ready, "ready"),
      (.failed(MountFailure("no\nsuch bucket")), "failed no such bucket"),
      (.failed(MountFailure("unknown option", kind: .usage)), "usage unknown option"),
    ] as [(ReadinessMessage, String)])
  func readiness(message: ReadinessMessage, line: String) {
    #expect(message.line == line)
    #expect(ReadinessMessage(line: line) == message)
  }

  @Test("nothing else is a message", arguments: ["", "hello", "Ready"])
  func noise(line: String) {
    #expect(ReadinessMessage(line: line) == nil)
  }

  @Test("to the log: one line an event, whatever is in it")
  func logFile() throws {
    let directory = try TemporaryDirectory("log")
    let path = directory.path("log")
    let file = try LogFile(path: path)
    var logger = Logger(label: "test") { _ in FileLogHandler(file: file, level: .info) }
    logger[metadataKey: "key"] = "a\nb c"
    logger.debug("not shown")
    logger.warning("first\u{1B}")
    rename(path, path + ".1")
    logger.warning("still in the old file")
    file.reopen()
    logger.error("in the new file", metadata: ["z": "1"])
    let old = try String(contentsOfFile: path + ".1", encoding: .utf8).split(separator: "\n")
    #expect(old.count == 2)
    #expect(old[0].hasSuffix("Z warning first\\u{1b} key=\"a\\u{a}b c\""))
    let new = try String(contentsOfFile: path, encoding: .utf8)
    #expect(new.hasSuffix("Z error in the new file key=\"a\\u{a}b c\" z=1\n"))
    var status = Glibc.stat()
    #expect(stat(path, &status) == 0)
    #expect(status.st_mode & 0o777 == 0o600)
  }

  @Test(
    "times are RFC 3339",
    arguments: [(0, 0, "1970-01-01T00:00:00.000Z"), (1_709_210_096, 7_000_000, "2024-02-29T12:34:56.007Z")])
  func time(seconds: Int, nanoseconds: Int, text: String) {
    #expect(LogLine.timestamp(timespec(tv_sec: seconds, tv_nsec: nanoseconds)) == text)
  }

  @Test("to the service manager")
  func notification() throws {
    let directory = try TemporaryDirectory("notify")
    let path = directory.path("socket")
    let number = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
    let receiver = FileDescriptor(owning: number)
    #expect(UnixSocket.withAddress(path) { bind(receiver.rawValue, $0, $1) } == 0)
    let environment = HostEnvironment(
      variables: ["NOTIFY_SOCKET": path], home: "/", workingDirectory: "/", uid: 0, gid: 0)
    ServiceNotification(environment: environment).send("READY=1")
    var buffer = [UInt8](repeating: 0, count: 100)
    let count = recv(receiver.rawValue, &buffer, buffer.count, Int32(MSG_DONTWAIT))
    #expect(count == 7)
    #expect(String(decoding: buffer[..<max(0, count)], as: UTF8.self) == "READY=1")
  }
}
