import Foundation
import XCTest

@testable import flagd_inspect

final class LineReaderTests: XCTestCase {
    private func lines(of text: String) throws -> [String] {
        let pipe = Pipe()
        let writer = pipe.fileHandleForWriting
        let thread = Thread {
            writer.write(Data(text.utf8))
            try? writer.close()
        }
        thread.start()
        var reader = LineReader(descriptor: pipe.fileHandleForReading.fileDescriptor)
        var lines: [String] = []
        while let line = reader.next() { lines.append(String(decoding: line, as: UTF8.self)) }
        XCTAssertNil(reader.next())
        return lines
    }

    func testLinesWithEitherEnd() throws {
        XCTAssertEqual(try lines(of: "a\nb\r\n\nc\n"), ["a", "b", "", "c"])
    }

    func testTheLastLineNeedsNoEnd() throws {
        XCTAssertEqual(try lines(of: "a\nb"), ["a", "b"])
        XCTAssertEqual(try lines(of: ""), [])
    }

    func testALineLongerThanTheBuffer() throws {
        let long = String(repeating: "x", count: 300_000)
        XCTAssertEqual(try lines(of: "1\n\(long)\n2\n"), ["1", long, "2"])
    }

    func testHasLineDoesNotWait() {
        let pipe = Pipe()
        pipe.fileHandleForWriting.write(Data("a\nb".utf8))
        var reader = LineReader(descriptor: pipe.fileHandleForReading.fileDescriptor)
        XCTAssertFalse(reader.hasLine())
        XCTAssertEqual(reader.next(), Array("a".utf8))
        XCTAssertFalse(reader.hasLine())
    }
}
