import FlagdTestSupport
import Foundation
import XCTest

@testable import FlagdTransport

final class TLSFileTests: XCTestCase {
    func testContentsDecideEquality() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write("a".utf8, to: "file.pem")
        let first = try TLSFile(path, "file")
        XCTAssertEqual(try TLSFile(path, "file"), first)
        try folder.write("b".utf8, to: "file.pem")
        XCTAssertNotEqual(try TLSFile(path, "file"), first)
    }

    func testFileThatIsTooLong() throws {
        let folder = try TemporaryFolder()
        let path = try folder.write([UInt8](repeating: 0x0a, count: TLSFile.maximumSize + 1), to: "large.pem")
        XCTAssertThrowsError(try TLSFile(path, "file")) {
            XCTAssertEqual(($0 as? TLSFailure)?.cause, "the file \(path) is longer than 4194304 bytes")
        }
    }
    func testDirectoryAndFIFOAreRefusedWithoutBlocking() throws {
        let folder = try TemporaryFolder()
        let fifo = folder.path("fifo")
        XCTAssertEqual(mkfifo(fifo, 0o600), 0)
        for path in [fifo, folder.path("")] {
            XCTAssertThrowsError(try TLSFile(path, "file")) {
                XCTAssertEqual(($0 as? TLSFailure)?.cause, "cannot read the file \(path): not a regular file")
            }
        }
    }
}
