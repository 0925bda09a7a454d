// SPDX-License-Identifier: Apache-2.0

import HTTPTransport

extension S3Client {
  /// Lists all parts of a multipart upload that the store has, in order (S3 API Reference, ListParts).
  ///
  /// - Throws: `S3Error`; "NoSuchUpload" when it was completed or aborted.
  package func listParts(_ key: ObjectKey, upload: UploadID) async throws(S3Error) -> [UploadedPart] {
    var parts: [UploadedPart] = []
    var marker: Int? = 0
    // The marker rises with each page and ends at 10,000.
    while let after = marker {
      let page = try await listPartsPage(key, upload: upload, after: after, maximum: 1_000)
      parts += page.parts
      marker = page.nextMarker
    }
    return parts
  }

  func listPartsPage(
    _ key: ObjectKey, upload: UploadID, after marker: Int, maximum: Int
  ) async throws(S3Error) -> PartListing {
    var request = S3Request(.listParts, .get, key)
    request.query = [("uploadId", upload.string), ("max-parts", String(maximum))]
    if marker > 0 { request.query.append(("part-number-marker", String(marker))) }
    request.destination = .collect(limit: 5 << 20)
    return try await send(request) { (response) throws(AnswerFailure) in
      try PartListing(response.body, after: marker)
    }
  }

  /// Lists multipart uploads that were neither completed nor aborted (S3 API Reference, ListMultipartUploads).
  ///
  /// - Parameter limit: of the result; reading ends with the page that reaches it.
  package func listMultipartUploads(prefix: String, limit: Int = 10_000) async throws(S3Error) -> [ListedUpload] {
    var uploads: [ListedUpload] = []
    var marker: UploadListing.Marker?
    // A store whose pages are empty or go in circles must not keep us: each full page has 1,000.
    for _ in 0...(limit / 1_000 * 2 + 8) {
      var request = S3Request(.listMultipartUploads, .get)
      // No encoding-type: SeaweedFS then says that keys are encoded, and sends them as they are.
      request.query = [("uploads", ""), ("prefix", prefix), ("max-uploads", "1000")]
      if let marker {
        request.query.append(("key-marker", marker.key))
        request.query.append(("upload-id-marker", marker.upload))
      }
      request.destination = .collect(limit: 16 << 20)
      let previous = marker
      let page = try await send(request) { (response) throws(AnswerFailure) in
        try UploadListing(response.body, prefix: prefix, after: previous)
      }
      uploads += page.uploads
      guard let next = page.next, uploads.count < limit else { break }
      marker = next
    }
    return Array(uploads.prefix(limit))
  }
}
