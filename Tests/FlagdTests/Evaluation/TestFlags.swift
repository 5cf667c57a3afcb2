import XCTest

@testable import Flagd

/// A compiled payload with an evaluator, for tests.
struct TestFlags {
    let set: FlagSet
    let evaluator: Evaluator

    init(_ payloads: String..., options: EvaluationOptions = EvaluationOptions(), syncContext: Structure? = nil) throws
    {
        set = try FlagSet.compile(
            payloads.map { FlagPayload(bytes: Array($0.utf8), syncContext: syncContext) }, options: options)
        evaluator = Evaluator(options: options)
        evaluator.publish(set)
    }

    /// A set of one flag `f`, enabled, with text variants that are called as they are worth: `a`, `b`, `c`, `d`, `true`, `1`.
    init(
        rule: String, defaultVariant: String = #""d""#, options: EvaluationOptions = EvaluationOptions(),
        syncContext: Structure? = nil
    ) throws {
        let variants = #"{"a":"a","b":"b","c":"c","d":"d","true":"true","1":"1"}"#
        try self.init(
            """
            {"flags":{"f":{"state":"ENABLED","variants":\(variants),"defaultVariant":\(defaultVariant),"targeting":\(rule)}}}
            """, options: options, syncContext: syncContext)
    }

    func string(_ key: String = "f", _ context: EvaluationContext? = nil) -> ResolutionDetails<String> {
        evaluator.resolveString(key, default: "caller", context: context)
    }

    func boolean(_ key: String = "f", _ context: EvaluationContext? = nil) -> ResolutionDetails<Bool> {
        evaluator.resolveBoolean(key, default: false, context: context)
    }

    func integer(_ key: String = "f", _ context: EvaluationContext? = nil) -> ResolutionDetails<Int64> {
        evaluator.resolveInteger(key, default: -1, context: context)
    }

    func double(_ key: String = "f", _ context: EvaluationContext? = nil) -> ResolutionDetails<Double> {
        evaluator.resolveDouble(key, default: -1, context: context)
    }

    func object(_ key: String = "f", _ context: EvaluationContext? = nil) -> ResolutionDetails<Value> {
        evaluator.resolveObject(key, default: "caller", context: context)
    }

    func value(_ key: String = "f", _ context: EvaluationContext? = nil) -> ResolutionDetails<Value> {
        evaluator.resolveValue(key, default: "caller", context: context)
    }

    /// The diagnostics as lines.
    var diagnostics: [String] { self.set.diagnostics.map(\.description) }
}

/// Checks what a payload's rejection says.
func assertRejected(
    _ payload: String, options: EvaluationOptions = EvaluationOptions(), saying part: String = "",
    file: StaticString = #filePath, line: UInt = #line
) {
    do throws(PayloadError) {
        let set = try FlagSet.compile([FlagPayload(bytes: Array(payload.utf8))], options: options)
        XCTFail("\(payload.prefix(200)) is accepted with \(set.count) flags", file: file, line: line)
    } catch {
        XCTAssert(part.isEmpty || error.description.contains(part), error.description, file: file, line: line)
    }
}

/// Checks an outcome's parts: an error has a message that names the flag, and a success has none.
func assertOutcome<Resolved: Equatable>(
    _ details: ResolutionDetails<Resolved>, _ value: Resolved, _ variant: String?, _ reason: ResolutionReason,
    _ code: ErrorCode? = nil, key: String = "f", file: StaticString = #filePath, line: UInt = #line
) {
    XCTAssertEqual(details.value, value, file: file, line: line)
    XCTAssertEqual(details.variant, variant, file: file, line: line)
    XCTAssertEqual(details.reason, reason, file: file, line: line)
    XCTAssertEqual(details.errorCode, code, file: file, line: line)
    if code == nil {
        XCTAssertNil(details.errorMessage, file: file, line: line)
    } else {
        let message = details.errorMessage ?? ""
        XCTAssert(message.contains("'\(key)'"), "'\(message)' does not name the flag", file: file, line: line)
        XCTAssertEqual(reason, .error, file: file, line: line)
    }
}
