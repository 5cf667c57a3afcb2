/// The limits and window sizes of one client connection.
///
/// Values outside the legal range are moved to its edge when the connection is created.
package struct HTTP2Configuration: Sendable, Equatable {
    /// Bytes of DATA the peer may send on a new stream before it needs credit (SETTINGS_INITIAL_WINDOW_SIZE, RFC 9113
    /// section 6.9.2).
    ///
    /// Default 1 MiB.
    package var initialStreamWindow = 1 << 20

    /// Bytes a stream's window may grow to while the receiver keeps up.
    ///
    /// Default 8 MiB.
    package var maximumStreamWindow = 8 << 20

    /// Bytes of DATA the peer may send on all streams together before it needs credit; at least 65 535, which the
    /// protocol grants anyway (RFC 9113 section 6.9.2).
    ///
    /// Default 2 MiB.
    package var connectionWindow = 2 << 20

    /// Bytes the connection's window may grow to while the receivers keep up.
    ///
    /// Default 16 MiB.
    package var maximumConnectionWindow = 16 << 20

    /// Bytes of payload in the longest frame accepted (SETTINGS_MAX_FRAME_SIZE, RFC 9113 section 4.2).
    ///
    /// Default and least value 16 384.
    package var maximumFrameSize = 16_384

    /// Bytes of the table for received header fields (SETTINGS_HEADER_TABLE_SIZE, RFC 7541 section 4.2).
    ///
    /// Default 4096.
    package var headerTableSize = 4096

    /// Bytes used at most of the table the peer offers for sent header fields; 0 turns indexing off.
    ///
    /// Default 4096.
    package var maximumEncoderTableSize = 4096

    /// Size of a decoded header list (RFC 7541 section 4.1) above which its stream fails
    /// (SETTINGS_MAX_HEADER_LIST_SIZE, RFC 9113 section 10.5.1).
    ///
    /// Default 16 KiB.
    package var maximumHeaderListSize = 16 << 10

    /// Size of a header list, decoded or encoded, above which the connection is dropped.
    ///
    /// Default 64 KiB.
    package var hardMaximumHeaderListSize = 64 << 10

    /// CONTINUATION frames accepted in one header block (VU#421644).
    ///
    /// Default 16.
    package var maximumContinuationFrames = 16

    /// Replies the peer can provoke (PING and SETTINGS acknowledgements, RST_STREAM) that may wait for the socket.
    ///
    /// Default 1000.
    package var maximumQueuedReplies = 1000

    /// DATA frames without a data byte accepted in a row on the connection.
    ///
    /// Default 100.
    package var maximumConsecutiveEmptyDataFrames = 100

    /// DATA frames of less than ``smallDataFrameSize`` bytes that may be unread at one time, over all streams: the
    /// budget for the memory that small frames cost beyond their bytes.
    ///
    /// Default 25 600.
    package var maximumUnreadSmallDataFrames = 25_600

    /// Bytes below which a DATA frame counts as small.
    ///
    /// Default 256.
    package var smallDataFrameSize = 256

    /// Interim (1xx) responses accepted on one stream.
    ///
    /// Default 16.
    package var maximumInformationalResponses = 16

    /// Misbehaviours short of a connection error that are tolerated per ``glitchInterval``.
    ///
    /// Default 200.
    package var maximumGlitches = 200

    /// Nanoseconds in which ``maximumGlitches`` are forgiven.
    ///
    /// Default 30 s.
    package var glitchInterval: UInt64 = 30_000_000_000

    /// Entries above which a SETTINGS frame counts as a misbehaviour (CVE-2020-11080); it is still obeyed.
    ///
    /// Default 64.
    package var maximumSettingsEntries = 64

    /// Requests that may wait for the peer's SETTINGS_MAX_CONCURRENT_STREAMS to allow them.
    ///
    /// Default 1000.
    package var maximumQueuedStreams = 1000

    /// Ended streams remembered to tell late frames from misbehaviour.
    ///
    /// Default 100.
    package var maximumRememberedStreams = 100

    /// PINGs that may be unanswered; older ones are forgotten.
    ///
    /// Default 16.
    package var maximumOutstandingPings = 16

    /// Bytes of GOAWAY debug data or of a foreign banner that are reported, escaped.
    ///
    /// Default 256.
    package var maximumDebugDataLength = 256

    /// The defaults of every limit.
    package init() {}
}
