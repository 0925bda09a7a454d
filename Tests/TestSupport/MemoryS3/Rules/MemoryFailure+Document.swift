// SPDX-License-Identifier: Apache-2.0

extension MemoryFailure {
  /// The `<Error>` of an answer (S3 API Reference, "REST error responses").
  func document(_ request: MemoryRequest, id: String) -> [UInt8] {
    var document = MemoryXMLWriter()
    document.open("Error")
    document.element("Code", code)
    document.element("Message", message)
    if !request.key.string.isEmpty { document.element("Key", request.key.string) }
    document.element("RequestId", id)
    document.element("HostId", "memory")
    document.close("Error")
    return document.bytes
  }
}
