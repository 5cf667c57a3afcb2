import FlagdTestSupport
import Foundation
import XCTest

@testable import Flagd

/// The configuration cases of flagd's testbed that an in-process or a file provider has to pass.
final class ConfigurationCasesTests: XCTestCase {
    /// Cases whose expectation the specification has replaced: the defaults of resolver and port are this provider's, those of
    /// retryBackoffMax and retryGracePeriod are newer than the testbed's (specification: provider, "Configuration").
    private let superseded: Set<String> = [
        "lifecycle:config:28-35", "lifecycle:config:28-42", "lifecycle:config:28-71", "lifecycle:config:28-72",
    ]

    func testCases() throws {
        let cases = try cases()
        var passed = 0
        for configurationCase in cases where !superseded.contains(configurationCase.id) {
            try check(configurationCase)
            passed += 1
        }
        XCTAssertGreaterThan(passed, 70)
    }

    private func check(_ configurationCase: Case) throws {
        let id = configurationCase.id
        let configuration: EffectiveConfiguration
        do {
            configuration = try EffectiveConfiguration(
                options(configurationCase), environment: configurationCase.environment)
        } catch {
            XCTAssertTrue(configurationCase.isError, "\(id): \(error)")
            XCTAssertEqual((error as? FlagdError)?.code, .configuration)
            return
        }
        XCTAssertFalse(configurationCase.isError, "\(id) must be refused")
        for (name, expected) in configurationCase.expected {
            let entry = try XCTUnwrap(configuration.entries.first { $0.name == name }, "\(id): no \(name)")
            let isBoolean = name == "tls"
            XCTAssertEqual(
                isBoolean ? shown(entry.value)?.lowercased() : shown(entry.value),
                isBoolean ? expected?.lowercased() : expected, "\(id): \(name)")
        }
    }

    private func shown(_ value: Value) -> String? {
        switch value {
        case .null: nil
        case .string(let text): text
        case .integer(let number): "\(number)"
        case .boolean(let value): "\(value)"
        case .list(let values): values.compactMap(shown).joined(separator: ", ")
        default: "\(value)"
        }
    }

    private func options(_ configurationCase: Case) throws -> FlagdOptions {
        var options = FlagdOptions()
        for (name, text) in configurationCase.options {
            let milliseconds = Int(text).map { Duration.milliseconds($0) }
            switch name {
            case "resolver": options.resolver = Resolver(rawValue: text)
            case "deadlineMs": options.deadline = milliseconds
            case "host": options.host = text
            case "port": options.port = Int(text)
            case "tls": options.tls = text.lowercased() == "true"
            case "fatalStatusCodes": options.fatalStatusCodes = text.components(separatedBy: ", ")
            case "targetUri": options.targetURI = text
            case "certPath": options.certPath = text
            case "socketPath": options.socketPath = text
            case "streamDeadlineMs": options.streamDeadline = milliseconds
            case "keepAliveTime": options.keepAlive = milliseconds
            case "retryBackoffMs": options.retryBackoff = milliseconds
            case "retryBackoffMaxMs": options.retryBackoffMax = milliseconds
            case "retryGracePeriod": options.retryGracePeriod = Int(text).map { .seconds($0) }
            case "selector": options.selector = text
            case "offlineFlagSourcePath": options.offlineFlagSourcePath = text
            case "offlinePollIntervalMs": options.offlinePollInterval = milliseconds
            case "providerId": options.providerID = text
            default: XCTFail("\(configurationCase.id): unknown option \(name)")
            }
        }
        return options
    }

    private struct Case {
        let id: String
        let environment: [String: String]
        let options: [(String, String)]
        let expected: [(String, String?)]
        let isError: Bool
    }

    private func cases() throws -> [Case] {
        try SharedData.lines("testbed/config-cases.jsonl").compactMap { line in
            let object = try XCTUnwrap(JSONSerialization.jsonObject(with: Data(line)) as? [String: Any])
            let tags = Set(object["tags"] as? [String] ?? [])
            guard !tags.isDisjoint(with: ["in-process", "file"]) else { return nil }
            let options = object["options"] as? [String: [String: Any]] ?? [:]
            let expected = object["expect"] as? [[String: Any]] ?? []
            return Case(
                id: object["id"] as? String ?? "", environment: object["env"] as? [String: String] ?? [:],
                options: options.map { ($0.key, $0.value["value"] as? String ?? "") },
                expected: expected.map { ($0["option"] as? String ?? "", $0["value"] as? String) },
                isError: object["error"] as? Bool ?? false)
        }
    }
}
