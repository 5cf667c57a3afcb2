import XCTest

@testable import flagd_inspect

final class ArgumentsTests: XCTestCase {
    private let declarations = [
        OptionDeclaration("host", "NAME", help: ""),
        OptionDeclaration("socket", "PATH", aliases: ["socket-path"], help: ""),
        OptionDeclaration("tls", help: ""),
        OptionDeclaration("evaluate", "FLAG:TYPE", repeats: true, help: ""),
    ]

    private func parse(_ words: String...) throws -> Arguments { try Arguments(words, declarations: declarations) }

    func testBothWaysToGiveAnArgument() throws {
        XCTAssertEqual(try parse("--host", "a").value("host"), "a")
        XCTAssertEqual(try parse("--host=a=b").value("host"), "a=b")
        XCTAssertEqual(try parse("--host=").value("host"), "")
    }

    func testAnAliasIsTheSameOption() throws {
        XCTAssertEqual(try parse("--socket-path", "/s").value("socket"), "/s")
    }

    func testFlagsAndPositionalsInAnyOrder() throws {
        let arguments = try parse("first", "--tls", "second", "-")
        XCTAssertTrue(arguments.has("tls"))
        XCTAssertFalse(arguments.has("host"))
        XCTAssertEqual(arguments.positionals, ["first", "second", "-"])
    }

    func testAfterTwoDashesNothingIsAnOption() throws {
        let arguments = try parse("--tls", "--", "--host", "-x")
        XCTAssertEqual(arguments.positionals, ["--host", "-x"])
        XCTAssertNil(arguments.value("host"))
    }

    func testARepeatableOptionKeepsItsOrder() throws {
        XCTAssertEqual(
            try parse("--evaluate", "a:string", "--evaluate=b:double").all("evaluate"), ["a:string", "b:double"])
    }

    func testANegativeNumberIsAnArgument() throws {
        XCTAssertEqual(try parse("--host", "-5").value("host"), "-5")
    }

    func testErrorsNameTheOptionAndHelp() {
        assertError(["--hots", "a"], UsageError("unknown option '--hots'", hint: "did you mean --host?"))
        assertError(["--sock", "a"], UsageError("unknown option '--sock'", hint: "did you mean --socket?"))
        assertError(["--colour"], UsageError("unknown option '--colour'"))
        assertError(["-h"], UsageError("unknown option '-h'", hint: "options begin with two dashes"))
        assertError(["--host"], UsageError("--host needs an argument", hint: "--host NAME"))
        assertError(["--host", "--tls"], UsageError("--host needs an argument", hint: "--host NAME"))
        assertError(["--tls=true"], UsageError("--tls takes no argument"))
        assertError(["--host", "a", "--host", "b"], UsageError("--host is given twice"))
    }

    private func assertError(_ words: [String], _ expected: UsageError, line: UInt = #line) {
        XCTAssertThrowsError(try Arguments(words, declarations: declarations), line: line) { error in
            XCTAssertEqual(error as? UsageError, expected, line: line)
        }
    }
}
