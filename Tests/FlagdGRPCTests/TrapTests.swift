import FlagdTestSupport
import Foundation
import XCTest

/// Item 139: nothing a peer sends may end the process, so the sources below the provider have no construct that traps on purpose.
final class TrapTests: XCTestCase {
    private let forced = #/\btry!|\bas!|[A-Za-z0-9_)\]>]!(?!=)/#
    private let fatal = #/\b(fatalError|preconditionFailure|assertionFailure|precondition|unsafelyUnwrapped)\b/#

    /// Where something is asserted that no byte of a peer has a part in: the thread a call comes on, the size of a C structure.
    private let exceptions = ["IOThread.swift": 1, "SocketAddress.swift": 1]

    private func sources() throws -> [URL] {
        try ["FlagdHTTP2", "FlagdTransport", "FlagdGRPC"].flatMap { target in
            let folder = PackageLayout.root.appendingPathComponent("Sources/\(target)")
            return try FileManager.default.subpathsOfDirectory(atPath: folder.path)
                .filter { $0.hasSuffix(".swift") }.map { folder.appendingPathComponent($0) }
        }
    }

    /// A file's lines without comments and without the content of texts.
    private func code(_ file: URL) throws -> [String] {
        try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map { line in
            let withoutTexts = line.replacing(#/"(\\.|[^"\\])*"/#, with: "\"\"")
            return String(
                withoutTexts.prefix(upTo: withoutTexts.firstRange(of: "//")?.lowerBound ?? withoutTexts.endIndex))
        }
    }

    func testItem139NothingTrapsOnPurpose() throws {
        let files = try sources()
        XCTAssertGreaterThan(files.count, 80)
        for file in files {
            let lines = try code(file)
            for line in lines { XCTAssertNil(try forced.firstMatch(in: line), "\(file.lastPathComponent): \(line)") }
            let count = try lines.filter { try fatal.firstMatch(in: $0) != nil }.count
            XCTAssertEqual(count, exceptions[file.lastPathComponent] ?? 0, file.lastPathComponent)
        }
    }
}
