#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A file of certificates or of a key, as it was when it was read.
struct TLSFile: Equatable, Sendable {
    /// The longest file that is read: some ten times the authorities of a system.
    static let maximumSize = 4 << 20

    let path: String
    private let bytes: [UInt8]

    /// Reads a file.
    ///
    /// - Parameter what: the words for it in an error, which are clearer than OpenSSL's.
    init(_ path: String, _ what: String) throws(TLSFailure) {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw TLSFailure("the path of the \(what) is empty or malformed")
        }
        self.path = path
        // Without O_NONBLOCK opening a FIFO would wait for a writer, and with it the connection's thread.
        let descriptor = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw TLSFailure("cannot read the \(what) \(path): \(SystemError.last)") }
        defer { Descriptor.close(descriptor) }
        guard Self.isRegular(descriptor) else {
            throw TLSFailure("cannot read the \(what) \(path): not a regular file")
        }
        do throws(SystemError) {
            bytes = try Self.contents(of: descriptor)
        } catch {
            throw TLSFailure("cannot read the \(what) \(path): \(error)")
        }
        if bytes.count > Self.maximumSize {
            throw TLSFailure("the \(what) \(path) is longer than \(Self.maximumSize) bytes")
        }
    }

    private static func isRegular(_ descriptor: Int32) -> Bool {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }

    /// All bytes, or a few more than are allowed.
    private static func contents(of descriptor: Int32) throws(SystemError) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 64 << 10)
        while bytes.count <= maximumSize {
            let count = unsafe chunk.withUnsafeMutableBytes { unsafe read(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw SystemError.last }
            guard count > 0 else { break }
            bytes += chunk.prefix(count)
        }
        return bytes
    }
}

/// What a ``TLSContext`` is made of: contexts of equal material are interchangeable.
struct TLSMaterial: Equatable, Sendable {
    let libraryPath: String?
    /// Nil: those of the system.
    let authorities: TLSFile?
    let certificate: TLSFile?
    let key: TLSFile?

    /// Reads the files that a configuration names.
    init(_ configuration: TLSConfiguration) throws(TLSFailure) {
        libraryPath = configuration.libraryPath
        authorities = try configuration.certificateAuthorityPath.map { path throws(TLSFailure) in
            try TLSFile(path, "certificate authority file")
        }
        guard let path = configuration.clientCertificatePath else {
            if configuration.clientKeyPath != nil {
                throw TLSFailure("a client key is given, but no client certificate")
            }
            certificate = nil
            key = nil
            return
        }
        certificate = try TLSFile(path, "client certificate file")
        key = try TLSFile(configuration.clientKeyPath ?? path, "client key file")
    }

    /// Whether the same files are named, whatever was in them.
    func hasFiles(of other: TLSMaterial) -> Bool {
        libraryPath == other.libraryPath && authorities?.path == other.authorities?.path
            && certificate?.path == other.certificate?.path && key?.path == other.key?.path
    }

    /// Whether no file is named.
    var isSystems: Bool { authorities == nil && certificate == nil }
}
