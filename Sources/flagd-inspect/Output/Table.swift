/// A table for people: columns padded to their widest cell, a line under the header.
struct Table: Equatable, Sendable {
    let header: [String]
    private(set) var rows: [[String]] = []

    /// Makes a table without rows.
    init(_ header: String...) { self.header = header }

    /// Adds a row; missing cells are empty, surplus ones are dropped.
    mutating func add(_ cells: String...) {
        rows.append(header.indices.map { $0 < cells.count ? cells[$0] : "" })
    }

    /// The table as lines without trailing spaces, each indented.
    func lines(indent: Int = 0) -> [String] {
        let widths = header.indices.map { column in
            ([header] + rows).map { $0[column].count }.max() ?? 0
        }
        let rule = widths.map { String(repeating: "-", count: $0) }
        return ([header, rule] + rows).map { row in
            let cells = zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }
            let line = String(repeating: " ", count: indent) + cells.joined(separator: "  ")
            return String(line.reversed().drop { $0 == " " }.reversed())
        }
    }
}
