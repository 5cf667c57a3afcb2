import FlagdTestSupport
import Foundation
import Synchronization
import XCTest

@testable import Flagd

final class RegularFileTests: XCTestCase {
    private var folder: TemporaryFolder?

    override func setUpWithError() throws { folder = try TemporaryFolder() }

    override func tearDown() { folder = nil }

    private func path(_ name: String) throws -> String {
        try XCTUnwrap(folder).url.appendingPathComponent(name).path
    }

    func testReadsWhatWasWritten() throws {
        let path = try path("f")
        let bytes = (0..<200_000).map { UInt8(truncatingIfNeeded: $0) }
        try RegularFile.replace(path, with: bytes[...])
        let (read, version) = try RegularFile.read(path, limit: 200_000)
        XCTAssertEqual(read, bytes)
        XCTAssertEqual(version, try RegularFile.version(of: path))
        XCTAssertThrowsError(try RegularFile.read(path, limit: 199_999)) { error in
            XCTAssertEqual((error as? RegularFile.Failure)?.reason, "larger than 199999 bytes")
        }
    }

    func testReadsAnEmptyFile() throws {
        let path = try path("f")
        try RegularFile.replace(path, with: [])
        XCTAssertEqual(try RegularFile.read(path, limit: 10).bytes, [])
    }

    func testReplacedFileHasModeAndLeavesNothingElse() throws {
        let path = try path("f")
        try RegularFile.replace(path, with: [1, 2, 3])
        try RegularFile.replace(path, with: [4])
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        XCTAssertEqual(attributes[.posixPermissions] as? Int, 0o600)
        XCTAssertEqual(try FileManager.default.contentsOfDirectory(atPath: XCTUnwrap(folder).url.path), ["f"])
        XCTAssertEqual(try RegularFile.read(path, limit: 10).bytes, [4])
    }

    func testManyWritersDoNotMixTheirContents() throws {
        let path = try path("f")
        let failures = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: 64) { number in
            let bytes = [UInt8](repeating: UInt8(number), count: 50_000 + number)
            do {
                try RegularFile.replace(path, with: bytes[...])
                let read = try RegularFile.read(path, limit: 60_000).bytes
                if Set(read).count != 1 || read.count != 50_000 + Int(read[0]) {
                    failures.wrappingAdd(1, ordering: .relaxed)
                }
            } catch {
                failures.wrappingAdd(1, ordering: .relaxed)
            }
        }
        XCTAssertEqual(failures.load(ordering: .relaxed), 0)
        XCTAssertEqual(try FileManager.default.contentsOfDirectory(atPath: XCTUnwrap(folder).url.path), ["f"])
    }

    func testMissingFile() throws {
        let path = try path("missing")
        XCTAssertThrowsError(try RegularFile.read(path, limit: 10)) { error in
            XCTAssertEqual((error as? RegularFile.Failure)?.isMissing, true)
        }
        XCTAssertThrowsError(try RegularFile.version(of: path))
        XCTAssertThrowsError(try RegularFile.replace(path + "/f", with: []))
    }

    func testDirectoryAndFIFOAreRefusedWithoutBlocking() throws {
        let fifo = try path("fifo")
        XCTAssertEqual(mkfifo(fifo, 0o600), 0)
        for path in [fifo, try XCTUnwrap(folder).url.path] {
            XCTAssertThrowsError(try RegularFile.read(path, limit: 10)) { error in
                XCTAssertEqual((error as? RegularFile.Failure)?.reason, "not a regular file")
            }
            XCTAssertThrowsError(try RegularFile.version(of: path))
        }
    }

    func testVersionTellsEveryKindOfChange() throws {
        let (one, two, link) = (try path("one"), try path("two"), try path("link"))
        try RegularFile.replace(one, with: [1])
        try RegularFile.replace(two, with: [2])
        let first = try RegularFile.version(of: one)
        XCTAssertEqual(try RegularFile.version(of: one), first)
        try RegularFile.replace(one, with: [1])
        XCTAssertNotEqual(try RegularFile.version(of: one), first)
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: one)
        let linked = try RegularFile.version(of: link)
        XCTAssertTrue(linked.resolvedPath.hasSuffix("/one"))
        try FileManager.default.removeItem(atPath: link)
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: two)
        XCTAssertNotEqual(try RegularFile.version(of: link), linked)
    }
}
