import Flagd
import Foundation

/// Times a push: from a payload's first byte on the wire to the event, beside a plain socket that carries the same bytes.
struct PushBenchmark {
    private var sizes: [Int] = []
    private var repetitions = 21
    private var report: Report

    init(_ arguments: inout Arguments) throws {
        var isTable = false
        while let option = arguments.next() {
            switch option {
            case "--bytes": sizes.append(try arguments.number(of: option))
            case "--repeat": repetitions = try arguments.number(of: option)
            case "--table": isTable = true
            default: throw UsageError(message: "unknown option '\(option)'")
            }
        }
        if sizes.isEmpty { sizes = [252_000, 9_840_000] }
        report = Report(isTable: isTable)
    }

    mutating func run() async throws {
        for size in sizes {
            let payloads = PushBenchmark.payloads(size)
            let plain = try PushBenchmark.plainTimes(payloads[0], repetitions)
            let pushes = try await PushBenchmark.pushTimes(payloads, repetitions)
            report.add([
                ("bench", .text("push")), ("bytes", .count(payloads[0].count)), ("msMedian", .number(pushes.median)),
                ("plainMsMedian", .number(plain.median)), ("ratio", .number(pushes.median / plain.median)),
            ])
        }
        report.finish()
    }

    /// Two payloads of about so many bytes that differ in one flag.
    private static func payloads(_ bytes: Int) -> [[UInt8]] {
        let sample = Workload.mix(1000).count
        let payload = Workload.mix(max(1, bytes * 1000 / sample))
        var other = payload
        let old = Array(#""defaultVariant":"off""#.utf8)
        guard let place = payload.indices.first(where: { payload[$0...].starts(with: old) }) else { return [payload] }
        other.replaceSubrange(place..<(place + old.count), with: Array(#""defaultVariant":"on" "#.utf8))
        return [payload, other]
    }

    private static func pushTimes(_ payloads: [[UInt8]], _ repetitions: Int) async throws -> [Double] {
        let server = try LocalSyncServer()
        defer { server.close() }
        let provider = try FlagdProvider(
            FlagdOptions(host: "127.0.0.1", port: server.port, deadline: .seconds(30)), environment: [:])
        let sender = Sender(server)
        let messages = payloads.map { LocalSyncServer.Message($0) }
        sender.push(messages[0])
        try await provider.initialize()
        var times: [Double] = []
        var events = provider.events.makeAsyncIterator()
        let clock = ContinuousClock()
        for repetition in 1...repetitions {
            let start = clock.now
            sender.push(messages[repetition % messages.count])
            while let event = await events.next() {
                if case .configurationChanged = event { break }
            }
            times.append(milliseconds(clock.now - start))
        }
        await provider.shutdown()
        return times
    }

    /// Sends from a thread of its own, since sending blocks.
    private struct Sender {
        private let server: LocalSyncServer
        private let queue = DispatchQueue(label: "push")

        init(_ server: LocalSyncServer) { self.server = server }

        func push(_ message: LocalSyncServer.Message) {
            let server = server
            queue.async { server.push(message) }
        }
    }

    private static func plainTimes(_ payload: [UInt8], _ repetitions: Int) throws -> [Double] {
        let (listener, port) = try Sockets.listen()
        defer { _ = close(listener) }
        let sending = try Sockets.connect(port: port)
        let receiving = accept(listener, nil, nil)
        defer {
            _ = close(sending)
            _ = close(receiving)
        }
        let queue = DispatchQueue(label: "plain")
        let clock = ContinuousClock()
        return (0..<repetitions).map { _ in
            let start = clock.now
            queue.async { Sockets.write(payload, to: sending) }
            _ = Sockets.read(payload.count, from: receiving)
            return milliseconds(clock.now - start)
        }
    }

    private static func milliseconds(_ time: Duration) -> Double {
        Double(time.components.seconds) * 1e3 + Double(time.components.attoseconds) / 1e15
    }
}
