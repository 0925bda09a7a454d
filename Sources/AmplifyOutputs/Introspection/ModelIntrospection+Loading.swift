// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

extension ModelIntrospection {
  /// Reads the models of an `amplify_outputs.json`, or a file that has only what that has below `data.model_introspection`.
  ///
  /// - Throws: with the file, and the place in it.
  package static func load(path: String) throws(AmplifyOutputsError) -> ModelIntrospection {
    do {
      return try AmplifyOutputs.contents(of: path).withIntrospection()
    } catch {
      throw AmplifyOutputsError(path: error.path, error.message, file: path)
    }
  }
}

extension [UInt8] {
  fileprivate func withIntrospection() throws(AmplifyOutputsError) -> ModelIntrospection {
    if let document = try? JSONDecoder().decode(IntrospectionDocument.self, from: FoundationEssentials.Data(self)) {
      return try document.introspection.get()
    }
    guard let models = try AmplifyOutputs(json: self).data?.modelIntrospection else {
      throw AmplifyOutputsError(
        "the file has no models; add defineData to the project, and write the file again with `npx ampx generate outputs`"
      )
    }
    return models
  }
}

/// A document with `models` at its top; any other does not decode.
private struct IntrospectionDocument: Decodable {
  let introspection: Result<ModelIntrospection, AmplifyOutputsError>

  init(from decoder: any Decoder) throws {
    let document = try JSONObject(document: decoder)
    guard !document.isAbsent("models") else { throw document.error("models", "is missing") }
    do throws(AmplifyOutputsError) {
      introspection = .success(try ModelIntrospection(document))
    } catch {
      introspection = .failure(error)
    }
  }
}
