import FlagdTestSupport
import XCTest

/// The testbed's scenarios on the provider level: connecting, events, outages, contexts, targets.
final class LifecycleTests: XCTestCase {
    func testInProcessScenarios() async throws {
        let scenarios = try LifecycleScenario.load(tag: "in-process")
        XCTAssertGreaterThanOrEqual(scenarios.count, 19)
        try await run(scenarios) { try await LifecycleServer($0) }
    }

    func testFileScenarios() async throws {
        let scenarios = try LifecycleScenario.load(tag: "file")
        XCTAssertGreaterThanOrEqual(scenarios.count, 10)
        try await run(scenarios) { try LifecycleFile($0) }
    }

    private func run(
        _ scenarios: [LifecycleScenario], _ source: @escaping @Sendable (String) async throws -> any LifecycleSource
    ) async throws {
        for scenario in scenarios {
            do {
                try await LifecycleRun(scenario, source: source).run()
            } catch let error as XCTSkip {
                throw error
            } catch {
                XCTFail("\(scenario.id): \(error)")
            }
        }
    }
}
