import Foundation
import XCTest

/// What a test needs from outside the package: the shared test data, a Python with grpcio, a proxy.
///
/// Without it the test is skipped with a line that names what is missing. With `FLAGD_REQUIRE_ALL=1` in the environment, as
/// in CI, it fails instead: a test that is always skipped proves nothing. `FLAGD_REQUIRE_ALL=tools` leaves out the data, which
/// not every machine can have.
public struct MissingRequirement: Error, CustomStringConvertible {
    /// The kinds of things that can be missing.
    public enum Kind: Sendable {
        /// A program.
        case tool
        /// The shared test data.
        case data
    }

    /// What is missing, and how to get it.
    public let description: String

    /// Whether something missing of this kind fails the test instead of skipping it.
    public static func isFatal(_ kind: Kind) -> Bool {
        switch ProcessInfo.processInfo.environment["FLAGD_REQUIRE_ALL"] {
        case "1": true
        case "tools": kind == .tool
        default: false
        }
    }

    /// The error to throw for something missing: `XCTSkip`, or a failure when it is required.
    public static func error(_ what: String, kind: Kind = .tool) -> any Error {
        isFatal(kind)
            ? MissingRequirement(description: "missing, and required by FLAGD_REQUIRE_ALL: \(what)")
            : XCTSkip("missing: \(what)")
    }
}

/// The value, or the test ends here: skipped, or failed when it is required.
///
/// - Parameters:
///   - value: What was looked for.
///   - what: What it is and how to get it, for the line that says why the test did not run.
///   - kind: Whether it is a program or data.
public func requireOrSkip<Wrapped>(
    _ value: Wrapped?, _ what: @autoclosure () -> String, kind: MissingRequirement.Kind = .tool
) throws -> Wrapped {
    guard let value else { throw MissingRequirement.error(what(), kind: kind) }
    return value
}
