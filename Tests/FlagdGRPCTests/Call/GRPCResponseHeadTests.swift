import FlagdGRPC
import FlagdHTTP2
import XCTest

final class GRPCResponseHeadTests: XCTestCase {
    private func head(_ fields: [(String, String)], endStream: Bool = false) -> GRPCResponseHead {
        GRPCResponseHead(fields.map { HeaderField($0.0, $0.1) }, endStream: endStream)
    }

    private func status(_ head: GRPCResponseHead, line: UInt = #line) -> GRPCStatus? {
        switch head {
        case .trailersOnly(let status), .refused(let status): return status
        case .response:
            XCTFail("taken as a response", line: line)
            return nil
        }
    }

    func testResponse() {
        XCTAssertEqual(
            head([(":status", "200"), ("content-type", "application/grpc")]), .response(encoding: nil))
        XCTAssertEqual(
            head([(":status", "200"), ("content-type", "application/grpc"), ("grpc-encoding", "gzip")]),
            .response(encoding: "gzip"))
    }

    func testItem81ContentTypes() {
        for type in [
            "application/grpc", "application/grpc+proto", "application/grpc;charset=utf-8", "application/grpc ; x",
            "Application/GRPC+Proto",
        ] {
            XCTAssertTrue(GRPCResponseHead.isGRPC(type), type)
            XCTAssertEqual(head([(":status", "200"), ("content-type", type)]), .response(encoding: nil))
        }
        for type in [
            "text/html", "application/grpc-web", "application/grpcx", "application/json", "", "xapplication/grpc",
        ] {
            XCTAssertFalse(GRPCResponseHead.isGRPC(type), type)
            let failure = status(head([(":status", "200"), ("content-type", type)]))
            XCTAssertEqual(failure?.code, .unknown)
            XCTAssertEqual(failure?.origin, .http)
            XCTAssertTrue(failure?.message.contains("\"\(type)\"") ?? false)
        }
        XCTAssertEqual(status(head([(":status", "200")]))?.code, .unknown)
    }

    func testItem80StatusWithoutGRPC() {
        for (http, code) in [
            ("401", GRPCStatusCode.unauthenticated), ("403", .permissionDenied), ("404", .unimplemented),
            ("503", .unavailable), ("204", .unknown), ("302", .unknown),
        ] {
            let failure = status(head([(":status", http), ("content-type", "text/html")]))
            XCTAssertEqual(failure?.code, code)
            XCTAssertEqual(failure?.message, "the server answered HTTP status \(http), content-type \"text/html\"")
            XCTAssertEqual(status(head([(":status", http)], endStream: true))?.code, code)
        }
        XCTAssertEqual(
            status(head([(":status", "503"), ("content-type", "application/grpc")]))?.code, .unavailable)
    }

    func testItem80GRPCStatusGoesBeforeTheHTTPStatus() {
        let nginx = [
            (":status", "204"), ("content-type", "application/grpc"), ("grpc-status", "14"), ("grpc-message", "gone"),
        ]
        XCTAssertEqual(
            head(nginx, endStream: true), .trailersOnly(GRPCStatus(.unavailable, "gone", origin: .server)))
        XCTAssertEqual(head(nginx), .trailersOnly(GRPCStatus(.unavailable, "gone", origin: .server)))
        XCTAssertEqual(status(head([(":status", "503"), ("grpc-status", "0")], endStream: true))?.code, .unavailable)
    }

    func testItem78TrailersOnly() {
        let fields = [
            (":status", "200"), ("content-type", "application/grpc"), ("grpc-status", "12"), ("grpc-message", "a%20b"),
        ]
        XCTAssertEqual(
            head(fields, endStream: true), .trailersOnly(GRPCStatus(.unimplemented, "a b", origin: .server)))
        XCTAssertEqual(
            head([(":status", "200"), ("content-type", "application/grpc"), ("grpc-status", "0")], endStream: true),
            .trailersOnly(GRPCStatus(.ok, origin: .server)))
    }

    func testItem78StatusInHeadersOfALongerResponseDoesNotCount() {
        let fields = [(":status", "200"), ("content-type", "application/grpc"), ("grpc-status", "0")]
        XCTAssertEqual(head(fields), .response(encoding: nil))
        let failed = [(":status", "200"), ("content-type", "application/grpc"), ("grpc-status", "13")]
        XCTAssertEqual(head(failed), .response(encoding: nil))
    }

    func testItem78OKInAWebPageIsNoSuccess() {
        let fields = [(":status", "200"), ("content-type", "text/html"), ("grpc-status", "0")]
        XCTAssertEqual(status(head(fields, endStream: true))?.code, .unknown)
    }

    func testItem79TrailersOnlyWithoutStatus() {
        let fields = [(":status", "200"), ("content-type", "application/grpc")]
        XCTAssertEqual(head(fields, endStream: true), .trailersOnly(GRPCTrailers.missingStatus))
        XCTAssertEqual(GRPCTrailers.missingStatus.code, .unknown)
    }

    func testItem78StatusOfTrailers() {
        func trailers(_ fields: [(String, String)]) -> GRPCStatus? {
            GRPCTrailers.status(of: fields.map { HeaderField($0.0, $0.1) })
        }
        XCTAssertNil(trailers([("x", "y")]))
        XCTAssertEqual(trailers([("grpc-status", "0")]), GRPCStatus(.ok, origin: .server))
        XCTAssertEqual(
            trailers([("grpc-status", "5"), ("grpc-message", "%C3%A4")]), GRPCStatus(.notFound, "ä", origin: .server))
        XCTAssertEqual(
            trailers([("grpc-status", "99"), ("grpc-message", "m")]), GRPCStatus(.unknown, "m", origin: .server))
        XCTAssertEqual(
            trailers([("grpc-status", "-1")]),
            GRPCStatus(.unknown, #"the server sent grpc-status "-1""#, origin: .server))
        XCTAssertEqual(trailers([("grpc-status", "2")]), GRPCStatus(.unknown, origin: .server))
        XCTAssertEqual(trailers([("grpc-status", "7"), ("grpc-status", "7")])?.code, .permissionDenied)
        XCTAssertEqual(trailers([("grpc-status", "0"), ("grpc-status", "13")])?.code, .unknown)
        XCTAssertEqual(trailers([("grpc-status", "13"), ("grpc-status", "0")])?.code, .unknown)
    }
}
