// SPDX-License-Identifier: Apache-2.0

extension AmplifyOutputs.Storage {
  init(_ storage: JSONObject) throws(AmplifyOutputsError) {
    let region = try storage.text("aws_region")
    let bucketName = try storage.text("bucket_name")
    buckets = []
    for (index, entry) in try storage.objects("buckets").enumerated() {
      let bucket = try AmplifyOutputs.Bucket(entry)
      if let other = buckets.firstIndex(where: { $0.name == bucket.name }) {
        throw entry.error(
          "name",
          "\(JSONPath.quoted(bucket.name)) is the name of storage.buckets[\(other)] already; give storage.buckets[\(index)] "
            + "another `name` in defineStorage")
      }
      buckets.append(bucket)
    }
    // Generated files repeat the default bucket in the list, but those of version 1, which have no list.
    if let listed = buckets.first(where: { $0.bucketName == bucketName && $0.region == region })
      ?? buckets.first(where: { $0.bucketName == bucketName })
    {
      defaultBucket = listed.name
      return
    }
    if buckets.contains(where: { $0.name == bucketName }) {
      throw storage.error(
        "bucket_name",
        "\(JSONPath.quoted(bucketName)) is the friendly name of another bucket; \(AmplifyOutputsError.regenerate)")
    }
    try AmplifyOutputs.Bucket.checkName(bucketName, of: storage, key: "bucket_name")
    buckets.append(.init(name: bucketName, bucketName: bucketName, region: region, paths: nil))
    defaultBucket = bucketName
  }
}

extension AmplifyOutputs.Bucket {
  init(_ bucket: JSONObject) throws(AmplifyOutputsError) {
    name = try bucket.text("name")
    try Self.checkName(name, of: bucket, key: "name")
    bucketName = try bucket.text("bucket_name")
    region = try bucket.text("aws_region")
    guard let rules = try bucket.optionalObject("paths") else {
      paths = nil
      return
    }
    var paths: [AccessPath] = []
    for path in rules.keys { paths.append(try AccessPath(path, in: rules)) }
    self.paths = paths
  }

  /// A friendly name becomes that of a directory when several buckets are mounted.
  fileprivate static func checkName(_ name: String, of object: JSONObject, key: String) throws(AmplifyOutputsError) {
    let reason: String
    if name == "." || name == ".." {
      reason = "\(JSONPath.quoted(name)) means a directory everywhere"
    } else if name.utf8.contains(UInt8(ascii: "/")) || name.utf8.contains(0) {
      reason = "\(JSONPath.quoted(name)) has a character that none may have"
    } else if name.utf8.count > 255 {
      reason = "it has \(name.utf8.count) bytes, of 255 possible"
    } else {
      return
    }
    throw object.error(
      key, "this cannot be the name of a directory: \(reason); give the bucket another `name` in defineStorage")
  }
}
