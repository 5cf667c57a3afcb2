import FlagdGRPC
import FlagdHTTP2

/// libFuzzer's loop; its runtime is linked by `run`.
@_silgen_name("LLVMFuzzerRunDriver")
func runFuzzer(
    _ argumentCount: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// First byte 0 mod 3: the rest is a body, whole and in two kinds of pieces with the same outcome.
///
/// 1 and 2: a unary or a streaming call, the rest are events, each behind a byte that says which and how long.
func test(_ input: [UInt8]) {
    guard let mode = input.first else { return }
    let rest = input.dropFirst()
    switch mode % 3 {
    case 0: testBody(rest, step: Int(mode / 3) + 1)
    case 1: testCall(rest, .unary)
    default: testCall(rest, .serverStreaming)
    }
}

func testBody(_ bytes: ArraySlice<UInt8>, step: Int) {
    let encoding = step % 4 == 0 ? "gzip" : nil
    let whole = outcome(of: [bytes], encoding)
    precondition(outcome(of: bytes.indices.map { bytes[$0...$0] }, encoding) == whole)
    let pieces = stride(from: bytes.startIndex, to: bytes.endIndex, by: step)
    precondition(outcome(of: pieces.map { bytes[$0..<min($0 + step, bytes.endIndex)] }, encoding) == whole)
}

struct Outcome: Equatable {
    var messages: [[UInt8]] = []
    var failure: GRPCStatus?
    var isBetweenMessages = true
}

func outcome(of pieces: [ArraySlice<UInt8>], _ encoding: String?) -> Outcome {
    var deframer = GRPCDeframer(maximumMessageSize: 1 << 26, encoding: encoding)
    var outcome = Outcome()
    var received = 0
    for piece in pieces {
        received += piece.count
        switch deframer.receive(piece) {
        case .messages(let messages):
            precondition(outcome.failure == nil || messages.isEmpty)
            outcome.messages += messages
        case .failed(let messages, let failure):
            precondition(outcome.failure == nil)
            outcome.messages += messages
            outcome.failure = failure
        }
        // Memory follows the bytes that came, not the length a prefix claims; the allocator may round up.
        let allowed = max(GRPCDeframer.firstReservation, received * GRPCDeframer.reservationFactor)
        precondition(deframer.reservedBytes <= allowed * 2)
    }
    outcome.isBetweenMessages = deframer.isBetweenMessages
    return outcome
}

func testCall(_ bytes: ArraySlice<UInt8>, _ cardinality: GRPCCardinality) {
    var call = FuzzedCall(cardinality)
    var rest = bytes
    while let event = rest.popFirst() {
        let endStream = event & 4 != 0
        switch event & 3 {
        case 0: call.headers(fields(&rest), endStream: endStream)
        case 1:
            let count = Int(event >> 3)
            call.data(rest.prefix(count), endStream: endStream)
            rest = rest.dropFirst(count)
        case 2: call.trailers(fields(&rest))
        default: call.other(event >> 2)
        }
    }
}

/// Lines of name and value up to an empty line; what is no UTF-8 comes out as the decoder of HPACK would give it.
func fields(_ bytes: inout ArraySlice<UInt8>) -> [HeaderField] {
    var fields: [HeaderField] = []
    while !bytes.isEmpty {
        let line = bytes.prefix { $0 != 0x0a }
        bytes = bytes.dropFirst(line.count + 1)
        guard !line.isEmpty else { break }
        // A pseudo field's name begins with a colon itself.
        let name = line.prefix(1) + line.dropFirst().prefix { $0 != 0x3a }
        let value = line.dropFirst(name.count + 1)
        fields.append(HeaderField(String(decoding: name, as: UTF8.self), String(decoding: value, as: UTF8.self)))
    }
    return fields
}

var argumentCount = CommandLine.argc
var arguments = CommandLine.unsafeArgv
_ = runFuzzer(&argumentCount, &arguments) { bytes, count in
    test(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}
