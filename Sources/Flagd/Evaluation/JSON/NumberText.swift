/// Numbers as text: JSON's grammar, the wider one that rules cast text with, and ECMAScript's way to print them.
enum NumberText {
    /// A number's parts as read: whether anything but digits was there, and the decimal digits' value while it fits 64 bits.
    private struct Scan {
        var isNegative = false
        var isWhole = true
        var mantissa: UInt64 = 0
        var mantissaOverflowed = false
        var exponent = 0
        var integerDigits = 0
        var fractionDigits = 0
        var leadingZero = false
        var hasPoint = false
        var end = 0
    }

    /// A number at the start of a text by JSON's grammar, and its length; nil when there is none or it is beyond a double's range.
    static func parseJSON(_ text: ByteView) -> (value: RuleValue, length: Int)? {
        var scan = Scan()
        guard scanDecimal(text, &scan, allowsPlus: false) else { return nil }
        guard scan.integerDigits > 0, !(scan.leadingZero && scan.integerDigits > 1) else { return nil }
        guard !scan.hasPoint || scan.fractionDigits > 0 else { return nil }
        guard let value = value(of: scan, text), !isInfinite(value) else { return nil }
        return (value, scan.end)
    }

    /// A whole number of up to 18 digits that a cursor is at, stepping past it; nil, without a step, where there is any other.
    @inline(__always) static func parseFewDigits(_ cursor: inout ByteCursor) -> RuleValue? {
        var next = cursor
        var value: Int64 = 0
        while true {
            let digit = next.byte &- UInt8(ascii: "0")
            guard digit <= 9 else { break }
            value = value &* 10 &+ Int64(digit)
            next.advance()
        }
        let length = cursor.remaining &- next.remaining
        guard length == 1 || length > 1 && length <= 18 && cursor.byte != UInt8(ascii: "0"),
            next.byte != UInt8(ascii: "."), next.byte | 0x20 != UInt8(ascii: "e")
        else { return nil }
        cursor = next
        return RuleValue(value)
    }

    /// The number that a rule casts a text to: trimmed of ASCII space, decimal with an optional exponent; "" is 0;
    /// `Infinity` with or without a sign.
    ///
    /// Nil when the text is not numeric (specification: evaluation, "numbers from").
    static func parseLoosely(_ text: ByteView) -> RuleValue? {
        let trimmed = trim(text)
        if trimmed.isEmpty { return RuleValue(Int64(0)) }
        if let infinity = parseInfinity(trimmed) { return RuleValue(infinity) }
        var scan = Scan()
        guard scanDecimal(trimmed, &scan, allowsPlus: true), scan.end == trimmed.count else { return nil }
        guard scan.integerDigits + scan.fractionDigits > 0 else { return nil }
        return value(of: scan, trimmed)
    }

    /// Whether a value is a double without bounds: only ``parseLoosely(_:)`` gives one.
    static func isInfinite(_ value: RuleValue) -> Bool { value.kind == .double && !value.double.isFinite }

    private static func trim(_ text: ByteView) -> ByteView {
        var start = 0
        var end = text.count
        while start < end && isSpace(text[start]) { start += 1 }
        while end > start && isSpace(text[end - 1]) { end -= 1 }
        return text[start..<end]
    }

    @inline(__always) private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0d).contains(byte)
    }

    private static func parseInfinity(_ text: ByteView) -> Double? {
        if text == ByteView("Infinity") || text == ByteView("+Infinity") { return .infinity }
        return text == ByteView("-Infinity") ? -.infinity : nil
    }
}

extension NumberText {
    /// Reads sign, digits, point, digits and exponent; false when an exponent lacks digits.
    @inline(__always) private static func scanDecimal(_ text: ByteView, _ scan: inout Scan, allowsPlus: Bool) -> Bool {
        let count = text.count
        var position = 0
        if position < count, text[0] == UInt8(ascii: "-") || (allowsPlus && text[0] == UInt8(ascii: "+")) {
            scan.isNegative = text[0] == UInt8(ascii: "-")
            position = 1
        }
        scan.leadingZero = position < count && text[position] == UInt8(ascii: "0")
        scan.integerDigits = digits(text, &position, &scan)
        if position < count && text[position] == UInt8(ascii: ".") {
            position &+= 1
            scan.hasPoint = true
            scan.isWhole = false
            scan.fractionDigits = digits(text, &position, &scan)
            scan.exponent = -scan.fractionDigits
        }
        if position < count && text[position] | 0x20 == UInt8(ascii: "e")
            && scan.integerDigits + scan.fractionDigits > 0
        {
            scan.isWhole = false
            guard let exponent = exponent(text, &position) else { return false }
            scan.exponent += exponent
        }
        scan.end = position
        return true
    }

    /// Reads digits into the mantissa and counts them.
    @inline(__always) private static func digits(_ text: ByteView, _ position: inout Int, _ scan: inout Scan) -> Int {
        let start = position
        while position < text.count {
            let digit = text[position] &- UInt8(ascii: "0")
            guard digit <= 9 else { break }
            if scan.mantissa > 1_844_674_407_370_955_160 {
                let (tenfold, over) = scan.mantissa.multipliedReportingOverflow(by: 10)
                let (sum, overflow) = tenfold.addingReportingOverflow(UInt64(digit))
                scan.mantissaOverflowed = scan.mantissaOverflowed || over || overflow
                scan.mantissa = sum
            } else {
                scan.mantissa = scan.mantissa &* 10 &+ UInt64(digit)
            }
            position &+= 1
        }
        return position &- start
    }

    /// The exponent behind an `e`, held within ±100 000 (no double reaches further); nil without digits.
    private static func exponent(_ text: ByteView, _ position: inout Int) -> Int? {
        position += 1
        var isNegative = false
        if position < text.count, text[position] == UInt8(ascii: "-") || text[position] == UInt8(ascii: "+") {
            isNegative = text[position] == UInt8(ascii: "-")
            position += 1
        }
        let start = position
        var value = 0
        while position < text.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(text[position]) {
            value = min(value * 10 + Int(text[position] - UInt8(ascii: "0")), 100_000)
            position += 1
        }
        return position > start ? (isNegative ? -value : value) : nil
    }

    /// The exact integer, or the nearest double, which may be infinite.
    @inline(__always) private static func value(of scan: Scan, _ text: ByteView) -> RuleValue? {
        if scan.isWhole && !scan.mantissaOverflowed {
            if !scan.isNegative { return RuleValue(unsigned: scan.mantissa) }
            if scan.mantissa <= 1 << 63 { return RuleValue(Int64(truncatingIfNeeded: 0 &- scan.mantissa)) }
        }
        return double(of: scan, text).map { RuleValue($0) }
    }

    /// Exact when mantissa and power of ten both are (Clinger, "How to read floating point numbers accurately"), else the system's.
    private static func double(of scan: Scan, _ text: ByteView) -> Double? {
        if !scan.mantissaOverflowed && scan.mantissa <= 1 << 53 && abs(scan.exponent) <= 22 {
            let mantissa = Double(scan.isNegative ? -Int64(scan.mantissa) : Int64(scan.mantissa))
            let signed = scan.isNegative && scan.mantissa == 0 ? -0.0 : mantissa
            return scan.exponent < 0 ? signed / powersOfTen[-scan.exponent] : signed * powersOfTen[scan.exponent]
        }
        // The grammar is checked, and `1.` and `.5` are among what the standard library reads.
        return Double(text[0..<scan.end].string)
    }

    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]
}

extension NumberText {
    /// A double as ECMAScript's Number::toString prints it: `1`, `0.1`, `1e+21` (ECMA-262, 6.1.6.1.20).
    static func describe(_ value: Double) -> String {
        if value == 0 { return "0" }
        if !value.isFinite { return value.isNaN ? "NaN" : value < 0 ? "-Infinity" : "Infinity" }
        let (digits, point) = shortestDigits(of: value.magnitude)
        let text = layOut(digits, point)
        return value < 0 ? "-" + text : text
    }

    /// The fewest digits that read back as the number, and where the point stands in them.
    private static func shortestDigits(of value: Double) -> (digits: [UInt8], point: Int) {
        var digits: [UInt8] = []
        var point: Int?
        var exponent = 0
        let printed = Array(value.description.utf8)
        for (index, byte) in printed.enumerated() {
            switch byte {
            case UInt8(ascii: "."): point = digits.count
            case UInt8(ascii: "e"):
                exponent = Int(String(decoding: printed[(index + 1)...], as: UTF8.self)) ?? 0
            case UInt8(ascii: "0")...UInt8(ascii: "9"):
                if exponent == 0 && !printed[..<index].contains(UInt8(ascii: "e")) { digits.append(byte) }
            default: break
            }
        }
        var place = (point ?? digits.count) + exponent
        while digits.count > 1 && digits.last == UInt8(ascii: "0") { digits.removeLast() }
        let zeros = digits.prefix { $0 == UInt8(ascii: "0") }.count
        digits.removeFirst(zeros)
        place -= zeros
        return (digits, place)
    }

    private static func layOut(_ digits: [UInt8], _ point: Int) -> String {
        let count = digits.count
        let text = String(decoding: digits, as: UTF8.self)
        switch point {
        case count...21 where count <= 21: return text + String(repeating: "0", count: point - count)
        case 1...21: return text.prefix(point) + "." + text.dropFirst(point)
        case -5...0: return "0." + String(repeating: "0", count: -point) + text
        default:
            let exponent = point - 1
            let mantissa = count == 1 ? text : text.prefix(1) + "." + text.dropFirst()
            return mantissa + "e" + (exponent < 0 ? "-" : "+") + String(abs(exponent))
        }
    }
}
