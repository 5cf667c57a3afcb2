import FlagdGRPC
import FlagdTransport

/// One connection with its stream of flag sets, from connecting to the end.
struct SyncStream: Sendable {
    /// What it says.
    enum Event: Sendable {
        /// A flag set arrived; of the older service it is what its messages have built up.
        case payload(FlagSourcePayload, isLegacy: Bool)
        /// The server wants no new calls on this connection.
        case drains(reason: String)
        /// It has ended; nothing follows.
        case ended(FlagSourceFailure, isTooManyPings: Bool)
    }

    let settings: SyncSettings
    /// What an earlier stream of the older service knew.
    let legacy: LegacyFlagSet
    /// The context of an earlier stream, for a server that cannot tell it now.
    let formerContext: Structure?
    let tell: @Sendable (Event) -> Void

    /// Runs to the end, which is always told; a cancelled task ends it.
    func run() async {
        do throws(GRPCStatus) {
            let options = try await settings.callOptions()
            let channel = try await GRPCChannel.connect(to: settings.endpoint, configuration: settings.transport)
            let failure = await read(channel, options)
            let isTooManyPings = Self.isTooManyPings(channel.end)
            await channel.shutdown()
            tell(.ended(failure, isTooManyPings: isTooManyPings))
        } catch {
            tell(.ended(FlagSourceFailure(error), isTooManyPings: false))
        }
    }

    private func read(_ channel: GRPCChannel, _ options: GRPCCallOptions) async -> FlagSourceFailure {
        let watch = Task {
            if case .draining(let cause) = await channel.waitForEnd(), cause.kind == .goAway {
                tell(.drains(reason: cause.cause))
            }
        }
        let failure: FlagSourceFailure
        do throws(GRPCStatus) {
            try await readStream(FlagSyncClient(channel: channel), options)
            failure = FlagSourceFailure(message: "the server ended the stream")
        } catch {
            failure = FlagSourceFailure(error)
        }
        watch.cancel()
        await watch.value
        return failure
    }

    /// Reads the current service; a server that does not have it is asked for the older one.
    private func readStream(_ client: FlagSyncClient, _ options: GRPCCallOptions) async throws(GRPCStatus) {
        var isFirst = true
        do throws(GRPCStatus) {
            var messages = try await client.syncFlags(request, options: options).makeAsyncIterator()
            guard let first = try await messages.next() else { return }
            isFirst = false
            let context = Locked(SyncContext())
            let mustAsk = take(first, context, client, options)
            async let answer: Void = mustAsk ? ask(context, client, options) : ()
            let failure = await readOn(&messages, context, client, options)
            await answer
            if let failure { throw failure }
        } catch {
            // A local one says that the answer's encoding is not known, not that there is no such service.
            guard isFirst, error.code == .unimplemented, error.origin != .local else { throw error }
            try await readLegacyStream(client, options)
        }
    }

    /// Reads to the end; nil is OK.
    private func readOn(
        _ messages: inout FlagSyncStream<SyncFlagsResponse>.Iterator, _ context: Locked<SyncContext>,
        _ client: FlagSyncClient, _ options: GRPCCallOptions
    ) async -> GRPCStatus? {
        do throws(GRPCStatus) {
            while let message = try await messages.next() { take(message, context, client, options) }
            return nil
        } catch {
            return error
        }
    }

    /// Tells of a message's flag set, unless it must wait; gives whether to ask for the context.
    @discardableResult
    private func take(
        _ message: SyncFlagsResponse, _ context: Locked<SyncContext>, _ client: FlagSyncClient,
        _ options: GRPCCallOptions
    ) -> Bool {
        let sent = message.syncContext.map { Structure($0) }
        return context.withLock { context in
            perform(context.messageArrived(message.flagConfiguration, context: sent), client, options)
        }
    }

    /// Asks a server that sends no context with its flag sets, for half the deadline at most: the flag set waits for it.
    private func ask(
        _ context: Locked<SyncContext>, _ client: FlagSyncClient, _ options: GRPCCallOptions
    ) async {
        var unary = settings.unaryOptions(options)
        unary.timeout = settings.deadline / 2
        var answer: Structure?
        do throws(GRPCStatus) {
            answer = try await client.getMetadata(options: unary, retry: settings.retry).metadata.map { Structure($0) }
        } catch {
            if error.code != .unimplemented { answer = formerContext }
        }
        _ = context.withLock { perform($0.answered(answer), client, options) }
    }

    /// Called under the lock, so that what is told stays in order; gives whether to ask for the context.
    private func perform(
        _ action: SyncContext.Action, _ client: FlagSyncClient, _ options: GRPCCallOptions
    ) -> Bool {
        switch action {
        case .deliver(let flags, let context):
            tell(.payload(payload(flags, context, client, options), isLegacy: false))
        case .ask: return true
        case .wait: break
        }
        return false
    }

    private func payload(
        _ bytes: ArraySlice<UInt8>, _ context: Structure?, _ client: FlagSyncClient, _ options: GRPCCallOptions
    ) -> FlagSourcePayload {
        let (request, unary, retry) = (fetchRequest, settings.unaryOptions(options), settings.retry)
        return FlagSourcePayload(bytes: bytes, syncContext: context) {
            try? await client.fetchAllFlags(request, options: unary, retry: retry).flagConfiguration
        }
    }

    private func legacyPayload(
        _ bytes: ArraySlice<UInt8>, _ client: FlagSyncClient, _ options: GRPCCallOptions
    ) -> FlagSourcePayload {
        let (request, unary, retry) = (fetchRequest, settings.unaryOptions(options), settings.retry)
        return FlagSourcePayload(bytes: bytes) {
            try? await client.fetchAllFlagsV1(request, options: unary, retry: retry).flagConfiguration
        }
    }

    /// Reads the older service, whose messages are increments; a stream that does not begin with a whole set is synchronized first.
    private func readLegacyStream(_ client: FlagSyncClient, _ options: GRPCCallOptions) async throws(GRPCStatus) {
        var legacy = legacy
        var isFirst = true
        var messages = try await client.syncFlagsV1(request, options: options).makeAsyncIterator()
        while let message = try await messages.next() {
            var isChanged = false
            if isFirst, message.state != .all {
                let unary = settings.unaryOptions(options)
                let whole = try await client.fetchAllFlagsV1(fetchRequest, options: unary, retry: settings.retry)
                legacy.replace(whole.flagConfiguration)
                isChanged = true
            }
            isFirst = false
            do throws(JSONError) {
                isChanged = try legacy.apply(message) || isChanged
            } catch {
                throw GRPCStatus(.internalError, "flags of the older service cannot be merged: \(error)")
            }
            guard isChanged, let text = legacy.text else { continue }
            // Each message is within the limit, but not what they add up to.
            guard text.count <= settings.maximumMessageSize else {
                throw GRPCStatus(
                    .resourceExhausted,
                    "the flags of the older service make \(text.count) bytes, more than \(settings.maximumMessageSize)")
            }
            tell(.payload(legacyPayload(text, client, options), isLegacy: true))
        }
    }

    private var request: SyncFlagsRequest {
        SyncFlagsRequest(providerID: settings.providerID, selector: settings.selector)
    }

    private var fetchRequest: FetchAllFlagsRequest {
        FetchAllFlagsRequest(providerID: settings.providerID, selector: settings.selector)
    }

    private static func isTooManyPings(_ end: GRPCChannelEnd) -> Bool {
        switch end {
        case .draining(let cause), .closed(let cause): cause.kind == .tooManyPings
        case .stillOpen: false
        }
    }
}

extension FlagSourceFailure {
    /// The failure that a status tells; its message may be a peer's and becomes one line without control characters.
    init(_ status: GRPCStatus) { self.init(statusCode: status.code.name, message: GRPCText.line(status.message)) }
}

extension Structure {
    /// The same values as an object.
    init(_ context: ProtobufStruct) {
        self.init(members: context.map { ($0.name, Value($0.value)) })
    }
}

extension Value {
    /// The same value; whole numbers that a double holds exactly become integers, as in JSON.
    init(_ value: ProtobufValue) {
        switch value {
        case .null: self = .null
        case .number(let number): self = Int64(exactly: number).map { .integer($0) } ?? .double(number)
        case .string(let text): self = .string(text)
        case .bool(let flag): self = .boolean(flag)
        case .structure(let fields): self = .structure(Structure(fields))
        case .list(let elements): self = .list(elements.map { Value($0) })
        }
    }
}
