/// The life of one response: interim header sections, the final one, DATA, trailers (RFC 9113 section 8.1).
package struct ResponseMachine: Sendable {
    /// What to do with what arrived.
    package enum Action: Equatable, Sendable {
        /// Nothing: an interim response.
        case skip
        /// Hand out the final header section.
        case deliverHeaders
        /// Hand out the bytes.
        case deliverData
        /// Hand out the trailer section.
        case deliverTrailers
        /// Reset the stream, deliver nothing more.
        case fail(MessageViolation)
    }

    private enum State: Sendable {
        /// Before the final header section, after this many interim ones. Can become `.body` or `.ended`.
        case awaitingHeaders(interim: Int)
        /// Between header section and end; counts the body. Can become `.ended`.
        case body(expected: Int?, received: Int)
        /// END_STREAM was seen. Final.
        case ended
    }

    private var state = State.awaitingHeaders(interim: 0)
    private let isHeadRequest: Bool
    private let maximumInformationalResponses: Int

    /// Creates the machine for the response to one request.
    ///
    /// - Parameters:
    ///   - isHeadRequest: whether `content-length` may describe a body that is not sent (RFC 9110 section 8.6).
    ///   - maximumInformationalResponses: 1xx responses accepted.
    package init(isHeadRequest: Bool = false, maximumInformationalResponses: Int = 16) {
        self.isHeadRequest = isHeadRequest
        self.maximumInformationalResponses = maximumInformationalResponses
    }

    /// A header section arrived.
    package mutating func headersReceived(_ fields: [HeaderField], endStream: Bool) -> Action {
        switch state {
        case .awaitingHeaders(let interim):
            do throws(MessageViolation) {
                return try headReceived(ResponseHead(fields), interim: interim, endStream: endStream)
            } catch {
                return .fail(error)
            }
        case .body(let expected, let received):
            return trailersReceived(fields, isComplete: expected == nil || expected == received, endStream: endStream)
        case .ended:
            return .fail(.trailersWithoutEnd)
        }
    }

    /// Body bytes arrived.
    package mutating func dataReceived(_ count: Int, endStream: Bool) -> Action {
        guard case .body(let expected, let received) = state else { return .fail(.dataBeforeHeaders) }
        let (sum, overflow) = received.addingReportingOverflow(count)
        if let expected, overflow || sum > expected || (endStream && sum != expected) {
            return .fail(.contentLengthMismatch)
        }
        state = endStream ? .ended : .body(expected: expected, received: overflow ? .max : sum)
        return .deliverData
    }

    private mutating func headReceived(_ head: ResponseHead, interim: Int, endStream: Bool) -> Action {
        if head.isInformational {
            if endStream { return .fail(.informationalEndsStream) }
            guard interim < maximumInformationalResponses else { return .fail(.tooManyInformationalResponses) }
            state = .awaitingHeaders(interim: interim &+ 1)
            return .skip
        }
        // 304 describes the body it leaves out (RFC 9110 section 15.4.5).
        let hasNoBody = isHeadRequest || head.status == 304
        let expected = hasNoBody ? nil : head.contentLength
        if endStream, expected ?? 0 > 0 { return .fail(.contentLengthMismatch) }
        state = endStream ? .ended : .body(expected: expected, received: 0)
        return .deliverHeaders
    }

    private mutating func trailersReceived(_ fields: [HeaderField], isComplete: Bool, endStream: Bool) -> Action {
        guard endStream else { return .fail(.trailersWithoutEnd) }
        if let violation = ResponseHead.violation(ofTrailers: fields) { return .fail(violation) }
        guard isComplete else { return .fail(.contentLengthMismatch) }
        state = .ended
        return .deliverTrailers
    }
}
