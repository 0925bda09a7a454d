// SPDX-License-Identifier: Apache-2.0

import Records
import Testing
import TestSupport

/// A workflow on records that are there already, for crash tests.
enum Scenario: String, CaseIterable, Sendable, CustomTestStringConvertible {
  case createWithFile, createWithFiles, add, replace, replaceKeepingOld, append, replaceOneOfMany, detach,
    detachAndDelete, detachOneAndDelete,
    detachAllAndDelete, delete, deleteKeepingFiles, deleteWithFiles

  var testDescription: String { rawValue }

  /// Whether files that nobody names stay when all is well.
  var keepsFiles: Bool { [.replaceKeepingOld, .detach, .deleteKeepingFiles].contains(self) }

  /// - Parameter id: of the song or album that ``prepare(_:_:)`` made.
  func run(_ records: Records, _ id: String) async throws {
    switch self {
    case .createWithFile:
      _ = try await records.create("Song", values: ["name": "n"], files: ["coverArtPath": [.text("new.png")]])
    case .createWithFiles:
      _ = try await records.create(
        "PhotoAlbum", values: ["name": "n"], files: ["imagePaths": [.text("1.jpg"), .text("2.jpg")]])
    case .add, .replace: _ = try await records.attach([.text("b.png")], to: "Song", id: id, field: "coverArtPath")
    case .replaceKeepingOld:
      _ = try await records.attach([.text("b.png")], to: "Song", id: id, field: "coverArtPath", old: .keep)
    case .append:
      _ = try await records.attach([.text("3.jpg"), .text("4.jpg")], to: "PhotoAlbum", id: id, field: "imagePaths")
    case .replaceOneOfMany:
      _ = try await records.replace(
        "images/\(id)-1.jpg", with: .text("new.jpg"), of: "PhotoAlbum", id: id, field: "imagePaths")
    case .detach: _ = try await records.detach(from: "Song", id: id, field: "coverArtPath")
    case .detachAndDelete: _ = try await records.detach(from: "Song", id: id, field: "coverArtPath", files: .delete)
    case .detachOneAndDelete:
      _ = try await records.detach(
        from: "PhotoAlbum", id: id, field: "imagePaths", path: "images/\(id)-2.jpg", files: .delete)
    case .detachAllAndDelete:
      _ = try await records.detach(from: "PhotoAlbum", id: id, field: "imagePaths", files: .delete)
    case .delete: try await records.delete("Song", id: id)
    case .deleteKeepingFiles: try await records.delete("Song", id: id, files: .keep)
    case .deleteWithFiles: try await records.delete("PhotoAlbum", id: id)
    }
  }

  /// Makes what the workflow begins with.
  func prepare(_ records: Records) async throws -> String {
    switch self {
    case .createWithFile, .createWithFiles: return ""
    case .add: return try await records.create("Song", values: ["name": "n"]).id
    case .replace, .replaceKeepingOld, .detach, .detachAndDelete, .delete, .deleteKeepingFiles:
      return try await records.create("Song", values: ["name": "n"], files: ["coverArtPath": [.text("a.png")]]).id
    case .append, .replaceOneOfMany, .detachOneAndDelete, .detachAllAndDelete, .deleteWithFiles:
      return try await records.create(
        "PhotoAlbum", values: ["name": "n"], files: ["imagePaths": [.text("1.jpg"), .text("2.jpg")]]
      ).id
    }
  }
}
