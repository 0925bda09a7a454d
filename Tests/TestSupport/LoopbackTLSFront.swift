// SPDX-License-Identifier: Apache-2.0

// Foundation for its Process: tests only.
import Foundation

/// Gives a plain server on 127.0.0.1 a TLS port with a certificate that nobody knows.
///
/// A Python process terminates TLS and passes the bytes on; it ends with ``stop()``, or with the test process.
package final class LoopbackTLSFront: Sendable {
  package struct Failure: Error { let what: String }

  package let port: Int
  /// PEM file with the certificate, for 127.0.0.1 only, which is its own authority.
  package let certificateFile: String
  private let directory: String
  private let process: Process
  private let input: Pipe

  /// - Parameter target: the port of the plain server.
  package init(target: Int) throws {
    directory = NSTemporaryDirectory() + "pail-tls-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    certificateFile = directory + "/certificate.pem"
    let openssl = try LoopbackTLSFront.start(
      [
        "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
        "-keyout", directory + "/key.pem", "-out", certificateFile, "-subj", "/CN=pail test",
        "-addext", "subjectAltName=IP:127.0.0.1",
      ], input: Pipe(), output: Pipe())
    openssl.waitUntilExit()
    guard openssl.terminationStatus == 0 else { throw Failure(what: "openssl made no certificate") }
    input = Pipe()
    let output = Pipe()
    process = try LoopbackTLSFront.start(
      ["python3", "-c", LoopbackTLSFront.script, certificateFile, directory + "/key.pem", "\(target)"],
      input: input, output: output)
    let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
    guard let port = Int(line.trimmingCharacters(in: .whitespacesAndNewlines)) else {
      throw Failure(what: "python3 gave no port")
    }
    self.port = port
  }

  /// Ends the process and removes its files.
  package func stop() {
    // Not SIGTERM: a child of a thread of the cooperative pool inherits its mask, which blocks that.
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
    try? FileManager.default.removeItem(atPath: directory)
  }

  private static func start(_ arguments: [String], input: Pipe, output: Pipe) throws -> Process {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = arguments
    process.standardInput = input
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    return process
  }

  private static let script = """
    import asyncio, ssl, sys, threading, os
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    async def pump(reader, writer):
        try:
            while data := await reader.read(1 << 18):
                writer.write(data)
                await writer.drain()
        except OSError:
            pass
        writer.close()
    async def serve(reader, writer):
        back_reader, back_writer = await asyncio.open_connection("127.0.0.1", int(sys.argv[3]))
        await asyncio.gather(pump(reader, back_writer), pump(back_reader, writer))
    def watch():
        sys.stdin.read()
        os._exit(0)
    async def main():
        server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
        print(server.sockets[0].getsockname()[1], flush=True)
        threading.Thread(target=watch, daemon=True).start()
        await server.serve_forever()
    asyncio.run(main())
    """
}
