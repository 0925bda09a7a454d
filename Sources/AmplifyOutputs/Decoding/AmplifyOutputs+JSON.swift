// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

extension AmplifyOutputs {
  /// Decodes `amplify_outputs.json` of any version 1.x. What it does not know it ignores.
  ///
  /// - Throws: with the place in the file.
  package init(json: [UInt8]) throws(AmplifyOutputsError) {
    do {
      self = try JSONDecoder().decode(OutputsDocument.self, from: FoundationEssentials.Data(json)).outputs
    } catch let error as AmplifyOutputsError {
      throw error
    } catch {
      // The decoder does not tell where.
      throw AmplifyOutputsError(
        "this is no valid JSON (`python3 -m json.tool` tells the line); \(AmplifyOutputsError.regenerate)")
    }
  }

  init(_ document: JSONObject) throws(AmplifyOutputsError) {
    guard !document.isAbsent("version") else {
      throw document.error(
        "version",
        "is missing: this is not the file of an Amplify Gen 2 project; `npx ampx generate outputs` writes one")
    }
    version = try document.text("version")
    guard version.utf8.first == UInt8(ascii: "1") else {
      throw document.error(
        "version",
        "\(JSONPath.quoted(version)) is unknown here, expected 1.x; write the file again with "
          + "`npx ampx generate outputs --outputs-version 1.4`")
    }
    auth = try document.optionalObject("auth").map { (auth) throws(AmplifyOutputsError) in try Auth(auth) }
    storage = try document.optionalObject("storage").map { (storage) throws(AmplifyOutputsError) in
      try Storage(storage)
    }
    data = try document.optionalObject("data").map { (data) throws(AmplifyOutputsError) in try Data(data) }
  }
}

/// Where Codable begins.
private struct OutputsDocument: Decodable {
  let outputs: AmplifyOutputs

  init(from decoder: any Decoder) throws {
    outputs = try AmplifyOutputs(JSONObject(document: decoder))
  }
}
