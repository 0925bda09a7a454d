// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AmplifyOutputs

@Suite("What is wrong in amplify_outputs.json")
struct DecodingErrorTests {
  private static func error(_ text: String) -> AmplifyOutputsError? {
    #expect(throws: AmplifyOutputsError.self) { try AmplifyOutputs(json: Array(text.utf8)) }
  }

  private static func storage(_ buckets: String) -> String {
    #"{"version":"1.4","storage":{"aws_region":"r","bucket_name":"b","buckets":\#(buckets)}}"#
  }

  private static func bucket(_ name: String, _ paths: String = "{}") -> String {
    #"{"name":"\#(name)","bucket_name":"b","aws_region":"r","paths":\#(paths)}"#
  }

  private static func data(_ introspection: String) -> String {
    """
    {"version":"1.4","data":{"url":"u","aws_region":"r","default_authorization_type":"AWS_IAM","model_introspection":
    \(introspection)}}
    """
  }

  private static func field(_ field: String) -> String {
    data(
      """
      {"version":1,"models":{"A":{"name":"A","pluralName":"As","primaryKeyInfo":
        {"isCustomPrimaryKey":false,"primaryKeyFieldName":"id","sortKeyFieldNames":[]},"fields":{"f":\(field)}}}}
      """)
  }

  static let table: [(file: String, path: String, message: String)] = [
    ("[]", "", "expected an object, found an array"),
    ("\"1\"", "", "expected an object, found a string"),
    ("null", "", "expected an object, found null"),
    ("", "", "no valid JSON"), ("{", "", "no valid JSON"), (#"{"version":"1.4""#, "", "no valid JSON"),
    ("{}", "version", "is missing: this is not the file of an Amplify Gen 2 project"),
    (#"{"version":"2"}"#, "version", "\"2\" is unknown here, expected 1.x"),
    (#"{"version":"0"}"#, "version", "unknown"), (#"{"version":""}"#, "version", "is empty"),
    (#"{"version":1}"#, "version", "expected a string, found a number"),
    (#"{"version":true}"#, "version", "expected a string, found true or false"),
    (#"{"version":{"a":1}}"#, "version", "expected a string, found an object"),
    // Auth.
    (#"{"version":"1","auth":[]}"#, "auth", "expected an object, found an array"),
    (#"{"version":"1","auth":{}}"#, "auth.aws_region", "is missing, expected a string"),
    (
      #"{"version":"1","auth":{"aws_region":"r","user_pool_id":null}}"#, "auth.user_pool_id",
      "is missing, expected a string"
    ),
    (
      #"{"version":"1","auth":{"aws_region":"r","user_pool_id":"p","user_pool_client_id":"c","groups":["admin"]}}"#,
      "auth.groups[0]", "expected an object, found a string"
    ),
    (
      #"{"version":"1","auth":{"aws_region":"r","user_pool_id":"p","user_pool_client_id":"c","groups":[{"a b":{}}]}}"#,
      #"auth.groups[0]["a b"].precedence"#, "is missing, expected a number"
    ),
    (
      """
      {"version":"1","auth":{"aws_region":"r","user_pool_id":"p","user_pool_client_id":"c",
       "groups":[{"a":{"precedence":0}},{"b":{"precedence":1.5}}]}}
      """, "auth.groups[1].b.precedence", "expected a whole number that fits, found a number"
    ),
    (
      """
      {"version":"1","auth":{"aws_region":"r","user_pool_id":"p","user_pool_client_id":"c",
       "unauthenticated_identities_enabled":"true"}}
      """, "auth.unauthenticated_identities_enabled", "expected true or false, found a string"
    ),
    // Buckets.
    (#"{"version":"1","storage":{"aws_region":"r"}}"#, "storage.bucket_name", "is missing, expected a string"),
    (#"{"version":"1","storage":{"aws_region":"r","bucket_name":""}}"#, "storage.bucket_name", "is empty"),
    (#"{"version":"1","storage":{"aws_region":"r","bucket_name":"../x"}}"#, "storage.bucket_name", "directory"),
    (storage("{}"), "storage.buckets", "expected an array, found an object"),
    (storage("[null]"), "storage.buckets[0]", "expected an object, found null"),
    (storage(#"[{"name":"a","aws_region":"r"}]"#), "storage.buckets[0].bucket_name", "is missing"),
    (
      storage("[\(bucket("a")),\(bucket("x")),\(bucket("a"))]"), "storage.buckets[2].name",
      "\"a\" is the name of storage.buckets[0] already"
    ),
    (storage("[\(bucket(""))]"), "storage.buckets[0].name", "is empty"),
    (storage("[\(bucket("."))]"), "storage.buckets[0].name", "cannot be the name of a directory: \".\""),
    (storage("[\(bucket(".."))]"), "storage.buckets[0].name", "cannot be the name of a directory: \"..\""),
    (storage("[\(bucket("a/b"))]"), "storage.buckets[0].name", "\"a/b\" has a character that none may have"),
    (storage(#"[\#(bucket(#"a\u0000b"#))]"#), "storage.buckets[0].name", "\"a?b\" has a character"),
    (
      storage("[\(bucket(String(repeating: "ü", count: 128)))]"), "storage.buckets[0].name",
      "it has 256 bytes, of 255 possible"
    ),
    // Paths.
    (storage("[\(bucket("a", "[]"))]"), "storage.buckets[0].paths", "expected an object, found an array"),
    (
      storage("[\(bucket("z")),\(bucket("a", #"{"images/*":{"guest":["get","reed"]}}"#))]"),
      #"storage.buckets[1].paths["images/*"].guest[1]"#,
      "\"reed\" is no action, expected read, get, list, write or delete"
    ),
    (
      storage("[\(bucket("a", #"{"images/*":{"guest":"get"}}"#))]"), #"storage.buckets[0].paths["images/*"].guest"#,
      "expected an array, found a string"
    ),
    (
      storage("[\(bucket("a", #"{"images/*":{"groupsadmin":["get",7]}}"#))]"),
      #"storage.buckets[0].paths["images/*"].groupsadmin[1]"#, "expected a string, found a number"
    ),
    (
      storage("[\(bucket("a", #"{"images/*":{"guest":null}}"#))]"), #"storage.buckets[0].paths["images/*"].guest"#,
      "is missing, expected an array"
    ),
    (
      storage("[\(bucket("a", #"{"images/*":true}"#))]"), #"storage.buckets[0].paths["images/*"]"#,
      "expected an object, found true or false"
    ),
    (storage("[\(bucket("a", #"{"images":{}}"#))]"), "storage.buckets[0].paths.images", "must end in `/*`"),
    (storage("[\(bucket("a", #"{"images/":{}}"#))]"), #"storage.buckets[0].paths["images/"]"#, "must end in `/*`"),
    (storage("[\(bucket("a", #"{"images*":{}}"#))]"), #"storage.buckets[0].paths["images*"]"#, "must end in `/*`"),
    (storage("[\(bucket("a", #"{"":{}}"#))]"), #"storage.buckets[0].paths[""]"#, "must end in `/*`"),
    (storage("[\(bucket("a", #"{"/*":{}}"#))]"), #"storage.buckets[0].paths["/*"]"#, "must not begin with `/`"),
    (storage("[\(bucket("a", #"{"a/*/b/*":{}}"#))]"), #"storage.buckets[0].paths["a/*/b/*"]"#, "only at its end"),
    (storage("[\(bucket("a", #"{"a//b/*":{}}"#))]"), #"storage.buckets[0].paths["a//b/*"]"#, "must not contain `//`"),
    // Data.
    (
      #"{"version":"1","data":{"url":"u","aws_region":"r","default_authorization_type":"KEY"}}"#,
      "data.default_authorization_type",
      "\"KEY\" is no way to authorize, expected one of AMAZON_COGNITO_USER_POOLS, API_KEY"
    ),
    (
      #"{"version":"1","data":{"url":"u","aws_region":"r","default_authorization_type":"API_KEY","api_key":5}}"#,
      "data.api_key", "expected a string, found a number"
    ),
    (data(#"{"version":2}"#), "data.model_introspection.version", "2 is unknown here"),
    (data(#"{"models":{"A":{}}}"#), "data.model_introspection.models.A.name", "is missing"),
    (data(#"{"enums":{"G":{"values":["a",1]}}}"#), "data.model_introspection.enums.G.values[1]", "found a number"),
    (
      field(#"{"name":"f","type":{"input":"X"}}"#), "data.model_introspection.models.A.fields.f.type",
      "expected a scalar's name, or an object with enum, model or nonModel"
    ),
    (field(#"{"name":"f","type":7}"#), "data.model_introspection.models.A.fields.f.type", "expected a scalar's name"),
    (
      field(#"{"name":"f","type":"ID","association":{"connectionType":"MANY"}}"#),
      "data.model_introspection.models.A.fields.f.association.connectionType", "\"MANY\" is unknown here"
    ),
  ]

  @Test("Each error has its place, its cause and what helps, on one line", arguments: table)
  func errors(file: String, path: String, message: String) {
    let error = Self.error(file)
    #expect(error?.path == path)
    #expect(error?.message.contains(message) == true, "\(error?.message ?? "none")")
    #expect(error?.description.contains("\n") == false)
    let remedies = ["npx ampx generate outputs", "defineStorage", "update Pail"]
    #expect(remedies.contains { error?.message.contains($0) == true }, "\(error?.message ?? "none")")
  }
}
