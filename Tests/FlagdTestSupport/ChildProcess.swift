import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// A program that runs beside a test: one line of standard output at a time, standard input as its leash, standard error in a file.
///
/// The program ends with the test process at the latest: its standard input is then at its end, which a peer must take as the sign
/// to exit. The last reference kills it.
public final class ChildProcess: Sendable {
    /// What went wrong with a program, with the end of its standard error.
    public struct Failure: Error, CustomStringConvertible {
        /// The program, what happened, and the last lines it wrote to standard error.
        public let description: String

        /// Makes a failure.
        public init(description: String) {
            self.description = description
        }
    }

    /// The program's process number.
    public let processIdentifier: Int32

    /// The program's name, for failures.
    public let name: String

    private let errorFile: String
    private let lines = LineQueue()
    private let state: Mutex<State>

    private struct State {
        var input: Int32
        var exitStatus: Int32?
    }

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - executable: The program.
    ///   - arguments: What follows its name.
    ///   - environment: Its whole environment; by default that of the tests.
    public init(
        _ executable: URL, arguments: [String] = [],
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws {
        name = ([executable.lastPathComponent] + arguments.map { ($0 as NSString).lastPathComponent }.prefix(2))
            .joined(separator: " ")
        errorFile = NSTemporaryDirectory() + "/flagd-stderr-\(UInt64.random(in: 0 ... .max))"
        let variables = environment.map { "\($0.key)=\($0.value)" }
        let child = try Spawn.run([executable.path] + arguments, environment: variables, errorFile: errorFile)
        processIdentifier = child.identifier
        state = Mutex(State(input: child.input, exitStatus: nil))
        let queue = lines
        Thread.detachNewThread { queue.read(from: child.output) }
    }

    deinit { discard() }

    /// Ends the program and removes what is left of it, for one that is never released.
    public func discard() {
        kill()
        unlink(errorFile)
    }

    /// The next line of standard output.
    ///
    /// - Parameter limit: How long to wait for it.
    /// - Throws: ``Failure`` when the program ends first, or the time is over.
    public func line(within limit: Duration = .seconds(30)) async throws -> String {
        let queue = lines
        do {
            let line = try await withDeadline(limit, "a line of \(name)") { await queue.next() }
            if let line { return line }
        } catch {
            throw failure("wrote no line within \(limit)")
        }
        throw failure("ended its output")
    }

    /// Writes a line to standard input.
    public func send(_ line: String) throws {
        try state.withLock { state in
            guard state.input >= 0, Self.write(Array((line + "\n").utf8), to: state.input) else {
                throw failure("does not take input any more")
            }
        }
    }

    /// Sends a command line and decodes the line that answers it.
    public func ask<Answer: Decodable>(
        _ command: String, as type: Answer.Type, within limit: Duration = .seconds(30)
    ) async throws -> Answer {
        try send(command)
        let answer = try await line(within: limit)
        do {
            return try JSONDecoder().decode(type, from: Data(answer.utf8))
        } catch {
            throw failure("answered \(command.prefix(200)) with \(answer.prefix(500))")
        }
    }

    /// Stops the program where it is (SIGSTOP): its sockets stay open, and nobody answers.
    public func freeze() { signal(SIGSTOP) }

    /// Lets a frozen program go on (SIGCONT).
    public func thaw() { signal(SIGCONT) }

    /// Ends the program at once (SIGKILL), as a crash would; its connections break without farewell.
    public func kill() {
        closeInput()
        signal(SIGKILL)
        _ = reap(blocking: true)
    }

    /// Lets the leash go, waits for the program to end by itself, and kills it when it does not.
    ///
    /// - Returns: Whether it ended by itself.
    @discardableResult
    public func terminate(within limit: Duration = .seconds(5)) async -> Bool {
        closeInput()
        let exited = (try? await waitForExit(within: limit)) != nil
        kill()
        return exited
    }

    /// Waits for the program's end.
    ///
    /// - Returns: Its exit status, or 128 and the number of the signal that ended it.
    /// - Throws: ``Failure`` when it runs on for longer than `limit`.
    public func waitForExit(within limit: Duration = .seconds(30)) async throws -> Int32 {
        let end = ContinuousClock.now.advanced(by: limit)
        while true {
            if let status = reap(blocking: false) { return status }
            guard ContinuousClock.now < end else { throw failure("still runs after \(limit)") }
            try? await Task.sleep(for: .milliseconds(5))
        }
    }

    /// What the program has written to standard error, its last 4000 bytes.
    public var standardError: String {
        let bytes = FileManager.default.contents(atPath: errorFile) ?? Data()
        return String(decoding: bytes.suffix(4000), as: UTF8.self)
    }

    private func failure(_ what: String) -> Failure {
        Failure(description: "\(name) \(what); its standard error: \(standardError)")
    }

    private func closeInput() {
        state.withLock { state in
            if state.input >= 0 { close(state.input) }
            state.input = -1
        }
    }

    private func signal(_ number: Int32) {
        // Under the lock, so that the number cannot have passed to another process.
        state.withLock { state in
            if state.exitStatus == nil { systemKill(processIdentifier, number) }
        }
    }

    private func reap(blocking: Bool) -> Int32? {
        state.withLock { state in
            if let status = state.exitStatus { return status }
            var status: Int32 = 0
            var result: Int32 = 0
            repeat {
                result = waitpid(processIdentifier, &status, blocking ? 0 : WNOHANG)
            } while result < 0 && errno == EINTR
            guard result != 0 else { return nil }
            let signal = status & 0x7f
            state.exitStatus = signal == 0 ? status >> 8 & 0xff : 128 + signal
            return state.exitStatus
        }
    }

    private static func write(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { sendWithoutSignal(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}

private func systemKill(_ process: Int32, _ signal: Int32) { kill(process, signal) }

/// A child that is gone must cost an error, not the test process (SIGPIPE).
private func sendWithoutSignal(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    #if canImport(Darwin)
    send(descriptor, bytes, count, 0)
    #else
    send(descriptor, bytes, count, Int32(MSG_NOSIGNAL))
    #endif
}

/// Lines read by a thread of their own, handed to one reader.
private final class LineQueue: Sendable {
    private struct State {
        var lines: [String] = []
        var isAtEnd = false
        var reader: CheckedContinuation<String?, Never>?
        var partial: [UInt8] = []
    }

    private let state = Mutex(State())

    /// The next line, or nil at the end, or when the waiting task is cancelled.
    func next() async -> String? {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                state.withLock { state in
                    if !state.lines.isEmpty {
                        continuation.resume(returning: state.lines.removeFirst())
                    } else if state.isAtEnd || Task.isCancelled {
                        continuation.resume(returning: nil)
                    } else {
                        state.reader = continuation
                    }
                }
            }
        } onCancel: {
            state.withLock { $0.reader.take() }?.resume(returning: nil)
        }
    }

    /// Reads to the end of a descriptor and closes it.
    func read(from descriptor: Int32) {
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = buffer.withUnsafeMutableBytes { systemRead(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            receive(buffer[..<count])
        }
        close(descriptor)
        state.withLock { state in
            state.isAtEnd = true
            return state.reader.take()
        }?.resume(returning: nil)
    }

    private func receive(_ bytes: ArraySlice<UInt8>) {
        state.withLock { state in
            for byte in bytes {
                guard byte == 0x0a else {
                    state.partial.append(byte)
                    continue
                }
                let line = String(decoding: state.partial, as: UTF8.self)
                state.partial = []
                if let reader = state.reader.take() {
                    reader.resume(returning: line)
                } else {
                    state.lines.append(line)
                }
            }
        }
    }
}

private func systemRead(_ descriptor: Int32, _ bytes: UnsafeMutableRawPointer?, _ count: Int) -> Int {
    read(descriptor, bytes, count)
}

/// `posix_spawn` with three descriptors and nothing else.
private enum Spawn {
    /// One at a time: between `pipe` and close-on-exec another child must not inherit a leash.
    private static let lock = Mutex(())

    static func run(
        _ arguments: [String], environment: [String], errorFile: String
    ) throws -> (identifier: Int32, input: Int32, output: Int32) {
        try lock.withLock { _ in
            let input = try socketPair()
            let output = try pipe()
            defer {
                close(input.theirs)
                close(output.theirs)
            }
            do {
                let identifier = try spawn(arguments, environment, input.theirs, output.theirs, errorFile)
                return (identifier, input.ours, output.ours)
            } catch {
                close(input.ours)
                close(output.ours)
                throw error
            }
        }
    }

    private static func pipe() throws -> (ours: Int32, theirs: Int32) {
        var ends: [Int32] = [-1, -1]
        guard systemPipe(&ends) == 0 else { throw ChildProcess.Failure(description: "pipe: errno \(errno)") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// A socket instead of a pipe, because only a socket can be written to without the danger of SIGPIPE.
    private static func socketPair() throws -> (ours: Int32, theirs: Int32) {
        #if canImport(Glibc)
        let kind = Int32(SOCK_STREAM.rawValue)
        #else
        let kind = SOCK_STREAM
        #endif
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw ChildProcess.Failure(description: "socketpair: errno \(errno)")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        #if canImport(Darwin)
        var on: Int32 = 1
        setsockopt(ends[0], SOL_SOCKET, SO_NOSIGPIPE, &on, socklen_t(MemoryLayout<Int32>.size))
        #endif
        return (ends[0], ends[1])
    }

    private static func spawn(
        _ arguments: [String], _ environment: [String], _ input: Int32, _ output: Int32, _ errorFile: String
    ) throws -> Int32 {
        #if canImport(Darwin)
        var actions: posix_spawn_file_actions_t?
        var attributes: posix_spawnattr_t?
        #else
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_addopen(&actions, 2, errorFile, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        // The I/O threads of the code under test block all signals; a child must not start like that.
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var identifier: pid_t = 0
        let result = withCStrings(arguments) { argv in
            withCStrings(environment) { envp in
                posix_spawn(&identifier, arguments[0], &actions, &attributes, argv, envp)
            }
        }
        guard result == 0 else {
            throw ChildProcess.Failure(description: "\(arguments[0]) cannot be started: errno \(result)")
        }
        return identifier
    }

    private static func withCStrings<Result>(
        _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        return pointers.withUnsafeMutableBufferPointer { buffer in
            // Never empty: the last element is the null pointer.
            body(buffer.baseAddress.unsafelyUnwrapped)
        }
    }
}

private func systemPipe(_ ends: inout [Int32]) -> Int32 { pipe(&ends) }
