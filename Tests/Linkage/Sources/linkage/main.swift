import Flagd

// Uses the library as a program does that nobody told of its parts; prints what .ci/check-linkage expects.
let source = InMemoryFlagSource(
    """
    {"flags":{"color":{"state":"ENABLED","variants":{"b":"blue","g":"green"},"defaultVariant":"g",
    "targeting":{"if":[{"==":[{"var":"tier"},"gold"]},"b"]}}}}
    """)
let provider = try FlagdProvider(FlagdOptions(sources: [source]), environment: [:])
try await provider.initialize()
print(provider.stringValue("color", default: "none", context: ["tier": "gold"]))
await provider.shutdown()
