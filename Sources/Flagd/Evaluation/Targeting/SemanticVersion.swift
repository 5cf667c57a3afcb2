/// A version as `sem_ver` reads it (Semantic Versioning 2.0.0, and the liberties of the specification: evaluation, "sem_ver"): one
/// leading `v` or `V`, and `1` and `1.2` padded with zeros.
///
/// Numeric parts can have any length: they are kept as their digits.
struct SemanticVersion: BitwiseCopyable {
    private let majorDigits: RuleValue
    private let minorDigits: RuleValue
    private let patchDigits: RuleValue
    /// The identifiers behind `-`, without the build metadata.
    private let preRelease: RuleValue
    private let hasPreRelease: Bool

    /// Reads a version from a text that outlives it; nil when it is none.
    init?(_ text: ByteView) {
        var position = 0
        if let first = text.isEmpty ? nil : text[0], first | 0x20 == UInt8(ascii: "v") { position = 1 }
        guard let major = SemanticVersion.number(in: text, &position) else { return nil }
        var minor = SemanticVersion.zero
        var patch = SemanticVersion.zero
        var isComplete = false
        if SemanticVersion.skip(".", in: text, &position) {
            guard let number = SemanticVersion.number(in: text, &position) else { return nil }
            minor = number
            if SemanticVersion.skip(".", in: text, &position) {
                guard let number = SemanticVersion.number(in: text, &position) else { return nil }
                patch = number
                isComplete = true
            }
        }
        majorDigits = RuleValue(major)
        minorDigits = RuleValue(minor)
        patchDigits = RuleValue(patch)
        guard let parts = SemanticVersion.suffixes(of: text, from: position, allowed: isComplete) else { return nil }
        hasPreRelease = parts.hasPreRelease
        preRelease = RuleValue(parts.preRelease)
    }

    /// Below zero, zero or above zero by precedence; build metadata does not count (Semantic Versioning 2.0.0, 11).
    func compare(_ other: SemanticVersion) -> Int {
        for (left, right) in [
            (majorDigits, other.majorDigits), (minorDigits, other.minorDigits), (patchDigits, other.patchDigits),
        ] {
            let order = SemanticVersion.compareNumbers(left.text, right.text)
            if order != 0 { return order }
        }
        switch (hasPreRelease, other.hasPreRelease) {
        case (false, false): return 0
        case (true, false): return -1
        case (false, true): return 1
        case (true, true): return SemanticVersion.comparePreReleases(preRelease.text, other.preRelease.text)
        }
    }

    func hasSameMajor(as other: SemanticVersion) -> Bool { majorDigits.text == other.majorDigits.text }

    func hasSameMinor(as other: SemanticVersion) -> Bool {
        hasSameMajor(as: other) && minorDigits.text == other.minorDigits.text
    }

    private static let zero = ByteView("0")

    /// Digits without a leading zero.
    @inline(__always) private static func number(in text: ByteView, _ position: inout Int) -> ByteView? {
        let start = position
        while position < text.count, text[position] &- UInt8(ascii: "0") <= 9 { position &+= 1 }
        guard position > start, position == start &+ 1 || text[start] != UInt8(ascii: "0") else { return nil }
        return text[start..<position]
    }

    @inline(__always) private static func skip(_ mark: Unicode.Scalar, in text: ByteView, _ position: inout Int) -> Bool
    {
        guard position < text.count, text[position] == UInt8(ascii: mark) else { return false }
        position &+= 1
        return true
    }

    /// Pre-release and build behind the numbers; nil when ill-formed, or there at all where it is not allowed.
    private static func suffixes(
        of text: ByteView, from start: Int, allowed: Bool
    ) -> (hasPreRelease: Bool, preRelease: ByteView)? {
        if start == text.count { return (false, .empty) }
        guard allowed else { return nil }
        let plus = text.firstIndex(of: UInt8(ascii: "+"), from: start) ?? text.count
        if plus < text.count && !areIdentifiers(text[(plus + 1)..<text.count], allowsLeadingZeros: true) { return nil }
        if plus == start { return (false, .empty) }
        guard text[start] == UInt8(ascii: "-") else { return nil }
        let preRelease = text[(start + 1)..<plus]
        return areIdentifiers(preRelease, allowsLeadingZeros: false) ? (true, preRelease) : nil
    }

    private static func areIdentifiers(_ text: ByteView, allowsLeadingZeros: Bool) -> Bool {
        guard !text.isEmpty else { return false }
        var parts = VariablePath.Parts(text)
        while let part = parts.next() {
            guard !part.isEmpty, (0..<part.count).allSatisfy({ isIdentifierByte(part[$0]) }) else { return false }
            if !allowsLeadingZeros && part.count > 1 && part[0] == UInt8(ascii: "0") && isNumeric(part) { return false }
        }
        return true
    }

    private static func isIdentifierByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "-")
    }

    @inline(__always) private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") <= 9 }

    private static func isNumeric(_ text: ByteView) -> Bool { (0..<text.count).allSatisfy { isDigit(text[$0]) } }

    /// Digits without leading zeros compare by length first.
    @inline(__always) private static func compareNumbers(_ left: ByteView, _ right: ByteView) -> Int {
        left.count != right.count ? left.count - right.count : left.compare(right)
    }

    private static func comparePreReleases(_ left: ByteView, _ right: ByteView) -> Int {
        var lefts = VariablePath.Parts(left)
        var rights = VariablePath.Parts(right)
        while true {
            switch (lefts.next(), rights.next()) {
            case (nil, nil): return 0
            case (nil, _): return -1
            case (_, nil): return 1
            case (let a?, let b?):
                let order = compareIdentifiers(a, b)
                if order != 0 { return order }
            }
        }
    }

    private static func compareIdentifiers(_ left: ByteView, _ right: ByteView) -> Int {
        switch (isNumeric(left), isNumeric(right)) {
        case (true, true): compareNumbers(left, right)
        case (true, false): -1
        case (false, true): 1
        case (false, false): left.compare(right)
        }
    }
}

/// A version of three plain numbers, the usual kind, compared without looking at its text again.
struct ReleaseVersion: BitwiseCopyable {
    private let major: UInt64
    private let minor: UInt64
    private let patch: UInt64

    /// Up to so many digits surely fit 64 bits.
    private static let maximumDigits = 19

    /// Reads up to three numbers without pre-release and build; nil for anything else, which may be a version all the same.
    @inline(__always) init?(_ text: ByteView) {
        var position = 0
        if let first = text.isEmpty ? nil : text[0], first | 0x20 == UInt8(ascii: "v") { position = 1 }
        guard let major = ReleaseVersion.number(in: text, &position) else { return nil }
        self.major = major
        var rest: (UInt64, UInt64) = (0, 0)
        if position < text.count {
            guard let minor = ReleaseVersion.numberBehindPoint(in: text, &position) else { return nil }
            rest.0 = minor
        }
        if position < text.count {
            guard let patch = ReleaseVersion.numberBehindPoint(in: text, &position) else { return nil }
            rest.1 = patch
        }
        guard position == text.count else { return nil }
        (minor, patch) = rest
    }

    @inline(__always) private static func numberBehindPoint(in text: ByteView, _ position: inout Int) -> UInt64? {
        guard text[position] == UInt8(ascii: ".") else { return nil }
        position &+= 1
        return number(in: text, &position)
    }

    /// Digits without a leading zero.
    @inline(__always) private static func number(in text: ByteView, _ position: inout Int) -> UInt64? {
        let start = position
        var value: UInt64 = 0
        while position < text.count {
            let digit = text[position] &- UInt8(ascii: "0")
            guard digit <= 9 else { break }
            value = value &* 10 &+ UInt64(digit)
            position &+= 1
        }
        let digits = position &- start
        guard digits > 0, digits <= maximumDigits, digits == 1 || text[start] != UInt8(ascii: "0") else { return nil }
        return value
    }

    @inline(__always) fileprivate func compare(_ other: ReleaseVersion) -> Int {
        if major != other.major { return major < other.major ? -1 : 1 }
        if minor != other.minor { return minor < other.minor ? -1 : 1 }
        return patch == other.patch ? 0 : patch < other.patch ? -1 : 1
    }

    fileprivate func hasSameMajor(as other: ReleaseVersion) -> Bool { major == other.major }

    fileprivate func hasSameMinor(as other: ReleaseVersion) -> Bool { major == other.major && minor == other.minor }
}

/// The comparisons of `sem_ver`.
enum SemanticVersionOperator: UInt8 {
    case equal, notEqual, less, lessOrEqual, greater, greaterOrEqual, sameMajor, sameMinor

    /// Nil for anything but `= != < <= > >= ^ ~`.
    init?(_ text: ByteView) {
        switch text.string {
        case "=": self = .equal
        case "!=": self = .notEqual
        case "<": self = .less
        case "<=": self = .lessOrEqual
        case ">": self = .greater
        case ">=": self = .greaterOrEqual
        case "^": self = .sameMajor
        case "~": self = .sameMinor
        default: return nil
        }
    }

    func holds(_ left: SemanticVersion, _ right: SemanticVersion) -> Bool {
        switch self {
        case .sameMajor: left.hasSameMajor(as: right)
        case .sameMinor: left.hasSameMinor(as: right)
        default: holds(order: left.compare(right))
        }
    }

    @inline(__always) func holds(_ left: ReleaseVersion, _ right: ReleaseVersion) -> Bool {
        switch self {
        case .sameMajor: left.hasSameMajor(as: right)
        case .sameMinor: left.hasSameMinor(as: right)
        default: holds(order: left.compare(right))
        }
    }

    /// Whether an order is what a comparison by precedence asks for.
    @inline(__always) private func holds(order: Int) -> Bool {
        switch self {
        case .equal: order == 0
        case .notEqual: order != 0
        case .less: order < 0
        case .lessOrEqual: order <= 0
        case .greater: order > 0
        default: order >= 0
        }
    }
}

/// The constant data of ``RuleOperation/semanticVersionOfConstant``.
struct VersionConstant: BitwiseCopyable {
    let comparison: SemanticVersionOperator
    let version: SemanticVersion
    /// The same version, when it is of the usual kind.
    let release: ReleaseVersion?
}

extension RuleMachine {
    /// `sem_ver` of three evaluated arguments.
    mutating func semanticVersion(_ arguments: ValueList) -> RuleValue {
        guard arguments.count == 3, arguments[1].kind == .text,
            let comparison = SemanticVersionOperator(arguments[1].text),
            let left = version(arguments[0]), let right = version(arguments[2])
        else { return .null }
        return RuleValue(comparison.holds(left, right))
    }

    /// `sem_ver` whose operator and right side are constants.
    mutating func semanticVersionOfConstant(_ reference: RuleNodeReference) -> RuleValue {
        let constant = unsafe reference.node.constant(VersionConstant.self)
        let child = reference.child(0)
        let value = child.operation == .variable ? variable(child) : evaluate(child)
        read(value)
        if value.kind == .text, let right = unsafe constant.pointee.release, let left = ReleaseVersion(value.text) {
            return RuleValue(unsafe constant.pointee.comparison.holds(left, right))
        }
        guard let left = version(value) else { return .null }
        return RuleValue(unsafe constant.pointee.comparison.holds(left, constant.pointee.version))
    }

    private mutating func version(_ value: RuleValue) -> SemanticVersion? {
        switch value.kind {
        case .text: SemanticVersion(value.text)
        case .integer, .unsigned, .double: SemanticVersion(text(of: value))
        default: nil
        }
    }
}
