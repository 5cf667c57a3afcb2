#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Reads and replaces regular files; never blocks on a FIFO, never follows into a directory or a device.
enum RegularFile {
    /// Why a file cannot be read or written.
    ///
    /// Names the file.
    struct Failure: Error, Equatable, Sendable, CustomStringConvertible {
        /// The file.
        let path: String
        /// What went wrong.
        let reason: String
        /// Whether there is no such file.
        var isMissing = false

        /// File and reason.
        var description: String { "\(path): \(reason)" }
    }

    /// What tells one version of a file from another: contents replaced in place, by rename, or by moving a symbolic link on the way.
    struct Version: Equatable, Sendable {
        var modifiedSeconds: Int64
        var modifiedNanoseconds: Int64
        var size: Int64
        var inode: UInt64
        var device: UInt64
        /// The path without symbolic links; a ConfigMap is swapped by one.
        var resolvedPath: String
    }

    /// The version of the file that stands at the path now.
    static func version(of path: String) throws(Failure) -> Version {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw failure(path) }
        try check(status, path)
        return version(status, resolvedPath: resolved(path) ?? path)
    }

    /// The contents, and the version they belong to.
    ///
    /// - Parameter limit: the largest size accepted, in bytes.
    static func read(_ path: String, limit: Int) throws(Failure) -> (bytes: [UInt8], version: Version) {
        let resolvedPath = resolved(path) ?? path
        // Without O_NONBLOCK opening a FIFO would wait for a writer.
        let descriptor = unsafe open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure(path) }
        defer { _ = close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw failure(path) }
        try check(status, path)
        guard status.st_size <= limit else { throw tooLarge(path, limit) }
        let bytes = try contents(descriptor, expected: Int(status.st_size), limit: limit, path: path)
        return (bytes, version(status, resolvedPath: resolvedPath))
    }

    /// Replaces the file by one with the contents and mode 0600: written beside it, synchronized, then renamed.
    static func replace(_ path: String, with bytes: ArraySlice<UInt8>) throws(Failure) {
        // A name of its own for every writer: they may share the path, and a folder where others put files too.
        let temporary = "\(path).\(String(UInt64.random(in: 0 ... .max), radix: 36)).tmp"
        let descriptor = unsafe open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw failure(temporary) }
        do throws(Failure) {
            defer { _ = close(descriptor) }
            guard fchmod(descriptor, 0o600) == 0 else { throw failure(temporary) }
            try write(bytes, to: descriptor, path: temporary)
            guard fsync(descriptor) == 0 else { throw failure(temporary) }
        } catch {
            _ = unsafe unlink(temporary)
            throw error
        }
        guard unsafe rename(temporary, path) == 0 else {
            let failure = failure(path)
            _ = unsafe unlink(temporary)
            throw failure
        }
    }

    private static func check(_ status: stat, _ path: String) throws(Failure) {
        guard status.st_mode & S_IFMT == S_IFREG else { throw Failure(path: path, reason: "not a regular file") }
    }

    private static func version(_ status: stat, resolvedPath: String) -> Version {
        #if canImport(Darwin)
        let modified = status.st_mtimespec
        #else
        let modified = status.st_mtim
        #endif
        return Version(
            modifiedSeconds: Int64(modified.tv_sec), modifiedNanoseconds: Int64(modified.tv_nsec),
            size: Int64(status.st_size), inode: UInt64(status.st_ino),
            device: UInt64(truncatingIfNeeded: status.st_dev),
            resolvedPath: resolvedPath)
    }

    private static func resolved(_ path: String) -> String? {
        guard let buffer = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(buffer) }
        return unsafe String(cString: buffer)
    }

    /// Reads up to the end; the file may grow meanwhile, but not beyond the limit.
    private static func contents(
        _ descriptor: Int32, expected: Int, limit: Int, path: String
    ) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        // One byte more than expected, so that the end shows without another buffer.
        var capacity = min(expected, limit) + 1
        while true {
            var count = 0
            let chunk = unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, initialized in
                count = retrying { unsafe systemRead(descriptor, buffer.baseAddress, buffer.count) }
                initialized = max(0, count)
            }
            guard count >= 0 else { throw failure(path) }
            if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
            if count == 0 { return bytes }
            guard bytes.count <= limit else { throw tooLarge(path, limit) }
            capacity = min(max(expected - bytes.count, 0) + 1, limit + 1)
        }
    }

    private static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32, path: String) throws(Failure) {
        var offset = 0
        while offset < bytes.count {
            let written = unsafe bytes.withUnsafeBytes { buffer in
                retrying {
                    unsafe systemWrite(descriptor, buffer.baseAddress.map { unsafe $0 + offset }, buffer.count - offset)
                }
            }
            guard written > 0 else { throw failure(path) }
            offset += written
        }
    }

    private static func retrying(_ call: () -> Int) -> Int {
        while true {
            let result = call()
            if result >= 0 || errno != EINTR { return result }
        }
    }

    private static func failure(_ path: String) -> Failure {
        let code = errno
        return Failure(path: path, reason: unsafe String(cString: strerror(code)), isMissing: code == ENOENT)
    }

    private static func tooLarge(_ path: String, _ limit: Int) -> Failure {
        Failure(path: path, reason: "larger than \(limit) bytes")
    }
}

// Named apart from the methods above, which would hide the functions of the C library.
private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    unsafe read(descriptor, buffer, count)
}

private func systemWrite(_ descriptor: Int32, _ buffer: UnsafeRawPointer?, _ count: Int) -> Int {
    unsafe write(descriptor, buffer, count)
}
