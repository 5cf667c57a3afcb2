import FlagdGRPC
import XCTest

final class ProtobufMessageTests: XCTestCase {
    func testBudgetCountsLevels() throws {
        var budget = ProtobufBudget(ProtobufLimits(maximumDepth: 2))
        try budget.enter()
        try budget.enter()
        XCTAssertEqual(budget.level, 2)
        XCTAssertThrowsError(try budget.enter()) { XCTAssertEqual($0 as? ProtobufError, .tooDeep(limit: 2)) }
        budget.leave()
        try budget.enter()
        XCTAssertEqual(budget.level, 2)
    }

    func testBudgetCountsValuesOfAllLevels() throws {
        var budget = ProtobufBudget(ProtobufLimits(maximumValues: 2))
        try budget.payForValue()
        try budget.enter()
        try budget.payForValue()
        budget.leave()
        XCTAssertThrowsError(try budget.payForValue()) {
            XCTAssertEqual($0 as? ProtobufError, .tooManyValues(limit: 2))
        }
    }

    func testTextOfAField() throws {
        XCTAssertEqual(try ProtobufField(number: 1, value: .bytes([0x68, 0x69])).string(), "hi")
        XCTAssertEqual(try ProtobufField(number: 1, value: .bytes([0x68, 0x69])).utf8(), [0x68, 0x69])
        XCTAssertNil(try ProtobufField(number: 1, value: .varint(1)).string())
        XCTAssertThrowsError(try ProtobufField(number: 4, value: .bytes([0xc0])).utf8()) {
            XCTAssertEqual($0 as? ProtobufError, .invalidUTF8(field: 4))
        }
    }
}
