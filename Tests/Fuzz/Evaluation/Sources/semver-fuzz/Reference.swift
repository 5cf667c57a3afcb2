/// A version read by taking the text apart, slowly (Semantic Versioning 2.0.0).
struct Reference {
    let numbers: [[UInt8]]
    private let preRelease: [[UInt8]]

    init?(_ text: [UInt8]) {
        var core = text[...]
        if let first = core.first, first == UInt8(ascii: "v") || first == UInt8(ascii: "V") { core = core.dropFirst() }
        var build: ArraySlice<UInt8>?
        if let plus = core.firstIndex(of: UInt8(ascii: "+")) {
            build = core[(plus + 1)...]
            core = core[..<plus]
        }
        var suffix: ArraySlice<UInt8>?
        if let hyphen = core.firstIndex(of: UInt8(ascii: "-")) {
            suffix = core[(hyphen + 1)...]
            core = core[..<hyphen]
        }
        var numbers = Reference.parts(core)
        guard numbers.count <= 3, numbers.allSatisfy({ Reference.isNumber($0) }) else { return nil }
        if numbers.count < 3 && (build != nil || suffix != nil) { return nil }
        while numbers.count < 3 { numbers.append([UInt8(ascii: "0")]) }
        self.numbers = numbers
        preRelease = suffix.map { Reference.parts($0) } ?? []
        let identifiers = preRelease + (build.map { Reference.parts($0) } ?? [])
        guard identifiers.allSatisfy({ Reference.isIdentifier($0) }) else { return nil }
        guard preRelease.allSatisfy({ !Reference.isDigits($0) || Reference.isNumber($0) }) else { return nil }
    }

    /// −1, 0 or 1 by precedence.
    func compare(_ other: Reference) -> Int {
        for (left, right) in zip(numbers, other.numbers) where left != right { return Reference.order(left, right) }
        if preRelease.isEmpty || other.preRelease.isEmpty {
            return preRelease.isEmpty ? (other.preRelease.isEmpty ? 0 : 1) : -1
        }
        for (left, right) in zip(preRelease, other.preRelease) where left != right {
            switch (Reference.isDigits(left), Reference.isDigits(right)) {
            case (true, true): return Reference.order(left, right)
            case (true, false): return -1
            case (false, true): return 1
            case (false, false): return left.lexicographicallyPrecedes(right) ? -1 : 1
            }
        }
        return (preRelease.count - other.preRelease.count).signum()
    }

    private static func parts(_ text: ArraySlice<UInt8>) -> [[UInt8]] {
        text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).map { Array($0) }
    }

    private static func isDigits(_ text: [UInt8]) -> Bool { text.allSatisfy { (0x30...0x39).contains($0) } }

    private static func isNumber(_ text: [UInt8]) -> Bool {
        !text.isEmpty && isDigits(text) && (text.count == 1 || text[0] != 0x30)
    }

    private static func isIdentifier(_ text: [UInt8]) -> Bool {
        !text.isEmpty
            && text.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0) || $0 == 0x2d
            }
    }

    /// The order of two numbers of any length without leading zeros.
    private static func order(_ left: [UInt8], _ right: [UInt8]) -> Int {
        if left.count != right.count { return left.count < right.count ? -1 : 1 }
        return left.lexicographicallyPrecedes(right) ? -1 : left == right ? 0 : 1
    }
}
