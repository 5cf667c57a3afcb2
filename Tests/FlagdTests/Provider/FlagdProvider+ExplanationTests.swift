import XCTest

@testable import Flagd

final class FlagdProviderExplanationTests: XCTestCase {
    func testExplainsWhatIsResolvedWithoutTellingObservers() async throws {
        let counter = EvaluationCounter()
        let payload =
            #"{"flags":{"f":{"state":"ENABLED","variants":{"on":true,"off":false},"defaultVariant":"off","targeting":{"if":[{"==":[{"var":"tier"},"gold"]},"on"]}}}}"#
        var options = FlagdOptions(sources: [InMemoryFlagSource(payload)])
        options.observers = [counter]
        let provider = try FlagdProvider(options, environment: [:])
        XCTAssertEqual(provider.explain("f").details.errorCode, .providerNotReady)
        try await provider.initialize()
        let context: EvaluationContext = ["tier": "gold"]
        let explanation = provider.explain("f", context: context)
        XCTAssertEqual(explanation.details.value, true)
        XCTAssertEqual(explanation.details.variant, "on")
        XCTAssertEqual(explanation.steps.first { $0.role == "rule" }?.value, "on")
        XCTAssertEqual(counter.count, 0)
        XCTAssertTrue(provider.booleanValue("f", default: false, context: context))
        XCTAssertEqual(counter.count, 1)
        await provider.shutdown()
        XCTAssertEqual(provider.explain("f").details.errorCode, .providerNotReady)
    }
}

/// Counts the evaluations it is told of.
private final class EvaluationCounter: FlagdObserver, @unchecked Sendable {
    private let lock = NSLock()
    private var evaluations = 0

    var count: Int { lock.withLock { evaluations } }

    func flagEvaluated(_ report: EvaluationReport) { lock.withLock { evaluations += 1 } }
}
