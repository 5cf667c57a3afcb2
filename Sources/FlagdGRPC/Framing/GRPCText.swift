/// Text from a peer, made fit for an error message or a log line.
package enum GRPCText {
    /// At most this many bytes of a peer's text are shown.
    package static let maximumShown = 120

    /// At most this many bytes of a status message are shown in one line.
    package static let maximumLine = 1_000

    /// The text as one line: control characters escaped as `\xNN`, cut to ``maximumLine`` bytes, everything else as it is.
    package static func line(_ text: String) -> String {
        var result = ""
        var length = 0
        for scalar in text.unicodeScalars {
            length += UTF8.width(scalar)
            guard length <= maximumLine else { return result + "…" }
            if scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) {
                result += scalar.value < 0x10 ? "\\x0" : "\\x"
                result += String(scalar.value, radix: 16)
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result
    }

    /// The text in quotation marks, cut to ``maximumShown`` bytes, everything but printable ASCII escaped as `\xNN`.
    package static func shown(_ text: String) -> String {
        var result = "\""
        for byte in text.utf8.prefix(maximumShown) {
            if byte == 0x22 || byte == 0x5c || !(0x20...0x7e).contains(byte) {
                result += byte < 0x10 ? "\\x0" : "\\x"
                result += String(byte, radix: 16)
            } else {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            }
        }
        return text.utf8.count > maximumShown ? result + "\"…" : result + "\""
    }
}
