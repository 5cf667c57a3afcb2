import FuzzSupport

@testable import Flagd

/// Three versions, separated by line feeds: each is what an independent reading says it is, and their order is one.
func test(_ input: [UInt8]) {
    let texts = input.split(separator: 0x0a, maxSplits: 2, omittingEmptySubsequences: false).map { Array($0) }
    guard texts.count == 3 else { return }
    withVersions(texts[0], texts[1], texts[2]) { a, b, c in
        for (left, leftReference) in [a, b, c] {
            for (right, rightReference) in [a, b, c] {
                precondition(left.compare(right).signum() == leftReference.compare(rightReference))
                precondition(left.hasSameMajor(as: right) == (leftReference.numbers[0] == rightReference.numbers[0]))
            }
        }
        if a.0.compare(b.0) <= 0 && b.0.compare(c.0) <= 0 { precondition(a.0.compare(c.0) <= 0) }
    }
}

func withVersions(
    _ first: [UInt8], _ second: [UInt8], _ third: [UInt8],
    _ body: ((SemanticVersion, Reference), (SemanticVersion, Reference), (SemanticVersion, Reference)) -> Void
) {
    first.withUnsafeBufferPointer { first in
        second.withUnsafeBufferPointer { second in
            third.withUnsafeBufferPointer { third in
                let views = [ByteView(first), ByteView(second), ByteView(third)]
                let versions = views.map { read($0) }
                testPlain(views, versions)
                guard let a = versions[0], let b = versions[1], let c = versions[2] else { return }
                body(a, b, c)
            }
        }
    }
}

func read(_ text: ByteView) -> (SemanticVersion, Reference)? {
    let version = SemanticVersion(text)
    let reference = Reference(text.array)
    precondition((version == nil) == (reference == nil))
    guard let version, let reference else { return nil }
    return (version, reference)
}

/// What is read as three plain numbers compares as the whole version does.
func testPlain(_ texts: [ByteView], _ versions: [(SemanticVersion, Reference)?]) {
    let names = ["=", "!=", "<", "<=", ">", ">=", "^", "~"]
    for (left, leftVersion) in zip(texts, versions) {
        guard let plainLeft = ReleaseVersion(left) else { continue }
        guard let leftVersion else { preconditionFailure("plain numbers that are no version") }
        for (right, rightVersion) in zip(texts, versions) {
            guard let plainRight = ReleaseVersion(right), let rightVersion else { continue }
            for name in names {
                guard
                    let comparison = Array(name.utf8).withUnsafeBufferPointer({ SemanticVersionOperator(ByteView($0)) })
                else { preconditionFailure("an operator is unknown") }
                precondition(
                    comparison.holds(plainLeft, plainRight) == comparison.holds(leftVersion.0, rightVersion.0))
            }
        }
    }
}

fuzz { bytes, count in
    test(Array(UnsafeBufferPointer(start: bytes, count: count)))
    return 0
}
