// SPDX-License-Identifier: Apache-2.0

package import HTTPTransport

extension ObjectProperties {
  private static let metadataPrefix = "x-amz-meta-"

  /// Adds the headers that store these properties with an object.
  package func append(to headers: inout HTTPHeaders) {
    if let contentType { headers.append("content-type", contentType) }
    if let contentDisposition { headers.append("content-disposition", contentDisposition) }
    if let contentEncoding { headers.append("content-encoding", contentEncoding) }
    if let contentLanguage { headers.append("content-language", contentLanguage) }
    if let cacheControl { headers.append("cache-control", cacheControl) }
    for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
      headers.append(ObjectProperties.metadataPrefix + name.lowercased(), value)
    }
  }

  /// Reads the properties out of the answer to a HEAD or GET.
  package init(_ headers: HTTPHeaders) {
    self.init(contentType: headers["content-type"])
    contentDisposition = headers["content-disposition"]
    contentEncoding = headers["content-encoding"]
    contentLanguage = headers["content-language"]
    cacheControl = headers["cache-control"]
    for field in headers.fields {
      let name = field.name.lowercased()
      guard name.hasPrefix(ObjectProperties.metadataPrefix) else { continue }
      let key = String(name.dropFirst(ObjectProperties.metadataPrefix.count))
      // Several fields of one name are one list (RFC 9110 §5.3).
      metadata[key] = metadata[key].map { "\($0),\(field.value)" } ?? field.value
    }
  }
}
