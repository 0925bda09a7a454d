// SPDX-License-Identifier: Apache-2.0

/// Files as the Amplify tools write them.
enum Samples {
  static let auth = """
    {"user_pool_id":"us-east-1_AbCdEf123","aws_region":"us-east-1","user_pool_client_id":"1h57kf5cpq17m0eml12EXAMPLE",
     "identity_pool_id":"us-east-1:11112222-3333-4444-5555-666677778888","mfa_methods":[],"mfa_configuration":"NONE",
     "standard_required_attributes":["email"],"username_attributes":["email"],"user_verification_types":["email"],
     "groups":[{"admin":{"precedence":0}},{"staff":{"precedence":1}}],"unauthenticated_identities_enabled":true,
     "password_policy":{"min_length":8,"require_lowercase":true}}
    """

  static let paths = #"""
    {"images/*":{"authenticated":["get","list","write","delete"],"groupsadmin":["get","list","write","delete"]},
     "public/*":{"guest":["read"],"authenticated":["get","list","write","delete"],"resource":["get","invoke"]},
     "private/${cognito-identity.amazonaws.com:sub}/*":{"entityidentity":["get","list","write","delete"]}}
    """#

  static let data = """
    {"url":"https://abc123.appsync-api.us-east-1.amazonaws.com/graphql","aws_region":"us-east-1","api_key":"da2-fakekey",
     "default_authorization_type":"API_KEY","authorization_types":["AMAZON_COGNITO_USER_POOLS","AWS_IAM","TOMORROW"],
     "model_introspection":\(introspection)}
    """

  static let introspection = """
    {"version":1,"queries":{"later":{"name":"later"}},
     "enums":{"Genre":{"name":"Genre","values":["POP","JAZZ"]}},
     "nonModels":{"Place":{"name":"Place","fields":{
       "lat":{"name":"lat","isArray":false,"type":"Float","isRequired":true,"attributes":[]}}}},
     "models":{"Song":{"name":"Song","pluralName":"Songs","syncable":true,
       "attributes":[{"type":"model","properties":{}},{"type":"auth","properties":{"rules":[
         {"allow":"owner","provider":"userPools","ownerField":"owner","identityClaim":"cognito:username",
          "operations":["create","update","delete","read"]},
         {"allow":"groups","groups":["admin"],"groupClaim":"cognito:groups"}]}}],
       "primaryKeyInfo":{"isCustomPrimaryKey":false,"primaryKeyFieldName":"id","sortKeyFieldNames":[]},
       "fields":{"id":{"name":"id","isArray":false,"type":"ID","isRequired":true,"attributes":[]},
        "genre":{"name":"genre","isArray":false,"type":{"enum":"Genre"},"isRequired":false,"attributes":[]},
        "place":{"name":"place","isArray":false,"type":{"nonModel":"Place"},"isRequired":false,"attributes":[]},
        "imagePaths":{"name":"imagePaths","isArray":true,"type":"String","isRequired":false,"isArrayNullable":true,
          "attributes":[]},
        "album":{"name":"album","isArray":false,"type":{"model":"Album"},"isRequired":false,"attributes":[],
          "association":{"connectionType":"BELONGS_TO","targetNames":["albumId"]}},
        "createdAt":{"name":"createdAt","isArray":false,"type":"AWSDateTime","isRequired":false,"attributes":[],
          "isReadOnly":true}}}}}
    """

  /// A file of a version.
  static func file(version: String, storage: String? = nil) -> String {
    let buckets =
      switch version {
      case "1": ""
      case "1.1":
        #", "buckets":[{"name":"gallery","bucket_name":"app-gallery-xyz","aws_region":"us-east-1"}]"#
      default:
        """
        , "buckets":[{"name":"gallery","bucket_name":"app-gallery-xyz","aws_region":"us-east-1","paths":\(paths)},
          {"name":"archive","bucket_name":"app-archive-xyz","aws_region":"eu-west-1","paths":{}}]
        """
      }
    let storage = storage ?? #"{"aws_region":"us-east-1","bucket_name":"app-gallery-xyz"\#(buckets)}"#
    return """
      {"$schema":"https://example.com/schema.json","version":"\(version)","auth":\(auth),"storage":\(storage),"data":\(data),
       "custom":{"anything":[1,2,{"deep":null}]},"notifications":{"aws_region":"us-east-1"},"later":true}
      """
  }
}
