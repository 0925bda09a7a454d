// SPDX-License-Identifier: Apache-2.0
//
// A cursor through the records of a model.
//
// For: readdir of `.records/MODEL`, however many records there are. State: one page, and for each page before it where it begins, so that
// a program may go back; behind a lock. One thread at a time, as the kernel calls it.
// What can go wrong: the store; the next call asks for the same page again.

import Locking
import Records
import VFS

final class RecordPages: Sendable {
  struct Page: Sendable {
    /// Of its first record, among all.
    var start: Int
    var token: String?
    var records: [Record] = []
    /// nil on the last one.
    var next: String?
  }

  private struct State {
    /// Of the pages seen so far.
    var starts: [(position: Int, token: String?)] = [(0, nil)]
    var page: Page?
  }

  /// Records to ask for at once: enough that a request does not count, few enough that they do not.
  static let size = 500
  let model: String
  private let state = Lock(State())

  init(model: String) { self.model = model }

  /// The records from `position` on: the rest of one page; none at the end.
  ///
  /// - Parameter load: asks for the page of a token.
  func records(from position: Int, load: (_ token: String?) throws(Errno) -> RecordPage) throws(Errno) -> ArraySlice<
    Record
  > {
    while true {
      let wanted = state.withLock { state -> Page? in
        if let page = state.page, page.start <= position {
          if position < page.start + page.records.count { return nil }
          guard let next = page.next else { return nil }
          let start = page.start + page.records.count
          // Pages may be empty; then the later token counts.
          if let last = state.starts.last, last.position >= start {
            if last.position == start { state.starts[state.starts.count - 1].token = next }
          } else {
            state.starts.append((start, next))
          }
          return Page(start: start, token: next)
        }
        let start = state.starts.last { $0.position <= position } ?? (0, nil)
        return Page(start: start.position, token: start.token)
      }
      guard var page = wanted else {
        return state.withLock { state in
          guard let page = state.page, position < page.start + page.records.count else { return [] }
          return page.records[(position - page.start)...]
        }
      }
      let answer = try load(page.token)
      page.records = answer.records
      page.next = answer.nextToken
      state.withLock { [page] in $0.page = page }
    }
  }
}
