import XCTest

@testable import Flagd

final class UpdateQueueTests: XCTestCase {
    private var queue = UpdateQueue()

    private func payload(_ text: String) -> UpdateQueue.Update {
        .event(.payload(FlagSourcePayload(bytes: Array(text.utf8))))
    }

    /// What is in the queue, as `source:what`.
    private func drain() -> [String] {
        var found: [String] = []
        while let (source, update) = queue.next() {
            switch update {
            case .event(.payload(let payload)):
                found.append("\(source):\(String(decoding: payload.bytes, as: UTF8.self))")
            case .event(.lost): found.append("\(source):lost")
            case .event(.attemptFailed): found.append("\(source):failed")
            case .event(.reconnecting): found.append("\(source):anew")
            case .ended: found.append("\(source):ended")
            case .readSnapshot: found.append("snapshot")
            }
        }
        return found
    }

    func testNewestOfPayloadsInARowWins() {
        for text in ["a", "b", "c"] { queue.append(payload(text), from: 0) }
        XCTAssertEqual(queue.count, 1)
        XCTAssertEqual(drain(), ["0:c"])
        XCTAssertTrue(queue.isEmpty)
    }

    func testOtherEventsKeepTheirPlace() {
        queue.append(payload("a"), from: 0)
        queue.append(.event(.lost(FlagSourceFailure(message: "x"))), from: 0)
        queue.append(payload("b"), from: 0)
        queue.append(payload("c"), from: 0)
        queue.append(.event(.reconnecting(reason: "x")), from: 0)
        queue.append(.ended(FlagSourceFailure(message: "x")), from: 0)
        XCTAssertEqual(drain(), ["0:a", "0:lost", "0:c", "0:anew", "0:ended"])
    }

    func testSourcesDoNotReplaceEachOther() {
        queue.append(payload("a"), from: 0)
        queue.append(payload("b"), from: 1)
        queue.append(payload("c"), from: 0)
        queue.append(.readSnapshot, from: 0)
        XCTAssertEqual(drain(), ["1:b", "0:c", "snapshot"])
    }

    func testHeldPayloadGoesFirstAndReplacesNothing() {
        queue.append(payload("newer"), from: 0)
        queue.prepend(FlagSourcePayload(bytes: Array("held".utf8)), from: 0)
        XCTAssertEqual(drain(), ["0:held", "0:newer"])
    }

    func testRemoveAll() {
        queue.append(payload("a"), from: 0)
        queue.removeAll()
        XCTAssertEqual(drain(), [])
    }
}
