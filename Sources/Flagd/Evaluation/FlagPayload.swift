/// What a source delivers: a payload as it arrived, and the context that came with it.
struct FlagPayload: Sendable {
    /// The JSON text.
    let bytes: ArraySlice<UInt8>
    /// The stream's `sync_context`, merged over the caller's context.
    let syncContext: Structure?

    init(bytes: ArraySlice<UInt8>, syncContext: Structure? = nil) {
        self.bytes = bytes
        self.syncContext = syncContext
    }

    init(bytes: [UInt8], syncContext: Structure? = nil) { self.init(bytes: bytes[...], syncContext: syncContext) }
}

/// Keeps a payload's bytes for the views into them.
///
/// Invariant: the slice is never written to, so that its buffer stays where it is for as long as this object lives.
final class PayloadStorage: Sendable {
    private let bytes: ArraySlice<UInt8>
    let view: ByteView

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        view = unsafe bytes.withUnsafeBufferPointer { unsafe ByteView($0) }
    }
}
