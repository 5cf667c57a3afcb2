/// Finds what somebody may have meant.
enum Spelling {
    /// The word that is at most two edits away, the nearest first, or one that begins with the given word.
    static func nearest(to word: String, among words: [String]) -> String? {
        let near = words.map { (word: $0, distance: distance(word, $0)) }.min { $0.distance < $1.distance }
        if let near, near.distance <= 2, near.distance < word.count { return near.word }
        return word.isEmpty ? nil : words.first { $0.hasPrefix(word) }
    }

    /// How many characters must be inserted, removed or replaced to make one word of the other (Levenshtein).
    static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let replaced = diagonal + (a == b ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, row[j] + 1, row[j + 1] + 1)
            }
        }
        return row[right.count]
    }
}
