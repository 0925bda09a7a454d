// SPDX-License-Identifier: Apache-2.0

extension AmplifyOutputs {
  /// The buckets of a project that has some.
  ///
  /// - Parameter file: where this was read from, for the message.
  package func requireStorage(file: String? = nil) throws(AmplifyOutputsError) -> Storage {
    if let storage { return storage }
    throw AmplifyOutputsError(
      path: "storage", "is missing: the project has no bucket; add one with defineStorage, and write the file again",
      file: file)
  }

  /// The bucket with a friendly name.
  ///
  /// - Throws: with the names that there are, those most like it first.
  package func bucket(named name: String) throws(AmplifyOutputsError) -> Bucket {
    let storage = try requireStorage()
    if let bucket = storage.buckets.first(where: { $0.name == name }) { return bucket }
    let known = storage.buckets.map(\.name).sorted { left, right in
      (Self.likeness(right, name), left) < (Self.likeness(left, name), right)
    }
    let list = known.prefix(8).joined(separator: ", ") + (known.count > 8 ? ", …" : "")
    throw AmplifyOutputsError(
      path: "storage.buckets",
      "there is no bucket named \(JSONPath.quoted(name)); there \(known.count == 1 ? "is" : "are"): \(list)")
  }

  /// How many letters two names have in common at their beginning, whatever their case.
  private static func likeness(_ left: String, _ right: String) -> Int {
    zip(left.lowercased(), right.lowercased()).prefix { $0 == $1 }.count
  }
}
