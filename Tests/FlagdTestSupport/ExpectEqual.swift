import XCTest

/// As `XCTAssertEqual`, for arguments that must be awaited, which an autoclosure cannot.
public func expectEqual<Compared: Equatable>(
    _ actual: Compared, _ expected: Compared, _ message: String = "", file: StaticString = #filePath, line: UInt = #line
) {
    XCTAssertEqual(actual, expected, message, file: file, line: line)
}
