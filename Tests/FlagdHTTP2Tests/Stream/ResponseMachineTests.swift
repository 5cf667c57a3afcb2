import XCTest

import FlagdHTTP2

final class ResponseMachineTests: XCTestCase {
    private let head = fields((":status", "200"))
    private let trailers = fields(("grpc-status", "0"))

    private func head(length: String) -> [HeaderField] { fields((":status", "200"), ("content-length", length)) }

    func testHeadersDataTrailers() {
        var response = ResponseMachine()
        XCTAssertEqual(response.headersReceived(head, endStream: false), .deliverHeaders)
        XCTAssertEqual(response.dataReceived(5, endStream: false), .deliverData)
        XCTAssertEqual(response.dataReceived(0, endStream: false), .deliverData)
        XCTAssertEqual(response.headersReceived(trailers, endStream: true), .deliverTrailers)
        XCTAssertEqual(response.headersReceived(trailers, endStream: true), .fail(.trailersWithoutEnd))
        XCTAssertEqual(response.dataReceived(1, endStream: true), .fail(.dataBeforeHeaders))
    }

    func testEndAtEachPlace() {
        var response = ResponseMachine()
        XCTAssertEqual(response.headersReceived(head, endStream: true), .deliverHeaders)
        response = ResponseMachine()
        _ = response.headersReceived(head, endStream: false)
        XCTAssertEqual(response.dataReceived(0, endStream: true), .deliverData)
        XCTAssertEqual(response.headersReceived(trailers, endStream: true), .fail(.trailersWithoutEnd))
    }

    func testItem55InterimResponsesAreSkipped() {
        var response = ResponseMachine()
        for status in ["100", "103", "199"] {
            let interim = fields((":status", status), ("link", "x"))
            XCTAssertEqual(response.headersReceived(interim, endStream: false), .skip)
        }
        XCTAssertEqual(response.headersReceived(head, endStream: false), .deliverHeaders)
    }

    func testItem55InterimResponseMayNotEndTheStream() {
        var response = ResponseMachine()
        let interim = fields((":status", "100"))
        XCTAssertEqual(response.headersReceived(interim, endStream: true), .fail(.informationalEndsStream))
    }

    func testItem55NumberOfInterimResponsesIsBounded() {
        var response = ResponseMachine(maximumInformationalResponses: 2)
        let interim = fields((":status", "100"))
        XCTAssertEqual(response.headersReceived(interim, endStream: false), .skip)
        XCTAssertEqual(response.headersReceived(interim, endStream: false), .skip)
        XCTAssertEqual(response.headersReceived(interim, endStream: false), .fail(.tooManyInformationalResponses))
    }

    func testItem60SecondHeadersMustEndTheStream() {
        var response = ResponseMachine()
        _ = response.headersReceived(head, endStream: false)
        XCTAssertEqual(response.headersReceived(trailers, endStream: false), .fail(.trailersWithoutEnd))
    }

    func testDataBeforeHeaders() {
        var response = ResponseMachine()
        XCTAssertEqual(response.dataReceived(1, endStream: false), .fail(.dataBeforeHeaders))
        _ = response.headersReceived(fields((":status", "100")), endStream: false)
        XCTAssertEqual(response.dataReceived(0, endStream: false), .fail(.dataBeforeHeaders))
    }

    func testItem61ContentLength() {
        var response = ResponseMachine()
        _ = response.headersReceived(head(length: "5"), endStream: false)
        XCTAssertEqual(response.dataReceived(3, endStream: false), .deliverData)
        XCTAssertEqual(response.dataReceived(3, endStream: false), .fail(.contentLengthMismatch))
        XCTAssertEqual(response.dataReceived(1, endStream: true), .fail(.contentLengthMismatch))
        XCTAssertEqual(response.headersReceived(trailers, endStream: true), .fail(.contentLengthMismatch))
        XCTAssertEqual(response.dataReceived(2, endStream: false), .deliverData)
        XCTAssertEqual(response.headersReceived(trailers, endStream: true), .deliverTrailers)
    }

    func testItem61ContentLengthWithoutABody() {
        var response = ResponseMachine()
        XCTAssertEqual(response.headersReceived(head(length: "1"), endStream: true), .fail(.contentLengthMismatch))
        XCTAssertEqual(response.headersReceived(head(length: "0"), endStream: true), .deliverHeaders)
        response = ResponseMachine(isHeadRequest: true)
        XCTAssertEqual(response.headersReceived(head(length: "1"), endStream: true), .deliverHeaders)
        response = ResponseMachine()
        let notModified = fields((":status", "304"), ("content-length", "9"))
        XCTAssertEqual(response.headersReceived(notModified, endStream: true), .deliverHeaders)
    }

    func testItem43BodyCounterSaturates() {
        var response = ResponseMachine()
        _ = response.headersReceived(head, endStream: false)
        XCTAssertEqual(response.dataReceived(.max, endStream: false), .deliverData)
        XCTAssertEqual(response.dataReceived(.max, endStream: false), .deliverData)
        response = ResponseMachine()
        _ = response.headersReceived(head(length: "5"), endStream: false)
        XCTAssertEqual(response.dataReceived(4, endStream: false), .deliverData)
        XCTAssertEqual(response.dataReceived(.max, endStream: false), .fail(.contentLengthMismatch))
    }
}
