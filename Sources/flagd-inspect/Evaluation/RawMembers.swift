import Flagd

/// The members of a JSON object as they stand in its text, so that they can be handed on byte for byte.
struct RawMembers {
    private var members: [(key: String, text: [UInt8])] = []

    /// Takes an object apart.
    ///
    /// - Throws: ``RequestError`` for text that is not JSON, or no object.
    init(_ text: [UInt8]) throws(RequestError) {
        let value: Value
        do throws(JSONError) {
            value = try JSON.parse(text)
        } catch {
            throw RequestError("the line is not JSON: \(error)")
        }
        guard value.structureValue != nil else { throw RequestError("the line is no JSON object") }
        var scanner = Scanner(text: text)
        members = scanner.members()
    }

    /// A member's text, or nil; of duplicate members the last.
    func text(_ key: String) -> [UInt8]? {
        members.last { $0.key.utf8.elementsEqual(key.utf8) }?.text
    }

    /// A member's value, or nil when it is absent or null.
    func value(_ key: String) -> Value? {
        guard let text = text(key), let value = try? JSON.parse(text), !value.isNull else { return nil }
        return value
    }

    /// Walks over text that is known to be a JSON object.
    private struct Scanner {
        let text: [UInt8]
        var position = 0

        init(text: [UInt8]) { self.text = text }

        mutating func members() -> [(key: String, text: [UInt8])] {
            var members: [(key: String, text: [UInt8])] = []
            skip(to: UInt8(ascii: "{"))
            while let key = next() {
                skip(to: UInt8(ascii: ":"))
                guard let value = next() else { break }
                let name = (try? JSON.parse(key))?.stringValue ?? ""
                members.append((name, value))
            }
            return members
        }

        /// The next value's text; nil at the object's end.
        private mutating func next() -> [UInt8]? {
            while position < text.count, isBetween(text[position]) { position += 1 }
            guard position < text.count, text[position] != UInt8(ascii: "}") else { return nil }
            let start = position
            skipValue()
            return Array(text[start..<position])
        }

        private mutating func skipValue() {
            var depth = 0
            repeat {
                switch text[position] {
                case UInt8(ascii: "\""): skipString()
                case UInt8(ascii: "{"), UInt8(ascii: "["):
                    depth += 1
                    position += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"):
                    depth -= 1
                    position += 1
                default: position += 1
                }
            } while position < text.count && (depth > 0 || !isEnd(text[position]))
        }

        private mutating func skipString() {
            position += 1
            while position < text.count, text[position] != UInt8(ascii: "\"") {
                position += text[position] == UInt8(ascii: "\\") ? 2 : 1
            }
            position += 1
        }

        private mutating func skip(to byte: UInt8) {
            while position < text.count, text[position] != byte { position += 1 }
            position += 1
        }

        private func isBetween(_ byte: UInt8) -> Bool { byte == UInt8(ascii: ",") || isSpace(byte) }

        private func isEnd(_ byte: UInt8) -> Bool {
            isBetween(byte) || byte == UInt8(ascii: "}") || byte == UInt8(ascii: ":")
        }

        private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
    }
}

/// A line of the batch mode that cannot be answered.
struct RequestError: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
