import XCTest

@testable import Flagd

final class ResolverTests: XCTestCase {
    func testComparesInAnyCaseAndKeepsTheText() {
        XCTAssertEqual(FlagdOptions.Resolver(rawValue: "FILE"), .file)
        XCTAssertEqual(Set<FlagdOptions.Resolver>(["file", "File", "grpc"]).count, 2)
        XCTAssertEqual("\(FlagdOptions.Resolver(rawValue: "In-Process"))", "In-Process")
    }

    func testKnownOnes() {
        for resolver in [FlagdOptions.Resolver.inProcess, .grpc, .file, .kubernetes, .rpc] {
            XCTAssertNotNil(resolver.known)
        }
        XCTAssertNil(FlagdOptions.Resolver(rawValue: "pigeon").known)
        XCTAssertNil(FlagdOptions.Resolver(rawValue: "").known)
    }
}
