// swift-tools-version: 6.2

import PackageDescription

// A package of its own, because unsafe flags are not allowed in a package that others depend on. The library's sources
// are compiled again here, through symbolic links, for coverage and for `package` access.
let library: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

let program: [SwiftSetting] = [.swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny")]

let linker: [LinkerSetting] = [.linkedLibrary("stdc++"), .linkedLibrary("m"), .unsafeFlags(["-use-ld=lld"])]

let package = Package(
    name: "flagd-swift",
    targets: [
        .target(name: "FlagdHTTP2", swiftSettings: library),
        .target(name: "FlagdTransport", dependencies: ["FlagdHTTP2"], swiftSettings: library),
        .target(
            name: "FlagdGRPC", dependencies: ["FlagdTransport", "FlagdHTTP2"],
            swiftSettings: library + [.unsafeFlags(["-sanitize=fuzzer"])]),
        .executableTarget(
            name: "protobuf-fuzz", dependencies: ["FlagdGRPC"], swiftSettings: program, linkerSettings: linker),
        .executableTarget(
            name: "grpc-fuzz", dependencies: ["FlagdGRPC", "FlagdHTTP2"], swiftSettings: program,
            linkerSettings: linker),
    ]
)
