import Flagd
import FlagdTestSupport
import XCTest

/// `explain` of the built program.
final class ExplainCommandTests: XCTestCase {
    private let payload =
        #"{"flags":{"f":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":{"fractional":[["on",1]]}}}}"#

    private func withFile(_ body: (String) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        try await body(try folder.write(Array(payload.utf8), to: "flags.json"))
        withExtendedLifetime(folder) {}
    }

    func testATree() async throws {
        try await withFile { file in
            let run = try await Program.run(
                "explain", "f", "--file", file, "--context", #"{"targetingKey":"user-1"}"#)
            XCTAssertEqual(run.status, 0, run.error)
            XCTAssertEqual(run.output.first, "flag 'f'")
            XCTAssertEqual(run.output.last, "└─ value true, variant 'on', reason TARGETING_MATCH")
            XCTAssertTrue(run.output.contains { $0.contains(#"hashed "fuser-1": 0x"#) }, "\(run.output)")
        }
    }

    func testOneObject() async throws {
        try await withFile { file in
            let run = try await Program.run("explain", "f", "--json", "--file", file, "--fractional-version", "v1")
            XCTAssertEqual(run.status, 0, run.error)
            XCTAssertEqual(run.output.count, 1)
            let object = try XCTUnwrap(try JSON.parse(Array(run.output.joined().utf8)).structureValue)
            XCTAssertEqual(object["flagKey"], "f")
            XCTAssertEqual(object["variant"], "off")
            XCTAssertEqual(object["reason"], "DEFAULT")
            let rule = try XCTUnwrap(object["steps"]?.listValue?[1].structureValue)
            XCTAssertEqual(rule["kind"], "fractional")
            XCTAssertEqual(rule["notes"], ["there is no text targetingKey"])
        }
    }

    func testAMissingFlagAndAMissingSource() async throws {
        try await withFile { file in
            let run = try await Program.run("explain", "other", "--file", file)
            XCTAssertEqual(run.status, 0, run.error)
            XCTAssertTrue(run.output.joined().contains("FLAG_NOT_FOUND"), "\(run.output)")
            let gone = try await Program.run("explain", "f", "--file", file + ".none")
            XCTAssertEqual(gone.status, 0)
            XCTAssertTrue(gone.output.joined().contains("PROVIDER_NOT_READY"), "\(gone.output)")
            XCTAssertFalse(gone.error.isEmpty)
        }
    }

    func testWrongCalls() async throws {
        for (arguments, hint) in [
            (["explain"], "flagd-inspect explain FLAG"), (["explain", "a", "b"], "more than one flag is named"),
            (["explain", "a", "--context", "[]"], "--context is no JSON object"),
        ] {
            let process = try Program.start(arguments)
            expectEqual(try await process.waitForExit(), 64, "\(arguments)")
            XCTAssertTrue(process.standardError.contains(hint), "\(arguments): \(process.standardError)")
        }
    }
}
