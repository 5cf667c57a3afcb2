import Flagd
import XCTest

@testable import flagd_inspect

final class FlagQueryTests: XCTestCase {
    func testNamesOfTypesInAnyCase() {
        let names = [
            "Boolean": FlagType.boolean, "bool": .boolean, "STRING": .string, "Integer": .integer, "int": .integer,
            "Float": .double, "double": .double, "Object": .object,
        ]
        for (name, type) in names { XCTAssertEqual(FlagType(name: name), type, name) }
        XCTAssertNil(FlagType(name: "number"))
    }

    func testTheDefaultIsTheTypesEmptyValue() throws {
        let empty: [(FlagType, Value)] = [
            (.boolean, false), (.string, ""), (.integer, 0), (.double, 0.0), (.object, [:]),
        ]
        for (type, value) in empty {
            XCTAssertEqual(try FlagQuery(flagKey: "a", type: type).defaultValue, value)
        }
    }

    func testADefaultOfAnotherTypeIsRefused() {
        let wrong: [(FlagType, Value)] = [
            (.boolean, 1), (.string, 1), (.integer, 1.5), (.double, "1"), (.double, .integer(.max)),
        ]
        for (type, value) in wrong {
            XCTAssertThrowsError(try FlagQuery(flagKey: "a", type: type, defaultValue: value), "\(type)")
        }
        XCTAssertNoThrow(try FlagQuery(flagKey: "a", type: .integer, defaultValue: 10.0))
        XCTAssertNoThrow(try FlagQuery(flagKey: "a", type: .object, defaultValue: "anything"))
    }

    func testFlagAndTypeAreSplitAtTheLastColon() throws {
        let query = try FlagQuery(parsing: "ns:flag:string")
        XCTAssertEqual(query.flagKey, "ns:flag")
        XCTAssertEqual(query.type, .string)
    }

    func testWhatIsNoFlagAndTypeSaysSo() {
        for text in ["flag", ":string", ""] {
            XCTAssertThrowsError(try FlagQuery(parsing: text), text) {
                XCTAssertEqual(($0 as? UsageError)?.message, "'\(text)' names no flag and type")
            }
        }
        XCTAssertThrowsError(try FlagQuery(parsing: "flag:colour")) {
            XCTAssertEqual(($0 as? UsageError)?.message, "'colour' is no type of a flag")
        }
    }
}
