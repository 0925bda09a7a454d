// SPDX-License-Identifier: Apache-2.0

extension UploadID {
  /// Reads an InitiateMultipartUploadResult.
  package init(_ body: [UInt8]) throws(AnswerFailure) {
    let id = try AnswerFailure.decode(body, root: "InitiateMultipartUploadResult") { (parser) throws(XMLError) in
      var id = ""
      while let name = try parser.nextChild() {
        if name == "UploadId" { id = try parser.text().string() } else { try parser.skip() }
      }
      return id
    }
    guard !id.isEmpty, id.utf8.count <= 4_096 else { throw .invalid("the answer holds no upload id") }
    self.init(id)
  }
}
