import FlagdGRPC
import FlagdTransport

extension GRPCFlagSource {
    /// Fetches the whole flag set once, on a connection of its own, within the deadline.
    ///
    /// Tried up to four times after UNAVAILABLE and UNKNOWN (specification: provider, "gRPC source").
    ///
    /// - Throws: ``FlagSourceFailure`` with the status code's name.
    public func fetchAllFlags() async throws(FlagSourceFailure) -> [UInt8] {
        do throws(GRPCStatus) {
            let settings = settings
            return try await retrying(settings.retry, timeout: settings.deadline) { timeout throws(GRPCStatus) in
                try await Self.fetch(settings, timeout: timeout ?? settings.deadline)
            }
        } catch {
            throw FlagSourceFailure(error)
        }
    }

    private static func fetch(_ settings: SyncSettings, timeout: Duration) async throws(GRPCStatus) -> [UInt8] {
        let end = MonotonicTime.now.advanced(by: timeout)
        var options = try await settings.callOptions()
        var transport = settings.transport
        transport.connectTimeout = min(transport.connectTimeout, timeout)
        let channel = try await GRPCChannel.connect(to: settings.endpoint, configuration: transport)
        options.timeout = end.elapsed(since: .now)
        let result = await result(FlagSyncClient(channel: channel), settings, options)
        await channel.shutdown()
        return try result.get()
    }

    private static func result(
        _ client: FlagSyncClient, _ settings: SyncSettings, _ options: GRPCCallOptions
    ) async -> Result<[UInt8], GRPCStatus> {
        let request = FetchAllFlagsRequest(providerID: settings.providerID, selector: settings.selector)
        do throws(GRPCStatus) {
            return .success(Array(try await client.fetchAllFlags(request, options: options).flagConfiguration))
        } catch {
            guard error.code == .unimplemented else { return .failure(error) }
            let legacy = try? await client.fetchAllFlagsV1(request, options: options)
            return legacy.map { .success(Array($0.flagConfiguration)) } ?? .failure(error)
        }
    }
}

extension FlagdProvider {
    /// Fetches the whole flag set from the server once, without using it and without ``initialize()``: for tools.
    ///
    /// - Throws: ``FlagdError``: ``FlagdError/Code/notReady`` with target and status, ``FlagdError/Code/configuration`` when the source
    ///   is no sync server.
    public func fetchAllFlags() async throws(FlagdError) -> [UInt8] {
        guard let source = engine.parts.sources.lazy.compactMap({ $0 as? GRPCFlagSource }).first else {
            throw FlagdError(
                .configuration, "option resolver is '\(configuration.resolver.value)': there is no server to ask")
        }
        do throws(FlagSourceFailure) {
            return try await source.fetchAllFlags()
        } catch {
            throw FlagdError(.notReady, "\(source.label): \(error)")
        }
    }
}
