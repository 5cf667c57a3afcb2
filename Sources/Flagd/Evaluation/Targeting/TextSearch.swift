/// Searching and counting in UTF-8.
enum TextSearch {
    /// Whether a text occurs in another.
    ///
    /// An empty one occurs everywhere. O(n + m) at worst.
    static func contains(_ needle: ByteView, in haystack: ByteView) -> Bool {
        if needle.isEmpty { return true }
        var attempts = 0
        var start = 0
        while let found = haystack.firstIndex(of: needle[0], from: start), found + needle.count <= haystack.count {
            if haystack[found..<(found + needle.count)] == needle { return true }
            start = found + 1
            attempts += 1
            // Long needles that almost match everywhere would make this quadratic.
            if attempts > 16 && needle.count > 32 { return linearContains(needle, in: haystack, from: start) }
        }
        return false
    }

    /// Knuth, Morris and Pratt's search.
    private static func linearContains(_ needle: ByteView, in haystack: ByteView, from start: Int) -> Bool {
        let borders = borders(of: needle)
        var matched = 0
        for position in start..<max(start, haystack.count) {
            while matched > 0 && needle[matched] != haystack[position] { matched = borders[matched - 1] }
            if needle[matched] == haystack[position] { matched += 1 }
            if matched == needle.count { return true }
        }
        return false
    }

    /// For each prefix the length of its longest proper prefix that is also its suffix.
    private static func borders(of needle: ByteView) -> [Int] {
        var borders = Array(repeating: 0, count: needle.count)
        var length = 0
        for position in 1..<max(1, needle.count) {
            while length > 0 && needle[length] != needle[position] { length = borders[length - 1] }
            if needle[length] == needle[position] { length += 1 }
            borders[position] = length
        }
        return borders
    }

    /// How many Unicode scalars a text has.
    static func scalarCount(_ text: ByteView) -> Int {
        var count = 0
        for index in 0..<text.count where text[index] & 0xc0 != 0x80 { count += 1 }
        return count
    }

    /// Where a scalar begins; the end of the text when it has fewer.
    static func offset(ofScalar number: Int, in text: ByteView) -> Int {
        var seen = -1
        for index in 0..<text.count where text[index] & 0xc0 != 0x80 {
            seen += 1
            if seen == number { return index }
        }
        return text.count
    }
}
