import Foundation

/// Prints results as JSON lines, or gathers them for a table.
struct Report {
    /// A result's members in the order in which they are printed.
    typealias Row = [(name: String, value: Cell)]

    /// A member's value.
    enum Cell {
        case text(String)
        case number(Double)
        case count(Int)

        var json: String {
            switch self {
            case .text(let text): "\"\(text)\""
            case .number(let number): String(format: "%.3f", number)
            case .count(let count): String(count)
            }
        }

        var column: String {
            switch self {
            case .text(let text): text
            case .number(let number): String(format: "%.2f", number)
            case .count(let count): String(count)
            }
        }
    }

    let isTable: Bool
    private var rows: [Row] = []

    init(isTable: Bool) { self.isTable = isTable }

    mutating func add(_ row: Row) {
        if isTable {
            rows.append(row)
        } else {
            print("{" + row.map { "\"\($0.name)\":\($0.value.json)" }.joined(separator: ",") + "}")
        }
    }

    /// Prints the table, columns as wide as their widest cell.
    func finish() {
        guard isTable else { return }
        var names: [String] = []
        for row in rows { for cell in row where !names.contains(cell.name) { names.append(cell.name) } }
        let lines = rows.map { row in names.map { name in row.first { $0.name == name }?.value.column ?? "" } }
        let widths = names.indices.map { index in ([names] + lines).map { $0[index].count }.max() ?? 0 }
        for line in [names] + lines {
            let cells = zip(line, widths).enumerated().map { index, pair in
                let padding = String(repeating: " ", count: pair.1 - pair.0.count)
                return index < 2 ? pair.0 + padding : padding + pair.0
            }
            print(cells.joined(separator: "  "))
        }
    }
}

extension [Double] {
    /// The middle value.
    var median: Double { isEmpty ? .nan : sorted()[count / 2] }
}
