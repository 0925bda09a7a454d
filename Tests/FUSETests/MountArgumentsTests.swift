// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import FUSE

struct MountArgumentsTests {
  @Test(arguments: [
    ("s3://bucket", ["default_permissions"], "fsname=s3://bucket,subtype=pail,default_permissions"),
    ("s3://b/a,b\\c", ["ro", "nonempty", "allow_other"], "fsname=s3://b/a\\,b\\\\c,subtype=pail,ro,allow_other"),
    ("s3://b", [], "fsname=s3://b,subtype=pail"),
  ])
  func joinsOptions(_ source: String, _ options: [String], _ expected: String) {
    let configuration = FUSESessionConfiguration(mountPoint: "/m", source: source, fileSystemOptions: options)
    #expect(MountArguments.strings(configuration) == ["pail", "-o", expected])
  }
}
