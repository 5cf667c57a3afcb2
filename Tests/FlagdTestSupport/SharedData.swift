import Foundation

/// The test data of other projects: flagd's testbed and the vectors.
///
/// They are not part of this package. They lie in the folder that `FLAGD_SHARED` names, by default `../shared` from the package. Tests that need them are skipped
/// without them (see ``MissingRequirement``).
public enum SharedData {
    /// The folder of the data, whether it exists or not.
    public static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["FLAGD_SHARED"], !path.isEmpty {
            return URL(fileURLWithPath: path, isDirectory: true)
        }
        return PackageLayout.root.deletingLastPathComponent().appendingPathComponent("shared", isDirectory: true)
    }()

    /// A file of the data, such as `testbed/evaluator-cases.jsonl`.
    public static func file(_ path: String) throws -> URL {
        let file = folder.appendingPathComponent(path)
        let exists = FileManager.default.fileExists(atPath: file.path)
        return try requireOrSkip(
            exists ? file : nil, "\(path) in the shared test data (FLAGD_SHARED, now \(folder.path))", kind: .data)
    }

    /// A file's bytes.
    public static func bytes(_ path: String) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: file(path)))
    }

    /// A file's text.
    public static func text(_ path: String) throws -> String {
        String(decoding: try bytes(path), as: UTF8.self)
    }

    /// The lines of a file of JSON lines, as they stand; empty ones are left out.
    ///
    /// Throws for a file without any.
    public static func lines(_ path: String) throws -> [[UInt8]] {
        let lines = try bytes(path).split(separator: UInt8(ascii: "\n")).map([UInt8].init)
        guard !lines.isEmpty else { throw DamagedData("\(path) has no lines") }
        return lines
    }

    /// The lines of a file of JSON lines, decoded.
    public static func lines<Line: Decodable>(_ path: String, as type: Line.Type) throws -> [Line] {
        let decoder = JSONDecoder()
        return try lines(path).enumerated().map { number, line in
            do {
                return try decoder.decode(type, from: Data(line))
            } catch {
                throw DamagedData("\(path), line \(number + 1): \(error)")
            }
        }
    }

    /// Test data that cannot be read.
    public struct DamagedData: Error, CustomStringConvertible {
        /// Which file, and why.
        public let description: String

        /// Says which file, and why.
        public init(_ description: String) { self.description = description }
    }
}
