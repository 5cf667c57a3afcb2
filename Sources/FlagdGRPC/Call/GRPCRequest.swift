package import FlagdHTTP2

/// A method of a service.
package struct GRPCMethod: Hashable, Sendable {
    /// The service's full name, for example `flagd.sync.v1.FlagSyncService`.
    package let service: String

    /// The method's name, for example `SyncFlags`.
    package let name: String

    /// Creates a method.
    package init(service: String, name: String) {
        self.service = service
        self.name = name
    }

    /// The request's `:path`.
    package var path: String { "/\(service)/\(name)" }
}

/// What a caller may choose for one call.
package struct GRPCCallOptions: Sendable {
    /// The default of ``maximumMessageSize``: 64 MiB.
    package static let defaultMaximumMessageSize = 64 << 20

    /// How long the whole call may take, from now to its last message; nil, the default, is without end.
    ///
    /// It is told to the server and kept by this side's own timer.
    package var timeout: Duration?

    /// Metadata for the request.
    ///
    /// Default: none.
    package var metadata: GRPCMetadata

    /// The longest message taken from the server, in bytes.
    ///
    /// Default: 64 MiB.
    package var maximumMessageSize: Int

    /// Creates options; the defaults are those of the properties.
    package init(
        timeout: Duration? = nil, metadata: GRPCMetadata = GRPCMetadata(),
        maximumMessageSize: Int = GRPCCallOptions.defaultMaximumMessageSize
    ) {
        self.timeout = timeout
        self.metadata = metadata
        self.maximumMessageSize = maximumMessageSize
    }
}

/// The library's version, as it shows itself to servers.
package enum LibraryVersion {
    /// The version of this release (semantic versioning 2.0.0).
    package static let current = "0.1.0"

    /// The `user-agent` of every request.
    package static let userAgent = "flagd-swift/\(current)"
}

extension GRPCMethod {
    /// The header fields of a request (gRPC over HTTP/2, "Requests"): pseudo fields, time-out, the rest of the call's
    /// definition, then metadata.
    ///
    /// - Parameters:
    ///   - scheme: `http` or `https`.
    ///   - authority: The value for `:authority`.
    ///   - timeout: What is left of the deadline in nanoseconds, nil without one.
    ///   - metadata: The caller's metadata, checked when it was put together.
    package func requestHeaders(
        scheme: String, authority: String, timeout: UInt64?, metadata: GRPCMetadata
    ) -> [HeaderField] {
        var fields = [
            HeaderField(":method", "POST"),
            HeaderField(":scheme", scheme),
            HeaderField(":path", path),
            HeaderField(":authority", authority),
        ]
        if let timeout {
            fields.append(HeaderField("grpc-timeout", GRPCTimeout.encode(nanoseconds: timeout)))
        }
        fields += [
            HeaderField("te", "trailers"),
            HeaderField("content-type", "application/grpc"),
            HeaderField("grpc-accept-encoding", "identity"),
            HeaderField("user-agent", LibraryVersion.userAgent),
        ]
        return fields + metadata.headerFields
    }
}
