import Foundation

/// Where things are: the package, its build products.
public enum PackageLayout {
    /// The package's folder, with symbolic links resolved.
    public static let root: URL = URL(fileURLWithPath: #filePath)
        .resolvingSymlinksInPath()
        .deletingLastPathComponent()  // FlagdTestSupport
        .deletingLastPathComponent()  // Tests
        .deletingLastPathComponent()

    /// The folder of the running test program, where the package's executables are built too.
    public static let products: URL = {
        #if os(Linux)
        let program = "/proc/self/exe"
        #else
        let program = Bundle(for: Anchor.self).bundlePath
        #endif
        return URL(fileURLWithPath: program).resolvingSymlinksInPath().deletingLastPathComponent()
    }()

    /// An executable of this package, built beside the tests.
    public static func executable(_ name: String) throws -> URL {
        let file = products.appendingPathComponent(name)
        let exists = FileManager.default.isExecutableFile(atPath: file.path)
        return try requireOrSkip(
            exists ? file : nil, "the program \(name) beside the tests (swift build --product \(name))")
    }

    private final class Anchor {}
}
