// SPDX-License-Identifier: Apache-2.0
//
// opendir, readdir.
//
// A model is read page by page; everything else is small, and read as it was when it was opened. The attributes of records come with
// their names, so that `ls -l` costs no request for each.

import Records
package import VFS

extension RecordFileSystem {
  package func opendir(_ inode: InodeID, caller: Caller) throws(Errno) -> HandleID {
    let place = try places.place(of: inode)
    return directories.add(OpenRecordDirectory(try content(of: place)))
  }

  private func content(of place: RecordPlace) throws(Errno) -> OpenRecordDirectory.Content {
    switch place {
    case .root:
      return .items(records.schema.modelNames.map { .init(name: $0, kind: .directory, place: .model($0)) })
    case .model(let model): return .pages(RecordPages(model: model))
    case .record(let key):
      let record = try record(key)
      var items: [OpenRecordDirectory.Item] = [.init(name: Self.documentName, kind: .regular, place: .document(key))]
      let written = spooled(in: place)
      for field in try model(key.model).attachments {
        if field.isList {
          items.append(.init(name: field.name, kind: .directory, place: .list(key, field: field.name)))
        } else if let link = AttachmentLink.all(of: record, field).first,
          !written.contains(where: { $0.name == field.name })
        {
          items.append(
            .init(name: field.name, kind: .symbolicLink, place: .link(key, field: field.name, name: link.name)))
        }
      }
      return .items(items + written)
    case .list(let key, let field):
      let written = spooled(in: place)
      let names = Set(written.map(\.name))
      let links = try links(key, field).filter { !names.contains($0.name.string) }
      return .items(
        links.map { .init(name: $0.name.string, kind: .symbolicLink, place: .link(key, field: field, name: $0.name)) }
          + written)
    case .document, .link, .spooled: throw .ENOTDIR
    }
  }

  private func spooled(in place: RecordPlace) -> [OpenRecordDirectory.Item] {
    spool.names(in: place).map { .init(name: $0.name.string, kind: .regular, place: .spooled($0.file.id)) }
  }

  package func readdir(
    _ inode: InodeID, _ handle: HandleID, from offset: Int64, plus: Bool, emit: (DirectoryEntry) -> Bool
  ) throws(Errno) {
    let open = try directories.get(handle)
    if offset < 1, !emit(DirectoryEntry(name: ".", kind: .directory, inode: inode, nextOffset: 1)) { return }
    if offset < 2 {
      let parent = parent(of: try places.place(of: inode))
      guard emit(DirectoryEntry(name: "..", kind: .directory, inode: parent, nextOffset: 2)) else { return }
    }
    // Offsets 0 and 1 are `.` and `..`; entry i has offset i + 2.
    let position = Int(clamping: max(offset, 2)) - 2
    switch open.content {
    case .items(let items):
      for (index, item) in items.enumerated().dropFirst(position) {
        let isTaken = emit(
          DirectoryEntry(
            name: item.name, kind: item.kind, inode: places.number(of: item.place), nextOffset: Int64(index + 3)))
        guard isTaken else { return }
      }
    case .pages(let pages): try read(pages, from: position, plus: plus, emit)
    }
  }

  private func parent(of place: RecordPlace) -> InodeID {
    switch place {
    case .root: .root
    case .model, .spooled: Self.root
    case .record(let key): places.number(of: .model(key.model))
    case .document(let key), .list(let key, _), .link(let key, _, _): places.number(of: .record(key))
    }
  }

  private func read(
    _ pages: RecordPages, from start: Int, plus: Bool, _ emit: (DirectoryEntry) -> Bool
  ) throws(Errno) {
    var position = start
    while true {
      let found = try pages.records(from: position) { (token) throws(Errno) in try page(pages.model, token) }
      guard !found.isEmpty else { return }
      for record in found {
        position += 1
        // A record of another program, with an id that no file can have.
        guard let name = Name(record.id) else { continue }
        let place = RecordPlace.record(RecordKey(model: pages.model, id: name))
        let inode = plus ? places.tell(place) : places.number(of: place)
        let entry =
          plus
          ? Entry(attributes: try attributes(of: record, inode), timeToLive: timeToLive(place)) : nil
        let isTaken = emit(
          DirectoryEntry(name: record.id, kind: .directory, inode: inode, nextOffset: Int64(position + 2), entry: entry)
        )
        if !isTaken {
          if plus { places.forget(inode, count: 1) }
          return
        }
      }
    }
  }

  private func page(_ model: String, _ token: String?) throws(Errno) -> RecordPage {
    let moment = cache.now
    let page = try read { (records) async throws(RecordError) in
      try await records.list(model, limit: RecordPages.size, nextToken: token)
    }
    for record in page.records {
      guard let name = Name(record.id) else { continue }
      cache.remember(record, RecordKey(model: model, id: name), askedAt: moment)
    }
    return page
  }

  package func fsyncdir(_ inode: InodeID, _ handle: HandleID, dataOnly: Bool) throws(Errno) {}

  package func releasedir(_ inode: InodeID, _ handle: HandleID) { directories.remove(handle) }
}
