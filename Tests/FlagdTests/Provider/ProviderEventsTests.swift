import XCTest

@testable import Flagd

final class ProviderEventsTests: XCTestCase {
    private let change = ProviderEvent.configurationChanged(flagsChanged: ["a"])

    func testBacklogLosesTheOldestFirst() {
        var backlog = EventBacklog(limit: 2)
        backlog.append(.configurationChanged(flagsChanged: ["1"]))
        backlog.append(.configurationChanged(flagsChanged: ["2"]))
        backlog.append(.configurationChanged(flagsChanged: ["3"]))
        XCTAssertEqual(backlog.next(), .configurationChanged(flagsChanged: ["2"]))
        XCTAssertEqual(backlog.next(), .configurationChanged(flagsChanged: ["3"]))
        XCTAssertNil(backlog.next())
    }

    func testBacklogNeverLosesTheLatestStatus() {
        var backlog = EventBacklog(limit: 3)
        backlog.append(.ready)
        backlog.append(.stale(message: "x"))
        for _ in 0..<10 { backlog.append(change) }
        XCTAssertEqual(backlog.next(), .stale(message: "x"))
        XCTAssertEqual(backlog.next(), change)
        XCTAssertEqual(backlog.next(), change)
        XCTAssertNil(backlog.next())
    }

    func testEverySubscriberGetsEveryEvent() async {
        let hub = EventHub()
        var subscribers = (0..<3).map { _ in hub.subscribe(first: nil).makeAsyncIterator() }
        hub.publish(.ready)
        hub.publish(change)
        for index in subscribers.indices {
            let first = await subscribers[index].next()
            let second = await subscribers[index].next()
            XCTAssertEqual(first, .ready)
            XCTAssertEqual(second, change)
        }
    }

    func testNewSubscriberFirstGetsTheStatus() async {
        let hub = EventHub()
        hub.publish(.ready)
        var late = hub.subscribe(first: .stale(message: "x")).makeAsyncIterator()
        hub.publish(change)
        let first = await late.next()
        let second = await late.next()
        XCTAssertEqual(first, .stale(message: "x"))
        XCTAssertEqual(second, change)
    }

    func testSlowSubscriberBlocksNobody() async {
        let hub = EventHub()
        var slow = hub.subscribe(first: .ready).makeAsyncIterator()
        for number in 0..<(ProviderEvents.bufferLimit * 3) {
            hub.publish(.configurationChanged(flagsChanged: ["\(number)"]))
        }
        let first = await slow.next()
        XCTAssertEqual(first, .ready)
        var last: ProviderEvent?
        for _ in 1..<ProviderEvents.bufferLimit { last = await slow.next() }
        XCTAssertEqual(last, .configurationChanged(flagsChanged: ["\(ProviderEvents.bufferLimit * 3 - 1)"]))
    }

    func testWaitingReaderGetsTheNextEvent() async {
        let hub = EventHub()
        let events = hub.subscribe(first: nil)
        async let event = {
            var iterator = events.makeAsyncIterator(); return await iterator.next()
        }()
        await Task.yield()
        hub.publish(.ready)
        let received = await event
        XCTAssertEqual(received, .ready)
    }

    func testFinishEndsWaitingAndLaterReaders() async {
        let hub = EventHub()
        let events = hub.subscribe(first: .ready)
        hub.finish()
        hub.publish(change)
        var iterator = events.makeAsyncIterator()
        let event = await iterator.next()
        XCTAssertNil(event)
        XCTAssertEqual(hub.count, 0)
    }

    func testCancelledReaderGetsNil() async {
        let hub = EventHub()
        let events = hub.subscribe(first: nil)
        let reader = Task {
            var iterator = events.makeAsyncIterator(); return await iterator.next()
        }
        await Task.yield()
        reader.cancel()
        let event = await reader.value
        XCTAssertNil(event)
        hub.publish(.ready)
        var iterator = events.makeAsyncIterator()
        let next = await iterator.next()
        XCTAssertEqual(next, .ready)
    }

    func testSubscriptionEndsWithItsLastReference() {
        let hub = EventHub()
        do {
            let events = hub.subscribe(first: nil)
            XCTAssertEqual(hub.count, 1)
            withExtendedLifetime(events) {}
        }
        XCTAssertEqual(hub.count, 0)
    }
}
