// SPDX-License-Identifier: Apache-2.0
//
// An Amplify project as a mount uses it: which buckets, as whom, with which rights.
//
// For: ``MountStart``. `amplify_outputs.json` says where users sign in and what its buckets are; whoever is signed in here, or a guest
// where the project has them, mounts with the credentials of the identity pool and with the access rules of the file. With a profile
// named by the user the profile's credentials count, and no rules: those are of the project's users.
// State: none of its own. Blocks the main thread, for as long as a refresh of tokens may take: one that is cut off would lose the
// refresh token that the pool gives in exchange.
// What can go wrong: a file that is none, nobody signed in where there are no guests, a bucket that the file does not name; each is one
// line that says what to do.

import AmplifyOutputs
import Credentials
import Glibc
import HTTPTransport

struct AmplifyProject {
  private let outputs: AmplifyOutputs
  private let cognito: CognitoCredentials?

  /// Seconds for tokens, identity and credentials; the services' own limits are tighter.
  static let patience = 100.0
  /// The stage that may take as long.
  static let stage = "asking Cognito for credentials"

  /// Reads the file that the options name.
  init(
    file: String, options: MountOptions, environment: AWSEnvironment, transport: any HTTPTransport
  ) throws(MountFailure) {
    do throws(AmplifyOutputsError) {
      outputs = try AmplifyOutputs.load(path: file)
    } catch {
      throw .init(error.description)
    }
    guard options.profile == nil, let auth = outputs.auth, auth.identityPoolID != nil else {
      guard !options.isGuest else {
        throw .init(
          "\(file): the project has no identity pool, so it has no guests; mount without guest, with keys of AWS")
      }
      cognito = nil
      return
    }
    do throws(CredentialsError) {
      cognito = CognitoCredentials(
        settings: try CognitoSettings(auth: auth, environment: environment),
        access: options.isGuest ? .guest : .automatic, transport: transport, now: { Int64(time(nil)) })
    } catch {
      throw .init(error.message)
    }
  }

  /// Of the identity pool; nil when the project has none, or a profile was named.
  var credentials: (any CredentialsProvider)? { cognito }

  /// The buckets to mount, in the order of the file, with what the identity may do there.
  func plans(for source: SourceOption) throws(MountFailure) -> [BucketPlan] {
    guard case .project(let name, let prefix) = source else { return [] }
    guard let storage = outputs.storage else {
      throw .init("the project has no storage: deploy one with defineStorage, and take the new amplify_outputs.json")
    }
    let buckets: [AmplifyOutputs.Bucket]
    do throws(AmplifyOutputsError) {
      buckets =
        try name.map { (name) throws(AmplifyOutputsError) in [try outputs.bucket(named: name)] } ?? storage.buckets
    } catch {
      throw .init(error.description)
    }
    let identity = try accessIdentity()
    return try buckets.map { (bucket) throws(MountFailure) in
      BucketPlan(
        name: bucket.name, source: try MountSource(bucket: bucket.bucketName, prefix: prefix), region: bucket.region,
        access: identity.flatMap { identity in bucket.paths.map { AccessRules($0, for: identity) } },
        identityID: identity?.identityID, isDefault: bucket.name == storage.defaultBucket)
    }
  }

  private func accessIdentity() throws(MountFailure) -> AccessIdentity? {
    guard let cognito, let auth = outputs.auth else { return nil }
    let answer = Deadline.run(seconds: AmplifyProject.patience) { () -> Result<CognitoIdentity, CredentialsError> in
      do throws(CredentialsError) {
        // Credentials first: with them an identity that the pool has forgotten is found out, and replaced.
        _ = try await cognito.credentials()
        return .success(try await cognito.identity())
      } catch {
        return .failure(error)
      }
    }
    guard let answer else {
      throw .init("Cognito did not answer within \(Int(AmplifyProject.patience)) s; check the network")
    }
    do throws(CredentialsError) {
      let identity = try answer.get()
      let role = identity.user.map { AccessIdentity.Role(groups: $0.groups, auth: auth) } ?? .guest
      return AccessIdentity(role: role, identityID: identity.identityID)
    } catch {
      throw .init(error.message)
    }
  }
}
