import FlagdTestSupport
import Foundation
import XCTest

@testable import Flagd

final class FileFlagSourceTests: XCTestCase {
    private let time = ManualTimekeeper()

    private func write(_ text: String, to path: String) throws {
        try RegularFile.replace(path, with: Array(text.utf8)[...])
    }

    private func provider(_ path: String) throws -> FlagdProvider {
        let options = FlagdOptions(
            deadline: .milliseconds(100), offlineFlagSourcePath: path, offlinePollInterval: .seconds(1))
        return try FlagdProvider(options, environment: [:], timekeeper: time)
    }

    /// Lets the file be looked at once more.
    private func poll() async {
        let isWaiting = await eventually { time.deadlines.contains(time.now + .seconds(1)) }
        XCTAssertTrue(isWaiting)
        time.advance(by: .seconds(1))
    }

    func testFollowsTheFile() async throws {
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("flags.json").path
        try write(FlagSetText.booleans(["a": true]), to: path)
        let provider = try provider(path)
        XCTAssertEqual(provider.configuration.resolver.value, .file)
        try await provider.initialize()
        XCTAssertTrue(provider.booleanValue("a", default: false))
        var events = provider.events.makeAsyncIterator()
        expectEqual(await events.next(), .ready)

        try write(FlagSetText.booleans(["a": false]), to: path)
        await poll()
        expectEqual(await events.next(), .configurationChanged(flagsChanged: ["a"]))

        for content in [FlagSetText.broken, "", nil] {
            if let content { try write(content, to: path) } else { try FileManager.default.removeItem(atPath: path) }
            await poll()
            guard case .stale(let message) = await events.next() else { return XCTFail("not stale") }
            XCTAssertTrue(message.contains(path), message)
            XCTAssertFalse(provider.booleanValue("a", default: true))
            try write(FlagSetText.booleans(["a": false]), to: path)
            await poll()
            expectEqual(await events.next(), .ready)
            expectEqual(await events.next(), .configurationChanged(flagsChanged: []))
        }
        await provider.shutdown()
        XCTAssertEqual(time.deadlines, [])
    }

    func testFollowsASwappedLink() async throws {
        let folder = try TemporaryFolder()
        let (one, two) = (folder.url.appendingPathComponent("1"), folder.url.appendingPathComponent("2"))
        for (url, value) in [(one, true), (two, false)] {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
            try write(FlagSetText.booleans(["a": value]), to: url.appendingPathComponent("flags.json").path)
        }
        let data = folder.url.appendingPathComponent("..data").path
        let path = folder.url.appendingPathComponent("flags.json").path
        try FileManager.default.createSymbolicLink(atPath: data, withDestinationPath: "1")
        try FileManager.default.createSymbolicLink(atPath: path, withDestinationPath: "..data/flags.json")
        let provider = try provider(path)
        try await provider.initialize()
        var events = provider.events.makeAsyncIterator()
        _ = await events.next()
        try FileManager.default.createSymbolicLink(atPath: data + "_tmp", withDestinationPath: "2")
        XCTAssertEqual(rename(data + "_tmp", data), 0)
        await poll()
        expectEqual(await events.next(), .configurationChanged(flagsChanged: ["a"]))
        await provider.shutdown()
    }

    func testBadFileAtTheStartIsAnInitializationError() async throws {
        let folder = try TemporaryFolder()
        let path = folder.url.appendingPathComponent("flags.json").path
        for content in [nil, FlagSetText.broken] {
            if let content { try write(content, to: path) }
            let provider = try provider(path)
            async let initialization: Void = provider.initialize()
            let isWaiting = await eventually { time.deadlines.count == 2 && provider.lastFailure != nil }
            XCTAssertTrue(isWaiting)
            time.advance(by: .milliseconds(100))
            do {
                try await initialization
                XCTFail("the file is no good")
            } catch let error as FlagdError {
                XCTAssertEqual(error.code, .notReady)
                XCTAssertTrue(error.message.hasPrefix(path), error.message)
            }
            await provider.shutdown()
        }
    }

    func testWatchTellsLossFromRepeatedFailure() {
        var watch = FileWatch()
        XCTAssertFalse(watch.failed())
        let version = RegularFile.Version(
            modifiedSeconds: 1, modifiedNanoseconds: 2, size: 3, inode: 4, device: 5, resolvedPath: "/f")
        XCTAssertTrue(watch.mustRead(version))
        watch.wasRead(version)
        XCTAssertFalse(watch.mustRead(version))
        XCTAssertTrue(watch.failed())
        XCTAssertFalse(watch.failed())
        XCTAssertTrue(watch.mustRead(version))
    }
}
