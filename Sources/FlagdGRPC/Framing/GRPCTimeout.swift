/// The encoding of `grpc-timeout` (gRPC over HTTP/2, "Timeout": at most eight digits and a unit).
package enum GRPCTimeout {
    /// The largest value eight digits can say.
    package static let maximumDigitsValue: UInt64 = 99_999_999

    /// The value in the finest unit that holds it, rounded up so that the server never gives up before the client.
    ///
    /// - Parameter nanoseconds: What is left of the deadline, more than 0. 11 000 years and more read as 99999999 hours.
    package static func encode(nanoseconds: UInt64) -> String {
        let units: [(length: UInt64, letter: String)] = [
            (1, "n"), (1_000, "u"), (1_000_000, "m"), (1_000_000_000, "S"), (60_000_000_000, "M"),
        ]
        for unit in units {
            let value = roundedUp(nanoseconds, unit.length)
            if value <= maximumDigitsValue { return "\(value)\(unit.letter)" }
        }
        return "\(min(roundedUp(nanoseconds, 3_600_000_000_000), maximumDigitsValue))H"
    }

    private static func roundedUp(_ value: UInt64, _ unit: UInt64) -> UInt64 {
        value / unit &+ (value % unit == 0 ? 0 : 1)
    }
}

extension Duration {
    /// The length in whole nanoseconds, rounded up: 0 for a negative length, `UInt64.max` beyond 584 years.
    package var nanosecondsRoundedUp: UInt64 {
        let (seconds, attoseconds) = components
        guard self > .zero else { return 0 }
        guard let whole = UInt64(exactly: seconds) else { return 0 }
        let part = UInt64(attoseconds) / 1_000_000_000 &+ (attoseconds % 1_000_000_000 == 0 ? 0 : 1)
        let (product, overflow) = whole.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = product.addingReportingOverflow(part)
        return overflow || carry ? .max : sum
    }
}
