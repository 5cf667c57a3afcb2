import FlagdHTTP2
package import FlagdTransport

extension GRPCStatus {
    /// The status for a connection that cannot be had, was lost, or does not take the request.
    package init(_ error: TransportError) {
        let code: GRPCStatusCode =
            switch error.kind {
            case .invalidTarget, .invalidRequest: .invalidArgument
            case .cancelled, .shutdown: .cancelled
            case .outputQueueFull: .resourceExhausted
            case .resolution, .connect, .connectTimeout, .resources, .tls, .notHTTP2, .protocolError, .closed, .reset,
                .keepAliveTimeout, .goAway, .goAwayWithError, .tooManyPings, .streamsExhausted:
                .unavailable
            }
        self.init(code, error.description, origin: .transport)
    }

    /// The status for a stream that ended before its response was complete.
    package init(_ failure: StreamFailure) {
        switch failure {
        case .connection(let error): self.init(error)
        case .stream(let failure): self.init(failure)
        }
    }

    private init(_ failure: HTTP2StreamFailure) {
        switch failure {
        case .resetByPeer(let code):
            self.init(
                GRPCStatusMapping.code(forReset: code), "the server reset the stream: \(code)",
                origin: .reset(processed: !failure.isSafeToRetry))
        case .notProcessed:
            self.init(.unavailable, "\(failure)", origin: .reset(processed: false))
        case .headerListTooLarge:
            self.init(.resourceExhausted, "\(failure)")
        case .malformedResponse, .protocolViolation:
            self.init(.internalError, "\(failure)")
        case .connectionFailed, .connectionClosed:
            self.init(.unavailable, "\(failure)", origin: .transport)
        }
    }
}
