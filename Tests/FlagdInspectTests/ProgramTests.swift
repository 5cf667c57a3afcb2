import Flagd
import FlagdTestSupport
import Foundation
import XCTest

/// The built program, from outside: output, messages and exit status.
final class ProgramTests: XCTestCase {
    private func object(_ line: String?) throws -> Structure {
        try XCTUnwrap(try JSON.parse(Array(try XCTUnwrap(line).utf8)).structureValue)
    }

    // MARK: demo and help

    func testDemoShowsEvaluationsAndAChange() async throws {
        let run = try await Program.run("demo", environment: ["FLAGD_OFFLINE_FLAG_SOURCE_PATH": "/does/not/exist"])
        XCTAssertEqual(run.status, 0, run.error)
        XCTAssertEqual(run.error, "")
        let text = run.output.joined(separator: "\n")
        XCTAssertTrue(text.contains("event: ready"), text)
        XCTAssertTrue(text.contains("event: configurationChanged, flagsChanged: button-color"), text)
        XCTAssertTrue(text.contains("TARGETING_MATCH"), text)
        XCTAssertTrue(text.contains("DISABLED"), text)
    }

    func testHelp() async throws {
        for arguments in [["--help"], ["help"], ["help", "watch"], ["watch", "--help"]] {
            let process = try Program.start(arguments)
            expectEqual(try await process.waitForExit(), 0)
            let output = await Program.rest(of: process)
            XCTAssertTrue(output.joined().contains("usage: flagd-inspect"), "\(arguments): \(output)")
        }
    }

    func testWrongCallsAreStatus64WithAHint() async throws {
        let calls: [([String], String)] = [
            ([], "flagd-inspect --help lists them"),
            (["evaluat"], "did you mean evaluate?"),
            (["evaluate"], "flagd-inspect evaluate FLAG --type boolean"),
            (["evaluate", "flag"], "--type is missing"),
            (["evaluate", "flag", "--type", "colour"], "boolean, string, integer, double, object"),
            (["evaluate", "flag", "--type", "boolean", "--default", "7"], "the default 7 is no boolean"),
            (["evaluate", "flag", "--type", "string", "--default", "text"], "texts need quotes"),
            (["evaluate", "flag", "--type", "string", "--context", "[]"], "--context is no JSON object"),
            (["watch", "--for", "soon"], "--for 'soon' is no number of seconds"),
            (["watch", "--evaluate", "flag"], "FLAG:TYPE"),
            (["config", "--prot", "1"], "did you mean --port?"),
            (["validate"], "flagd-inspect validate flags.json"),
        ]
        for (arguments, hint) in calls {
            let process = try Program.start(arguments)
            expectEqual(try await process.waitForExit(), 64, "\(arguments)")
            XCTAssertTrue(process.standardError.contains(hint), "\(arguments): \(process.standardError)")
        }
    }

    // MARK: config

    func testConfigShowsValuesAndOrigins() async throws {
        let run = try await Program.run(
            "config", "--host", "flags.example", environment: ["FLAGD_DEADLINE_MS": "1234", "FLAGD_HOST": "other"])
        XCTAssertEqual(run.status, 0, run.error)
        XCTAssertEqual(run.output.count, 1)
        let settings = try object(run.output.first)
        XCTAssertEqual(settings["host"], ["value": "flags.example", "origin": "option"])
        XCTAssertEqual(settings["deadlineMs"], ["value": 1234, "origin": "FLAGD_DEADLINE_MS"])
        XCTAssertEqual(settings["port"], ["value": 8015, "origin": "default"])
        let names = [
            "resolver", "host", "port", "targetUri", "tls", "certPath", "socketPath", "deadlineMs", "streamDeadlineMs",
            "retryBackoffMs", "retryBackoffMaxMs", "retryGracePeriod", "keepAliveTime", "selector", "providerId",
            "offlineFlagSourcePath", "offlinePollIntervalMs", "fatalStatusCodes",
        ]
        for name in names { XCTAssertNotNil(settings[name], name) }
    }

    func testAnInvalidConfigurationIsStatus78() async throws {
        let run = try await Program.run("config", "--port", "70000")
        XCTAssertEqual(run.status, 78)
        XCTAssertEqual(run.output, [])
        XCTAssertTrue(run.error.contains("port"), run.error)
        let watch = try await Program.run("watch", "--target", "ftp://somewhere")
        XCTAssertEqual(watch.status, 78)
    }

    // MARK: evaluate

    func testWithoutAServerEvaluateAnswersTheDefault() async throws {
        let run = try await Program.run(
            "evaluate", "flag", "--type", "integer", "--default", "7", "--socket", "/does/not/exist", "--deadline-ms",
            "300")
        XCTAssertEqual(run.status, 0, run.error)
        let outcome = try object(run.output.first)
        XCTAssertEqual(outcome["flagKey"], "flag")
        XCTAssertEqual(outcome["value"], 7)
        XCTAssertEqual(outcome["variant"], .null)
        XCTAssertEqual(outcome["reason"], "ERROR")
        XCTAssertEqual(outcome["errorCode"], "PROVIDER_NOT_READY")
        XCTAssertNotNil(outcome["errorMessage"]?.stringValue)
        XCTAssertEqual(outcome["metadata"], [:])
    }

    func testEvaluateFromAFile() async throws {
        let folder = try TemporaryFolder()
        let flags = #"{"flags":{"a":{"state":"ENABLED","variants":{"x":{"n":[1,2.5]}},"defaultVariant":"x"}}}"#
        let file = try folder.write(flags.utf8, to: "flags.json")
        let run = try await Program.run("evaluate", "a", "--type", "object", "--file", file)
        XCTAssertEqual(run.status, 0, run.error)
        XCTAssertEqual(
            run.output,
            [
                #"{"flagKey":"a","value":{"n":[1,2.5]},"variant":"x","reason":"STATIC","errorCode":null,"#
                    + #""errorMessage":null,"metadata":{}}"#
            ])
        let fromEnvironment = try await Program.run(
            "evaluate", "a", "--type", "object", environment: ["FLAGD_OFFLINE_FLAG_SOURCE_PATH": file])
        XCTAssertEqual(fromEnvironment.output, run.output)
    }

    func testWatchFollowsAFile() async throws {
        let folder = try TemporaryFolder()
        let set = { (variant: String) in
            #"{"flags":{"a":{"state":"ENABLED","variants":{"x":1,"y":2},"defaultVariant":"\#(variant)"}}}"#
        }
        let file = try folder.write(set("x").utf8, to: "flags.json")
        let watch = try Program.start(["watch", "--file", file, "--poll-interval-ms", "20"])
        let ready = try object(try await watch.line())
        XCTAssertEqual(ready["event"], "ready")
        try folder.write(set("y").utf8, to: "flags.json")
        let changed = try object(try await watch.line())
        XCTAssertEqual(changed["event"], "configurationChanged")
        XCTAssertEqual(changed["flagsChanged"], ["a"])
        watch.kill()
    }

    func testFetchWithoutAServerIsStatus69() async throws {
        let run = try await Program.run("fetch", "--socket", "/does/not/exist")
        XCTAssertEqual(run.status, 69)
        XCTAssertEqual(run.output, [])
        XCTAssertTrue(run.error.contains("UNAVAILABLE"), run.error)
    }

    // MARK: validate

    func testValidateFindsWhatCannotBeUsed() async throws {
        let folder = try TemporaryFolder()
        let good = try folder.write(
            #"{"flags":{"a":{"state":"ENABLED","variants":{"x":1},"defaultVariant":"x"}}}"#.utf8, to: "good.json")
        let warned = try folder.write(#"{"flags":{"a":{"variants":{"x":1},"defaultVariant":"x"}}}"#.utf8, to: "w.json")
        let bad = try folder.write(#"{"flags":{"a":{"state":"ENABLED","variants":{}},"b":3}}"#.utf8, to: "bad.json")
        let noJSON = try folder.write("{".utf8, to: "no.json")

        let fine = try await Program.run("validate", good)
        XCTAssertEqual(fine.status, 0)
        XCTAssertEqual(fine.output, [])

        let warnings = try await Program.run("validate", good, warned)
        XCTAssertEqual(warnings.status, 0)
        XCTAssertEqual(
            warnings.output, ["\(warned): warning: /flags/a: state is missing; the flag counts as enabled"])
        let quiet = try await Program.run("validate", "--quiet", warned)
        XCTAssertEqual(quiet.output, [])

        let errors = try await Program.run("validate", bad)
        XCTAssertEqual(errors.status, 1)
        XCTAssertEqual(errors.output.count, 2)
        XCTAssertTrue(errors.output.allSatisfy { $0.hasPrefix("\(bad): error: /flags/") }, "\(errors.output)")

        for file in [noJSON, folder.path("missing.json"), folder.url.path] {
            let run = try await Program.run("validate", file)
            XCTAssertEqual(run.status, 1, file)
            XCTAssertEqual(run.output.count, 1, file)
            XCTAssertTrue(run.output.first?.hasPrefix("\(file): error: ") == true, "\(run.output)")
        }
    }

    // MARK: standard output

    /// Runs the program by a shell, with something done to its output, and gives its exit status.
    private func status(_ arguments: String, output redirection: String) async throws -> String {
        let program = try PackageLayout.executable("flagd-inspect").path
        let shell = try ChildProcess(
            Tool.find("sh"), arguments: ["-c", "exec 3>&1; \(program) \(arguments) \(redirection); echo $? >&3"])
        return try await shell.line()
    }

    func testOutputThatCannotBeWrittenIsStatus70() async throws {
        guard FileManager.default.fileExists(atPath: "/dev/full") else { throw XCTSkip("no /dev/full") }
        for arguments in ["demo", "config", "--help", "validate /does/not/exist"] {
            expectEqual(try await status(arguments, output: ">/dev/full"), "70", arguments)
        }
    }

    func testOutputThatNobodyReadsIsNoFailure() async throws {
        for arguments in ["demo", "config", "watch --port 1"] {
            expectEqual(try await status(arguments, output: ">&-"), "0", arguments)
        }
        expectEqual(try await status("validate /does/not/exist", output: ">&-"), "1")
    }

    // MARK: batch

    func testBatchAnswersInOrder() async throws {
        let flags = #"{"flags":{"a":{"state":"ENABLED","variants":{"x":1,"y":2},"defaultVariant":"x"}}}"#
        let run = try await Program.run(
            "evaluate", "--batch",
            input: [
                #"{"id":1,"flags":\#(flags),"flagKey":"a","type":"Integer","default":0}"#,
                "",
                #"{"id":"two","rule":{"+":[1,{"var":"n"}]},"data":{"n":41}}"#,
                "nonsense",
            ])
        XCTAssertEqual(run.status, 0, run.error)
        XCTAssertEqual(run.output.count, 3)
        XCTAssertEqual(
            run.output.first, #"{"id":1,"value":1,"variant":"x","reason":"STATIC","metadata":{}}"#)
        XCTAssertEqual(run.output.dropFirst().first, #"{"id":"two","result":42}"#)
        XCTAssertTrue(try XCTUnwrap(run.output.last).hasPrefix(#"{"error":"the line is not JSON"#))
    }

    func testBatchAnswersEachLineWithoutWaitingForTheNext() async throws {
        let process = try Program.start(["evaluate", "--batch"])
        for number in 1...3 {
            try process.send(#"{"id":\#(number),"rule":{"var":"n"},"data":{"n":\#(number)}}"#)
            let answer = try await process.line()
            XCTAssertEqual(answer, #"{"id":\#(number),"result":\#(number)}"#)
        }
        let ended = await process.terminate()
        XCTAssertTrue(ended)
    }
}
