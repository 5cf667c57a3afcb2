// swift-tools-version: 6.2

import PackageDescription

// A package of its own, because unsafe flags are not allowed in a package that others depend on. The library's sources
// are compiled again here, through a symbolic link, for coverage and for `package` access.
let library: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .unsafeFlags(["-sanitize=fuzzer"]),
]

let program: [SwiftSetting] = [.swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny")]

let linker: [LinkerSetting] = [.linkedLibrary("stdc++"), .linkedLibrary("m"), .unsafeFlags(["-use-ld=lld"])]

let package = Package(
    name: "flagd-swift",
    targets: [
        .target(name: "FlagdHTTP2", swiftSettings: library),
        .executableTarget(
            name: "http2-fuzz", dependencies: ["FlagdHTTP2"], swiftSettings: program, linkerSettings: linker),
        .executableTarget(
            name: "hpack-fuzz", dependencies: ["FlagdHTTP2"], swiftSettings: program, linkerSettings: linker),
    ]
)
