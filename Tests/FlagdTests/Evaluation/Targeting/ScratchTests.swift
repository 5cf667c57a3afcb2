import XCTest

@testable import Flagd

final class ScratchTests: XCTestCase {
    func testStackFirstThenMemoryOfItsOwn() {
        withUnsafeTemporaryAllocation(byteCount: 256, alignment: 16) { buffer in
            var scratch = Scratch(buffer)
            let range = UInt(bitPattern: buffer.baseAddress)..<UInt(bitPattern: buffer.baseAddress) + 256
            let first = scratch.bytes(3)
            XCTAssertTrue(range.contains(UInt(bitPattern: first)))
            let values = scratch.values(4)
            XCTAssertEqual(UInt(bitPattern: values) % 16, 0)
            XCTAssertTrue(range.contains(UInt(bitPattern: values)))
            XCTAssertFalse(range.contains(UInt(bitPattern: scratch.values(100))))
            XCTAssertTrue(range.contains(UInt(bitPattern: scratch.bytes(16))))
            XCTAssertEqual(scratch.usedBytes, 3 + 4 * 16 + 100 * 16 + 16)
            scratch.free()
        }
    }

    func testNothingIsAskedOfNothing() {
        var scratch = Scratch(UnsafeMutableRawBufferPointer(start: nil, count: 0))
        XCTAssertNotNil(scratch.bytes(0))
        XCTAssertNotNil(scratch.values(0))
        XCTAssertEqual(scratch.usedBytes, 0)
        scratch.free()
    }

    func testLimit() {
        var scratch = Scratch(UnsafeMutableRawBufferPointer(start: nil, count: 0))
        XCTAssertTrue(scratch.charge(EvaluationLimits.maximumScratchBytes))
        XCTAssertNil(scratch.bytes(1))
        scratch.free()
    }

    func testInAnArenaOfSomebodyElse() {
        let arena = Arena(firstBlock: 64)
        var scratch = Scratch(in: arena, limit: 200)
        let before = arena.allocatedBytes
        XCTAssertNotNil(scratch.bytes(150))
        XCTAssertGreaterThan(arena.allocatedBytes, before)
        XCTAssertEqual(scratch.remainingBytes, 50)
        XCTAssertNil(scratch.bytes(51))
        XCTAssertTrue(scratch.arena() === arena)
        scratch.free()
    }

    func testArenaIsOne() {
        var scratch = Scratch(UnsafeMutableRawBufferPointer(start: nil, count: 0))
        XCTAssertTrue(scratch.arena() === scratch.arena())
        let watch = Watch(scratch.arena())
        XCTAssertNotNil(watch.arena)
        scratch.free()
        XCTAssertNil(watch.arena)
    }
}

/// Looks at an arena without keeping it.
private struct Watch {
    private(set) weak var arena: Arena?

    init(_ arena: Arena) { self.arena = arena }
}
