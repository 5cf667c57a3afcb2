import Foundation

/// Programs that the tests run beside the package's own: servers, proxies, compilers.
public enum Tool {
    /// A program by its name, searched in `PATH` and where servers are installed.
    ///
    /// - Parameters:
    ///   - name: The program, such as `nginx`.
    ///   - package: The Debian package that brings it, for the line that says what is missing.
    public static func find(_ name: String, package: String? = nil) throws -> URL {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let found = "\(path):/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin".split(separator: ":")
            .map { URL(fileURLWithPath: String($0)).appendingPathComponent(name) }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
        return try requireOrSkip(found, "the program \(name) (Debian package \(package ?? name))")
    }

    /// A Python that has grpcio and protobuf: the one `FLAGD_PYTHON` names, or the virtual environment that `Tests/run` makes.
    public static func pythonWithGRPC() throws -> URL {
        let environment = ProcessInfo.processInfo.environment
        let python =
            environment["FLAGD_PYTHON"].map { URL(fileURLWithPath: $0) }
            ?? PackageLayout.root.appendingPathComponent(".build/venv/bin/python")
        let works = FileManager.default.isExecutableFile(atPath: python.path)
        return try requireOrSkip(
            works ? python : nil, "a Python with grpcio (Tests/run installs it; FLAGD_PYTHON names one)")
    }

    /// A C compiler: the one `CC` names, `cc` or `clang`.
    public static func cCompiler() throws -> URL {
        let names = [ProcessInfo.processInfo.environment["CC"], "cc", "clang", "gcc"].compactMap(\.self)
        let found = names.lazy.compactMap { try? find($0) }.first
        return try requireOrSkip(found, "a C compiler (Debian package gcc)")
    }
}
