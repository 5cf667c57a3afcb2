import FlagdTestSupport
import Foundation
import XCTest

final class ChildProcessTests: XCTestCase {
    private struct Echo: Decodable, Equatable {
        let value: Int
    }

    private func shell(_ script: String) throws -> ChildProcess {
        try ChildProcess(Tool.find("sh", package: "dash"), arguments: ["-c", script])
    }

    func testLinesCommandsAndTheLeash() async throws {
        let child = try shell("echo ready; cat; echo gone")
        let first = try await child.line()
        XCTAssertEqual(first, "ready")
        let echo = try await child.ask(#"{"value":7}"#, as: Echo.self)
        XCTAssertEqual(echo, Echo(value: 7))
        let endedByItself = await child.terminate()
        XCTAssertTrue(endedByItself)
        let last = try await child.line()
        XCTAssertEqual(last, "gone")
    }

    func testExitStatusAndStandardError() async throws {
        let child = try shell("echo words >&2; exit 3")
        let status = try await child.waitForExit()
        XCTAssertEqual(status, 3)
        do {
            let line = try await child.line()
            XCTFail("a line: \(line)")
        } catch {
            XCTAssertTrue("\(error)".contains("ended its output"), "\(error)")
            XCTAssertTrue("\(error)".contains("words"), "\(error)")
        }
    }

    func testDeadlineForALine() async throws {
        let child = try shell("cat")
        do {
            let line = try await child.line(within: .milliseconds(50))
            XCTFail("a line: \(line)")
        } catch {
            XCTAssertTrue("\(error)".contains("wrote no line"), "\(error)")
        }
    }

    func testWritingToADeadProgramIsAnError() async throws {
        let child = try shell("exit 0")
        _ = try await child.waitForExit()
        XCTAssertThrowsError(try (0..<3).forEach { _ in try child.send("x") })
    }

    func testKilledAndFrozenPrograms() async throws {
        let child = try shell("echo ready; exec cat")
        _ = try await child.line()
        child.freeze()
        try child.send("while frozen")
        do {
            let line = try await child.line(within: .milliseconds(50))
            XCTFail("a line: \(line)")
        } catch {
            XCTAssertTrue("\(error)".contains("wrote no line"), "\(error)")
        }
        child.thaw()
        let line = try await child.line()
        XCTAssertEqual(line, "while frozen")
        child.freeze()
        child.kill()
        let status = try await child.waitForExit()
        XCTAssertEqual(status, 128 + 9)
    }
}
