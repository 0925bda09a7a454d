// SPDX-License-Identifier: Apache-2.0
//
// Rows of texts under titles, as wide as a terminal. Pure.
//
// The first rows decide how wide columns are, so that what comes later, page by page, need not be waited for.

struct TextTable: Equatable, Sendable {
  /// Blanks between two columns.
  private static let gap = 2
  /// Of a column that has others behind it.
  private static let widest = 40
  /// What a column must have to be worth showing.
  private static let narrowest = 6

  /// Of the columns that there is room for, from the first one on.
  let widths: [Int]
  private let titles: [String]
  private let cuts: Bool

  /// - Parameters:
  ///   - rows: that decide.
  ///   - width: nil: whole texts, as many as there are.
  init(titles: [String], rows: [[String]], width: Int?) {
    self.titles = titles
    cuts = width != nil
    let needed = titles.indices.map { column in
      ([titles] + rows).map { $0.indices.contains(column) ? $0[column].count : 0 }.max() ?? 0
    }
    guard let width else {
      widths = needed
      return
    }
    var widths: [Int] = []
    var room = width
    for (column, need) in needed.enumerated() {
      let isLast = column == needed.count - 1
      let wanted = isLast ? need : min(need, TextTable.widest)
      // The first one, which tells rows apart, is shown whatever there is room for.
      guard column == 0 || min(wanted, TextTable.narrowest) <= room else { break }
      widths.append(column == 0 ? wanted : min(wanted, room))
      room -= wanted + TextTable.gap
    }
    self.widths = widths
  }

  var head: String { line(titles) }

  func line(_ cells: [String]) -> String {
    let shown = zip(cells, widths).enumerated().map { column, cell in
      let text = cuts && column > 0 ? TextTable.cut(cell.0, cell.1) : cell.0
      return column == widths.count - 1 ? text : ObjectText.padded(text, cell.1)
    }
    let line = shown.joined(separator: String(repeating: " ", count: TextTable.gap))
    return String(line.reversed().drop { $0 == " " }.reversed())
  }

  private static func cut(_ text: String, _ width: Int) -> String {
    text.count <= width ? text : text.prefix(max(0, width - 1)) + "…"
  }
}
