import Foundation

/// A TCP address that never answers: a listener of 127.0.0.1 whose queue is full, so that the kernel drops further SYNs.
final class BlackHole {
    let port: Int
    private var descriptors: [Int32]

    init() throws {
        let (listener, port) = try RawServer.listen(.ipv4, backlog: 0)
        self.port = port
        descriptors = [listener]
        for _ in 0..<4 {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = UInt16(port).bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    _ = connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            descriptors.append(descriptor)
        }
    }

    deinit {
        for descriptor in descriptors { close(descriptor) }
    }
}
