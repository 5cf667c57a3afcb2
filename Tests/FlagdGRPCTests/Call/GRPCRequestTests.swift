import FlagdGRPC
import FlagdHTTP2
import XCTest

final class GRPCRequestTests: XCTestCase {
    private let method = GRPCMethod(service: "flagd.sync.v1.FlagSyncService", name: "SyncFlags")

    func testItem64Headers() throws {
        var metadata = GRPCMetadata()
        try metadata.append(name: "flagd-selector", text: "a=b")
        let fields = method.requestHeaders(
            scheme: "http", authority: "localhost:8015", timeout: 500_000_000, metadata: metadata)
        XCTAssertEqual(
            fields,
            [
                HeaderField(":method", "POST"), HeaderField(":scheme", "http"),
                HeaderField(":path", "/flagd.sync.v1.FlagSyncService/SyncFlags"),
                HeaderField(":authority", "localhost:8015"), HeaderField("grpc-timeout", "500000u"),
                HeaderField("te", "trailers"), HeaderField("content-type", "application/grpc"),
                HeaderField("grpc-accept-encoding", "identity"),
                HeaderField("user-agent", "flagd-swift/\(LibraryVersion.current)"),
                HeaderField("flagd-selector", "a=b"),
            ])
    }

    func testWithoutDeadlineThereIsNoTimeout() {
        let fields = method.requestHeaders(scheme: "https", authority: "x", timeout: nil, metadata: GRPCMetadata())
        XCTAssertFalse(fields.contains { $0.name == "grpc-timeout" })
        XCTAssertEqual(fields[1], HeaderField(":scheme", "https"))
    }

    func testItem86OnlyIdentityIsOffered() {
        let fields = method.requestHeaders(scheme: "http", authority: "x", timeout: nil, metadata: GRPCMetadata())
        XCTAssertEqual(fields.filter { $0.name == "grpc-accept-encoding" }.map(\.value), ["identity"])
        XCTAssertFalse(fields.contains { $0.name == "grpc-encoding" })
    }

    func testDefaultOptions() {
        let options = GRPCCallOptions()
        XCTAssertNil(options.timeout)
        XCTAssertTrue(options.metadata.isEmpty)
        XCTAssertEqual(options.maximumMessageSize, GRPCCallOptions.defaultMaximumMessageSize)
    }
}
