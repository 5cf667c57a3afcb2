/// Keeps each source's newest good payload in a file, for a start without a server (specification: provider, "Snapshot file").
struct SnapshotStore: Sendable {
    /// The file of the first source; further sources have their number appended.
    let path: String
    /// The largest file accepted, in bytes.
    let limit: Int

    /// Replaces a source's file.
    func write(_ bytes: ArraySlice<UInt8>, source: Int) throws(RegularFile.Failure) {
        try RegularFile.replace(path(source), with: bytes)
    }

    /// A source's file.
    func read(source: Int) throws(RegularFile.Failure) -> [UInt8] {
        try RegularFile.read(path(source), limit: limit).bytes
    }

    private func path(_ source: Int) -> String { source == 0 ? path : "\(path).\(source + 1)" }
}
