/// The flag sync services, typed: `flagd.sync.v1.FlagSyncService` and the older `sync.v1.FlagSyncService`.
package struct FlagSyncClient: Sendable {
    /// The header that carries the selector beside the request's body.
    ///
    /// flagd prefers it; flagd-proxy reads only the body.
    package static let selectorHeader = "flagd-selector"

    private static let service = "flagd.sync.v1.FlagSyncService"
    private static let legacyService = "sync.v1.FlagSyncService"

    private let channel: GRPCChannel

    /// Makes calls on a channel.
    package init(channel: GRPCChannel) {
        self.channel = channel
    }

    /// Opens the stream of flag sets.
    ///
    /// - Parameters:
    ///   - request: Who asks for what.
    ///   - options: `timeout` is the whole stream's.
    package func syncFlags(
        _ request: SyncFlagsRequest, options: GRPCCallOptions = GRPCCallOptions()
    ) async throws(GRPCStatus) -> FlagSyncStream<SyncFlagsResponse> {
        let method = GRPCMethod(service: Self.service, name: "SyncFlags")
        let options = Self.adding(request.selector, to: options)
        return FlagSyncStream(
            try await channel.serverStreaming(method, message: request.encoded(), options: options))
    }

    /// Opens the older service's stream.
    ///
    /// - Parameters:
    ///   - request: Who asks for what.
    ///   - options: `timeout` is the whole stream's.
    package func syncFlagsV1(
        _ request: SyncFlagsRequest, options: GRPCCallOptions = GRPCCallOptions()
    ) async throws(GRPCStatus) -> FlagSyncStream<LegacySyncFlagsResponse> {
        let method = GRPCMethod(service: Self.legacyService, name: "SyncFlags")
        let options = Self.adding(request.selector, to: options)
        return FlagSyncStream(
            try await channel.serverStreaming(method, message: request.encoded(), options: options))
    }

    /// Fetches the flag set once.
    ///
    /// - Parameters:
    ///   - request: Who asks for what.
    ///   - options: `timeout` is for all attempts together.
    ///   - retry: When to try again; by default never. There are no attempts on a channel that has ended.
    package func fetchAllFlags(
        _ request: FetchAllFlagsRequest, options: GRPCCallOptions = GRPCCallOptions(), retry: GRPCRetryPolicy = .none
    ) async throws(GRPCStatus) -> FetchAllFlagsResponse {
        let method = GRPCMethod(service: Self.service, name: "FetchAllFlags")
        return try await unary(method, request.encoded(), Self.adding(request.selector, to: options), retry)
    }

    /// Fetches the older service's flag set once.
    ///
    /// - Parameters:
    ///   - request: Who asks for what.
    ///   - options: `timeout` is for all attempts together.
    ///   - retry: As in ``fetchAllFlags(_:options:retry:)``.
    package func fetchAllFlagsV1(
        _ request: FetchAllFlagsRequest, options: GRPCCallOptions = GRPCCallOptions(), retry: GRPCRetryPolicy = .none
    ) async throws(GRPCStatus) -> FetchAllFlagsResponse {
        let method = GRPCMethod(service: Self.legacyService, name: "FetchAllFlags")
        return try await unary(method, request.encoded(), Self.adding(request.selector, to: options), retry)
    }

    /// Asks for the context values of servers that send no `sync_context`.
    ///
    /// - Parameters:
    ///   - request: The request, which says nothing.
    ///   - options: `timeout` is for all attempts together.
    ///   - retry: As in ``fetchAllFlags(_:options:retry:)``.
    /// - Throws: UNIMPLEMENTED by servers that do not offer it.
    package func getMetadata(
        _ request: GetMetadataRequest = GetMetadataRequest(), options: GRPCCallOptions = GRPCCallOptions(),
        retry: GRPCRetryPolicy = .none
    ) async throws(GRPCStatus) -> GetMetadataResponse {
        let method = GRPCMethod(service: Self.service, name: "GetMetadata")
        return try await unary(method, request.encoded(), options, retry)
    }

    private func unary<Response: ProtobufDecodable>(
        _ method: GRPCMethod, _ message: [UInt8], _ options: GRPCCallOptions, _ retry: GRPCRetryPolicy
    ) async throws(GRPCStatus) -> Response {
        let channel = channel
        return try await retrying(
            retry, timeout: options.timeout, isWorthwhile: { channel.isUsable }
        ) { timeout throws(GRPCStatus) in
            var options = options
            options.timeout = timeout
            return try decode(try await channel.unary(method, message: message, options: options).message)
        }
    }

    /// Adds the selector's header, unless the selector is empty or no legal header value: then the body alone carries it.
    private static func adding(_ selector: String, to options: GRPCCallOptions) -> GRPCCallOptions {
        guard !selector.isEmpty else { return options }
        var options = options
        try? options.metadata.append(name: selectorHeader, text: selector)
        return options
    }
}
