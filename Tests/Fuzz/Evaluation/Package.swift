// swift-tools-version: 6.2

import PackageDescription

// A package of its own, because unsafe flags are not allowed in a package that others depend on. The library's sources
// are compiled again here, through symbolic links, for coverage and for internal access.
let library: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .unsafeFlags(["-sanitize=fuzzer", "-enable-testing"]),
]

let program: [SwiftSetting] = [.swiftLanguageMode(.v6), .enableUpcomingFeature("ExistentialAny")]

let linker: [LinkerSetting] = [.linkedLibrary("stdc++"), .linkedLibrary("m"), .unsafeFlags(["-use-ld=lld"])]

let programs = ["json-fuzz", "rule-fuzz", "cbor-fuzz", "semver-fuzz"]

let package = Package(
    name: "flagd-swift",
    targets: [
        // All that the evaluation knows: every file of OpenFeature but the protocol that providers implement.
        .target(name: "Flagd", swiftSettings: library),
        .target(name: "FuzzSupport", swiftSettings: program),
    ]
        + programs.map {
            .executableTarget(
                name: $0, dependencies: ["Flagd", "FuzzSupport"], swiftSettings: program, linkerSettings: linker)
        }
)
