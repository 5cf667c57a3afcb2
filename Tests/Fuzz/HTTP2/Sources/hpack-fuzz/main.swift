import FlagdHTTP2

/// libFuzzer's loop; its runtime is linked by `run`.
@_silgen_name("LLVMFuzzerRunDriver")
func runFuzzer(
    _ argumentCount: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// Decodes the input as header blocks; what was decoded must come back from encoding and decoding it.
func test(_ input: [UInt8]) {
    var decoder = HPACKDecoder(softLimit: 4000, hardLimit: 16_000)
    var encoder = HPACKEncoder()
    var peer = HPACKDecoder()
    for (number, block) in input.split(separator: 0xf7, omittingEmptySubsequences: false).enumerated() {
        guard let list = try? decoder.decode(Array(block).span) else { return }
        precondition(list.size <= 16_000)
        precondition(decoder.dynamicTable.size <= decoder.dynamicTable.maximumSize)
        if number % 3 == 2 { encoder.tableSizeOffered(block.count &* 97) }
        var encoded: [UInt8] = []
        encoder.encode(list.fields, into: &encoded)
        guard let again = try? peer.decode(encoded.span) else { preconditionFailure("own block is rejected") }
        precondition(again.fields.map { [$0.name, $0.value] } == list.fields.map { [$0.name, $0.value] })
        precondition(peer.dynamicTable.size == encoder.dynamicTable.size)
    }
}

var argumentCount = CommandLine.argc
var arguments = CommandLine.unsafeArgv
_ = runFuzzer(&argumentCount, &arguments) { bytes, count in
    test(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}
