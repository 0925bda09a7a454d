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
  /// Both names were in use after the copies were made: an empty directory may be anybody's.
  var isLate = false
  /// By their names below the prefix. Those are compared as keys, byte by byte: to a `String` two spellings of `é` are one.
  var old: [ObjectKey: ListedObject] = [:]
  var new: [ObjectKey: ListedObject] = [:]

  /// Old names to delete: what is left of the versions that were copied.
  ///
  /// - Parameter alsoImplied: markers of all directories that have it, listed or not: some stores (SeaweedFS) go on listing a
  ///   directory whose last object is gone.
  func leftovers(alsoImplied: Bool = false) -> Set<ObjectKey> {
    var names: Set<ObjectKey> = []
    for copy in copies {
      guard let object = old[copy.below] else { continue }
      let isAsCopied =
        object.etag == copy.etag && object.size == copy.size && object.lastModified == copy.lastModified
      if copy.isMarker && object.size == 0 && !isLate || isAsCopied && new[copy.below] != nil {
        names.insert(copy.below)
      }
    }
    if alsoImplied { names.formUnion(RenameRemains.directories(of: [ObjectKey("")] + copies.map(\.below))) }
    return RenameRemains.withoutMarkers(names, above: old.keys)
  }

  /// New names to delete when the rename is undone.
  ///
  /// - Parameter same: those of ``unclear`` that were found to be copies of their counterpart.
  func undone(keepsMarker: Bool, same: Set<ObjectKey> = [], alsoImplied: Bool = false) -> Set<ObjectKey> {
    var names = same
    for copy in copies {
      guard let object = new[copy.below] else { continue }
      if copy.isMarker {
        if object.size == 0, !isLate { names.insert(copy.below) }
      } else if old[copy.below] != nil, object.size == copy.size, object.etag == copy.copy {
        names.insert(copy.below)
      }
    }
    if alsoImplied { names.formUnion(RenameRemains.directories(of: [ObjectKey("")] + copies.map(\.below))) }
    // A store that does not list it may have it.
    if keepsMarker { names.remove(ObjectKey("")) } else { names.insert(ObjectKey("")) }
    return RenameRemains.withoutMarkers(names, above: new.keys)
  }

  /// What may be a copy whose answer was not noted: only what it says and its bytes can tell (CopyEvidence). A store may give a copy
  /// another tag, and the same tag may be that of an object which somebody else has made.
  var unclear: [ObjectKey] {
    copies.filter { copy in
      guard !copy.isMarker, copy.copy == nil, let object = new[copy.below], let source = old[copy.below] else {
        return false
      }
      return object.size == copy.size && source.etag == copy.etag && object.lastModified >= copy.lastModified
    }.map(\.below)
  }

  /// Takes markers out below which something of `all` stays: a store may delete what a directory has with its marker.
  private static func withoutMarkers(_ names: Set<ObjectKey>, above all: some Sequence<ObjectKey>) -> Set<ObjectKey> {
    names.subtracting(directories(of: all.lazy.filter { !names.contains($0) }))
  }

  /// What leads to `names`, as names of markers; the empty one is the directory itself.
  private static func directories(of names: some Sequence<ObjectKey>) -> Set<ObjectKey> {
    var result: Set<ObjectKey> = []
    for name in names.lazy.map(\.string) {
      result.insert(ObjectKey(""))
      var end = name.utf8.startIndex
      while let slash = name.utf8[end...].firstIndex(of: UInt8(ascii: "/")) {
        end = name.utf8.index(after: slash)
        result.insert(ObjectKey(String(Substring(name.utf8[..<end]))))
      }
    }
    return result
  }
}

extension PendingRename.Copy {
  /// The name, as one that is compared byte by byte.
  var below: ObjectKey { ObjectKey(name) }

  /// Whether it is a directory without bytes.
  var isMarker: Bool { size == 0 && (name.isEmpty || name.utf8.last == UInt8(ascii: "/")) }
}
