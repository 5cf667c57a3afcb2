import FlagdTestSupport
import Foundation
import XCTest

final class ProtosTests: XCTestCase {
    /// The peer's messages are those of `Protos/`, and the files compile where there is a compiler.
    func testProtosAreWhatThePeerSpeaks() async throws {
        let script = PackageLayout.root.appendingPathComponent("Tests/Peers/check_protos.py").path
        let protos = PackageLayout.root.appendingPathComponent("Protos").path
        let check = try ChildProcess(Tool.pythonWithGRPC(), arguments: ["-B", script, protos])
        let words = try await check.line()
        let status = try await check.waitForExit()
        XCTAssertEqual(status, 0, words)
        XCTAssertTrue(words.hasPrefix("equal"), words)
    }
}
