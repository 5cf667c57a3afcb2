/// The order in which the addresses of one name are tried.
enum AddressOrder {
    /// Interleaves the families (RFC 8305 section 4, first address family count 1): the resolver's first address stays
    /// first, then the families take turns, each in the resolver's order.
    ///
    /// Duplicates are left out.
    static func interleaved(_ addresses: [SocketAddress]) -> [SocketAddress] {
        var seen: Set<SocketAddress> = []
        let unique = addresses.filter { seen.insert($0).inserted }
        guard let preferred = unique.first?.family else { return [] }
        let first = unique.filter { $0.family == preferred }
        let second = unique.filter { $0.family != preferred }
        var result: [SocketAddress] = []
        result.reserveCapacity(unique.count)
        for index in 0..<max(first.count, second.count) {
            if index < first.count { result.append(first[index]) }
            if index < second.count { result.append(second[index]) }
        }
        return result
    }
}
