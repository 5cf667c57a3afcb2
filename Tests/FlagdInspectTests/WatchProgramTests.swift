import Flagd
import FlagdTestSupport
import Foundation
import XCTest

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// `watch`, `evaluate` and `fetch` of the built program against a real gRPC server.
final class WatchProgramTests: XCTestCase {
    private static let before = """
        {"flags":{"a":{"state":"ENABLED","variants":{"x":"ex","y":"why"},"defaultVariant":"x"},\
        "b":{"state":"ENABLED","variants":{"x":1},"defaultVariant":"x"}}}
        """
    private static let after = before.replacingOccurrences(
        of: #""why"},"defaultVariant":"x""#, with: #""why"},"defaultVariant":"y""#)

    /// A server, and the file it sends; the folder goes with the last reference.
    private func startServer() async throws -> (server: SyncServer, file: String, folder: TemporaryFolder) {
        let folder = try TemporaryFolder()
        let file = try folder.write(Self.before.utf8, to: "flags.json")
        return (try await SyncServer.start(["--payload", file]), file, folder)
    }

    private func next(_ process: ChildProcess) async throws -> Structure {
        let line = try await process.line()
        return try XCTUnwrap(try JSON.parse(Array(line.utf8)).structureValue, line)
    }

    private func arguments(_ server: SyncServer, _ more: String...) -> [String] {
        [
            "watch", "--host", "127.0.0.1", "--port", String(server.port), "--retry-backoff-ms", "50",
            "--retry-backoff-max-ms", "200", "--deadline-ms", "60000",
        ] + more
    }

    func testTheWholeStoryOfAServer() async throws {
        let (server, file, folder) = try await startServer()
        defer { withExtendedLifetime(folder) {} }
        let watch = try Program.start(arguments(server, "--evaluate", "a:string", "--attempts"))

        let ready = try await next(watch)
        XCTAssertEqual(ready["event"], "ready")
        XCTAssertEqual(ready["status"], "READY")
        XCTAssertEqual(ready["flags"], 2)
        XCTAssertNotNil(ready["uptimeMs"]?.integerValue)
        XCTAssertEqual(ready["evaluations"]?.listValue?.first?.structureValue?["value"], "ex")

        try await server.push(Self.after)
        let changed = try await next(watch)
        XCTAssertEqual(changed["event"], "configurationChanged")
        XCTAssertEqual(changed["flagsChanged"], ["a"])
        XCTAssertEqual(changed["evaluations"]?.listValue?.first?.structureValue?["value"], "why")

        server.process.kill()
        let attempts = try await untilStale(watch)
        XCTAssertFalse(attempts.contains { $0["code"]?.stringValue == nil || $0["message"]?.stringValue == nil })

        let successor = try await SyncServer.start(["--payload", file, "--port", String(server.port)])
        let names = try await untilBack(watch)
        XCTAssertEqual(names, ["ready", "configurationChanged"])

        kill(watch.processIdentifier, SIGTERM)
        let status = try await watch.waitForExit(within: .seconds(20))
        XCTAssertEqual(status, 0)
        await successor.terminate()
    }

    /// The failed attempts up to the stale event.
    private func untilStale(_ watch: ChildProcess) async throws -> [Structure] {
        var attempts: [Structure] = []
        while true {
            let line = try await next(watch)
            if line["event"] == "stale" {
                XCTAssertEqual(line["status"], "STALE")
                XCTAssertNotNil(line["message"]?.stringValue)
                return attempts
            }
            XCTAssertEqual(line["event"], "attemptFailed")
            attempts.append(line)
        }
    }

    /// The next two events that are no failed attempts.
    private func untilBack(_ watch: ChildProcess) async throws -> [String] {
        var names: [String] = []
        while names.count < 2 {
            let line = try await next(watch)
            guard let name = line["event"]?.stringValue, name != "attemptFailed" else {
                XCTAssertEqual(line["code"], "UNAVAILABLE")
                continue
            }
            names.append(name)
        }
        return names
    }

    /// Item 109: a program that was stopped for a while goes on with the same stream.
    func testItem109StoppedProgramGoesOn() async throws {
        let (server, _, folder) = try await startServer()
        defer { withExtendedLifetime(folder) {} }
        let watch = try Program.start(arguments(server))
        let ready = try await next(watch)
        XCTAssertEqual(ready["event"], "ready")
        watch.freeze()
        try await server.push(Self.after)
        try await Task.sleep(for: .seconds(1))
        watch.thaw()
        let changed = try await next(watch)
        XCTAssertEqual(changed["event"], "configurationChanged")
        let streams = try await server.calls().filter { $0.method.hasSuffix("/SyncFlags") }.count
        XCTAssertEqual(streams, 1)
        watch.kill()
        await server.terminate()
    }

    /// Item 111: without a file of authorities, the system's are trusted; OpenSSL takes their place from this variable.
    func testItem111SystemsAuthorities() async throws {
        let certificate = try await SelfSignedCertificate.make()
        let server = try await SyncServer.start(["--tls-cert", certificate.certificate, "--tls-key", certificate.key])
        let fetch = ["fetch", "--host", "localhost", "--port", String(server.port), "--tls", "--deadline-ms", "5000"]
        let trusting = try Program.start(fetch, environment: ["SSL_CERT_FILE": certificate.certificate])
        expectEqual(try await trusting.waitForExit(), 0)
        let other = try Program.start(fetch)
        expectEqual(try await other.waitForExit(), 69)
        XCTAssertTrue(other.standardError.contains("unknown CA"), other.standardError)
        await server.terminate()
    }

    func testForEndsIt() async throws {
        let (server, _, folder) = try await startServer()
        defer { withExtendedLifetime(folder) {} }
        let watch = try Program.start(arguments(server, "--for", "0.5"))
        expectEqual(try await watch.waitForExit(within: .seconds(20)), 0)
        let lines = await Program.rest(of: watch)
        XCTAssertEqual(lines.count, 1)
        await server.terminate()
    }

    func testInterruptEndsItWhileNothingListens() async throws {
        let watch = try Program.start(["watch", "--socket", "/does/not/exist", "--deadline-ms", "200"])
        let error = try await next(watch)
        XCTAssertEqual(error["event"], "error")
        XCTAssertEqual(error["status"], "ERROR")
        XCTAssertEqual(error["errorCode"], "PROVIDER_NOT_READY")
        kill(watch.processIdentifier, SIGINT)
        expectEqual(try await watch.waitForExit(within: .seconds(20)), 0)
    }

    func testTheLogGoesToStandardError() async throws {
        let (server, _, folder) = try await startServer()
        defer { withExtendedLifetime(folder) {} }
        let watch = try Program.start(arguments(server, "--log-level", "info"))
        _ = try await watch.line()
        try await waitUntil("a log line") { watch.standardError.contains("info: ready") }
        watch.kill()
        await server.terminate()
    }

    func testAClosedOutputEndsIt() async throws {
        let (server, _, folder) = try await startServer()
        defer { withExtendedLifetime(folder) {} }
        let program = try PackageLayout.executable("flagd-inspect").path
        let shell = try ChildProcess(
            Tool.find("sh"),
            arguments: ["-c", "\(program) \(arguments(server).joined(separator: " ")) | head -n 1; echo over"])
        let first = try await shell.line()
        XCTAssertTrue(first.contains("ready"), first)
        let last = try await shell.line(within: .seconds(20))
        XCTAssertEqual(last, "over")
        await server.terminate()
    }

    func testEvaluateAndFetch() async throws {
        let (server, _, folder) = try await startServer()
        defer { withExtendedLifetime(folder) {} }
        let connection = ["--host", "127.0.0.1", "--port", String(server.port), "--deadline-ms", "60000"]
        let evaluate = try Program.start(["evaluate", "a", "--type", "string"] + connection)
        let outcome = try await next(evaluate)
        XCTAssertEqual(outcome["value"], "ex")
        XCTAssertEqual(outcome["reason"], "STATIC")
        expectEqual(try await evaluate.waitForExit(), 0)

        let fetch = try Program.start(["fetch"] + connection)
        expectEqual(try await fetch.line(), Self.before)
        expectEqual(try await fetch.waitForExit(), 0)

        try await server.command(#"{"cmd":"mode","permissionDenied":true}"#)
        let refused = try Program.start(["fetch"] + connection)
        expectEqual(try await refused.waitForExit(), 69)
        XCTAssertTrue(refused.standardError.contains("PERMISSION_DENIED"), refused.standardError)
        XCTAssertTrue(refused.standardError.contains("forbidden"), refused.standardError)
        await server.terminate()
    }
}
