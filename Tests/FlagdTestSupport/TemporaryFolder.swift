import Foundation

/// A folder of a test's own, removed when the last reference goes.
///
/// Its path is short, because a unix socket's path has room for little more than a hundred bytes.
public final class TemporaryFolder: Sendable {
    /// The folder.
    public let url: URL

    /// Makes a new empty folder, readable by this user only.
    public init() throws {
        url = FileManager.default.temporaryDirectory
            .appendingPathComponent("flagd-\(UInt64.random(in: 0 ... .max))", isDirectory: true)
        try FileManager.default.createDirectory(
            at: url, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    deinit { remove() }

    /// Removes the folder, for one that is never released.
    public func remove() { try? FileManager.default.removeItem(at: url) }

    /// The path of a file in the folder.
    public func path(_ name: String) -> String { url.appendingPathComponent(name).path }

    /// Writes a file into the folder and gives its path.
    ///
    /// The file is replaced at once, never seen half-written.
    @discardableResult
    public func write(_ bytes: some Collection<UInt8>, to name: String) throws -> String {
        let file = url.appendingPathComponent(name)
        try Data(bytes).write(to: file, options: .atomic)
        return file.path
    }
}
