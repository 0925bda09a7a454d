// SPDX-License-Identifier: Apache-2.0

/// One page of ListMultipartUploads.
package struct UploadListing {
  package struct Marker: Equatable {
    package var key: String
    package var upload: String
  }

  package private(set) var uploads: [ListedUpload] = []
  /// Where the next page begins; nil on the last.
  package private(set) var next: Marker?

  package init(_ body: [UInt8], prefix: String, after marker: Marker?) throws(AnswerFailure) {
    var isTruncated = false
    var isURLEncoded = false
    var nextKey: XMLText?
    var next = Marker(key: "", upload: "")
    try AnswerFailure.decode(body, root: "ListMultipartUploadsResult") { (parser) throws(XMLError) in
      var raw: [(key: XMLText, upload: ListedUpload)] = []
      while let name = try parser.nextChild() {
        switch name {
        case "Upload": raw.append(try UploadListing.readUpload(&parser))
        case "IsTruncated": isTruncated = try parser.text().bool()
        case "EncodingType": isURLEncoded = try parser.text().string() == "url"
        case "NextKeyMarker": nextKey = try parser.text()
        case "NextUploadIdMarker": next.upload = try parser.text().string()
        default: try parser.skip()
        }
      }
      // EncodingType may stand behind what it is about.
      func decode(_ text: XMLText) throws(XMLError) -> String? {
        isURLEncoded ? try text.formDecodedString() : try text.string()
      }
      for (text, upload) in raw {
        // A key that is not UTF-8 is none of ours.
        guard let key = try decode(text) else { continue }
        var upload = upload
        upload.key = ObjectKey(key)
        uploads.append(upload)
      }
      if let nextKey { next.key = try decode(nextKey) ?? "" }
    }
    for upload in uploads where !upload.key.string.utf8.starts(with: prefix.utf8) {
      throw .invalid("the list of uploads holds a key outside of the prefix asked for")
    }
    guard isTruncated else { return }
    guard !next.key.isEmpty, next != marker else {
      throw .invalid("the list of uploads is truncated and has no valid marker")
    }
    self.next = next
  }

  private static func readUpload(
    _ parser: inout XMLPullParser
  ) throws(XMLError) -> (key: XMLText, upload: ListedUpload) {
    var key: XMLText?
    var upload = ListedUpload(key: ObjectKey(""), upload: UploadID(""), initiated: 0)
    while let name = try parser.nextChild() {
      switch name {
      case "Key": key = try parser.text()
      case "UploadId": upload.upload = UploadID(try parser.text().string())
      case "Initiated": upload.initiated = try parser.text().time()
      default: try parser.skip()
      }
    }
    guard let key, !upload.upload.string.isEmpty else { throw XMLError(.missingElement, at: parser.position) }
    return (key, upload)
  }
}
