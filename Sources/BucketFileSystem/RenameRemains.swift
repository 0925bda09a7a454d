// SPDX-License-Identifier: Apache-2.0
//
// What may go of the two trees that an interrupted rename of a directory has left. Pure: journal and listings in, names out.
//
// The rule: an object goes only while its counterpart, under the other name, is there, and only as the version that the journal
// knows. So no bytes go that are nowhere else, whoever tidied up meanwhile, and what another client wrote stays. Markers have no
// bytes; each goes unless something stays below it.

import S3Client
import WriteBackCache

struct RenameRemains {
  let copies: [PendingRename.Copy]
  /// By their names below the prefix.
  var old: [String: ListedObject] = [:]
  var new: [String: ListedObject] = [:]

  /// Old names to delete: what is left of the versions that were copied.
  ///
  /// - Parameter alsoImplied: markers of all directories that have it, listed or not: some stores (SeaweedFS) go on listing a
  ///   directory whose last object is gone.
  func leftovers(alsoImplied: Bool = false) -> Set<String> {
    var names: Set<String> = []
    for copy in copies {
      guard let object = old[copy.name] else { continue }
      let isAsCopied =
        object.etag == copy.etag && object.size == copy.size && object.lastModified == copy.lastModified
      if copy.isMarker && object.size == 0 || isAsCopied && new[copy.name] != nil { names.insert(copy.name) }
    }
    if alsoImplied { names.formUnion(RenameRemains.directories(of: [""] + copies.map(\.name))) }
    return RenameRemains.withoutMarkers(names, above: old.keys)
  }

  /// New names to delete when the rename is undone.
  ///
  /// - Parameter same: those of ``unclear`` that were found to have the bytes of their counterpart.
  func undone(keepsMarker: Bool, same: Set<String> = [], alsoImplied: Bool = false) -> Set<String> {
    var names = same
    for copy in copies {
      guard let object = new[copy.name] else { continue }
      if copy.isMarker {
        if object.size == 0 { names.insert(copy.name) }
      } else if old[copy.name] != nil, object.size == copy.size, object.etag == copy.copy ?? copy.etag {
        names.insert(copy.name)
      }
    }
    if alsoImplied { names.formUnion(RenameRemains.directories(of: [""] + copies.map(\.name))) }
    // A store that does not list it may have it.
    if keepsMarker { names.remove("") } else { names.insert("") }
    return RenameRemains.withoutMarkers(names, above: new.keys)
  }

  /// What may be a copy whose answer was not noted: only the bytes can tell, since a store may give a copy another tag.
  var unclear: [String] {
    copies.filter { copy in
      guard !copy.isMarker, copy.copy == nil, let object = new[copy.name], let source = old[copy.name] else {
        return false
      }
      return object.size == copy.size && object.etag != copy.etag && source.etag == copy.etag
    }.map(\.name)
  }

  /// Takes markers out below which something of `all` stays: a store may delete what a directory has with its marker.
  private static func withoutMarkers(_ names: Set<String>, above all: some Sequence<String>) -> Set<String> {
    names.subtracting(directories(of: all.lazy.filter { !names.contains($0) }))
  }

  /// What leads to `names`, as names of markers; the empty one is the directory itself.
  private static func directories(of names: some Sequence<String>) -> Set<String> {
    var result: Set<String> = []
    for name in names {
      result.insert("")
      var end = name.utf8.startIndex
      while let slash = name.utf8[end...].firstIndex(of: UInt8(ascii: "/")) {
        end = name.utf8.index(after: slash)
        result.insert(String(name[..<end]))
      }
    }
    return result
  }
}

extension PendingRename.Copy {
  /// Whether it is a directory without bytes.
  var isMarker: Bool { size == 0 && (name.isEmpty || name.utf8.last == UInt8(ascii: "/")) }
}
