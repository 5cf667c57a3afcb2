import XCTest

@testable import Flagd

final class RuleConstantsTests: XCTestCase {
    private let arena = Arena()

    private func list(_ values: [Value]) -> ValueList {
        ValueList(arena.copy(values.map { RuleValue($0, arena: arena) }), count: values.count)
    }

    private func set(_ values: [Value]) -> ConstantSet {
        ConstantSet(list(values), arena: arena)
    }

    private func position(_ value: Value, in set: ConstantSet) -> Int? {
        set.position(of: RuleValue(value, arena: arena))
    }

    private let scalars: [Value] = [
        .null, true, false, 0, 1, -1, 1.5, 0.1, "", "a", "1", "true", "null", .integer(.max), .integer(.min),
        .unsignedInteger(1 << 63),
        .unsignedInteger(.max), 1e300, 9_007_199_254_740_993,
    ]

    func testEachScalarIsFoundAndNoOther() {
        let all = set(scalars)
        for (index, scalar) in scalars.enumerated() {
            XCTAssertEqual(position(scalar, in: all), index, "\(scalar)")
            let without = set(scalars.filter { $0 != scalar })
            XCTAssertNil(position(scalar, in: without), "\(scalar)")
        }
        XCTAssertNil(position("b", in: all))
        XCTAssertNil(position(2, in: all))
    }

    func testNumbersOfDifferentKindsAreTheSame() {
        let numbers = set([1, 2.0, 0x1p63, -0.0, .unsignedInteger(.max)])
        XCTAssertEqual(position(1.0, in: numbers), 0)
        XCTAssertEqual(position(2, in: numbers), 1)
        XCTAssertEqual(position(.unsignedInteger(1 << 63), in: numbers), 2)
        XCTAssertEqual(position(0, in: numbers), 3)
        XCTAssertNil(position(0x1p64, in: numbers))
        XCTAssertNil(position(.integer(.max), in: numbers))
    }

    func testOfEqualOnesTheFirstCounts() {
        XCTAssertEqual(position("a", in: set(["b", "a", "a"])), 1)
        XCTAssertEqual(position(1, in: set([1.0, 1])), 0)
    }

    func testAnySeed() {
        for seed in [0, 1, 0x9e37_79b9_7f4a_7c15, .max] as [UInt64] {
            let values = list(scalars)
            let set = ConstantSet(values, seed: seed, arena: arena)
            for (index, value) in values.enumerated() { XCTAssertEqual(set.position(of: value), index) }
            XCTAssertNil(position("b", in: set))
        }
    }

    func testSizes() {
        XCTAssertNil(position("a", in: set([])))
        for count in [1, 2, 3, 7, 8, 9, 1000] {
            let numbers = set((0..<count).map { .integer(Int64($0)) })
            let texts = set((0..<count).map { .string("text \($0)") })
            for index in 0..<count {
                XCTAssertEqual(position(.integer(Int64(index)), in: numbers), index)
                XCTAssertEqual(position(.string("text \(index)"), in: texts), index)
            }
            XCTAssertNil(position(.integer(Int64(count)), in: numbers))
            XCTAssertNil(position(.string("text \(count)"), in: texts))
        }
    }

    // MARK: Dispatch

    private func chain(_ names: [String], otherwise: String?, path: String = "x", operators: [String] = ["=="])
        -> String
    {
        let branches = names.enumerated().map {
            #"{"\#(operators[$0 % operators.count])":[{"var":"\#(path)"},"\#($1)"]},"to \#($0)""#
        }
        return #"{"if":[\#((branches + (otherwise.map { ["\"\($0)\""] } ?? [])).joined(separator: ","))]}"#
    }

    func testDispatch() {
        for operators in [["=="], ["==="], ["==", "==="]] {
            for otherwise in ["else", nil] {
                let rule = chain(["a", "b", "c", "d", "5", "a", ""], otherwise: otherwise, operators: operators)
                let fallback = otherwise.map { "\"\($0)\"" } ?? "null"
                for (index, name) in ["a", "b", "c", "d", "5"].enumerated() {
                    assertRule(rule, #"{"x":"\#(name)"}"#, gives: "\"to \(index)\"")
                }
                assertRule(rule, #"{"x":""}"#, gives: #""to 6""#)
                for data in [#"{"x":"e"}"#, "{}", #"{"x":null}"#, #"{"x":["a"]}"#, #"{"x":{"a":1}}"#, #"{"x":" a"}"#] {
                    assertRule(rule, data, gives: fallback)
                }
            }
        }
    }

    func testDispatchOfWhatIsNoText() {
        let loosely = chain(["a", "b", "1", "0", "5.0"], otherwise: "else")
        let strictly = chain(["a", "b", "1", "0", "5.0"], otherwise: "else", operators: ["==="])
        for (value, place) in [("1", 2), ("true", 2), ("0", 3), ("false", 3), ("5", 4)] {
            assertRule(loosely, #"{"x":\#(value)}"#, gives: "\"to \(place)\"")
            assertRule(strictly, #"{"x":\#(value)}"#, gives: #""else""#)
        }
    }

    func testChainsThatAreNoDispatch() {
        let negated = chain(["a", "b", "c", "d", "e"], otherwise: "else", operators: ["!="])
        assertRule(negated, #"{"x":"a"}"#, gives: #""to 1""#)
        assertRule(negated, "{}", gives: #""to 0""#)
        let twoPaths =
            #"{"if":[{"==":[{"var":"x"},"a"]},1,{"==":[{"var":"y"},"a"]},2,{"==":[{"var":"x"},"b"]},3,{"==":[{"var":"x"},"c"]},4,5]}"#
        assertRule(twoPaths, #"{"x":"b","y":"a"}"#, gives: "2")
        assertRule(twoPaths, #"{"x":"c"}"#, gives: "4")
    }

    func testDispatchInAnIteration() {
        let rule = #"{"map":[{"var":"l"},\#(chain(["a", "b", "c", "d"], otherwise: "else", path: "name"))]}"#
        assertRule(rule, #"{"l":[{"name":"d"},{"name":"x"},5],"name":"a"}"#, gives: #"["to 3","else","else"]"#)
    }

    func testElseBranchesAreDrawnIntoOneChain() throws {
        let nested =
            #"{"if":[{"==":[{"var":"x"},"p"]},"a",{"if":[{"==":[{"var":"x"},"q"]},"b",{"?:":[{"==":["r",{"var":"x"}]},"c",{"if":[{"==":[{"var":"x"},"s"]},"d"]}]}]}]}"#
        let flags = try TestFlags(rule: nested, defaultVariant: #""1""#)
        for (name, variant) in [("p", "a"), ("q", "b"), ("r", "c"), ("s", "d"), ("t", "1")] {
            XCTAssertEqual(flags.string("f", ["x": .string(name)]).variant, variant)
        }
    }
}
