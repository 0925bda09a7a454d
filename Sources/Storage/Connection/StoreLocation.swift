// SPDX-License-Identifier: Apache-2.0

import Credentials
import FoundationEssentials
import S3Client

/// Where the store is and how its URLs look, after asking the environment and the profile.
struct StoreLocation: Sendable {
  let endpoint: String?
  let addressing: AddressingStyle
  /// Of a bucket that names none.
  let region: String?

  /// - Throws: "NoCredentials" for a profile that does not exist.
  static func resolve(_ configuration: StorageConfiguration) async throws(StorageError) -> StoreLocation {
    var profile: SharedProfile?
    if configuration.usesProfile {
      do {
        profile = try await SharedProfile.load(
          explicit: configuration.profile, environment: configuration.awsEnvironment)
      } catch {
        throw StorageError(error)
      }
    }
    let addressing: StoreSettings.Addressing? =
      switch configuration.addressing {
      case .automatic: nil
      case .path: .path
      case .virtualHost: .virtualHost
      }
    let settings = StoreSettings.resolve(
      options: StoreSettings(endpointURL: configuration.endpointURL, addressing: addressing),
      environment: configuration.awsEnvironment, profile: profile)
    return StoreLocation(
      endpoint: settings.endpointURL,
      addressing: settings.addressing == .path
        ? .path : settings.addressing == .virtualHost ? .virtualHost : .automatic,
      // A region is part of every signature; stores other than AWS mostly take any.
      region: settings.region ?? (settings.endpointURL == nil ? nil : "us-east-1"))
  }
}

extension StorageConfiguration {
  /// The profile also says where the store is; without its credentials, only when it was asked for.
  fileprivate var usesProfile: Bool {
    if case .environment = credentials { true } else { profile != nil }
  }

  var awsEnvironment: AWSEnvironment {
    let home = environment["HOME"] ?? ""
    return AWSEnvironment(
      variables: environment,
      homeDirectory: home.isEmpty ? FileManager.default.homeDirectoryForCurrentUser.path : home)
  }
}
