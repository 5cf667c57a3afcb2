package import FlagdTransport

/// The response of a unary call.
package struct GRPCUnaryResponse: Equatable, Sendable {
    /// The message.
    package let message: [UInt8]
    /// The metadata the response began with.
    package let initialMetadata: GRPCMetadata
    /// The metadata the response ended with.
    package let trailingMetadata: GRPCMetadata
}

/// gRPC over one connection.
///
/// It never reconnects: when it has ended, connect another one.
///
/// The last reference, those in streams counted, closes the connection; ``shutdown()`` closes it and waits until everything is
/// released.
package final class GRPCChannel: Sendable {
    private let client: HTTP2Client
    private let monitor: GRPCChannelMonitor

    private init(client: HTTP2Client, monitor: GRPCChannelMonitor) {
        self.client = client
        self.monitor = monitor
    }

    deinit {
        client.perform { $0.beginShutdown() }
    }

    /// Connects, and waits until the server has shown that it speaks HTTP/2.
    ///
    /// - Parameters:
    ///   - endpoint: Where the server is.
    ///   - configuration: How to connect.
    /// - Throws: UNAVAILABLE with target and cause; CANCELLED when the task is; INVALID_ARGUMENT for a target that names nothing.
    package static func connect(
        to endpoint: Endpoint, configuration: TransportConfiguration = TransportConfiguration()
    ) async throws(GRPCStatus) -> GRPCChannel {
        let monitor = GRPCChannelMonitor()
        do throws(TransportError) {
            let client = try await HTTP2Client.connect(to: endpoint, configuration: configuration) { event in
                monitor.received(event)
            }
            return GRPCChannel(client: client, monitor: monitor)
        } catch {
            throw GRPCStatus(error)
        }
    }

    /// Whether new calls can be made: the connection is neither draining nor closed.
    package var isUsable: Bool { monitor.end == .stillOpen }

    /// What has become of the connection so far.
    package var end: GRPCChannelEnd { monitor.end }

    /// Waits until the connection drains or closes; returns at once if it does.
    ///
    /// A cancelled task gets ``GRPCChannelEnd/stillOpen``.
    package func waitForEnd() async -> GRPCChannelEnd {
        await monitor.wait()
    }

    /// Closes the connection: calls end CANCELLED, GOAWAY is sent, the thread ends.
    ///
    /// Returns when everything is released, in less than a second. May be called again.
    package func shutdown() async {
        await client.shutdown()
    }

    /// Makes a call with one message in answer.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - message: The request, encoded.
    ///   - options: Time-out, metadata, limit.
    /// - Throws: The status, whoever decided it. Cancelling the task ends the call at once with CANCELLED.
    package func unary(
        _ method: GRPCMethod, message: [UInt8], options: GRPCCallOptions = GRPCCallOptions()
    ) async throws(GRPCStatus) -> GRPCUnaryResponse {
        let call = try await start(.unary, method, message, options)
        // A unary call has no delivery but its end.
        guard case .end(let end) = await call.next() else {
            throw GRPCStatus(.internalError, "a unary call delivered a message before its end")
        }
        guard end.status.isOK, let message = end.message else { throw end.status }
        return GRPCUnaryResponse(
            message: message, initialMetadata: call.initialMetadata ?? GRPCMetadata(), trailingMetadata: end.trailers)
    }

    /// Opens a stream of messages in answer to one request.
    ///
    /// Returns as soon as the request is on its way; whatever goes wrong is thrown by the stream.
    ///
    /// - Parameters:
    ///   - method: The method.
    ///   - message: The request, encoded.
    ///   - options: Time-out of the whole stream, metadata, limit.
    /// - Throws: RESOURCE_EXHAUSTED for a request that is too long for gRPC; CANCELLED when the task is.
    package func serverStreaming(
        _ method: GRPCMethod, message: [UInt8], options: GRPCCallOptions = GRPCCallOptions()
    ) async throws(GRPCStatus) -> GRPCMessageStream {
        GRPCMessageStream(try await start(.serverStreaming, method, message, options), on: self)
    }

    private func start(
        _ cardinality: GRPCCardinality, _ method: GRPCMethod, _ message: [UInt8], _ options: GRPCCallOptions
    ) async throws(GRPCStatus) -> GRPCCall {
        guard !Task.isCancelled else { throw GRPCStatus(.cancelled, "cancelled before the call began") }
        let body = try GRPCMessageFraming.frame(message)
        let call = GRPCCall(cardinality, options: options, client: client)
        await client.start(call, method: method, body: body, metadata: options.metadata)
        return call
    }
}
