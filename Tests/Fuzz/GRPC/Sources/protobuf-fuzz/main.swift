import FlagdGRPC

/// libFuzzer's loop; its runtime is linked by `run`.
@_silgen_name("LLVMFuzzerRunDriver")
func runFuzzer(
    _ argumentCount: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// Small limits, so that short inputs reach them.
let limits = ProtobufLimits(maximumDepth: 12, maximumValues: 60)

/// Decodes the input as each message, and checks what the decoder promises.
func test(_ input: [UInt8]) {
    testFields(input)
    testSyncFlags(input)
    _ = try? FetchAllFlagsResponse(protobuf: input[...], limits: limits)
    _ = try? LegacySyncFlagsResponse(protobuf: input[...], limits: limits)
    let metadata = try? GetMetadataResponse(protobuf: input[...], limits: limits)
    if let values = metadata?.metadata { testRoundTrip(values) }
    if let value = try? ProtobufValue(protobuf: input[...], limits: limits) { testRoundTrip(value) }
    testMerging(input)
}

/// The fields' bytes lie one behind the other inside the message.
func testFields(_ input: [UInt8]) {
    var reader = ProtobufReader(input[...], maximumDepth: limits.maximumDepth)
    var end = 0
    while let field = try? reader.nextField() {
        precondition((1..<1 << 29).contains(field.number))
        guard case .bytes(let bytes) = field.value else { continue }
        precondition(bytes.startIndex > end && bytes.endIndex <= input.count)
        end = bytes.endIndex
    }
}

/// The configuration is a piece of the message, and UTF-8.
func testSyncFlags(_ input: [UInt8]) {
    guard let response = try? SyncFlagsResponse(protobuf: input[...], limits: limits) else { return }
    let text = response.flagConfiguration
    precondition(text.isEmpty || input[text.indices].elementsEqual(text))
    precondition(String(validating: text, as: UTF8.self) != nil)
    if let context = response.syncContext { testRoundTrip(context) }
}

/// A struct comes back from encoding and decoding it.
func testRoundTrip(_ structure: ProtobufStruct) {
    let again = try? ProtobufStruct(protobuf: FuzzedEncoding.encode(structure)[...])
    precondition(again.map { isSame($0, structure) } ?? false)
}

/// A value comes back from encoding and decoding it.
func testRoundTrip(_ value: ProtobufValue) {
    let again = try? ProtobufValue(protobuf: FuzzedEncoding.encode(value)[...])
    precondition(again.map { isSame($0, value) } ?? false)
}

/// Two messages one behind the other are the merged message (protobuf encoding specification, "Last One Wins").
func testMerging(_ input: [UInt8]) {
    guard let cut = input.first.map({ Int($0) % input.count }) else { return }
    let (first, second) = (input[..<cut], input[cut...])
    guard var merged = try? SyncFlagsResponse(protobuf: first), (try? SyncFlagsResponse(protobuf: second)) != nil
    else { return }
    var budget = ProtobufBudget(.standard)
    guard (try? merged.merge(second, budget: &budget)) != nil else { return }
    guard let whole = try? SyncFlagsResponse(protobuf: input[...]) else { preconditionFailure("the whole is refused") }
    precondition(whole.flagConfiguration.elementsEqual(merged.flagConfiguration))
    precondition((whole.syncContext == nil) == (merged.syncContext == nil))
    if let left = whole.syncContext, let right = merged.syncContext { precondition(isSame(left, right)) }
}

var argumentCount = CommandLine.argc
var arguments = CommandLine.unsafeArgv
_ = runFuzzer(&argumentCount, &arguments) { bytes, count in
    test(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}
