// SPDX-License-Identifier: Apache-2.0
//
// The note `source` in a cache directory: whose it is, and where its bucket is. Pure: text in, value out.
//
// Format: the first line is MountIdentity's text, ENDPOINT BUCKET PREFIX, which tells stores, and the users of one, apart but need not
// be an address; then lines "name value" for where the store is. No secrets. A note of an earlier pail has the first line only. What
// can go wrong: a person has edited it; decoding returns nil.

struct CacheNote: Equatable {
  /// The address of the store; nil for AWS.
  var endpoint: String?
  var bucket: String
  /// Empty, or ends with `/`.
  var prefix: String
  var region: String?
  var addressing: AddressingOption = .auto

  init(endpoint: String?, source: MountSource, region: String?, addressing: AddressingOption) {
    self.endpoint = endpoint
    bucket = source.bucket
    prefix = source.prefix
    self.region = region
    self.addressing = addressing
  }

  init?(_ text: String) {
    let lines = text.split(separator: "\n", omittingEmptySubsequences: true)
    let words = lines.first?.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false) ?? []
    guard words.count == 3, !words[0].isEmpty, !words[1].isEmpty else { return nil }
    endpoint = words[0] == "aws" ? nil : String(words[0])
    bucket = String(words[1])
    prefix = String(words[2])
    for line in lines.dropFirst() {
      let pair = line.split(separator: " ", maxSplits: 1)
      guard pair.count == 2 else { return nil }
      switch pair[0] {
      case "endpoint": endpoint = pair[1] == "aws" ? nil : String(pair[1])
      case "region": region = String(pair[1])
      case "addressing":
        guard let value = AddressingOption(rawValue: String(pair[1])) else { return nil }
        addressing = value
      // Of a newer pail.
      default: break
      }
    }
  }

  /// What follows the first line.
  var details: String {
    "endpoint \(endpoint ?? "aws")\n" + (region.map { "region \($0)\n" } ?? "") + "addressing \(addressing.rawValue)\n"
  }
}
