import FlagdTestSupport

@testable import Flagd

/// A case of flagd's testbed: a flag, a context, and what the evaluation must say.
struct TestbedCase {
    let id: String
    let tags: [String]
    let flagKey: String
    let type: String
    let defaultValue: Value
    let context: Structure
    let enrichedContext: Structure
    let selector: String?
    let expected: Structure
    /// The same flags as a user's file and as flagd sends them.
    let payloads: [String]

    /// Reads the cases of a file, without those that contradict newer ones.
    static func load(_ path: String) throws -> [TestbedCase] {
        try SharedData.lines(path).map { try TestbedCase(try JSON.parse($0)) }.filter {
            !$0.tags.contains("deprecated")
        }
    }

    private init(_ line: Value) throws {
        func member(_ name: String) throws -> Value {
            guard let value = line.structureValue?[name] else {
                throw SharedData.DamagedData("a case has no \(name): \(JSON.text(of: line))")
            }
            return value
        }
        func text(_ name: String) throws -> String { try member(name).stringValue ?? "" }
        id = try text("id")
        tags = try member("tags").listValue?.compactMap(\.stringValue) ?? []
        flagKey = try text("flagKey")
        type = try text("type")
        defaultValue = try member("default")
        context = try member("context").structureValue ?? [:]
        enrichedContext = try member("enrichedContext").structureValue ?? [:]
        selector = try member("options").structureValue?["selector"]?.stringValue
        expected = try member("expect").structureValue ?? [:]
        payloads = [try text("flagsFile"), try text("wireFile")]
    }

    /// The algorithm that the case's tag asks for.
    var fractionalVersion: FractionalVersion {
        if tags.contains("fractional-v1") { return .v1 }
        if tags.contains("fractional-v3") { return .v3 }
        return .v2
    }
}

/// What an evaluation said, of whatever type.
struct Outcome {
    let value: Value
    let reason: String
    let errorCode: String?
    let metadata: Structure

    init<Resolved>(_ details: ResolutionDetails<Resolved>, _ value: (Resolved) -> Value) {
        self.value = value(details.value)
        reason = details.reason.rawValue
        errorCode = details.errorCode?.rawValue
        metadata = Structure(members: details.flagMetadata.map { ($0.key, $0.value.value) })
    }
}
