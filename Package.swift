// swift-tools-version: 6.2

import PackageDescription

let settings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .strictMemorySafety(),
]

let testSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
]

let package = Package(
    name: "flagd-swift",
    platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
    products: [
        .library(name: "Flagd", targets: ["Flagd"]),
        .executable(name: "flagd-inspect", targets: ["flagd-inspect"]),
    ],
    targets: [
        .target(name: "FlagdHTTP2", swiftSettings: settings),
        .target(name: "FlagdTransport", dependencies: ["FlagdHTTP2"], swiftSettings: settings),
        .target(name: "FlagdGRPC", dependencies: ["FlagdTransport", "FlagdHTTP2"], swiftSettings: settings),
        .target(
            name: "Flagd", dependencies: ["FlagdGRPC", "FlagdTransport", "FlagdHTTP2"], swiftSettings: settings),
        .executableTarget(name: "flagd-inspect", dependencies: ["Flagd"], swiftSettings: settings),
        .executableTarget(name: "flagd-benchmark", dependencies: ["Flagd"], swiftSettings: settings),
        .target(name: "FlagdTestSupport", path: "Tests/FlagdTestSupport", swiftSettings: testSettings),
        .testTarget(
            name: "FlagdHTTP2Tests", dependencies: ["FlagdHTTP2", "FlagdTestSupport"], swiftSettings: testSettings),
        .testTarget(
            name: "FlagdTransportTests",
            dependencies: ["FlagdTransport", "FlagdHTTP2", "FlagdTestSupport"], swiftSettings: testSettings),
        .testTarget(
            name: "FlagdGRPCTests",
            dependencies: ["FlagdGRPC", "FlagdTransport", "FlagdHTTP2", "FlagdTestSupport"],
            swiftSettings: testSettings),
        .testTarget(
            name: "FlagdTests", dependencies: ["Flagd", "FlagdGRPC", "FlagdTransport", "FlagdTestSupport"],
            swiftSettings: testSettings),
        .testTarget(
            name: "FlagdConformanceTests",
            dependencies: ["Flagd", "FlagdGRPC", "FlagdHTTP2", "FlagdTestSupport"], swiftSettings: testSettings),
        .testTarget(
            name: "FlagdInteropTests", dependencies: ["Flagd", "FlagdGRPC", "FlagdTransport", "FlagdTestSupport"],
            swiftSettings: testSettings),
        .testTarget(
            name: "FlagdInspectTests", dependencies: ["flagd-inspect", "Flagd", "FlagdTestSupport"],
            swiftSettings: testSettings),
    ]
)
