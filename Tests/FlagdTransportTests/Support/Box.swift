@testable import FlagdTransport

/// A value that a script fills in and a test reads.
final class Box<Value: Sendable>: Sendable {
    private let content: Locked<Value?>

    init(_ value: Value? = nil) { content = Locked(value) }

    var value: Value? {
        get { content.withLock { $0 } }
        set { content.withLock { $0 = newValue } }
    }
}

extension Box {
    func append<Element>(_ element: Element) where Value == [Element] {
        content.withLock { $0 = ($0 ?? []) + [element] }
    }
}
