import Flagd
import XCTest

@testable import flagd_inspect

final class EventPrinterTests: XCTestCase {
    private func line(_ event: ProviderEvent, _ status: ProviderStatus, outcomes: [EvaluationOutcome]? = nil) -> String
    {
        EventPrinter.line(for: event, status: status, flags: 3, outcomes: outcomes, uptime: .microseconds(12_900))
    }

    func testEachEventHasItsMembers() {
        XCTAssertEqual(line(.ready, .ready), #"{"event":"ready","status":"READY","flags":3,"uptimeMs":12}"#)
        XCTAssertEqual(
            line(.configurationChanged(flagsChanged: ["a", "b"]), .ready),
            #"{"event":"configurationChanged","status":"READY","flags":3,"flagsChanged":["a","b"],"uptimeMs":12}"#)
        XCTAssertEqual(
            line(.stale(message: "gone \"away\""), .stale),
            #"{"event":"stale","status":"STALE","flags":3,"message":"gone \"away\"","uptimeMs":12}"#)
        XCTAssertEqual(
            line(.error(code: .providerFatal, message: "no"), .fatal),
            #"{"event":"error","status":"FATAL","flags":3,"message":"no","errorCode":"PROVIDER_FATAL","uptimeMs":12}"#)
    }

    func testEvaluationsAreAddedWhenAskedFor() {
        let details = ResolutionDetails(value: true, variant: "on", reason: .static, flagMetadata: ["m": .integer(1)])
        let outcome = EvaluationOutcome("a", details, Value.boolean)
        let json =
            #"{"flagKey":"a","value":true,"variant":"on","reason":"STATIC","errorCode":null,"#
            + #""errorMessage":null,"metadata":{"m":1}}"#
        XCTAssertEqual(outcome.json, json)
        XCTAssertTrue(
            line(.ready, .ready, outcomes: [outcome, outcome]).hasSuffix(#","evaluations":[\#(json),\#(json)]}"#))
        XCTAssertTrue(line(.ready, .ready, outcomes: []).hasSuffix(#","evaluations":[]}"#))
    }
}
