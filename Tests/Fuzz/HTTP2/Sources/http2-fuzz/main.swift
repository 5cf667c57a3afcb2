import FlagdHTTP2

/// libFuzzer's loop; its runtime is linked by `run`.
@_silgen_name("LLVMFuzzerRunDriver")
func runFuzzer(
    _ argumentCount: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// What a server sends before anything can go deeper.
let settings: [UInt8] = {
    var bytes: [UInt8] = []
    FrameWriter.settings([HTTP2Setting(.maximumConcurrentStreams, 4)], into: &bytes)
    return bytes
}()

/// Even first byte: the rest is what a server sends, whole and byte by byte with the same outcome.
///
/// Odd: segments, each behind its length and an action of the driver.
func test(_ input: [UInt8]) {
    guard let mode = input.first else { return }
    let rest = input.dropFirst()
    if mode & 1 == 0 {
        testSegmentation((mode & 2 == 0 ? settings : []) + rest)
    } else {
        testDriver(rest, mode)
    }
}

func testSegmentation(_ bytes: [UInt8]) {
    var whole = FuzzedDriver(streams: 3)
    whole.receive(bytes[...])
    var single = FuzzedDriver(streams: 3)
    for place in bytes.indices { single.receive(bytes[place...place]) }
    precondition(whole.events == single.events)
}

func testDriver(_ bytes: ArraySlice<UInt8>, _ mode: UInt8) {
    var driver = FuzzedDriver(streams: 2)
    if mode & 2 == 0 { driver.receive(settings[...]) }
    var rest = bytes
    while let count = rest.popFirst(), let action = rest.popFirst() {
        driver.receive(rest.prefix(Int(count)))
        rest = rest.dropFirst(Int(count))
        driver.act(action)
    }
}

var argumentCount = CommandLine.argc
var arguments = CommandLine.unsafeArgv
_ = runFuzzer(&argumentCount, &arguments) { bytes, count in
    test(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}
