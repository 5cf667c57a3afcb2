import XCTest

@testable import Flagd

final class SyncTargetTests: XCTestCase {
    private func parse(_ text: String) -> SyncTarget? { SyncTarget(text, defaultPort: 8015) }

    func testEveryForm() {
        let expected: KeyValuePairs<String, SyncTarget> = [
            "flagd": SyncTarget(address: .host("flagd", port: 8015)),
            "flagd:1234": SyncTarget(address: .host("flagd", port: 1234)),
            "10.0.0.1:1": SyncTarget(address: .host("10.0.0.1", port: 1)),
            "[::1]": SyncTarget(address: .host("::1", port: 8015)),
            "[fe80::1%eth0]:65535": SyncTarget(address: .host("fe80::1%eth0", port: 65535)),
            "dns:///flagd.svc:1234": SyncTarget(address: .host("flagd.svc", port: 1234)),
            "dns:///flagd": SyncTarget(address: .host("flagd", port: 8015)),
            "grpc://flagd:1234": SyncTarget(address: .host("flagd", port: 1234), isEncrypted: false),
            "http://flagd": SyncTarget(address: .host("flagd", port: 8015), isEncrypted: false),
            "grpcs://flagd:1234": SyncTarget(address: .host("flagd", port: 1234), isEncrypted: true),
            "HTTPS://[::1]:443": SyncTarget(address: .host("::1", port: 443), isEncrypted: true),
            "unix:run/flagd.sock": SyncTarget(address: .unix("run/flagd.sock")),
            "unix:/run/flagd.sock": SyncTarget(address: .unix("/run/flagd.sock")),
            "unix:///run/flagd.sock": SyncTarget(address: .unix("/run/flagd.sock")),
            "unix:@flagd": SyncTarget(address: .unix("@flagd")),
            "envoy://proxy:9211/sync.service": SyncTarget(
                address: .host("proxy", port: 9211), authority: "sync.service"),
        ]
        for (text, target) in expected { XCTAssertEqual(parse(text), target, text) }
    }

    func testAnythingElseIsRefused() {
        let texts = [
            "", " ", "host:", "host:0", "host:65536", "host:+1", "host:1:2", "host:99999999999", ":1234", "ho st",
            "hôst", "ftp://host:1", "dns://server/host:1", "dns:host:1", "grpc://", "grpc://host:1/path", "host/path",
            "::1", "[::1", "[::1]x", "[::1]:", "[flagd]:1", "[]:1", "unix:", "unix://host/path", "unix:///", "unix:@",
            "envoy://host:1", "envoy://host:1/", "envoy://host/authority", "envoy://host:1/a b", "envoy://host:1/a/b",
            "user:secret@host:1", "grpc://user@host:1", "xds:///flagd", "host:1?x", String(repeating: "a", count: 254),
        ]
        for text in texts { XCTAssertNil(parse(text), text) }
    }

    func testDescription() {
        XCTAssertEqual(parse("flagd:1")?.description, "flagd:1")
        XCTAssertEqual(parse("[::1]:1")?.description, "[::1]:1")
        XCTAssertEqual(parse("unix:/x")?.description, "unix:/x")
    }

    func testPasswordsAreRedacted() {
        XCTAssertEqual(SyncTarget.redacted("grpc://me:secret@host:1"), "grpc://<redacted>@host:1")
        XCTAssertEqual(SyncTarget.redacted("secret@host"), "<redacted>@host")
        XCTAssertEqual(SyncTarget.redacted("host:1"), "host:1")
        for path in ["unix:@flagd", "/data/@team/flags.json", "file:/a@b", "./a@b"] {
            XCTAssertEqual(SyncTarget.redacted(path), path)
        }
    }
}
