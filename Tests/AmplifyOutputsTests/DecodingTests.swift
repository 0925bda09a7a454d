// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

@testable import AmplifyOutputs

@Suite("Decoding amplify_outputs.json")
struct DecodingTests {
  private static func decode(_ text: String) throws -> AmplifyOutputs { try AmplifyOutputs(json: Array(text.utf8)) }

  @Test("Every version 1.x is read", arguments: ["1", "1.1", "1.2", "1.3", "1.4", "1.5", "1.99"])
  func versions(version: String) throws {
    let outputs = try Self.decode(Samples.file(version: version))
    #expect(outputs.version == version)
    let storage = try #require(outputs.storage)
    let name = version == "1" ? "app-gallery-xyz" : "gallery"
    #expect(storage.defaultBucket == name)
    #expect(storage.buckets.map(\.name) == (version < "1.2" ? [name] : ["gallery", "archive"]))
    #expect(storage.buckets[0].bucketName == "app-gallery-xyz" && storage.buckets[0].region == "us-east-1")
    #expect((storage.buckets[0].paths == nil) == (version < "1.2"))
  }

  @Test("Paths keep the rules of those who can mount; read is get and list")
  func paths() throws {
    let storage = try #require(try Self.decode(Samples.file(version: "1.4")).storage)
    let paths = try #require(storage.buckets[0].paths)
    let all = Set(StorageAction.allCases)
    #expect(
      paths == [
        AccessPath(prefix: "images/", rules: ["authenticated": all, "groupsadmin": all]),
        AccessPath(prefix: "private/${cognito-identity.amazonaws.com:sub}/", rules: ["entityidentity": all]),
        AccessPath(prefix: "public/", rules: ["guest": [.get, .list], "authenticated": all]),
      ])
    #expect(storage.buckets[1].paths == [])
  }

  @Test("The user pool, the identity pool and the groups")
  func auth() throws {
    #expect(
      try Self.decode(Samples.file(version: "1.4")).auth
        == .init(
          region: "us-east-1", userPoolID: "us-east-1_AbCdEf123", userPoolClientID: "1h57kf5cpq17m0eml12EXAMPLE",
          identityPoolID: "us-east-1:11112222-3333-4444-5555-666677778888", allowsGuests: true,
          groups: [.init(name: "admin", precedence: 0), .init(name: "staff", precedence: 1)]))
  }

  @Test("Without an identity pool, guests or groups a user pool is still one; null is absent")
  func smallAuth() throws {
    let text = """
      {"version":"1","auth":{"aws_region":"r","user_pool_id":"p","user_pool_client_id":"c","groups":null,
       "identity_pool_id":null},"storage":null}
      """
    let outputs = try Self.decode(text)
    #expect(
      outputs.auth
        == .init(
          region: "r", userPoolID: "p", userPoolClientID: "c", identityPoolID: nil, allowsGuests: false, groups: []))
    #expect(outputs.storage == nil && outputs.data == nil)
  }

  @Test("A default bucket that is not in the list is there too")
  func unlistedDefault() throws {
    let storage = try #require(
      try Self.decode(
        Samples.file(
          version: "1.4",
          storage: """
            {"aws_region":"r","bucket_name":"b","buckets":[{"name":"n","bucket_name":"other","aws_region":"r","paths":{}}]}
            """)
      ).storage)
    #expect(
      storage.defaultBucket == "b" && storage.buckets.map(\.name) == ["n", "b"] && storage.buckets[1].paths == nil)
  }

  @Test("The data service with its models, enumerations and structures")
  func data() throws {
    let data = try #require(try Self.decode(Samples.file(version: "1.5")).data)
    #expect(data.url.hasSuffix("/graphql") && data.region == "us-east-1" && data.apiKey == "da2-fakekey")
    #expect(data.defaultAuthorization == .apiKey && data.additionalAuthorizations == [.userPool, .iam])
    let schema = try #require(data.modelIntrospection)
    #expect(schema.enums == ["Genre": ["POP", "JAZZ"]])
    #expect(schema.nonModels["Place"]?.fields["lat"]?.type == .scalar("Float"))
    let song = try #require(schema.models["Song"])
    #expect(song.pluralName == "Songs")
    #expect(song.primaryKey == .init(isCustom: false, fieldName: "id", sortKeyFieldNames: []))
    #expect(song.authorization.map(\.allow) == ["owner", "groups"] && song.authorization[0].ownerField == "owner")
    #expect(song.authorization[1].groups == ["admin"] && song.authorization[0].operations.count == 4)
    #expect(song.fields["genre"]?.type == .enumeration("Genre") && song.fields["place"]?.type == .nonModel("Place"))
    #expect(song.fields["id"]?.isRequired == true && song.fields["createdAt"]?.isReadOnly == true)
    #expect(song.fields["imagePaths"]?.isArray == true && song.fields["imagePaths"]?.isArrayNullable == true)
    #expect(song.fields["album"]?.type == .model("Album"))
    #expect(
      song.fields["album"]?.association == .init(connection: .belongsTo, associatedWith: [], targetNames: ["albumId"]))
  }

  @Test("No description shows the API key")
  func secrets() throws {
    let outputs = try Self.decode(Samples.file(version: "1.5"))
    var text = "\(outputs) \(String(reflecting: outputs)) \(String(describing: outputs.data))"
    dump(outputs, to: &text)
    #expect(!text.contains("da2-fakekey") && text.contains("us-east-1_AbCdEf123"))
  }

  @Test("A bucket is found by its friendly name; the error for another lists those most like it first")
  func bucketByName() throws {
    let outputs = try Self.decode(Samples.file(version: "1.4"))
    #expect(try outputs.bucket(named: "archive").bucketName == "app-archive-xyz")
    let error = #expect(throws: AmplifyOutputsError.self) { try outputs.bucket(named: "Galery") }
    #expect(error?.description == "storage.buckets: there is no bucket named \"Galery\"; there are: gallery, archive")
    let none = #expect(throws: AmplifyOutputsError.self) {
      try Self.decode(#"{"version":"1"}"#).bucket(named: "gallery")
    }
    #expect(none?.path == "storage" && none?.message.contains("defineStorage") == true)
  }

  @Test("A file is loaded; errors name it, and what helps")
  func load() throws {
    let directory = try TemporaryDirectory("outputs")
    func write(_ text: String) throws -> String {
      let path = directory.path("amplify_outputs.json")
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      return path
    }
    #expect(try AmplifyOutputs.load(path: write(Samples.file(version: "1.4"))).version == "1.4")
    let path = try write(#"{"version":1.4}"#)
    let wrong = #expect(throws: AmplifyOutputsError.self) { try AmplifyOutputs.load(path: path) }
    #expect(wrong?.description.hasPrefix("\(path): version: expected a string, found a number; ") == true)
    let missing = #expect(throws: AmplifyOutputsError.self) {
      try AmplifyOutputs.load(path: directory.path("none.json"))
    }
    #expect(missing?.description.contains("none.json: there is no such file; `npx ampx generate outputs`") == true)
    let folder = #expect(throws: AmplifyOutputsError.self) { try AmplifyOutputs.load(path: directory.path) }
    #expect(folder?.message.contains("Is a directory") == true)
    let large = #expect(throws: AmplifyOutputsError.self) { try AmplifyOutputs.load(path: "/dev/zero") }
    #expect(large?.message.contains("larger than 16 MiB") == true)
  }
}
