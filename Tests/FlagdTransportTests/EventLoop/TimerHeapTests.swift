import XCTest

@testable import FlagdTransport

final class TimerHeapTests: XCTestCase {
    private func time(_ nanoseconds: UInt64) -> MonotonicTime { MonotonicTime(nanoseconds: nanoseconds) }

    private func drain(_ heap: inout TimerHeap<Int>, at now: UInt64) -> [Int] {
        var result: [Int] = []
        while let payload = heap.popDue(at: time(now)) { result.append(payload) }
        return result
    }

    func testComesDueInOrder() {
        var heap = TimerHeap<Int>()
        for value in [5, 3, 9, 1, 7, 3] { _ = heap.insert(value, at: time(UInt64(value))) }
        XCTAssertEqual(heap.nextDeadline, time(1))
        XCTAssertEqual(drain(&heap, at: 5), [1, 3, 3, 5])
        XCTAssertEqual(heap.nextDeadline, time(7))
        XCTAssertEqual(drain(&heap, at: 100), [7, 9])
        XCTAssertNil(heap.nextDeadline)
        XCTAssertEqual(heap.count, 0)
    }

    func testEqualDeadlinesKeepTheirOrder() {
        var heap = TimerHeap<Int>()
        for value in 0..<50 { _ = heap.insert(value, at: time(1)) }
        XCTAssertEqual(drain(&heap, at: 1), Array(0..<50))
    }

    func testCancelledTimersNeverFireAndDoNotWakeTheThread() {
        var heap = TimerHeap<Int>()
        let first = heap.insert(1, at: time(1))
        let second = heap.insert(2, at: time(2))
        XCTAssertEqual(heap.cancel(first), 1)
        XCTAssertNil(heap.cancel(first))
        XCTAssertEqual(heap.nextDeadline, time(2))
        XCTAssertEqual(drain(&heap, at: 10), [2])
        XCTAssertNil(heap.cancel(second))
    }

    func testAgainstSortedReference() {
        var heap = TimerHeap<Int>()
        var reference: [(deadline: UInt64, value: Int, id: TimerID)] = []
        var random = SystemRandomNumberGenerator()
        for value in 0..<2_000 {
            let deadline = UInt64.random(in: 0..<500, using: &random)
            reference.append((deadline, value, heap.insert(value, at: time(deadline))))
            if value % 3 == 0, let index = reference.indices.randomElement(using: &random) {
                XCTAssertEqual(heap.cancel(reference[index].id), reference[index].value)
                reference.remove(at: index)
            }
        }
        XCTAssertEqual(heap.count, reference.count)
        let expected = reference.sorted { ($0.deadline, $0.value) < ($1.deadline, $1.value) }.map(\.value)
        XCTAssertEqual(drain(&heap, at: 500), expected)
    }

    /// A deadline per call that is nearly always cancelled must not pile up.
    func testCancelledTimersDoNotPileUp() {
        var heap = TimerHeap<Int>()
        _ = heap.insert(-1, at: time(0))
        let ids = (1...1_000).map { heap.insert($0, at: time(UInt64($0))) }
        for id in ids.dropFirst(10) { heap.cancel(id) }
        XCTAssertEqual(heap.count, 11)
        XCTAssertLessThanOrEqual(heap.heapSize, 2 * heap.count + 16)
        XCTAssertEqual(drain(&heap, at: 2_000), [-1] + Array(1...10))
    }

    func testRemoveAll() {
        var heap = TimerHeap<Int>()
        _ = heap.insert(1, at: time(1))
        heap.removeAll()
        XCTAssertNil(heap.nextDeadline)
        XCTAssertEqual(drain(&heap, at: 10), [])
    }
}
