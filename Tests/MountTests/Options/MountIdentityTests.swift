// SPDX-License-Identifier: Apache-2.0

import Mount
import Testing

@Suite("The identity of a mount")
struct MountIdentityTests {
  @Test(
    "names its cache directory, the same in every version",
    arguments: [
      (nil, "photos", "aws photos ", "photos-e31ba985bc5193e1"),
      ("https://S3.example:9000/", "s3://photos/a/b", "https://s3.example:9000 photos a/b/", "photos-6c41f3a251525c7f"),
    ] as [(String?, String, String, String)])
  func names(endpoint: String?, source: String, text: String, directory: String) throws {
    let identity = MountIdentity(endpoint: endpoint, source: try MountSource(source))
    #expect(identity.text == text)
    #expect(identity.directoryName == directory)
  }

  @Test(
    "does not depend on how an address is written",
    arguments: [
      ("http://127.0.0.1:8333/", "http://127.0.0.1:8333"), ("HTTPS://Host:443", "https://host"),
      ("http://host:80/Path/", "http://host/Path"), ("https://host:80", "https://host:80"),
    ])
  func normalizes(address: String, normal: String) {
    #expect(EndpointOption.normalized(address) == normal)
  }
}
