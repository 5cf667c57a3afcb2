/// The static table of RFC 7541 appendix A.
enum HPACKStaticTable {
    /// The entries; the first has index 1.
    static let entries: [HeaderField] = [
        HeaderField(":authority", ""), HeaderField(":method", "GET"), HeaderField(":method", "POST"),
        HeaderField(":path", "/"), HeaderField(":path", "/index.html"), HeaderField(":scheme", "http"),
        HeaderField(":scheme", "https"), HeaderField(":status", "200"), HeaderField(":status", "204"),
        HeaderField(":status", "206"), HeaderField(":status", "304"), HeaderField(":status", "400"),
        HeaderField(":status", "404"), HeaderField(":status", "500"), HeaderField("accept-charset", ""),
        HeaderField("accept-encoding", "gzip, deflate"), HeaderField("accept-language", ""),
        HeaderField("accept-ranges", ""), HeaderField("accept", ""), HeaderField("access-control-allow-origin", ""),
        HeaderField("age", ""), HeaderField("allow", ""), HeaderField("authorization", ""),
        HeaderField("cache-control", ""), HeaderField("content-disposition", ""), HeaderField("content-encoding", ""),
        HeaderField("content-language", ""), HeaderField("content-length", ""), HeaderField("content-location", ""),
        HeaderField("content-range", ""), HeaderField("content-type", ""), HeaderField("cookie", ""),
        HeaderField("date", ""), HeaderField("etag", ""), HeaderField("expect", ""), HeaderField("expires", ""),
        HeaderField("from", ""), HeaderField("host", ""), HeaderField("if-match", ""),
        HeaderField("if-modified-since", ""), HeaderField("if-none-match", ""), HeaderField("if-range", ""),
        HeaderField("if-unmodified-since", ""), HeaderField("last-modified", ""), HeaderField("link", ""),
        HeaderField("location", ""), HeaderField("max-forwards", ""), HeaderField("proxy-authenticate", ""),
        HeaderField("proxy-authorization", ""), HeaderField("range", ""), HeaderField("referer", ""),
        HeaderField("refresh", ""), HeaderField("retry-after", ""), HeaderField("server", ""),
        HeaderField("set-cookie", ""), HeaderField("strict-transport-security", ""),
        HeaderField("transfer-encoding", ""), HeaderField("user-agent", ""), HeaderField("vary", ""),
        HeaderField("via", ""), HeaderField("www-authenticate", ""),
    ]

    /// The index of an entry with this name, and of one with this value too.
    static func find(_ field: HeaderField) -> HPACKMatch {
        var match = HPACKMatch()
        for (place, entry) in entries.enumerated() where entry.name.hasSameBytes(as: field.name) {
            if match.name == nil { match.name = place &+ 1 }
            if entry.value.hasSameBytes(as: field.value) {
                match.field = place &+ 1
                break
            }
        }
        return match
    }
}

/// Where a field was found in the tables.
struct HPACKMatch {
    /// The index of an entry with the name.
    var name: Int?
    /// The index of an entry with name and value.
    var field: Int?
}
