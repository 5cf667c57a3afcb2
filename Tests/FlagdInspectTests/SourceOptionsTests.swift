import Flagd
import XCTest

@testable import flagd_inspect

final class SourceOptionsTests: XCTestCase {
    private func options(_ words: String...) throws -> FlagdOptions {
        let declarations = SourceOptions.declarations + SourceOptions.evaluationDeclarations
        return try SourceOptions.options(from: Arguments(words, declarations: declarations))
    }

    func testWhatIsNotGivenStaysOpen() throws {
        let options = try options()
        XCTAssertNil(options.resolver)
        XCTAssertNil(options.host)
        XCTAssertNil(options.port)
        XCTAssertNil(options.tls)
        XCTAssertNil(options.deadline)
        XCTAssertNil(options.fractionalVersion)
        XCTAssertFalse(options.isStrict)
        XCTAssertEqual(options.environmentPrefix, "FLAGD")
    }

    func testTextsNumbersAndTimes() throws {
        let options = try options(
            "--host", "h", "--port", "1", "--target", "t", "--socket", "s", "--cert", "c", "--selector", "x",
            "--provider-id", "p", "--file", "f", "--deadline-ms", "5", "--retry-grace-period", "7", "--keep-alive", "9",
            "--max-sync-retries", "3", "--fatal-status-codes", " A , B,,", "--fractional-version", "V3", "--strict",
            "--env-prefix", "APP")
        XCTAssertEqual(options.host, "h")
        XCTAssertEqual(options.port, 1)
        XCTAssertEqual(options.targetURI, "t")
        XCTAssertEqual(options.socketPath, "s")
        XCTAssertEqual(options.certPath, "c")
        XCTAssertEqual(options.selector, "x")
        XCTAssertEqual(options.providerID, "p")
        XCTAssertEqual(options.offlineFlagSourcePath, "f")
        XCTAssertEqual(options.deadline, .milliseconds(5))
        XCTAssertEqual(options.retryGracePeriod, .seconds(7))
        XCTAssertEqual(options.keepAlive, .milliseconds(9))
        XCTAssertEqual(options.maxSyncRetries, 3)
        XCTAssertEqual(options.fatalStatusCodes, ["A", "B"])
        XCTAssertEqual(options.fractionalVersion, .v3)
        XCTAssertTrue(options.isStrict)
        XCTAssertEqual(options.environmentPrefix, "APP")
    }

    func testTLSBothWays() throws {
        XCTAssertEqual(try options("--tls").tls, true)
        XCTAssertEqual(try options("--no-tls").tls, false)
        XCTAssertThrowsError(try options("--tls", "--no-tls")) {
            XCTAssertEqual($0 as? UsageError, UsageError("--tls and --no-tls exclude each other"))
        }
    }

    func testWhatIsNoNumberIsRefused() {
        for text in ["", "x", "1.5", "5s", "99999999999999999999"] {
            XCTAssertThrowsError(try options("--deadline-ms=\(text)"), text) {
                XCTAssertEqual($0 as? UsageError, UsageError("--deadline-ms '\(text)' is no whole number"))
            }
        }
        XCTAssertThrowsError(try options("--fractional-version", "v4")) {
            XCTAssertEqual(
                $0 as? UsageError, UsageError("--fractional-version v4 is unknown", hint: "v1, v2 or v3"))
        }
    }
}
