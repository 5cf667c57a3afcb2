/// libFuzzer's loop; its runtime is linked by `run`.
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ argumentCount: UnsafeMutablePointer<Int32>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// Runs a fuzzer with the program's arguments.
public func fuzz(_ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32) {
    var argumentCount = CommandLine.argc
    var arguments = CommandLine.unsafeArgv
    _ = runFuzzer(&argumentCount, &arguments, test)
}
