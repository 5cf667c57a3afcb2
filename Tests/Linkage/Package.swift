// swift-tools-version: 6.2

import PackageDescription

// What a user's program links when it uses the library and nothing else. Checked by .ci/check-linkage.
let package = Package(
    name: "linkage",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "flagd-swift", path: "../..")],
    targets: [
        .executableTarget(name: "linkage", dependencies: [.product(name: "Flagd", package: "flagd-swift")])
    ]
)
